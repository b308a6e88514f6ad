//! From bindings and the entries that go with them to longer bindings, a run of entries at a time.

use super::batch::Batch;
use crate::plan::Slot;
use crate::storage::Entries;
use crate::value::Word;

/// Runs of entries that wait to be written out as one batch.
pub(super) struct Spread<'w> {
    /// The entries' values.
    words: &'w [Word],
    /// Words an entry.
    stride: usize,
    /// Entries that make a full batch.
    size: usize,
    /// (row of the binding, first entry, how many).
    runs: Vec<(u32, u32, u32)>,
    len: usize,
}

impl<'w> Spread<'w> {
    /// There is room for a run of each of so many bindings.
    pub(super) fn new(words: &'w [Word], stride: usize, size: usize, bindings: usize) -> Self {
        Self { words, stride, size, runs: Vec::with_capacity(bindings.min(size)), len: 0 }
    }

    /// Adds as many of a binding's entries as there is room for, leaving out those whose `compared` places (pairs of
    /// them, one after another) differ, or that have another word than the given one at a `fixed` place. Gives the rest.
    pub(super) fn push(&mut self, row: u32, entries: Entries, compared: &[usize], fixed: &[(usize, Word)]) -> Entries {
        let room = u32::try_from(self.size - self.len).unwrap_or(u32::MAX);
        let taken = entries.len.min(room);
        if compared.is_empty() && fixed.is_empty() {
            self.runs.push((row, entries.start, taken));
            self.len += taken as usize;
        } else {
            let words = &self.words[entries.start as usize * self.stride..];
            for (entry, words) in (entries.start..entries.start + taken).zip(words.chunks_exact(self.stride)) {
                if fixed.iter().all(|&(place, word)| words[place] == word)
                    && compared.chunks_exact(2).all(|pair| words[pair[0]] == words[pair[1]])
                {
                    self.runs.push((row, entry, 1));
                    self.len += 1;
                }
            }
        }
        Entries { start: entries.start + taken, len: entries.len - taken }
    }

    pub(super) fn is_full(&self) -> bool {
        self.len >= self.size
    }

    /// Writes the runs out: what is `carried` of the bindings, and the places of the entries that are `kept` in slots.
    pub(super) fn fill(
        &mut self,
        out: &mut Batch,
        from: &Batch,
        carried: &[Slot],
        kept: impl Iterator<Item = (usize, Slot)>,
    ) {
        out.len = self.len;
        for &slot in carried {
            let source = &from.columns[slot];
            if source.is_empty() {
                continue;
            }
            let target = &mut out.columns[slot];
            target.reserve(self.len);
            for &(row, _, count) in &self.runs {
                let word = source[row as usize];
                if count == 1 { target.push(word) } else { target.resize(target.len() + count as usize, word) }
            }
        }
        for (place, slot) in kept {
            let target = &mut out.columns[slot];
            target.reserve(self.len);
            for &(_, start, count) in &self.runs {
                let (start, end) = (start as usize * self.stride, (start + count) as usize * self.stride);
                if self.stride == 1 {
                    target.extend_from_slice(&self.words[start..end]);
                } else {
                    target.extend(self.words[start..end].iter().skip(place).step_by(self.stride));
                }
            }
        }
        self.runs.clear();
        self.len = 0;
    }
}
