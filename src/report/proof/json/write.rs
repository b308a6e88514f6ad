//! Proofs to JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json as object};

use super::super::Notes;
use super::super::sentence::Speaker;
use super::{SCHEMA, digest};
use crate::explain::{Contribution, NodeId, Proof, ProofNode};
use crate::model::{Model, Tuple};
use crate::program::{RuleId, VariableDecl};
use crate::report::escape::json_text;
use crate::report::rows::json_value;
use crate::source::Span;
use crate::storage::Origin;
use crate::value::{TypeId, Word};

/// A proof as one JSON document, a node a line, ending in a line break. Equal proofs give equal bytes.
#[must_use]
pub fn json(model: &Model, proof: &Proof, notes: &dyn Notes) -> String {
    let mut rules = BTreeMap::new();
    for node in &proof.nodes {
        if let ProofNode::Derived { rule, .. } = node {
            rules.insert(*rule, 0);
        }
    }
    rules.values_mut().enumerate().for_each(|(at, place)| *place = at);
    let digests = digest::rules(model);
    let writer = Writer { model, proof, notes, speaker: Speaker::new(model, proof), rules: &rules };
    let nodes: Vec<Json> = (0..).map(NodeId).zip(&proof.nodes).map(|(id, node)| writer.node(id, node)).collect();
    let used: Vec<Json> = rules.keys().map(|&id| writer.rule(id, &digests[id.0 as usize])).collect();
    let head = [
        ("alternatives", object!(proof.alternatives)),
        ("complete", object!(proof.complete)),
        ("conclusion", object!((!proof.nodes.is_empty()).then_some(proof.root().0))),
        ("facts", object!(digest::facts(model))),
    ];
    let mut out = String::from("{\n");
    for (key, value) in &head {
        out.push_str(&format!("  \"{key}\": {value},\n"));
    }
    out.push_str(&format!("  \"nodes\": {},\n", lines(&nodes)));
    out.push_str(&format!("  \"program\": {},\n", object!(digest::program(model, &digests))));
    out.push_str(&format!("  \"ranked\": {},\n", proof.ranked));
    out.push_str(&format!("  \"rules\": {},\n", lines(&used)));
    out.push_str(&format!("  \"schema\": {}\n}}\n", object!(SCHEMA)));
    json_text(out)
}

/// A list, an element a line.
fn lines(list: &[Json]) -> String {
    if list.is_empty() {
        return "[]".to_owned();
    }
    let lines: Vec<String> = list.iter().map(|element| format!("    {element}")).collect();
    format!("[\n{}\n  ]", lines.join(",\n"))
}

struct Writer<'a> {
    model: &'a Model,
    proof: &'a Proof,
    notes: &'a dyn Notes,
    speaker: Speaker<'a>,
    /// The rules that occur, with their places in the document.
    rules: &'a BTreeMap<RuleId, usize>,
}

