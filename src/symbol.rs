//! Names and text values as dense ids: equality of symbols is equality of integers.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// An interned string: an identifier of a program, or a value of type `symbol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// Gives every distinct string one [`Symbol`]. Ids are dense, count from 0 in order of first appearance, and stay good
/// for the interner's life.
///
/// All text lies in one buffer; the table holds ids only and compares through it.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    text: String,
    /// `ends[i]` is one past the last byte of symbol `i`.
    ends: Vec<usize>,
    table: HashTable<u32>,
}

impl Interner {
    /// The symbol of `text`, made if new.
    ///
    /// # Panics
    /// After 2^32 - 1 distinct strings.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = FxBuildHasher.hash_one(text);
        if let Some(&id) = self.table.find(hash, |&id| slice(&self.text, &self.ends, id) == text) {
            return Symbol(id);
        }
        let id = u32::try_from(self.ends.len()).expect("fewer than 2^32 symbols");
        self.text.push_str(text);
        self.ends.push(self.text.len());
        let Self { text, ends, table } = self;
        table.insert_unique(hash, id, |&id| FxBuildHasher.hash_one(slice(text, ends, id)));
        Symbol(id)
    }

    /// The symbol of `text` if it was interned before.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let hash = FxBuildHasher.hash_one(text);
        self.table.find(hash, |&id| slice(&self.text, &self.ends, id) == text).map(|&id| Symbol(id))
    }

    /// The string of a symbol that this interner gave out.
    #[must_use]
    pub fn get(&self, symbol: Symbol) -> &str {
        slice(&self.text, &self.ends, symbol.0)
    }

    /// How many distinct strings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing was interned yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
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
}
