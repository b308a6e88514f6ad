//! Bodies run as nested loops over all rows would run them, in whatever batches, and count the bindings that they make.

use std::sync::Arc;

use super::{database, lookup, rule, scan, slots, with_state};
use crate::eval::access::{Access, Keys, Reads};
use crate::eval::batch::Batch;
use crate::eval::emit::Emit;
use crate::eval::grown::Grown;
use crate::eval::limits::Budget;
use crate::eval::pipeline::{Pipeline, Sink};
use crate::plan::{Arm, Expression, Operand, Part, RulePlan, Slot, Step};
use crate::program::RelationId;
use crate::storage::{Database, Growing, Row};
use crate::value::{Kind, Values, Word};

/// What lookups of growing relations are by.
type By<'b> = &'b [(u32, &'b [usize])];

/// What a body is run over.
struct World<'w> {
    reads: Reads<'w>,
    by: By<'w>,
}

impl World<'_> {
    fn rows(&self, relation: RelationId, part: Part) -> Vec<&[Word]> {
        let all = self.reads.database.relation(relation);
        self.reads.range(relation, part).map(|row| all.row(row)).collect()
    }

    /// The bindings behind the first steps of some, and the work of it.
    fn bindings(&self, steps: &[Step], start: &[Vec<Word>]) -> (Vec<Vec<Word>>, usize) {
        let (mut all, mut work) = (start.to_vec(), 0);
        for step in steps {
            let mut longer = Vec::new();
            for binding in &all {
                work += self.go_on(step, binding, &mut longer);
            }
            all = longer;
        }
        (all, work)
    }

    fn go_on(&self, step: &Step, binding: &[Word], out: &mut Vec<Vec<Word>>) -> usize {
        let value = |operand: &Operand| match *operand {
            Operand::Slot(slot) => binding[slot],
            Operand::Constant(word) => word,
        };
        let agrees = |row: &[Word], columns: &[usize], key: &[Operand]| {
            columns.iter().zip(key).all(|(&column, operand)| row[column] == value(operand))
        };
        let same = |row: &[Word], same: &[(usize, usize)]| same.iter().all(|&(left, right)| row[left] == row[right]);
        let bound = |row: &[Word], bind: &[(usize, Slot)]| {
            let mut longer = binding.to_vec();
            bind.iter().for_each(|&(column, slot)| longer[slot] = row[column]);
            longer
        };
        match step {
            Step::Scan { relation, part, constants, same: equal, bind, .. } => {
                let rows = self.rows(*relation, *part).into_iter();
                let fit = rows.filter(|row| constants.iter().all(|&(at, word)| row[at] == word) && same(row, equal));
                out.extend(fit.map(|row| bound(row, bind)));
                0
            }
            Step::Lookup { relation, part, columns, key, same: equal, bind } => {
                let rows = self.rows(*relation, *part);
                let by = self.by.iter().find(|(id, _)| *id == relation.0).map_or(columns.as_slice(), |&(_, by)| by);
                let (fewer, operands): (Vec<usize>, Vec<Operand>) =
                    columns.iter().zip(key).filter(|(column, _)| by.contains(column)).unzip();
                let read = rows.iter().filter(|row| agrees(row, &fewer, &operands)).count();
                let fit = rows.into_iter().filter(|row| agrees(row, columns, key) && same(row, equal));
                out.extend(fit.map(|row| bound(row, bind)));
                // Rows by number are not counted.
                let numbered = self.reads.in_order || self.reads.cuts.iter().any(|(id, _)| id == relation);
                if numbered { 0 } else { 1 + read }
            }
            Step::Exists { relation, part, columns, key, negated } => {
                if self.rows(*relation, *part).iter().any(|row| agrees(row, columns, key)) != *negated {
                    out.push(binding.to_vec());
                }
                1
            }
            Step::Intersect { slot, arms } => {
                let values = |arm: &Arm| -> Vec<Word> {
                    let rows = self.rows(arm.relation, Part::All).into_iter();
                    rows.filter(|row| agrees(row, &arm.columns, &arm.key)).map(|row| row[arm.column]).collect()
                };
                let mut found = values(&arms[0]);
                found.sort_unstable();
                found.retain(|word| arms[1..].iter().all(|arm| values(arm).contains(word)));
                out.extend(found.iter().map(|&word| {
                    let mut longer = binding.to_vec();
                    longer[*slot] = word;
                    longer
                }));
                found.len() + 1
            }
            _ => unreachable!("other steps are not tried here"),
        }
    }

    /// Runs a rule from some bindings of its first slots, in batches of several sizes.
    fn judge(&self, plan: &RulePlan, bound: &[Slot], start: &[Vec<Word>]) {
        let wide = |binding: &Vec<Word>| {
            let mut wide = vec![Word::MAX; plan.body.slots];
            bound.iter().zip(binding).for_each(|(&slot, &word)| wide[slot] = word);
            wide
        };
        let (all, work) = self.bindings(&plan.body.steps, &start.iter().map(wide).collect::<Vec<_>>());
        let head: Vec<Slot> = plan.head.iter().map(slot_of).collect();
        let expected: Vec<Word> = all.iter().flat_map(|binding| head.iter().map(|&slot| binding[slot])).collect();
        let mut batch = Batch { len: start.len(), ..Batch::unit(plan.body.slots) };
        for (at, &slot) in bound.iter().enumerate() {
            batch.columns[slot] = start.iter().map(|binding| binding[at]).collect();
        }
        for size in [1, 3, 1024] {
            let pipeline = Pipeline::new(&plan.body, &self.reads);
            let mut values = Arc::new(Values::default());
            let mut counter = 0;
            let mut functions = crate::eval::function::Functions::default();
            let budget = Budget::default();
            let mut state = crate::eval::batch::State::new(&mut functions, &mut values, &budget, size, &mut counter);
            let (mut words, mut candidates) = (Vec::new(), 0);
            let mut flush = |_: &mut crate::eval::batch::State<'_>, some: &[Word], count: usize| {
                words.extend_from_slice(some);
                candidates += count;
                Ok(())
            };
            let mut emit = Emit::new(&plan.head, &mut flush);
            pipeline.run(&mut state, &batch, &mut Sink::Head(&mut emit)).unwrap();
            emit.end(&mut state).unwrap();
            assert_eq!(words, expected, "in batches of {size}: {plan:?}");
            assert_eq!((candidates, state.work), (all.len(), work), "in batches of {size}: {plan:?}");
            // As batches they are the same, and none is longer than it may be.
            let mut words = Vec::new();
            let mut each = |_: &mut crate::eval::batch::State<'_>, batch: &Batch| {
                assert!(batch.len <= size.max(start.len()));
                words.extend((0..batch.len).flat_map(|row| head.iter().map(move |&slot| batch.columns[slot][row])));
                Ok(())
            };
            pipeline.run(&mut state, &batch, &mut Sink::Each(&mut each)).unwrap();
            assert_eq!(words, expected, "in batches of {size}: {plan:?}");
            assert_eq!(state.work, 2 * work, "in batches of {size}: {plan:?}");
        }
    }
}