impl Writer<'_> {
    fn rule(&self, id: RuleId, digest: &str) -> Json {
        let rule = self.model.program().rule(id);
        object!({
            "digest": digest,
            "label": self.model.label(id),
            "place": self.place(rule.span),
            "relation": self.model.name(rule.head),
            "text": digest::clause(self.model, id),
        })
    }

    fn node(&self, id: NodeId, node: &ProofNode) -> Json {
        let mut entry = match node {
            ProofNode::Given { tuple, origin } => {
                let mut entry = self.tuple("given", tuple);
                let origin = origin.or_else(|| self.model.origin(tuple));
                entry.insert("place".to_owned(), object!(origin.map(|origin| self.model.place(origin))));
                entry.insert("citation".to_owned(), object!(self.notes.citation(self.model, tuple)));
                entry
            }
            ProofNode::Derived { tuple, rule, bindings, premises, rank } => {
                let mut entry = self.tuple("derived", tuple);
                let variables = &self.model.program().rule(*rule).variables;
                entry.insert("bindings".to_owned(), self.bindings(bindings, variables));
                entry.insert("premises".to_owned(), ids(premises));
                entry.insert("rank".to_owned(), object!({ "round": rank.round, "stratum": rank.stratum }));
                entry.insert("rule".to_owned(), object!(self.rules.get(rule)));
                entry.insert("word".to_owned(), object!(self.notes.word(self.model, tuple)));
                entry
            }
            ProofNode::Cut { tuple } => self.tuple("cut", tuple),
            ProofNode::Absent { relation, pattern, span } => {
                let declared = &self.model.program().relation(*relation).columns;
                let columns = declared.iter().zip(pattern).enumerate().filter_map(|(at, (column, word))| {
                    let name = self.model.values().symbols.get(column.name);
                    word.map(|word| object!({ "column": at, "name": name, "value": self.value(column.ty, word) }))
                });
                fields([
                    ("kind", object!("absent")),
                    ("pattern", columns.collect()),
                    ("place", object!(self.place(*span))),
                    ("relation", object!(self.model.name(*relation))),
                    ("text", object!(self.speaker.absent(*relation, pattern))),
                ])
            }
            ProofNode::Compared { op, negated, left, right, ty, span, aggregates } => fields([
                ("aggregates", ids(aggregates)),
                ("kind", object!("compared")),
                ("left", self.value(*ty, *left)),
                ("negated", object!(negated)),
                ("op", object!(op.name())),
                ("place", object!(self.place(*span))),
                ("right", self.value(*ty, *right)),
                ("text", object!(self.text(*span))),
                ("type", object!(self.model.program().types.name(*ty))),
            ]),
            ProofNode::Counted { op, value, ty, span, rows } => {
                let owner = self.speaker.owner(id).map(|owner| self.proof.node(owner));
                let variables: &[VariableDecl] = match owner {
                    Some(ProofNode::Derived { rule, .. }) => &self.model.program().rule(*rule).variables,
                    _ => &[],
                };
                fields([
                    ("kind", object!("counted")),
                    ("op", object!(op.name())),
                    ("place", object!(self.place(*span))),
                    ("rows", rows.iter().map(|row| self.contribution(row, *ty, variables)).collect()),
                    ("text", object!(self.text(*span))),
                    ("type", object!(self.model.program().types.name(*ty))),
                    ("value", self.value(*ty, *value)),
                ])
            }
        };
        entry.insert("id".to_owned(), object!(id.0));
        Json::Object(entry)
    }

    fn tuple(&self, kind: &str, tuple: &Tuple) -> Map<String, Json> {
        let columns = &self.model.program().relation(tuple.relation).columns;
        let arguments = columns.iter().zip(&tuple.words).map(|(column, &word)| self.value(column.ty, word));
        fields([
            ("arguments", arguments.collect()),
            ("kind", object!(kind)),
            ("relation", object!(self.model.name(tuple.relation))),
            ("text", object!(self.speaker.tuple(tuple))),
        ])
    }

    fn contribution(&self, row: &Contribution, ty: TypeId, variables: &[VariableDecl]) -> Json {
        let mut entry =
            fields([("bindings", self.bindings(&row.bindings, variables)), ("premises", ids(&row.premises))]);
        if let Some(target) = row.target {
            entry.insert("target".to_owned(), self.value(ty, target));
        }
        Json::Object(entry)
    }

    fn bindings(&self, bindings: &[(u32, Word)], variables: &[VariableDecl]) -> Json {
        let types = &self.model.program().types;
        let one = |&(variable, word): &(u32, Word)| {
            let declared = variables.get(variable as usize)?;
            Some(object!({
                "name": self.model.values().symbols.get(declared.name),
                "type": types.name(declared.ty),
                "value": self.value(declared.ty, word),
                "variable": variable,
            }))
        };
        bindings.iter().filter_map(one).collect()
    }

    fn value(&self, ty: TypeId, word: Word) -> Json {
        json_value(&self.proof.values.decode(&self.model.program().types, ty, word))
    }

    fn place(&self, span: Span) -> String {
        self.model.place(Origin::Span(span))
    }

    fn text(&self, span: Span) -> String {
        self.model.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn ids(list: &[NodeId]) -> Json {
    list.iter().map(|id| id.0).collect()
}

fn fields<const N: usize>(list: [(&str, Json); N]) -> Map<String, Json> {
    list.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
