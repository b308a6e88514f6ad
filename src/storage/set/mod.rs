//! The set that keeps a relation's tuples distinct. One probe here is what a derivation costs, so probes go in batches:
//! first the home slots of a whole batch are loaded (the loads are independent and overlap), then compared, then the
//! misses inserted.
//!
//! Three kinds of table, chosen by arity and by how dense the values lie:
//!
//! - *dense*: one or two columns whose values are small and close: a bit a possible tuple;
//! - *flat*: one or two columns, the tuple itself is the key, inline;
//! - *tagged*: three columns and more, a slot holds part of the hash and the row's number.
//!
//! A large table is split into shards, so that each fits a cache and threads can fill them side by side.

mod dense;
mod flat;
mod tagged;
#[cfg(test)]
mod tests;

use crate::value::Word;
use dense::Dense;
use flat::Flat;
use tagged::Tagged;

/// Into how many shards a large table is split: the number of threads that can fill it, and the cut of its size.
pub(crate) const SHARDS: usize = 32;
/// Candidates whose slots are loaded together.
const BATCH: usize = 512;
/// Tuples from which a bit matrix is thought of.
const DENSE_FROM: usize = 512;

/// How sets are laid out. Nothing but speed and memory depends on it; tests turn everything to its extremes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How tuples are hashed.
    pub hashing: Hashing,
    /// Whether bit matrices are used.
    pub dense: Switch,
    /// From how many tuples on a table is split into shards.
    pub shard_from: usize,
}

impl Default for Layout {
    fn default() -> Self {
        Self { hashing: Hashing::default(), dense: Switch::Auto, shard_from: 1 << 16 }
    }
}

/// Whether a special path is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switch {
    /// Never.
    Off,
    /// Where it pays.
    #[default]
    Auto,
    /// Wherever it is possible.
    Force,
}

/// How tuples are hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hashing {
    /// Where hashes begin.
    pub seed: u64,
    /// Every hash is the same: each probe walks over all tuples.
    pub constant: bool,
}

impl Hashing {
    /// Spreads a key over all 64 bits, best at the top (two rounds of multiply and fold, after Steele, Lea and Flood's
    /// `SplitMix`, 2014).
    fn mix(self, key: u64) -> u64 {
        if self.constant {
            return self.seed;
        }
        let folded = (key ^ self.seed ^ (key >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (folded ^ (folded >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }

    fn wide(self, tuple: &[Word]) -> u64 {
        tuple.iter().fold(0, |hash: u64, &word| self.mix(hash.rotate_left(23) ^ u64::from(word)))
    }
}

/// The row log that a set speaks of: what readers see, and what was added since.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log<'a> {
    pub(crate) committed: &'a [Word],
    pub(crate) fresh: &'a [Word],
}

impl<'a> Log<'a> {
    fn row(self, arity: usize, row: usize) -> &'a [Word] {
        let start = row * arity;
        match start.checked_sub(self.committed.len()) {
            None => &self.committed[start..start + arity],
            Some(start) => &self.fresh[start..start + arity],
        }
    }
}

/// Which tuples of one relation exist.
#[derive(Clone, Debug, Default)]
pub struct TupleSet {
    arity: usize,
    layout: Layout,
    len: usize,
    table: Table,
    /// A bit matrix was tried and outgrown: values lie too far apart.
    sparse: bool,
}

/// One table, or one a shard.
#[derive(Clone, Debug, Default)]
enum Table {
    /// No column, or no tuple yet.
    #[default]
    Empty,
    Flat(Vec<Flat>),
    Dense(Vec<Dense>),
    Tagged(Vec<Tagged>),
}

/// The shard of a hash, and the rest of the hash. `shards` is 1 or [`SHARDS`].
fn split(hash: u64, shards: usize) -> (usize, u64) {
    if shards == 1 { (0, hash) } else { ((hash >> 59) as usize, hash << 5) }
}

fn key(tuple: &[Word]) -> u64 {
    match *tuple {
        [a, b] => u64::from(a) << 32 | u64::from(b),
        [a] => u64::from(a),
        _ => 0,
    }
}

/// The line and the position in it of a tuple of one or two columns, in a bit matrix.
fn cell(tuple: &[Word]) -> (usize, usize) {
    match *tuple {
        [a, b] => (a as usize, b as usize),
        [a] => ((a >> 6) as usize, (a & 63) as usize),
        _ => (0, 0),
    }
}

/// The greatest line and position among some tuples.
pub(crate) fn greatest(arity: usize, words: &[Word]) -> (usize, usize) {
    match arity {
        1 => (words.iter().max().map_or(0, |&word| (word >> 6) as usize), 63),
        2 => {
            let (left, right) =
                words.chunks_exact(2).fold((0, 0), |(left, right), pair| (pair[0].max(left), pair[1].max(right)));
            (left as usize, right as usize)
        }
        _ => (0, 0),
    }
}

impl TupleSet {
    /// An empty set of tuples of `arity` columns.
    #[must_use]
    pub fn new(arity: usize, layout: Layout) -> Self {
        Self { arity, layout, len: 0, table: Table::Empty, sparse: false }
    }

    /// How it is laid out.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// How many tuples there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match &self.table {
            Table::Empty => 0,
            Table::Flat(shards) => shards.iter().map(Flat::bytes).sum(),
            Table::Dense(shards) => shards.iter().map(Dense::bytes).sum(),
            Table::Tagged(shards) => shards.iter().map(Tagged::bytes).sum(),
        }
    }

