//! `:insert`, `:retract`, `:what-if`, `:undo`, `:redo`: changes, tried and taken back.

use super::diff::{tell, telling};
use super::{Command, Takes};
use crate::diff::{DiffOptions, diff};
use crate::repl::{Error, Io, Outcome, Prompt};
use crate::session::parse_changes;

pub(super) const INSERT: Command = Command {
    name: "insert",
    takes: Takes::Atom,
    usage: "CLAUSE...",
    about: "add facts, rules or declarations; a clause alone does the same",
    more: "  :insert chosen(\"acme_redis\", \"elsewhere\").\n  chosen(\"acme_redis\", \"elsewhere\").",
    run: |prompt, arguments, io| {
        if arguments.is_empty() {
            return Err(prompt.usage("`:insert` wants a clause", "`:insert edge(1, 2).`"));
        }
        prompt.change(&format!("+{}", arguments.trim_start_matches('+')), io)
    },
};

pub(super) const RETRACT: Command = Command {
    name: "retract",
    takes: Takes::Atom,
    usage: "FACT|RULE|LABEL",
    about: "take a given fact or a rule away; -FACT does the same",
    more: "  :retract chosen(\"acme_redis\", \"acme_redis_host\").\n  -chosen(\"acme_redis\", \"acme_redis_host\").\n  -supplier-leans          the rule of that label",
    run: |prompt, arguments, io| {
        if arguments.is_empty() {
            return Err(prompt.usage("`:retract` wants a fact, a rule or a label", "`:retract edge(1, 2).`"));
        }
        prompt.change(&format!("-{}", arguments.trim_start_matches('-')), io)
    },
};

pub(super) const WHAT_IF: Command = Command {
    name: "what-if",
    takes: Takes::Changes,
    usage: "CHANGE...",
    about: "what would change: +clause. and -clause., nothing is changed",
    more: "  :what-if -chosen(\"acme_redis\", \"acme_redis_host\").\n  :what-if -within(\"h\", \"aws:any\"). +within(\"h\", \"gcp:any\").\n  :what-if --all -own-word   without the rule of that label; every conclusion, however many",
    run: what_if,
};

fn what_if(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let (told, text) = telling(prompt, arguments)?;
    if text.is_empty() {
        return Err(prompt.usage("`:what-if` wants changes", "`:what-if -edge(1, 2). +edge(1, 3).`"));
    }
    let before = prompt.model()?;
    let mut changes = Vec::new();
    for change in split_changes(&text) {
        changes.extend(parse_changes(&mut prompt.session, change)?);
    }
    let after = prompt.session.what_if(&changes)?;
    let eval = prompt.session.eval_options();
    let watch = prompt.project.manifest().watch.clone();
    let found = diff(&before, &after, &DiffOptions { watch, eval }).map_err(|stop| prompt.session.stopped(&stop))?;
    tell(&found, None, told, io)
}

/// The changes of a text: each begins with its sign, and ends with a full stop if another follows.
fn split_changes(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut changes = Vec::new();
    let (mut start, mut at, mut quoted) = (0, 0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'.' if !quoted => {
                let rest = &text[at + 1..];
                let next = rest.trim_start();
                if rest.len() != next.len() && next.starts_with(['+', '-']) {
                    changes.push(text[start..=at].trim());
                    start = text.len() - next.len();
                    at = start;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    changes.push(text[start..].trim());
    changes
}

pub(super) const UNDO: Command = Command {
    name: "undo",
    takes: Takes::Nothing,
    usage: "",
    about: "go back before the last change",
    more: "Every change counts: what was added, taken away, loaded or reloaded.",
    run: |prompt, _, io| step(prompt, io, true),
};

pub(super) const REDO: Command = Command {
    name: "redo",
    takes: Takes::Nothing,
    usage: "",
    about: "make the change again that was undone",
    more: "",
    run: |prompt, _, io| step(prompt, io, false),
};

fn step(prompt: &mut Prompt, io: &mut Io<'_>, back: bool) -> Result<Outcome, Error> {
    let before = prompt.session.model().cloned();
    let moved = if back { prompt.session.undo() } else { prompt.session.redo() };
    let word = if back { "undo" } else { "redo" };
    if !moved {
        writeln!(io.out, "there is nothing to {word}")?;
        return Ok(Outcome::No);
    }
    match (before, prompt.session.model()) {
        (Some(before), Some(after)) => prompt.tell(&before, after, io),
        _ => Ok(Outcome::Done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_split_at_full_stops_before_signs() {
        assert_eq!(split_changes("-p(1). +q(\"a. +b\", 1.5)."), ["-p(1).", "+q(\"a. +b\", 1.5)."]);
        assert_eq!(split_changes("+p(1 - 2)"), ["+p(1 - 2)"]);
        assert_eq!(split_changes("-label-a. -p(1)"), ["-label-a.", "-p(1)"]);
    }
}
