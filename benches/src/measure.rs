//! One program: every engine several times in turn, answers compared, medians taken.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use onus_workloads::{Answer, Outcome, Times};

use crate::arguments::Arguments;
use crate::engine::{EngineKind, engines};
use crate::memory::{self, FactFile};
use crate::programs::Program;

/// What was measured of a program.
pub(crate) struct Measured {
    /// The program.
    pub(crate) name: &'static str,
    /// Given rows.
    pub(crate) facts: usize,
    /// Answered rows.
    pub(crate) tuples: u64,
    /// One an engine.
    pub(crate) engines: Vec<Figures>,
    /// Engines whose answers are not the first one's.
    pub(crate) disagreeing: Vec<String>,
}

/// What was measured of an engine.
pub(crate) struct Figures {
    /// The engine.
    pub(crate) name: String,
    /// What it is.
    pub(crate) kind: EngineKind,
    /// Medians.
    pub(crate) times: Times,
    /// Peak memory of a process that loads and evaluates and does nothing else, in bytes.
    pub(crate) peak: Option<u64>,
}

/// Measures a program, and says so a line an engine.
pub(crate) fn program(program: &'static Program, arguments: &Arguments, out: &mut impl Write) -> io::Result<Measured> {
    let facts = (program.facts)(arguments.size());
    let file = if arguments.memory { Some(FactFile::new(&facts)?) } else { None };
    let engines = engines(program, arguments);
    writeln!(out, "\n{} ({} facts): {}", program.name, facts.len(), program.about)?;
    let mut outcomes: Vec<Vec<Outcome>> = engines.iter().map(|_| Vec::new()).collect();
    for _ in 0..arguments.runs.max(1) {
        // In turn, so that a slow moment of the machine meets all alike.
        for (engine, outcomes) in engines.iter().zip(&mut outcomes) {
            outcomes.push(engine.run(&facts)?);
        }
    }
    let reference: Vec<(String, Answer)> = outcomes.first().map_or_else(Vec::new, |first| first[0].answers.clone());
    let tuples: u64 = reference.iter().map(|(_, answer)| answer.count).sum();
    let mut measured =
        Measured { name: program.name, facts: facts.len(), tuples, engines: Vec::new(), disagreeing: Vec::new() };
    for (engine, outcomes) in engines.into_iter().zip(outcomes) {
        let peak = match &file {
            Some(file) => Some(memory::peak(program.name, &engine.name, file)?),
            None => None,
        };
        let figures = Figures {
            kind: engine.kind,
            times: Times {
                load: median(outcomes.iter().map(|outcome| outcome.times.load)),
                evaluate: median(outcomes.iter().map(|outcome| outcome.times.evaluate)),
                busy: median(outcomes.iter().map(|outcome| outcome.times.busy)),
            },
            peak,
            name: engine.name,
        };
        write!(
            out,
            "  {:14} load {:8.3} s  evaluate {:8.3} s, on a processor {:8.3} s",
            figures.name,
            figures.times.load.as_secs_f64(),
            figures.times.evaluate.as_secs_f64(),
            figures.times.busy.as_secs_f64(),
        )?;
        if let Some(peak) = peak {
            write!(
                out,
                "  peak {:7.1} MB, {:5.1} bytes a tuple",
                peak as f64 / 1e6,
                peak as f64 / tuples.max(1) as f64
            )?;
        }
        if outcomes.iter().any(|outcome| outcome.answers != reference) {
            write!(out, "  ANSWERS OTHERWISE: {:?}, not {reference:?}", outcomes[0].answers)?;
            measured.disagreeing.push(figures.name.clone());
        }
        writeln!(out)?;
        out.flush()?;
        measured.engines.push(figures);
    }
    writeln!(out, "  {tuples} tuples")?;
    if arguments.relations {
        for (relation, answer) in &reference {
            writeln!(out, "    {:>12} {relation}", answer.count)?;
        }
    }
    Ok(measured)
}

/// Writes a program and its facts, as `.input` expects them, into a directory.
pub(crate) fn write(program: &Program, arguments: &Arguments, directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let facts = (program.facts)(arguments.size());
    let mut text = program.text.to_owned();
    for table in &facts.tables {
        text += &format!(".input {}\n", table.name);
        let mut file = io::BufWriter::new(fs::File::create(directory.join(format!("{}.facts", table.name)))?);
        for row in table.words.chunks(table.arity) {
            let row: Vec<String> = row.iter().map(u32::to_string).collect();
            writeln!(file, "{}", row.join("\t"))?;
        }
        file.flush()?;
    }
    fs::write(directory.join(format!("{}.dl", program.name)), text)
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
