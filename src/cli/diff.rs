//! `onus diff A [B]`: what two projects, or two revisions of one, differ in.

use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use crate::diagnostic::{Diagnostic, code};
use crate::diff::{DiffOptions, diff};
use crate::facts::date;
use crate::repl::{Error, Outcome, atomically, compare};
use crate::report::diff::junit;
use crate::responsibility::Selection;
use crate::session::Failure;

/// Compare two projects, or two revisions or days of one: facts, rules and conclusions gained and lost, by cause
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus diff HEAD~1                    what the last commit and the work since changed
  onus diff main HEAD                 what a branch changes
  onus diff ../before ../after        two directories
  onus diff 2021-06-01 2023-06-01     the documents as they were valid on two days

Exit code 1 where a watched relation changed."#)]
pub(super) struct Diff {
    /// A project's directory, or a revision of the project in this directory, or a day
    #[arg(value_name = "A")]
    old: String,
    /// The other one; the project as it is here unless given
    #[arg(value_name = "B")]
    new: Option<String>,
    #[command(flatten)]
    output: DiffOutput,
}

/// How a comparison is written.
#[derive(Debug, Args)]
pub(super) struct DiffOutput {
    /// List every conclusion, however many
    #[arg(long)]
    pub(super) all: bool,
    /// Write a JUnit file too, one test case a relation
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
}

impl Diff {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let here = context.flags.selection().project.unwrap_or_else(|| Path::new(".").to_owned());
        let selection = context.flags.selection();
        // A directory or a revision, or the project here as of a day.
        let load = |what: Option<&str>| {
            let day = what.and_then(date::parse).filter(|_| what.is_none_or(|name| !Path::new(name).is_dir()));
            let selection = Selection { as_of: day.or(selection.as_of), ..selection.clone() };
            let project = match what {
                Some(name) if day.is_none() => compare::project(&here, name)?,
                _ => context.project().map(compare::Compared::from)?,
            };
            Ok::<_, Failure>((project, selection))
        };
        let (before, chosen) = load(Some(&self.old))?;
        let old = compare::model(&before, &chosen, context.options())?.1;
        let (project, chosen) = load(self.new.as_deref())?;
        let (session, new) = compare::model(&project, &chosen, context.options())?;
        let options = DiffOptions { watch: project.manifest().watch.clone(), eval: session.eval_options() };
        let found = diff(&old, &new, &options).map_err(|stop| session.stopped(&stop))?;
        let names = (self.old.as_str(), self.new.as_deref().unwrap_or("here"));
        self.output.write(&found, Some(names), context)?;
        Ok(Outcome::answered(!found.is_watched()))
    }
}

impl DiffOutput {
    /// Writes a comparison in the form that is asked for.
    pub(super) fn write(
        &self,
        found: &crate::diff::Diff,
        names: Option<(&str, &str)>,
        context: &mut Context<'_>,
    ) -> Result<(), Error> {
        let format = context.format()?;
        compare::write(found, names, format, self.all, &mut context.io)?;
        if let Some(path) = &self.junit {
            let document = junit("onus diff", &compare::cases(found));
            save(path, &document)?;
        }
        Ok(())
    }
}

/// Writes a file whole, or not at all.
pub(super) fn save(path: &Path, text: &str) -> Result<(), Error> {
    let written = atomically(path, |out| out.write_all(text.as_bytes()));
    written.map_err(|error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        Error::from(Failure::from(Diagnostic::new(code::FILE_WRITE, message)))
    })
}
