//! What a program answers, or why it does not: the common words of everything that runs programs here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use onus::value::Value;

/// One tuple.
pub type Row = Vec<Value>;

/// The tuples of one relation.
pub type Rows = BTreeSet<Row>;

/// The tuples of every relation, by name.
pub type Answers = BTreeMap<String, Rows>;

/// Why a program has no answer. The text is for people; only the kind is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Division by zero, overflow, a text that is no number, a pattern that is none: an error of evaluation.
    Arithmetic(String),
    /// More rows or steps than the limits allow.
    TooBig(String),
    /// The program is wrong: an unknown name, a variable that nothing binds, a cycle through negation.
    Rejected(String),
    /// The evaluator does not know the construct.
    Unsupported(String),
    /// The evaluator's own check refutes its answer.
    Uncertified(String),
    /// The evaluator itself broke.
    Crashed(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, text) = match self {
            Self::Arithmetic(text) => ("arithmetic", text),
            Self::TooBig(text) => ("too big", text),
            Self::Rejected(text) => ("rejected", text),
            Self::Unsupported(text) => ("unsupported", text),
            Self::Uncertified(text) => ("uncertified", text),
            Self::Crashed(text) => ("crashed", text),
        };
        write!(formatter, "{kind}: {text}")
    }
}

impl std::error::Error for Failure {}

/// The first difference between two answers in the relations of `expected`: a relation that only one side has counts as
/// empty on the other.
#[must_use]
pub fn difference(expected: &Answers, actual: &Answers) -> Option<Difference> {
    let none = Rows::new();
    expected.iter().find_map(|(relation, rows)| {
        let found = actual.get(relation).unwrap_or(&none);
        let missing: Vec<Row> = rows.difference(found).cloned().collect();
        let extra: Vec<Row> = found.difference(rows).cloned().collect();
        let differs = !(missing.is_empty() && extra.is_empty());
        differs.then(|| Difference { relation: relation.clone(), missing, extra })
    })
}

/// What one relation lacks and has too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub relation: String,
    /// Rows that should be there.
    pub missing: Vec<Row>,
    /// Rows that should not.
    pub extra: Vec<Row>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.relation)?;
        for (word, rows) in [("missing", &self.missing), ("extra", &self.extra)] {
            if let Some(row) = rows.first() {
                write!(formatter, ", {} {word}, such as ({})", rows.len(), literals(row))?;
            }
        }
        Ok(())
    }
}

/// A row as a program writes its arguments.
#[must_use]
pub fn literals(row: &[Value]) -> String {
    row.iter().map(Value::literal).collect::<Vec<_>>().join(", ")
}
