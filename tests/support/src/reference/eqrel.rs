//! Equivalence relations: reflexive on what they mention, symmetric, transitive.

use std::collections::BTreeSet;

use onus::value::Value;

use super::Limits;
use crate::answers::{Failure, Rows};

/// Closes the pairs; tells whether any were missing.
pub(super) fn close(rows: &mut Rows, limits: &Limits) -> Result<bool, Failure> {
    let mut classes: Vec<BTreeSet<Value>> = Vec::new();
    for row in rows.iter() {
        let (touched, mut apart): (Vec<_>, Vec<_>) =
            classes.into_iter().partition(|class| row.iter().any(|value| class.contains(value)));
        let merged: BTreeSet<Value> = touched.into_iter().flatten().chain(row.iter().cloned()).collect();
        apart.push(merged);
        classes = apart;
    }
    if classes.iter().map(|class| class.len() * class.len()).sum::<usize>() > limits.rows {
        return Err(Failure::TooBig("an equivalence relation".into()));
    }
    let before = rows.len();
    for class in &classes {
        rows.extend(class.iter().flat_map(|left| class.iter().map(move |right| vec![left.clone(), right.clone()])));
    }
    Ok(rows.len() > before)
}
