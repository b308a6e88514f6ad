//! `onus check --review`: the changed answers one by one, each accepted, rejected or put off.

use std::io::{BufRead, Write};

use super::context::Context;
use super::snapshot;
use crate::repl::{Defence, Error, Outcome};
use crate::report::diff::{DiffView, text};
use crate::report::escape::escape;
use crate::report::review::{AnswerChange, Review, listed};
use crate::responsibility::snapshot::{DIRECTORY, Snapshot, Stored};
use crate::responsibility::{File, Project};

/// What a reviewer decided of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Accept,
    Reject,
    Skip,
}

/// What a reviewer typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
    /// Of this answer.
    One(Verdict),
    /// Of this answer and those that follow.
    Rest(Verdict),
    Why,
    Help,
}

/// Goes through what changed, and writes what was accepted.
pub(super) fn walk(
    review: &Review,
    stored: &Stored,
    now: &Snapshot,
    project: &Project,
    view: &DiffView<'_>,
    context: &mut Context<'_>,
    input: &mut dyn BufRead,
) -> Result<Outcome, Error> {
    if let Some(diff) = review.diff.as_ref().filter(|diff| !diff.is_empty()) {
        writeln!(context.io.out, "{}", text(diff, view))?;
    }
    let mut decided: Vec<Verdict> = Vec::new();
    let mut rest: Option<Verdict> = None;
    let count = review.answers.len();
    for (at, answer) in review.answers.iter().enumerate() {
        if let Some(verdict) = rest {
            decided.push(verdict);
            continue;
        }
        let head =
            format!("[{} of {count}] {} +{} -{}", at + 1, escape(&answer.name), answer.gained.len(), answer.lost.len());
        writeln!(context.io.out, "{head}")?;
        context.io.out.write_all(listed(answer).as_bytes())?;
        let verdict = loop {
            match ask(context, input)? {
                Reply::One(verdict) => break verdict,
                Reply::Rest(verdict) => {
                    rest = Some(verdict);
                    break verdict;
                }
                Reply::Why => why(answer, project, context)?,
                Reply::Help => writeln!(context.io.out, "{HELP}")?,
            }
        };
        decided.push(verdict);
        writeln!(context.io.out)?;
    }
    let of = |wanted: Verdict| {
        let answers = review.answers.iter().zip(&decided).filter(move |(_, verdict)| **verdict == wanted);
        answers.map(|(answer, _)| answer.name.as_str()).collect::<Vec<_>>()
    };
    let accepted = of(Verdict::Accept);
    // What is accepted as a whole is taken with what it was derived from; else that stays, so that the rest can still
    // be explained.
    let files = if accepted.len() == count {
        now.files.clone()
    } else {
        let mut files = stored.files.clone();
        for &name in &accepted {
            match now.files.get(name) {
                Some(text) => files.insert(name.to_owned(), text.clone()),
                None => files.remove(name),
            };
        }
        files
    };
    if !accepted.is_empty() {
        snapshot::write(&snapshot::root(project)?, &files)?;
    }
    let out = &mut context.io.out;
    for (word, verdict) in
        [("accepted", Verdict::Accept), ("rejected", Verdict::Reject), ("not decided", Verdict::Skip)]
    {
        let names = of(verdict);
        if !names.is_empty() {
            writeln!(out, "{word}: {}", names.join(", "))?;
        }
    }
    if decided.contains(&Verdict::Reject) {
        let changed: Vec<String> = review.diff.as_ref().map(places).unwrap_or_default();
        let undo = if changed.is_empty() { "what changed".to_owned() } else { changed.join(", ") };
        writeln!(out, "{DIRECTORY}/ keeps what was rejected as it was reviewed: mend {undo}")?;
    }
    Ok(Outcome::answered(accepted.len() == count && review.denied.is_empty()))
}

/// Where rules and facts changed.
fn places(diff: &crate::diff::Diff) -> Vec<String> {
    let rules = diff.rules.iter().map(|rule| rule.place.clone());
    let fact = |fact: &crate::diff::Sided| {
        let model = diff.model(fact.side);
        model.origin(&fact.tuple).map(|origin| model.place(origin))
    };
    let mut places: Vec<String> = rules.chain(diff.facts.iter().filter_map(fact)).collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().filter(|place| !place.starts_with(DIRECTORY)).collect()
}

const HELP: &str = concat!(
    "  a        accept: this is the answer from now on\n",
    "  r        reject: the answer that was reviewed stays, and what changed it is to be mended\n",
    "  s        skip: decide later\n",
    "  w        why: the proof of what is new, and what is missing for the rest\n",
    "  A, R, S  the same for this one and all that follow; q is S"
);

/// Asks until something is understood. The end of the input skips the rest.
fn ask(context: &mut Context<'_>, input: &mut dyn BufRead) -> Result<Reply, Error> {
    loop {
        write!(context.io.out, "accept, reject, skip, why? (a r s w) ")?;
        context.io.out.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            writeln!(context.io.out)?;
            return Ok(Reply::Rest(Verdict::Skip));
        }
        if !context.io.view.terminal {
            // What was typed does not stand there by itself.
            writeln!(context.io.out, "{}", escape(line.trim()))?;
        }
        match line.trim() {
            "a" | "accept" => return Ok(Reply::One(Verdict::Accept)),
            "r" | "reject" => return Ok(Reply::One(Verdict::Reject)),
            "s" | "skip" => return Ok(Reply::One(Verdict::Skip)),
            "A" => return Ok(Reply::Rest(Verdict::Accept)),
            "R" => return Ok(Reply::Rest(Verdict::Reject)),
            "S" | "q" | "quit" => return Ok(Reply::Rest(Verdict::Skip)),
            "w" | "why" => return Ok(Reply::Why),
            "?" | "h" | "help" => return Ok(Reply::Help),
            _ => writeln!(context.io.out, "{HELP}")?,
        }
    }
}

/// Lines whose proofs are shown.
const MOST: usize = 3;

/// Defends what is new, and says why what is lost no longer follows.
fn why(answer: &AnswerChange, project: &Project, context: &mut Context<'_>) -> Result<(), Error> {
    let stem = answer.name.strip_prefix("queries/").and_then(|name| name.strip_suffix(".txt"));
    let question = match stem {
        Some(stem) => project.queries()?.into_iter().find(|file| file.stem() == stem),
        None => None,
    };
    let question: Option<(String, String)> =
        question.map(|file: File| file.text().map(|text| (file.name.clone(), text.into_owned()))).transpose()?;
    let texts = question.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let mut defence = Defence::open(project.clone(), context.flags.selection(), context.options(), texts)?;
    let lines = || answer.gained.iter().take(MOST).chain(answer.lost.iter().take(MOST).filter(|_| texts.is_none()));
    let mut told = String::new();
    for line in lines() {
        told.push_str(&defence.line(line)?);
    }
    if told.is_empty() {
        "nothing new: what is gone is told above, with its cause\n".clone_into(&mut told);
    }
    context.io.out.write_all(told.as_bytes())?;
    Ok(())
}