    /// Which kind of table it uses now: `none`, `flat`, `dense` or `tagged`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.table {
            Table::Empty => "none",
            Table::Flat(_) => "flat",
            Table::Dense(_) => "dense",
            Table::Tagged(_) => "tagged",
        }
    }

    /// Makes room for `more` further tuples.
    pub fn reserve(&mut self, more: usize) {
        let wanted = self.len + more;
        if self.arity == 0 || wanted < DENSE_FROM {
            return;
        }
        let hashing = self.layout.hashing;
        match &mut self.table {
            Table::Empty if self.arity > 2 => self.table = Table::Tagged(vec![Tagged::with_room(wanted)]),
            Table::Empty => self.table = Table::Flat(vec![Flat::with_room(wanted)]),
            Table::Flat(shards) => {
                let count = shards.len();
                shards.iter_mut().for_each(|shard| shard.reserve(wanted / count, hashing, count));
            }
            Table::Tagged(shards) => {
                let count = shards.len();
                shards.iter_mut().for_each(|shard| shard.reserve(wanted / count));
            }
            Table::Dense(_) => {}
        }
    }

    /// Whether a tuple exists. `committed` holds all its rows.
    #[must_use]
    pub fn contains(&self, committed: &[Word], tuple: &[Word]) -> bool {
        match &self.table {
            Table::Empty => self.arity == 0 && self.len > 0,
            Table::Flat(shards) => {
                let key = key(tuple);
                let (shard, rest) = split(self.layout.hashing.mix(key), shards.len());
                shards[shard].contains(key, rest)
            }
            Table::Dense(shards) => {
                let (line, position) = cell(tuple);
                shards[line % shards.len()].contains(line / shards.len(), position)
            }
            Table::Tagged(shards) => {
                let (shard, rest) = split(self.layout.hashing.wide(tuple), shards.len());
                shards[shard].contains(tuple, rest, Log { committed, fresh: &[] })
            }
        }
    }

    /// Which of `count` tuples (row after row) exist, appended to `known`. `committed` holds all rows of the set.
    pub fn contains_all(&self, committed: &[Word], tuples: &[Word], count: usize, known: &mut Vec<bool>) {
        match &self.table {
            Table::Empty => known.resize(known.len() + count, self.arity == 0 && self.len > 0),
            Table::Flat(shards) => {
                tuples
                    .chunks(BATCH * self.arity)
                    .for_each(|chunk| flat::contains_all(shards, self.arity, self.layout.hashing, chunk, known));
            }
            Table::Dense(_) | Table::Tagged(_) => {
                known.extend(tuples.chunks_exact(self.arity).map(|tuple| self.contains(committed, tuple)));
            }
        }
    }

    /// Adds those of `candidates` (`count` tuples, row after row) that are new to the set, in order, to `fresh`.
    /// `committed` and `fresh` together hold all rows of the set. Gives how many were new.
    pub fn insert_batch(
        &mut self,
        committed: &[Word],
        fresh: &mut Vec<Word>,
        candidates: &[Word],
        count: usize,
    ) -> usize {
        let before = self.len;
        if self.arity == 0 {
            self.len |= usize::from(count > 0);
            return self.len - before;
        }
        for chunk in candidates.chunks(BATCH * self.arity) {
            self.prepare(Log { committed, fresh }, chunk);
            self.len += match &mut self.table {
                Table::Empty => 0,
                Table::Flat(shards) => flat::insert(shards, self.arity, self.layout.hashing, fresh, chunk),
                Table::Dense(shards) => dense::insert(shards, self.arity, fresh, chunk),
                Table::Tagged(shards) => {
                    tagged::insert(shards, self.arity, self.layout.hashing, committed, fresh, self.len, chunk)
                }
            };
        }
        self.len - before
    }

    /// Chooses the kind of table before some candidates are added.
    fn prepare(&mut self, log: Log<'_>, candidates: &[Word]) {
        match &self.table {
            Table::Empty if self.arity > 2 => self.table = Table::Tagged(vec![Tagged::default()]),
            Table::Empty => {
                self.table = Table::Flat(vec![Flat::default()]);
                if self.layout.dense == Switch::Force {
                    self.become_dense(log, candidates, 1);
                }
            }
            Table::Flat(shards) => {
                let full = shards.iter().any(|shard| shard.is_full(candidates.len() / self.arity / shards.len() + 1));
                if full && !self.sparse && self.layout.dense != Switch::Off && self.len >= DENSE_FROM {
                    let shards = shards.len();
                    self.become_dense(log, candidates, shards);
                }
            }
            Table::Dense(_) => self.admit(log, greatest(self.arity, candidates)),
            Table::Tagged(_) => {}
        }
    }

    /// Turns to a bit matrix if it would be about as small as the flat table that is due.
    fn become_dense(&mut self, log: Log<'_>, candidates: &[Word], shards: usize) {
        let parts = [log.committed, log.fresh, candidates].map(|words| greatest(self.arity, words));
        let (line, position) = parts.into_iter().fold((0, 0), |all, part| (all.0.max(part.0), all.1.max(part.1)));
        if !self.fits(line, position, self.len * 3 / 2) {
            return;
        }
        let mut dense: Vec<Dense> = (0..shards).map(|_| Dense::new(line / shards + 1, position + 1)).collect();
        for words in [log.committed, log.fresh] {
            for tuple in words.chunks_exact(self.arity) {
                let (line, position) = cell(tuple);
                dense[line % shards].insert(line / shards, position);
            }
        }
        self.table = Table::Dense(dense);
    }

    /// Whether a bit matrix of such a greatest cell is small enough for so many tuples.
    fn fits(&self, line: usize, position: usize, tuples: usize) -> bool {
        let words = (line + 1).saturating_mul(position / 64 + 1);
        let allowed = if self.layout.dense == Switch::Force { 1 << 20 } else { 0 };
        words <= (tuples * 3 / 2).max(allowed)
    }

    /// Lets a bit matrix grow to a greatest cell; turns to a flat table where it would become too large.
    pub(crate) fn admit(&mut self, log: Log<'_>, (line, position): (usize, usize)) {
        let Table::Dense(shards) = &self.table else { return };
        let count = shards.len();
        let lines = shards.iter().map(Dense::lines).max().unwrap_or(0);
        let width = shards.first().map_or(0, Dense::width);
        if line / count < lines && position < width {
            return;
        }
        // A bit more than is asked for, so that values that come one by one do not each move the matrix.
        let slack = |wanted: usize, now: usize| if wanted < now { now } else { wanted + wanted / 4 + 1 };
        let lines = slack(line / count, lines);
        let width = slack(position, width);
        if self.fits(lines * count, width, self.len * 2) {
            if let Table::Dense(shards) = &mut self.table {
                shards.iter_mut().for_each(|shard| shard.grow(lines, width));
            }
            return;
        }
        self.sparse = true;
        let hashing = self.layout.hashing;
        let mut flat: Vec<Flat> = (0..count).map(|_| Flat::with_room(self.len / count)).collect();
        for words in [log.committed, log.fresh] {
            for tuple in words.chunks_exact(self.arity) {
                let key = key(tuple);
                let (shard, rest) = split(hashing.mix(key), count);
                flat[shard].insert(key, rest, hashing, count);
            }
        }
        self.table = Table::Flat(flat);
    }

    /// Splits a table that has become large into shards. Gives how tuples are then dealt to them; nothing where the
    /// table is still one.
    pub(crate) fn settle(&mut self, log: Log<'_>) -> Option<Dealing> {
        if self.arity == 0 || self.len < self.layout.shard_from {
            return self.dealing();
        }
        let (arity, hashing) = (self.arity, self.layout.hashing);
        match &mut self.table {
            Table::Flat(shards) if shards.len() == 1 => *shards = flat::split_up(shards, hashing),
            Table::Dense(shards) if shards.len() == 1 => *shards = dense::split_up(shards),
            Table::Tagged(shards) if shards.len() == 1 => {
                *shards = tagged::split_up(self.len, arity, hashing, log);
            }
            Table::Empty => {
                self.table = match arity {
                    1 | 2 => Table::Flat((0..SHARDS).map(|_| Flat::default()).collect()),
                    _ => Table::Tagged((0..SHARDS).map(|_| Tagged::default()).collect()),
                }
            }
            Table::Flat(_) | Table::Dense(_) | Table::Tagged(_) => {}
        }
        self.dealing()
    }

    /// How tuples are dealt to shards; nothing where the table is one.
    pub(crate) fn dealing(&self) -> Option<Dealing> {
        let (count, by_line) = match &self.table {
            Table::Empty => (0, false),
            Table::Flat(shards) => (shards.len(), false),
            Table::Dense(shards) => (shards.len(), true),
            Table::Tagged(shards) => (shards.len(), false),
        };
        (count == SHARDS).then_some(Dealing { arity: self.arity, hashing: self.layout.hashing, by_line })
    }

    /// The shards, to be filled side by side with what `dealing` deals to each, no greater than `greatest`. Nothing
    /// where tuples are no longer dealt that way: the caller adds them one after another then.
    pub(crate) fn shards(
        &mut self,
        dealing: Dealing,
        log: Log<'_>,
        greatest: (usize, usize),
    ) -> Option<Vec<ShardMut<'_>>> {
        let hashing = self.layout.hashing;
        // The time to turn to a matrix is when a flat table has to grow: asked here for all shards at once.
        self.admit(log, greatest);
        if self.dealing() != Some(dealing) {
            return None;
        }
        let arity = self.arity;
        let len = self.len;
        Some(match &mut self.table {
            Table::Empty => Vec::new(),
            Table::Flat(shards) => {
                shards.iter_mut().map(|flat| Lent::Flat { flat, arity, hashing }).map(ShardMut).collect()
            }
            Table::Dense(shards) => shards.iter_mut().map(|dense| Lent::Dense { dense, arity }).map(ShardMut).collect(),
            Table::Tagged(shards) => {
                shards.iter_mut().map(|tagged| Lent::Tagged { tagged, arity, hashing, len }).map(ShardMut).collect()
            }
        })
    }

    /// Before a wave of about so many candidates: turns a sharded flat table to a matrix where that is due.
    pub(crate) fn foresee(&mut self, log: Log<'_>, greatest: (usize, usize), candidates: usize) {
        if let Table::Flat(shards) = &self.table
            && !self.sparse
            && self.layout.dense != Switch::Off
            && shards.iter().any(|shard| shard.is_full(candidates / shards.len() / 4))
        {
            let count = shards.len();
            let cell = match self.arity {
                1 => vec![u32::try_from(greatest.0 << 6).unwrap_or(u32::MAX)],
                _ => [greatest.0, greatest.1].iter().map(|&at| u32::try_from(at).unwrap_or(u32::MAX)).collect(),
            };
            self.become_dense(log, &cell, count);
        }
    }

    /// Notes that its shards have taken so many tuples.
    pub(crate) fn grown(&mut self, added: usize) {
        self.len += added;
    }
}

