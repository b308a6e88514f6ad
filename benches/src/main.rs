//! onus beside crepe, ascent and datafrog on the same seeded facts, in one process:
//!
//! ```text
//! cargo run --release -p onus-benches --features peers -- [PROGRAM ...] [--engines onus,ascent] [--memory]
//! ```
//!
//! Answers are compared by count and sum; an engine that answers otherwise is named and the process fails. Times are
//! medians; a run's facts are handed over before its evaluation is timed. Without `--features peers` there are only
//! onus and the searches by hand, and nothing else is compiled.

mod arguments;
mod engine;
mod measure;
mod memory;
mod programs;
mod table;
mod translate;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = io::stdout().lock();
    let done = match (&arguments.child, &arguments.translate) {
        (Some(child), _) => memory::child(child, &mut out),
        (None, Some(path)) => translate::translate(path, arguments.into, &mut out).map(|()| true),
        (None, None) => all(&arguments, &mut out),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(3)
        }
    }
}

/// Measures all wanted programs; gives whether all answers agree.
fn all(arguments: &Arguments, out: &mut impl Write) -> io::Result<bool> {
    let mut results = Vec::new();
    for program in programs::ALL.iter().filter(|program| arguments.wants(program.name)) {
        if arguments.list {
            writeln!(out, "{:16} {}", program.name, program.about)?;
            continue;
        }
        if let Some(directory) = &arguments.write {
            measure::write(program, arguments, &directory.join(program.name))?;
            continue;
        }
        let result = measure::program(program, arguments, out)?;
        results.push(result);
    }
    if !arguments.list && arguments.write.is_none() {
        write!(out, "\n{}", table::markdown(&results, arguments.busy))?;
    }
    Ok(results.iter().all(|result| result.disagreeing.is_empty()))
}
