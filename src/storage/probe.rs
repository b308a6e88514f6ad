//! What open tables share: where a probe looks first and next, and how few words are compared. Slots of wide keys hold
//! the upper half of their hash, the tag, above a number.

use crate::value::Word;

/// The half of a slot that holds part of the hash.
pub(super) const TAG: u64 = 0xffff_ffff_0000_0000;

/// Where a hash looks first: its tag scaled to the capacity, so that slots alone are enough to grow a table.
#[inline]
#[allow(clippy::cast_possible_truncation)] // below the capacity
pub(super) fn home(hash: u64, capacity: usize) -> usize {
    (((hash >> 32) * capacity as u64) >> 32) as usize
}

/// The slot after one.
#[inline]
pub(super) fn next(at: usize, capacity: usize) -> usize {
    if at + 1 == capacity { 0 } else { at + 1 }
}

/// Whether two tuples are equal: a few words, so that calling a function to compare memory takes longer.
#[inline]
pub(super) fn alike(one: &[Word], other: &[Word]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}
