//! Waves give what one run gives, however they are cut, and stop where they must.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{database, lookup, rule, scan, slots};
use crate::eval::access::Reads;
use crate::eval::function::{Failure, Functions};
use crate::eval::grown::Grown;
use crate::eval::limits::{Budget, Limit, Stop};
use crate::eval::wave::{Harvest, Job, Room, pure};
use crate::plan::{Expression, Operand, Part, Pattern, RulePlan, Step};
use crate::program::{AggregateOp, CompareOp, RelationId, RuleId};
use crate::storage::{Database, Growing, Layout, Switch, TupleSet};
use crate::value::{Kind, Values, Word};

/// The slots of x, y and z in `d(x, y), e(y, z)`.
const X: usize = 0;
const Y: usize = 1;
const Z: usize = 2;
/// Rows of `d`.
const ROWS: Word = 80;
const D: RelationId = RelationId(0);

fn join(head: Vec<Expression>) -> RulePlan {
    rule(vec![scan(0, Part::All, &[(0, X), (1, Y)]), lookup(1, Part::All, &[(0, Y)], &[(1, Z)])], head)
}

/// Rows `d(x, y)`, of which each y has up to three z, and some none.
fn joined() -> Database {
    let d = (0..ROWS).flat_map(|row| [row / 2, row * 7 % 40]).collect();
    let e = (0..40).flat_map(|y: Word| (0..y % 4).flat_map(move |z| [y, y * 3 + z * 50])).collect();
    database(&[(2, d), (2, e)])
}

/// All (x, y, z), in order.
fn instances(database: &Database) -> Vec<[Word; 3]> {
    let (d, e) = (database.relation(D), database.relation(RelationId(1)));
    let all = d.rows().flat_map(|d| e.rows().filter(|e| d[1] == e[0]).map(|e| [d[0], d[1], e[1]]));
    all.collect()
}

/// How a rule is run.
#[derive(Clone, Copy, Debug)]
struct Way {
    layout: Layout,
    lead: Option<usize>,
    along: Option<usize>,
    direct: bool,
    wave: usize,
    threads: usize,
    /// Candidates a row that are expected.
    ratio: f64,
}

impl Default for Way {
    fn default() -> Self {
        let layout = Layout { shard_from: 1, dense: Switch::Off, blocks: Switch::Off, ..Layout::default() };
        Self { layout, lead: None, along: None, direct: false, wave: 1 << 20, threads: 2, ratio: 2.0 }
    }
}

/// What a run gives beside its rows.
struct Given {
    harvest: Harvest,
    /// Rows that were added by each wave.
    waves: Vec<usize>,
    ratio: f64,
}

