//! `:why`, `:why-not`, `:critical`, `:witnesses`: explanations of a tuple, of a row of the last answer, or of a step of
//! the last proof.

use super::{Command, Takes};
use crate::model::Tuple;
use crate::repl::asked::{Asked, Form, Place, Rests, Shown, Telling, telling};
use crate::repl::flags::{self, flags};
use crate::repl::instantiate::instantiate;
use crate::repl::prompt::Last;
use crate::repl::show::format_name;
use crate::repl::{Error, Io, Outcome, Prompt};

pub(super) const WHY: Command = Command {
    name: "why",
    takes: Takes::Atom,
    usage: "[FACT|#ROW|STEP]",
    about: "why a tuple holds: by which rules and facts, and who says so",
    more: "  :why relies(\"astronomer\", \"aws\", \"physical\", at)   the first tuple that matches\n  :why #2                                           row 2 of the last answer\n  :why 2.1                                          step 2.1 of the last proof\n  :why                                              the first row of the last answer\n  :why --smallest FACT     a proof with the fewest nodes, instead of one of least height\n  :why --all FACT          further proofs, the smallest first; --all=20 for twenty\n  :why --whole FACT        nothing folded\n  :why --step 3 FACT       its third step, opened\n  :why --format dot FACT   json, dot, mermaid or facts",
    run: why,
};

pub(super) const WHY_NOT: Command = Command {
    name: "why-not",
    takes: Takes::Atom,
    usage: "[--fix] FACT",
    about: "why nothing matches: which rules come nearest, and what is missing; --fix: what would help",
    more: "  :why-not relies(\"acme\", \"azure\", layer, at)\n  :why-not --fix relies(\"acme\", \"azure\", layer, at)   the fewest facts that would make it true, each tried\n  :why-not --fix                                      of what was asked last\n  :why-not --format json FACT                         a document (`onus-why-not/1`)",
    run: why_not,
};

pub(super) const CRITICAL: Command = Command {
    name: "critical",
    takes: Takes::Atom,
    usage: "[FACT]",
    about: "what a tuple hangs on: facts and rules in every proof, pairs of which one suffices",
    more: "  :critical relies(\"astronomer\", \"aws\", \"physical\", at)\n  :critical                the tuple that was explained last\n  :critical --format json  a document (`onus-critical/1`)",
    run: |prompt, arguments, io| last(prompt, arguments, io, Rests::Critical),
};

pub(super) const WITNESSES: Command = Command {
    name: "witnesses",
    takes: Takes::Atom,
    usage: "[FACT]",
    about: "minimal sets of given facts that suffice for a tuple",
    more: "  :witnesses relies(\"acme\", \"aws\", \"physical\", at)\n  :witnesses               the tuple that was explained last\n  :witnesses --format json a document (`onus-witnesses/1`)",
    run: |prompt, arguments, io| last(prompt, arguments, io, Rests::Witnesses),
};

fn why(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let form = form(prompt, Form::ALL);
    let (mut told, rest) = telling(arguments, form).map_err(|(message, help)| prompt.usage(message, help))?;
    if let Some(number) = rest.strip_prefix('#') {
        return row(prompt, number.trim(), &told, io);
    }
    if rest.is_empty() {
        return match told.step.take() {
            Some(handle) => step(prompt, &handle, io),
            None => row(prompt, "1", &told, io),
        };
    }
    if rest.starts_with(|first: char| first.is_ascii_digit()) {
        return step(prompt, &rest, io);
    }
    prompt.model()?;
    let (outcome, shown) = asked(prompt, io).why(&rest, &told)?;
    remember(prompt, &rest, shown);
    Ok(outcome)
}

/// The form that is set for answers, where it is among some.
fn form(prompt: &Prompt, among: &[(&str, Form)]) -> Form {
    Form::named(format_name(prompt.settings.format), among).unwrap_or_default()
}

/// The last form that `--format` names among switches, else the one that is set.
fn wanted_form(prompt: &Prompt, flags: &[flags::Flag<'_>]) -> Result<Form, Error> {
    let named = flags.iter().rev().find(|(name, _)| *name == "--format").and_then(|(_, value)| *value);
    match named {
        Some(name) => Form::named(name, Form::DOCUMENTS).map_err(|(message, help)| prompt.usage(message, help)),
        None => Ok(form(prompt, Form::DOCUMENTS)),
    }
}

fn why_not(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let (flags, rest) =
        flags(arguments, flags::of("why-not")).map_err(|(message, help)| prompt.usage(message, help))?;
    let fixes = flags.iter().any(|(name, _)| *name == "--fix");
    let form = wanted_form(prompt, &flags)?;
    let text = match (rest.as_str(), &prompt.wanted) {
        ("", Some(wanted)) => wanted.clone(),
        ("", None) => return Err(prompt.usage("`:why-not` wants an atom", "`:why-not edge(1, x)`")),
        _ => rest,
    };
    prompt.model()?;
    let (outcome, shown) = asked(prompt, io).why_not(&text, fixes, form)?;
    remember(prompt, &text, shown);
    Ok(outcome)
}

fn last(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>, on: Rests) -> Result<Outcome, Error> {
    let (flags, text) =
        flags(arguments, flags::of("critical")).map_err(|(message, help)| prompt.usage(message, help))?;
    let form = wanted_form(prompt, &flags)?;
    let model = prompt.model()?;
    if !text.is_empty() {
        let outcome = asked(prompt, io).rests(&text, on, form)?;
        prompt.wanted = Some(text);
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
    asked(prompt, io).rests_of(&model, &tuple, on, form)?;
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
