//! `onus run PROGRAM`: a program with its inputs and outputs, as a batch.

use std::time::Instant;

use clap::{Args, ValueEnum};

use super::context::Context;
use super::output;
use super::program::Program;
use super::progress::Progress;
use crate::repl::{Error, Outcome, show};
use crate::report::profile;

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
    /// Tell on standard error how long loading, evaluation and output took, and what each rule did
    #[arg(long, value_name = "FORM", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    stats: Option<Statistics>,
}

/// The forms of statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Statistics {
    /// Tables
    Text,
    /// An object
    Json,
}

impl Run {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = self.program.session(context)?;
        session.options_mut().only_needed = true;
        session.options_mut().profile = self.stats.is_some();
        let progress = Progress::start(context);
        session.options_mut().eval.observer = progress.as_ref().map(Progress::observer);
        let evaluated = session.evaluate();
        drop(progress);
        let model = evaluated?;
        context.io.report(session.warnings(), session.sources())?;
        let start = Instant::now();
        output::write_all(&session, &model, &self.output_directory, context)?;
        for goal in &model.program().goals {
            let answer = session.answer(goal)?;
            show::answer(&answer, context.format()?, None, &mut context.io)?;
        }
        let output = Some(start.elapsed());
        match self.stats {
            None => {}
            Some(Statistics::Json) => {
                context.io.out.flush()?;
                profile::json(&model, &session, output, context.io.err)?;
            }
            Some(Statistics::Text) => {
                context.io.remark(&profile::lead(&model, session.times(), output).join("\n"))?;
                context.io.remark(profile::grid(&model, &session).text(None).trim_end())?;
            }
        }
        Ok(Outcome::Done)
    }
}
