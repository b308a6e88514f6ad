//! The set that keeps a relation's tuples distinct. One probe here is what a derivation costs, so probes go in batches:
//! first the home slots of a whole batch are loaded (the loads are independent and overlap), then compared, then the
//! misses inserted.
//!
//! Four kinds of table, chosen by arity and by how dense the values lie:
//!
//! - *dense*: one or two columns whose values are small and close: a bit a possible tuple;
//! - *blocks*: two columns whose values lie close without filling a matrix: a slot for up to 64 pairs;
//! - *flat*: one or two columns, the tuple itself is the key, inline;
//! - *tagged*: three columns and more, a slot holds part of the hash and the row's number.
//!
//! A large table is split into shards, so that each fits a cache and threads can fill them side by side.

mod blocks;
mod cut;
mod dense;
mod flat;
mod shards;
mod tagged;
#[cfg(test)]
mod tests;

use crate::value::Word;
pub(crate) use blocks::Block;
use blocks::Blocks;
pub(crate) use cut::greatest;
use cut::{Cut, key};
use dense::Dense;
use flat::Flat;
pub(crate) use shards::{Dealing, ShardMut};
use shards::{Lent, Place, lend};
use tagged::Tagged;

/// Into how many groups of shards tuples are dealt.
pub(crate) const GROUPS: usize = 32;
/// A large table has at least so many shards (as a power of two): one a group.
const LEAST_BITS: u32 = 5;
/// And at most so many.
const MOST_BITS: u32 = 12;
/// Tuples that a shard is meant to hold.
const SHARD: usize = 1 << 15;
/// Candidates whose slots are loaded together.
pub(crate) const BATCH: usize = 512;
/// Tuples from which a bit matrix is thought of.
const DENSE_FROM: usize = 512;
/// Tuples from which blocks are thought of.
const BLOCKS_FROM: usize = 1 << 12;
/// Fewer tuples than this tell little of those to come.
const FEW: usize = BLOCKS_FROM;
/// Pairs that must share a block on average.
const OCCUPANCY: f64 = 3.0;
/// The same where candidates come in such blocks.
const WANTED: f64 = 1.5;

/// How sets are laid out. Nothing but speed and memory depends on it; tests turn everything to its extremes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How tuples are hashed.
    pub hashing: Hashing,
    /// Whether bit matrices are used.
    pub dense: Switch,
    /// Whether blocks of pairs are used.
    pub blocks: Switch,
    /// From how many tuples on a table is split into shards.
    pub shard_from: usize,
}

