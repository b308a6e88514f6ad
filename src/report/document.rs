//! What the JSON documents of explanations have in common: values, tuples, patterns, rules and places.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json as object};

use super::escape::json_text;
use super::proof::Notes;
use super::proof::json::digest;
use super::proof::sentence::{Said, Speaker};
use super::rows::json_value;
use crate::model::{Model, Tuple};
use crate::program::{RelationId, RuleId};
use crate::source::Span;
use crate::storage::Origin;
use crate::value::{TypeId, Word};

/// Writes the parts of a document.
pub(super) struct Pieces<'a> {
    pub(super) model: &'a Model,
    pub(super) notes: &'a dyn Notes,
    pub(super) speaker: Speaker<'a>,
}

/// What a pattern has in a column.
#[derive(Clone, Debug)]
pub(super) enum Column {
    /// This value.
    Is(Word),
    /// The value of a variable that has none.
    Variable(String),
    /// Any value.
    Any,
}

impl From<Option<Word>> for Column {
    fn from(word: Option<Word>) -> Self {
        word.map_or(Self::Any, Self::Is)
    }
}

/// The rules of a document: its other parts name them by their place in it.
pub(super) struct Rules {
    digests: Vec<String>,
    places: BTreeMap<RuleId, usize>,
}

impl Rules {
    pub(super) fn of(model: &Model, used: impl IntoIterator<Item = RuleId>) -> Self {
        let mut places: BTreeMap<RuleId, usize> = used.into_iter().map(|id| (id, 0)).collect();
        places.values_mut().enumerate().for_each(|(at, place)| *place = at);
        Self { digests: digest::rules(model), places }
    }

    /// A rule's place.
    pub(super) fn place(&self, id: RuleId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// The digest of the program that they are of.
    pub(super) fn program(&self, model: &Model) -> String {
        digest::program(model, &self.digests)
    }

    /// Each of them.
    pub(super) fn list(&self, pieces: &Pieces<'_>) -> Vec<Json> {
        self.places.keys().map(|&id| self.rule(pieces, id)).collect()
    }

    /// One of them in full.
    pub(super) fn rule(&self, pieces: &Pieces<'_>, id: RuleId) -> Json {
        let rule = pieces.model.program().rule(id);
        object!({
            "digest": self.digests.get(id.0 as usize),
            "label": pieces.model.label(id),
            "place": pieces.place(rule.span),
            "relation": pieces.model.name(rule.head),
            "text": digest::clause(pieces.model, id),
        })
    }
}

impl Pieces<'_> {
    /// A document that says what it is, and of which program and facts; ending in a line break. Equal answers give equal
    /// bytes.
    pub(super) fn document<const N: usize>(&self, schema: &str, rules: &Rules, parts: [(&str, Json); N]) -> String {
        let mut whole = fields(parts);
        whole.insert("schema".to_owned(), object!(schema));
        whole.insert("program".to_owned(), object!(rules.program(self.model)));
        whole.insert("facts".to_owned(), object!(digest::facts(self.model)));
        let mut text = json_text(serde_json::to_string_pretty(&whole).unwrap_or_default());
        text.push('\n');
        text
    }

    pub(super) fn value(&self, ty: TypeId, word: Word) -> Json {
        json_value(&self.speaker.value(ty, word))
    }

    /// A tuple: relation, arguments, and how it reads.
    pub(super) fn tuple(&self, tuple: &Tuple) -> Map<String, Json> {
        let columns = &self.model.program().relation(tuple.relation).columns;
        let arguments = columns.iter().zip(&tuple.words).map(|(column, &word)| self.value(column.ty, word));
        fields([
            ("arguments", arguments.collect()),
            ("relation", object!(self.model.name(tuple.relation))),
            ("text", object!(self.speaker.tuple(tuple))),
        ])
    }

    /// A given tuple: where it was read as well, and who says so.
    pub(super) fn given(&self, tuple: &Tuple, origin: Option<Origin>) -> Map<String, Json> {
        let mut entry = self.tuple(tuple);
        let origin = origin.or_else(|| self.model.origin(tuple));
        entry.insert("place".to_owned(), object!(origin.map(|origin| self.model.place(origin))));
        entry.insert("citation".to_owned(), object!(self.notes.citation(self.model, tuple)));
        entry
    }

    /// The columns of a pattern of which something is said.
    pub(super) fn pattern(&self, relation: RelationId, columns: &[Column]) -> Json {
        let declared = &self.model.program().relation(relation).columns;
        let one = |(at, (declared, column)): (usize, (&crate::program::Column, &Column))| {
            let name = self.model.values().symbols.get(declared.name);
            match column {
                Column::Is(word) => {
                    Some(object!({ "column": at, "name": name, "value": self.value(declared.ty, *word) }))
                }
                Column::Variable(variable) => Some(object!({ "column": at, "name": name, "variable": variable })),
                Column::Any => None,
            }
        };
        declared.iter().zip(columns).enumerate().filter_map(one).collect()
    }

    /// A pattern with its relation, and how it reads: as something that holds or as its absence.
    pub(super) fn matching(&self, relation: RelationId, columns: &[Column], holds: bool) -> Map<String, Json> {
        let declared = &self.model.program().relation(relation).columns;
        let said: Vec<Said> = columns
            .iter()
            .zip(declared)
            .map(|(column, declared)| match column {
                Column::Is(word) => Said::Word(*word),
                Column::Variable(name) => Said::Text(format!("?{name}")),
                Column::Any => Said::Text(format!("?{}", self.model.values().symbols.get(declared.name))),
            })
            .collect();
        fields([
            ("pattern", self.pattern(relation, columns)),
            ("relation", object!(self.model.name(relation))),
            ("text", object!(self.speaker.said(relation, &said, holds))),
        ])
    }

    pub(super) fn place(&self, span: Span) -> String {
        self.model.place(Origin::Span(span))
    }

    /// The text at a place of the program, on one line.
    pub(super) fn text(&self, span: Span) -> String {
        self.model.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// An object of some fields; keys come sorted.
pub(super) fn fields<const N: usize>(list: [(&str, Json); N]) -> Map<String, Json> {
    list.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
