//! The postings of relations that no longer grow.
//!
//! To sort the rows of a large relation by a key one after another is to wait for memory twice a row: for the key in the
//! table of all keys, and for the place of its entry. So rows are dealt into parts by a hash of their key first, few
//! enough that dealing goes to the ends of lists in the caches, and small enough that what belongs to a part lies there
//! while it is sorted (a radix partition: Boncz, Manegold and Kersten, 1999). Threads deal pieces of the relation, then sort
//! parts, side by side.

use std::ops::Range;

use super::index::greatest;
use super::keys::{self, KeyTable};
use super::postings::Entries;
use super::sieve::Bits;
use crate::threads;
use crate::value::Word;

/// How many rows a part holds on average, at most twice as many.
const ROOM: usize = 1 << 15;
/// How many parts there are at most, as a power of two.
const MOST_BITS: u32 = 8;
/// How many pieces of a relation are dealt side by side.
const PIECES: usize = 8;

/// The postings of a relation that no longer grows. Where the payload is one column, the entries of a key are ascending.
#[derive(Clone, Debug)]
pub struct Packed {
    columns: Vec<usize>,
    payload: Vec<usize>,
    finder: Finder,
    /// A bit a key of one column, where few of the values up to the greatest have any entry.
    present: Option<Bits>,
    /// `offsets[g]..offsets[g + 1]` are the entries of group `g`.
    offsets: Vec<u32>,
    /// `payload.len()` words an entry.
    words: Vec<Word>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Finder {
    /// The key is the group.
    Direct,
    /// Keys in as many parts as a power of two says, by their hash.
    Parts(Vec<Part>),
}

#[derive(Clone, Debug)]
struct Part {
    keys: KeyTable,
    /// Groups of the parts before.
    before: u32,
}

/// Which rows, and what of them.
#[derive(Clone, Copy)]
struct Source<'a> {
    columns: &'a [usize],
    payload: &'a [usize],
    arity: usize,
    words: &'a [Word],
}

impl Packed {
    /// The postings of `len` rows of `arity` words, by `columns`, with the values of `payload`; made by up to so many
    /// `threads`, on whose number nothing depends.
    #[must_use]
    pub fn build(
        columns: &[usize],
        payload: &[usize],
        (arity, words): (usize, &[Word]),
        len: usize,
        threads: usize,
    ) -> Self {
        let source = Source { columns, payload, arity, words };
        let (finder, offsets, entries) = match *columns {
            [column] if keys::dense_bound(greatest(column, arity, words), len).is_some() => source.direct(column, len),
            _ => source.parts(len, threads),
        };
        let present = present(columns, arity, words, len);
        Self { columns: columns.to_vec(), payload: payload.to_vec(), finder, present, offsets, words: entries, len }
    }

    /// The columns that make the key, in the key's order.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The columns of an entry.
    #[must_use]
    pub fn payload(&self) -> &[usize] {
        &self.payload
    }

    /// The entries' values, one entry after another.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// How many rows are indexed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of memory held, the table of keys apart.
    #[must_use]
    pub fn bytes(&self) -> usize {
        (self.words.len() + self.offsets.len()) * size_of::<Word>() + self.present.as_ref().map_or(0, Bits::bytes)
    }

    fn group(&self, group: Option<u32>) -> Entries {
        let Some(group) = group else { return Entries::default() };
        match self.offsets.get(group as usize..group as usize + 2) {
            Some(&[start, end]) => Entries { start, len: end - start },
            _ => Entries::default(),
        }
    }

    /// The entries of a key.
    #[must_use]
    pub fn find(&self, key: &[Word]) -> Entries {
        let group = match (&self.finder, key) {
            (Finder::Direct, &[word]) => Some(word),
            (Finder::Direct, _) => None,
            (Finder::Parts(parts), key) => {
                let part = &parts[part_of(parts.len(), key)];
                part.keys.find(key).map(|group| part.before + group)
            }
        };
        self.group(group)
    }

    /// The values with a key of one column, where the payload is one column.
    #[inline]
    #[must_use]
    pub fn values(&self, key: Word) -> &[Word] {
        let Entries { start, len } = self.find(&[key]);
        &self.words[start as usize..(start + len) as usize]
    }

