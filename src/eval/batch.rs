//! Batches of bindings, a column a slot, and the values of expressions over them.

use std::sync::Arc;

use super::access::Keys;
use super::function::{Failure, Functions};
use super::limits::{Budget, Stop};
use crate::plan::{Expression, Operand, Pattern, Slot};
use crate::program::{Callee, RuleId};
use crate::value::{Values, Word};

/// Some bindings: `columns[slot][row]`. Columns of slots that are not bound (or no longer needed) are empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pub(super) len: usize,
    pub(super) columns: Vec<Vec<Word>>,
}

impl Batch {
    /// One binding with nothing bound.
    pub(super) fn unit(slots: usize) -> Self {
        Self { len: 1, columns: vec![Vec::new(); slots] }
    }

    pub(super) fn operand(&self, operand: Operand, row: usize) -> Word {
        match operand {
            Operand::Slot(slot) => self.columns[slot][row],
            Operand::Constant(word) => word,
        }
    }

    /// Takes over the chosen rows of another batch, for the slots that it has.
    pub(super) fn gather(&mut self, from: &Self, slots: &[Slot], rows: &[u32]) {
        for &slot in slots {
            let source = &from.columns[slot];
            if !source.is_empty() {
                self.columns[slot].extend(rows.iter().map(|&row| source[row as usize]));
            }
        }
    }

    /// Appends the keys of all rows, one key after another.
    pub(super) fn gather_keys(&self, key: &[Operand], words: &mut Vec<Word>) {
        match *key {
            [Operand::Slot(slot)] => words.extend_from_slice(&self.columns[slot][..self.len]),
            _ => {
                let start = words.len();
                words.resize(start + self.len * key.len(), 0);
                for (at, operand) in key.iter().enumerate() {
                    let target = words[start..].iter_mut().skip(at).step_by(key.len());
                    match *operand {
                        Operand::Slot(slot) => {
                            target.zip(&self.columns[slot]).for_each(|(target, &word)| *target = word);
                        }
                        Operand::Constant(word) => target.for_each(|target| *target = word),
                    }
                }
            }
        }
    }

    fn clear(&mut self, slots: usize) {
        self.len = 0;
        self.columns.iter_mut().for_each(Vec::clear);
        self.columns.resize(slots, Vec::new());
    }
}

/// What evaluation carries along: functors, the pool of values, limits, spare batches.
pub(super) struct State<'a> {
    pub(super) functions: &'a mut Functions,
    pub(super) values: &'a mut Arc<Values>,
    pub(super) budget: &'a Budget,
    pub(super) batch_size: usize,
    /// The next `autoinc()`.
    pub(super) counter: &'a mut i64,
    /// The rule that runs, for errors.
    pub(super) rule: Option<RuleId>,
    /// The least failure of the rule so far: which one is reported does not depend on the order of work.
    pub(super) failure: Option<Failure>,
    /// Bindings made so far: what the work of a plan is measured by.
    pub(super) work: usize,
    spare: Vec<Batch>,
    spare_keys: Vec<Keys>,
}

impl<'a> State<'a> {
    pub(super) fn new(
        functions: &'a mut Functions,
        values: &'a mut Arc<Values>,
        budget: &'a Budget,
        batch_size: usize,
        counter: &'a mut i64,
    ) -> Self {
        Self {
            functions,
            values,
            budget,
            batch_size,
            counter,
            rule: None,
            failure: None,
            work: 0,
            spare: Vec::new(),
            spare_keys: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, slots: usize) -> Batch {
        let mut batch = self.spare.pop().unwrap_or_default();
        batch.clear(slots);
        batch
    }

    pub(super) fn give_back(&mut self, batch: Batch) {
        self.spare.push(batch);
    }

    pub(super) fn take_keys(&mut self) -> Keys {
        let mut keys = self.spare_keys.pop().unwrap_or_default();
        keys.words.clear();
        keys
    }

    pub(super) fn give_back_keys(&mut self, keys: Keys) {
        self.spare_keys.push(keys);
    }

    /// Notes a failure and goes on without the binding.
    pub(super) fn fail(&mut self, failure: Failure) {
        if self.failure.as_ref().is_none_or(|least| failure < *least) {
            self.failure = Some(failure);
        }
    }

    /// Ends a rule: its failure, if there was one.
    pub(super) fn finish(&mut self) -> Result<(), Stop> {
        match self.failure.take() {
            Some(failure) => Err(Stop::Failed { rule: self.rule, failure }),
            None => Ok(()),
        }
    }

    /// The value of an expression for one binding.
    pub(super) fn value(&mut self, expression: &Expression, batch: &Batch, row: usize) -> Result<Word, Failure> {
        match expression {
            Expression::Operand(operand) => Ok(batch.operand(*operand, row)),
            Expression::Call { functor, kinds, kind, arguments } => {
                let mut words = [0; 4];
                let mut many = Vec::new();
                let words: &[Word] = if arguments.len() <= words.len() {
                    for (word, argument) in words.iter_mut().zip(arguments) {
                        *word = self.value(argument, batch, row)?;
                    }
                    &words[..arguments.len()]
                } else {
                    for argument in arguments {
                        many.push(self.value(argument, batch, row)?);
                    }
                    &many
                };
                let values = Arc::make_mut(self.values);
                match functor {
                    Callee::Builtin(functor) => self.functions.call(*functor, kinds, *kind, words, values),
                    Callee::User(name) => {
                        let name = values.symbols.get(*name).to_owned();
                        self.functions.user(&name, words, values)
                    }
                }
            }
            Expression::Record(fields) => {
                let mut words = Vec::with_capacity(fields.len());
                for field in fields {
                    words.push(self.value(field, batch, row)?);
                }
                Ok(match self.values.find_record(&words) {
                    Some(word) => word,
                    None => Arc::make_mut(self.values).record(&words),
                })
            }
            Expression::As(inner, from, to) => {
                let word = self.value(inner, batch, row)?;
                self.functions.reinterpret(*from, *to, word, Arc::make_mut(self.values))
            }
            Expression::Autoinc => {
                let next = *self.counter;
                *self.counter += 1;
                Ok(Arc::make_mut(self.values).number(next))
            }
        }
    }

    /// Whether a word looks like a pattern; bound slots are pushed to `bound`. Slots that the pattern itself bound are
    /// read from there.
    pub(super) fn matches(
        &mut self,
        pattern: &Pattern,
        word: Word,
        batch: &Batch,
        row: usize,
        bound: &mut Vec<(Slot, Word)>,
    ) -> Result<bool, Failure> {
        match pattern {
            Pattern::Any => Ok(true),
            Pattern::Bind(slot) => {
                bound.push((*slot, word));
                Ok(true)
            }
            Pattern::Equal(Expression::Operand(Operand::Slot(slot))) => {
                let earlier = bound.iter().find(|(other, _)| other == slot).map(|&(_, word)| word);
                Ok(earlier.unwrap_or_else(|| batch.operand(Operand::Slot(*slot), row)) == word)
            }
            Pattern::Equal(value) => Ok(self.value(value, batch, row)? == word),
            Pattern::Record(fields) => {
                let Some(words) = self.values.get_record(word).map(<[Word]>::to_vec) else { return Ok(false) };
                if words.len() != fields.len() {
                    return Ok(false);
                }
                for (field, word) in fields.iter().zip(words) {
                    if !self.matches(field, word, batch, row, bound)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Pattern::As(inner, from, to) => {
                let word = self.functions.reinterpret(*from, *to, word, Arc::make_mut(self.values))?;
                self.matches(inner, word, batch, row, bound)
            }
        }
    }
}
