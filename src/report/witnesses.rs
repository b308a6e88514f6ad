//! What suffices for a conclusion, as people read it: minimal sets of given facts, each fact with its citation.

use serde_json::json as object;

use super::critical::{Writer, layout, weighty};
use super::document::{Pieces, Rules};
use super::proof::sentence::Speaker;
use super::proof::theme::Role;
use super::proof::{Notes, TextOptions};
use crate::explain::{Witness, Witnesses};
use crate::model::{Model, Tuple};

/// The sets of facts that suffice for a tuple.
#[must_use]
pub fn render(model: &Model, tuple: &Tuple, found: &Witnesses, options: &TextOptions, notes: &dyn Notes) -> String {
    let speaker = Speaker::of(model, model.database().share_values());
    let mut writer = Writer { model, options, notes, speaker, lines: Vec::new() };
    let text = writer.speaker.tuple(tuple);
    writer.line("", Role::Conclusion, text, Vec::new());
    for (at, set) in found.sets.iter().enumerate() {
        let facts = if set.facts.len() == 1 { "fact" } else { "facts" };
        let together = if set.facts.len() == 1 { "suffices" } else { "together suffice" };
        let rest = if set.alone { "" } else { ", with what else is given as it is" };
        let text = format!("{} {facts} {together}{rest}", set.facts.len());
        writer.line(&format!("{}", at + 1), Role::Rule, text, Vec::new());
        for (fact, origin) in weighty(model, &set.facts, notes) {
            writer.fact("", fact, *origin);
        }
    }
    let mut out = writer.finish();
    let sets = if found.sets.len() == 1 { "minimal set" } else { "minimal sets" };
    let mut parts = vec![format!("{} {sets}", found.sets.len())];
    parts.push(if found.complete { "there are no others" } else { "cut: there may be others" }.to_owned());
    if found.supposing {
        parts.push("what is absent or counted is taken as it is".to_owned());
    }
    let separator = if options.ascii { " - " } else { " · " };
    out.push_str(&layout(options).parts(&parts, separator));
    out
}

/// The name of the form of the document.
pub const SCHEMA: &str = "onus-witnesses/1";

/// The sets of facts that suffice for a tuple, as one JSON document: `docs/onus-witnesses-1.schema.json` describes it.
#[must_use]
pub fn json(model: &Model, tuple: &Tuple, found: &Witnesses, notes: &dyn Notes) -> String {
    let pieces = Pieces { model, notes, speaker: Speaker::of(model, model.database().share_values()) };
    let set = |set: &Witness| {
        let facts: Vec<_> = set.facts.iter().map(|(fact, origin)| pieces.given(fact, *origin)).collect();
        object!({ "alone": set.alone, "facts": facts })
    };
    pieces.document(
        SCHEMA,
        &Rules::of(model, []),
        [
            ("complete", object!(found.complete)),
            ("conclusion", object!(pieces.tuple(tuple))),
            ("sets", found.sets.iter().map(set).collect()),
            ("supposing", object!(found.supposing)),
        ],
    )
}
