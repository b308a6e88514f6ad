//! Head tuples come out in order, whole batches of them at a time, and few wait.

use proptest::prelude::*;

use super::with_state;
use crate::eval::batch::{Batch, State};
use crate::eval::emit::{Candidates, Emit};
use crate::eval::limits::Budget;
use crate::plan::{Expression, Operand, Slot};
use crate::program::{Callee, Functor};
use crate::storage::{BATCH, Entries};
use crate::value::{Kind, Values, Word};

/// As many tuples wait at most.
const WAITING: usize = 4 * BATCH;

fn head(operands: &[Operand]) -> Vec<Expression> {
    operands.iter().map(|&operand| Expression::Operand(operand)).collect()
}

/// Slots 0 and 1 are bound; places of entries go to slots 2 and 3.
fn operand() -> impl Strategy<Value = Operand> {
    prop_oneof![8 => (0_usize..4).prop_map(Operand::Slot), 1 => Just(Operand::Constant(9))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn entries_become_tuples_in_order(
        operands in proptest::collection::vec(operand(), 0..4),
        stride in 0_usize..3,
        parts in proptest::collection::vec(proptest::collection::vec((0_u32..3_000, prop_oneof![9 => 0_u32..4, 1 => 0_u32..6_000]), 0..60), 1..5),
    ) {
        // Places that entries do not have stand for nothing.
        let operands: Vec<Operand> = operands.into_iter().map(|operand| match operand {
            Operand::Slot(slot) if slot >= 2 + stride => Operand::Slot(0),
            other => other,
        }).collect();
        let kept: Vec<(usize, Slot)> = (0..stride).map(|place| (stride - 1 - place, 2 + place)).collect();
        let words: Vec<Word> = (0..20_000).map(|at| at * 7 % 1_001).collect();
        let head = head(&operands);
        let mut expected: Vec<Word> = Vec::new();
        let mut given = Vec::new();
        let mut flushed = std::cell::RefCell::new(Vec::new());
        let mut flush = |_: &mut State<'_>, words: &[Word], count: usize| {
            given.extend_from_slice(words);
            flushed.borrow_mut().push(count);
            Ok(())
        };
        let mut emit = Emit::new(&head, &mut flush);
        let mut count = 0;
        let (result, _) = with_state(Values::default(), &Budget::default(), |state| {
            for part in &parts {
                let entries: Vec<Entries> = part.iter().map(|&(start, len)| Entries { start, len }).collect();
                let batch = Batch {
                    len: entries.len(),
                    columns: vec![(0..).take(entries.len()).collect(), (50..).take(entries.len()).collect(), vec![], vec![]],
                };
                emit.found(state, &batch, &entries, (&words, stride, &kept)).unwrap();
                for (row, &Entries { start, len }) in entries.iter().enumerate() {
                    // Entries of which nothing is kept all give the same tuple: one is enough.
                    for entry in start..if stride == 0 { start + len.min(1) } else { start + len } {
                        expected.extend(operands.iter().map(|&operand| match operand {
                            Operand::Slot(slot) if slot >= 2 => {
                                let place = kept.iter().find(|&&(_, other)| other == slot).unwrap().0;
                                words[entry as usize * stride + place]
                            }
                            operand => batch.operand(operand, row),
                        }));
                        count += 1;
                    }
                }
                let waiting = count - flushed.borrow().iter().sum::<usize>();
                prop_assert!(waiting < WAITING, "{} tuples wait", waiting);
                prop_assert!(flushed.borrow().iter().all(|&count| (WAITING..2 * WAITING).contains(&count) && count % BATCH == 0));
            }
            let before = flushed.borrow().len();
            emit.end(state).unwrap();
            prop_assert!(flushed.borrow().len() <= before + 1, "the rest comes at once");
            emit.end(state).unwrap();
            prop_assert!(flushed.borrow().len() <= before + 1, "nothing comes twice");
            Ok(())
        });
        result?;
        prop_assert_eq!(flushed.get_mut().iter().sum::<usize>(), count);
        prop_assert_eq!(given, expected);
    }
}

