//! What a conclusion hangs on, as people read it.

use serde_json::json as object;

use super::document::{Column, Pieces, Rules};
use super::proof::layout::{Layout, Line};
use super::proof::sentence::{Said, Speaker};
use super::proof::theme::Role;
use super::proof::{Notes, TextOptions};
use crate::explain::{Critical, Needed};
use crate::model::{Model, Tuple};
use crate::storage::Origin;

/// How many pairs are shown.
const PAIRS: usize = 10;

/// What a tuple cannot do without.
#[must_use]
pub fn render(model: &Model, tuple: &Tuple, found: &Critical, options: &TextOptions, notes: &dyn Notes) -> String {
    let speaker = Speaker::of(model, model.database().share_values());
    let mut writer = Writer { model, options, notes, speaker, lines: Vec::new() };
    let text = writer.speaker.tuple(tuple);
    writer.line("", Role::Conclusion, text, Vec::new());
    for (fact, origin) in weighty(model, &found.facts, notes) {
        writer.fact("fact", fact, *origin);
    }
    // Quiet rules stand last: they say what is routine.
    let mut rules = found.rules.clone();
    rules.sort_by_key(|&rule| model.program().rule(rule).quiet);
    for &rule in &rules {
        let text = format!("[{}]", model.label(rule).unwrap_or("rule"));
        let place = model.sources().location(model.program().rule(rule).span);
        writer.line("rule", Role::Rule, text, vec![(Role::Dim, format!("{}:{}", place.source, place.line))]);
    }
    for absence in &found.absences {
        let said = absence.pattern.iter().zip(&model.program().relation(absence.relation).columns);
        let said: Vec<Said> = said
            .map(|(word, column)| match word {
                Some(word) => Said::Word(*word),
                None => Said::Text(format!("any {}", model.values().symbols.get(column.name))),
            })
            .collect();
        let text = writer.speaker.said(absence.relation, &said, false);
        let glyph = if options.ascii { "! must stay so" } else { "∅ must stay so" };
        writer.line("absence", Role::Absent, text, vec![(Role::Absent, glyph.to_owned())]);
    }
    for (one, other) in found.pairs.iter().take(PAIRS) {
        let text = format!("{} or {}", writer.speaker.tuple(one), writer.speaker.tuple(other));
        writer.line("one of", Role::Given, text, Vec::new());
    }
    let mut out = writer.finish();
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut parts = vec![
        format!(
            "{} and {} in every proof",
            count(found.facts.len(), "fact", "facts"),
            count(found.rules.len(), "rule", "rules")
        ),
        count(found.pairs.len(), "pair of which one suffices", "pairs of which one suffices"),
        format!("{} tuples, {} rule instances bear on it", found.slice.0, found.slice.1),
    ];
    if found.siblings > 0 {
        parts.push(format!("tried by leaving out, in {} models", found.siblings));
    }
    if !found.complete {
        parts.push("cut: there may be more".to_owned());
    }
    let separator = if options.ascii { " - " } else { " · " };
    out.push_str(&layout(options).parts(&parts, separator));
    out
}

/// The name of the form of the document.
pub const SCHEMA: &str = "onus-critical/1";

/// What a tuple cannot do without, as one JSON document: `docs/onus-critical-1.schema.json` describes it.
#[must_use]
pub fn json(model: &Model, tuple: &Tuple, found: &Critical, notes: &dyn Notes) -> String {
    let pieces = Pieces { model, notes, speaker: Speaker::of(model, model.database().share_values()) };
    let rules = Rules::of(model, found.rules.iter().copied());
    let facts = found.facts.iter().map(|(fact, origin)| pieces.given(fact, *origin));
    let absence = |absence: &Needed| {
        let columns: Vec<Column> = absence.pattern.iter().copied().map(Column::from).collect();
        pieces.matching(absence.relation, &columns, false)
    };
    let pair = |(one, other): &(Tuple, Tuple)| object!([pieces.given(one, None), pieces.given(other, None)]);
    let at_hand = found.at_hand.iter().map(|fact| pieces.given(fact, None));
    pieces.document(
        SCHEMA,
        &rules,
        [
            ("at_hand", at_hand.collect()),
            ("complete", object!(found.complete)),
            ("conclusion", object!(pieces.tuple(tuple))),
            (
                "needed",
                object!({
                    "absences": found.absences.iter().map(absence).collect::<Vec<_>>(),
                    "facts": facts.collect::<Vec<_>>(),
                    "rules": rules.list(&pieces),
                }),
            ),
            ("pairs", found.pairs.iter().map(pair).collect()),
            ("slice", object!({ "instances": found.slice.1, "tuples": found.slice.0 })),
            ("tried", object!(found.siblings)),
        ],
    )
}

/// Facts in the order of what a reader can do about them: what people decide, what documents say, the rest, what is quiet.
pub(super) fn weighty<'a>(
    model: &Model,
    facts: &'a [(Tuple, Option<Origin>)],
    notes: &dyn Notes,
) -> Vec<&'a (Tuple, Option<Origin>)> {
    let mut ordered: Vec<&(Tuple, Option<Origin>)> = facts.iter().collect();
    ordered.sort_by_key(|(fact, _)| {
        let declared = model.program().relation(fact.relation);
        (!declared.adjustable, notes.citation(model, fact).is_none(), declared.quiet)
    });
    ordered
}

pub(super) fn layout(options: &TextOptions) -> Layout<'_> {
    Layout { theme: &options.theme, width: options.width, cut: if options.ascii { "..." } else { "…" } }
}

pub(super) struct Writer<'a> {
    pub(super) model: &'a Model,
    pub(super) options: &'a TextOptions,
    pub(super) notes: &'a dyn Notes,
    pub(super) speaker: Speaker<'a>,
    pub(super) lines: Vec<Line>,
}

impl Writer<'_> {
    pub(super) fn finish(self) -> String {
        layout(self.options).lines(&self.lines)
    }

    pub(super) fn line(&mut self, kind: &str, role: Role, text: String, notes: Vec<(Role, String)>) {
        let first = match (kind, role) {
            ("", Role::Conclusion) => " ".to_owned(),
            _ => format!("   {kind:<8}"),
        };
        let rest = " ".repeat(first.len());
        self.lines.push(Line { first, rest, handle: None, role, text, notes });
    }

    /// A given fact with its citation, which is never left out.
    pub(super) fn fact(&mut self, kind: &str, fact: &Tuple, origin: Option<Origin>) {
        let place = origin.map(|origin| self.model.place(origin));
        let mut notes = Vec::new();
        match (self.notes.citation(self.model, fact), place) {
            (Some(citation), place) => {
                notes.push((Role::Citation, citation));
                notes.extend(place.map(|place| (Role::Dim, format!("({place})"))));
            }
            (None, place) => notes.extend(place.map(|place| (Role::Dim, place))),
        }
        let text = self.speaker.tuple(fact);
        self.line(kind, Role::Given, text, notes);
    }
}
