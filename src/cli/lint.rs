//! `onus lint [PROGRAM]`: errors and warnings, nothing evaluated.

use clap::Args;

use super::context::Context;
use super::program::Program;
use crate::diagnostic::render_all;
use crate::repl::{Error, Outcome};

/// Tell what is wrong or odd in a program, without evaluating it
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  onus lint my.dl\n  onus lint my.dl -W single-variable --deny unused-relation\n  generate | onus lint -"
)]
pub(super) struct Lint {
    #[command(flatten)]
    program: Program,
}

impl Lint {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = self.program.session(context)?;
        let (found, sources, outcome) = match session.lint() {
            Ok(warnings) => (warnings, session.share_sources(), Outcome::Done),
            Err(failure) => (failure.diagnostics.clone(), failure.sources.clone(), Outcome::of(&failure)),
        };
        // What is found is the answer of this command, so it goes where answers go.
        let text = render_all(&found, &sources, context.io.view.color);
        context.io.out.write_all(text.as_bytes())?;
        Ok(outcome)
    }
}