#[test]
fn long_entries_are_cut_between_tuples_and_constants_stay() {
    // Entries of one to four words, more of them than are collected; columns that are fixed, or constant.
    let words: Vec<Word> = (0..24_000).collect();
    for stride in 1..5_usize {
        for operands in [
            [Operand::Slot(0), Operand::Slot(2)],
            [Operand::Slot(2), Operand::Slot(0)],
            [Operand::Constant(9), Operand::Slot(2)],
            [Operand::Slot(2), Operand::Constant(9)],
            [Operand::Slot(2), Operand::Slot(2)],
            [Operand::Slot(0), Operand::Constant(9)],
        ] {
            let head = head(&operands);
            let mut given = Vec::new();
            let mut flush = |_: &mut State<'_>, words: &[Word], _: usize| {
                given.extend_from_slice(words);
                Ok(())
            };
            let mut emit = Emit::new(&head, &mut flush);
            let entries =
                [Entries { start: 0, len: 1 }, Entries { start: 3, len: 0 }, Entries { start: 5, len: 5_000 }];
            let batch = Batch { len: 3, columns: vec![vec![70, 71, 72], vec![], vec![]] };
            with_state(Values::default(), &Budget::default(), |state| {
                emit.found(state, &batch, &entries, (&words, stride, &[(stride - 1, 2)])).unwrap();
                emit.end(state).unwrap();
            });
            let found = [(70, 0)].into_iter().chain((5..5_005).map(|entry| (72, entry)));
            let expected: Vec<Word> = found
                .flat_map(|(fixed, entry)| {
                    let read = Word::try_from((entry + 1) * stride - 1).unwrap();
                    operands.map(|operand| match operand {
                        Operand::Slot(0) => fixed,
                        Operand::Slot(_) => read,
                        Operand::Constant(word) => word,
                    })
                })
                .collect();
            assert!(given == expected, "{stride} {operands:?}");
        }
    }
}

#[test]
fn pairs_that_one_lookup_finds_come_in_blocks() {
    for axis in [0, 1] {
        let operands =
            if axis == 0 { [Operand::Slot(0), Operand::Slot(1)] } else { [Operand::Slot(1), Operand::Slot(0)] };
        let head = head(&operands);
        for stride in 1..4_usize {
            // Entries of which the last place is kept: 128 values that lie in two blocks, and far ones.
            let value = |entry: Word| if entry < 128 { entry } else { entry * 64 };
            let words: Vec<Word> = (0..9_000)
                .flat_map(|entry| (0..stride).map(move |at| if at + 1 == stride { value(entry) } else { 7 }))
                .collect();
            let (mut pairs, mut counts, mut blocks, mut tuples) = (Vec::new(), Vec::new(), Vec::new(), 0);
            let mut flush = |_: &mut State<'_>, found: Candidates<'_>| {
                match found {
                    Candidates::Tuples(_, count) => tuples += count,
                    Candidates::Blocks(some, along, count) => {
                        assert_eq!(along, axis);
                        some.iter().for_each(|block| block.pairs(along, &mut pairs));
                        counts.push(count);
                        blocks.push(some.len());
                    }
                }
                Ok(())
            };
            let mut emit = Emit::in_blocks(&head, Some(axis), &mut flush);
            let run = |start, len| Entries { start, len };
            // What is found twice, or of neighbours, is in one block, and is counted.
            let entries = [run(0, 128), run(3, 70), run(10, 0), run(0, 5)];
            let batch = Batch { len: 4, columns: vec![vec![4, 4, 6, 5], Vec::new()] };
            let many = [run(200, 8_000)];
            let far = Batch { len: 1, columns: vec![vec![8], Vec::new()] };
            with_state(Values::default(), &Budget::default(), |state| {
                emit.found(state, &batch, &entries, (&words, stride, &[(stride - 1, 1)])).unwrap();
                emit.end(state).unwrap();
                emit.end(state).unwrap();
                emit.found(state, &far, &many, (&words, stride, &[(stride - 1, 1)])).unwrap();
                emit.end(state).unwrap();
            });
            assert_eq!((counts[0], blocks[0], tuples), (128 + 70 + 5, 3, 0));
            assert_eq!(counts[1..].iter().sum::<usize>(), 8_000);
            assert!(blocks[1..].iter().all(|&blocks| blocks <= WAITING), "{blocks:?}");
            assert_eq!(blocks[1..].iter().sum::<usize>(), 8_000);
            let expected = (0..128).map(|other| (4, other)).chain((0..5).map(|other| (5, other)));
            let expected = expected.chain((200..8_200).map(|entry| (8, value(entry))));
            let mut expected: Vec<[Word; 2]> =
                expected.map(|(fixed, other)| if axis == 0 { [fixed, other] } else { [other, fixed] }).collect();
            expected.sort_unstable();
            let mut found = pairs.as_chunks::<2>().0.to_vec();
            found.sort_unstable();
            assert!(found == expected, "{axis} {stride}");
        }
        // Where the lookup finds the axis itself, or there is none, they come as tuples.
        for wanted in [None, Some(1 - axis)] {
            let mut given = (Vec::new(), 0);
            let mut flush = |_: &mut State<'_>, found: Candidates<'_>| {
                if let Candidates::Tuples(words, count) = found {
                    given.0.extend_from_slice(words);
                    given.1 += count;
                }
                Ok(())
            };
            let mut emit = Emit::in_blocks(&head, wanted, &mut flush);
            let batch = Batch { len: 1, columns: vec![vec![4], Vec::new()] };
            with_state(Values::default(), &Budget::default(), |state| {
                emit.found(state, &batch, &[Entries { start: 1, len: 2 }], (&[5, 6, 7], 1, &[(0, 1)])).unwrap();
                emit.end(state).unwrap();
            });
            let expected = if axis == 0 { vec![4, 6, 4, 7] } else { vec![6, 4, 7, 4] };
            assert_eq!(given, (expected, 2));
        }
    }
}

