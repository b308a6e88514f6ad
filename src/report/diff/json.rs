//! A comparison as one JSON document. Causes are positions in `causes`; keys are sorted, and a change of the shape
//! changes `schema`.

use serde_json::{Value as Json, json as object};

use super::{DiffView, words};
use crate::diff::{Cause, Change, Diff, RuleEvent, Side, Sided};
use crate::model::{Model, Tuple};
use crate::report::escape::json_text;
use crate::report::rows::json_value;

/// The name of the shape.
const SCHEMA: &str = "onus-diff/1";

/// A comparison as JSON, indented, ending in a line break.
#[must_use]
pub fn json(diff: &Diff, view: &DiffView<'_>) -> String {
    let mut text = json_text(serde_json::to_string_pretty(&document(diff, view)).unwrap_or_default());
    text.push('\n');
    text
}

/// A comparison as a JSON value, to stand in another document.
pub(in crate::report) fn document(diff: &Diff, view: &DiffView<'_>) -> Json {
    object!({
        "schema": SCHEMA,
        "old": view.names.map(|(old, _)| old),
        "new": view.names.map(|(_, new)| new),
        "summary": words::summary(diff),
        "watched": diff.is_watched(),
        "facts": diff.facts.iter().map(|fact| given(diff, fact, view)).collect::<Vec<_>>(),
        "rules": diff.rules.iter().map(|rule| object!({
            "event": match rule.event {
                RuleEvent::Lost => "lost",
                RuleEvent::Gained => "gained",
                RuleEvent::Changed => "changed",
            },
            "label": rule.label,
            "place": rule.place,
            "old": rule.old,
            "new": rule.new,
            "literals": rule.literals.iter().map(|(side, text)| object!({
                "side": side_name(*side),
                "text": text,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "causes": diff.causes.iter().map(|cause| object!({
            "kind": match cause {
                Cause::Rule(_) => "rule",
                Cause::Fact(_) => "fact",
                Cause::Other => "other",
            },
            "at": match cause {
                Cause::Rule(at) | Cause::Fact(at) => Some(*at),
                Cause::Other => None,
            },
            "text": words::cause(diff, cause),
        })).collect::<Vec<_>>(),
        "changes": diff.changes.iter().map(|change| conclusion(diff, change)).collect::<Vec<_>>(),
        "relations": diff.relations.iter().map(|relation| object!({
            "name": relation.name,
            "listed": relation.listed,
            "alarm": relation.alarm,
            "gained": relation.gained,
            "lost": relation.lost,
        })).collect::<Vec<_>>(),
    })
}

fn given(diff: &Diff, fact: &Sided, view: &DiffView<'_>) -> Json {
    let model = diff.model(fact.side);
    let mut entry = tuple(model, fact.side, &fact.tuple);
    entry["place"] = object!(model.origin(&fact.tuple).map(|origin| model.place(origin)));
    entry["citation"] = object!(view.notes.citation(model, &fact.tuple));
    entry
}

fn conclusion(diff: &Diff, change: &Change) -> Json {
    let model = diff.model(change.at.side);
    let mut entry = tuple(model, change.at.side, &change.at.tuple);
    entry["given"] = object!(change.given);
    entry["alarm"] = object!(change.alarm);
    entry["causes"] = object!(change.causes);
    entry["instead_of"] = object!(change.instead);
    entry["rule"] = object!(change.broken.as_ref().map(|broken| broken.name(model)));
    entry["literal"] = object!(change.broken.as_ref().and_then(|broken| broken.text(model)));
    entry
}

fn tuple(model: &Model, side: Side, tuple: &Tuple) -> Json {
    let arguments: Vec<Json> = model.decode(tuple.relation, &tuple.words).iter().map(json_value).collect();
    object!({
        "side": side_name(side),
        "relation": model.name(tuple.relation),
        "arguments": arguments,
        "text": words::say(model, tuple),
    })
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Old => "lost",
        Side::New => "gained",
    }
}
