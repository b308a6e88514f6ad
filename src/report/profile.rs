//! Where the time of a run went: the parts of the run, and its rules, the slowest first.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::escape::write_json;
use super::grid::Grid;
use crate::model::Model;
use crate::program::RuleId;
use crate::session::{Joined, RuleProfile, Session, Times};
use crate::storage::Origin;

/// The parts of a run, a line each. `output` is the time to write what was asked for, where anything was.
#[must_use]
pub fn lead(model: &Model, times: Times, output: Option<Duration>) -> Vec<String> {
    let Times { check, load, evaluate } = times;
    let parts = [("check", Some(check)), ("load", Some(load)), ("evaluate", Some(evaluate)), ("output", output)];
    let parts = parts.into_iter().filter_map(|(name, time)| Some(format!("{name:9}{:>11}", shown(time?))));
    parts.chain(std::iter::once(format!("rows     {:>11}", model.database().rows()))).collect()
}

/// The rules of a session's last evaluation, the slowest first: microseconds, how often the head was derived, how many
/// tuples were new, how often the rule ran, where it stands, and the orders in which its atoms were joined.
#[must_use]
pub fn grid(model: &Model, session: &Session) -> Grid {
    let columns = ["us", "percent", "derived", "new", "runs", "rule", "joins"];
    let mut grid = columns[..5].iter().fold(Grid::new("rule", columns), |grid, name| grid.number(name));
    let all: u128 = session.profile().values().map(|rule| rule.time.as_micros()).sum();
    for (id, rule) in slowest(session) {
        let time = rule.time.as_micros();
        let numbers = [time, time * 100 / all.max(1), rule.derived.into(), rule.added.into(), rule.runs.into()];
        let orders = orders(model, rule).join("; ");
        grid.push(numbers.iter().map(u128::to_string).chain([named(model, id), orders]));
    }
    grid
}

/// All of it as one JSON object; times in microseconds.
///
/// # Errors
/// As the writer's.
pub fn json(model: &Model, session: &Session, output: Option<Duration>, out: &mut dyn Write) -> io::Result<()> {
    let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let Times { check, load, evaluate } = session.times();
    let rules = slowest(session).into_iter().map(|(id, rule)| {
        json!({
            "rule": named(model, id),
            "text": model.text(model.program().rule(id).span).trim(),
            "microseconds": micros(rule.time),
            "derived": rule.derived,
            "new": rule.added,
            "runs": rule.runs,
            "joins": orders(model, rule),
        })
    });
    let document = json!({
        "check": micros(check),
        "load": micros(load),
        "evaluate": micros(evaluate),
        "output": output.map(micros),
        "rows": model.database().rows(),
        "rules": rules.collect::<Vec<Value>>(),
    });
    write_json(&document, out)?;
    writeln!(out)
}

/// Rules by time, the slowest first; of equals the first.
fn slowest(session: &Session) -> Vec<(RuleId, &RuleProfile)> {
    let mut rules: Vec<_> = session.profile().iter().map(|(&id, rule)| (id, rule)).collect();
    rules.sort_by_key(|(_, rule)| std::cmp::Reverse(rule.time));
    rules
}

/// A rule by its label, or else its head, and its place.
fn named(model: &Model, id: RuleId) -> String {
    let rule = model.program().rule(id);
    let name = model.label(id).unwrap_or_else(|| model.name(rule.head));
    format!("{name} {}", model.place(Origin::Span(rule.span)))
}

/// The join orders of a rule: `path (new), edge, !gone`.
fn orders(model: &Model, rule: &RuleProfile) -> Vec<String> {
    let atom = |joined: &Joined| {
        let (not, new) = (if joined.negated { "!" } else { "" }, if joined.delta { " (new)" } else { "" });
        format!("{not}{}{new}", model.name(joined.relation))
    };
    rule.orders.values().map(|order| order.iter().map(atom).collect::<Vec<_>>().join(", ")).collect()
}

/// A time with the unit that suits it.
fn shown(time: Duration) -> String {
    match time.as_micros() {
        micros @ ..10_000 => format!("{micros} us"),
        micros @ ..10_000_000 => format!("{:.1} ms", micros as f64 / 1e3),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}
