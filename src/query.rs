//! Questions to a model: which bindings make a conjunction true.

use crate::eval::{Options, Stop, run_goal};
use crate::model::Model;
use crate::program::Goal;
use crate::value::{Kind, Value};

/// The answer to a goal: its columns and their distinct values, in the order of output.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The goal's variables with their kinds, in order of first appearance.
    pub columns: Vec<(String, Kind)>,
    /// The bindings, sorted. A goal without variables has one empty row where it holds.
    pub rows: Vec<Vec<Value>>,
}

impl Answer {
    /// Whether the goal holds for anything.
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.rows.is_empty()
    }
}

/// Answers a goal that was checked against the model's program. `values` are those of the model with the constants that
/// the goal added.
///
/// # Errors
/// A limit was met, someone interrupted, or a functor failed.
pub fn query(
    model: &Model,
    goal: &Goal,
    values: std::sync::Arc<crate::value::Values>,
    options: &Options,
) -> Result<Answer, Stop> {
    let types = &model.program().types;
    let (answers, values) = run_goal(model.program(), model.database(), goal, values, options)?;
    let decode = |row: &[u32]| {
        goal.columns.iter().zip(row).map(|(column, &word)| values.decode(types, column.ty, word)).collect()
    };
    let mut rows: Vec<Vec<Value>> = answers.rows().map(decode).collect();
    rows.sort_unstable();
    let name = |column: &crate::program::VariableDecl| values.symbols.get(column.name).to_owned();
    let columns = goal.columns.iter().map(|column| (name(column), types.kind(column.ty))).collect();
    Ok(Answer { columns, rows })
}