fn slot_of(value: &Expression) -> Slot {
    match value {
        Expression::Operand(Operand::Slot(slot)) => *slot,
        _ => unreachable!("heads have slots here"),
    }
}

/// Relation `n` has `n + 1` columns. Rows come ascending, so that entries of a key do.
fn graph() -> Database {
    let row = |arity: Word, row: Word| (0..arity).map(move |column| row / (column * 3 + 1) % 9 + column / 2);
    let relations = (1..7).map(|arity: Word| {
        let mut rows: Vec<Vec<Word>> = (0..40).map(|at| row(arity, at).collect()).collect();
        rows.sort();
        rows.dedup();
        (arity as usize, rows.concat())
    });
    database(&relations.collect::<Vec<_>>())
}

fn world<'w>(database: &'w Database, grown: &'w [Grown], by: By<'w>, cuts: &'w [(RelationId, Row)]) -> World<'w> {
    World { reads: Reads { database, grown, cuts, in_order: false, threads: 1 }, by }
}

fn exists(relation: u32, part: Part, key: &[(usize, Operand)], negated: bool) -> Step {
    let (columns, key) = key.iter().copied().unzip();
    Step::Exists { relation: RelationId(relation), part, columns, key, negated }
}

fn with_same(step: Step, equal: &[(usize, usize)]) -> Step {
    match step {
        Step::Lookup { relation, part, columns, key, bind, .. } => {
            Step::Lookup { relation, part, columns, key, bind, same: equal.to_vec() }
        }
        Step::Scan { relation, part, grouped, constants, bind, .. } => {
            Step::Scan { relation, part, grouped, constants, bind, same: equal.to_vec() }
        }
        step => step,
    }
}

