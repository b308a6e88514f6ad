//! Groundedness: each variable must get its value from somewhere. A positive atom binds the variables among its arguments
//! (also inside records, branches and `as`); `=` binds one side where the other is known; an aggregate gives a value.
//! Negation, other comparisons and the operands of functors bind nothing.

use crate::diagnostic::{Diagnostic, code};
use crate::program::{CompareOp, RelationId, Variable};
use crate::source::Span;

use super::draft::{Atom, Literal, Term, TermKind, VariableInfo};
use super::lower::Lowering;

/// Marks what a conjunction grounds, until nothing more is.
pub(super) fn grow<'a>(variables: &mut [VariableInfo], literals: impl Iterator<Item = &'a Literal> + Clone) {
    let mut equations = Vec::new();
    for literal in literals {
        match literal {
            Literal::Positive(atom) => {
                for argument in &atom.arguments {
                    bind(variables, argument);
                }
            }
            Literal::Compare(compare) if compare.op == CompareOp::Equal => equations.push(compare),
            Literal::Negative(_) | Literal::Compare(_) => {}
        }
    }
    // An equation leaves the list once a side of it was known: its other side is bound from then on.
    loop {
        let before = equations.len();
        equations.retain(|compare| {
            if is_ground(variables, &compare.left) {
                bind(variables, &compare.right);
            } else if is_ground(variables, &compare.right) {
                bind(variables, &compare.left);
            } else {
                return true;
            }
            false
        });
        if equations.len() == before {
            return;
        }
    }
}

fn bind(variables: &mut [VariableInfo], term: &Term) {
    match &term.kind {
        TermKind::Variable(variable) => variables[variable.0 as usize].bound = true,
        TermKind::Record(parts) | TermKind::Branch { arguments: parts, .. } | TermKind::Unknown(parts) => {
            for part in parts {
                bind(variables, part);
            }
        }
        TermKind::As { term, .. } => bind(variables, term),
        TermKind::Wildcard
        | TermKind::Integer { .. }
        | TermKind::Float(_)
        | TermKind::String(_)
        | TermKind::Nil
        | TermKind::Autoinc
        | TermKind::Call { .. }
        | TermKind::User { .. }
        | TermKind::Aggregate(_) => {}
    }
}

/// Whether a term has a value once the bound variables have theirs.
fn is_ground(variables: &[VariableInfo], term: &Term) -> bool {
    match &term.kind {
        TermKind::Variable(variable) => variables[variable.0 as usize].bound,
        TermKind::Wildcard => false,
        // An aggregate is lowered only when its group is bound. What is unknown is reported already.
        TermKind::Aggregate(_) | TermKind::Unknown(_) => true,
        TermKind::Record(_)
        | TermKind::Branch { .. }
        | TermKind::Call { .. }
        | TermKind::User { .. }
        | TermKind::As { .. }
        | TermKind::Integer { .. }
        | TermKind::Float(_)
        | TermKind::String(_)
        | TermKind::Nil
        | TermKind::Autoinc => term.parts().iter().all(|part| is_ground(variables, part)),
    }
}

/// Reports the variables of a conjunction that nothing binds, and patterns that meet only patterns.
pub(super) fn check(lowering: &mut Lowering<'_, '_>, head: Option<&Atom>, body: &[Literal], own: &[Variable]) {
    // What stands alone beside `=` would be bound if the other side were: first the variables that are at the root.
    let defined: Vec<Variable> = body
        .iter()
        .filter_map(|literal| match literal {
            Literal::Compare(compare) if compare.op == CompareOp::Equal => Some([&compare.left, &compare.right]),
            Literal::Positive(_) | Literal::Negative(_) | Literal::Compare(_) => None,
        })
        .flatten()
        .filter_map(|side| if let TermKind::Variable(variable) = side.kind { Some(variable) } else { None })
        .collect();
    for root in [true, false] {
        for &variable in own {
            let info = &lowering.variables[variable.0 as usize];
            if info.bound || (root && defined.contains(&variable)) {
                continue;
            }
            if !info.reported {
                let diagnostic = ungrounded(lowering, head, body, variable);
                lowering.context.diagnostics.push(diagnostic);
            }
            let info = &mut lowering.variables[variable.0 as usize];
            info.reported = true;
            info.bound = true;
            grow(&mut lowering.variables, body.iter());
        }
    }
    for literal in body {
        let Literal::Compare(compare) = literal else { continue };
        if compare.op == CompareOp::Equal
            && !is_ground(&lowering.variables, &compare.left)
            && !is_ground(&lowering.variables, &compare.right)
        {
            lowering.context.diagnostics.push(Diagnostic::at(
                code::WILDCARD,
                "both sides of `=` leave parts open with `_`",
                compare.span,
                "one side must have a value",
            ));
        }
    }
}

