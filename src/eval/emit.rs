//! Head tuples on their way out of a body.

use super::batch::{Batch, State};
use super::limits::Stop;
use crate::plan::{Expression, Operand, Slot};
use crate::storage::{BATCH, Block, Entries};
use crate::value::Word;

/// Tuples that are collected before they are passed on: some of the batches in which sets take them.
const CANDIDATES: usize = 4 * BATCH;

/// Takes tuples (row after row, and how many) as they come.
pub(super) type Flush<'e> = dyn FnMut(&mut State<'_>, &[Word], usize) -> Result<(), Stop> + 'e;

/// Candidates as they come.
pub(super) enum Candidates<'w> {
    /// Row after row, and how many.
    Tuples(&'w [Word], usize),
    /// Pairs in blocks along an axis, and how often a pair was found.
    Blocks(&'w [Block], usize, usize),
}

/// Takes candidates as they come, some of them in blocks.
pub(super) type FlushBlocks<'e> = dyn FnMut(&mut State<'_>, Candidates<'_>) -> Result<(), Stop> + 'e;

/// Where tuples go.
enum Out<'e> {
    Tuples(&'e mut Flush<'e>),
    Blocks(Gather<'e>),
}

/// Gathers pairs of one value each and the many that a lookup finds for it: these mostly lie in few blocks.
struct Gather<'e> {
    /// The head's column of the one value; nothing is gathered where there is none.
    axis: Option<usize>,
    blocks: Vec<Block>,
    /// For the lower bits of a block's place in its line, where it may lie among those gathered.
    at: Vec<u32>,
    /// Pairs found.
    count: usize,
    flush: &'e mut FlushBlocks<'e>,
}

/// Blocks of a line that are found again while others are gathered.
const LINES: usize = 64;

/// Collects the tuples of a head.
pub(super) struct Emit<'e> {
    head: &'e [Expression],
    /// The head's columns, where none has to be computed.
    plain: Option<Vec<Operand>>,
    words: Vec<Word>,
    count: usize,
    /// Tuples of two columns, from the lookup that ends most rules.
    pairs: Vec<[Word; 2]>,
    out: Out<'e>,
}

/// Where a column of the head comes from while entries are read.
#[derive(Clone, Copy)]
enum Source {
    Fixed(Word),
    Found(usize),
}

impl<'e> Emit<'e> {
    pub(super) fn new(head: &'e [Expression], flush: &'e mut Flush<'e>) -> Self {
        Self::with(head, Out::Tuples(flush))
    }

    /// Collects pairs in blocks where there is an `axis` and the lookup that ends a body finds the column beside it.
    pub(super) fn in_blocks(head: &'e [Expression], axis: Option<usize>, flush: &'e mut FlushBlocks<'e>) -> Self {
        Self::with(head, Out::Blocks(Gather { axis, blocks: Vec::new(), at: vec![0; LINES], count: 0, flush }))
    }

    fn with(head: &'e [Expression], out: Out<'e>) -> Self {
        let plain = head.iter().map(|value| match value {
            Expression::Operand(operand) => Some(*operand),
            Expression::Call { .. } | Expression::Record(_) | Expression::As(..) | Expression::Autoinc => None,
        });
        Self { head, plain: plain.collect(), words: Vec::new(), count: 0, pairs: Vec::new(), out }
    }

    /// Whether no column of the head has to be computed.
    pub(super) fn is_plain(&self) -> bool {
        self.plain.is_some()
    }

    /// Adds the tuples of a batch. A head whose value fails is left out and the failure noted.
    pub(super) fn batch(&mut self, state: &mut State<'_>, batch: &Batch) -> Result<(), Stop> {
        let width = self.head.len();
        if let Some(operands) = &self.plain {
            let start = self.words.len();
            self.words.resize(start + batch.len * width, 0);
            for (at, operand) in operands.iter().enumerate() {
                let target = self.words[start..].iter_mut().skip(at).step_by(width.max(1));
                match *operand {
                    Operand::Slot(slot) => {
                        target.zip(&batch.columns[slot]).for_each(|(target, &word)| *target = word);
                    }
                    Operand::Constant(word) => target.for_each(|target| *target = word),
                }
            }
            self.count += batch.len;
        } else {
            for row in 0..batch.len {
                let start = self.words.len();
                for value in self.head {
                    match state.value(value, batch, row) {
                        Ok(word) => self.words.push(word),
                        Err(failure) => {
                            state.fail(failure);
                            break;
                        }
                    }
                }
                if self.words.len() - start == width {
                    self.count += 1;
                } else {
                    self.words.truncate(start);
                }
            }
        }
        if self.count >= CANDIDATES { self.pass(state) } else { Ok(()) }
    }

