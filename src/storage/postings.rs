//! What joins read: per key the values of the columns that a plan wants, side by side, so that a lookup streams them
//! without touching the rows.

use super::index::{greatest, table};
use super::keys::KeyTable;
use super::relation::Row;
use super::sieve::Sieve;
use crate::value::Word;

/// Rows whose keys are searched for together.
const CHUNK: usize = 128;

/// Where the entries of a key lie: `len` of them from `start` on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// The first.
    pub start: u32,
    /// How many.
    pub len: u32,
}

/// Which entries of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// All.
    All,
    /// Those that were there before the last extension.
    Old,
    /// Those of the last extension.
    New,
}

/// The postings of a relation that grows round by round.
#[derive(Clone, Debug)]
pub struct Growing {
    columns: Vec<usize>,
    payload: Vec<usize>,
    keys: KeyTable,
    lists: Vec<List>,
    /// All entries; a list that outgrows its room moves to the end with twice the room.
    arena: Vec<Word>,
    /// Rooms left behind, by the logarithm of their size.
    free: Vec<Vec<u32>>,
    /// Lists that the last extension lengthened.
    touched: Vec<u32>,
    /// The row that did so first, for each of these.
    firsts: Vec<Row>,
    /// Rows indexed so far.
    len: usize,
    /// Each extension begins anew with the delta.
    delta_only: bool,
    /// Rows that it does not pass are left out.
    sieve: Option<Sieve>,
}

#[derive(Clone, Copy, Debug)]
struct List {
    start: u32,
    len: u32,
    /// Length before the last extension.
    old: u32,
    /// Logarithm of the room.
    room: u8,
}

impl Growing {
    /// Empty postings by some columns of a relation that has `words` so far (they are not indexed yet).
    #[must_use]
    pub fn new(columns: &[usize], payload: &[usize], arity: usize, words: &[Word]) -> Self {
        let len = words.len() / arity.max(1);
        Self {
            columns: columns.to_vec(),
            payload: payload.to_vec(),
            keys: table(columns, arity, words, len),
            lists: Vec::new(),
            arena: Vec::new(),
            free: vec![Vec::new(); 33],
            touched: Vec::new(),
            firsts: Vec::new(),
            len: 0,
            delta_only: false,
            sieve: None,
        }
    }

    /// Lets them leave out the rows that do not pass. None may be indexed yet.
    pub fn sift(&mut self, sieve: Option<Sieve>) {
        debug_assert!(self.is_empty(), "rows are indexed");
        self.sieve = sieve;
    }

    /// What rows have to pass.
    #[must_use]
    pub fn sieve(&self) -> Option<&Sieve> {
        self.sieve.as_ref()
    }

    /// Lets them hold the delta alone: nobody asks for more.
    #[must_use]
    pub fn delta_only(self) -> Self {
        Self { delta_only: true, ..self }
    }

    /// Whether they hold the delta alone.
    #[must_use]
    pub fn is_delta_only(&self) -> bool {
        self.delta_only
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
        &self.arena
    }

    /// How many rows are indexed, those that are left out among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many rows the next extension indexes, up to `len`, with those from `delta` on new.
    #[must_use]
    pub fn late(&self, delta: usize, len: usize) -> usize {
        len.saturating_sub(if self.delta_only { delta } else { self.len })
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// For each distinct key of the delta the first row that has it, ascending.
    #[must_use]
    pub fn firsts(&self) -> &[Row] {
        &self.firsts
    }

    /// How many distinct keys there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.keys.len()
    }

