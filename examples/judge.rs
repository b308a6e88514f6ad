//! Judges the engine: `cargo run --release --example judge -- --programs 20000 --seed 1`.
//!
//! | flag | |
//! |---|---|
//! | `--programs N` | how many random programs (1000) |
//! | `--seed S` | what they follow from (1) |
//! | `--first N` | the number of the first, to see one again (0) |
//! | `--relations N` | metamorphic relations tried on each (3) |
//! | `--variations N` | further ways that each is run (1) |
//! | `--mismatches N` | after how many to stop (1) |
//! | `--no-shrink` | leave failing programs as they are |
//! | `--no-certify` | do not certify the models |
//! | `--without A,B` | leave out unsigned, floats, records, adts, subtypes, strings, eqrel, ranges, choice, components, lattices, monotone, inline, counters, functors |
//! | `--show` | print the programs instead |
//! | `--clingo` | print programs for clingo instead, with the engine's answers: `tests/judged_by_clingo.py` reads them |
//!
//! Ends with 1 where something differs.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it is a command

use std::collections::BTreeMap;
use std::process::ExitCode;

use onus::value::Value;
use onus_judge::answers::Rows;
use onus_judge::engine::Engine;
use onus_judge::generate::{Settings, generate};
use onus_judge::judge::{Plan, Subject, Variation, judge};
use onus_judge::random::Random;
use onus_judge::{reference, walk};

struct Command {
    plan: Plan,
    engine: Engine,
    show: bool,
    clingo: bool,
}

fn main() -> ExitCode {
    let command = match command(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::from(2);
        }
    };
    let Command { mut plan, engine, show, clingo } = command;
    if clingo {
        plan.settings = Settings::of_clingo();
        return for_clingo(&plan, &engine);
    }
    if show {
        for index in plan.first..plan.first + plan.programs {
            println!("// seed {}, program {index}", plan.seed);
            println!("{}", generate(Random::of_program(plan.seed, index), &plan.settings).sample.text());
        }
        return ExitCode::SUCCESS;
    }
    // A panic of the engine is a mismatch like any other; its message comes with the case.
    std::panic::set_hook(Box::new(|_| {}));
    let verdict = judge(&engine, &plan, &mut |index, verdict| {
        if (index + 1) % 500 == 0 {
            eprintln!("{} programs, {} mismatches", index + 1 - plan.first, verdict.mismatches.len());
        }
    });
    for mismatch in &verdict.mismatches {
        println!("{}", mismatch.case);
    }
    print!("{verdict}");
    ExitCode::from(u8::from(!verdict.mismatches.is_empty()))
}

/// Prints a line of JSON for each program: its number, its text, the text for clingo where there is one, and the engine's
/// answers.
fn for_clingo(plan: &Plan, engine: &Engine) -> ExitCode {
    for index in plan.first..plan.first + plan.programs {
        let sample = generate(Random::of_program(plan.seed, index), &plan.settings).sample;
        let text = sample.text();
        let answers = match engine.run(&text, &Variation::default()) {
            Ok(answers) => answers,
            Err(failure) => {
                eprintln!("program {index}: {failure}");
                return ExitCode::FAILURE;
            }
        };
        let value = |value: &Value| match value {
            Value::Number(number) => serde_json::json!(number),
            other => serde_json::json!(other.to_string()),
        };
        let rows = |rows: &Rows| -> Vec<Vec<serde_json::Value>> {
            rows.iter().map(|row| row.iter().map(value).collect()).collect()
        };
        let outputs = walk::outputs(&sample);
        let answers: BTreeMap<&String, _> = answers
            .iter()
            .filter(|(name, _)| outputs.contains(name.as_str()))
            .map(|(name, of)| (name, rows(of)))
            .collect();
        let clingo = reference::clingo(&sample.program, &sample.symbols);
        println!("{}", serde_json::json!({ "program": index, "text": text, "clingo": clingo, "answers": answers }));
    }
    ExitCode::SUCCESS
}

fn command(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut command = Command {
        plan: Plan::default(),
        engine: Engine { certify: true, ..Engine::default() },
        show: false,
        clingo: false,
    };
    while let Some(flag) = arguments.next() {
        if flag == "--without" {
            without(&mut command.plan.settings, &arguments.next().unwrap_or_default())?;
            continue;
        }
        let mut number = || {
            let value = arguments.next().ok_or_else(|| format!("{flag} wants a number"))?;
            value.parse::<u64>().map_err(|_| format!("{flag} wants a number, not {value}"))
        };
        let small = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let plan = &mut command.plan;
        match flag.as_str() {
            "--programs" => plan.programs = number()?,
            "--seed" => plan.seed = number()?,
            "--first" => plan.first = number()?,
            "--relations" => plan.relations = small(number()?),
            "--variations" => plan.variations = small(number()?),
            "--mismatches" => plan.mismatches = small(number()?),
            "--shrink" => plan.shrink = true,
            "--no-shrink" => plan.shrink = false,
            "--no-certify" => command.engine.certify = false,
            "--show" => command.show = true,
            "--clingo" => command.clingo = true,
            _ => return Err(format!("no flag {flag}; the flags are in examples/judge.rs")),
        }
    }
    Ok(command)
}

fn without(settings: &mut Settings, names: &str) -> Result<(), String> {
    for name in names.split(',') {
        let switch = match name {
            "unsigned" => &mut settings.unsigned,
            "floats" => &mut settings.floats,
            "records" => &mut settings.records,
            "adts" => &mut settings.adts,
            "subtypes" => &mut settings.subtypes,
            "strings" => &mut settings.strings,
            "eqrel" => &mut settings.eqrel,
            "ranges" => &mut settings.ranges,
            "choice" => &mut settings.choice,
            "components" => &mut settings.components,
            "lattices" => &mut settings.lattices,
            "monotone" => &mut settings.monotone,
            "inline" => &mut settings.inline,
            "counters" => &mut settings.counters,
            "functors" => &mut settings.functors,
            _ => return Err(format!("programs are not made of {name}")),
        };
        *switch = false;
    }
    Ok(())
}
