//! What a party answers for: all of it, or what is left to an end customer.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{Answers, Narrowed, Residual, Responsible};
use super::matrix::{Cell, Known, LayerRow};
use crate::session::Failure;

/// Something that a party answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Where.
    pub scope: String,
    /// What.
    pub layer: String,
    /// By whose word.
    pub cell: Cell,
    /// Who answers beside it.
    pub with: Vec<String>,
}

/// Which duties are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those left to an end customer in what is checked.
    Residual,
    /// All, wherever they are.
    All,
}

/// The duties of a party, by scope and layer.
///
/// # Errors
/// There is no such party.
pub fn duties(answers: Answers<'_>, party: &str, which: Which) -> Result<Vec<Duty>, Failure> {
    let party = answers.party(party)?.party;
    let places: BTreeSet<(String, String)> = match which {
        Which::Residual => {
            let rows = answers.with::<Residual>(&[("customer", &party)]);
            rows.into_iter().map(|row| (row.scope, row.layer)).collect()
        }
        Which::All => {
            let rows = answers.with::<Responsible>(&[("party", &party)]);
            rows.into_iter().map(|row| (row.scope, row.layer)).collect()
        }
    };
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let mut duties = Vec::new();
    for (scope, layer) in places {
        let known = known.entry(scope.clone()).or_insert_with(|| Known::of(answers, &scope));
        let mut row = known.row(&layer);
        let Some(cell) = row.cells.remove(&party) else { continue };
        let with = row.cells.into_iter().filter(|(_, cell)| cell.owns()).map(|(party, _)| party).collect();
        duties.push(Duty { scope, layer, cell, with });
    }
    Ok(duties)
}

/// Everything about one layer of one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standpoint {
    /// The scope.
    pub scope: String,
    /// Who answers, and what is missing.
    pub row: LayerRow,
    /// Statements that give way here to narrower ones that name somebody else.
    pub narrowed: Vec<(String, String)>,
}

/// Who answers for a layer in a scope.
///
/// # Errors
/// There is no such layer or scope.
pub fn who(answers: Answers<'_>, layer: &str, scope: &str) -> Result<Standpoint, Failure> {
    let layer = answers.layer(layer)?.layer;
    let scope = answers.scope(scope)?.scope;
    let narrowed = answers.with::<Narrowed>(&[("scope", &scope), ("layer", &layer)]);
    let row = Known::of(answers, &scope).row(&layer);
    Ok(Standpoint { scope, row, narrowed: narrowed.into_iter().map(|row| (row.statement, row.by)).collect() })
}
