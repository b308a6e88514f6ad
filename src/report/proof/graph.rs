//! Proofs as graphs for Graphviz and Mermaid. Kinds of node differ in shape and in a word, not in colour alone; what is
//! folded for people is folded here too.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::Notes;
use super::fold::{Folder, Folds};
use super::sentence::Speaker;
use super::words::Words;
use crate::explain::{NodeId, Proof, ProofNode};
use crate::model::Model;
use crate::program::AggregateOp;
use crate::report::escape::{dot_text, mermaid_text};

/// What a node is, which gives it its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Given,
    Derived,
    Absent,
    Compared,
    Counted,
    Cut,
}

/// What is drawn.
struct Picture {
    /// Each with the lines of its label.
    nodes: Vec<(NodeId, Kind, Vec<String>)>,
    /// From a conclusion to what it rests on.
    edges: Vec<(NodeId, NodeId)>,
}

/// Writes a proof as a directed graph of Graphviz, from the conclusion down; with `whole` nothing is folded.
///
/// # Errors
/// As the writer's.
pub fn dot(model: &Model, proof: &Proof, whole: bool, notes: &dyn Notes, out: &mut dyn Write) -> io::Result<()> {
    let picture = Picture::of(model, proof, whole, notes);
    writeln!(out, "digraph proof {{")?;
    writeln!(out, "  rankdir=TB;")?;
    writeln!(out, "  node [fontname=\"sans-serif\", fontsize=11];")?;
    for (id, kind, lines) in &picture.nodes {
        let shape = match kind {
            Kind::Given => "shape=box, style=filled, fillcolor=\"#e7f2e7\"",
            Kind::Derived if *id == proof.root() => "shape=box, style=\"rounded,bold\"",
            Kind::Derived => "shape=box, style=rounded",
            Kind::Absent => "shape=box, style=dashed",
            Kind::Compared => "shape=plaintext",
            Kind::Counted => "shape=hexagon",
            Kind::Cut => "shape=box, style=dotted",
        };
        let label: Vec<String> = lines.iter().map(|line| dot_text(line)).collect();
        writeln!(out, "  n{} [{shape}, label=\"{}\"];", id.0, label.join("\\n"))?;
    }
    for (from, to) in &picture.edges {
        writeln!(out, "  n{} -> n{};", from.0, to.0)?;
    }
    writeln!(out, "}}")
}

/// Writes a proof as a flowchart of Mermaid, from the conclusion down; with `whole` nothing is folded.
///
/// # Errors
/// As the writer's.
pub fn mermaid(model: &Model, proof: &Proof, whole: bool, notes: &dyn Notes, out: &mut dyn Write) -> io::Result<()> {
    let picture = Picture::of(model, proof, whole, notes);
    writeln!(out, "flowchart TB")?;
    for (id, kind, lines) in &picture.nodes {
        let (open, close) = match kind {
            Kind::Given => ("[", "]"),
            Kind::Derived => ("(", ")"),
            Kind::Absent => ("([", "])"),
            Kind::Compared => ("[/", "/]"),
            Kind::Counted => ("{{", "}}"),
            Kind::Cut => ("[[", "]]"),
        };
        let label: Vec<String> = lines.iter().map(|line| mermaid_text(line)).collect();
        writeln!(out, "  n{}{open}\"{}\"{close}", id.0, label.join("<br/>"))?;
    }
    for (from, to) in &picture.edges {
        let line = match picture.nodes.iter().find(|(id, ..)| id == to) {
            Some((_, Kind::Absent | Kind::Cut, _)) => "-.->",
            _ => "-->",
        };
        writeln!(out, "  n{} {line} n{}", from.0, to.0)?;
    }
    Ok(())
}

impl Picture {
    fn of(model: &Model, proof: &Proof, whole: bool, notes: &dyn Notes) -> Self {
        let mut picture = Self { nodes: Vec::new(), edges: Vec::new() };
        if proof.nodes.is_empty() {
            return picture;
        }
        let speaker = Speaker::new(model, proof);
        let folder = Folder { model, proof, notes };
        let words = Words::of(model, proof, notes);
        let mut seen = BTreeSet::from([proof.root()]);
        let mut open = std::collections::VecDeque::from([proof.root()]);
        while let Some(id) = open.pop_front() {
            let (kind, lines) = label(model, proof, &speaker, &words, notes, id);
            picture.nodes.push((id, kind, lines));
            let premises = proof.node(id).premises();
            let mut below = if whole { premises } else { folder.visible(&premises, &mut Folds::default()) };
            let mut once = BTreeSet::new();
            below.retain(|&premise| once.insert(premise));
            for premise in below {
                picture.edges.push((id, premise));
                if seen.insert(premise) {
                    open.push_back(premise);
                }
            }
        }
        picture
    }
}

/// The lines of a node: what it says, and what backs it.
fn label(
    model: &Model,
    proof: &Proof,
    speaker: &Speaker<'_>,
    words: &Words,
    notes: &dyn Notes,
    id: NodeId,
) -> (Kind, Vec<String>) {
    match proof.node(id) {
        ProofNode::Given { tuple, origin } => {
            let mut lines = vec![speaker.tuple(tuple)];
            let place = origin.map(|origin| model.place(origin));
            let cited = notes.citation(model, tuple).map(|citation| match notes.issuer(model, tuple) {
                Some(issuer) => format!("{issuer}: {citation}"),
                None => citation,
            });
            let backed = cited.or(place);
            lines.push(backed.map_or_else(|| "given".to_owned(), |backed| format!("given, {backed}")));
            (Kind::Given, lines)
        }
        ProofNode::Derived { tuple, rule, .. } => {
            let mut lines = vec![speaker.tuple(tuple)];
            lines.extend(words.word(model, proof, notes, id));
            let place = model.sources().location(model.program().rule(*rule).span);
            let place = format!("{}:{}", place.source, place.line);
            lines.push(model.label(*rule).map_or(place, |label| format!("[{label}]")));
            (Kind::Derived, lines)
        }
        ProofNode::Absent { relation, pattern, .. } => {
            (Kind::Absent, vec![speaker.absent(*relation, pattern), "absent".to_owned()])
        }
        ProofNode::Compared { span, .. } => (Kind::Compared, vec![speaker.source(*span), "compared".to_owned()]),
        ProofNode::Counted { op, value, ty, span, rows } => {
            let value = speaker.literal(*ty, *value);
            let told = match op {
                AggregateOp::Count => format!("counted {value}"),
                AggregateOp::Sum | AggregateOp::Min | AggregateOp::Max | AggregateOp::Mean => {
                    format!("{} {value} of {}", op.name(), rows.len())
                }
            };
            (Kind::Counted, vec![speaker.aggregate(id, *span), told])
        }
        ProofNode::Cut { tuple } => (Kind::Cut, vec![speaker.tuple(tuple), "cut".to_owned()]),
    }
}
