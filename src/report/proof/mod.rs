//! Proofs as people read them: a tree of sentences, each with the rule that gives it or the place where it was given.
//! What is routine is folded, and every step that is shown has a handle to open it.

mod clauses;
mod fold;
mod graph;
pub mod json;
pub(in crate::report) mod layout;
pub(in crate::report) mod sentence;
pub(in crate::report) mod theme;
mod tree;
mod words;

use crate::explain::{NodeId, Proof, ProofNode};
use crate::model::{Model, Tuple};
pub use clauses::clauses;
pub use graph::{dot, mermaid};
use layout::Layout;
pub use theme::Theme;
use tree::{Glyphs, Tree};

/// What a domain knows of tuples beyond the program's own sentences.
pub trait Notes {
    /// Who says so, for a given tuple: document, section, lines.
    fn citation(&self, model: &Model, tuple: &Tuple) -> Option<String>;

    /// Whose word a derived tuple is, in a word or two.
    fn word(&self, model: &Model, tuple: &Tuple) -> Option<String>;

    /// Who says so, for a given tuple: a name.
    fn issuer(&self, model: &Model, tuple: &Tuple) -> Option<String>;
}

/// No domain: no citations.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNotes;

impl Notes for NoNotes {
    fn citation(&self, _: &Model, _: &Tuple) -> Option<String> {
        None
    }

    fn word(&self, _: &Model, _: &Tuple) -> Option<String> {
        None
    }

    fn issuer(&self, _: &Model, _: &Tuple) -> Option<String> {
        None
    }
}

/// How a proof is shown.
#[derive(Clone, Debug, Default)]
pub struct TextOptions {
    /// Only ASCII is drawn (values keep their characters).
    pub ascii: bool,
    /// Columns of the terminal; nothing is wrapped without.
    pub width: Option<usize>,
    /// How the parts look.
    pub theme: Theme,
    /// Nothing is folded.
    pub all: bool,
    /// The node to start from; the conclusion unless given.
    pub from: Option<NodeId>,
    /// The handle under which the node was shown before. Its premises are then all shown, and handles go on below it:
    /// 2 opens to 2.1, 2.2 ...
    pub handle: Option<String>,
    /// What one can ask next, for the last line. `{}` stands for a handle worth opening; without one the hint is left out.
    pub next: Vec<String>,
    /// Commands are named as at the prompt, with a colon.
    pub prompt: bool,
}

/// A proof as text, and what its handles stand for.
#[derive(Clone, Debug)]
pub struct ProofView {
    /// The text, ending in a line break.
    pub text: String,
    /// Handle and node, in order of display.
    pub handles: Vec<(String, NodeId)>,
}

impl ProofView {
    /// The node of a handle.
    #[must_use]
    pub fn node(&self, handle: &str) -> Option<NodeId> {
        self.handles.iter().find(|(name, _)| name == handle).map(|&(_, id)| id)
    }
}

/// Shows a proof.
#[must_use]
pub fn render(model: &Model, proof: &Proof, options: &TextOptions, notes: &dyn Notes) -> ProofView {
    let from = options.from.filter(|id| (id.0 as usize) < proof.nodes.len()).unwrap_or_else(|| proof.root());
    if proof.nodes.is_empty() {
        return ProofView { text: String::new(), handles: Vec::new() };
    }
    let mut tree = Tree::new(model, proof, options, notes);
    tree.root(from);
    let glyphs = Glyphs::of(options);
    let layout = Layout { theme: &options.theme, width: options.width, cut: glyphs.cut };
    let mut text = layout.lines(&tree.lines);
    let parts = footer(proof, options, &tree, from);
    text.push_str(&layout.parts(&parts, glyphs.separator));
    ProofView { text, handles: tree.handles }
}

/// How large the proof is, what is not shown, and what can be asked next.
fn footer(proof: &Proof, options: &TextOptions, tree: &Tree<'_>, from: NodeId) -> Vec<String> {
    let mut parts = Vec::new();
    let (size, lines) = (tree.size(from), tree.lines.len());
    let steps = if size == 1 { "step" } else { "steps" };
    if matches!(proof.node(from), ProofNode::Given { .. }) {
        parts.push("a given fact".to_owned());
    } else if size <= lines {
        parts.push(format!("{size} {steps}"));
    } else {
        parts.push(format!("{size} {steps}, shown in {lines}"));
    }
    parts.extend(tree.folds.describe());
    if !proof.complete {
        parts.push(format!("cut at {} nodes", proof.nodes.len()));
    }
    if from == proof.root() && proof.alternatives > 0 {
        let ways = if proof.alternatives == 1 { "way" } else { "ways" };
        parts.push(format!("{} other {ways}", proof.alternatives));
    }
    let opens = |&&(_, id): &&(String, NodeId)| {
        id != from && matches!(proof.node(id), ProofNode::Derived { .. } | ProofNode::Counted { .. })
    };
    let worth = tree.handles.iter().find(opens).map(|(handle, _)| handle.as_str());
    let hints: Vec<String> = options
        .next
        .iter()
        .filter_map(|hint| {
            if hint.contains("{}") { worth.map(|handle| hint.replace("{}", handle)) } else { Some(hint.clone()) }
        })
        .collect();
    if !hints.is_empty() {
        parts.push(format!("next  {}", hints.join("   ")));
    }
    parts
}

impl Notes for crate::responsibility::cite::Citations {
    fn citation(&self, model: &Model, tuple: &Tuple) -> Option<String> {
        (*self).citation(model, tuple)
    }

    fn word(&self, model: &Model, tuple: &Tuple) -> Option<String> {
        (*self).word(model, tuple)
    }

    fn issuer(&self, model: &Model, tuple: &Tuple) -> Option<String> {
        (*self).issuer(model, tuple)
    }
}
