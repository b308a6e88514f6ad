//! `onus` without a command: the prompt, on a terminal or through a pipe.

use std::io::{self, IsTerminal};

use super::context::Context;
use super::entry::width;
use crate::repl::{Error, Outcome, Prompt, Settings, drain, interact};
use crate::report::grid::wrap;

/// Opens the prompt. Without a terminal what comes on standard input is carried out; with `bail` up to the first error.
pub(super) fn run(context: &mut Context<'_>, bail: bool) -> Result<Outcome, Error> {
    let project = context.project()?;
    let settings = Settings { format: context.format()?, ..Settings::default() };
    let (mut prompt, failure) = Prompt::open(project, context.flags.selection(), context.options(), settings)?;
    let stdin = io::stdin();
    if !(stdin.is_terminal() && context.io.view.terminal) {
        if let Some(failure) = failure {
            return Err(failure.into());
        }
        if bail {
            prompt.bail();
        }
        return Ok(drain(&mut prompt, &mut stdin.lock(), &mut context.io)?);
    }
    if let Some(failure) = failure {
        context.io.report(&failure.diagnostics, &failure.sources)?;
    }
    for line in wrap(&prompt.banner(), context.io.view.width.unwrap_or(usize::MAX)) {
        writeln!(context.io.out, "{line}")?;
    }
    Ok(interact(&mut prompt, width, &mut context.io)?)
}
