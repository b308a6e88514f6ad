//! `onus run PROGRAM`: a program with its inputs and outputs, as a batch.

use std::io::IsTerminal;
use std::time::Instant;

use clap::{Args, ValueEnum};

use super::context::Context;
use super::output;
use super::program::Program;
use super::progress::Progress;
use super::souffle::{Provenance, Souffle};
use crate::diagnostic::Diagnostic;
use crate::repl::{Error, Outcome, Prompt, Settings, explain_shell, show};
use crate::report::profile;
use crate::responsibility::Project;
use crate::session::{Bounds, Failure, Options, Session};

/// Run a program: its `.input`s are read, its `.output`s written
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus run reach.dl -F facts -D out      facts/edge.facts in, out/reach.csv out
  onus run reach.dl -D -                 everything to standard output
  onus run reach.dl -M "LIMIT=3 FAST"    with macros
  onus run reach.dl -t explain           then `explain reach("a", "b")` on standard input
Nothing is written before the evaluation has ended, and all files or none."#)]
pub(super) struct Run {
    #[command(flatten)]
    program: Program,
    /// Where `.output` writes its files; - for standard output; here unless said otherwise
    #[arg(short = 'D', long = "output-dir", value_name = "DIR")]
    output_directory: Option<String>,
    /// Tell on standard error how long loading, evaluation and output took, and what each rule did
    #[arg(long, value_name = "FORM", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    stats: Option<Statistics>,
    #[command(flatten)]
    souffle: Souffle,
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
        let refused = self.souffle.refused();
        if !refused.is_empty() {
            return Err(Failure { diagnostics: refused, sources: Default::default() }.into());
        }
        let mut session = self.program.session(context)?;
        let asked = session.pragma("provenance").is_some_and(|kind| ["explain", "explore"].contains(&kind));
        if asked || self.souffle.provenance != Provenance::None {
            return self.explain(session.options().clone(), context);
        }
        session.options_mut().only_needed = true;
        session.options_mut().profile = self.stats.is_some();
        let progress = Progress::start(context);
        session.options_mut().eval.observer = progress.as_ref().map(Progress::observer);
        let evaluated = session.evaluate();
        drop(progress);
        let model = evaluated?;
        context.io.report(session.warnings(), session.sources())?;
        let start = Instant::now();
        output::write_all(&session, &model, self.directory(&session), &self.bounds(context), context)?;
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

    /// Where outputs go: as the flag says, else as the program does, else here.
    fn directory<'s>(&'s self, session: &'s Session) -> &'s str {
        self.output_directory.as_deref().or_else(|| session.pragma("output-dir")).unwrap_or(".")
    }

    /// Where outputs may go: a flag may lead anywhere, a program no further than it may anyway.
    fn bounds(&self, context: &Context<'_>) -> Bounds {
        let (options, selection) = (self.program.options(context), self.program.selection(context));
        Project::none().bounds(&selection, &options).and(self.output_directory.as_deref().unwrap_or("."))
    }

    /// Runs the program whole, then explains what standard input asks for.
    fn explain(&self, options: Options, context: &mut Context<'_>) -> Result<Outcome, Error> {
        if self.program.is_stdin() {
            let found = Diagnostic::new(
                crate::diagnostic::code::USAGE,
                "standard input cannot hold both the program and what is asked",
            );
            return Err(Failure::from(found.help("put the program into a file")).into());
        }
        let selection = self.program.selection(context);
        let bounds = self.bounds(context);
        let settings = Settings { format: context.format()?, ..Settings::default() };
        let (mut prompt, failure) = Prompt::open(Project::none(), selection, options, settings)?;
        if let Some(failure) = failure {
            return Err(failure.into());
        }
        let session = prompt.session();
        context.io.report(session.warnings(), session.sources())?;
        if let Some(model) = session.model().cloned() {
            output::write_all(session, &model, self.directory(session), &bounds, context)?;
        }
        context.io.out.flush()?;
        let stdin = std::io::stdin();
        let asks = stdin.is_terminal() && context.io.view.terminal;
        Ok(explain_shell(&mut prompt, &mut stdin.lock(), asks, &mut context.io)?)
    }
}
