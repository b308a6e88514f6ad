//! Estimates of distinct values, from which join orders follow.

use std::sync::Arc;

use crate::eval::Sizes;
use crate::plan::Statistics;
use crate::program::RelationId;
use crate::storage::Database;
use crate::value::{Values, Word};

fn database(rows: Word, row: impl Fn(Word) -> [Word; 3]) -> Database {
    let mut database = Database::new([3, 1], Arc::new(Values::default()));
    let words: Vec<Word> = (0..rows).flat_map(row).collect();
    database.relation_mut(RelationId(0)).append(0, rows as usize, |out| out.extend_from_slice(&words));
    database
}

#[test]
fn few_rows_are_counted() {
    let database = database(2_048, |at| [at, at / 3, at % 5]);
    let sizes = Sizes::new(&database, &[RelationId(1)]);
    let distinct = |columns: &[usize]| sizes.distinct(RelationId(0), columns);
    assert_eq!([[0].as_slice(), &[1], &[2], &[1, 2], &[]].map(distinct), [2_048, 683, 5, 2_048, 1]);
    assert_eq!(
        (sizes.rows(RelationId(0)), sizes.rows(RelationId(1)), sizes.distinct(RelationId(1), &[0])),
        (2_048, 0, 0)
    );
    assert_eq!((sizes.recursive(RelationId(0)), sizes.recursive(RelationId(1))), (false, true));
    assert_eq!((sizes.intersects(), Sizes::new(&database, &[]).intersecting(true).intersects()), (false, true));
}

#[test]
fn of_many_rows_a_sample_tells() {
    // Every fifth of 10,000 rows is looked at: 2,000. What is seen once stands for the square root of five.
    let of = |row: fn(Word) -> [Word; 3], columns: &[usize]| {
        let database = database(10_000, row);
        Sizes::new(&database, &[]).distinct(RelationId(0), columns)
    };
    // Values of one column are taken for dense numbers: an eighth more than the greatest at most.
    assert_eq!(of(|at| [at * 1_000, at, at % 10], &[0]), 4_472);
    assert_eq!(of(|at| [at * 1_000, at / 4, at % 10], &[1]), 2_498 + 2_498 / 8 + 1);
    assert_eq!(of(|at| [at * 1_000, at / 4, at % 10], &[2]), 2);
    assert_eq!(of(|at| [at * 1_000, at / 4, at % 10], &[1, 2]), 4_472);
    // Half of what is looked at is seen once, the other half is one value.
    assert_eq!(of(|at| [if at % 10 == 0 { 7 } else { at * 1_000 }, 0, 0], &[0]), 1 + 2_236);
    assert_eq!(of(|at| [if at % 10 == 0 { 7 } else { at * 1_000 }, 0, 0], &[0, 1]), 1 + 2_236);
}

#[test]
fn estimates_for_finished_relations_are_handed_on() {
    let few = database(10, |at| [at; 3]);
    let sizes = Sizes::new(&few, &[RelationId(1)]);
    assert_eq!((sizes.distinct(RelationId(0), &[0]), sizes.distinct(RelationId(1), &[0])), (10, 0));
    let known = sizes.known();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), [((RelationId(0), vec![0]), 10)]);
    let more = database(20, |at| [at; 3]);
    let told = Sizes::new(&few, &[]);
    assert_eq!(told.distinct(RelationId(0), &[0]), 10);
    let sizes = Sizes::new(&more, &[]).knowing(told.known());
    assert_eq!((sizes.distinct(RelationId(0), &[0]), sizes.distinct(RelationId(0), &[1])), (10, 20));
}

#[test]
fn with_a_seed_sizes_are_drawn() {
    let database = database(10, |at| [at; 3]);
    let drawn = |seed| {
        let sizes = Sizes::new(&database, &[]).shuffled(Some(seed));
        let one = sizes.distinct(RelationId(0), &[0]);
        assert_eq!(one, sizes.distinct(RelationId(0), &[0]), "what is drawn stays");
        [sizes.rows(RelationId(0)), one, sizes.distinct(RelationId(0), &[1]), sizes.rows(RelationId(1))]
    };
    let sizes: Vec<usize> = (0..20).flat_map(drawn).collect();
    let distinct: std::collections::BTreeSet<usize> = sizes.iter().copied().collect();
    assert!(distinct.len() > 70 && sizes.iter().all(|&size| size < 1 << 20), "{sizes:?}");
}