fn with_constants(step: Step, constants: &[(usize, Word)]) -> Step {
    match step {
        Step::Scan { relation, part, grouped, same, bind, .. } => {
            Step::Scan { relation, part, grouped, same, bind, constants: constants.to_vec() }
        }
        step => step,
    }
}

const ONE: &[Vec<Word>] = &[Vec::new()];

#[test]
fn rows_are_read_with_the_columns_that_are_wanted() {
    let graph = graph();
    let world = world(&graph, &[], &[], &[]);
    let start = [vec![3], vec![8], vec![3]];
    for arity in 1..7_usize {
        let id = u32::try_from(arity - 1).unwrap();
        let all: Vec<(usize, Slot)> = (0..arity).map(|column| (column, column + 1)).collect();
        world.judge(&rule(vec![scan(id, Part::All, &all)], slots(&[arity, 1])), &[], ONE);
        for (column, slot) in all {
            let one = scan(id, Part::All, &[(column, slot)]);
            world.judge(&rule(vec![one.clone()], slots(&[slot])), &[], ONE);
            // What was bound before is carried along.
            world.judge(&rule(vec![one.clone()], slots(&[0, slot])), &[0], &start);
            world.judge(&rule(vec![with_constants(one.clone(), &[(0, 4)])], slots(&[0, slot])), &[0], &start);
            world.judge(&rule(vec![with_same(one.clone(), &[(0, arity - 1)])], slots(&[slot])), &[], ONE);
            let both = with_same(with_constants(one, &[(arity - 1, 2)]), &[(arity / 2, arity - 1)]);
            world.judge(&rule(vec![both], slots(&[0, slot])), &[0], &start);
        }
    }
}

#[test]
fn what_goes_with_a_row_is_looked_up() {
    let graph = graph();
    let world = world(&graph, &[], &[], &[]);
    let start = [vec![3], vec![0], vec![1]];
    let first = scan(1, Part::All, &[(0, 1), (1, 2)]);
    for other in 1..6 {
        // All rows, most of them, or few meet something.
        for (column, key) in [(0, 1), (1, 1), (0, 2), (1, 2)] {
            let by = lookup(other, Part::All, &[(column, key)], &[(1 - column, 3)]);
            world.judge(&rule(vec![first.clone(), by.clone()], slots(&[1, 3])), &[], ONE);
            world.judge(&rule(vec![first.clone(), by.clone()], slots(&[3, 2, 1])), &[], ONE);
            world.judge(&rule(vec![first.clone(), by.clone()], slots(&[0, 3])), &[0], &start);
            let outer = lookup(other, Part::All, &[(column, 0)], &[(1 - column, 3)]);
            world.judge(&rule(vec![first.clone(), outer], slots(&[2, 3])), &[0], &start);
            if other == 1 && column == 0 {
                let third = lookup(1, Part::All, &[(0, 3)], &[(1, 4)]);
                world.judge(&rule(vec![first.clone(), by, third], slots(&[1, 4])), &[], ONE);
            }
        }
    }
    let constant = |word| Step::Lookup {
        relation: RelationId(2),
        part: Part::All,
        columns: vec![0, 1],
        key: vec![Operand::Constant(word), Operand::Slot(1)],
        same: Vec::new(),
        bind: vec![(2, 3)],
    };
    for word in [0, 3, 8, 99] {
        world.judge(&rule(vec![first.clone(), constant(word)], slots(&[1, 3])), &[], ONE);
    }
    for equal in [&[(1, 2)][..], &[(1, 3), (2, 3)]] {
        let by = with_same(lookup(3, Part::All, &[(0, 1)], &[(3, 3), (1, 4)]), equal);
        world.judge(&rule(vec![first.clone(), by], slots(&[1, 3, 4])), &[], ONE);
    }
}

