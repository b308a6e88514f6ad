//! The picture of a stack: scopes, what they run on and need, and who supplies them.

use std::collections::BTreeSet;

use super::answers::{Answers, BadChoice, Consumes, Dep, Gap, Hosted, Party, Scope, Supplier, Within};
use super::matrix::{checked, stack};
use crate::session::Failure;

/// Scopes and parties, and how they hang together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The scopes.
    pub scopes: Vec<ScopeNode>,
    /// The parties that supply or consume one of them, with their kinds.
    pub parties: Vec<(String, String)>,
    /// The lines.
    pub edges: Vec<Edge>,
}

/// A scope in the picture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScopeNode {
    /// Its name.
    pub scope: String,
    /// Its kind.
    pub kind: String,
    /// What it is: what it lies in directly.
    pub within: Vec<String>,
    /// How many required layers nobody holds.
    pub gaps: usize,
}

/// A line of the picture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// What it says.
    pub kind: EdgeKind,
    /// Where it starts: a scope.
    pub from: String,
    /// Where it ends: a scope, or a party.
    pub to: String,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// The scope runs on the other.
    RunsOn,
    /// The scope was to run on the other, and no document offers that.
    NotOffered,
    /// The scope needs the other beside it.
    Needs,
    /// The party supplies the scope.
    SuppliedBy,
    /// The party is the end customer of the scope.
    ConsumedBy,
}

impl EdgeKind {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::RunsOn => "runs on",
            Self::NotOffered => "not offered on",
            Self::Needs => "needs",
            Self::SuppliedBy => "supplied by",
            Self::ConsumedBy => "used by",
        }
    }
}

impl Graph {
    /// The picture of a scope with all that it stands on and needs; without one of all that is checked.
    ///
    /// # Errors
    /// There is no such scope.
    pub fn of(answers: Answers<'_>, scope: Option<&str>) -> Result<Self, Failure> {
        let roots = match scope {
            Some(scope) => vec![answers.scope(scope)?.scope],
            None => checked(answers),
        };
        let mut wanted: Vec<String> = Vec::new();
        for root in roots {
            let below = stack(answers, &root);
            for scope in std::iter::once(root).chain(below) {
                if !wanted.contains(&scope) {
                    wanted.push(scope);
                }
            }
        }
        let mut graph = Self::default();
        let mut parties: BTreeSet<String> = BTreeSet::new();
        let mut edges: BTreeSet<Edge> = BTreeSet::new();
        for scope in &wanted {
            let of = &[("scope", scope.as_str())];
            let mut edge = |kind: EdgeKind, to: String| edges.insert(Edge { kind, from: scope.clone(), to });
            for row in answers.with::<Hosted>(of) {
                edge(EdgeKind::RunsOn, row.host);
            }
            for row in answers.with::<BadChoice>(of) {
                edge(EdgeKind::NotOffered, row.host);
            }
            for needed in needs(answers, scope) {
                edge(EdgeKind::Needs, needed);
            }
            for row in answers.with::<Supplier>(of) {
                parties.insert(row.party.clone());
                edge(EdgeKind::SuppliedBy, row.party);
            }
            for row in answers.with::<Consumes>(of) {
                parties.insert(row.party.clone());
                edge(EdgeKind::ConsumedBy, row.party);
            }
            graph.scopes.push(ScopeNode {
                scope: scope.clone(),
                kind: answers.with::<Scope>(of).into_iter().next().map(|row| row.kind).unwrap_or_default(),
                within: answers.with::<Within>(&[("child", scope)]).into_iter().map(|row| row.parent).collect(),
                gaps: answers.with::<Gap>(of).len(),
            });
        }
        // A host that is not offered is no part of the stack and still has to be drawn.
        for edge in edges.iter().filter(|edge| edge.kind == EdgeKind::NotOffered) {
            if !wanted.contains(&edge.to) {
                let kind = answers.with::<Scope>(&[("scope", &edge.to)]).into_iter().next().map(|row| row.kind);
                let within = answers.with::<Within>(&[("child", &edge.to)]).into_iter().map(|row| row.parent).collect();
                let kind = kind.unwrap_or_default();
                graph.scopes.push(ScopeNode { scope: edge.to.clone(), kind, within, gaps: 0 });
            }
        }
        for row in answers.in_order::<Party>(&[]) {
            if parties.remove(&row.party) {
                graph.parties.push((row.party, row.kind));
            }
        }
        graph.edges = edges.into_iter().collect();
        Ok(graph)
    }
}

/// What a scope needs directly: what it needs, without what that needs in turn.
fn needs(answers: Answers<'_>, scope: &str) -> Vec<String> {
    let all: BTreeSet<String> = answers.with::<Dep>(&[("scope", scope)]).into_iter().map(|row| row.needed).collect();
    let through: BTreeSet<String> = all
        .iter()
        .flat_map(|needed| answers.with::<Dep>(&[("scope", needed)]).into_iter().map(|row| row.needed))
        .filter(|needed| needed != scope)
        .collect();
    all.difference(&through).cloned().collect()
}