/// Runs a rule into a set that knows some `old` rows, half of them since this round.
fn run(
    way: &Way,
    (plan, reads): (&RulePlan, Reads<'_>),
    old: &[Word],
    (budget, held): (&Budget, (usize, usize)),
    values: &Arc<Values>,
) -> Result<(Given, Vec<Word>, TupleSet), Stop> {
    let arity = plan.head.len();
    let mut set = TupleSet::new(arity, way.layout);
    set.lead_by(way.lead);
    set.lie_along(way.along);
    let (mut committed, mut fresh) = (Vec::new(), Vec::new());
    let half = old.len() / arity.max(1) / 2;
    set.insert_batch(&[], &mut committed, &old[..half * arity], half);
    set.insert_batch(&committed, &mut fresh, &old[half * arity..], old.len() / arity.max(1) - half);
    let before = fresh.clone();
    let functions = &Functions::default();
    let Way { wave, direct, threads, mut ratio, .. } = *way;
    let job = Job { plan, reads, functions, values, budget, batch_size: 64, threads, wave, direct, held };
    let mut waves = Vec::new();
    let mut known = set.len();
    let mut hold = |added: usize, set: &TupleSet| {
        known += added;
        assert_eq!(set.len(), known, "{way:?}");
        waves.push(added);
        Ok(())
    };
    let harvest = job.run(&mut set, &committed, &mut fresh, &mut ratio, &mut Room::default(), &mut hold)?;
    assert!(fresh.starts_with(&before), "what was there stays where it was");
    assert_eq!(waves.iter().sum::<usize>(), harvest.added, "{way:?}");
    committed.extend(fresh);
    Ok((Given { harvest, waves, ratio }, committed, set))
}

fn reads<'a>(database: &'a Database, grown: &'a [Grown]) -> Reads<'a> {
    Reads { database, grown, cuts: &[], in_order: false, threads: 1 }
}

/// The ways that differ in what they do.
fn ways(arity: usize) -> Vec<Way> {
    let mut ways = Vec::new();
    let switches = if arity == 2 { [Switch::Off, Switch::Force].as_slice() } else { &[Switch::Off] };
    for lead in (0..arity).map(Some).chain([None]) {
        for (&dense, &blocks) in switches.iter().flat_map(|dense| switches.iter().map(move |blocks| (dense, blocks))) {
            for (shard_from, wave) in [(1, 16), (1, 1 << 20), (1 << 20, 400)] {
                let layout = Layout { dense, blocks, shard_from, ..Layout::default() };
                let threads = 1 + ways.len() % 3;
                let along = lead.filter(|_| dense != blocks).map(|lead| 1 - lead.min(1));
                let way = Way { layout, lead, along, wave, threads, ..Way::default() };
                ways.extend([way, Way { direct: true, ..way }]);
            }
        }
    }
    ways
}

/// Runs a rule every way. Its head is of instances what `columns` say; `work` is what all take.
fn judge(plan: &RulePlan, reads: Reads<'_>, columns: &[usize], work: usize) {
    let arity = columns.len();
    let all = instances(reads.database);
    let tuples: Vec<Vec<Word>> =
        all.iter().map(|instance| columns.iter().map(|&column| instance[column]).collect()).collect();
    let expected: BTreeSet<&[Word]> = tuples.iter().map(Vec::as_slice).collect();
    for way in ways(arity) {
        for known in [31, 0].into_iter().take(if way.wave == 16 { 2 } else { 1 }) {
            let old: Vec<Word> = tuples.iter().step_by(5).take(known).flatten().copied().collect();
            let mut distinct: BTreeSet<&[Word]> = old.chunks_exact(arity.max(1)).collect();
            let before = distinct.len();
            let (given, rows, mut set) =
                run(&way, (plan, reads), &old, (&Budget::default(), (0, 0)), &Arc::default()).unwrap();
            distinct.extend(rows.chunks_exact(arity.max(1)));
            assert_eq!(distinct, if arity == 0 { BTreeSet::new() } else { expected.clone() }, "{way:?}");
            assert_eq!(rows.len(), distinct.len() * arity, "{way:?}");
            let Harvest { candidates, added, work: done, failure } = given.harvest;
            let new = expected.len() - before;
            assert_eq!((candidates, added, done, failure), (all.len(), new, work, None), "{way:?}");
            // The set knows every row by its number.
            assert_eq!(set.insert_batch(&rows, &mut Vec::new(), &rows, rows.len() / arity.max(1)), 0, "{way:?}");
            assert!(rows.chunks_exact(arity.max(1)).all(|row| set.contains(&rows, row)), "{way:?}");
            if way.wave == 1 << 20 {
                #[allow(clippy::cast_precision_loss)]
                let ratio = all.len() as f64 / f64::from(ROWS);
                assert!((given.waves.len(), given.ratio) == (1, ratio) || plan.delta.is_some(), "{way:?}");
            }
        }
    }
}

#[test]
fn however_a_rule_is_cut_it_finds_the_same_and_tells_the_same() {
    same(&[&[Z], &[Y], &[]]);
}

#[test]
fn however_a_rule_of_two_columns_is_cut_it_finds_the_same() {
    same(&[&[X, Z], &[Z, X]]);
}

#[test]
fn however_a_rule_of_many_columns_is_cut_it_finds_the_same() {
    same(&[&[X, Z, Y], &[Z, Y, X, Y]]);
}

fn same(heads: &[&[usize]]) {
    let database = joined();
    let work = ROWS as usize + instances(&database).len();
    for &columns in heads {
        judge(&join(slots(columns)), reads(&database, &[]), columns, work);
    }
}

#[test]
fn keys_of_a_delta_are_dealt_like_rows() {
    let database = joined();
    let relation = database.relation(D);
    let mut postings = Growing::new(&[1], &[0], 2, relation.words()).delta_only();
    postings.extend(2, relation.words(), 0, relation.len());
    let mut grown = Grown::new(D);
    grown.postings = vec![postings];
    let grown = [grown];
    // Forty values of y, with sixty z; for each of these the x of y.
    let all = instances(&database).len();
    for columns in [&[Z, X, Y][..], &[Y, X]] {
        let mut plan = join(slots(columns));
        plan.delta = Some(0);
        plan.body.steps[0] = scan(0, Part::Delta, &[(0, X), (1, Y)]);
        judge(&plan.grouped().unwrap(), reads(&database, &grown), columns, 40 + 60 + 60 + all);
    }
}

#[test]
fn many_rows_are_dealt_by_all_threads_and_keep_their_order() {
    // Some of a delta, which begins at a row of its own.
    let d: Vec<Word> = (0..70_000_u32).flat_map(|row| [row.wrapping_mul(0x9e37_79b9) >> 12, row % 50]).collect();
    let database = database(&[(2, d), (2, (0..25).flat_map(|y| [y, y + 1_000]).collect())]);
    let mut grown = Grown::new(D);
    grown.delta = 1_234;
    let grown = [grown];
    let mut plan = join(slots(&[X, Z]));
    plan.body.steps[0] = scan(0, Part::Delta, &[(0, X), (1, Y)]);
    let tuple = |row: &[Word]| (row[1] < 25).then(|| [row[0], row[1] + 1_000]);
    let expected: Vec<[Word; 2]> = database.relation(D).rows().skip(1_234).filter_map(tuple).collect();
    let distinct: BTreeSet<[Word; 2]> = expected.iter().copied().collect();
    let mut one = None;
    for threads in [1, 2, 3, 7] {
        let way = Way { lead: Some(0), direct: true, threads, ..Way::default() };
        let of = (&plan, reads(&database, &grown));
        let (given, rows, _) = run(&way, of, &[0, 0], (&Budget::default(), (0, 0)), &Arc::default()).unwrap();
        assert_eq!((given.harvest.candidates, given.harvest.added), (expected.len(), distinct.len()));
        let found = &rows.as_chunks::<2>().0[1..];
        assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), distinct);
        assert_eq!(*one.get_or_insert_with(|| rows.clone()), rows, "{threads} threads");
    }
}

