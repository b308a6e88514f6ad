//! Names and text values as dense ids: equality of symbols is equality of integers.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use crate::collections::{Distinct, Layered};

/// An interned string: an identifier of a program, or a value of type `symbol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// Gives every distinct string one [`Symbol`]. Ids are dense, count from 0 in order of first appearance, and stay good
/// for the interner's life. Copies are cheap once [`Interner::settle`] was called.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    texts: Layered<Texts>,
}

impl Interner {
    /// The symbol of `text`, made if new.
    ///
    /// # Panics
    /// After 2^32 - 1 distinct strings.
    pub fn intern(&mut self, text: &str) -> Symbol {
        Symbol(self.texts.intern(text, u32::MAX))
    }

    /// The symbol of `text` if it was interned before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.texts.find(text).map(Symbol)
    }

    /// The string of a symbol that this interner gave out.
    #[must_use]
    pub fn get(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0)
    }

    /// How many distinct strings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether nothing was interned yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lets copies share what is there now.
    pub fn settle(&mut self) {
        self.texts.settle();
    }
}

/// Distinct strings. All text lies in one buffer; the table holds ids only and compares through it.
#[derive(Clone, Debug, Default)]
struct Texts {
    text: String,
    /// `ends[i]` is one past the last byte of string `i`.
    ends: Vec<usize>,
    table: HashTable<u32>,
}

impl Distinct for Texts {
    type Item<'a> = &'a str;

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn find(&self, text: &str) -> Option<u32> {
        let hash = FxBuildHasher.hash_one(text);
        self.table.find(hash, |&id| slice(&self.text, &self.ends, id) == text).copied()
    }

    fn get(&self, id: u32) -> &str {
        slice(&self.text, &self.ends, id)
    }

    fn push(&mut self, text: &str) {
        let id = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.text.push_str(text);
        self.ends.push(self.text.len());
        let hash = FxBuildHasher.hash_one(slice(&self.text, &self.ends, id));
        let Self { text, ends, table } = self;
        table.insert_unique(hash, id, |&id| FxBuildHasher.hash_one(slice(text, ends, id)));
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], id: u32) -> &'a str {
    let index = id as usize;
    let start = if index == 0 { 0 } else { ends[index - 1] };
    &text[start..ends[index]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_share_one_dense_symbol() {
        let mut names = Interner::default();
        assert!(names.is_empty());
        let aws = names.intern("aws");
        let empty = names.intern("");
        assert_eq!(names.intern("aws"), aws);
        assert_eq!((aws, empty), (Symbol(0), Symbol(1)));
        assert_eq!((names.get(aws), names.get(empty), names.len()), ("aws", "", 2));
        assert_eq!((names.find("aws"), names.find("gcp")), (Some(aws), None));
        let many: Vec<Symbol> = (0..5_000).map(|i| names.intern(&i.to_string())).collect();
        assert!(many.iter().enumerate().all(|(i, &symbol)| names.get(symbol) == i.to_string()));
    }

    #[test]
    fn copies_share_what_was_settled_and_go_their_own_ways() {
        let mut names = Interner::default();
        let before: Vec<Symbol> = (0..100).map(|i| names.intern(&i.to_string())).collect();
        names.settle();
        let mut other = names.clone();
        assert_eq!(names.intern("7"), before[7]);
        assert_eq!((names.intern("here"), other.intern("there")), (Symbol(100), Symbol(100)));
        assert_eq!((names.get(Symbol(100)), other.get(Symbol(100))), ("here", "there"));
        assert_eq!((names.find("there"), other.find("here"), other.len()), (None, None, 101));
        // What came since is small beside the rest and stays above it; much more joins it. Ids stay good.
        names.settle();
        (0..200).for_each(|i| assert_eq!(names.intern(&format!("more {i}")), Symbol(101 + i)));
        names.settle();
        assert_eq!((names.get(before[7]), names.get(Symbol(100)), names.get(Symbol(300))), ("7", "here", "more 199"));
        assert_eq!(
            (names.find("here"), names.find("more 0"), names.len()),
            (Some(Symbol(100)), Some(Symbol(101)), 301)
        );
    }
}
