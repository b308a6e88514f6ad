//! The walk over a proof that decides, line by line, what is shown: trees of steps, lists for chains of one rule, and
//! the rows of aggregates.

use std::collections::BTreeMap;

use super::fold::{Folder, Folds};
use super::layout::Line;
use super::sentence::Speaker;
use super::theme::Role;
use super::words::Words;
use super::{Notes, TextOptions};
use crate::explain::{NodeId, Proof, ProofNode};
use crate::model::{Model, Tuple};
use crate::program::{AggregateOp, CompareOp};

/// From how many nodes of one rule on a chain is a list.
const CHAIN: usize = 4;
/// How many lines a chain may take.
const CHAIN_LINES: usize = 30;
/// How many premises of one node, and rows of one aggregate, are shown.
const PREMISES: usize = 20;
/// How deep steps are nested; deeper ones are opened by their handle.
const DEPTH: usize = 8;
/// The same where nothing is to be folded.
const DEPTH_OF_ALL: usize = 100;
/// After so many lines no further step is followed, unless nothing is to be folded.
const LINES: usize = 80;

/// What lines and leaves are drawn with.
#[derive(Debug)]
pub(super) struct Glyphs {
    branch: &'static str,
    last: &'static str,
    step: &'static str,
    last_step: &'static str,
    bar: &'static str,
    given: &'static str,
    absent: &'static str,
    pub(super) cut: &'static str,
    pub(super) separator: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    branch: "├─ ",
    last: "└─ ",
    step: "├→ ",
    last_step: "└→ ",
    bar: "│  ",
    given: "•",
    absent: "∅",
    cut: "…",
    separator: " · ",
};

const ASCII: Glyphs = Glyphs {
    branch: "|- ",
    last: "`- ",
    step: "|> ",
    last_step: "`> ",
    bar: "|  ",
    given: "*",
    absent: "!",
    cut: "...",
    separator: " - ",
};

impl Glyphs {
    pub(super) fn of(options: &TextOptions) -> &'static Self {
        if options.ascii { &ASCII } else { &UNICODE }
    }
}

/// Something that takes a line, and perhaps lines below.
#[derive(Clone, Debug)]
enum Item {
    /// A node; brief ones are not followed further.
    Node { id: NodeId, brief: bool },
    /// A step of a chain, with what it adds to the step before.
    Step { id: NodeId, others: Vec<NodeId>, brief: bool },
    /// A row of an aggregate.
    Row { counted: NodeId, at: usize, brief: bool },
    /// So many more of something.
    More(String),
}