#[test]
fn rows_are_asked_for_by_all_or_some_of_their_columns() {
    let graph = graph();
    let first = scan(1, Part::All, &[(0, 0), (1, 1)]);
    for cut in [0, 1, 9, 40] {
        let cuts = [(RelationId(2), cut), (RelationId(4), cut)];
        for cuts in [&[][..], &cuts] {
            let world = world(&graph, &[], &[], cuts);
            for negated in [false, true] {
                let judge = |step: Step| world.judge(&rule(vec![first.clone(), step], slots(&[1, 0])), &[], ONE);
                judge(exists(2, Part::All, &[], negated));
                for (one, other) in [(0, 1), (1, 0), (1, 1)] {
                    let (one, other) = (Operand::Slot(one), Operand::Slot(other));
                    judge(exists(0, Part::All, &[(0, one)], negated));
                    judge(exists(1, Part::All, &[(0, one), (1, other)], negated));
                    judge(exists(2, Part::All, &[(1, other)], negated));
                    judge(exists(2, Part::All, &[(0, other), (2, one)], negated));
                    judge(exists(2, Part::All, &[(0, one), (1, Operand::Constant(1)), (2, one)], negated));
                    judge(exists(4, Part::All, &[(2, one), (4, other)], negated));
                }
            }
            let by = with_same(lookup(4, Part::All, &[(0, 1)], &[(1, 2)]), &[(1, 2)]);
            world.judge(&rule(vec![first.clone(), by], slots(&[0, 2])), &[], ONE);
            let by = lookup(2, Part::All, &[(0, 1), (1, 0)], &[(2, 2)]);
            world.judge(&rule(vec![first.clone(), by.clone()], slots(&[0, 2])), &[], ONE);
            world.judge(&rule(vec![by], slots(&[0, 1, 2])), &[0, 1], &[vec![0, 0], vec![1, 2], vec![0, 1]]);
        }
    }
}

#[test]
fn rows_of_a_relation_that_grows_are_known_by_their_age() {
    let graph = graph();
    for fewer in [&[0_usize][..], &[2], &[0, 2]] {
        for delta in [0, 1, 11, graph.relation(RelationId(3)).len()] {
            let relation = graph.relation(RelationId(3));
            let payload: Vec<usize> = (0..4).filter(|column| !fewer.contains(column)).collect();
            let mut postings = Growing::new(fewer, &payload, 4, relation.words());
            postings.extend(4, relation.words(), 0, delta);
            postings.extend(4, relation.words(), delta, relation.len());
            let mut grown = Grown::new(RelationId(3));
            grown.delta = Row::try_from(delta).unwrap();
            grown.postings = vec![postings];
            let grown = [grown];
            let by = [(3, fewer)];
            let world = world(&graph, &grown, &by, &[]);
            let first = scan(1, Part::All, &[(0, 0), (1, 1)]);
            for part in [Part::All, Part::Old, Part::Delta] {
                assert_eq!(
                    world.reads.range(RelationId(3), part),
                    match part {
                        Part::All => 0..40.min(Row::try_from(relation.len()).unwrap()),
                        Part::Old => 0..grown[0].delta,
                        Part::Delta => grown[0].delta..Row::try_from(relation.len()).unwrap(),
                    }
                );
                let both = lookup(3, part, &[(0, 1), (2, 0)], &[(3, 2), (1, 3)]);
                world.judge(&rule(vec![first.clone(), both.clone()], slots(&[0, 2, 3])), &[], ONE);
                world.judge(&rule(vec![first.clone(), with_same(both, &[(1, 3)])], slots(&[0, 2, 3])), &[], ONE);
                if fewer.len() == 1 {
                    let one = lookup(3, part, &[(fewer[0], 1)], &[(3, 2)]);
                    world.judge(&rule(vec![first.clone(), one], slots(&[0, 2])), &[], ONE);
                    let asked = exists(3, part, &[(fewer[0], Operand::Slot(0))], false);
                    world.judge(&rule(vec![first.clone(), asked], slots(&[0, 1])), &[], ONE);
                }
                world.judge(&rule(vec![first.clone(), exists(3, part, &[], true)], slots(&[0])), &[], ONE);
                world.judge(&rule(vec![scan(3, part, &[(3, 0), (1, 1)])], slots(&[1, 0])), &[], ONE);
            }
        }
    }
}