#[test]
fn rows_of_a_delta_are_dealt_from_its_start() {
    let database = joined();
    let mut grown = Grown::new(D);
    grown.delta = 60;
    let grown = [grown];
    let mut plan = join(slots(&[X, Z]));
    plan.body.steps[0] = scan(0, Part::Delta, &[(0, X), (1, Y)]);
    let first = database.relation(D).row(60)[0];
    let expected: BTreeSet<[Word; 2]> =
        instances(&database).iter().filter(|instance| instance[X] >= first).map(|&[x, _, z]| [x, z]).collect();
    for direct in [false, true] {
        let way = Way { lead: Some(0), direct, ..Way::default() };
        let of = (&plan, reads(&database, &grown));
        let (given, rows, _) = run(&way, of, &[999, 999], (&Budget::default(), (0, 0)), &Arc::default()).unwrap();
        let found: BTreeSet<[Word; 2]> = rows.as_chunks::<2>().0[1..].iter().copied().collect();
        assert_eq!((found.len(), found), (rows.len() / 2 - 1, expected.clone()));
        #[allow(clippy::cast_precision_loss)]
        let ratio = given.harvest.candidates as f64 / f64::from(ROWS - 60);
        assert_eq!((given.ratio, given.harvest.candidates), (ratio, expected.len()));
    }
}

#[test]
fn rows_that_are_none_say_nothing_of_what_a_row_gives() {
    let database = database(&[(2, vec![]), (2, vec![1, 2])]);
    for direct in [false, true] {
        let way = Way { lead: Some(0), direct, ..Way::default() };
        let plan = join(slots(&[X, Z]));
        let of = (&plan, reads(&database, &[]));
        let (given, ..) = run(&way, of, &[999, 999], (&Budget::default(), (0, 0)), &Arc::default()).unwrap();
        assert_eq!((given.ratio, given.harvest.candidates), (2.0, 0), "as was expected");
    }
}

#[test]
fn what_a_matrix_cannot_hold_comes_last() {
    let database = joined();
    let plan = join(slots(&[X, Z]));
    let layout = Layout { dense: Switch::Force, ..Way::default().layout };
    let way = Way { layout, lead: Some(0), direct: true, ..Way::default() };
    let few: Vec<Word> = instances(&database).iter().take(6).flat_map(|&[x, _, z]| [x, z]).collect();
    let (given, rows, set) =
        run(&way, (&plan, reads(&database, &[])), &few, (&Budget::default(), (0, 0)), &Arc::default()).unwrap();
    let distinct: BTreeSet<&[Word]> = rows.chunks_exact(2).collect();
    let wanted = instances(&database);
    let wanted: BTreeSet<[Word; 2]> = wanted.iter().map(|&[x, _, z]| [x, z]).collect();
    assert_eq!((distinct.len(), rows.len() / 2), (wanted.len(), wanted.len()));
    assert_eq!((set.len(), given.harvest.added), (wanted.len(), wanted.len() - 6));
}

/// Each of so many rows finds twenty, all of them new.
fn fruitful(rows: Word) -> Database {
    let d = (0..rows).flat_map(|row| [row, 0]).collect();
    database(&[(2, d), (2, (0..20).flat_map(|z| [0, z]).collect())])
}