/// A proof on its way to lines.
pub(super) struct Tree<'a> {
    model: &'a Model,
    proof: &'a Proof,
    options: &'a TextOptions,
    notes: &'a dyn Notes,
    glyphs: &'static Glyphs,
    speaker: Speaker<'a>,
    folder: Folder<'a>,
    words: Words,
    pub(super) folds: Folds,
    pub(super) lines: Vec<Line>,
    /// The handles of the nodes shown so far.
    names: BTreeMap<NodeId, String>,
    pub(super) handles: Vec<(String, NodeId)>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(model: &'a Model, proof: &'a Proof, options: &'a TextOptions, notes: &'a dyn Notes) -> Self {
        Self {
            model,
            proof,
            options,
            notes,
            glyphs: Glyphs::of(options),
            speaker: Speaker::new(model, proof),
            folder: Folder { model, proof, notes },
            words: Words::of(model, proof, notes),
            folds: Folds::default(),
            lines: Vec::new(),
            names: BTreeMap::new(),
            handles: Vec::new(),
        }
    }

    /// How many nodes there are below a node, itself included.
    pub(super) fn size(&self, id: NodeId) -> usize {
        self.folder.size(id)
    }

    /// Shows a node and what it rests on.
    pub(super) fn root(&mut self, id: NodeId) {
        let name = self.options.handle.clone().unwrap_or_else(|| "1".to_owned());
        self.names.insert(id, name.clone());
        self.handles.push((name, id));
        let mut line = self.describe(id);
        line.role = Role::Conclusion;
        line.first = " ".to_owned();
        line.rest = if self.proof.node(id).premises().is_empty() { "   " } else { " │ " }.to_owned();
        if self.options.ascii {
            line.rest = line.rest.replace('│', "|");
        }
        self.lines.push(line);
        let items = self.items(id, self.options.handle.is_some(), &[]);
        self.print(&items, " ", 1, &[]);
    }

    /// What stands below a node. `open` shows all its premises; `above` are the facts that stand above already.
    fn items(&mut self, id: NodeId, open: bool, above: &[NodeId]) -> Vec<Item> {
        let unfolded = open || self.options.all;
        match self.proof.node(id) {
            ProofNode::Derived { premises, .. } => {
                if !open {
                    let names = &self.names;
                    let chain = self.folder.chain(id, |node| names.contains_key(&node));
                    if chain.len() >= CHAIN {
                        return self.spine(&chain);
                    }
                }
                if unfolded {
                    return nodes(premises);
                }
                let mut folds = self.folds.clone();
                let mut shown = self.folder.visible(premises, &mut folds);
                let all = shown.len();
                shown.retain(|node| !above.contains(node));
                folds.repeated += all - shown.len();
                if all == 0 {
                    return nodes(premises);
                }
                self.folds = folds;
                // What needs no further reading comes first and recursion last, so that nothing dangles below a long step.
                let stratum = self.stratum(id);
                shown.sort_by_key(|&node| (!self.is_leaf(node), self.stratum(node) == stratum));
                let mut items = nodes(&shown);
                if shown.len() > PREMISES + 1 {
                    items.truncate(PREMISES);
                    items.push(Item::More(format!("and {} more", shown.len() - PREMISES)));
                }
                items
            }
            ProofNode::Counted { op, value, rows, .. } => {
                let mut at: Vec<usize> = (0..rows.len()).collect();
                if !unfolded && matches!(op, AggregateOp::Min | AggregateOp::Max) {
                    at.retain(|&at| rows[at].target == Some(*value));
                    at.truncate(1);
                    self.folds.rows += rows.len() - at.len();
                }
                let more = at.len();
                // Rows of several premises are spelt out where there is room for all of them.
                let lines: usize = at.iter().map(|&at| 1 + self.several(&rows[at].premises)).sum();
                let brief = !unfolded && lines > PREMISES;
                if !unfolded && more > PREMISES + 1 {
                    at.truncate(PREMISES);
                }
                let mut items: Vec<Item> = at.iter().map(|&at| Item::Row { counted: id, at, brief }).collect();
                if at.len() < more {
                    items.push(Item::More(format!("and {} more", more - at.len())));
                }
                items
            }
            ProofNode::Compared { aggregates, .. } => nodes(aggregates),
            ProofNode::Given { .. } | ProofNode::Absent { .. } | ProofNode::Cut { .. } => Vec::new(),
        }
    }

    /// A chain, given from its end to its start, as a list from its start on.
    fn spine(&mut self, chain: &[NodeId]) -> Vec<Item> {
        let mut items = Vec::new();
        let mut steps = Vec::new();
        for (at, &id) in chain.iter().enumerate().rev() {
            let ProofNode::Derived { tuple, premises, .. } = self.proof.node(id) else { continue };
            let same = |&&premise: &&NodeId| match chain.get(at + 1) {
                Some(next) => *next == premise,
                None => self.proof.node(premise).tuple().is_some_and(|other| other.relation == tuple.relation),
            };
            let before = premises.iter().find(same).copied();
            let others: Vec<NodeId> = premises.iter().copied().filter(|&premise| Some(premise) != before).collect();
            let (start, others) = match (at + 1 == chain.len(), before) {
                (true, Some(before)) => (vec![before], others),
                (true, None) => (others, Vec::new()),
                (false, _) => (Vec::new(), others),
            };
            if self.options.all {
                items.extend(nodes(&start));
                steps.push((id, others));
            } else {
                let start = self.folder.visible(&start, &mut self.folds);
                items.extend(nodes(&start));
                let others = self.folder.visible(&others, &mut self.folds);
                steps.push((id, others));
            }
        }
        let cost = |others: &[NodeId]| if self.inline(others).is_some() { 1 } else { 1 + others.len() };
        let total: usize = steps.iter().map(|(_, others)| cost(others)).sum();
        let (mut head, mut tail) = (steps.len(), 0);
        let brief = total > CHAIN_LINES && !self.options.all;
        if brief {
            let fits = |steps: &mut dyn Iterator<Item = &(NodeId, Vec<NodeId>)>| {
                let mut room = CHAIN_LINES / 2;
                let fit = steps.take_while(|(_, others)| {
                    let cost = cost(others);
                    let fits = cost <= room;
                    room = room.saturating_sub(cost);
                    fits
                });
                fit.count().max(1)
            };
            head = fits(&mut steps.iter());
            tail = fits(&mut steps.iter().rev()).min(steps.len() - head);
        }
        let elided = steps.len() - head - tail;
        for (at, (id, others)) in steps.into_iter().enumerate() {
            if at < head || at >= head + elided {
                items.push(Item::Step { id, others, brief });
            } else if at == head {
                self.folds.steps += elided;
                items.push(Item::More(format!("{elided} more steps")));
            }
        }
        items
    }

    /// The one leaf that a step of a chain adds, which then needs no line of its own.
    fn inline(&self, others: &[NodeId]) -> Option<NodeId> {
        match others {
            &[one] if matches!(self.proof.node(one), ProofNode::Given { .. }) => Some(one),
            _ => None,
        }
    }

    fn stratum(&self, id: NodeId) -> Option<usize> {
        self.proof.node(id).tuple().map(|tuple| self.model.stratum(tuple.relation))
    }

    fn is_leaf(&self, id: NodeId) -> bool {
        !matches!(self.proof.node(id), ProofNode::Derived { .. } | ProofNode::Counted { .. })
    }

    fn print(&mut self, items: &[Item], indent: &str, depth: usize, above: &[NodeId]) {
        let given = |item: &Item| match item {
            Item::Node { id, .. } if matches!(self.proof.node(*id), ProofNode::Given { .. }) => Some(*id),
            _ => None,
        };
        let mut above = above.to_vec();
        above.extend(items.iter().filter_map(given));
        let blank = "   ";
        for (at, item) in items.iter().enumerate() {
            let last = at + 1 == items.len();
            let glyph = match (matches!(item, Item::Step { .. }), last) {
                (true, true) => self.glyphs.last_step,
                (true, false) => self.glyphs.step,
                (false, true) => self.glyphs.last,
                (false, false) => self.glyphs.branch,
            };
            let first = format!("{indent}{glyph}");
            let below = format!("{indent}{}", if last { blank } else { self.glyphs.bar });
            self.item(item, first, &below, depth, &above);
        }
    }

    fn item(&mut self, item: &Item, first: String, below: &str, depth: usize, above: &[NodeId]) {
        match item {
            Item::Node { id, brief } => self.node(*id, *brief, None, first, below, depth, above),
            Item::Step { id, others, brief } => {
                self.name(*id);
                let mut line = self.describe(*id);
                let inline = self.inline(others);
                if let Some(other) = inline {
                    let other = self.describe(other);
                    line.notes = vec![(Role::Plain, format!("by {}", other.text))];
                    line.notes.extend(other.notes);
                }
                self.push(line, first, below);
                if inline.is_none() {
                    let items: Vec<Item> = others.iter().map(|&id| Item::Node { id, brief: *brief }).collect();
                    self.print(&items, below, depth + 1, above);
                }
            }
            Item::Row { counted, at, brief } => self.row((*counted, *at, *brief), first, below, depth, above),
            Item::More(text) => {
                let text = format!("{} {text} {}", self.glyphs.cut, self.glyphs.cut);
                let line = Line { role: Role::Dim, text, ..Line::default() };
                self.push(line, first, below);
            }
        }
    }

    /// A node with what stands below it, unless it was shown before.
    #[allow(clippy::too_many_arguments)] // where it stands, and what stands there
    fn node(
        &mut self,
        id: NodeId,
        brief: bool,
        value: Option<(Role, String)>,
        first: String,
        below: &str,
        depth: usize,
        above: &[NodeId],
    ) {
        if let Some(name) = self.names.get(&id).cloned() {
            let mut line = self.describe(id);
            line.handle = None;
            line.notes = value.into_iter().collect();
            line.notes.push((Role::Handle, format!("same as {name}")));
            self.folds.repeated += 1;
            self.push(line, first, below);
            return;
        }
        let limit = if self.options.all { DEPTH_OF_ALL } else { DEPTH };
        let full = !self.options.all && self.lines.len() >= LINES;
        let leaf = self.is_leaf(id) && self.proof.node(id).premises().is_empty();
        if !matches!(self.proof.node(id), ProofNode::Given { .. } | ProofNode::Compared { .. }) {
            self.name(id);
        }
        let mut line = self.describe(id);
        line.notes.splice(0..0, value);
        if !leaf && (brief || full || depth >= limit) {
            let below = self.size(id) - 1;
            if below > 0 {
                let steps = if below == 1 { "step" } else { "steps" };
                line.notes.push((Role::Dim, format!("{} {below} {steps} below", self.glyphs.cut)));
            }
            self.push(line, first, "");
            return;
        }
        self.push(line, first, below);
        let items = self.items(id, false, above);
        self.print(&items, below, depth + 1, above);
    }

    /// The premises of a row that take lines of their own: all where there are several, else none.
    fn several(&self, premises: &[NodeId]) -> usize {
        let tests = |id: &&NodeId| matches!(self.proof.node(**id), ProofNode::Compared { .. });
        let tests = premises.iter().filter(tests).count();
        if premises.len() - tests > 1 { premises.len() - tests } else { 0 }
    }

    /// A row of an aggregate: its one premise, or its bindings with its premises below.
    fn row(
        &mut self,
        (counted, at, brief): (NodeId, usize, bool),
        first: String,
        below: &str,
        depth: usize,
        above: &[NodeId],
    ) {
        let ProofNode::Counted { ty, rows, .. } = self.proof.node(counted) else { return };
        let Some(row) = rows.get(at) else { return };
        let value = row.target.map(|word| (Role::Plain, format!("value {}", self.speaker.literal(*ty, word))));
        let several = self.several(&row.premises) > 0;
        if several && brief {
            let text = self.speaker.bindings(counted, &row.bindings).unwrap_or_else(|| format!("row {}", at + 1));
            self.push(Line { text, notes: value.into_iter().collect(), ..Line::default() }, first, "");
            return;
        }
        let shown =
            if self.options.all { row.premises.clone() } else { self.folder.visible(&row.premises, &mut self.folds) };
        if let (&[one], false) = (shown.as_slice(), several) {
            return self.node(one, !self.options.all, value, first, below, depth, above);
        }
        let text = self.speaker.bindings(counted, &row.bindings).unwrap_or_else(|| format!("row {}", at + 1));
        self.push(Line { text, notes: value.into_iter().collect(), ..Line::default() }, first, below);
        let items: Vec<Item> = shown.iter().map(|&id| Item::Node { id, brief: !self.options.all }).collect();
        self.print(&items, below, depth + 1, above);
    }

    fn push(&mut self, mut line: Line, first: String, below: &str) {
        line.first = first;
        below.clone_into(&mut line.rest);
        self.lines.push(line);
    }

    /// Gives a node a handle, unless it has one.
    fn name(&mut self, id: NodeId) {
        if self.names.contains_key(&id) {
            return;
        }
        let name = match &self.options.handle {
            Some(root) => format!("{root}.{}", self.names.len()),
            None => (self.names.len() + 1).to_string(),
        };
        self.names.insert(id, name.clone());
        self.handles.push((name, id));
    }

    /// A node's own line, not placed yet.
    fn describe(&self, id: NodeId) -> Line {
        let (text, mut notes) = match self.proof.node(id) {
            ProofNode::Given { tuple, origin } => {
                let mut notes = vec![(Role::Given, format!("{} given", self.glyphs.given))];
                let place = origin.map(|origin| self.model.place(origin));
                match (self.notes.citation(self.model, tuple), place) {
                    (Some(citation), place) => {
                        let issuer = self.notes.issuer(self.model, tuple);
                        let issuer = issuer.map(|issuer| format!("{}:", crate::report::escape::escape(&issuer)));
                        notes.extend(issuer.map(|issuer| (Role::Citation, issuer)));
                        notes.push((Role::Citation, citation));
                        notes.extend(place.map(|place| (Role::Dim, format!("({place})"))));
                    }
                    (None, place) => notes.extend(place.map(|place| (Role::Dim, place))),
                }
                (self.speaker.tuple(tuple), notes)
            }
            ProofNode::Derived { tuple, rule, .. } => {
                let word = self.words.word(self.model, self.proof, self.notes, id);
                let mut notes: Vec<_> = word.map(|word| (Role::Citation, word)).into_iter().collect();
                notes.extend(self.model.label(*rule).map(|label| (Role::Rule, format!("[{label}]"))));
                let place = self.model.sources().location(self.model.program().rule(*rule).span);
                notes.push((Role::Dim, format!("{}:{}", place.source, place.line)));
                (self.speaker.tuple(tuple), notes)
            }
            ProofNode::Absent { relation, pattern, .. } => {
                let notes = vec![(Role::Absent, format!("{} absent", self.glyphs.absent))];
                (self.speaker.absent(*relation, pattern), notes)
            }
            ProofNode::Compared { op, negated, left, right, ty, span, .. } => {
                let (left, right) = (self.speaker.literal(*ty, *left), self.speaker.literal(*ty, *right));
                let values = match op {
                    CompareOp::Equal if left == right => left,
                    _ if *negated => format!("!{}({left}, {right})", op.name()),
                    CompareOp::Match | CompareOp::Contains => format!("{}({left}, {right})", op.name()),
                    _ => format!("{left} {} {right}", op.name()),
                };
                let notes = vec![(Role::Given, "= compared".to_owned()), (Role::Plain, values)];
                (self.speaker.source(*span), notes)
            }
            ProofNode::Counted { op, value, ty, span, rows } => {
                let value = self.speaker.literal(*ty, *value);
                let text = match op {
                    AggregateOp::Count => format!("# counted {value}"),
                    AggregateOp::Sum | AggregateOp::Min | AggregateOp::Max | AggregateOp::Mean => {
                        format!("# {} {value} of {}", op.name(), rows.len())
                    }
                };
                (self.speaker.aggregate(id, *span), vec![(Role::Given, text)])
            }
            ProofNode::Cut { tuple } => {
                let notes = vec![(Role::Missing, format!("{} cut", self.glyphs.cut))];
                (self.speaker.tuple(tuple), notes)
            }
        };
        if self.proof.node(id).tuple().is_some_and(|tuple| self.replaced_later(tuple)) {
            notes.push((Role::Dim, "replaced later".to_owned()));
        }
        Line { handle: self.names.get(&id).cloned(), text, notes, ..Line::default() }
    }

    /// Whether a tuple held while the rules ran, and is not what was left at the end.
    fn replaced_later(&self, tuple: &Tuple) -> bool {
        match self.model.program().relation(tuple.relation).role {
            crate::program::Role::Candidates { survivors, .. } => {
                !self.model.relation(survivors).contains(&tuple.words)
            }
            _ => false,
        }
    }
}

/// Items for nodes, each once.
fn nodes(ids: &[NodeId]) -> Vec<Item> {
    let mut seen = std::collections::BTreeSet::new();
    ids.iter().filter(|&&id| seen.insert(id)).map(|&id| Item::Node { id, brief: false }).collect()
}