#[test]
fn values_in_all_of_some_columns_are_found_ascending() {
    let graph = graph();
    let world = world(&graph, &[], &[], &[]);
    let arm = |relation, columns: &[usize], key: &[Operand], column| Arm {
        relation: RelationId(relation),
        columns: columns.to_vec(),
        key: key.to_vec(),
        column,
    };
    let first = scan(1, Part::All, &[(0, 0), (1, 1)]);
    let (x, y) = (Operand::Slot(0), Operand::Slot(1));
    let arms = [
        vec![arm(1, &[0], &[x], 1), arm(1, &[1], &[y], 0)],
        vec![arm(1, &[0], &[y], 1), arm(1, &[0], &[x], 1), arm(1, &[1], &[x], 0)],
        vec![arm(0, &[], &[], 0), arm(1, &[0], &[Operand::Constant(2)], 1)],
    ];
    for arms in arms {
        world.judge(&rule(vec![first.clone(), Step::Intersect { slot: 2, arms }], slots(&[0, 2])), &[], ONE);
    }
}

#[test]
fn ranges_come_in_batches_too() {
    let graph = graph();
    let mut values = Values::default();
    let ends: Vec<Word> = (0..12).map(|end| values.number(end)).collect();
    let (from, to) = (Expression::Operand(Operand::Constant(ends[2])), Expression::Operand(Operand::Slot(0)));
    let range = Step::Range { slot: 1, kind: Kind::Number, arguments: vec![from, to] };
    let plan = rule(vec![range], slots(&[0, 1]));
    let start = Batch { len: 12, columns: vec![ends.clone(), Vec::new()] };
    let reads = Reads { database: &graph, grown: &[], cuts: &[], in_order: false, threads: 1 };
    let pipeline = Pipeline::new(&plan.body, &reads);
    let expected: Vec<[Word; 2]> = (0..12_usize)
        .flat_map(|end| {
            if end < 2 { (end + 1..3).rev().collect::<Vec<_>>() } else { (2..end).collect() }
                .into_iter()
                .map(move |value| (end, value))
        })
        .map(|(end, value)| [ends[end], ends[value]])
        .collect();
    let (found, _) = with_state(values, &Budget::default(), |state| {
        let mut found: Vec<[Word; 2]> = Vec::new();
        let mut lengths = Vec::new();
        state.batch_size = 4;
        let mut each = |_: &mut crate::eval::batch::State<'_>, batch: &Batch| {
            lengths.push(batch.len);
            found.extend((0..batch.len).map(|row| [batch.columns[0][row], batch.columns[1][row]]));
            Ok(())
        };
        pipeline.run(state, &start, &mut Sink::Each(&mut each)).unwrap();
        let last = lengths.pop().unwrap();
        assert!(last <= 4 && lengths.iter().all(|&length| length == 4), "{lengths:?}");
        found
    });
    assert_eq!(found, expected);
}