/// The error about a variable without a value.
fn ungrounded(lowering: &Lowering<'_, '_>, head: Option<&Atom>, body: &[Literal], variable: Variable) -> Diagnostic {
    let info = &lowering.variables[variable.0 as usize];
    let name = lowering.context.text(info.name);
    let mut uses = Vec::new();
    if let Some(head) = head {
        for argument in &head.arguments {
            find(argument, variable, "the head takes its value from the body", "used here too", &mut uses);
        }
    }
    for literal in body {
        match literal {
            Literal::Positive(atom) => {
                for argument in &atom.arguments {
                    find(argument, variable, "", "an operand in an argument binds nothing", &mut uses);
                }
            }
            Literal::Negative(atom) => {
                for argument in &atom.arguments {
                    find(argument, variable, "a negated atom binds nothing", "a negated atom binds nothing", &mut uses);
                }
            }
            Literal::Compare(compare) => {
                let (direct, nested) = if compare.op == CompareOp::Equal {
                    ("the other side has no value either", "`=` is not solved for an operand")
                } else {
                    ("a comparison binds nothing", "a comparison binds nothing")
                };
                for side in [&compare.left, &compare.right] {
                    find(side, variable, direct, nested, &mut uses);
                }
            }
        }
    }
    uses.sort_by_key(|&(span, _)| span);
    let mut diagnostic = Diagnostic::new(code::UNGROUNDED, format!("nothing gives `{name}` a value"));
    for (span, text) in uses.iter().take(3) {
        diagnostic = diagnostic.label(*span, *text);
    }
    if uses.is_empty() {
        diagnostic = diagnostic.label(info.span, "no value");
    }
    let such = binder(lowering, head, body, variable).map(|atom| format!(" such as `{atom}`")).unwrap_or_default();
    let help = format!("make `{name}` an argument of a positive atom{such}, or equal to an expression of known values");
    diagnostic.help(help)
}

/// An atom that could bind a variable: of the smallest relation that has a column of just its type, where its uses say
/// which declared type that is.
fn binder(lowering: &Lowering<'_, '_>, head: Option<&Atom>, body: &[Literal], variable: Variable) -> Option<String> {
    let known = lowering.context.known;
    let uses = |atom: &Atom| {
        let columns = known.columns(atom.relation?);
        let at = atom
            .arguments
            .iter()
            .position(|term| matches!(term.kind, TermKind::Variable(found) if found == variable))?;
        columns.get(at).copied().flatten()
    };
    let negated =
        body.iter().filter_map(|literal| if let Literal::Negative(atom) = literal { Some(atom) } else { None });
    let wanted = head.into_iter().chain(negated).find_map(uses)?;
    // Of a primitive type there is too much.
    known.types.span(wanted)?;
    let own = head.and_then(|head| head.relation);
    let (at, decl) = (0..)
        .map(RelationId)
        .zip(known.relations)
        .filter(|&(id, _)| Some(id) != own)
        .filter_map(|(id, decl)| Some((known.columns(id).iter().position(|&ty| ty == Some(wanted))?, decl)))
        .min_by_key(|(_, decl)| decl.arity())?;
    let name = lowering.context.text(lowering.variables[variable.0 as usize].name);
    let arguments: Vec<&str> = (0..decl.arity()).map(|column| if column == at { name } else { "_" }).collect();
    Some(format!("{}({})", lowering.context.text(decl.name), arguments.join(", ")))
}

fn find(
    term: &Term,
    variable: Variable,
    direct: &'static str,
    nested: &'static str,
    uses: &mut Vec<(Span, &'static str)>,
) {
    if let TermKind::Variable(found) = term.kind {
        if found == variable {
            uses.push((term.span, direct));
        }
        return;
    }
    if let TermKind::Aggregate(aggregate) = &term.kind {
        for literal in &aggregate.body {
            let terms: Vec<&Term> = match literal {
                Literal::Positive(atom) | Literal::Negative(atom) => atom.arguments.iter().collect(),
                Literal::Compare(compare) => vec![&compare.left, &compare.right],
            };
            for term in terms {
                find(term, variable, nested, nested, uses);
            }
        }
    }
    for part in term.parts() {
        find(part, variable, nested, nested, uses);
    }
}
