//! Terms under a binding, evaluated without plans: what values a term can have, and whether it can have a given one.

use super::{Binding, Checker, Fault};
use crate::program::{Aggregate, Call, Callee, Functor, Term};
use crate::value::Word;

/// More values than this of one term are not looked at: a `range` may be that long, but not in a proof.
const SEVERAL: usize = 1 << 20;

impl<'a> Checker<'a> {
    /// Whether a term can have a value. Variables without a value take theirs.
    pub(super) fn takes(&mut self, term: &'a Term, word: Word, binding: &mut Binding) -> Result<bool, Fault> {
        match term {
            Term::Wildcard => Ok(true),
            // Nothing can vouch for the counter, nor for what is made of it.
            Term::Autoinc => {
                self.checked.counters += 1;
                Ok(true)
            }
            Term::As { .. } | Term::Call(_) if counts(term) => {
                self.checked.counters += 1;
                Ok(true)
            }
            Term::Variable(variable) => match binding.environment.get_mut(variable.0 as usize) {
                Some(slot) => Ok(*slot.get_or_insert(word) == word),
                None => Ok(false),
            },
            Term::Constant(constant, _) => Ok(*constant == word),
            Term::Record(_, fields) => {
                let Some(words) = self.solver.values().get_record(word).map(<[Word]>::to_vec) else { return Ok(false) };
                self.all_take(fields, &words, binding)
            }
            Term::Branch(_, tag, fields) => {
                let words = self.solver.values().get_record(word).map(<[Word]>::to_vec);
                match words.as_deref() {
                    Some([found, words @ ..]) if found == tag => self.all_take(fields, words, binding),
                    _ => Ok(false),
                }
            }
            Term::As { term, from, to } if !self.known(term, binding) => {
                let to = self.model.program().types.kind(*to);
                let (functions, values) = self.solver.calculator();
                match functions.reinterpret(to, *from, word, values) {
                    Ok(word) => self.takes(term, word, binding),
                    Err(failure) => Err(failure.message().to_owned().into()),
                }
            }
            Term::As { .. } | Term::Call(_) | Term::Aggregate(_) => Ok(self.several(term, binding)?.contains(&word)),
        }
    }

    fn all_take(&mut self, terms: &'a [Term], words: &[Word], binding: &mut Binding) -> Result<bool, Fault> {
        if terms.len() != words.len() {
            return Ok(false);
        }
        for (term, &word) in terms.iter().zip(words) {
            if !self.takes(term, word, binding)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a term has a value without binding anything.
    fn known(&self, term: &Term, binding: &Binding) -> bool {
        match term {
            Term::Wildcard => false,
            Term::Variable(variable) => {
                binding.environment.get(variable.0 as usize).is_some_and(std::option::Option::is_some)
            }
            Term::Constant(..) | Term::Autoinc | Term::Aggregate(_) => true,
            Term::Record(_, terms) | Term::Branch(_, _, terms) => terms.iter().all(|term| self.known(term, binding)),
            Term::As { term, .. } => self.known(term, binding),
            Term::Call(call) => call.arguments.iter().all(|term| self.known(term, binding)),
        }
    }

    /// The values of a term: one, or those of its ranges.
    fn several(&mut self, term: &'a Term, binding: &Binding) -> Result<Vec<Word>, Fault> {
        match term {
            Term::Variable(variable) => match binding.environment.get(variable.0 as usize) {
                Some(Some(word)) => Ok(vec![*word]),
                _ => Err(format!("variable {} has no value", variable.0).into()),
            },
            Term::Wildcard | Term::Autoinc => Err("a value is missing".to_owned().into()),
            Term::Constant(word, _) => Ok(vec![*word]),
            Term::Record(_, fields) => {
                let words = self.each(fields, binding)?;
                let (_, values) = self.solver.calculator();
                Ok(vec![values.record(&words)])
            }
            Term::Branch(_, tag, fields) => {
                let words = self.each(fields, binding)?;
                let (_, values) = self.solver.calculator();
                Ok(vec![values.record(&[&[*tag], words.as_slice()].concat())])
            }
            Term::As { term, from, to } => {
                let to = self.model.program().types.kind(*to);
                let words = self.several(term, binding)?;
                let (functions, values) = self.solver.calculator();
                let read = |word: &Word| functions.reinterpret(*from, to, *word, values);
                let read: Result<Vec<Word>, _> = words.iter().map(read).collect();
                read.map_err(|failure| failure.message().to_owned().into())
            }
            Term::Call(call) => self.call(call, binding),
            // It stands in a comparison, which has checked it by now.
            Term::Aggregate(aggregate) => {
                let place = std::ptr::from_ref::<Aggregate>(aggregate).addr();
                Ok(binding.counted.get(&place).copied().into_iter().collect())
            }
        }
    }

    fn call(&mut self, call: &'a Call, binding: &Binding) -> Result<Vec<Word>, Fault> {
        let words = self.each(&call.arguments, binding)?;
        let kind = self.model.program().types.kind(call.ty);
        let (functions, values) = self.solver.calculator();
        let result = match call.functor {
            Callee::Builtin(Functor::Range) => functions
                .range(kind, &words, values)
                .map(|mut range| std::iter::from_fn(|| range.next(values)).take(SEVERAL).collect()),
            Callee::Builtin(functor) => {
                functions.call(functor, &call.kinds, kind, &words, values).map(|word| vec![word])
            }
            Callee::User(name) => {
                let name = values.symbols.get(name).to_owned();
                functions.user(&name, &words, values).map(|word| vec![word])
            }
        };
        result.map_err(|failure| failure.message().to_owned().into())
    }

    /// The value of each of some terms. A `range`, which alone has several, stands in no other term.
    fn each(&mut self, terms: &'a [Term], binding: &Binding) -> Result<Vec<Word>, Fault> {
        let one = |term| match self.several(term, binding)?.as_slice() {
            &[word] => Ok(word),
            _ => Err("a term has not one value".to_owned().into()),
        };
        terms.iter().map(one).collect()
    }
}

/// The aggregates in a term, in order, not those within them.
pub(super) fn aggregates(term: &Term) -> Vec<&Aggregate> {
    match term {
        Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc => Vec::new(),
        Term::Call(call) => call.arguments.iter().flat_map(aggregates).collect(),
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().flat_map(aggregates).collect(),
        Term::As { term, .. } => aggregates(term),
        Term::Aggregate(aggregate) => vec![aggregate],
    }
}

pub(super) fn has_wildcard(term: &Term) -> bool {
    match term {
        Term::Wildcard => true,
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().any(has_wildcard),
        Term::As { term, .. } => has_wildcard(term),
        Term::Variable(_) | Term::Constant(..) | Term::Autoinc | Term::Call(_) | Term::Aggregate(_) => false,
    }
}

/// Whether a term is made of the counter `autoinc()`.
fn counts(term: &Term) -> bool {
    let mut found = false;
    term.visit(&mut |term| found |= matches!(term, Term::Autoinc));
    found
}
