//! Limits are met by what is one too many, and named as a user sets them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::eval::{Budget, Clock, Limit, Stop};
use crate::program::RuleId;

/// A clock that stands still.
#[derive(Debug)]
struct At(u64);

impl Clock for At {
    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0)
    }
}

#[test]
fn a_limit_is_met_by_one_too_many() {
    let rule = Some(RuleId(3));
    let stop = |limit| Err(Stop::Limit(limit, rule));
    let budget = Budget { rows: Some(10), bytes: Some(100), ..Budget::default() };
    assert_eq!(budget.hold(10, 100, rule), Ok(()));
    assert_eq!(budget.hold(11, 0, rule), stop(Limit::Rows(10)));
    assert_eq!(budget.hold(0, 101, rule), stop(Limit::Bytes(100)));
    assert_eq!(budget.hold(11, 101, rule), stop(Limit::Rows(10)));
    let budget = Budget { rounds: Some(5), relation_rows: Some(7), ..Budget::default() };
    assert_eq!(budget.round(5, 7, rule), Ok(()));
    assert_eq!(budget.round(6, 0, rule), stop(Limit::Rounds(5)));
    assert_eq!(budget.round(1, 8, rule), stop(Limit::RelationRows(7)));
    let free = Budget::default();
    assert_eq!((free.hold(usize::MAX, usize::MAX, rule), free.round(u32::MAX, usize::MAX, rule)), (Ok(()), Ok(())));
}

#[test]
fn time_passes_by_the_clock_and_whoever_interrupts_comes_first() {
    let limit = Duration::from_secs(5);
    let at = |seconds| Budget { time: Some(limit), clock: Some(Arc::new(At(seconds))), ..Budget::default() };
    assert_eq!(at(5).poll(None), Ok(()));
    let late = at(6);
    assert_eq!(late.poll(Some(RuleId(1))), Err(Stop::Limit(Limit::Time(limit), Some(RuleId(1)))));
    assert_eq!(Budget { clock: None, ..late.clone() }.poll(None), Ok(()), "without a clock no time passes");
    late.interrupt.store(true, Ordering::Relaxed);
    assert_eq!(late.poll(None), Err(Stop::Interrupted));
}

#[test]
fn limits_name_their_flags_and_sizes() {
    let named = [
        (Limit::Rows(3), "--max-rows", "more than 3 rows"),
        (Limit::RelationRows(3), "--max-relation-rows", "more than 3 rows in one relation"),
        (Limit::Rounds(3), "--max-rounds", "more than 3 rounds"),
        (Limit::Time(Duration::from_millis(1_500)), "--max-time", "more than 1.5 s"),
        (Limit::Bytes(3), "--max-memory", "more than 3 bytes"),
    ];
    for (limit, flag, text) in named {
        assert_eq!((limit.flag(), limit.to_string()), (flag, text.to_owned()));
    }
}