#[test]
fn batches_become_tuples_and_those_that_fail_are_left_out() {
    let mut values = Values::default();
    let zero = values.number(0);
    let seven = values.number(7);
    let operand = |slot| Expression::Operand(Operand::Slot(slot));
    let divided = Expression::Call {
        functor: Callee::Builtin(Functor::Divide),
        kinds: vec![Kind::Number; 2],
        kind: Kind::Number,
        arguments: vec![Expression::Operand(Operand::Constant(seven)), operand(1)],
    };
    for computed in [false, true] {
        let head = [operand(0), if computed { divided.clone() } else { operand(1) }, operand(0)];
        let mut batch = Batch { len: 900, columns: vec![(0..900).collect(), Vec::new()] };
        batch.columns[1] = (0..900).map(|row| values.number(i64::from(row % 3))).collect();
        let flushed = std::cell::RefCell::new(Vec::new());
        let mut given = Vec::new();
        let mut flush = |_: &mut State<'_>, words: &[Word], count: usize| {
            given.extend_from_slice(words);
            flushed.borrow_mut().push(count);
            Ok(())
        };
        let mut emit = Emit::new(&head, &mut flush);
        assert_eq!(emit.is_plain(), !computed);
        let (failure, _) = with_state(values.clone(), &Budget::default(), |state| {
            for _ in 0..4 {
                emit.batch(state, &batch).unwrap();
            }
            let each = if computed { 600 } else { 900 };
            // At 2,048 or more, what makes whole batches is passed on.
            assert_eq!(*flushed.borrow(), if computed { vec![2_048] } else { vec![2_560] });
            emit.end(state).unwrap();
            assert_eq!(flushed.borrow().iter().sum::<usize>(), 4 * each);
            state.failure.take()
        });
        assert_eq!(failure.is_some(), computed, "division by zero is noted");
        let mut expected = Vec::new();
        for row in (0..4).flat_map(|_| 0..900_u32) {
            let divisor = row % 3;
            if !computed {
                expected.extend([row, batch.columns[1][row as usize], row]);
            } else if let Some(quotient) = 7_u32.checked_div(divisor) {
                expected.extend([row, values.number(i64::from(quotient)), row]);
            }
        }
        assert_eq!(given, expected);
        assert!(batch.columns[1].contains(&zero));
    }
}
