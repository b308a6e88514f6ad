//! Candidates come in by pieces of one length, however they are handed over.

use super::*;
use crate::eval::limits::Limit;
use crate::eval::tests::model;

#[test]
fn candidates_come_in_by_pieces_of_one_length() {
    let model = model(".decl p(x: number, y: number)\np(1, 2) :- p(2, 1).\n.decl z()\nz() :- p(1, 2).");
    let id = model.find("p").unwrap();
    let total = 3 * BATCH + 100;
    // All are new; how many are handed over at once is drawn from each list in turn.
    let candidates: Vec<Word> = (0..total as Word).flat_map(|x| [x, x / 7]).collect();
    for parts in
        [&[1][..], &[BATCH], &[BATCH - 1, 1], &[BATCH + 1], &[7, 600, 3], &[3 * BATCH, 5], &[total], &[2 * BATCH - 3]]
    {
        let mut database = model.database().clone();
        let mut staging = Staging::new(model.program(), id, &mut database);
        let mut held = (10, 1_000);
        let budget = Budget { bytes: Some(1 << 30), ..Budget::default() };
        let mut intake = Intake {
            staging: &mut staging,
            committed: &[],
            arity: 2,
            budget: &budget,
            held: &mut held,
            rule: RuleId(0),
        };
        let mut given = 0;
        for part in parts.iter().cycle() {
            let count = (*part).min(total - given);
            intake.add(&candidates[given * 2..(given + count) * 2], count).unwrap();
            given += count;
            assert_eq!(intake.staging.added, given / BATCH * BATCH, "{parts:?}");
            assert_eq!(intake.staging.rest.len(), given % BATCH * 2, "{parts:?}");
            if given == total {
                break;
            }
        }
        intake.end().unwrap();
        intake.end().unwrap();
        assert_eq!((staging.added, staging.rest.len()), (total, 0));
        assert_eq!(staging.fresh, candidates);
        assert_eq!(held, (10 + total, 1_000 + total * 8 + staging.set.bytes()));
        assert_eq!(staging.bytes(), staging.set.bytes());
        let (fresh, added) = staging.end(model.program(), &[], &Values::default());
        assert_eq!((fresh.len(), added), (total * 2, total));
        assert_eq!((staging.fresh.len(), staging.added), (0, 0));
    }
    // Without columns there is one tuple, and it comes at once.
    let z = model.find("z").unwrap();
    let mut database = model.database().clone();
    let mut staging = Staging::new(model.program(), z, &mut database);
    let (budget, mut held) = (Budget::default(), (0, 0));
    let mut intake =
        Intake { staging: &mut staging, committed: &[], arity: 0, budget: &budget, held: &mut held, rule: RuleId(0) };
    intake.add(&[], 5).unwrap();
    intake.end().unwrap();
    assert_eq!((staging.added, held), (1, (1, 0)));
}

#[test]
fn rows_and_bytes_are_held_against_limits_as_they_come_in() {
    let model = model(".decl p(x: number, y: number)\np(1, 2) :- p(2, 1).");
    let id = model.find("p").unwrap();
    let add = |budget: Budget, count: Word| {
        let mut database = model.database().clone();
        let mut staging = Staging::new(model.program(), id, &mut database);
        let mut held = (10, 1_000);
        let candidates: Vec<Word> = (0..count).flat_map(|x| [x, x]).collect();
        let mut intake = Intake {
            staging: &mut staging,
            committed: &[],
            arity: 2,
            budget: &budget,
            held: &mut held,
            rule: RuleId(3),
        };
        let result = intake.add(&candidates, count as usize).and_then(|()| intake.end());
        (result, staging.set.bytes())
    };
    let stop = |limit| Err(Stop::Limit(limit, Some(RuleId(3))));
    let rows = |rows| add(Budget { rows: Some(rows), ..Budget::default() }, 20).0;
    assert_eq!((rows(30), rows(29)), (Ok(()), stop(Limit::Rows(29))));
    let set = add(Budget::default(), 20).1;
    let bytes = |bytes| add(Budget { bytes: Some(bytes), ..Budget::default() }, 20).0;
    let all = 1_000 + 20 * 8 + set;
    assert_eq!((bytes(all), bytes(all - 1)), (Ok(()), stop(Limit::Bytes(all - 1))));
}

#[test]
fn what_is_chosen_from_is_chosen_at_the_end() {
    let model = model(
        ".decl e(x: number, y: number)\n.decl p(x: number, y: number) choice-domain x
        e(1, 7). e(1, 5). e(2, 9). p(3, 3).\np(x, y) :- e(x, y).",
    );
    let id = model.find("p").unwrap();
    let mut database = model.database().clone();
    database.set_relation(id, std::sync::Arc::new(database.relation(id).given()));
    let mut staging = Staging::new(model.program(), id, &mut database);
    assert!(staging.chooses());
    let words = model.relation(model.find("e").unwrap()).words().to_vec();
    let taken = model.relation(id).row(0)[0];
    let mut candidates = words.clone();
    candidates.extend([taken, words[0]]);
    let committed = database.relation(id).words().to_vec();
    let budget = Budget { bytes: Some(1 << 30), ..Budget::default() };
    let mut held = (0, 0);
    let mut intake = Intake {
        staging: &mut staging,
        committed: &committed,
        arity: 2,
        budget: &budget,
        held: &mut held,
        rule: RuleId(0),
    };
    intake.add(&candidates, 4).unwrap();
    intake.end().unwrap();
    assert_eq!((staging.added, staging.bytes()), (4, staging.found.bytes()));
    assert!(staging.found.bytes() > 0 && held == (4, 4 * 8 + staging.found.bytes()));
    // Of each x the least y, and nothing where x is taken.
    let (kept, added) = staging.end(model.program(), &committed, model.values());
    assert_eq!((kept, added), (vec![words[2], words[3], words[4], words[5]], 2));
    assert_eq!(staging.set.len(), 3);
    assert!(staging.found.is_empty());
}
