//! Proofs as clauses: declarations and facts that the engine reads, so that a proof can be queried like anything else.

use std::io::{self, Write};

use super::Notes;
use super::sentence::Speaker;
use super::words::Words;
use crate::explain::{Proof, ProofNode};
use crate::model::Model;
use crate::value::Value;

/// What the clauses are declared as; each sentence says what a row asserts.
const DECLARATIONS: &str = "\
/// `node` of the proof is a `kind` of step (given, derived, absent, compared, counted, cut) and says `text`.
.decl proof_node(node: number, kind: symbol, text: symbol)
/// `node` is what is proved.
.decl proof_root(node: number)
/// `node` rests on `premise`, its `position`-th from 0.
.decl proof_premise(node: number, position: number, premise: number)
/// `node` says something of `relation`.
.decl proof_relation(node: number, relation: symbol)
/// `node` follows by the rule `label` (empty where it has none), which stands at `place`.
.decl proof_rule(node: number, label: symbol, place: symbol)
/// `node` was given at `place`.
.decl proof_given(node: number, place: symbol)
/// A document says what `node` says, as cited.
.decl proof_citation(node: number, citation: symbol)
/// Whose word `node` is: accepted, assigned by whom, confirmed, disputed; else on whose statements it rests.
.decl proof_word(node: number, word: symbol)
";

/// Writes a proof as clauses, each node once, premises before conclusions.
///
/// # Errors
/// As the writer's.
pub fn clauses(model: &Model, proof: &Proof, notes: &dyn Notes, out: &mut dyn Write) -> io::Result<()> {
    let speaker = Speaker::new(model, proof);
    let words = Words::of(model, proof, notes);
    let quoted = |text: &str| Value::Symbol(text.to_owned()).literal();
    out.write_all(DECLARATIONS.as_bytes())?;
    if !proof.nodes.is_empty() {
        writeln!(out, "proof_root({}).", proof.root().0)?;
    }
    for (id, node) in (0..).map(crate::explain::NodeId).zip(&proof.nodes) {
        let at = id.0;
        let (kind, text) = match node {
            ProofNode::Given { tuple, .. } => ("given", speaker.atom_of(tuple)),
            ProofNode::Derived { tuple, .. } => ("derived", speaker.atom_of(tuple)),
            ProofNode::Absent { relation, pattern, .. } => ("absent", format!("!{}", speaker.atom(*relation, pattern))),
            ProofNode::Compared { span, .. } => ("compared", speaker.source(*span)),
            ProofNode::Counted { span, value, ty, .. } => {
                ("counted", format!("{} = {}", speaker.literal(*ty, *value), speaker.aggregate(id, *span)))
            }
            ProofNode::Cut { tuple } => ("cut", speaker.atom_of(tuple)),
        };
        writeln!(out, "proof_node({at}, {}, {}).", quoted(kind), quoted(&text))?;
        for (position, premise) in node.premises().iter().enumerate() {
            writeln!(out, "proof_premise({at}, {position}, {}).", premise.0)?;
        }
        let relation = match node {
            ProofNode::Absent { relation, .. } => Some(*relation),
            _ => node.tuple().map(|tuple| tuple.relation),
        };
        if let Some(relation) = relation {
            writeln!(out, "proof_relation({at}, {}).", quoted(model.name(relation)))?;
        }
        if let Some(word) = words.word(model, proof, notes, id) {
            writeln!(out, "proof_word({at}, {}).", quoted(&word))?;
        }
        match node {
            ProofNode::Given { tuple, origin } => {
                if let Some(origin) = origin {
                    writeln!(out, "proof_given({at}, {}).", quoted(&model.place(*origin)))?;
                }
                if let Some(citation) = notes.citation(model, tuple) {
                    writeln!(out, "proof_citation({at}, {}).", quoted(&citation))?;
                }
            }
            ProofNode::Derived { rule, .. } => {
                let place = model.sources().location(model.program().rule(*rule).span);
                let place = format!("{}:{}", place.source, place.line);
                let label = model.label(*rule).unwrap_or_default();
                writeln!(out, "proof_rule({at}, {}, {}).", quoted(label), quoted(&place))?;
            }
            ProofNode::Absent { .. }
            | ProofNode::Compared { .. }
            | ProofNode::Counted { .. }
            | ProofNode::Cut { .. } => {}
        }
    }
    Ok(())
}
