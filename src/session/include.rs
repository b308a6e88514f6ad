//! From a program's text to its tree: macros, and the files that it includes.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::input::outside;
use super::{Loader, Options, Session};
use crate::diagnostic::{Diagnostic, Label, code};
use crate::source::{SourceId, SourceMap};
use crate::syntax::preprocess::{self, Files, Opened};
use crate::syntax::{self, ast};

/// How deep files may include files.
const INCLUDE_DEPTH: usize = 32;

/// How many files one program may include: files that include others twice are soon more than anyone can read.
const MOST_INCLUDED: usize = 1000;

/// How far the reading of one program has come.
#[derive(Default)]
struct Way {
    /// The files that led here.
    open: Vec<String>,
    /// Those that are not to be included again.
    once: BTreeSet<String>,
    /// How many were included.
    included: usize,
}

/// Where included files are looked for.
struct Includes<'a> {
    loader: &'a dyn Loader,
    directories: &'a [String],
    files: &'a [(String, String)],
    sources: &'a mut SourceMap,
    included: &'a mut usize,
}

impl Includes<'_> {
    /// An included file: beside the including one, then in the directories given for it.
    fn find(&self, from: SourceId, written: &str) -> Result<(PathBuf, String), String> {
        let beside = Path::new(self.sources.get(from).name()).parent().map(|directory| directory.join(written));
        let others = self.directories.iter().map(|directory| Path::new(directory).join(written));
        let beside = beside.map(|path| plain(&path));
        let mut reason = match self.directories {
            [] => "no such file".to_owned(),
            directories => format!("no such file, nor in {}", directories.join(", ")),
        };
        let given = |path: &Path| self.files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| text);
        if let Some(text) = given(Path::new(written)) {
            return Ok((PathBuf::from(written), text.clone()));
        }
        for path in beside.into_iter().chain(others) {
            if let Some(text) = given(&path) {
                return Ok((path, text.clone()));
            }
            match self.loader.read(&path) {
                Ok(bytes) => {
                    return String::from_utf8(bytes)
                        .map(|text| (path, text))
                        .map_err(|error| format!("it is not UTF-8 (at byte {})", error.utf8_error().valid_up_to()));
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => reason = describe(&error),
            }
        }
        Err(reason)
    }
}

/// A path without the `.`s that change nothing, so that a file has one name.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, Component::CurDir)).collect()
}

/// An error of reading in plain words.
fn describe(error: &std::io::Error) -> String {
    if outside(error) { format!("{error}; `--allow-path` allows others") } else { error.to_string() }
}

impl Files for Includes<'_> {
    fn open(&mut self, from: SourceId, written: &str) -> Result<Opened, String> {
        *self.included += 1;
        if *self.included > MOST_INCLUDED {
            // It is told once; whatever is included beyond it counts as empty.
            return match *self.included - MOST_INCLUDED {
                1 => Err(format!("it would be more than {MOST_INCLUDED} included files")),
                _ => Ok(Opened { source: from, name: String::new(), text: String::new() }),
            };
        }
        let (path, text) = self.find(from, written)?;
        let name = path.display().to_string();
        let source = self.sources.add(name.as_str(), text.as_str());
        Ok(Opened { source, name, text })
    }
}

impl Session {
    /// Parses a program text and splices the files that it includes. Sources that it includes come after its own.
    pub(super) fn parse_program(&mut self, name: &str, text: &str) -> (SourceId, ast::Program, Vec<Diagnostic>) {
        let source = self.sources_mut().add(name, text);
        let file = Opened { source, name: name.to_owned(), text: text.to_owned() };
        let mut way = Way { open: vec![name.to_owned()], ..Way::default() };
        let (program, found) = self.parse_including(&file, &mut way);
        (source, program, found)
    }

    /// Parses a file.
    fn parse_including(&mut self, file: &Opened, way: &mut Way) -> (ast::Program, Vec<Diagnostic>) {
        let syntax::Parse { program, mut diagnostics, .. } = self.parse_file(file, way);
        if !program.items.iter().any(|item| matches!(item.kind, ast::ItemKind::Include { .. })) {
            return (program, diagnostics);
        }
        let mut items = Vec::new();
        for item in program.items {
            let ast::ItemKind::Include { path } = &item.kind else {
                items.push(item);
                continue;
            };
            let Some(path) = path else {
                way.once.extend(way.open.last().cloned());
                continue;
            };
            let written = self.values.symbols.get(path.symbol).to_owned();
            match self.includes(way).open(path.span.source, &written) {
                Ok(file) if way.once.contains(&file.name) => {}
                Ok(file) if way.open.contains(&file.name) => {
                    let message = format!("`{written}` includes itself");
                    diagnostics.push(
                        Diagnostic::at(code::INCLUDE, message, path.span, "included again here")
                            .note(format!("the way here: {}", way.open.join(" -> "))),
                    );
                }
                Ok(_) if way.open.len() >= INCLUDE_DEPTH => {
                    let message = format!("files include files more than {INCLUDE_DEPTH} deep");
                    diagnostics.push(Diagnostic::at(code::INCLUDE, message, path.span, "one too many"));
                }
                Ok(file) => {
                    way.open.push(file.name.clone());
                    let (inner, found) = self.parse_including(&file, way);
                    way.open.pop();
                    items.extend(inner.items);
                    diagnostics.extend(found);
                }
                Err(reason) => {
                    let message = format!("cannot include `{written}`: {reason}");
                    diagnostics.push(Diagnostic::at(code::INCLUDE, message, path.span, "included here"));
                }
            }
        }
        (ast::Program { items }, diagnostics)
    }

    /// Parses one file, through the preprocessor if there is anything in it for that.
    fn parse_file(&mut self, file: &Opened, way: &mut Way) -> syntax::Parse {
        let Self { loader, options, sources, values, uses, .. } = self;
        let symbols = &mut Arc::make_mut(values).symbols;
        if options.no_preprocessor || options.macros.is_empty() && !preprocess::wanted(&file.text) {
            return syntax::parse(file.source, &file.text, symbols);
        }
        let sources = Arc::make_mut(sources);
        let Way { once, included, .. } = way;
        let (directories, given) = (&options.include, &options.files);
        let mut files = Includes { loader: loader.as_ref(), directories, files: given, sources, included };
        let done = preprocess::parse(file, &options.macros, once, &mut files, symbols);
        uses.extend(done.uses);
        done.parse
    }

    fn includes<'a>(&'a mut self, way: &'a mut Way) -> Includes<'a> {
        let sources = Arc::make_mut(&mut self.sources);
        let Options { include, files, .. } = &self.options;
        let included = &mut way.included;
        Includes { loader: self.loader.as_ref(), directories: include, files, sources, included }
    }

    /// Where a fault lies in what a macro made, says where that is defined.
    pub(super) fn name_macros(&self, found: &mut [Diagnostic]) {
        if self.uses.is_empty() {
            return;
        }
        for diagnostic in found {
            let defined = diagnostic.labels.first().and_then(|label| self.uses.get(&label.span)).copied();
            if let Some(defined) =
                defined.filter(|defined| diagnostic.labels.iter().all(|label| label.span != *defined))
            {
                diagnostic.labels.push(Label { span: defined, text: "the macro is defined here".to_owned() });
            }
        }
    }
}
