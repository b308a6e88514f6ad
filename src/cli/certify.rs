//! `onus certify [PROGRAM]`: whether a whole model follows from its rules and facts.

use std::path::PathBuf;

use clap::Args;

use super::context::Context;
use super::program::Reading;
use super::report::Output;
use crate::repl::{Error, Outcome};
use crate::report::certificate;

/// Certify every row: each follows from the facts, and nothing that follows is missing
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus certify                        the project
  onus certify closure.dl -F facts    a program of its own

A naive pass of all rules over the finished model, by code that shares neither storage nor joins nor plans with the
engine. Exit code 1 where a row is missing, unsupported or not given; the row is named."#)]
pub(super) struct Certify {
    /// A program, instead of the project; - for standard input
    #[arg(value_name = "PROGRAM")]
    program: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    output: Output,
}

impl Certify {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = match &self.program {
            Some(program) => self.reading.session(program, context)?,
            None => context.session()?,
        };
        let model = session.evaluate()?;
        let found = session.certify()?;
        let (lead, grid) = (certificate::lead(&found), certificate::grid(&model, &found));
        self.output.told(context, &lead, &grid, &[])?;
        Ok(Outcome::answered(found.holds()))
    }
}