/// How tuples are dealt to the shards of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dealing {
    arity: usize,
    hashing: Hashing,
    by_line: bool,
}

impl Dealing {
    /// Appends each tuple to the buffer of its shard.
    pub(crate) fn deal(self, words: &[Word], buffers: &mut [Vec<Word>]) {
        let Self { arity, hashing, by_line } = self;
        match (arity, by_line) {
            (2, true) => {
                for pair in words.chunks_exact(2) {
                    buffers[pair[0] as usize % SHARDS].extend_from_slice(&[pair[0], pair[1]]);
                }
            }
            (2, false) => {
                for pair in words.chunks_exact(2) {
                    buffers[(hashing.mix(key(pair)) >> 59) as usize].extend_from_slice(&[pair[0], pair[1]]);
                }
            }
            (1, true) => words.iter().for_each(|&word| buffers[(word >> 6) as usize % SHARDS].push(word)),
            (1, false) => {
                words.iter().for_each(|&word| buffers[(hashing.mix(u64::from(word)) >> 59) as usize].push(word));
            }
            (3, _) => {
                for row in words.chunks_exact(3) {
                    buffers[(hashing.wide(row) >> 59) as usize].extend_from_slice(&[row[0], row[1], row[2]]);
                }
            }
            _ => {
                for row in words.chunks_exact(arity.max(1)) {
                    buffers[(hashing.wide(row) >> 59) as usize].extend_from_slice(row);
                }
            }
        }
    }
}

