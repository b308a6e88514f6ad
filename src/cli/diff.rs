//! `onus diff A [B]`: what two projects, or two revisions of one, differ in.

use std::path::Path;

use clap::Args;

use super::context::Context;
use crate::diff::{DiffOptions, diff};
use crate::repl::{Error, Outcome};
use crate::report::diff::{Case, DiffView, MOST, json, junit, markdown, text};
use crate::report::proof::Theme;
use crate::responsibility::cite::Citations;
use crate::responsibility::{Project, Revision};

/// Compare two projects, or two revisions of one: facts, rules and conclusions gained and lost, by cause
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus diff HEAD~1                    what the last commit and the work since changed
  onus diff main HEAD                 what a branch changes
  onus diff ../before ../after        two directories

Exit code 1 where a watched relation changed."#)]
pub(super) struct Diff {
    /// A project's directory, or a revision of the project in this directory
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
    pub(super) junit: Option<std::path::PathBuf>,
}

impl Diff {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let here = context.flags.selection().project.unwrap_or_else(|| Path::new(".").to_owned());
        let load = |what: Option<&str>, context: &Context<'_>| -> Result<_, Error> {
            let revision;
            let project = match what {
                None => context.project()?,
                Some(path) if Path::new(path).is_dir() => Project::open(Path::new(path))?,
                Some(name) => {
                    revision = Revision::read(&here, name)?;
                    revision.project()?
                }
            };
            let mut session = project.load(&context.flags.selection(), context.options())?;
            let model = session.evaluate()?;
            Ok((project, session, model))
        };
        let (_, _, old) = load(Some(&self.old), context)?;
        let (project, session, new) = load(self.new.as_deref(), context)?;
        let options = DiffOptions { watch: project.manifest().watch.clone(), eval: context.options().eval };
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
        let theme = if context.view.color { Theme::color() } else { Theme::default() };
        let view = DiffView { theme, most: (!self.all).then_some(MOST), notes: &Citations, names };
        let written = match context.flags.format.name() {
            "json" => json(found, &view),
            "markdown" => markdown(found, &view),
            _ => text(found, &view),
        };
        context.out.write_all(written.as_bytes())?;
        if let Some(path) = &self.junit {
            let document = junit("onus diff", &cases(found, &DiffView { theme: Theme::default(), ..view }));
            super::write_whole(path, document.as_bytes())?;
        }
        Ok(())
    }
}

/// One case a listed relation.
fn cases(found: &crate::diff::Diff, view: &DiffView<'_>) -> Vec<Case> {
    let details = text(found, view);
    let listed = found.relations.iter().filter(|relation| relation.listed);
    let failed = listed.map(|relation| Case {
        name: relation.name.clone(),
        failure: Some((format!("{} gained, {} lost", relation.gained, relation.lost), details.clone())),
    });
    let mut cases: Vec<Case> = failed.collect();
    if cases.is_empty() {
        cases.push(Case { name: "watched relations".to_owned(), failure: None });
    }
    cases
}