#[test]
fn a_wave_finds_about_what_it_is_meant_to() {
    let database = fruitful(1_500);
    let plan = join(slots(&[X, Z]));
    let waves = |ratio: f64, wave: usize| {
        let way = Way { wave, ratio, threads: 1, ..Way::default() };
        let of = (&plan, reads(&database, &[]));
        let (given, rows, _) = run(&way, of, &[0, 99], (&Budget::default(), (0, 0)), &Arc::default()).unwrap();
        assert_eq!((rows.len(), given.ratio), (2 * 30_001, 20.0));
        given.waves
    };
    // What was expected is found: each of 16 tasks has a 16th of the wave, and rows that are few are shared evenly.
    assert_eq!(waves(20.0, 24_576), [16 * 76 * 20, (1_500 - 16 * 76) * 20]);
    assert_eq!(waves(20.0, 1 << 14), [16 * 51 * 20, (1_500 - 16 * 51) * 20]);
    // Few tasks, each with more than what is told at once.
    assert_eq!(waves(20.0, 1 << 20), [30_000]);
    // One task had all rows, and puts most of them off when it has twice its share, and what waited to be told.
    let surprised = waves(0.01, 1 << 12);
    assert!((512..=2 * 2_048).contains(&surprised[0]), "{surprised:?}");
    assert!(surprised.len() <= 9 && surprised[1..].iter().all(|&added| added <= 16 * 12 * 20), "{surprised:?}");
    // Where far too many were expected, the first tasks have a row each.
    assert_eq!(waves(1e9, 1 << 16), [16 * 20, (1_500 - 16) * 20]);
}

#[test]
fn a_few_candidates_come_before_many_where_nothing_is_known_of_a_set() {
    let database = fruitful(1_500);
    let grown = [Grown::new(D)];
    let of_delta = |columns: &[usize]| {
        let mut plan = join(slots(columns));
        plan.delta = Some(0);
        plan.body.steps[0] = scan(0, Part::Delta, &[(0, X), (1, Y)]);
        plan
    };
    let (pairs, wide) = (of_delta(&[X, Z]), of_delta(&[X, Z, Y]));
    let waves = |plan: &RulePlan, ratio: f64, shard_from: usize| {
        let layout = Layout { shard_from, ..Way::default().layout };
        let mut kinds = Vec::new();
        for (direct, threads) in [(false, 1), (true, 1), (true, 2)] {
            let lead = (plan.head.len() == 2).then_some(0);
            let way = Way { layout, lead, direct, threads, ratio, ..Way::default() };
            let of = (plan, reads(&database, &grown));
            let (given, _, set) = run(&way, of, &[], (&Budget::default(), (0, 0)), &Arc::default()).unwrap();
            assert_eq!((given.harvest.candidates, given.harvest.added, set.len()), (30_000, 30_000, 30_000));
            kinds.push(given.waves);
        }
        assert!(kinds.iter().all(|waves| *waves == kinds[0]), "{kinds:?}");
        kinds.swap_remove(0)
    };
    // As many as are expected of these rows: a fourth of all that is expected is taken to be new.
    let few = 16 * ((1 << 10) / 20) * 20;
    assert_eq!(waves(&pairs, 20.0, 7_500), [few, 30_000 - few]);
    assert_eq!(waves(&pairs, 20.0, 7_501), [30_000], "what comes is not expected to be much");
    assert_eq!(waves(&wide, 20.0, 7_500), [30_000], "for these there is one kind of table");
    assert_eq!(waves(&join(slots(&[X, Z])), 20.0, 7_500), [30_000], "rows keep their order");
    // More than was expected: a task stops when it has far more than its share.
    assert_eq!(waves(&pairs, 1.0, 300).iter().sum::<usize>(), 30_000);
}

#[test]
fn limits_are_met_while_shards_are_filled() {
    // All tuples lie in one shard, but for one that was there.
    let database = fruitful(40);
    let plan = join(slots(&[Y, Z]));
    let way = Way { lead: Some(0), direct: true, ..Way::default() };
    let run = |budget: Budget| {
        let of = (&plan, reads(&database, &[]));
        run(&way, of, &[7, 7], (&budget, (1_000, 10_000)), &Arc::default()).map(|(given, ..)| given.harvest.added)
    };
    let rows = |rows| run(Budget { rows: Some(rows), ..Budget::default() });
    let stop = |limit| Err(Stop::Limit(limit, Some(RuleId(0))));
    assert_eq!((rows(1_020), rows(1_019)), (Ok(20), stop(Limit::Rows(1_019))));
    let bytes = |bytes| run(Budget { bytes: Some(bytes), ..Budget::default() });
    assert_eq!((bytes(10_160), bytes(10_159)), (Ok(20), stop(Limit::Bytes(10_159))));
    let interrupted = Budget::default();
    interrupted.interrupt.store(true, Ordering::Relaxed);
    assert_eq!(run(interrupted.clone()), Err(Stop::Interrupted));
    let of = (&plan, reads(&database, &[]));
    let waves = super::wave::run(&Way::default(), of, &[], (&interrupted, (0, 0)), &Arc::default());
    assert_eq!(waves.map(|(given, ..)| given.harvest.added), Err(Stop::Interrupted));
}