/// One shard, lent to whoever fills it.
#[derive(Debug)]
pub(crate) struct ShardMut<'a>(Lent<'a>);

#[derive(Debug)]
enum Lent<'a> {
    Flat { flat: &'a mut Flat, arity: usize, hashing: Hashing },
    Dense { dense: &'a mut Dense, arity: usize },
    Tagged { tagged: &'a mut Tagged, arity: usize, hashing: Hashing, len: usize },
}

impl ShardMut<'_> {
    /// Adds the new ones of some candidates, all of this shard, to the shard's own `fresh` rows, which start where the
    /// `log` ends.
    pub(crate) fn insert(&mut self, candidates: &[Word], log: Log<'_>, fresh: &mut Vec<Word>) {
        match &mut self.0 {
            Lent::Flat { flat, arity, hashing } => {
                candidates.chunks(BATCH * *arity).for_each(|chunk| flat.insert_dealt(*arity, *hashing, fresh, chunk));
            }
            Lent::Dense { dense, arity } => dense.insert_dealt(*arity, fresh, candidates),
            Lent::Tagged { tagged, arity, hashing, len } => {
                for chunk in candidates.chunks(BATCH * *arity) {
                    tagged.insert_dealt(*arity, *hashing, *len, log, fresh, chunk);
                }
            }
        }
    }

    /// Gives its fresh rows their final numbers: `before` rows of other shards come first.
    pub(crate) fn number(&mut self, fresh: &[Word], before: usize) {
        if let Lent::Tagged { tagged, arity, hashing, len } = &mut self.0
            && before > 0
        {
            tagged.number(*arity, *hashing, *len, fresh, before);
        }
    }
}
