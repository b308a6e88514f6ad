//! `:why`, `:why-not`, `:critical`, `:witnesses`: explanations of a tuple, of a row of the last answer, or of a step of
//! the last proof.

use super::{Command, Takes};
use crate::model::Tuple;
use crate::repl::asked::{Asked, Place, Shown, Telling, flag, telling};
use crate::repl::instantiate::instantiate;
use crate::repl::prompt::Last;
use crate::repl::{Error, Io, Outcome, Prompt};

pub(super) const WHY: Command = Command {
    name: "why",
    takes: Takes::Atom,
    usage: "[FACT|#ROW|STEP]",
    about: "why a tuple holds: by which rules and facts, and who says so",
    more: "  :why relies(\"astronomer\", \"aws\", \"physical\", at)   the first tuple that matches\n  :why #2                                           row 2 of the last answer\n  :why 2.1                                          step 2.1 of the last proof\n  :why                                              the first row of the last answer\n  :why --smallest FACT     a proof with the fewest nodes, instead of one of least height\n  :why --all FACT          further proofs, the smallest first; --all=20 for twenty\n  :why --whole FACT        nothing folded\n  :why --format=dot FACT   dot, mermaid or facts",
    run: why,
};

pub(super) const WHY_NOT: Command = Command {
    name: "why-not",
    takes: Takes::Atom,
    usage: "[--fix] FACT",
    about: "why nothing matches: which rules come nearest, and what is missing; --fix: what would help",
    more: "  :why-not relies(\"acme\", \"azure\", layer, at)\n  :why-not --fix relies(\"acme\", \"azure\", layer, at)   the fewest facts that would make it true, each tried\n  :why-not --fix                                      of what was asked last",
    run: why_not,
};

pub(super) const CRITICAL: Command = Command {
    name: "critical",
    takes: Takes::Atom,
    usage: "[FACT]",
    about: "what a tuple hangs on: facts and rules in every proof, pairs of which one suffices",
    more: "  :critical relies(\"astronomer\", \"aws\", \"physical\", at)\n  :critical                the tuple that was explained last",
    run: |prompt, arguments, io| last(prompt, arguments, io, Hangs::On),
};

pub(super) const WITNESSES: Command = Command {
    name: "witnesses",
    takes: Takes::Atom,
    usage: "[FACT]",
    about: "minimal sets of given facts that suffice for a tuple",
    more: "  :witnesses relies(\"acme\", \"aws\", \"physical\", at)\n  :witnesses               the tuple that was explained last",
    run: |prompt, arguments, io| last(prompt, arguments, io, Hangs::Together),
};

fn why(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let (told, rest) = telling(arguments).map_err(|(message, help)| prompt.usage(message, help))?;
    if let Some(number) = rest.strip_prefix('#') {
        return row(prompt, number.trim(), &told, io);
    }
    if rest.is_empty() {
        return row(prompt, "1", &told, io);
    }
    if rest.starts_with(|first: char| first.is_ascii_digit()) {
        return step(prompt, rest, io);
    }
    prompt.model()?;
    let (outcome, shown) = asked(prompt, io).why(rest, &told)?;
    remember(prompt, rest, shown);
    Ok(outcome)
}

fn why_not(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let (mut fixes, mut rest) = (false, arguments.trim());
    while let Some((word, value, other)) = flag(rest) {
        if word != "--fix" || value.is_some() {
            return Err(prompt.usage(format!("there is no `{word}` here"), "`:why-not --fix FACT`"));
        }
        (fixes, rest) = (true, other);
    }
    let text = match (rest, &prompt.wanted) {
        ("", Some(wanted)) => wanted.clone(),
        ("", None) => return Err(prompt.usage("`:why-not` wants an atom", "`:why-not edge(1, x)`")),
        _ => rest.to_owned(),
    };
    prompt.model()?;
    let (outcome, shown) = asked(prompt, io).why_not(&text, fixes)?;
    remember(prompt, &text, shown);
    Ok(outcome)
}

/// What is asked about what a tuple rests on.
#[derive(Clone, Copy)]
enum Hangs {
    On,
    Together,
}

fn last(prompt: &mut Prompt, text: &str, io: &mut Io<'_>, hangs: Hangs) -> Result<Outcome, Error> {
    let model = prompt.model()?;
    if !text.is_empty() {
        let mut asked = asked(prompt, io);
        let outcome = match hangs {
            Hangs::On => asked.critical(text)?,
            Hangs::Together => asked.witnesses(text)?,
        };
        prompt.wanted = Some(text.to_owned());
        return Ok(outcome);
    }
    let root = prompt.shown.as_ref().and_then(|shown| shown.proof.node(shown.proof.root()).tuple().cloned());
    let Some(tuple) = root else {
        return Err(prompt.usage("there is no last proof", "`:critical FACT` names the tuple"));
    };
    if model.row_of(&tuple).is_none() {
        writeln!(io.out, "it does not hold any more")?;
        return Ok(Outcome::No);
    }
    let mut asked = asked(prompt, io);
    match hangs {
        Hangs::On => asked.critical_of(&model, &tuple)?,
        Hangs::Together => asked.witnesses_of(&model, &tuple)?,
    }
    Ok(Outcome::Done)
}

fn asked<'s, 'i, 'o>(prompt: &'s mut Prompt, io: &'i mut Io<'o>) -> Asked<'s, 'i, 'o> {
    Asked { session: &mut prompt.session, io, place: Place::Prompt }
}

/// Keeps what later lines may speak of.
fn remember(prompt: &mut Prompt, text: &str, shown: Option<Shown>) {
    prompt.wanted = Some(text.to_owned());
    if shown.is_some() {
        prompt.shown = shown;
    }
}

/// Explains a row of the last answer: each positive atom of its goal.
fn row(prompt: &mut Prompt, number: &str, told: &Telling, io: &mut Io<'_>) -> Result<Outcome, Error> {
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
            return tree(prompt, &tuple, told, io);
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
        tree(prompt, &tuple, told, io)?;
    }
    Ok(Outcome::Done)
}

fn tree(prompt: &mut Prompt, tuple: &Tuple, told: &Telling, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let model = prompt.model()?;
    let shown = asked(prompt, io).tuple(&model, tuple, told)?;
    if shown.is_none() {
        writeln!(io.out, "{} does not hold any more", crate::report::escape::escape(&model.literal(tuple)))?;
        return Ok(Outcome::No);
    }
    remember(prompt, &model.literal(tuple), shown);
    Ok(Outcome::Done)
}

/// Opens a step of the last proof.
fn step(prompt: &mut Prompt, handle: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let Some(mut shown) = prompt.shown.take() else {
        return Err(prompt.usage("there is no last proof", "`:why FACT` shows one; then `:why 2` opens its step 2"));
    };
    let outcome = asked(prompt, io).open(&mut shown, handle, true);
    prompt.shown = Some(shown);
    outcome
}