    /// The entries of `count` keys, one after another.
    pub fn find_all(&self, keys: &[Word], count: usize, out: &mut Vec<Entries>) {
        if let Some(present) = &self.present {
            out.extend(keys.iter().map(|&key| if present.has(key) { self.find(&[key]) } else { Entries::default() }));
            return;
        }
        match &self.finder {
            Finder::Direct => out.extend(keys.iter().map(|&key| self.group(Some(key)))),
            Finder::Parts(parts) => match parts.as_slice() {
                [one] => one.keys.find_all(keys, count, &mut |group| out.push(self.group(group))),
                _ => out.extend(keys.chunks_exact(self.columns.len()).map(|key| self.find(key))),
            },
        }
    }
}

impl Source<'_> {
    fn row(&self, row: usize) -> &[Word] {
        &self.words[row * self.arity..(row + 1) * self.arity]
    }

    /// The value of a column is the group: a counting sort.
    fn direct(&self, column: usize, len: usize) -> (Finder, Vec<u32>, Vec<Word>) {
        let mut offsets = vec![0_u32; greatest(column, self.arity, self.words) as usize + 2];
        let values = || self.words.iter().skip(column).step_by(self.arity);
        values().for_each(|&group| offsets[group as usize + 1] += 1);
        add_up(&mut offsets);
        let mut entries = vec![0; len * self.payload.len()];
        fill(&mut offsets, self.payload.len(), &mut entries, (0..).zip(values().copied()), |row, entry| {
            pick(self.row(row), self.payload, entry);
        });
        (Finder::Direct, offsets, entries)
    }

    /// Groups by hash, part by part.
    fn parts(&self, len: usize, threads: usize) -> (Finder, Vec<u32>, Vec<Word>) {
        let bits = if self.columns.is_empty() { 0 } else { (len / ROOM).checked_ilog2().unwrap_or(0).min(MOST_BITS) };
        let count = 1 << bits;
        // Not by the number of threads: the lists that pieces are dealt into should not be too short.
        let size = len.div_ceil(PIECES).max(1);
        let starts = if count == 1 { 0..0 } else { 0..len }.step_by(size);
        let mut pieces: Vec<Piece> = starts.map(|start| Piece::of(start..len.min(start + size))).collect();
        threads::each(threads, &mut pieces, |piece| piece.deal(self, count));
        let mut entries = vec![0; len * self.payload.len()];
        let mut rest = entries.as_mut_slice();
        let mut sorting = Vec::with_capacity(count);
        for number in 0..count {
            let rows = if count == 1 { len } else { pieces.iter().map(|piece| piece.rows_of(number)).sum() };
            let (own, others) = rest.split_at_mut(rows * self.payload.len());
            rest = others;
            sorting.push(Sorting {
                keys: KeyTable::new(self.columns.len(), None),
                offsets: vec![0],
                own,
                number,
                rows,
            });
        }
        threads::each(threads, &mut sorting, |part| part.sort(self, &pieces));
        let groups: usize = sorting.iter().map(|part| part.keys.len()).sum();
        let mut offsets = Vec::with_capacity(groups + 1);
        offsets.push(0);
        let mut parts = Vec::with_capacity(count);
        for Sorting { keys, offsets: own, .. } in sorting {
            let (before, start) = (offsets.len() - 1, offsets.last().copied().unwrap_or(0));
            offsets.extend(own[1..].iter().map(|offset| start + offset));
            parts.push(Part { keys, before: u32::try_from(before).unwrap_or(u32::MAX) });
        }
        (Finder::Parts(parts), offsets, entries)
    }
}

/// Some rows that lie side by side, to be dealt by the part of their key.
struct Piece {
    rows: Range<usize>,
    /// Key and payload of each row, part after part.
    dealt: Vec<Word>,
    /// `starts[p]..starts[p + 1]` are the rows of part `p`, in their order.
    starts: Vec<u32>,
}

impl Piece {
    fn of(rows: Range<usize>) -> Self {
        Self { rows, dealt: Vec::new(), starts: Vec::new() }
    }

    #[allow(clippy::cast_possible_truncation)] // the number of a part is below 256
    fn deal(&mut self, source: &Source<'_>, count: usize) {
        let (by, width) = (source.columns.len(), source.columns.len() + source.payload.len());
        let mut key = vec![0; by];
        let mut parts = Vec::with_capacity(self.rows.len());
        self.starts = vec![0; count + 1];
        for row in self.rows.clone() {
            pick(source.row(row), source.columns, &mut key);
            let part = part_of(count, &key);
            self.starts[part + 1] += 1;
            parts.push(part as u8);
        }
        add_up(&mut self.starts);
        let mut next = self.starts.clone();
        self.dealt = vec![0; parts.len() * width];
        for (row, part) in self.rows.clone().zip(parts) {
            let at = &mut next[usize::from(part)];
            let (key, payload) = self.dealt[*at as usize * width..(*at as usize + 1) * width].split_at_mut(by);
            pick(source.row(row), source.columns, key);
            pick(source.row(row), source.payload, payload);
            *at += 1;
        }
    }

