//! `onus what-if CHANGE...`: what would change, and nothing does.

use clap::Args;

use super::context::Context;
use super::diff::DiffOutput;
use crate::diff::{DiffOptions, diff};
use crate::repl::show::Format;
use crate::repl::{Error, Outcome};
use crate::session::parse_changes;

/// Say what would change if facts and rules were added or taken away; nothing is changed
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus what-if '-within("acme_astro_host","aws:any")' '+within("acme_astro_host","azure:any")'
  onus what-if '-own-word'                            without the rule of that label
  onus what-if '+offers("us", S) :- offers("aws", S).'

Exit code 1 where a watched relation would change."#)]
pub(super) struct WhatIf {
    /// `+clause` adds, `-fact`, `-rule` or `-label` takes away
    #[arg(value_name = "CHANGE", required = true, num_args = 1.., allow_hyphen_values = true)]
    changes: Vec<String>,
    #[command(flatten)]
    output: DiffOutput,
}

impl WhatIf {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let project = context.project()?;
        let mut session = project.load(&context.flags.selection(), context.options())?;
        let before = session.evaluate()?;
        let mut changes = Vec::new();
        for change in &self.changes {
            changes.extend(parse_changes(&mut session, change)?);
        }
        let after = session.what_if(&changes)?;
        let options = DiffOptions { watch: project.manifest().watch.clone(), eval: session.eval_options() };
        let found = diff(&before, &after, &options).map_err(|stop| session.stopped(&stop))?;
        self.output.write(&found, None, context)?;
        if context.format()? == Format::Table {
            writeln!(context.io.out, "\nnothing in the project was changed")?;
        }
        Ok(Outcome::answered(!found.is_watched()))
    }
}