    /// Bytes of memory held, the table of keys apart.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.arena.len() * size_of::<Word>() + self.lists.len() * size_of::<List>()
    }

    /// Starts a round: indexes the rows from where the last call ended up to `len`; those from `delta` on are the new
    /// ones.
    pub fn extend(&mut self, arity: usize, words: &[Word], delta: usize, len: usize) {
        if self.delta_only {
            self.keys.clear();
            self.lists.clear();
            self.arena.clear();
            self.free.iter_mut().for_each(Vec::clear);
            self.touched.clear();
            self.len = delta;
        }
        self.age();
        if let [column] = *self.columns {
            self.keys.admit(greatest(column, arity, &words[self.len * arity..len * arity]), len);
        }
        let old = self.len..delta.max(self.len);
        self.push_all(arity, words, old);
        self.age();
        self.push_all(arity, words, self.len.max(delta)..len);
        self.len = len;
    }

    /// Lets all entries be old.
    fn age(&mut self) {
        for &group in &self.touched {
            let list = &mut self.lists[group as usize];
            list.old = list.len;
        }
        self.touched.clear();
        self.firsts.clear();
    }

    /// Adds the rows that pass the sieve.
    fn push_all(&mut self, arity: usize, words: &[Word], rows: std::ops::Range<usize>) {
        let words = &words[rows.start * arity..rows.end * arity];
        let first = Row::try_from(rows.start).unwrap_or(Row::MAX);
        let sieve = self.sieve.take();
        match &sieve {
            Some(sieve) => self.push_rows(arity, (words, first), |row| sieve.passes(row)),
            None => self.push_rows(arity, (words, first), |_| true),
        }
        self.sieve = sieve;
    }

    /// Adds rows, from number `first` on, that pass.
    fn push_rows(&mut self, arity: usize, rows: (&[Word], Row), passes: impl Fn(&[Word]) -> bool) {
        // The widths that there are mostly, each compiled on its own.
        match self.payload.len() {
            0 => self.push_width(0, arity, rows, passes),
            1 => self.push_width(1, arity, rows, passes),
            2 => self.push_width(2, arity, rows, passes),
            3 => self.push_width(3, arity, rows, passes),
            width => self.push_width(width, arity, rows, passes),
        }
    }

    /// The same of rows whose entries have `width` words.
    #[inline(always)]
    #[allow(clippy::inline_always)] // for the constants that it is called with
    fn push_width(
        &mut self,
        width: usize,
        arity: usize,
        (words, first): (&[Word], Row),
        passes: impl Fn(&[Word]) -> bool,
    ) {
        let rows = (first..).zip(words.chunks_exact(arity.max(1))).filter(|(_, row)| passes(row));
        match *self.columns {
            [column] => {
                // Rows often come in runs that agree in a column.
                let mut last = None;
                for (number, row) in rows {
                    let group = match last {
                        Some((key, group)) if key == row[column] => group,
                        _ => self.keys.insert_narrow([row[column], 0]),
                    };
                    last = Some((row[column], group));
                    self.push_row(group, width, (row, number));
                }
            }
            [one, other] => {
                for (number, row) in rows {
                    let group = self.keys.insert_narrow([row[one], row[other]]);
                    self.push_row(group, width, (row, number));
                }
            }
            _ => {
                let by = self.columns.len();
                let (mut keys, mut groups, mut some) = (Vec::new(), Vec::new(), Vec::with_capacity(CHUNK));
                let mut rows = rows.peekable();
                while rows.peek().is_some() {
                    keys.clear();
                    groups.clear();
                    some.clear();
                    some.extend(rows.by_ref().take(CHUNK));
                    for (_, row) in &some {
                        keys.extend(self.columns.iter().map(|&column| row[column]));
                    }
                    // Searches do not wait for each other; what is new comes after.
                    self.keys.find_all(&keys, some.len(), &mut |group| groups.push(group));
                    for (at, (&(number, row), &group)) in some.iter().zip(&groups).enumerate() {
                        let group = group.unwrap_or_else(|| self.keys.insert(&keys[at * by..(at + 1) * by]));
                        self.push_row(group, width, (row, number));
                    }
                }
            }
        }
    }

    /// Adds the entry of a row.
    #[inline(always)]
    #[allow(clippy::inline_always)] // see above
    fn push_row(&mut self, group: u32, width: usize, (row, number): (&[Word], Row)) {
        let at = self.push(group, width, number) * width;
        let entry = &mut self.arena[at..at + width];
        for place in 0..width {
            entry[place] = row[self.payload[place]];
        }
    }

    /// A place for one more entry of a group, that of a row with a number.
    #[inline(always)]
    #[allow(clippy::inline_always)] // see above
    fn push(&mut self, group: u32, width: usize, number: Row) -> usize {
        if group as usize == self.lists.len() {
            let start = self.allocate(0, width);
            self.lists.push(List { start, len: 0, old: 0, room: 0 });
        }
        let list = &mut self.lists[group as usize];
        if list.len == list.old {
            self.touched.push(group);
            self.firsts.push(number);
        }
        if list.len == 1 << list.room {
            self.enlarge(group, width);
        }
        let list = &mut self.lists[group as usize];
        let at = list.start + list.len;
        list.len += 1;
        at as usize
    }

    /// Moves a list to where it has twice the room.
    #[inline(never)]
    fn enlarge(&mut self, group: u32, width: usize) {
        let list = self.lists[group as usize];
        let start = self.allocate(list.room + 1, width);
        let (from, to) = (list.start as usize * width, start as usize * width);
        if width > 0 {
            self.arena.copy_within(from..from + list.len as usize * width, to);
            self.free[list.room as usize].push(list.start);
        }
        self.lists[group as usize] = List { start, room: list.room + 1, ..list };
    }

    fn allocate(&mut self, room: u8, width: usize) -> u32 {
        if width == 0 {
            return 0;
        }
        self.free[room as usize].pop().unwrap_or_else(|| {
            let start = self.arena.len() / width;
            self.arena.resize((start + (1 << room)) * width, 0);
            u32::try_from(start).unwrap_or(u32::MAX)
        })
    }

    fn group(&self, group: Option<u32>, age: Age) -> Entries {
        let Some(group) = group else { return Entries::default() };
        let List { start, len, old, .. } = self.lists[group as usize];
        match age {
            Age::All => Entries { start, len },
            Age::Old => Entries { start, len: old },
            Age::New => Entries { start: start + old, len: len - old },
        }
    }

    /// The entries of a key.
    #[must_use]
    pub fn find(&self, key: &[Word], age: Age) -> Entries {
        self.group(self.keys.find(key), age)
    }

    /// The entries of `count` keys, one after another.
    pub fn find_all(&self, keys: &[Word], count: usize, age: Age, out: &mut Vec<Entries>) {
        self.keys.find_all(keys, count, &mut |group| out.push(self.group(group, age)));
    }

    /// Of an even sample of the indexed rows: how many entries their keys have, and how many of these agree with the row
    /// in some other columns too, all of them in the payload. Nothing where few rows are indexed.
    #[must_use]
    pub fn selectivity(&self, others: &[usize], arity: usize, words: &[Word], sample: usize) -> Option<(usize, usize)> {
        let width = self.payload.len();
        let places: Option<Vec<usize>> =
            others.iter().map(|other| self.payload.iter().position(|column| column == other)).collect();
        let places = places.filter(|_| self.len >= sample && width > 0)?;
        let (mut found, mut agreeing) = (0, 0);
        for row in (0..self.len).step_by(self.len / sample).take(sample) {
            let row = &words[row * arity..(row + 1) * arity];
            let key: Vec<Word> = self.columns.iter().map(|&column| row[column]).collect();
            let Entries { start, len } = self.find(&key, Age::All);
            let entries = &self.arena[start as usize * width..(start + len) as usize * width];
            let agrees =
                |entry: &&[Word]| places.iter().zip(others).all(|(&place, &column)| entry[place] == row[column]);
            found += len as usize;
            agreeing += entries.chunks_exact(width).filter(agrees).count();
        }
        Some((found, agreeing))
    }
}

#[cfg(test)]
mod tests;