    /// Adds a tuple for each binding and each entry that goes with it; `kept` says which places of an entry stand for
    /// which slots. Only for plain heads.
    pub(super) fn found(
        &mut self,
        state: &mut State<'_>,
        batch: &Batch,
        entries: &[Entries],
        (words, stride, kept): (&[Word], usize, &[(usize, Slot)]),
    ) -> Result<(), Stop> {
        let operands = self.plain.clone().unwrap_or_default();
        let place = |operand: Operand| match operand {
            Operand::Slot(slot) => kept.iter().find(|&&(_, other)| other == slot).map(|&(place, _)| place),
            Operand::Constant(_) => None,
        };
        let places: Vec<Option<usize>> = operands.iter().map(|&operand| place(operand)).collect();
        if let Out::Blocks(gather) = &mut self.out
            && let (Some(axis), 2) = (gather.axis, operands.len())
            && let (None, Some(place), Operand::Slot(slot)) = (places[axis], places[1 - axis], operands[axis])
        {
            return gather.found(state, &batch.columns[slot], entries, (words, stride, place));
        }
        if let (&[left, right], 1) = (operands.as_slice(), stride) {
            let column = |operand: Operand| match operand {
                Operand::Slot(slot) => batch.columns[slot].as_slice(),
                Operand::Constant(_) => &[],
            };
            match (places[0], places[1]) {
                (None, Some(_)) if !column(left).is_empty() => {
                    return self.pairs(state, column(left), entries, words, |fixed, found| [fixed, found]);
                }
                (Some(_), None) if !column(right).is_empty() => {
                    return self.pairs(state, column(right), entries, words, |fixed, found| [found, fixed]);
                }
                _ => {}
            }
        }
        let mut sources = vec![Source::Fixed(0); operands.len()];
        for (row, &entries) in entries.iter().enumerate() {
            if entries.len == 0 {
                continue;
            }
            for ((source, operand), place) in sources.iter_mut().zip(&operands).zip(&places) {
                *source = match place {
                    Some(place) => Source::Found(*place),
                    None => Source::Fixed(batch.operand(*operand, row)),
                };
            }
            let start = entries.start as usize * stride;
            let found = &words[start..start + entries.len as usize * stride];
            if stride == 0 {
                // Nothing of the entries is kept: they all give the same tuple.
                self.push(&sources, &[], 0, 1);
            } else {
                for part in found.chunks(CANDIDATES * stride) {
                    self.push(&sources, part, stride, part.len() / stride);
                    if self.count >= CANDIDATES {
                        self.pass(state)?;
                    }
                }
            }
            if self.count >= CANDIDATES {
                self.pass(state)?;
            }
        }
        Ok(())
    }

    /// Adds a pair for each binding, of which one column is kept, and each entry that goes with it.
    fn pairs(
        &mut self,
        state: &mut State<'_>,
        fixed: &[Word],
        entries: &[Entries],
        words: &[Word],
        pair: impl Fn(Word, Word) -> [Word; 2],
    ) -> Result<(), Stop> {
        self.pairs.reserve(room(entries));
        for (&fixed, &Entries { start, len }) in fixed.iter().zip(entries) {
            let found = &words[start as usize..(start + len) as usize];
            if let [found] = *found {
                self.pairs.push(pair(fixed, found));
            } else {
                for part in found.chunks(CANDIDATES) {
                    self.pairs.extend(part.iter().map(|&found| pair(fixed, found)));
                    if self.pairs.len() >= CANDIDATES {
                        self.pass(state)?;
                    }
                }
            }
            if self.pairs.len() >= CANDIDATES {
                self.pass(state)?;
            }
        }
        Ok(())
    }

    #[inline]
    fn push(&mut self, sources: &[Source], found: &[Word], stride: usize, count: usize) {
        let start = self.words.len();
        self.words.resize(start + count * sources.len(), 0);
        let out = &mut self.words[start..];
        match (sources, stride) {
            (&[Source::Fixed(left), Source::Found(_)], 1) => {
                for (pair, &word) in out.chunks_exact_mut(2).zip(found) {
                    pair[0] = left;
                    pair[1] = word;
                }
            }
            (&[Source::Found(_), Source::Fixed(right)], 1) => {
                for (pair, &word) in out.chunks_exact_mut(2).zip(found) {
                    pair[0] = word;
                    pair[1] = right;
                }
            }
            _ => {
                let width = sources.len();
                for (at, source) in sources.iter().enumerate() {
                    let target = out.iter_mut().skip(at).step_by(width);
                    match *source {
                        Source::Fixed(word) => target.for_each(|target| *target = word),
                        Source::Found(place) => {
                            let found = found.iter().skip(place).step_by(stride.max(1));
                            target.zip(found).for_each(|(target, &word)| *target = word);
                        }
                    }
                }
            }
        }
        self.count += count;
    }

