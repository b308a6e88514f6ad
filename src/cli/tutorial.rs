//! `onus tutorial`: ten guided steps on the shipped facts.

use std::io::{self, IsTerminal};

use clap::Args;

use super::context::Context;
use super::entry::width;
use crate::repl::{Error, Outcome, Prompt, Settings, interact};
use crate::responsibility::{Project, Selection};

/// Learn the prompt in ten guided steps, on the rules and documents that are built in
///
/// Nothing is written anywhere. Without a terminal all steps are carried out and printed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  onus tutorial\n  onus tutorial < /dev/null | less")]
pub(super) struct Tutorial {}

impl Tutorial {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let settings = Settings { format: context.format()?, ..Settings::default() };
        let (mut prompt, failure) =
            Prompt::open(Project::embedded()?, Selection::default(), context.options(), settings)?;
        if let Some(failure) = failure {
            return Err(failure.into());
        }
        if io::stdin().is_terminal() && context.io.view.terminal {
            prompt.teach();
            return Ok(interact(&mut prompt, width, &mut context.io)?);
        }
        Ok(prompt.demonstrate(&mut context.io)?)
    }
}
