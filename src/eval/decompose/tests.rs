//! Searches find what rounds find, in the same rounds, and in an order that the data decides.

use std::collections::BTreeSet;

use super::*;
use crate::eval::tests::{database, lookup, rule, scan, slots};
use crate::plan::Part;

const E: RelationId = RelationId(0);
const PATH: RelationId = RelationId(1);

/// `path(x, z) :- path(x, y), e(y, z).`
fn forward() -> RulePlan {
    let steps = vec![scan(1, Part::Delta, &[(0, 0), (1, 1)]), lookup(0, Part::All, &[(0, 1)], &[(1, 2)])];
    RulePlan { delta: Some(0), rule: RuleId(5), ..rule(steps, slots(&[0, 2])) }
}

/// `path(x, z) :- path(y, z), e(x, y).`
fn backward() -> RulePlan {
    let steps = vec![scan(1, Part::Delta, &[(0, 1), (1, 2)]), lookup(0, Part::All, &[(1, 1)], &[(0, 0)])];
    RulePlan { delta: Some(0), rule: RuleId(6), ..rule(steps, slots(&[0, 2])) }
}

/// `path(x, z) :- path(x, y), e(z, y).`
fn against() -> RulePlan {
    let steps = vec![scan(1, Part::Delta, &[(0, 0), (1, 1)]), lookup(0, Part::All, &[(1, 1)], &[(0, 2)])];
    RulePlan { delta: Some(0), rule: RuleId(7), ..rule(steps, slots(&[0, 2])) }
}

fn lead(plans: &[RulePlan]) -> Option<usize> {
    Linear::of(PATH, plans.iter()).map(|linear| linear.lead)
}

#[test]
fn a_rule_hands_one_column_on_and_goes_on_by_one_lookup() {
    assert_eq!((lead(&[forward()]), lead(&[backward()]), lead(&[against()])), (Some(0), Some(1), Some(0)));
    assert_eq!(lead(&[forward(), against()]), Some(0));
    assert_eq!(lead(&[forward(), backward()]), None, "these hand different ones on");
    assert_eq!(lead(&[]), None);
    let changed = |change: fn(&mut RulePlan)| {
        let mut plan = forward();
        change(&mut plan);
        lead(&[plan])
    };
    assert_eq!(changed(|_| ()), Some(0));
    // Anything else that the scan or the lookup asks for, alone.
    let others: [fn(&mut RulePlan); 12] = [
        |plan| plan.delta = None,
        |plan| {
            if let Step::Scan { part, .. } = &mut plan.body.steps[0] {
                *part = Part::All;
            }
        },
        |plan| {
            if let Step::Scan { constants, .. } = &mut plan.body.steps[0] {
                constants.push((0, 1));
            }
        },
        |plan| {
            if let Step::Scan { same, .. } = &mut plan.body.steps[0] {
                same.push((0, 1));
            }
        },
        |plan| {
            if let Step::Lookup { same, .. } = &mut plan.body.steps[1] {
                same.push((0, 1));
            }
        },
        |plan| {
            if let Step::Lookup { relation, .. } = &mut plan.body.steps[1] {
                *relation = PATH;
            }
        },
        |plan| {
            if let Step::Lookup { key, .. } = &mut plan.body.steps[1] {
                *key = vec![Operand::Constant(1)];
            }
        },
        |plan| {
            if let Step::Lookup { bind, .. } = &mut plan.body.steps[1] {
                bind.push((0, 3));
            }
        },
        // By the column that is handed on: then the other one is lost.
        |plan| {
            if let Step::Lookup { key, .. } = &mut plan.body.steps[1] {
                *key = vec![Operand::Slot(0)];
            }
        },
        |plan| plan.head = slots(&[0, 1]),
        |plan| plan.head = slots(&[2, 0]),
        |plan| plan.head = slots(&[1, 2]),
    ];
    for (number, change) in others.into_iter().enumerate() {
        assert_eq!(changed(change), None, "change {number}");
    }
    let mut longer = forward();
    longer.body.steps.push(lookup(0, Part::All, &[(0, 2)], &[(1, 3)]));
    assert_eq!(lead(&[longer]), None);
}

/// Edges and paths, of which some are known before the delta.
fn paths(edges: &[[Word; 2]], known: &[[Word; 2]], delta: &[[Word; 2]]) -> Database {
    let mut database = database(&[(2, edges.as_flattened().to_vec()), (2, known.as_flattened().to_vec())]);
    database.relation_mut(PATH).extend(1, delta.as_flattened(), delta.len());
    database
}