    fn rows_of(&self, part: usize) -> usize {
        (self.starts[part + 1] - self.starts[part]) as usize
    }

    /// What was dealt to a part, where a row takes so many words.
    fn part(&self, part: usize, width: usize) -> &[Word] {
        &self.dealt[self.starts[part] as usize * width..self.starts[part + 1] as usize * width]
    }
}

/// A part while it is sorted.
struct Sorting<'e> {
    keys: KeyTable,
    /// Of its own groups, in its own entries.
    offsets: Vec<u32>,
    own: &'e mut [Word],
    number: usize,
    rows: usize,
}

impl Sorting<'_> {
    /// Sorts what was dealt to it, or all rows where nothing was dealt.
    fn sort(&mut self, source: &Source<'_>, pieces: &[Piece]) {
        let (by, width) = (source.columns.len(), source.payload.len());
        let mut groups = Vec::with_capacity(self.rows);
        if pieces.is_empty() {
            let mut key = vec![0; by];
            for row in 0..self.rows {
                pick(source.row(row), source.columns, &mut key);
                groups.push(self.group(&key));
            }
            add_up(&mut self.offsets);
            return fill(&mut self.offsets, width, self.own, (0..self.rows).zip(groups), |row, entry| {
                pick(source.row(row), source.payload, entry);
            });
        }
        let number = self.number;
        let dealt = || pieces.iter().flat_map(|piece| piece.part(number, by + width).chunks_exact(by + width));
        for row in dealt() {
            groups.push(self.group(&row[..by]));
        }
        add_up(&mut self.offsets);
        fill(&mut self.offsets, width, self.own, dealt().zip(groups), |row: &[Word], entry| {
            entry.copy_from_slice(&row[by..]);
        });
    }

    /// The group of a key, with one more row.
    fn group(&mut self, key: &[Word]) -> u32 {
        let group = match *key {
            [one] => self.keys.insert_narrow([one, 0]),
            [one, other] => self.keys.insert_narrow([one, other]),
            _ => self.keys.insert(key),
        };
        if group as usize + 1 == self.offsets.len() {
            self.offsets.push(0);
        }
        self.offsets[group as usize + 1] += 1;
        group
    }
}

/// Which of so many parts a key belongs to. Tables look first at the upper half of the hash.
fn part_of(count: usize, key: &[Word]) -> usize {
    if count == 1 { 0 } else { (keys::spread_of(key) >> 8) as usize & (count - 1) }
}

/// The values of some columns of a row.
#[inline]
fn pick(row: &[Word], columns: &[usize], into: &mut [Word]) {
    into.iter_mut().zip(columns).for_each(|(word, &column)| *word = row[column]);
}

/// Lets each number be the sum of all up to it.
fn add_up(counts: &mut [u32]) {
    for at in 1..counts.len() {
        counts[at] += counts[at - 1];
    }
}

/// Counting sort of entries of `width` words by group; `write` writes the entry of each item. Those of a group stay in
/// order, or are sorted where they are one word.
fn fill<T>(
    offsets: &mut Vec<u32>,
    width: usize,
    entries: &mut [Word],
    items: impl Iterator<Item = (T, u32)>,
    write: impl Fn(T, &mut [Word]),
) {
    if width == 0 {
        return;
    }
    // The offsets themselves are the cursors; afterwards each is where the next group starts.
    for (item, group) in items {
        let at = &mut offsets[group as usize];
        write(item, &mut entries[*at as usize * width..(*at as usize + 1) * width]);
        *at += 1;
    }
    offsets.pop();
    offsets.insert(0, 0);
    if width == 1 {
        for pair in offsets.windows(2) {
            entries[pair[0] as usize..pair[1] as usize].sort_unstable();
        }
    }
}

/// Which values of the only column of a key there are, a bit each: where most probes may find nothing, since there are few
/// for the greatest of them, and the bits take little room beside the rows.
fn present(columns: &[usize], arity: usize, words: &[Word], len: usize) -> Option<Bits> {
    let &[column] = columns else { return None };
    if len == 0 || greatest(column, arity, words) as usize / 4 < len {
        return None;
    }
    Bits::of(words.iter().skip(column).step_by(arity).copied())
}

#[cfg(test)]
mod tests;