    /// Passes on what was collected, but what would not fill a batch.
    fn pass(&mut self, state: &mut State<'_>) -> Result<(), Stop> {
        let whole = self.pairs.len() - self.pairs.len() % BATCH;
        if whole > 0 {
            self.out.tuples(state, self.pairs[..whole].as_flattened(), whole)?;
            self.pairs.drain(..whole);
        }
        let whole = self.count - self.count % BATCH;
        if whole > 0 {
            let words = whole * self.head.len();
            self.out.tuples(state, &self.words[..words], whole)?;
            self.words.drain(..words);
            self.count -= whole;
        }
        Ok(())
    }

    /// Passes on what was collected.
    pub(super) fn end(&mut self, state: &mut State<'_>) -> Result<(), Stop> {
        if !self.pairs.is_empty() {
            self.out.tuples(state, self.pairs.as_flattened(), self.pairs.len())?;
            self.pairs.clear();
        }
        let count = std::mem::take(&mut self.count);
        if count > 0 {
            self.out.tuples(state, &self.words, count)?;
            self.words.clear();
        }
        match &mut self.out {
            Out::Tuples(_) => Ok(()),
            Out::Blocks(gather) => gather.pass(state),
        }
    }
}

/// The room that is needed for some entries before they are passed on, so that it is made at once.
fn room(entries: &[Entries]) -> usize {
    entries.iter().map(|entries| entries.len as usize).sum::<usize>().min(CANDIDATES)
}

impl Out<'_> {
    fn tuples(&mut self, state: &mut State<'_>, words: &[Word], count: usize) -> Result<(), Stop> {
        match self {
            Self::Tuples(flush) => flush(state, words, count),
            Self::Blocks(gather) => (gather.flush)(state, Candidates::Tuples(words, count)),
        }
    }
}

impl Gather<'_> {
    /// Adds a pair for each binding, of which one column is kept, and each entry that goes with it, of which one place
    /// is kept.
    fn found(
        &mut self,
        state: &mut State<'_>,
        fixed: &[Word],
        entries: &[Entries],
        (words, stride, place): (&[Word], usize, usize),
    ) -> Result<(), Stop> {
        self.blocks.reserve(room(entries));
        for (&fixed, &Entries { start, len }) in fixed.iter().zip(entries) {
            let found = &words[start as usize * stride..(start + len) as usize * stride];
            for part in found.chunks(CANDIDATES * stride) {
                if stride == 1 {
                    self.push_all(fixed, part.iter());
                } else {
                    self.push_all(fixed, part.iter().skip(place).step_by(stride));
                }
                self.count += part.len() / stride;
                if self.blocks.len() >= CANDIDATES {
                    self.pass(state)?;
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn push_all<'w>(&mut self, fixed: Word, mut others: impl Iterator<Item = &'w Word>) {
        let Some(&first) = others.next() else { return };
        // Neighbours mostly lie in one block.
        let mut block = Block::of(fixed, first);
        for &other in others {
            let next = Block::of(fixed, other);
            if !block.admit(next) {
                self.push(block);
                block = next;
            }
        }
        self.push(block);
    }

    #[inline]
    fn push(&mut self, block: Block) {
        let at = &mut self.at[block.line() % LINES];
        // Whatever the place speaks of: only a block of the same pairs admits.
        if !self.blocks.get_mut(*at as usize).is_some_and(|known| known.admit(block)) {
            *at = u32::try_from(self.blocks.len()).unwrap_or(u32::MAX);
            self.blocks.push(block);
        }
    }

    /// Passes on all blocks.
    fn pass(&mut self, state: &mut State<'_>) -> Result<(), Stop> {
        let count = std::mem::take(&mut self.count);
        let axis = self.axis.filter(|_| count > 0);
        let result = axis.map(|axis| (self.flush)(state, Candidates::Blocks(&self.blocks, axis, count)));
        self.blocks.clear();
        result.unwrap_or(Ok(()))
    }
}
