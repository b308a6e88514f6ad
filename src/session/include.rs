//! From a program's text to its tree: macros, and the files that it includes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Loader, Options, Session};
use crate::diagnostic::{Diagnostic, Label, code};
use crate::source::{SourceId, SourceMap};
use crate::syntax::preprocess::{self, Files, Opened};
use crate::syntax::{self, ast};

/// How deep files may include files.
const INCLUDE_DEPTH: usize = 32;

/// Where included files are looked for.
struct Includes<'a> {
    loader: &'a dyn Loader,
    directories: &'a [String],
    files: &'a [(String, String)],
    sources: &'a mut SourceMap,
}

impl Includes<'_> {
    /// An included file: beside the including one, then in the directories given for it.
    fn find(&self, from: SourceId, written: &str) -> Result<(PathBuf, String), String> {
        let beside = Path::new(self.sources.get(from).name()).parent().map(|directory| directory.join(written));
        let others = self.directories.iter().map(|directory| Path::new(directory).join(written));
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
                    return String::from_utf8(bytes).map(|text| (path, text)).map_err(|_| "it is not UTF-8".to_owned());
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => reason = error.to_string(),
            }
        }
        Err(reason)
    }
}

impl Files for Includes<'_> {
    fn open(&mut self, from: SourceId, written: &str) -> Result<Opened, String> {
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
        let mut open = vec![name.to_owned()];
        let (program, found) = self.parse_including(&file, &mut open, &mut BTreeSet::new());
        (source, program, found)
    }

    /// Parses a file. `open` are the files that led here, `once` those that are not to be included again.
    fn parse_including(
        &mut self,
        file: &Opened,
        open: &mut Vec<String>,
        once: &mut BTreeSet<String>,
    ) -> (ast::Program, Vec<Diagnostic>) {
        let syntax::Parse { program, mut diagnostics, .. } = self.parse_file(file, once);
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
                once.extend(open.last().cloned());
                continue;
            };
            let written = self.values.symbols.get(path.symbol).to_owned();
            match self.includes().open(path.span.source, &written) {
                Ok(file) if once.contains(&file.name) => {}
                Ok(file) if open.contains(&file.name) => {
                    let message = format!("`{written}` includes itself");
                    diagnostics.push(
                        Diagnostic::at(code::INCLUDE, message, path.span, "included again here")
                            .note(format!("the way here: {}", open.join(" -> "))),
                    );
                }
                Ok(_) if open.len() >= INCLUDE_DEPTH => {
                    let message = format!("files include files more than {INCLUDE_DEPTH} deep");
                    diagnostics.push(Diagnostic::at(code::INCLUDE, message, path.span, "one too many"));
                }
                Ok(file) => {
                    open.push(file.name.clone());
                    let (inner, found) = self.parse_including(&file, open, once);
                    open.pop();
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
    fn parse_file(&mut self, file: &Opened, once: &mut BTreeSet<String>) -> syntax::Parse {
        let Self { loader, options, sources, values, uses, .. } = self;
        let symbols = &mut Arc::make_mut(values).symbols;
        if options.no_preprocessor || options.macros.is_empty() && !preprocess::wanted(&file.text) {
            return syntax::parse(file.source, &file.text, symbols);
        }
        let sources = Arc::make_mut(sources);
        let mut files =
            Includes { loader: loader.as_ref(), directories: &options.include, files: &options.files, sources };
        let done = preprocess::parse(file, &options.macros, once, &mut files, symbols);
        uses.extend(done.uses);
        done.parse
    }

    fn includes(&mut self) -> Includes<'_> {
        let sources = Arc::make_mut(&mut self.sources);
        let Options { include, files, .. } = &self.options;
        Includes { loader: self.loader.as_ref(), directories: include, files, sources }
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
