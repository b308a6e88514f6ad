//! `onus diff A [B]`: what two projects, revisions, snapshots or programs differ in.

use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use super::report::{Form, Output};
use crate::diagnostic::{Diagnostic, code};
use crate::diff::{DiffOptions, diff};
use crate::repl::compare::{self, Here};
use crate::repl::show::Format;
use crate::repl::{Error, Outcome, atomically};
use crate::report::diff::junit;
use crate::session::Failure;

/// Compare two projects, revisions, snapshots, programs or days: facts, rules and conclusions gained and lost, by cause
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus diff HEAD~1                    what the last commit and the work since changed
  onus diff main HEAD                 what a branch changes
  onus diff main -o change.md         the same for a pull request
  onus diff ../before ../after        two directories
  onus diff snapshots                 since the answers were reviewed
  onus diff old.dl new.dl --facts edge.csv    two programs over the same facts
  onus diff 2021-06-01 2023-06-01     the documents as they were valid on two days

Exit code 1 where a watched relation changed."#)]
pub(super) struct Diff {
    /// A project's directory, one that holds a snapshot, a program, a day, or a revision of the project in this directory
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
    #[command(flatten)]
    output: Output,
}

impl Diff {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let format = self.output.format(context)?;
        let selection = context.flags.selection();
        let directory = selection.project.clone().unwrap_or_else(|| Path::new(".").to_owned());
        let (project, options) = (context.project()?, context.options());
        let here = Here { directory: &directory, project: &project, selection: &selection, options: &options };
        let old = here.named(&self.old)?;
        let new = self.new.as_deref().map_or_else(|| here.files(), |name| here.named(name))?;
        let watch = [new.watch.as_slice(), &old.watch].concat();
        let compared = diff(&old.model, &new.model, &DiffOptions { watch, eval: new.session.eval_options() });
        let found = compared.map_err(|stop| new.session.stopped(&stop))?;
        let names = (self.old.as_str(), self.new.as_deref().unwrap_or("here"));
        self.output.write(&found, Some(names), format, context)?;
        Ok(Outcome::answered(!found.is_watched()))
    }
}

impl DiffOutput {
    /// The form that is asked for.
    pub(super) fn format(&self, context: &Context<'_>) -> Result<Format, Error> {
        let has: Vec<Form> = compare::FORMS.iter().map(|&(_, format)| Form::Rows(format)).collect();
        match self.output.form(context, &has)? {
            Form::Rows(format) => Ok(format),
            Form::Html | Form::Xlsx | Form::Sarif | Form::Dot | Form::Mermaid | Form::Svg => Ok(Format::Table),
        }
    }

    /// Writes a comparison in a form that it has.
    pub(super) fn write(
        &self,
        found: &crate::diff::Diff,
        names: Option<(&str, &str)>,
        format: Format,
        context: &mut Context<'_>,
    ) -> Result<(), Error> {
        let theme = self.output.view(context).theme();
        let written = compare::written(found, names, format, self.all, theme);
        self.output.write(context, |out| out.write_all(written.as_bytes()))?;
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
