//! Subsumption: what comes and is replaced by what is there, or by what comes with it, stays out; at the end of its
//! stratum what is replaced goes.

use std::collections::BTreeMap;

use onus::value::Value;

use super::solve::Solver;
use super::tree::{Atom, Literal, Rule, Term};
use crate::answers::{Failure, Row, Rows};

/// Moves the two tuples of a subsumption to the front of its body, the replaced one first.
pub(super) fn tuples_first(rule: &mut Rule, relation: usize) -> Result<(), Failure> {
    let low: Vec<usize> = (0..rule.body.len())
        .filter(|&at| matches!(&rule.body[at], Literal::Positive(atom) if atom.relation == relation))
        .collect();
    let [first, second] = low[..] else {
        return Err(Failure::Unsupported("a subsumption that asks for further tuples of its relation".into()));
    };
    let plain = |atom: &Atom| atom.arguments.iter().all(|term| matches!(term, Term::Variable(_) | Term::Constant(_)));
    let high = rule.body.remove(second);
    let low = rule.body.remove(first);
    let (Literal::Positive(one), Literal::Positive(two)) = (&low, &high) else {
        return Err(Failure::Unsupported("a subsumption".into()));
    };
    if !plain(one) || !plain(two) {
        return Err(Failure::Unsupported("a subsumption of patterns".into()));
    }
    // Which of the two came first depends on the order of evaluation: the head says which is replaced.
    let swapped = one.arguments.iter().zip(&rule.head.arguments).any(|(one, head)| !same(one, head));
    rule.body.splice(0..0, if swapped { [high, low] } else { [low, high] });
    Ok(())
}

fn same(one: &Term, two: &Term) -> bool {
    match (one, two) {
        (Term::Variable(one), Term::Variable(two)) => one == two,
        (Term::Constant(one), Term::Constant(two)) => one == two,
        _ => false,
    }
}

/// Whether some subsumption lets `high` replace `low`.
fn replaces(
    solver: &Solver,
    relation: usize,
    high: &Row,
    low: &Row,
    subsumptions: &[Rule],
    database: &[Rows],
) -> Result<bool, Failure> {
    if high == low {
        return Ok(false);
    }
    for rule in subsumptions.iter().filter(|rule| rule.head.relation == relation) {
        let mut bindings: Vec<Option<Value>> = vec![None; rule.variables];
        let takes = rule.body[..2].iter().zip([low, high]).all(|(literal, row)| {
            let Literal::Positive(atom) = literal else { return false };
            atom.arguments.iter().zip(row).all(|(term, value)| match term {
                Term::Variable(variable) => bindings[*variable].get_or_insert_with(|| value.clone()) == value,
                Term::Constant(constant) => constant == value,
                _ => false,
            })
        });
        if takes && solver.some(&rule.body[2..], database, &mut bindings)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Of rows that come those that stay.
pub(super) fn chosen(
    solver: &Solver,
    relation: usize,
    rows: Rows,
    subsumptions: &[Rule],
    database: &[Rows],
) -> Result<Rows, Failure> {
    if subsumptions.iter().all(|rule| rule.head.relation != relation) {
        return Ok(rows);
    }
    let mut open: Vec<Row> = Vec::new();
    'rows: for row in rows {
        for other in &database[relation] {
            if replaces(solver, relation, other, &row, subsumptions, database)? {
                continue 'rows;
            }
        }
        open.push(row);
    }
    let mut groups: BTreeMap<Row, Vec<Row>> = BTreeMap::new();
    for row in open {
        groups.entry(key(relation, &row, subsumptions)).or_default().push(row);
    }
    let mut chosen = Rows::new();
    for group in groups.into_values() {
        let up = pass(solver, relation, group.iter(), subsumptions, database)?;
        let left = pass(solver, relation, up.iter().rev(), subsumptions, database)?;
        let mut sound = true;
        for row in group.iter().filter(|row| !left.contains(*row)) {
            let mut out = false;
            for other in &left {
                out = out || replaces(solver, relation, other, row, subsumptions, database)?;
            }
            sound &= out;
        }
        chosen.extend(if sound { left } else { up });
    }
    Ok(chosen)
}

/// The columns in which a row agrees with every row that replaces it.
fn key(relation: usize, row: &Row, subsumptions: &[Rule]) -> Row {
    let agrees = |column: usize| {
        subsumptions.iter().filter(|rule| rule.head.relation == relation).all(|rule| match &rule.body[..2] {
            [Literal::Positive(low), Literal::Positive(high)] => {
                matches!(
                    (&low.arguments[column], &high.arguments[column]),
                    (Term::Variable(low), Term::Variable(high)) if low == high
                )
            }
            _ => false,
        })
    };
    row.iter().enumerate().filter(|&(column, _)| agrees(column)).map(|(_, value)| value.clone()).collect()
}

fn pass<'r>(
    solver: &Solver,
    relation: usize,
    rows: impl Iterator<Item = &'r Row>,
    subsumptions: &[Rule],
    database: &[Rows],
) -> Result<Rows, Failure> {
    let mut kept = Rows::new();
    'rows: for row in rows {
        for other in &kept {
            if replaces(solver, relation, other, row, subsumptions, database)? {
                continue 'rows;
            }
        }
        kept.insert(row.clone());
    }
    Ok(kept)
}

/// What is left of a relation.
pub(super) fn left(
    solver: &Solver,
    relation: usize,
    subsumptions: &[Rule],
    database: &[Rows],
) -> Result<Rows, Failure> {
    if subsumptions.iter().all(|rule| rule.head.relation != relation) {
        return Ok(database[relation].clone());
    }
    let mut left = Rows::new();
    'rows: for row in &database[relation] {
        for other in &database[relation] {
            if replaces(solver, relation, other, row, subsumptions, database)? {
                continue 'rows;
            }
        }
        left.insert(row.clone());
    }
    Ok(left)
}
