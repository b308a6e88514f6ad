//! Answers and proofs as they are asked for: in a format, for a terminal or not.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::explain::{NodeId, Proof, ProofNode};
use crate::model::Model;
use crate::query::Answer;
use crate::value::Value;

/// How text may look where it goes.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// It goes to a person's terminal: rows are numbered, and cut where there are too many.
    pub terminal: bool,
    /// ANSI colours are wanted.
    pub color: bool,
    /// Characters beyond ASCII can be shown.
    pub unicode: bool,
    /// Columns of the terminal, where there is one.
    pub width: Option<usize>,
}

/// A form of output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns, for people.
    #[default]
    Table,
    /// Comma separated with a header, after RFC 4180.
    Csv,
    /// One JSON document.
    Json,
}

impl Format {
    /// Every format with its name.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("table", Self::Table), ("csv", Self::Csv), ("json", Self::Json)];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("table", |(name, _)| name)
    }

    /// The format of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(other, _)| *other == name).map(|(_, format)| *format)
    }
}

/// An answer.
///
/// # Errors
/// The output cannot be written.
pub fn answer(answer: &Answer, _format: Format, _view: View, out: &mut dyn Write) -> io::Result<()> {
    if answer.columns.is_empty() {
        return writeln!(out, "{}", answer.holds());
    }
    let head: Vec<&str> = answer.columns.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(out, "{}", head.join("\t"))?;
    for row in &answer.rows {
        writeln!(out, "{}", row.iter().map(Value::literal).collect::<Vec<_>>().join("\t"))?;
    }
    Ok(())
}

/// A proof.
///
/// # Errors
/// The output cannot be written.
pub fn proof(model: &Model, proof: &Proof, notes: &[String], out: &mut dyn Write) -> io::Result<()> {
    let mut seen = BTreeSet::new();
    let mut stack: Vec<(NodeId, usize)> = vec![(proof.root(), 0)];
    while let Some((id, depth)) = stack.pop() {
        let indent = "  ".repeat(depth);
        let node = proof.node(id);
        let text = match node {
            ProofNode::Given { tuple, origin } => {
                let place = origin.map(|origin| model.place(origin)).unwrap_or_default();
                format!("{}  given {place}", model.literal(tuple))
            }
            ProofNode::Derived { tuple, rule, .. } => {
                let label = model.label(*rule).unwrap_or("rule");
                let place = model.sources().location(model.program().rule(*rule).span);
                format!("{}  [{label}] {}:{}", model.literal(tuple), place.source, place.line)
            }
            ProofNode::Absent { span, .. } => format!("{}  absent", model.text(*span)),
            ProofNode::Compared { span, .. } => format!("{}  compared", model.text(*span)),
            ProofNode::Counted { span, rows, .. } => format!("{}  over {} rows", model.text(*span), rows.len()),
            ProofNode::Cut { tuple } => format!("{}  not followed further", model.literal(tuple)),
        };
        if !seen.insert(id) && !node.premises().is_empty() {
            writeln!(out, "{indent}{text} (see above)")?;
            continue;
        }
        writeln!(out, "{indent}{text}")?;
        stack.extend(node.premises().into_iter().rev().map(|premise| (premise, depth + 1)));
    }
    notes.iter().try_for_each(|note| writeln!(out, "{note}"))
}
