//! Metamorphic relations: changes to a program of which it is known what they do to its answers. They judge an engine
//! against itself, with no second evaluator.

mod amount;
mod fold;
mod names;
mod order;
mod redundancy;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::answers::{Answers, Difference, Row, Rows, difference};
use crate::opaque::Opaque;
use crate::random::Random;
use crate::sample::Sample;
use crate::walk;

/// A way to change a program.
#[derive(Clone, Copy, Debug)]
pub struct Relation {
    /// What it is called.
    pub name: &'static str,
    apply: fn(&Sample, &Answers, &mut Random) -> Option<Variant>,
    keeps: Keeps,
}

/// What a change leaves as it was, besides the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Keeps {
    /// Nothing.
    Answers,
    /// Every tuple is still derived in its round, and values keep their order: all that a choice or a limit of size
    /// depends on.
    Rounds,
    /// Also how many instances each rule has: all that a counter depends on.
    Instances,
}

impl Relation {
    /// Makes a variant of a program that has these answers; none where the program has no place for the change.
    #[must_use]
    pub fn variant(&self, sample: &Sample, answers: &Answers, random: &mut Random) -> Option<Variant> {
        let needs = if walk::counts(sample) {
            Keeps::Instances
        } else if walk::by_rounds(sample) {
            Keeps::Rounds
        } else {
            Keeps::Answers
        };
        if self.keeps < needs {
            return None;
        }
        (self.apply)(sample, answers, random)
    }
}

/// A changed program.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The program.
    pub sample: Sample,
    /// Facts that it needs from outside, in this order, repeats included.
    pub given: Vec<(String, Vec<Row>)>,
    /// What must hold of its answers.
    pub expectation: Expectation,
}

/// How the answers of a variant hang together with those of the program.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// Relations that have another name in the variant.
    renamed: BTreeMap<String, String>,
    /// Relations whose columns stand in another order: the variant's column `i` is the program's `columns[i]`.
    columns: BTreeMap<String, Vec<usize>>,
    change: Change,
}

/// What may become of a relation's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Change {
    #[default]
    None,
    /// Rows may only be added.
    More,
    /// Rows may only go.
    Fewer,
}

impl Variant {
    fn same(sample: Sample) -> Self {
        Self { sample, given: Vec::new(), expectation: Expectation::default() }
    }

    /// The first relation of the program for which the variant's answer is not what it must be.
    #[must_use]
    pub fn broken(&self, before: &Answers, after: Answers) -> Option<Difference> {
        let after = match Opaque::of(&self.sample) {
            opaque if opaque.any() => opaque.aligned(&self.expectation.expected(before), after),
            _ => after,
        };
        self.expectation.broken(before, &after)
    }

    /// The facts from outside as sets.
    #[must_use]
    pub fn given_rows(&self) -> Answers {
        given_rows(&self.given)
    }
}

/// Facts from outside as sets.
#[must_use]
pub fn given_rows(given: &[(String, Vec<Row>)]) -> Answers {
    let mut answers = Answers::new();
    for (relation, rows) in given {
        answers.entry(relation.clone()).or_default().extend(rows.iter().cloned());
    }
    answers
}

impl Expectation {
    /// The first relation of the program for which the variant's answer is not what it must be. Relations that
    /// `before` leaves out are not compared.
    #[must_use]
    pub fn broken(&self, before: &Answers, after: &Answers) -> Option<Difference> {
        let expected = self.expected(before);
        match self.change {
            Change::None => difference(&expected, after),
            Change::More => lacking(&expected, after),
            Change::Fewer => {
                let after = after.iter().filter(|(name, _)| expected.contains_key(*name));
                let after: Answers = after.map(|(name, rows)| (name.clone(), rows.clone())).collect();
                lacking(&after, &expected)
            }
        }
    }

    /// The answers under the names of the variant.
    fn expected(&self, before: &Answers) -> Answers {
        before.iter().map(|(name, rows)| self.translated(name, rows)).collect()
    }

    fn translated(&self, name: &str, rows: &Rows) -> (String, Rows) {
        let rows = match self.columns.get(name) {
            None => rows.clone(),
            Some(columns) => {
                rows.iter().map(|row| columns.iter().filter_map(|&at| row.get(at).cloned()).collect()).collect()
            }
        };
        (self.renamed.get(name).cloned().unwrap_or_else(|| name.to_owned()), rows)
    }
}

/// The first relation of which `all` lacks rows of `some`.
fn lacking(some: &Answers, all: &Answers) -> Option<Difference> {
    let none = Rows::new();
    some.iter().find_map(|(relation, rows)| {
        let missing: Vec<Row> = rows.difference(all.get(relation).unwrap_or(&none)).cloned().collect();
        let difference = Difference { relation: relation.clone(), missing, extra: Vec::new() };
        (!difference.missing.is_empty()).then_some(difference)
    })
}

/// Every relation, one line each.
pub const ALL: &[Relation] = &[
    Relation { name: "permute-rules", apply: order::rules, keeps: Keeps::Instances },
    Relation { name: "permute-items", apply: order::items, keeps: Keeps::Instances },
    Relation { name: "permute-literals", apply: order::literals, keeps: Keeps::Instances },
    Relation { name: "permute-columns", apply: names::columns, keeps: Keeps::Answers },
    Relation { name: "rename-variables", apply: names::variables, keeps: Keeps::Instances },
    Relation { name: "rename-relations", apply: names::relations, keeps: Keeps::Instances },
    Relation { name: "reprint", apply: names::reprint, keeps: Keeps::Instances },
    Relation { name: "shuffle-facts", apply: order::facts, keeps: Keeps::Instances },
    Relation { name: "facts-outside", apply: order::facts_outside, keeps: Keeps::Instances },
    Relation { name: "duplicate-literal", apply: redundancy::literal, keeps: Keeps::Rounds },
    Relation { name: "duplicate-rule", apply: redundancy::rule, keeps: Keeps::Rounds },
    Relation { name: "subsumed-rule", apply: redundancy::subsumed_rule, keeps: Keeps::Rounds },
    Relation { name: "unrelated-relation", apply: redundancy::unrelated, keeps: Keeps::Instances },
    Relation { name: "split-heads", apply: redundancy::split_heads, keeps: Keeps::Rounds },
    Relation { name: "double-negation", apply: redundancy::double_negation, keeps: Keeps::Instances },
    Relation { name: "fold", apply: fold::fold, keeps: Keeps::Answers },
    Relation { name: "unfold", apply: fold::unfold, keeps: Keeps::Answers },
    Relation { name: "more-facts", apply: amount::more_facts, keeps: Keeps::Answers },
    Relation { name: "one-more-literal", apply: amount::one_more_literal, keeps: Keeps::Answers },
];

/// The relation of a name.
#[must_use]
pub fn find(name: &str) -> Option<Relation> {
    ALL.iter().find(|relation| relation.name == name).copied()
}