impl Default for Layout {
    fn default() -> Self {
        Self { hashing: Hashing::default(), dense: Switch::Auto, blocks: Switch::Auto, shard_from: 1 << 16 }
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
    #[inline]
    pub(super) fn mix(self, key: u64) -> u64 {
        if self.constant {
            return self.seed;
        }
        let folded = (key ^ self.seed ^ (key >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (folded ^ (folded >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }

    pub(super) fn wide(self, tuple: &[Word]) -> u64 {
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
    /// Tuples from which a bit matrix is thought of again.
    dense_from: usize,
    /// The same of blocks.
    blocks_from: usize,
    /// The greatest values of both columns when rows were looked at for a bit matrix; of one column, its greatest word of
    /// 64 bits.
    greatest: (usize, usize),
    /// The column along which blocks and lines of matrices are to lie, if that matters: candidates come in blocks.
    along: Option<usize>,
    cut: Cut,
    /// It is not known yet whether the lead of the cut spreads tuples evenly.
    untried: bool,
}

/// One table, or one a shard.
#[derive(Clone, Debug, Default)]
enum Table {
    /// No column, or no tuple yet.
    #[default]
    Empty,
    Flat(Vec<Flat>),
    Dense(Vec<Dense>),
    Blocks(Vec<Blocks>),
    Tagged(Vec<Tagged>),
}

impl TupleSet {
    /// An empty set of tuples of `arity` columns.
    #[must_use]
    pub fn new(arity: usize, layout: Layout) -> Self {
        Self {
            arity,
            layout,
            len: 0,
            table: Table::Empty,
            sparse: false,
            dense_from: DENSE_FROM,
            blocks_from: BLOCKS_FROM,
            greatest: (0, 0),
            along: None,
            cut: Cut::default(),
            untried: false,
        }
    }

    /// The set of all rows of a relation, which are distinct.
    #[must_use]
    pub fn of_rows(arity: usize, layout: Layout, words: &[Word], len: usize) -> Self {
        let mut set = Self { len, ..Self::new(arity, layout) };
        let log = Log { committed: words, fresh: &[] };
        if arity > 2 {
            set.table = Table::Tagged(tagged::build(set.place(0), len, log, 1));
        } else if arity > 0 && len > 0 {
            if set.may_be_dense(0) {
                set.become_dense(log, (0, 0), 0);
            }
            if !matches!(set.table, Table::Dense(_)) {
                set.table = Table::Flat(flat::build(set.place(0), len, log, 1));
                set.weigh_blocks(log, 1);
            }
        }
        set
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
            Table::Blocks(shards) => shards.iter().map(Blocks::bytes).sum(),
            Table::Tagged(shards) => shards.iter().map(Tagged::bytes).sum(),
        }
    }

    /// Which kind of table it uses now: `none`, `flat`, `dense`, `blocks` or `tagged`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.table {
            Table::Empty => "none",
            Table::Flat(_) => "flat",
            Table::Dense(_) => "dense",
            Table::Blocks(_) => "blocks",
            Table::Tagged(_) => "tagged",
        }
    }

    /// Makes room for `more` further tuples.
    pub fn reserve(&mut self, more: usize) {
        let wanted = self.len + more;
        if self.arity == 0 || wanted < DENSE_FROM {
            return;
        }
        let (hashing, cut) = (self.layout.hashing, self.cut);
        match &mut self.table {
            Table::Empty if self.arity > 2 => self.table = Table::Tagged(vec![Tagged::with_room(wanted)]),
            Table::Empty => self.table = Table::Flat(vec![Flat::with_room(wanted)]),
            Table::Flat(shards) => {
                shards.iter_mut().for_each(|shard| shard.reserve(wanted >> cut.bits, hashing, cut));
            }
            Table::Tagged(shards) => shards.iter_mut().for_each(|shard| shard.reserve(wanted >> cut.bits)),
            Table::Dense(_) | Table::Blocks(_) => {}
        }
    }

    /// Whether a tuple exists. `committed` holds all its rows.
    #[must_use]
    pub fn contains(&self, committed: &[Word], tuple: &[Word]) -> bool {
        match &self.table {
            Table::Empty => self.arity == 0 && self.len > 0,
            Table::Flat(shards) => {
                let key = key(tuple);
                let hash = self.layout.hashing.mix(key);
                shards[self.cut.shard(self.layout.hashing, tuple, hash)].contains(key, self.cut.rest(hash))
            }
            Table::Dense(shards) => {
                let (line, position) = self.cut.cell(tuple);
                let (shard, line) = self.cut.line(line);
                shards[shard].contains(line, position)
            }
            Table::Blocks(shards) => blocks::contains(shards, self.layout.hashing, self.cut, tuple),
            Table::Tagged(shards) => {
                let hash = self.layout.hashing.wide(tuple);
                let shard = self.cut.shard(self.layout.hashing, tuple, hash);
                shards[shard].contains(tuple, self.cut.rest(hash), Log { committed, fresh: &[] })
            }
        }
    }

    /// Which of `count` tuples (row after row) exist, appended to `known`. `committed` holds all rows of the set.
    pub fn contains_all(&self, committed: &[Word], tuples: &[Word], count: usize, known: &mut Vec<bool>) {
        match &self.table {
            Table::Empty => known.resize(known.len() + count, self.arity == 0 && self.len > 0),
            Table::Flat(shards) => {
                tuples.chunks(BATCH * self.arity).for_each(|chunk| {
                    flat::contains_all(shards, self.arity, self.layout.hashing, self.cut, chunk, known);
                });
            }
            Table::Dense(_) | Table::Blocks(_) | Table::Tagged(_) => {
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
        let known = fresh.len();
        for chunk in candidates.chunks(BATCH * self.arity) {
            self.prepare(Log { committed, fresh }, chunk);
            let place = self.place(0);
            let log = Log { committed, fresh: &[] };
            match &mut self.table {
                Table::Empty => {}
                Table::Flat(shards) => flat::insert(shards, place, fresh, chunk),
                Table::Dense(shards) => {
                    let mut late = Vec::new();
                    dense::insert(shards, place, fresh, &mut late, chunk);
                    debug_assert!(late.is_empty(), "the matrix was made to hold the whole chunk");
                }
                Table::Blocks(shards) => blocks::insert(shards, place, fresh, chunk),
                Table::Tagged(shards) => tagged::insert(shards, place, log, fresh, chunk),
            }
            self.len = before + (fresh.len() - known) / self.arity;
        }
        self.len - before
    }

    fn place(&self, base: usize) -> Place {
        Place { arity: self.arity, hashing: self.layout.hashing, cut: self.cut, base }
    }

    /// Chooses the kind of table before some candidates are added.
    fn prepare(&mut self, log: Log<'_>, candidates: &[Word]) {
        match &self.table {
            Table::Empty if self.arity > 2 => self.table = Table::Tagged(vec![Tagged::default()]),
            Table::Empty => {
                self.table = Table::Flat(vec![Flat::default()]);
                if self.layout.dense == Switch::Force {
                    self.become_dense(log, self.cut.greatest(self.arity, candidates), 0);
                }
                self.weigh_blocks(log, 1);
            }
            Table::Flat(_) | Table::Blocks(_) => {
                if self.may_be_dense(0) {
                    self.become_dense(log, self.cut.greatest(self.arity, candidates), 0);
                }
                self.weigh_blocks(log, 1);
            }
            Table::Dense(_) => self.admit(log, self.cut.greatest(self.arity, candidates)),
            Table::Tagged(_) => {}
        }
    }

    fn may_be_dense(&self, more: usize) -> bool {
        !self.sparse && self.layout.dense != Switch::Off && self.len.saturating_add(more) >= self.dense_from
    }

    /// Turns to a bit matrix, wide enough for what is there and for a greatest cell to come, if it would be about as
    /// small as the flat table that is due.
    fn become_dense(&mut self, log: Log<'_>, to_come: (usize, usize), more: usize) {
        let mut cut = self.cut;
        if let Some(along) = self.along.filter(|_| self.arity == 2) {
            cut.lead = (along == 0).then_some(1);
        }
        let turned = cut.line_column() != self.cut.line_column();
        let to_come = if turned { (to_come.1, to_come.0) } else { to_come };
        let most = |one: (usize, usize), other: (usize, usize)| (one.0.max(other.0), one.1.max(other.1));
        let room = self.len * 3 / 2 + more.min(self.len * 2);
        // Values do not become less: what was too much before still is, and rows need not be looked at.
        let mut cell = most(to_come, cut.cell_of(self.arity, self.greatest));
        if self.fits(cell.0, cell.1, room) {
            let parts = [log.committed, log.fresh].map(|words| greatest(self.arity, words));
            self.greatest = most(parts[0], parts[1]);
            cell = most(cell, cut.cell_of(self.arity, self.greatest));
        }
        let (line, position) = cell;
        if !self.fits(line, position, room) {
            self.dense_from = self.len * 3 / 2 + DENSE_FROM;
            return;
        }
        cut.axis = None;
        self.cut = cut;
        let mut dense: Vec<Dense> =
            (0..cut.count()).map(|_| Dense::new((line >> cut.bits) + 1, position + 1)).collect();
        for words in [log.committed, log.fresh] {
            for tuple in words.chunks_exact(self.arity) {
                let (line, position) = cut.cell(tuple);
                let (shard, line) = cut.line(line);
                dense[shard].insert(line, position);
            }
        }
        self.table = Table::Dense(dense);
    }

    /// Now and then, turns a flat table of pairs to blocks where enough pairs share one, and back where they do not.
    fn weigh_blocks(&mut self, log: Log<'_>, threads: usize) {
        let due = self.len >= self.blocks_from || self.layout.blocks == Switch::Force;
        if self.arity != 2 || !due || self.layout.blocks == Switch::Off {
            return;
        }
        self.blocks_from = self.len * 3 / 2 + BLOCKS_FROM;
        #[allow(clippy::cast_precision_loss)]
        match &self.table {
            Table::Flat(_) => {
                let weigh = |axis| (blocks::occupancy(axis, self.len, log), axis);
                let force = self.layout.blocks == Switch::Force;
                let wanted = self.wanted_axis(log, force);
                let axes = || self.cut.lead.map_or(0..2, |lead| lead..lead + 1).map(weigh);
                let best = || axes().max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
                let best = || best().filter(|&(occupancy, _)| force || occupancy >= OCCUPANCY).map(|(_, axis)| axis);
                if let Some(axis) = wanted.or_else(best) {
                    self.become_blocks(axis, log, threads);
                }
            }
            Table::Blocks(shards) => {
                let blocks: usize = shards.iter().map(Blocks::taken).sum();
                let wanted = if self.lies_as_wanted() { None } else { self.wanted_axis(log, false) };
                if let Some(axis) = wanted {
                    self.become_blocks(axis, log, threads);
                } else if (self.len as f64) < blocks as f64 * self.enough() && self.layout.blocks != Switch::Force {
                    self.blocks_from = usize::MAX;
                    self.cut.axis = None;
                    self.table = Table::Flat(flat::build(self.place(0), self.len, log, threads));
                }
            }
            Table::Empty | Table::Dense(_) | Table::Tagged(_) => {}
        }
    }

    /// How many pairs have to share a block for blocks to stay: some fewer than they were made for.
    fn enough(&self) -> f64 {
        if self.lies_as_wanted() { WANTED * 0.8 } else { OCCUPANCY / 2.0 }
    }

    /// Whether blocks lie as candidates come in.
    fn lies_as_wanted(&self) -> bool {
        self.cut.axis.is_some() && self.cut.axis == self.along.map(|along| 1 - along)
    }

    /// The axis of blocks as candidates come in, if enough pairs share one.
    fn wanted_axis(&self, log: Log<'_>, force: bool) -> Option<usize> {
        let axis = 1 - self.along?;
        (force || blocks::occupancy(axis, self.len, log) >= WANTED).then_some(axis)
    }

    /// Turns to blocks along an axis, or to other ones. If candidates come in such blocks the axis leads: what they agree in
    /// stays together, in shards and in the order of rows.
    fn become_blocks(&mut self, axis: usize, log: Log<'_>, threads: usize) {
        if self.along == Some(1 - axis) && self.cut.lead != Some(axis) {
            self.cut.lead = Some(axis);
            self.untried = self.cut.bits > 0;
        }
        self.cut.axis = Some(axis);
        self.table = Table::Blocks(blocks::build(self.place(0), log, threads));
    }

    /// Whether a table that is still one would be cut before so many tuples come, while there are too few to tell which
    /// kind of table suits them and whether the lead spreads them.
    pub(crate) fn is_unproven(&self, coming: usize) -> bool {
        let early = self.cut.bits == 0 && !self.is_large_with(0) && self.is_large_with(coming);
        early && (matches!(self.arity, 1 | 2) || self.cut.lead.is_some()) && self.len < FEW
    }

    /// Whether it is large enough for shards with so many tuples to come.
    fn is_large_with(&self, coming: usize) -> bool {
        self.len.saturating_add(coming) >= self.layout.shard_from
    }

    /// Whether a bit matrix of such a greatest cell is small enough for so many tuples.
    fn fits(&self, line: usize, position: usize, tuples: usize) -> bool {
        let words = (line + 1).saturating_mul(position / 64 + 1);
        let allowed = if self.layout.dense == Switch::Force { 1 << 20 } else { 0 };
        words <= (tuples * 3 / 2).max(allowed)
    }

    /// Lets a bit matrix grow to a greatest cell; turns to a flat table where it would become too large.
    fn admit(&mut self, log: Log<'_>, (line, position): (usize, usize)) {
        let Table::Dense(shards) = &self.table else { return };
        let cut = self.cut;
        let lines = shards.iter().map(Dense::lines).max().unwrap_or(0);
        let width = shards.first().map_or(0, Dense::width);
        if line >> cut.bits < lines && position < width {
            return;
        }
        // A bit more than is asked for, so that values that come one by one do not each move the matrix.
        let slack = |wanted: usize, now: usize| if wanted < now { now } else { wanted + wanted / 4 + 1 };
        let lines = slack(line >> cut.bits, lines);
        let width = slack(position, width);
        if self.fits(lines << cut.bits, width, self.len * 2) {
            if let Table::Dense(shards) = &mut self.table {
                shards.iter_mut().for_each(|shard| shard.grow(lines, width));
            }
            return;
        }
        self.sparse = true;
        self.table = Table::Flat(flat::build(self.place(0), self.len, log, 1));
    }

    /// Lets tuples that agree in a column share a shard. Only before the table is cut.
    pub(crate) fn lead_by(&mut self, lead: Option<usize>) {
        if self.cut.bits == 0 && self.cut.lead != lead {
            // A matrix has its lines by the lead, and blocks lie along it, or pairs of one block would be dealt apart.
            let across = self.cut.axis.is_some() && self.cut.axis != lead;
            if matches!(self.table, Table::Dense(_)) || across {
                return;
            }
            self.cut.lead = lead;
        }
    }

    /// Says along which column of two candidates will come in blocks.
    pub(crate) fn lie_along(&mut self, along: Option<usize>) {
        self.along = along;
    }

    /// The column in which the pairs of a block have to agree to be taken as one; nothing where the table takes no blocks.
    pub(crate) fn axis(&self) -> Option<usize> {
        match &self.table {
            Table::Blocks(_) => self.cut.axis,
            Table::Dense(_) if self.arity == 2 => Some(self.cut.line_column()),
            Table::Empty | Table::Flat(_) | Table::Dense(_) | Table::Tagged(_) => None,
        }
    }

    /// Cuts a table into shards, on up to so many threads, where it has become large or will be soon: so many tuples are
    /// `coming`. Gives how tuples are then dealt to them; nothing where the table is still one.
    pub(crate) fn settle(&mut self, log: Log<'_>, coming: usize, threads: usize) -> Option<Dealing> {
        if self.arity == 0 || self.cut.bits == 0 && !self.is_large_with(coming) {
            return self.dealing();
        }
        self.weigh_blocks(log, threads);
        let wanted = (self.len / SHARD).checked_ilog2().unwrap_or(0).clamp(LEAST_BITS, MOST_BITS);
        // A table that is cut already is cut anew when shards have become four times too large.
        let due = wanted >= self.cut.bits + 2 && !matches!(self.table, Table::Dense(_));
        if due || self.cut.bits == 0 {
            self.cut.bits = wanted;
            self.cut_anew(log, threads);
            self.untried = true;
        }
        if self.untried && (self.len >= FEW || self.is_large_with(0)) {
            // What a few tell is not the last word.
            self.untried = !self.is_large_with(0);
            if self.cut.lead.is_some() && self.is_lopsided() {
                self.cut.lead = None;
                self.cut_anew(log, threads);
            }
        }
        self.dealing()
    }

    /// Deals all tuples to the shards that the cut asks for.
    fn cut_anew(&mut self, log: Log<'_>, threads: usize) {
        match &self.table {
            Table::Dense(shards) => self.table = Table::Dense(dense::cut(shards, self.cut)),
            Table::Empty if self.arity > 2 => self.table = Table::Tagged(vec![Tagged::default(); self.cut.count()]),
            Table::Empty => self.table = Table::Flat(vec![Flat::default(); self.cut.count()]),
            Table::Flat(_) => {
                self.table = Table::Empty;
                self.table = Table::Flat(flat::build(self.place(0), self.len, log, threads));
            }
            Table::Blocks(shards) => self.table = Table::Blocks(blocks::cut(shards, self.place(0), threads)),
            Table::Tagged(_) => {
                self.table = Table::Empty;
                self.table = Table::Tagged(tagged::build(self.place(0), self.len, log, threads));
            }
        }
    }

    /// Whether a shard holds far more than its share.
    fn is_lopsided(&self) -> bool {
        match &self.table {
            Table::Flat(shards) => shards.iter().any(|shard| shard.is_lopsided(self.len, self.cut)),
            Table::Blocks(shards) => {
                let blocks = shards.iter().map(Blocks::taken).sum();
                shards.iter().any(|shard| shard.is_lopsided(blocks, self.cut))
            }
            Table::Tagged(shards) => shards.iter().any(|shard| shard.is_lopsided(self.len, self.cut)),
            Table::Empty | Table::Dense(_) => false,
        }
    }

    /// How tuples are dealt to shards; nothing where the table is one.
    fn dealing(&self) -> Option<Dealing> {
        let by_line = matches!(self.table, Table::Dense(_));
        (self.cut.bits > 0).then_some(Dealing { place: self.place(0), by_line })
    }

    /// The shards, `GROUPS` of them or each apart, to be filled side by side with what `dealing` deals to each. Where the
    /// greatest of what is to come is known, matrices are made to hold it. Nothing where tuples are no longer dealt
    /// that way: the caller adds them one after another then.
    pub(crate) fn shards(
        &mut self,
        dealing: Dealing,
        log: Log<'_>,
        to_come: Option<(usize, usize)>,
        grouped: bool,
    ) -> Option<Vec<ShardMut<'_>>> {
        if let Some(to_come) = to_come {
            self.admit(log, self.cut.cell_of(self.arity, to_come));
        }
        if self.dealing() != Some(dealing) {
            return None;
        }
        let size = if grouped { self.cut.count() / GROUPS } else { 1 };
        let place = self.place(0);
        let place = |number: usize| Place { base: number * size, ..place };
        Some(match &mut self.table {
            Table::Empty => Vec::new(),
            Table::Flat(shards) => lend(shards, size, place, Lent::Flat),
            Table::Dense(shards) => lend(shards, size, place, Lent::Dense),
            Table::Blocks(shards) => lend(shards, size, place, Lent::Blocks),
            Table::Tagged(shards) => lend(shards, size, place, Lent::Tagged),
        })
    }

    /// Before about so many tuples no greater than `to_come` are added: turns a flat table to a matrix if that is due.
    pub(crate) fn foresee(&mut self, log: Log<'_>, to_come: (usize, usize), coming: usize) {
        if matches!(self.table, Table::Flat(_) | Table::Blocks(_)) && self.may_be_dense(coming) {
            self.become_dense(log, self.cut.cell_of(self.arity, to_come), coming);
        }
    }

    /// Notes that its shards have taken so many tuples.
    pub(crate) fn grown(&mut self, added: usize) {
        self.len += added;
    }
}
