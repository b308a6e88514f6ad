//! `onus profile PROGRAM`: where the time goes, rule by rule.

use clap::Args;

use super::context::Context;
use super::program::Program;
use super::report::Output;
use crate::repl::{Error, Outcome};
use crate::report::profile;
use crate::report::rows::RowFormat;

/// Show where the time of a program goes, rule by rule, the slowest first
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus profile reach.dl -F facts
  onus profile reach.dl --format json
  onus profile reach.dl -j 1               one thread: rules do not overlap, and times are each rule's own

us: microseconds; derived: how often the head was found; new: how many of these tuples were not known; runs: once a round
and atom that reads what is new; joins: the order of the atoms, for each atom that reads what is new."#)]
pub(super) struct Profile {
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    output: Output,
}

impl Profile {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = self.program.session(context)?;
        session.options_mut().only_needed = true;
        session.options_mut().profile = true;
        let model = session.evaluate()?;
        if self.output.row_format(context)? == RowFormat::Json {
            self.output.write(context, |out| profile::json(&model, &session, None, out))?;
            return Ok(Outcome::Done);
        }
        let (lead, grid) = (profile::lead(&model, session.times(), None), profile::grid(&model, &session));
        self.output.told(context, &lead, &grid, &[])?;
        Ok(Outcome::Done)
    }
}
