//! `onus run PROGRAM`: a program with its inputs and outputs, as a batch.

use clap::Args;

use super::context::Context;
use super::output;
use super::program::Program;
use crate::repl::{Error, Outcome, show};

/// Run a program: its `.input`s are read, its `.output`s written
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus run reach.dl -F facts -D out      facts/edge.facts in, out/reach.csv out
  onus run reach.dl -D -                 everything to standard output
Nothing is written before the evaluation has ended, and each file whole or not at all."#)]
pub(super) struct Run {
    #[command(flatten)]
    program: Program,
    /// Where `.output` writes its files; - for standard output
    #[arg(short = 'D', long = "output-dir", value_name = "DIR", default_value = ".")]
    output_directory: String,
}

impl Run {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = self.program.session(context)?;
        session.options_mut().only_needed = true;
        let model = session.evaluate()?;
        context.io.report(session.warnings(), session.sources())?;
        output::write_all(&session, &model, &self.output_directory, context)?;
        for goal in &model.program().goals {
            let answer = session.answer(goal)?;
            show::answer(&answer, context.format()?, None, &mut context.io)?;
        }
        Ok(Outcome::Done)
    }
}
