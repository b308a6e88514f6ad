//! `onus facts check` and `onus facts export`: what the facts cover, and those built in as files.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::context::Context;
use super::new::write_all;
use super::report::{Output, failed, usage};
use crate::diagnostic::{Diagnostic, code, suggest};
use crate::repl::{Error, Outcome};
use crate::report::grid::Grid;
use crate::responsibility::Answers;
use crate::responsibility::document_coverage::{Coverage, Match, compare};
use crate::responsibility::template;

/// Look after statement files: what they cover, whether the documents are still the same, those built in as files
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  onus facts check
  onus facts export facts/")]
pub(super) struct Facts {
    #[command(subcommand)]
    command: FactsCommand,
}

#[derive(Debug, Subcommand)]
enum FactsCommand {
    Check(Check),
    Export(Export),
}

impl Facts {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        match &self.command {
            FactsCommand::Check(check) => check.run(context),
            FactsCommand::Export(export) => export.run(context),
        }
    }
}

/// Count what is recorded of each document, and find what is not; with --against, compare with the documents
#[derive(Debug, Args)]
#[command(after_help = "Unknown names, duplicate ids and cycles are errors of the files themselves and told first.

Examples:
  onus facts check
  onus facts check --against documents/        digests and lines")]
struct Check {
    /// A directory with the documents: their digests and the cited lines are compared
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// Name every statement without rows
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    output: Output,
}

impl Check {
    fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let texts = self.against.as_deref().map(texts).transpose()?;
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let answers = Answers::of(&model)?;
        let coverage = Coverage::of(answers, session.documents(), session.statements());
        let compared = texts.map(|texts| compare(session.documents(), session.statements(), &texts));
        let columns = ["document", "issuer", "title", "version", "statements", "with rows", "without"];
        let numbers = ["statements", "with rows", "without"];
        let mut grid = numbers.into_iter().fold(Grid::new("document", columns), Grid::number);
        for of in &coverage.documents {
            let document = &of.document;
            grid.push([
                document.id.clone(),
                document.issuer.clone(),
                document.title.clone(),
                document.version.clone().unwrap_or_default(),
                of.statements.to_string(),
                (of.statements - of.silent.len()).to_string(),
                of.silent.len().to_string(),
            ]);
        }
        let mut after = Vec::new();
        let mut faults = 0;
        for of in &coverage.documents {
            let id = &of.document.id;
            if self.all && !of.silent.is_empty() {
                after.push(format!("{id}: without rows: {}", of.silent.join(" ")));
            }
            if !of.unexplained.is_empty() {
                faults += of.unexplained.len();
                let list = of.unexplained.join(" ");
                after.push(format!("{id}: neither rows nor a note that says why: {list}"));
            }
        }
        for of in &coverage.idle {
            after.push(format!(
                "{}: {} has no effect: its claim of {} in {} is beaten everywhere, or does not count today",
                of.place, of.statement, of.layer, of.scope
            ));
        }
        if !coverage.unmentioned.is_empty() {
            after.push(format!("layers of which no statement speaks: {}", coverage.unmentioned.join(", ")));
        }
        for of in compared.iter().flatten() {
            let id = &of.document;
            match &of.digest {
                Match::File(name) if of.lines.is_empty() => after.push(format!("{id}: {name} is this text")),
                Match::File(name) => after.push(format!("{id}: {name} is this text, but lines are wrong")),
                Match::None => after.push(format!("{id}: no file has its digest: the text changed, or is not there")),
                Match::NoDigest => after.push(format!("{id}: the facts name no digest (`sha256`) to compare with")),
            }
            for (statement, lines, why) in &of.lines {
                after.push(format!("{id}: {statement} cites l. {lines}: {why}"));
            }
            faults += usize::from(!of.holds()) + of.lines.len();
        }
        self.output.told(context, &[], &grid, &after)?;
        Ok(Outcome::answered(faults == 0))
    }
}

/// The files of a directory with their bytes.
fn texts(directory: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let unreadable = |path: &Path, error: &std::io::Error| {
        failed(Diagnostic::new(code::FILE_READ, format!("cannot read `{}`: {error}", path.display())))
    };
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(|error| unreadable(directory, &error))? {
        let path = entry.map_err(|error| unreadable(directory, &error))?.path();
        if path.is_file() {
            let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
            texts.push((path.display().to_string(), bytes));
        }
    }
    texts.sort();
    Ok(texts)
}

/// Write the documents, vocabulary and scenarios that are built in as files, to be changed; or the rules
#[derive(Debug, Args)]
#[command(
    after_help = "In a project whose onus.toml has facts = [\"builtin:facts\", \"facts\"], a file in facts/ replaces the built-in
one of its name.

Examples:
  onus facts export facts aws                  facts/aws.toml
  onus facts export all                        everything
  onus facts export rules responsibility       the standard rules; with rules = [\"builtin:rules\", \"rules\"]"
)]
struct Export {
    /// Where to
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Files, by name; without one all but the rules
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

impl Export {
    fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut files = template::exported();
        let stem = |path: &str| path.rsplit_once('.').map_or(path.to_owned(), |(stem, _)| stem.to_owned());
        let named = |path: &str, name: &str| path == name || stem(path) == name;
        for name in &self.names {
            if !files.iter().any(|file| named(&file.path, name)) {
                let stems: Vec<String> = files.iter().map(|file| stem(&file.path)).collect();
                let near = suggest(name, stems.iter().map(String::as_str));
                let found = usage(format!("no file `{name}` is built in"));
                return Err(failed(found.maybe_help(near.map(|near| format!("did you mean `{near}`?")))));
            }
        }
        let wanted = |path: &str| match self.names.as_slice() {
            [] => path.ends_with(".toml"),
            names => names.iter().any(|name| named(path, name)),
        };
        files.retain(|file| wanted(&file.path));
        if let Some(there) = files.iter().find(|file| !self.force && self.directory.join(&file.path).exists()) {
            let found = usage(format!("`{}` is there already", self.directory.join(&there.path).display()));
            return Err(failed(found.help("`--force` replaces it")));
        }
        write_all(&self.directory, &files)?;
        for file in &files {
            writeln!(context.io.out, "{}", self.directory.join(&file.path).display())?;
        }
        Ok(Outcome::Done)
    }
}
