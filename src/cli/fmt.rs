//! `onus fmt [PATH]...`: rule files in good order.

use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use super::report::{failed, usage, write_file};
use crate::diagnostic::{Diagnostic, code};
use crate::repl::{Error, Outcome};
use crate::responsibility::{File, stdin_text};
use crate::session::Failure;
use crate::source::SourceMap;
use crate::syntax::format::{format, format_markdown};

/// Put rule files in good order: spaces, indentation, lines that are too wide
///
/// Comments and the order of everything stay, and your line breaks where one reads well. A file that cannot be read as a
/// program is left as it is.
#[derive(Debug, Args)]
#[command(after_help = r"Examples:
  onus fmt                     the rules and questions of the project
  onus fmt rules my.dl         the rule files of a directory, and one more
  onus fmt --check             list what would change; exit code 1 if anything would
  onus fmt - < a.dl > b.dl     from standard input to standard output
  onus fmt README.md           the programs in a Markdown text, in fences that say `datalog`")]
pub(super) struct Fmt {
    /// Files, directories of rule files, or - for standard input; without any the project's rules and questions
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing, and list the files that would change
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        if self.paths.iter().any(|path| path.as_os_str() == "-") {
            return self.stdin(context);
        }
        let mut outcome = Outcome::Done;
        for file in self.files(context)? {
            let changed = match self.file(&file) {
                Ok(changed) => changed,
                Err(Error::Failed(failure)) => {
                    context.io.report(&failure.diagnostics, &failure.sources)?;
                    outcome = outcome.max(Outcome::of(&failure));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if changed {
                let what = if self.check { "would change" } else { "formatted" };
                writeln!(context.io.out, "{what}  {}", file.name)?;
                outcome = outcome.max(Outcome::answered(!self.check));
            }
        }
        Ok(outcome)
    }

    fn stdin(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        if self.paths.len() > 1 {
            return Err(failed(usage("standard input goes with no other file".to_owned())));
        }
        let text = stdin_text()?;
        let formatted = formatted("<stdin>", &text)?;
        if self.check {
            return Ok(Outcome::answered(formatted == text));
        }
        context.io.out.write_all(formatted.as_bytes())?;
        Ok(Outcome::Done)
    }

    /// Formats one file. Gives whether that changes it.
    fn file(&self, file: &File) -> Result<bool, Error> {
        let text = file.text()?;
        let formatted = formatted(&file.name, &text)?;
        let changed = formatted != text;
        if let (true, false, Some(path)) = (changed, self.check, file.path()) {
            // What a link points to is written, and the link stays.
            let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
            write_file(&target, |out| out.write_all(formatted.as_bytes()))?;
        }
        Ok(changed)
    }

    fn files(&self, context: &Context<'_>) -> Result<Vec<File>, Error> {
        let mut files = Vec::new();
        if self.paths.is_empty() {
            let project = context.project()?;
            let of_project = project.rules()?.into_iter().chain(project.queries()?);
            files.extend(of_project.filter(|file| file.path().is_some()));
            if files.is_empty() {
                let found = usage("there is no project here whose rules could be formatted".to_owned());
                return Err(failed(found.help("name files or directories: `onus fmt my.dl`")));
            }
        }
        for path in &self.paths {
            if path.is_dir() {
                below(path, &mut files)?;
            } else {
                files.push(File::on_disk(path.to_string_lossy(), path));
            }
        }
        Ok(files)
    }
}

fn formatted(name: &str, text: &str) -> Result<String, Failure> {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    if Path::new(name).extension().is_some_and(|ending| ending == "md") {
        return Ok(format_markdown(source, text));
    }
    format(source, text).map_err(|diagnostics| Failure { diagnostics, sources: sources.into() })
}

/// The rule files in a directory and in those below it, by name; hidden ones left out.
fn below(directory: &Path, files: &mut Vec<File>) -> Result<(), Error> {
    let wrong = |error: std::io::Error| {
        let message = format!("cannot read `{}`: {error}", directory.display());
        failed(Diagnostic::new(code::FILE_READ, message))
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(wrong)? {
        paths.push(entry.map_err(wrong)?);
    }
    paths.sort_by_key(std::fs::DirEntry::file_name);
    for entry in paths {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A link to a directory may lead in circles.
        if !hidden && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            below(&path, files)?;
        } else if !hidden && path.extension().is_some_and(|ending| ending == "dl") && path.is_file() {
            files.push(File::on_disk(path.to_string_lossy(), &path));
        }
    }
    Ok(())
}
