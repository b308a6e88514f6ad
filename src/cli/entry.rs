//! From the words of the command line to an exit code.

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Parser;

use super::arguments::{Arguments, Color, Command};
use super::context::Context;
use super::{prompt, what_if};
use crate::diagnostic::{Diagnostic, Severity, code, render};
use crate::repl::show::View;
use crate::repl::{Error, Io, Outcome};
use crate::report::proof::Theme;
use crate::source::SourceMap;

/// The variable that says how the parts of explanations look.
const COLORS: &str = "ONUS_COLORS";

/// Runs a command line, the program's name first. Gives the exit code.
#[must_use]
pub fn run(words: &[OsString]) -> u8 {
    let arguments = match Arguments::try_parse_from(what_if::ordered(words)) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output and are no error. If they cannot be written, nobody reads them.
            let _ = error.print();
            return if error.use_stderr() { compat_code(Outcome::Usage, asks_souffle(words)) } else { 0 };
        }
    };
    let interrupt = Arc::new(AtomicBool::new(false));
    listen(&interrupt);
    if let Some(Command::Lsp(lsp)) = &arguments.command {
        // It speaks from a thread of its own, for which standard output must be free.
        return lsp.serve().code();
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut err = io::stderr().lock();
    let io = Io {
        out: &mut out,
        err: &mut err,
        view: view(arguments.flags.color),
        color_errors: colored(arguments.flags.color, &io::stderr()),
    };
    let mut context = Context { flags: &arguments.flags, io, interrupt };
    let result = dispatch(&mut context, &arguments);
    let result = result.and_then(|outcome| context.io.out.flush().map(|()| outcome).map_err(Error::from));
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(Error::Failed(failure)) => {
            // An error that cannot be shown is still in the exit code.
            let _ = context.io.report(&failure.diagnostics, &failure.sources);
            Outcome::of(&failure)
        }
        // Whoever read the output has seen enough.
        Err(Error::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Done,
        Err(Error::Output(error)) => {
            let found = Diagnostic::new(code::FILE_WRITE, format!("cannot write the output: {error}"));
            let _ = write!(context.io.err, "{}", render(&found, &SourceMap::default(), context.io.color_errors));
            Outcome::Wrong
        }
    };
    compat_code(outcome, context.souffle())
}

fn dispatch(context: &mut Context<'_>, arguments: &Arguments) -> Result<Outcome, Error> {
    match &arguments.command {
        None => prompt::run(context, arguments.bail),
        Some(Command::Lsp(lsp)) => Ok(lsp.serve()),
        Some(Command::Man(man)) => man.run(context),
        Some(Command::Tutorial(tutorial)) => tutorial.run(context),
        Some(Command::Query(query)) => query.run(context),
        Some(Command::Why(why)) => why.run(context),
        Some(Command::WhyNot(why_not)) => why_not.run(context),
        Some(Command::Critical(critical)) => critical.run(context),
        Some(Command::Witnesses(witnesses)) => witnesses.run(context),
        Some(Command::WhatIf(what_if)) => what_if.run(context),
        Some(Command::Diff(diff)) => diff.run(context),
        Some(Command::Snapshot(snapshot)) => snapshot.run(context),
        Some(Command::Check(check)) => check.run(context),
        Some(Command::Test(test)) => test.run(context),
        Some(Command::Coverage(coverage)) => coverage.run(context),
        Some(Command::Run(run)) => run.run(context),
        Some(Command::Lint(lint)) => lint.run(context),
        Some(Command::Fmt(fmt)) => fmt.run(context),
        Some(Command::Plan(plan)) => plan.run(context),
        Some(Command::Profile(profile)) => profile.run(context),
        Some(Command::Schema(schema)) => schema.run(context),
        Some(Command::ExplainCode(explain)) => explain.run(context),
        Some(Command::Completions(completions)) => completions.run(context),
        Some(Command::Matrix(command)) => command.run(context),
        Some(Command::Duties(command)) => command.run(context),
        Some(Command::Who(command)) => command.run(context),
        Some(Command::Relies(command)) => command.run(context),
        Some(Command::Evidence(command)) => command.run(context),
        Some(Command::Concentration(command)) => command.run(context),
        Some(Command::Findings(command)) => command.run(context),
        Some(Command::Move(command)) => command.run(context),
        Some(Command::Graph(command)) => command.run(context),
        Some(Command::Compile(command)) => command.run(context),
        Some(Command::Audit(command)) => command.run(context),
        Some(Command::Certify(command)) => command.run(context),
        Some(Command::CheckProof(command)) => command.run(context),
        Some(Command::Facts(command)) => command.run(context),
        Some(Command::New(command)) => command.run(context),
    }
}

/// Soufflé knows one exit code for everything that goes wrong.
fn compat_code(outcome: Outcome, souffle: bool) -> u8 {
    if souffle && outcome >= Outcome::Usage { 1 } else { outcome.code() }
}

/// Whether words that could not be understood ask for `--compat souffle`.
fn asks_souffle(words: &[OsString]) -> bool {
    words.iter().any(|word| word == "--compat=souffle")
        || words.windows(2).any(|pair| pair[0] == "--compat" && pair[1] == "souffle")
}

/// Lets Ctrl-C set the flag, and a second one end the program.
fn listen(interrupt: &Arc<AtomicBool>) {
    use signal_hook::consts::SIGINT;
    // Where signals cannot be listened to, Ctrl-C ends the program as ever.
    let _ = signal_hook::flag::register_conditional_shutdown(
        SIGINT,
        i32::from(Outcome::Interrupted.code()),
        Arc::clone(interrupt),
    );
    let _ = signal_hook::flag::register(SIGINT, Arc::clone(interrupt));
}

fn view(color: Color) -> View {
    let out = io::stdout();
    let terminal = out.is_terminal();
    let width = if terminal { width() } else { None };
    View { terminal, color: colored(color, &out), unicode: unicode(), width, theme: theme() }
}

/// The roles of explanations as the user wants them, by `ONUS_COLORS`.
fn theme() -> Theme {
    let wanted = std::env::var(COLORS).unwrap_or_default();
    Theme::color().with(&wanted).unwrap_or_else(|error| {
        let found = Diagnostic::new(code::USAGE, format!("{COLORS}: {error}"));
        let found = Diagnostic { severity: Severity::Warning, ..found };
        // Where it cannot be told, what is asked is answered all the same.
        let _ = write!(io::stderr(), "{}", render(&found, &SourceMap::default(), false));
        Theme::color()
    })
}

fn colored(color: Color, stream: &impl anstream::stream::RawStream) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
    }
}

/// The columns of the terminal.
pub(super) fn width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Whether the locale is one of UTF-8; where nothing says otherwise it is.
fn unicode() -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    locale.is_none_or(|locale| {
        let lower = locale.to_lowercase();
        lower.contains("utf-8") || lower.contains("utf8")
    })
}
