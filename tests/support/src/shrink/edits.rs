//! Single edits that make a program smaller, numbered in the order of its text.

use onus::symbol::Symbol;
use onus::syntax::ast::{Attribute, Formula, Item, ItemKind, Program, Term, TermKind};

use crate::build::conjunction;
use crate::reference::without_components;
use crate::sample::Sample;
use crate::walk::{self, Node};

/// How much there is of a program: what every accepted edit lessens.
pub(super) fn size(sample: &Sample) -> usize {
    sample.program.items.iter().map(item_size).sum()
}

fn item_size(item: &Item) -> usize {
    let mut item = item.clone();
    let mut size = 20;
    match &mut item.kind {
        ItemKind::Clause(clause) => walk::visit_clause(clause, &mut |node| size += node_size(&node)),
        ItemKind::Goal(goal) => walk::visit_formula(&mut goal.body, &mut |node| size += node_size(&node)),
        ItemKind::Relation(declaration) => {
            let parts = declaration.attributes.len() + declaration.qualifiers.len() + declaration.choice.len();
            size += 5 * parts;
        }
        // Written out, it may be larger, and is easier to look at.
        ItemKind::Component(component) => size += 1_000 + component.items.iter().map(item_size).sum::<usize>(),
        _ => {}
    }
    size
}

fn node_size(node: &Node<'_>) -> usize {
    match node {
        Node::Atom(_) => 4,
        Node::Formula(_) => 3,
        Node::Term(term) => match &term.kind {
            TermKind::Wildcard => 1,
            TermKind::Integer { magnitude: 0, .. } => 2,
            TermKind::Integer { magnitude, .. } => 3 + usize::try_from(magnitude.ilog2()).unwrap_or(0),
            TermKind::Aggregate(_) => 40,
            TermKind::Call { .. } | TermKind::User { .. } | TermKind::As { .. } => 9,
            _ => 8,
        },
    }
}

/// The program after its `n`th edit; none beyond the last.
pub(super) fn nth(sample: &Sample, n: usize) -> Option<Sample> {
    let mut edited = sample.clone();
    let mut countdown = Countdown { left: n, done: false };
    if walk::has_components(sample)
        && countdown.hit()
        && let Ok(program) = without_components(&sample.program, &mut edited.symbols)
    {
        return Some(Sample { program, symbols: edited.symbols });
    }
    for at in 0..edited.program.items.len() {
        match &mut edited.program.items[at].kind {
            ItemKind::Clause(clause) => {
                if clause.heads.len() > 1
                    && let Some(head) = countdown.among(clause.heads.len())
                {
                    clause.heads.remove(head);
                }
                if clause.body.is_some() && countdown.hit() {
                    clause.body = None;
                }
                walk::visit_clause(clause, &mut |node| edit(node, &mut countdown));
            }
            ItemKind::Goal(goal) => walk::visit_formula(&mut goal.body, &mut |node| edit(node, &mut countdown)),
            ItemKind::Relation(declaration) => {
                if let Some(qualifier) = countdown.among(declaration.qualifiers.len()) {
                    declaration.qualifiers.remove(qualifier);
                }
                if let Some(key) = countdown.among(declaration.choice.len()) {
                    declaration.choice.remove(key);
                }
                if let Some(column) = countdown.among(declaration.attributes.len()) {
                    let names: Vec<Symbol> = declaration.names.iter().map(|name| name.symbol).collect();
                    drop_column(&mut edited.program, &names, column);
                }
            }
            _ => {}
        }
        if countdown.done {
            return Some(edited);
        }
    }
    None
}

/// Counts the possible edits down to the one that is wanted.
struct Countdown {
    left: usize,
    done: bool,
}

impl Countdown {
    /// Whether the wanted edit is among the next `count`, and which.
    fn among(&mut self, count: usize) -> Option<usize> {
        if self.done {
            return None;
        }
        if self.left < count {
            self.done = true;
            return Some(self.left);
        }
        self.left -= count;
        None
    }

    fn hit(&mut self) -> bool {
        self.among(1).is_some()
    }
}

fn edit(node: Node<'_>, countdown: &mut Countdown) {
    match node {
        Node::Atom(_) => {}
        Node::Formula(formula) => edit_formula(formula, countdown),
        Node::Term(term) => edit_term(term, countdown),
    }
}

fn edit_formula(formula: &mut Formula, countdown: &mut Countdown) {
    match formula {
        Formula::And(parts) => {
            if let Some(part) = countdown.among(parts.len()) {
                parts.remove(part);
                *formula = conjunction(std::mem::take(parts));
            }
        }
        Formula::Or(parts) => {
            if let Some(part) = countdown.among(parts.len()) {
                *formula = parts.remove(part);
            }
        }
        Formula::Not(inner, span) => {
            if countdown.hit() {
                *formula = std::mem::replace(inner, Formula::Boolean(true, *span));
            }
        }
        Formula::Atom(_) | Formula::Compare(_) | Formula::Boolean(..) => {}
    }
}

fn edit_term(term: &mut Term, countdown: &mut Countdown) {
    let children: Vec<Term> = match &term.kind {
        // What stands inside an aggregate means nothing outside.
        TermKind::Aggregate(_) => Vec::new(),
        _ => walk::children(term).cloned().collect(),
    };
    if let Some(child) = countdown.among(children.len()) {
        *term = children[child].clone();
        return;
    }
    match &mut term.kind {
        TermKind::Integer { magnitude, .. } if *magnitude > 0 => match countdown.among(2) {
            Some(0) => *magnitude = 0,
            Some(_) => *magnitude /= 2,
            None => {}
        },
        TermKind::Wildcard | TermKind::Integer { .. } => {}
        TermKind::Variable(_)
        | TermKind::Float(_)
        | TermKind::String(_)
        | TermKind::Nil
        | TermKind::Autoinc
        | TermKind::Iteration
        | TermKind::Record(_)
        | TermKind::Branch { .. }
        | TermKind::Call { .. }
        | TermKind::User { .. }
        | TermKind::As { .. }
        | TermKind::Aggregate(_) => match countdown.among(2) {
            Some(0) => term.kind = TermKind::Wildcard,
            Some(_) => term.kind = TermKind::Integer { magnitude: 0, negative: false, unsigned: false },
            None => {}
        },
    }
}

/// Takes a column out of relations that are declared together, and out of all their atoms.
fn drop_column(program: &mut Program, names: &[Symbol], column: usize) {
    let from_atom = |node: Node<'_>| {
        if let Node::Atom(atom) = node
            && names.contains(&atom.relation.symbol)
            && column < atom.arguments.len()
        {
            atom.arguments.remove(column);
        }
    };
    for item in &mut program.items {
        match &mut item.kind {
            ItemKind::Relation(declaration) if declaration.names.iter().any(|name| names.contains(&name.symbol)) => {
                let kept = |(at, attribute): (usize, &Attribute)| (at != column).then_some(*attribute);
                declaration.attributes = declaration.attributes.iter().enumerate().filter_map(kept).collect();
            }
            ItemKind::Clause(clause) => walk::visit_clause(clause, &mut { from_atom }),
            ItemKind::Goal(goal) => walk::visit_formula(&mut goal.body, &mut { from_atom }),
            _ => {}
        }
    }
}
