//! The picture of a stack for Graphviz and Mermaid, and as SVG. Kinds of line differ in shape and label, not in colour
//! alone.

mod layers;
mod svg;

use std::collections::BTreeMap;
use std::io::{self, Write};

pub use svg::svg;

use super::escape::{dot_text, mermaid_text};
use crate::responsibility::graph::{Edge, EdgeKind, Graph, ScopeNode};

/// Writes it as a directed graph of Graphviz.
///
/// # Errors
/// As the writer's.
pub fn dot(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    let ids = Ids::of(graph);
    writeln!(out, "digraph stack {{")?;
    writeln!(out, "  rankdir=TB;")?;
    writeln!(out, "  node [fontname=\"sans-serif\", fontsize=11];")?;
    writeln!(out, "  edge [fontname=\"sans-serif\", fontsize=9];")?;
    for scope in &graph.scopes {
        let label: Vec<String> = lines(scope).iter().map(|line| dot_text(line)).collect();
        writeln!(out, "  {} [shape=box, label=\"{}\"];", ids.scope(&scope.scope), label.join("\\n"))?;
    }
    for (party, kind) in &graph.parties {
        let label = format!("{}\\n{}", dot_text(party), dot_text(kind));
        writeln!(
            out,
            "  {} [shape=ellipse, style=filled, fillcolor=\"#eef0f3\", label=\"{label}\"];",
            ids.party(party)
        )?;
    }
    for edge in &graph.edges {
        let (from, to) = ids.ends(edge);
        let style = match edge.kind {
            EdgeKind::RunsOn => "style=bold",
            EdgeKind::NotOffered => "style=bold, color=\"#a3161f\", arrowhead=tee",
            EdgeKind::Needs => "style=dashed",
            EdgeKind::SuppliedBy => "style=solid, arrowhead=odot",
            EdgeKind::ConsumedBy => "style=dotted, arrowhead=obox",
        };
        writeln!(out, "  {from} -> {to} [label=\"{}\", {style}];", edge.kind.words())?;
    }
    writeln!(out, "}}")
}

/// Writes it as a flowchart of Mermaid.
///
/// # Errors
/// As the writer's.
pub fn mermaid(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    let ids = Ids::of(graph);
    writeln!(out, "flowchart TB")?;
    for scope in &graph.scopes {
        let label: Vec<String> = lines(scope).iter().map(|line| mermaid_text(line)).collect();
        writeln!(out, "  {}[\"{}\"]", ids.scope(&scope.scope), label.join("<br/>"))?;
    }
    for (party, kind) in &graph.parties {
        writeln!(out, "  {}([\"{}<br/>{}\"])", ids.party(party), mermaid_text(party), mermaid_text(kind))?;
    }
    for edge in &graph.edges {
        let (from, to) = ids.ends(edge);
        let line = match edge.kind {
            EdgeKind::RunsOn => "==>",
            EdgeKind::NotOffered => "--x",
            EdgeKind::Needs | EdgeKind::ConsumedBy => "-.->",
            EdgeKind::SuppliedBy => "-->",
        };
        writeln!(out, "  {from} {line}|{}| {to}", edge.kind.words())?;
    }
    Ok(())
}

/// What stands in the box of a scope.
fn lines(scope: &ScopeNode) -> Vec<String> {
    let what = if scope.within.is_empty() { scope.kind.clone() } else { scope.within.join(", ") };
    let mut lines = vec![scope.scope.clone(), what];
    match scope.gaps {
        0 => {}
        1 => lines.push("1 gap".to_owned()),
        gaps => lines.push(format!("{gaps} gaps")),
    }
    lines
}

/// Names of nodes: numbers, so that nothing in a name can be taken for syntax.
struct Ids<'a> {
    scopes: BTreeMap<&'a str, usize>,
    parties: BTreeMap<&'a str, usize>,
}

impl<'a> Ids<'a> {
    fn of(graph: &'a Graph) -> Self {
        let scopes = graph.scopes.iter().enumerate().map(|(at, scope)| (scope.scope.as_str(), at)).collect();
        let parties = graph.parties.iter().enumerate().map(|(at, (party, _))| (party.as_str(), at)).collect();
        Self { scopes, parties }
    }

    fn scope(&self, name: &str) -> String {
        self.scopes.get(name).map_or_else(|| "missing".to_owned(), |at| format!("s{at}"))
    }

    fn party(&self, name: &str) -> String {
        self.parties.get(name).map_or_else(|| "missing".to_owned(), |at| format!("p{at}"))
    }

    fn ends(&self, edge: &Edge) -> (String, String) {
        let to = match edge.kind {
            EdgeKind::RunsOn | EdgeKind::NotOffered | EdgeKind::Needs => self.scope(&edge.to),
            EdgeKind::SuppliedBy | EdgeKind::ConsumedBy => self.party(&edge.to),
        };
        (self.scope(&edge.from), to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names() {
        let scope = ScopeNode { scope: "a\"]-->b<i>".into(), kind: "k\\".into(), within: vec![], gaps: 1 };
        let edge = Edge { kind: EdgeKind::SuppliedBy, from: scope.scope.clone(), to: "p".into() };
        let graph = Graph { scopes: vec![scope], parties: vec![("p".into(), "csp".into())], edges: vec![edge] };
        let mut out = Vec::new();
        mermaid(&graph, &mut out).unwrap();
        let expected = "flowchart TB\n  s0[\"a#34;#93;--#62;b#60;i#62;<br/>k#92;<br/>1 gap\"]\n  p0([\"p<br/>csp\"])\n  \
                        s0 -->|supplied by| p0\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        let mut out = Vec::new();
        dot(&graph, &mut out).unwrap();
        assert!(String::from_utf8(out).unwrap().contains(r#"label="a\"]-->b<i>\nk\\\n1 gap""#));
    }
}
