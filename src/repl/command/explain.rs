//! `:why`: the proof of a tuple, of a row of the last answer, or of a step of the last proof.

use std::sync::Arc;

use super::{Command, Takes};
use crate::model::{Model, Tuple};
use crate::repl::instantiate::instantiate;
use crate::repl::prompt::{Last, Shown};
use crate::repl::{Error, Io, Outcome, Prompt, near};
use crate::report::escape::escape;
use crate::report::proof::{TextOptions, render};
use crate::responsibility::cite::Citations;

pub(super) const WHY: Command = Command {
    name: "why",
    takes: Takes::Atom,
    usage: "[FACT|#ROW|STEP]",
    about: "why a tuple holds: by which rules and facts, and who says so",
    more: "  :why relies(\"astronomer\", \"aws\", \"physical\", at)   the first tuple that matches\n  :why #2                                           row 2 of the last answer\n  :why 2.1                                          step 2.1 of the last proof\n  :why                                              the first row of the last answer",
    run: why,
};

fn why(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    if let Some(number) = arguments.strip_prefix('#') {
        return row(prompt, number.trim(), io);
    }
    if arguments.is_empty() {
        return row(prompt, "1", io);
    }
    if arguments.starts_with(|first: char| first.is_ascii_digit()) {
        return step(prompt, arguments, io);
    }
    atom(prompt, arguments, io)
}

/// Explains the first tuple that an atom matches.
fn atom(prompt: &mut Prompt, text: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let model = prompt.model()?;
    let pattern = prompt.session.matching(text)?;
    let tuples = pattern.tuples(&model);
    let Some(tuple) = tuples.first() else {
        writeln!(io.out, "{} does not hold", escape(&pattern.literal(&model)))?;
        for remark in near::unknown_constants(&model, text) {
            io.remark(&remark)?;
        }
        return Ok(Outcome::No);
    };
    let outcome = tree(prompt, &model, tuple, io)?;
    if tuples.len() > 1 {
        let text = format!("1 of {} tuples that match {}", tuples.len(), escape(&pattern.literal(&model)));
        writeln!(io.out, " {}", io.view.dim(&text))?;
    }
    Ok(outcome)
}

/// Explains a row of the last answer: each positive atom of its goal.
fn row(prompt: &mut Prompt, number: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let help = "ask a goal first, then `:why #2` for its second row";
    let (count, wanted) = match &prompt.last {
        None => return Err(prompt.usage("there is no last answer", help)),
        Some(Last::Goal { answer, .. }) => (answer.rows.len(), number.parse::<usize>()),
        Some(Last::Tuples(tuples)) => (tuples.len(), number.parse::<usize>()),
    };
    let at = match wanted {
        Ok(wanted) if (1..=count).contains(&wanted) => wanted - 1,
        Ok(_) if count == 0 => {
            writeln!(io.out, "the last answer has no rows")?;
            return Ok(Outcome::No);
        }
        Ok(wanted) => {
            return Err(prompt.usage(format!("there is no row {wanted}"), format!("the last answer has {count} rows")));
        }
        Err(_) => return Err(prompt.usage(format!("`#{number}` is no row"), help)),
    };
    let atoms = match &prompt.last {
        Some(Last::Goal { text, answer }) => instantiate(text, &answer.columns, &answer.rows[at]),
        Some(Last::Tuples(tuples)) => {
            let tuple = tuples[at].clone();
            let model = prompt.model()?;
            return tree(prompt, &model, &tuple, io);
        }
        None => Vec::new(),
    };
    if atoms.is_empty() {
        writeln!(io.out, "no relation stands behind this answer")?;
        return Ok(Outcome::No);
    }
    let model = prompt.model()?;
    let mut first = true;
    for text in atoms {
        // Of alternatives only some hold.
        let Some(tuple) = prompt.session.matching(&text)?.tuples(&model).into_iter().next() else { continue };
        if !std::mem::take(&mut first) {
            writeln!(io.out)?;
        }
        tree(prompt, &model, &tuple, io)?;
    }
    Ok(Outcome::Done)
}

fn tree(prompt: &mut Prompt, model: &Arc<Model>, tuple: &Tuple, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let Some(proof) = prompt.session.why(tuple)? else {
        writeln!(io.out, "{} does not hold any more", escape(&model.literal(tuple)))?;
        return Ok(Outcome::No);
    };
    let options = TextOptions { next: next(), ..io.view.proof() };
    let view = render(model, &proof, &options, &Citations);
    write!(io.out, "{}", view.text)?;
    prompt.shown = Some(Shown { model: Arc::clone(model), proof, handles: view.handles });
    Ok(Outcome::Done)
}

/// Opens a step of the last proof.
fn step(prompt: &mut Prompt, handle: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let Some(shown) = &mut prompt.shown else {
        return Err(prompt.usage("there is no last proof", "`:why FACT` shows one; then `:why 2` opens its step 2"));
    };
    let Some(&(_, node)) = shown.handles.iter().find(|(name, _)| name == handle) else {
        let known: Vec<&str> = shown.handles.iter().map(|(name, _)| name.as_str()).take(12).collect();
        let help = format!("its steps are {}", known.join(", "));
        return Err(prompt.usage(format!("the last proof has no step {handle}"), help));
    };
    let options = TextOptions { from: Some(node), handle: Some(handle.to_owned()), next: next(), ..io.view.proof() };
    let view = render(&shown.model, &shown.proof, &options, &Citations);
    write!(io.out, "{}", view.text)?;
    for (name, node) in view.handles {
        if !shown.handles.iter().any(|(other, _)| *other == name) {
            shown.handles.push((name, node));
        }
    }
    Ok(Outcome::Done)
}

fn next() -> Vec<String> {
    vec![":why {}".to_owned()]
}
