//! Proofs to JSON.

use serde_json::{Map, Value as Json, json as object};

use super::super::Notes;
use super::super::sentence::Speaker;
use super::{SCHEMA, SEVERAL, digest};
use crate::explain::{Contribution, NodeId, Proof, ProofNode, Proofs};
use crate::model::{Model, Tuple};
use crate::program::VariableDecl;
use crate::report::document::{Column, Pieces, Rules, fields};
use crate::report::escape::json_text;
use crate::value::{TypeId, Word};

/// A proof as one JSON document, a node a line, ending in a line break. Equal proofs give equal bytes.
#[must_use]
pub fn json(model: &Model, proof: &Proof, notes: &dyn Notes) -> String {
    let used = proof.nodes.iter().filter_map(|node| match node {
        ProofNode::Derived { rule, .. } => Some(*rule),
        _ => None,
    });
    let rules = Rules::of(model, used);
    let pieces = Pieces { model, notes, speaker: Speaker::new(model, proof) };
    let writer = Writer { model, proof, notes, pieces, rules };
    let nodes: Vec<Json> = (0..).map(NodeId).zip(&proof.nodes).map(|(id, node)| writer.node(id, node)).collect();
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
    out.push_str(&format!("  \"program\": {},\n", object!(writer.rules.program(model))));
    out.push_str(&format!("  \"ranked\": {},\n", proof.ranked));
    out.push_str(&format!("  \"rules\": {},\n", lines(&writer.rules.list(&writer.pieces))));
    out.push_str(&format!("  \"schema\": {}\n}}\n", object!(SCHEMA)));
    json_text(out)
}

/// Several proofs as one JSON document, a proof a line, ending in a line break.
#[must_use]
pub fn several(model: &Model, found: &Proofs, notes: &dyn Notes) -> String {
    let one = |(size, proof): &(u64, Proof)| {
        let proof: Json = serde_json::from_str(&json(model, proof, notes)).unwrap_or_default();
        object!({ "proof": proof, "size": size })
    };
    let proofs: Vec<Json> = found.proofs.iter().map(one).collect();
    let (complete, proofs, schema) = (found.complete, lines(&proofs), object!(SEVERAL));
    json_text(format!("{{\n  \"complete\": {complete},\n  \"proofs\": {proofs},\n  \"schema\": {schema}\n}}\n"))
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
    pieces: Pieces<'a>,
    rules: Rules,
}

impl Writer<'_> {
    fn node(&self, id: NodeId, node: &ProofNode) -> Json {
        let mut entry = match node {
            ProofNode::Given { tuple, origin } => {
                let mut entry = self.pieces.given(tuple, *origin);
                entry.insert("kind".to_owned(), object!("given"));
                entry
            }
            ProofNode::Derived { tuple, rule, bindings, premises, rank } => {
                let mut entry = self.tuple("derived", tuple);
                let variables = &self.model.program().rule(*rule).variables;
                entry.insert("bindings".to_owned(), self.bindings(bindings, variables));
                entry.insert("premises".to_owned(), ids(premises));
                entry.insert("rank".to_owned(), object!({ "round": rank.round, "stratum": rank.stratum }));
                entry.insert("rule".to_owned(), object!(self.rules.place(*rule)));
                entry.insert("word".to_owned(), object!(self.notes.word(self.model, tuple)));
                entry
            }
            ProofNode::Cut { tuple } => self.tuple("cut", tuple),
            ProofNode::Absent { relation, pattern, span } => {
                let columns: Vec<Column> = pattern.iter().copied().map(Column::from).collect();
                fields([
                    ("kind", object!("absent")),
                    ("pattern", self.pieces.pattern(*relation, &columns)),
                    ("place", object!(self.pieces.place(*span))),
                    ("relation", object!(self.model.name(*relation))),
                    ("text", object!(self.pieces.speaker.absent(*relation, pattern))),
                ])
            }
            ProofNode::Compared { op, negated, left, right, ty, span, aggregates } => fields([
                ("aggregates", ids(aggregates)),
                ("kind", object!("compared")),
                ("left", self.pieces.value(*ty, *left)),
                ("negated", object!(negated)),
                ("op", object!(op.name())),
                ("place", object!(self.pieces.place(*span))),
                ("right", self.pieces.value(*ty, *right)),
                ("text", object!(self.pieces.text(*span))),
                ("type", object!(self.model.program().types.name(*ty))),
            ]),
            ProofNode::Counted { op, value, ty, span, rows } => {
                let owner = self.pieces.speaker.owner(id).map(|owner| self.proof.node(owner));
                let variables: &[VariableDecl] = match owner {
                    Some(ProofNode::Derived { rule, .. }) => &self.model.program().rule(*rule).variables,
                    _ => &[],
                };
                fields([
                    ("kind", object!("counted")),
                    ("op", object!(op.name())),
                    ("place", object!(self.pieces.place(*span))),
                    ("rows", rows.iter().map(|row| self.contribution(row, *ty, variables)).collect()),
                    ("text", object!(self.pieces.text(*span))),
                    ("type", object!(self.model.program().types.name(*ty))),
                    ("value", self.pieces.value(*ty, *value)),
                ])
            }
        };
        entry.insert("id".to_owned(), object!(id.0));
        Json::Object(entry)
    }

    fn tuple(&self, kind: &str, tuple: &Tuple) -> Map<String, Json> {
        let mut entry = self.pieces.tuple(tuple);
        entry.insert("kind".to_owned(), object!(kind));
        entry
    }

    fn contribution(&self, row: &Contribution, ty: TypeId, variables: &[VariableDecl]) -> Json {
        let mut entry =
            fields([("bindings", self.bindings(&row.bindings, variables)), ("premises", ids(&row.premises))]);
        if let Some(target) = row.target {
            entry.insert("target".to_owned(), self.pieces.value(ty, target));
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
                "value": self.pieces.value(declared.ty, word),
                "variable": variable,
            }))
        };
        bindings.iter().filter_map(one).collect()
    }
}

fn ids(list: &[NodeId]) -> Json {
    list.iter().map(|id| id.0).collect()
}