#[test]
fn of_failures_the_least_is_told() {
    let mut values = Values::default();
    let mut symbol = |text: &str| values.symbol(text);
    let patterns = ["c(", "a(", "d(", "b(", "x"].map(&mut symbol);
    let text = symbol("x");
    let values = Arc::new(values);
    let operand = |operand| Expression::Operand(operand);
    let (left, right) = (operand(Operand::Slot(Y)), operand(Operand::Constant(text)));
    let filter = Step::Filter { op: CompareOp::Match, negated: false, kind: Kind::Symbol, left, right };
    let plan = rule(vec![scan(0, Part::All, &[(0, X), (1, Y)]), filter], slots(&[X, Y]));
    assert!(pure(&plan));
    let mut least: Option<Failure> = None;
    // Each pattern is met in a shard of its own, and each of them first.
    for (direct, turned) in [false, true].into_iter().flat_map(|direct| (0..5).map(move |turned| (direct, turned))) {
        let d = (0..5).flat_map(|row| [row, patterns[(row as usize + turned) % 5]]).collect();
        let database = database(&[(2, d), (2, vec![])]);
        let way = Way { direct, lead: Some(0), wave: 16, ratio: 1.0, ..Way::default() };
        let of = (&plan, reads(&database, &[]));
        let (given, rows, _) = run(&way, of, &[999, 999], (&Budget::default(), (0, 0)), &values).unwrap();
        assert_eq!(rows.len(), 2 * 2);
        let failure = given.harvest.failure.unwrap();
        assert!(failure.message().contains("\"a(\""), "{failure}");
        assert_eq!(*least.get_or_insert_with(|| failure.clone()), failure);
    }
}

#[test]
fn rules_that_make_no_values_are_pure() {
    let operand = || Expression::Operand(Operand::Slot(0));
    let made = || Expression::Record(vec![operand()]);
    let with = |step: Step| rule(vec![scan(0, Part::All, &[(0, 0), (1, 1)]), step], vec![operand()]);
    let filter = |left, right| Step::Filter { op: CompareOp::Less, negated: false, kind: Kind::Number, left, right };
    let matched = |value, pattern| with(Step::Match { value, pattern });
    let exists = |relation| Step::Exists {
        relation: RelationId(relation),
        part: Part::All,
        columns: vec![0],
        key: vec![Operand::Slot(0)],
        negated: true,
    };
    let aggregate = || crate::plan::AggregatePlan {
        op: AggregateOp::Count,
        kind: Kind::Number,
        outer: Vec::new(),
        body: rule(Vec::new(), Vec::new()).body,
        target: None,
        distinct: None,
    };
    let fields = |fields| Pattern::Record(fields);
    for plan in [
        join(slots(&[X, Z])),
        with(exists(1)),
        with(Step::Intersect { slot: 2, arms: Vec::new() }),
        with(Step::Assign { slot: 2, value: operand() }),
        with(filter(operand(), operand())),
        matched(operand(), fields(vec![Pattern::Any, Pattern::Bind(2), Pattern::Equal(operand()), fields(Vec::new())])),
    ] {
        assert!(pure(&plan), "{plan:?}");
    }
    for plan in [
        join(vec![made()]),
        with(Step::Assign { slot: 2, value: made() }),
        with(filter(made(), operand())),
        with(filter(operand(), made())),
        matched(made(), Pattern::Any),
        matched(operand(), Pattern::Equal(made())),
        matched(operand(), fields(vec![Pattern::Any, Pattern::Equal(made())])),
        matched(operand(), Pattern::As(Box::new(Pattern::Any), Kind::Number, Kind::Float)),
        with(Step::Range { slot: 2, kind: Kind::Number, arguments: vec![operand(), operand()] }),
        with(Step::Aggregate { slot: 2, plan: Box::new(aggregate()) }),
    ] {
        assert!(!pure(&plan), "{plan:?}");
    }
}
