//! From the syntax tree to the checked program. One file a kind of check:
//!
//! - `expand`, `rename`: components are instantiated, tree to tree
//! - `resolve`, `types`: what names stand for; `directives`: what `.input` and `.output` may say
//! - `lattice`: lattice columns become clauses, tree to tree
//! - `inline`: relations whose rules take the place of their atoms, tree to tree
//! - `normalise`, `lower`, `aggregates`: a clause becomes drafts, one head and one conjunction each
//! - `safety`: every variable gets its value from somewhere
//! - `infer`, `flow`: every term has a type
//! - `build`: drafts become rules
//! - `eqrel`, `iteration`, `subsume`: what equivalence relations, counted rounds and subsumptions mean, as rules
//! - `stratify`, `monotone`: the order of evaluation, and what aggregates may do in a cycle
//! - `lint`, `hints`: what is right and yet odd
//!
//! An error in one clause hides none in another, and raises no second one about the same fault.

mod aggregates;
mod build;
mod clauses;
mod directives;
mod draft;
mod eqrel;
mod expand;
mod flow;
mod functors;
mod hints;
mod infer;
mod inline;
mod iteration;
mod lattice;
mod lint;
mod lower;
mod monotone;
mod normalise;
mod options;
mod pipeline;
mod rename;
mod resolve;
mod safety;
mod stratify;
mod subsume;
mod types;

pub use options::{Argument, Checked, Options, Pattern};

use crate::diagnostic::Diagnostic;
use crate::program::{Goal, Program};
use crate::syntax::ast;
use crate::value::Values;

/// Checks the sources of a program, taken as one text. There is a program where there is no error; diagnostics come
/// sorted by place, errors and warnings together.
#[must_use]
pub fn check(sources: &[&ast::Program], values: &mut Values, options: &Options) -> Checked {
    pipeline::check(sources, values, options)
}

/// Findings about a program's text, with what `options` wish about warnings applied.
#[must_use]
pub fn wished(diagnostics: Vec<Diagnostic>, options: &Options) -> Vec<Diagnostic> {
    pipeline::wished(diagnostics, options)
}

/// Checks a goal that is asked of a finished program.
///
/// # Errors
/// What is wrong with it.
pub fn goal(program: &Program, goal: &ast::Goal, values: &mut Values) -> Result<Goal, Vec<Diagnostic>> {
    pipeline::later(program, values, |context| clauses::goal(goal, None, context))
}

/// Checks the one atom that an explanation is asked of: `relies("a", x, _, _)`.
///
/// # Errors
/// What is wrong with it.
pub fn pattern(program: &Program, atom: &ast::Atom, values: &mut Values) -> Result<Pattern, Vec<Diagnostic>> {
    pipeline::later(program, values, |context| clauses::pattern(atom, context))
}
