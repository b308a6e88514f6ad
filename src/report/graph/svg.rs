//! The picture of a stack as SVG: it needs no other program, fetches nothing, and reads without colour.

use std::collections::BTreeSet;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::layers::layers;
use super::lines;
use crate::report::escape::escape;
use crate::responsibility::graph::{Edge, EdgeKind, Graph};

/// Lengths in pixels.
const LINE: f64 = 16.0;
const LETTER: f64 = 7.3;
const PADDING: f64 = 12.0;
const BETWEEN_BOXES: f64 = 28.0;
const BETWEEN_LEVELS: f64 = 56.0;
const MARGIN: f64 = 20.0;
const LEGEND: f64 = 40.0;

const STYLE: &str = "\
text { font: 12px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #1b2330; text-anchor: middle; }
.name { font-weight: 700; }
.dim { fill: #5b6675; }
.gaps { fill: #a3161f; font-weight: 700; }
.scope { fill: #fff; stroke: #1b2330; stroke-width: 1.2; }
.party { fill: #eef0f3; stroke: #5b6675; }
.line { fill: none; stroke: #1b2330; }
.runs-on { stroke-width: 2.6; }
.not-offered { stroke-width: 2.6; stroke: #a3161f; stroke-dasharray: 10 3 2 3; }
.needs { stroke-width: 1.6; stroke-dasharray: 7 4; }
.supplied-by { stroke: #5b6675; }
.used-by { stroke: #5b6675; stroke-width: 1.6; stroke-dasharray: 1.5 3.5; }
.key { text-anchor: start; }
";

/// Every kind of line: its class, and the shape of its end.
const KINDS: &[(EdgeKind, &str, &str)] = &[
    (EdgeKind::RunsOn, "runs-on", "arrow"),
    (EdgeKind::NotOffered, "not-offered", "bar"),
    (EdgeKind::Needs, "needs", "arrow"),
    (EdgeKind::SuppliedBy, "supplied-by", "ring"),
    (EdgeKind::ConsumedBy, "used-by", "square"),
];

const ENDS: &str = r##"<defs>
<marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10Z" fill="#1b2330"/></marker>
<marker id="bar" viewBox="0 0 10 12" refX="8" refY="6" markerWidth="11" markerHeight="14" markerUnits="userSpaceOnUse" orient="auto"><path d="M8 0V12" stroke="#a3161f" stroke-width="3"/></marker>
<marker id="ring" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><circle cx="5" cy="5" r="4" fill="#fff" stroke="#5b6675" stroke-width="1.5"/></marker>
<marker id="square" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><rect x="1" y="1" width="8" height="8" fill="#fff" stroke="#5b6675" stroke-width="1.5"/></marker>
</defs>"##;

/// A box with its lines of text.
struct Block {
    text: Vec<String>,
    party: bool,
    /// Whether the last line tells gaps.
    gaps: bool,
    width: f64,
}

/// Writes the picture.
///
/// # Errors
/// As the writer's.
pub fn svg(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    let blocks = blocks(graph);
    let ends: Vec<(usize, usize)> = graph.edges.iter().map(|edge| ends(graph, edge)).collect();
    // Customers stand above what they use, everything else above what it stands on.
    let down = |(edge, &(from, to)): (&Edge, &(usize, usize))| match edge.kind {
        EdgeKind::ConsumedBy => (to, from),
        EdgeKind::RunsOn | EdgeKind::NotOffered | EdgeKind::Needs | EdgeKind::SuppliedBy => (from, to),
    };
    let downward: Vec<(usize, usize)> = graph.edges.iter().zip(&ends).map(down).collect();
    let widths: Vec<f64> = blocks.iter().map(|block| block.width).collect();
    let placed = layers(&widths, &downward, BETWEEN_BOXES);
    let mut heights = vec![0.0_f64; placed.levels];
    for (block, &(_, level)) in blocks.iter().zip(&placed.boxes) {
        heights[level] = heights[level].max(height(block));
    }
    let tops: Vec<f64> = heights
        .iter()
        .scan(MARGIN, |at, height| {
            let top = *at;
            *at += height + BETWEEN_LEVELS;
            Some(top)
        })
        .collect();
    let bottom = tops.last().zip(heights.last()).map_or(MARGIN, |(top, height)| top + height);
    let used: BTreeSet<EdgeKind> = graph.edges.iter().map(|edge| edge.kind).collect();
    let key: f64 = used.iter().map(|kind| key_width(*kind)).sum();
    let (wide, high) = ((placed.width.max(key) + 2.0 * MARGIN).ceil(), (bottom + LEGEND + MARGIN).ceil());
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{wide}\" height=\"{high}\" viewBox=\"0 0 {wide} {high}\">"
    )?;
    writeln!(out, "<title>What runs on what, and who supplies it</title>\n<style>\n{STYLE}</style>\n{ENDS}")?;
    writeln!(out, "<rect width=\"{wide}\" height=\"{high}\" fill=\"#fff\"/>")?;
    let middle = |node: usize| placed.boxes[node].0 + MARGIN;
    let top = |node: usize| {
        let level = placed.boxes[node].1;
        tops[level] + (heights[level] - height(&blocks[node])) / 2.0
    };
    for (at, edge) in graph.edges.iter().enumerate() {
        let (upper, lower) = match placed.lines[at].1 {
            true => (downward[at].1, downward[at].0),
            false => downward[at],
        };
        if upper == lower {
            // It loops at the side of its box.
            let (x, y) = (middle(upper) + blocks[upper].width / 2.0, top(upper) + height(&blocks[upper]) / 2.0);
            let path = format!("M{x:.1} {:.1}c18 -12 18 24 0 12", y - 6.0);
            line(edge, &path, out)?;
            continue;
        }
        let mut points = vec![(middle(upper), top(upper) + height(&blocks[upper]))];
        for (step, x) in placed.lines[at].0.iter().enumerate() {
            let level = placed.boxes[upper].1 + 1 + step;
            points.extend([(x + MARGIN, tops[level]), (x + MARGIN, tops[level] + heights[level])]);
        }
        points.push((middle(lower), top(lower)));
        // A line ends where it says, which is above where it was turned round.
        if ends[at].0 != upper {
            points.reverse();
        }
        line(edge, &path(&points), out)?;
    }
    for (node, block) in blocks.iter().enumerate() {
        draw(block, middle(node), top(node), out)?;
    }
    let mut x = MARGIN;
    for (kind, class, end) in KINDS.iter().filter(|(kind, ..)| used.contains(kind)) {
        let y = bottom + LEGEND;
        writeln!(out, "<path class=\"line {class}\" marker-end=\"url(#{end})\" d=\"M{x:.0} {y:.0}h34\"/>")?;
        writeln!(out, "<text class=\"key dim\" x=\"{:.0}\" y=\"{:.0}\">{}</text>", x + 42.0, y + 4.0, kind.words())?;
        x += key_width(*kind);
    }
    writeln!(out, "</svg>")
}

fn blocks(graph: &Graph) -> Vec<Block> {
    let scopes = graph.scopes.iter().map(|scope| (lines(scope), false, scope.gaps > 0));
    let parties = graph.parties.iter().map(|(party, kind)| (vec![party.clone(), kind.clone()], true, false));
    scopes
        .chain(parties)
        .map(|(text, party, gaps)| {
            let text: Vec<String> = text.iter().map(|line| escape(line).into_owned()).collect();
            let widest = text.iter().map(|line| line.width()).max().unwrap_or(0);
            let round = if party { LINE } else { 0.0 };
            Block { text, party, gaps, width: (widest as f64 * LETTER + 2.0 * PADDING + round).ceil() }
        })
        .collect()
}

/// The boxes that a line joins. What is not drawn has no line either: the graph is closed.
fn ends(graph: &Graph, edge: &Edge) -> (usize, usize) {
    let scope = |name: &str| graph.scopes.iter().position(|scope| scope.scope == name).unwrap_or(0);
    let party = |name: &str| {
        let at = graph.parties.iter().position(|(party, _)| party == name);
        at.map_or(0, |at| graph.scopes.len() + at)
    };
    let to = match edge.kind {
        EdgeKind::RunsOn | EdgeKind::NotOffered | EdgeKind::Needs => scope(&edge.to),
        EdgeKind::SuppliedBy | EdgeKind::ConsumedBy => party(&edge.to),
    };
    (scope(&edge.from), to)
}

fn height(block: &Block) -> f64 {
    block.text.len() as f64 * LINE + PADDING
}

fn key_width(kind: EdgeKind) -> f64 {
    kind.words().width() as f64 * LETTER + 64.0
}

/// A path through points, each stretch leaving and arriving upright.
fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        match at.checked_sub(1).map(|before| points[before]) {
            None => path.push_str(&format!("M{x:.1} {y:.1}")),
            Some((before, _)) if (before - x).abs() < 0.05 => path.push_str(&format!("L{x:.1} {y:.1}")),
            Some((before, above)) => {
                let half = f64::midpoint(above, *y);
                path.push_str(&format!("C{before:.1} {half:.1} {x:.1} {half:.1} {x:.1} {y:.1}"));
            }
        }
    }
    path
}

fn line(edge: &Edge, path: &str, out: &mut dyn Write) -> io::Result<()> {
    let Some(&(_, class, end)) = KINDS.iter().find(|(kind, ..)| *kind == edge.kind) else { return Ok(()) };
    let told = format!("{} {} {}", edge.from, edge.kind.words(), edge.to);
    writeln!(
        out,
        "<path class=\"line {class}\" marker-end=\"url(#{end})\" d=\"{path}\"><title>{}</title></path>",
        xml(&escape(&told))
    )
}

fn draw(block: &Block, middle: f64, top: f64, out: &mut dyn Write) -> io::Result<()> {
    let (class, round) = if block.party { ("party", height(block) / 2.0) } else { ("scope", 3.0) };
    writeln!(
        out,
        "<rect class=\"{class}\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.0}\" height=\"{:.0}\" rx=\"{round:.0}\"/>",
        middle - block.width / 2.0,
        block.width,
        height(block)
    )?;
    let last = block.text.len().saturating_sub(1);
    for (at, text) in block.text.iter().enumerate() {
        let class = match at {
            0 => "name",
            at if block.gaps && at == last => "gaps",
            _ => "dim",
        };
        let y = top + PADDING / 2.0 + at as f64 * LINE + LINE * 0.75;
        writeln!(out, "<text class=\"{class}\" x=\"{middle:.1}\" y=\"{y:.1}\">{}</text>", xml(text))?;
    }
    Ok(())
}

/// A text between the marks of XML.
fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::responsibility::graph::ScopeNode;

    #[test]
    fn names_stay_names_and_every_line_says_what_it_is() {
        let scope = |name: &str, gaps| ScopeNode { scope: name.into(), kind: "k".into(), within: vec![], gaps };
        let edge = |kind, from: &str, to: &str| Edge { kind, from: from.into(), to: to.into() };
        let graph = Graph {
            scopes: vec![scope("a<script>", 2), scope("b", 0)],
            parties: vec![("p&q".into(), "csp".into())],
            edges: vec![
                edge(EdgeKind::RunsOn, "a<script>", "b"),
                edge(EdgeKind::Needs, "b", "a<script>"),
                edge(EdgeKind::SuppliedBy, "b", "p&q"),
                edge(EdgeKind::ConsumedBy, "a<script>", "p&q"),
            ],
        };
        let mut out = Vec::new();
        svg(&graph, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains("<script>") && text.contains("a&lt;script&gt;</text>"), "{text}");
        assert!(text.contains("<title>b supplied by p&amp;q</title>") && text.contains(">2 gaps</text>"), "{text}");
        assert_eq!(text.matches("class=\"line ").count(), 8, "four lines, and each in the key");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}
