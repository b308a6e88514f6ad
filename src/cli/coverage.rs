//! `onus coverage`: what of the rules is in use.

use clap::Args;

use super::context::Context;
use crate::repl::{Error, Outcome};
use crate::responsibility::coverage::{Idle, coverage};

/// Find rules that never fire on any scenario, and literals whose removal changes nothing
#[derive(Debug, Args)]
#[command(after_help = "Exit code 1 where there is one. With --scenario only that scenario is tried.

Examples:
  onus coverage
  onus coverage --scenario relay")]
pub(super) struct Coverage {}

impl Coverage {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut options = context.options();
        // Rules are changed here only to be tried.
        options.check = crate::check::Options::default();
        let found = coverage(&context.project()?, &context.flags.selection(), &options)?;
        let out = &mut context.io.out;
        for (heading, idle) in
            [("rules that never fire", &found.dead), ("literals whose removal changes nothing", &found.redundant)]
        {
            if !idle.is_empty() {
                writeln!(out, "{heading}")?;
                idle.iter().try_for_each(|one| writeln!(out, "  {}", line(one)))?;
            }
        }
        let on =
            if found.scenarios.is_empty() { String::new() } else { format!(", on {}", found.scenarios.join(", ")) };
        let (dead, redundant) = (found.dead.len(), found.redundant.len());
        writeln!(
            out,
            "{} rules, {dead} never fire; {} literals, {redundant} change nothing{on}",
            found.rules, found.literals
        )?;
        Ok(Outcome::answered(dead + redundant == 0))
    }
}

fn line(idle: &Idle) -> String {
    let label = idle.label.as_ref().map(|label| format!("[{label}] ")).unwrap_or_default();
    let text: Vec<&str> = idle.text.split_whitespace().collect();
    crate::report::escape::escape(&format!("{label}{}   {}", text.join(" "), idle.place)).into_owned()
}
