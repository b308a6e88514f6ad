//! Tuples, causes and rules in words. Sentences come from the program; without one the atom itself is shown.

use super::count;
use crate::diff::{Cause, Change, Diff, RuleChange, RuleEvent, Side, Sided};
use crate::model::{Model, Tuple};
use crate::report::escape::escape;
use crate::report::proof::Notes;
use crate::value::Value;

/// A value as a sentence has it: symbols bare, the empty one in quotes.
fn bare(value: &Value) -> String {
    let text = value.to_string();
    if text.is_empty() { "\"\"".to_owned() } else { escape(&text).into_owned() }
}

/// A tuple by its relation's sentence, or the atom.
pub(super) fn say(model: &Model, tuple: &Tuple) -> String {
    sentence(model, tuple).unwrap_or_else(|| literal(model, tuple))
}

/// A tuple as a clause has it.
pub(super) fn literal(model: &Model, tuple: &Tuple) -> String {
    escape(&model.literal(tuple)).into_owned()
}

fn sentence(model: &Model, tuple: &Tuple) -> Option<String> {
    let declared = model.program().relation(tuple.relation);
    let symbols = &model.values().symbols;
    let values = model.decode(tuple.relation, &tuple.words);
    let mut out = String::new();
    let mut rest = symbols.get(declared.says?);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        let at = declared.columns.iter().position(|column| symbols.get(column.name) == name.trim())?;
        out.push_str(&escape(before));
        out.push_str(&bare(values.get(at)?));
        rest = after;
    }
    out.push_str(&escape(rest));
    Some(out)
}

/// A change in words, with what stood in its place before.
pub(super) fn change(diff: &Diff, change: &Change) -> String {
    let model = diff.model(change.at.side);
    let text = say(model, &change.at.tuple);
    match change.instead.and_then(|at| diff.changes.get(at)) {
        Some(before) => format!("{text} (was {})", difference(diff, change, before)),
        None => text,
    }
}

/// The sign of a change: one that stands in another's place is neither gained nor lost.
pub(super) fn sign(change: &Change) -> char {
    if change.instead.is_some() { '~' } else { change.at.side.sign() }
}

/// The one value in which a change differs from the one before it.
fn difference(diff: &Diff, after: &Change, before: &Change) -> String {
    let decode = |change: &Change| diff.model(change.at.side).decode(change.at.tuple.relation, &change.at.tuple.words);
    let (after, before) = (decode(after), decode(before));
    let other = after.iter().zip(&before).find(|(after, before)| after != before);
    other.map_or_else(String::new, |(_, before)| bare(before))
}

/// The rule by which a change holds where it holds, as `[label] literal`: the literal is the one that fails on the other
/// side.
pub(super) fn broken(diff: &Diff, change: &Change) -> Option<String> {
    let broken = change.broken.as_ref()?;
    let model = diff.model(change.at.side);
    let name = broken.name(model);
    Some(match broken.text(model) {
        Some(literal) => escape(&format!("[{name}] {literal}")).into_owned(),
        None => escape(&format!("[{name}]")).into_owned(),
    })
}

/// A fact with where it stands.
pub(super) fn fact(diff: &Diff, fact: &Sided, notes: &dyn Notes) -> (String, String) {
    let model = diff.model(fact.side);
    let place = model.origin(&fact.tuple).map(|origin| model.place(origin)).unwrap_or_default();
    let cited = notes.citation(model, &fact.tuple).map(|citation| format!("{citation} · {place}")).unwrap_or(place);
    (say(model, &fact.tuple), escape(&cited).into_owned())
}

/// A cause as the beginning of a sentence: `because ...`.
pub(super) fn cause(diff: &Diff, cause: &Cause) -> String {
    match cause {
        Cause::Fact(at) => match diff.facts.get(*at) {
            Some(fact) => {
                let model = diff.model(fact.side);
                let text = literal(model, &fact.tuple);
                match fact.side {
                    Side::Old => format!("because the fact {text} is gone"),
                    Side::New => format!("because the fact {text} is new"),
                }
            }
            None => "because of a fact".to_owned(),
        },
        Cause::Rule(at) => match diff.rules.get(*at) {
            Some(rule) => format!("because {}", rule_event(rule)),
            None => "because of a rule".to_owned(),
        },
        Cause::Other => "for a reason that is neither a fact nor a rule".to_owned(),
    }
}

/// What happened to a rule, in words: `the rule [own-word] no longer asks for ...`.
pub(super) fn rule_event(rule: &RuleChange) -> String {
    let name = escape(&rule.name()).into_owned();
    match rule.event {
        RuleEvent::Lost => format!("the rule {name} is gone"),
        RuleEvent::Gained => format!("the rule {name} is new"),
        RuleEvent::Changed => {
            let of = |side: Side| -> Vec<String> {
                let texts = rule.literals.iter().filter(|(other, _)| *other == side);
                texts.map(|(_, text)| format!("`{}`", escape(&one_line(text)))).collect()
            };
            let (before, after) = (of(Side::Old), of(Side::New));
            let mut said = match (before.as_slice(), after.as_slice()) {
                ([], []) => Vec::new(),
                ([before], [after]) => vec![format!("asks for {after} instead of {before}")],
                (before, after) => {
                    let mut said = Vec::new();
                    if !before.is_empty() {
                        said.push(format!("no longer asks for {}", before.join(", ")));
                    }
                    if !after.is_empty() {
                        said.push(format!("now asks for {}", after.join(", ")));
                    }
                    said
                }
            };
            if rule.head {
                said.push("has another head".to_owned());
            }
            if said.is_empty() {
                format!("the rule {name} changed")
            } else {
                format!("the rule {name} {}", said.join(" and "))
            }
        }
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first line: how much changed.
pub(super) fn summary(diff: &Diff) -> String {
    if diff.is_empty() {
        return "nothing changed".to_owned();
    }
    let mut parts = Vec::new();
    if !diff.facts.is_empty() {
        parts.push(format!("{} changed", count(diff.facts.len(), "fact")));
    }
    if !diff.rules.is_empty() {
        parts.push(format!("{} changed", count(diff.rules.len(), "rule")));
    }
    let gained = diff.changes.iter().filter(|change| change.at.side == Side::New).count();
    let lost = diff.changes.len() - gained;
    if diff.changes.is_empty() {
        parts.push("no watched conclusion changed".to_owned());
    } else {
        let alarms = diff.changes.iter().filter(|change| change.alarm).count();
        let alarms = if alarms == 0 { String::new() } else { format!(", {} among them", count(alarms, "alarm")) };
        parts.push(format!("{}: {gained} gained, {lost} lost{alarms}", count(diff.changes.len(), "conclusion")));
    }
    parts.join(" · ")
}

/// Relations that changed and are not listed, counted: `cand +3 -1`.
pub(super) fn unlisted(diff: &Diff) -> Vec<String> {
    let relations = diff.relations.iter().filter(|relation| !relation.listed);
    let counted = relations.map(|relation| {
        let mut text = escape(&relation.name).into_owned();
        if relation.gained > 0 {
            text.push_str(&format!(" +{}", relation.gained));
        }
        if relation.lost > 0 {
            text.push_str(&format!(" -{}", relation.lost));
        }
        text
    });
    counted.collect()
}