#[test]
fn the_first_step_can_be_driven_by_parts() {
    let graph = graph();
    let relation = graph.relation(RelationId(2));
    let len = Row::try_from(relation.len()).unwrap();
    let mut postings = Growing::new(&[1], &[0, 2], 3, relation.words()).delta_only();
    postings.extend(3, relation.words(), 0, relation.len());
    let mut grown = Grown::new(RelationId(2));
    grown.postings = vec![postings];
    let grown = [grown];
    let reads = Reads { database: &graph, grown: &grown, cuts: &[], in_order: false, threads: 1 };
    let words = |pipeline: &Pipeline<'_>, head: &[Slot]| {
        let head = slots(head);
        let mut words = Vec::new();
        with_state(Values::default(), &Budget::default(), |state| {
            state.batch_size = 3;
            let mut flush = |_: &mut crate::eval::batch::State<'_>, some: &[Word], _: usize| {
                words.extend_from_slice(some);
                Ok(())
            };
            let mut emit = Emit::new(&head, &mut flush);
            pipeline.run(state, &Batch::unit(2), &mut Sink::Head(&mut emit)).unwrap();
            emit.end(state).unwrap();
        });
        words
    };
    let of = |rows: &mut dyn Iterator<Item = Row>, column: usize| -> Vec<Word> {
        rows.map(|row| relation.row(row)[column]).collect()
    };
    let plain = rule(vec![scan(2, Part::All, &[(2, 0), (1, 1)])], slots(&[0]));
    let mut pipeline = Pipeline::new(&plain.body, &reads);
    assert_eq!((pipeline.driving(), pipeline.driving_list()), (Some(0..len), None));
    assert_eq!([0, 1, 2].map(|slot| pipeline.driven_column(slot)), [Some(2), Some(1), None]);
    for rows in [3..9, 20..len, 5..5] {
        pipeline.drive(rows.clone());
        assert_eq!(words(&pipeline, &[0]), of(&mut rows.clone(), 2));
    }
    // By a list of rows, with what a row must have.
    let list: Vec<Row> = (0..len).rev().collect();
    let some = with_same(with_constants(scan(2, Part::All, &[(2, 0)]), &[(1, 0)]), &[(0, 1)]);
    for (step, wanted) in [(scan(2, Part::All, &[(2, 0)]), false), (some, true)] {
        let plan = rule(vec![step], slots(&[0]));
        let mut pipeline = Pipeline::new(&plan.body, &reads);
        pipeline.drive_list(&list);
        let fits = |row: &Row| !wanted || relation.row(*row)[..2] == [0, 0];
        assert_eq!(words(&pipeline, &[0]), of(&mut list.iter().copied().filter(fits), 2));
        let last = list.len() - 3;
        pipeline.drive(len - 3..len);
        assert_eq!(words(&pipeline, &[0]), of(&mut list[last..].iter().copied().filter(fits), 2));
        assert!(list[last..].iter().any(fits));
    }
    // By the keys of the delta: the first row of each, and parts of these.
    let grouped = match scan(2, Part::Delta, &[(1, 0)]) {
        Step::Scan { relation, part, constants, same, bind, .. } => {
            Step::Scan { relation, part, grouped: true, constants, same, bind }
        }
        step => step,
    };
    let plan = rule(vec![grouped], slots(&[0]));
    let mut pipeline = Pipeline::new(&plan.body, &reads);
    let mut firsts: Vec<Row> = Vec::new();
    for row in 0..len {
        if !firsts.iter().any(|&first| relation.row(first)[1] == relation.row(row)[1]) {
            firsts.push(row);
        }
    }
    let count = Row::try_from(firsts.len()).unwrap();
    assert_eq!((pipeline.driving(), pipeline.driving_list()), (Some(0..count), Some(firsts.as_slice())));
    assert_eq!(words(&pipeline, &[0]), of(&mut firsts.iter().copied(), 1));
    for rows in [1..3, 0..count, 2..count, 1..1] {
        pipeline.drive(rows.clone());
        let places = rows.start as usize..rows.end as usize;
        assert_eq!(words(&pipeline, &[0]), of(&mut firsts[places].iter().copied(), 1));
    }
    // What asks for nothing but whether there are rows reads none.
    let asked = rule(vec![exists(2, Part::All, &[], false)], Vec::new());
    assert_eq!(Pipeline::new(&asked.body, &reads).driving(), None);
    assert_eq!(Pipeline::new(&asked.body, &reads).driven_column(0), None);
}

#[test]
fn postings_serve_lookups_but_where_rows_must_come_in_order() {
    let graph = graph();
    let step = lookup(2, Part::All, &[(0, 0)], &[(2, 1)]);
    let cuts = [(RelationId(2), 7)];
    let reads = |cuts, in_order| Reads { database: &graph, grown: &[], cuts, in_order, threads: 1 };
    assert!(matches!(Access::new(&step, &reads(&[], false)), Access::Packed(..)));
    assert!(
        matches!(Access::new(&step, &reads(&[], true)), Access::Rows(_, _, range) if range == (0..40.min(graph.relation(RelationId(2)).len() as Row)))
    );
    assert!(matches!(Access::new(&step, &reads(&cuts, false)), Access::Rows(_, _, range) if range == (0..7)));
    let relation = graph.relation(RelationId(2));
    let mut growing = Growing::new(&[0], &[1, 2], 3, relation.words());
    growing.extend(3, relation.words(), 0, relation.len());
    relation.keep(growing);
    let kept = Access::new(&step, &reads(&[], false));
    assert!(matches!(&kept, Access::Kept(_, places) if *places == [1]));
    // A relation that was not kept in order has no answer to what it cannot know.
    let mut keys = Keys { words: vec![1, 2, 99], ..Keys::default() };
    kept.known(3, &mut keys);
    assert_eq!(keys.known, [true, true, false]);
    assert!(kept.loose().is_none());
    relation.forget_kept();
}