/// What searches lead by lead find: rows with their rounds, and how often each rule derives a row.
fn searched(plans: &[RulePlan], database: &Database, known: usize) -> (Vec<(Round, Vec<Word>)>, Vec<usize>) {
    let lead = lead(plans).unwrap();
    let edges: BTreeSet<Vec<Word>> = database.relation(E).rows().map(<[Word]>::to_vec).collect();
    let paths: Vec<&[Word]> = database.relation(PATH).rows().collect();
    let mut leads: Vec<Word> = Vec::new();
    for row in &paths {
        if !leads.contains(&row[lead]) {
            leads.push(row[lead]);
        }
    }
    let mut levels: Vec<Vec<Vec<Word>>> = Vec::new();
    let mut derived = vec![0; plans.len()];
    for word in leads {
        let of = |rows: &[&[Word]]| -> Vec<Word> {
            rows.iter().filter(|row| row[lead] == word).map(|row| row[1 - lead]).collect()
        };
        let mut seen: BTreeSet<Word> = of(&paths).into_iter().collect();
        let mut open = of(&paths[known..]);
        for depth in 0.. {
            let mut next = Vec::new();
            for &through in &open {
                for (plan, derived) in plans.iter().zip(&mut derived) {
                    let from = if plan.rule == RuleId(5) { 0 } else { 1 };
                    for edge in edges.iter().filter(|edge| edge[from] == through) {
                        *derived += 1;
                        if seen.insert(edge[1 - from]) {
                            next.push(edge[1 - from]);
                        }
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            levels.resize_with(levels.len().max(depth + 1), Vec::new);
            levels[depth]
                .extend(next.iter().map(|&other| if lead == 0 { vec![word, other] } else { vec![other, word] }));
            open = next;
        }
    }
    let rows = (2..).zip(levels).flat_map(|(round, rows)| rows.into_iter().map(move |row| (round, row)));
    (rows.collect(), derived)
}

fn run(
    plans: &[RulePlan],
    database: &mut Database,
    known: usize,
    ways: (Switch, usize),
    budget: (&Budget, (usize, usize)),
) -> Result<Option<Harvest>, Stop> {
    let linear = Linear::of(PATH, plans.iter()).unwrap();
    linear.run((database, PATH), (Row::try_from(known).unwrap(), 1), ways, budget)
}

#[test]
fn searches_find_what_rounds_find_in_one_order() {
    for scale in [1, 500] {
        let edges: Vec<[Word; 2]> =
            (0..24).flat_map(|x| [1, 5 + x % 3].map(|step| [x * scale, (x * 7 + step) % 24 * scale])).collect();
        // Some are known from before, the greatest values among them, and some leads have nothing new.
        let known = [[900, 901], [3, 8], [4, 1], [19, 3], [3, 11]].map(|row| row.map(|word: Word| word * scale));
        let mut delta: Vec<[Word; 2]> = (0..9).map(|x| [x * 2 * scale, (x * 5 + 1) % 24 * scale]).collect();
        delta.extend([[900 * scale, 2 * scale], [4 * scale, 901 * scale]]);
        for plans in [vec![forward()], vec![backward()], vec![against()], vec![forward(), against()]] {
            let before = paths(&edges, &known, &delta);
            let (expected, derived) = searched(&plans, &before, known.len());
            assert!(expected.len() > 20);
            for threads in [1, 2, 3] {
                for switch in [Switch::Auto, Switch::Force] {
                    let mut database = before.clone();
                    let harvest =
                        run(&plans, &mut database, known.len(), (switch, threads), (&Budget::default(), (0, 0)));
                    let harvest = harvest.unwrap().unwrap();
                    let relation = database.relation(PATH);
                    let start = before.relation(PATH).len();
                    let rows: Vec<(Round, Vec<Word>)> = (0..)
                        .zip(relation.rows())
                        .skip(start)
                        .map(|(row, words)| (relation.round_of(row), words.to_vec()))
                        .collect();
                    assert_eq!(rows, expected, "{threads} threads");
                    assert_eq!(harvest.added, expected.len());
                    let told: Vec<usize> = harvest.derived.iter().map(|&(_, count)| count).collect();
                    assert_eq!(told, derived);
                    let rules: Vec<RuleId> = harvest.derived.iter().map(|&(rule, _)| rule).collect();
                    assert_eq!(rules, plans.iter().map(|plan| plan.rule).collect::<Vec<_>>());
                }
            }
        }
    }
}

#[test]
fn the_greatest_value_may_be_that_of_the_first_row() {
    for (plan, first, second, found) in
        [(forward(), [1, 900], [1, 2], vec![1, 3]), (backward(), [900, 1], [2, 1], vec![1, 1])]
    {
        let mut database = paths(&[[1, 2], [2, 3]], &[], &[first, second]);
        let harvest = run(&[plan], &mut database, 0, (Switch::Force, 1), (&Budget::default(), (0, 0)));
        assert_eq!(harvest.unwrap().map(|harvest| harvest.added), Some(1));
        assert_eq!(database.relation(PATH).row(2), found);
    }
}

#[test]
fn limits_count_what_all_searches_find() {
    let edges: Vec<[Word; 2]> = (0..30).map(|x| [x, x + 1]).collect();
    let delta: Vec<[Word; 2]> = (0..10).map(|x| [x, x + 1]).collect();
    // From each of ten leads up to 30: 29 and fewer.
    let found = (20..30).sum::<usize>();
    let run = |budget: Budget| {
        let harvest =
            run(&[forward()], &mut paths(&edges, &[], &delta), 0, (Switch::Force, 2), (&budget, (100, 1_000)));
        harvest.map(|harvest| harvest.unwrap().added)
    };
    let stop = |limit| Err(Stop::Limit(limit, Some(RuleId(5))));
    let rows = |rows| run(Budget { rows: Some(rows), ..Budget::default() });
    assert_eq!((rows(100 + found), rows(99 + found)), (Ok(found), stop(Limit::Rows(99 + found))));
    let one = |rows| run(Budget { relation_rows: Some(rows), ..Budget::default() });
    assert_eq!((one(10 + found), one(9 + found)), (Ok(found), stop(Limit::RelationRows(9 + found))));
    let bytes = |bytes| run(Budget { bytes: Some(bytes), ..Budget::default() });
    assert_eq!((bytes(1_000 + found * 8), bytes(999 + found * 8)), (Ok(found), stop(Limit::Bytes(999 + found * 8))));
    let stopped = Budget::default();
    stopped.interrupt.store(true, Ordering::Relaxed);
    assert_eq!(run(stopped), Err(Stop::Interrupted));
}

#[test]
fn the_limit_that_is_met_first_is_known_before() {
    let budget = |rows, relation_rows, bytes| Budget { rows, relation_rows, bytes, ..Budget::default() };
    // A hundred rows and 1,000 bytes are held, and 40 rows are known of the relation.
    let first = |budget: Budget| first_limit(&budget, (100, 1_000), 40);
    assert_eq!(first(budget(None, None, None)), None);
    assert_eq!(first(budget(Some(130), None, None)), Some((30, Limit::Rows(130))));
    assert_eq!(first(budget(None, Some(65), None)), Some((25, Limit::RelationRows(65))));
    assert_eq!(first(budget(None, None, Some(1_207))), Some((25, Limit::Bytes(1_207))));
    assert_eq!(first(budget(None, None, Some(1_208))), Some((26, Limit::Bytes(1_208))));
    assert_eq!(first(budget(Some(130), Some(65), Some(1_199))), Some((24, Limit::Bytes(1_199))));
    assert_eq!(first(budget(Some(120), Some(65), Some(9_999))), Some((20, Limit::Rows(120))));
    assert_eq!(first(budget(Some(1), Some(1), Some(1))), Some((0, Limit::Rows(1))));
}

#[test]
fn a_long_search_stops_soon_after_a_limit() {
    // A chain: one row a round, and the limit is met long before its end.
    let edges: Vec<[Word; 2]> = (0..9_000).map(|x| [x, x + 1]).collect();
    let database = paths(&edges, &[], &[[0, 1]]);
    let plan = forward();
    let linear = Linear::of(PATH, [&plan].into_iter()).unwrap();
    let (known, groups) = (database.relation(PATH), Groups::new(database.relation(PATH), 0));
    let postings = [database.relation(E).packed(&[0], &[1], 1)];
    let context = Context {
        linear: &linear,
        postings: &postings,
        known,
        groups: &groups,
        delta: 0,
        greatest: 9_000,
        budget: &Budget::default(),
        limit: Some((1_000, Limit::Rows(1_000))),
        all: AtomicUsize::new(0),
    };
    let mut searches = context.searches(0..1, 1, usize::MAX);
    context.search(&mut searches);
    assert_eq!(searches.result, Err(Stop::Limit(Limit::Rows(1_000), Some(RuleId(5)))));
    assert_eq!((searches.found, searches.told), (UNTOLD, UNTOLD));
    // What others found counts as well, and what is told is not told again.
    let context =
        Context { limit: Some((5_000 + UNTOLD, Limit::Rows(9_096))), all: AtomicUsize::new(1_000), ..context };
    let mut searches = context.searches(0..1, 1, usize::MAX);
    context.search(&mut searches);
    assert_eq!((searches.found, searches.result.is_err()), (2 * UNTOLD, true));
    assert_eq!(context.all.load(Ordering::Relaxed), 1_000 + 2 * UNTOLD);
}

/// So many leads, each with a delta of one row and a chain of three behind it, in which each round finds so many.
fn bundles(leads: Word, wide: impl Fn(Word) -> Word) -> Database {
    let mut edges = Vec::new();
    let mut delta = Vec::new();
    for lead in 0..leads {
        let start = 100_000 + lead * 100;
        delta.push([lead, start]);
        for (round, number) in (0..3).flat_map(|round| (0..wide(lead)).map(move |number| (round, number))) {
            let from = if round == 0 { start } else { start + round * 20 };
            edges.push([from, start + (round + 1) * 20 + number]);
        }
    }
    paths(&edges, &[], &delta)
}

#[test]
fn a_sample_tells_whether_rounds_find_enough_to_be_kept_apart() {
    let apart = |database: &Database, switch| {
        let harvest = run(&[forward()], &mut database.clone(), 0, (switch, 1), (&Budget::default(), (0, 0)));
        harvest.unwrap().map(|harvest| harvest.added)
    };
    let few = bundles(257, |_| 1);
    assert_eq!((apart(&few, Switch::Auto), apart(&few, Switch::Force)), (None, Some(257 * 3)));
    let enough = bundles(257, |_| 2);
    assert_eq!(apart(&enough, Switch::Auto), Some(257 * 6));
    let least = bundles(256, |_| 1);
    assert_eq!(apart(&least, Switch::Auto), Some(256 * 3), "so few leads are searched at once");
    // Every tenth of 640 leads is looked at: what these find decides.
    let seen = bundles(640, |lead| if lead % 10 == 0 { 3 } else { 1 });
    assert_eq!(apart(&seen, Switch::Auto), Some(64 * 9 + 576 * 3));
    let first = bundles(640, |lead| if lead == 0 { 9 } else { 1 });
    assert_eq!(apart(&first, Switch::Auto), None);
    let unseen = bundles(640, |lead| if lead % 10 == 0 { 1 } else { 3 });
    assert_eq!(apart(&unseen, Switch::Auto), None);
    // Values that would take too large a bitmap.
    let far = paths(&[[1, 2], [2, Word::try_from(WIDEST).unwrap()]], &[], &[[0, 1]]);
    assert_eq!(apart(&far, Switch::Force), None);
    // What the sample found is found again, and counts once.
    let limit = |rows| {
        let budget = Budget { rows: Some(rows), ..Budget::default() };
        run(&[forward()], &mut enough.clone(), 0, (Switch::Auto, 1), (&budget, (0, 0))).is_ok()
    };
    assert!(limit(257 * 6) && !limit(257 * 6 - 1));
}

#[test]
fn a_sample_ends_when_enough_has_been_seen() {
    let database = bundles(20, |_| 2);
    let plan = forward();
    let linear = Linear::of(PATH, [&plan].into_iter()).unwrap();
    let (known, groups) = (database.relation(PATH), Groups::new(database.relation(PATH), 0));
    let postings = [database.relation(E).packed(&[0], &[1], 1)];
    let budget = &Budget::default();
    let context = |delta| Context {
        linear: &linear,
        postings: &postings,
        known,
        groups: &groups,
        delta,
        greatest: 200_000,
        budget,
        limit: None,
        all: AtomicUsize::new(0),
    };
    let found = |delta, range, step, enough| {
        let context = context(delta);
        let mut searches = context.searches(range, step, enough);
        context.search(&mut searches);
        searches.found
    };
    // Six rows for each lead.
    assert_eq!([found(0, 0..20, 1, 12), found(0, 0..20, 1, 13), found(0, 0..20, 6, 99)], [12, 18, 24]);
    assert_eq!([found(0, 3..9, 2, 99), found(18, 0..20, 1, 99)], [18, 12]);
    let leads: Vec<usize> = (0..groups.len()).map(|group| groups.rows(group).len()).collect();
    assert_eq!((groups.len(), leads), (20, vec![1; 20]));
}
