//! Head tuples come out in order, whole batches of them at a time, and few wait.

use proptest::prelude::*;

use super::with_state;
use crate::eval::batch::{Batch, State};
use crate::eval::emit::Emit;
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
                prop_assert!(flushed.borrow().iter().all(|&count| count > 0 && count % BATCH == 0 && count < 2 * WAITING));
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
