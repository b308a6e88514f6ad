//! Values in 32 bits: what is small is stored inline, what is not is interned, so that equality of values is equality
//! of words everywhere.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::types::{Kind, Type, TypeId, TypeTable};
use super::values::{Float, Value};
use crate::collections::{Distinct, Layered};
use crate::symbol::{Interner, Symbol};

/// One encoded value. What it means depends on its column's type.
///
/// | kind | encoding |
/// |---|---|
/// | symbol | the [`Symbol`] |
/// | number | -2^30 .. 2^30: the low 31 bits, top bit clear; else top bit set and an index into the pool of large numbers |
/// | unsigned | below 2^31: itself; else top bit set and an index |
/// | float | an index into the pool of floats |
/// | record | 0 is `nil`; else an index (from 1) of its hash-consed fields |
/// | branch | an index (from 1) of its hash-consed tag and fields |
pub type Word = u32;

/// The number 1: a truth value.
pub const TRUE: Word = 1;
/// The number 0: a truth value.
pub const FALSE: Word = 0;

const POOLED: u32 = 1 << 31;
const INLINE: i64 = 1 << 30;

/// Where words get their meaning: all symbols, large numbers, floats and records of a session. It only ever grows, so
/// that words stay good; two databases that share one can share relations. Copies share what was there when
/// [`Values::settle`] was last called.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// Strings, both values and names of the program.
    pub symbols: Interner,
    numbers: Layered<Pool<i64>>,
    unsigned: Layered<Pool<u64>>,
    floats: Layered<Pool<u64>>,
    records: Layered<Records>,
}

impl Values {
    /// Lets copies share what is there now, so that adding to a copy costs no more than what is added.
    pub fn settle(&mut self) {
        self.symbols.settle();
        self.numbers.settle();
        self.unsigned.settle();
        self.floats.settle();
        self.records.settle();
    }

    /// Encodes a number.
    pub fn number(&mut self, value: i64) -> Word {
        inline_number(value).unwrap_or_else(|| POOLED | self.numbers.intern(value, POOLED))
    }

    /// Decodes a number.
    #[must_use]
    pub fn get_number(&self, word: Word) -> i64 {
        if word & POOLED == 0 {
            // Shift the sign bit (bit 30) up and back down.
            i64::from(((word << 1).cast_signed()) >> 1)
        } else {
            self.numbers.get(word & !POOLED)
        }
    }

    /// Encodes an unsigned number.
    pub fn unsigned(&mut self, value: u64) -> Word {
        inline_unsigned(value).unwrap_or_else(|| POOLED | self.unsigned.intern(value, POOLED))
    }

    /// Decodes an unsigned number.
    #[must_use]
    pub fn get_unsigned(&self, word: Word) -> u64 {
        if word & POOLED == 0 { u64::from(word) } else { self.unsigned.get(word & !POOLED) }
    }

    /// Encodes a float, -0.0 as 0.0 and every NaN as one.
    pub fn float(&mut self, value: f64) -> Word {
        self.floats.intern(Float::new(value).get().to_bits(), POOLED)
    }

    /// Decodes a float.
    #[must_use]
    pub fn get_float(&self, word: Word) -> f64 {
        f64::from_bits(self.floats.get(word))
    }

    /// Encodes a string.
    pub fn symbol(&mut self, text: &str) -> Word {
        self.symbols.intern(text).0
    }

    /// Decodes a string.
    #[must_use]
    pub fn get_symbol(&self, word: Word) -> &str {
        self.symbols.get(Symbol(word))
    }

    /// Encodes a record (its fields) or a branch (its rank among the type's branches, then its fields).
    pub fn record(&mut self, fields: &[Word]) -> Word {
        self.records.intern(fields, u32::MAX) + 1
    }

    /// The fields of a record, or tag and fields of a branch; nothing for `nil`.
    #[must_use]
    pub fn get_record(&self, word: Word) -> Option<&[Word]> {
        word.checked_sub(1).map(|index| self.records.get(index))
    }

    /// The word of a record if it was made before.
    #[must_use]
    pub fn find_record(&self, fields: &[Word]) -> Option<Word> {
        self.records.find(fields).map(|index| index + 1)
    }

    /// The word of a number if it is inline or was made before.
    #[must_use]
    pub fn find_number(&self, value: i64) -> Option<Word> {
        inline_number(value).or_else(|| self.numbers.find(value).map(|index| POOLED | index))
    }

    /// The word of an unsigned number if it is inline or was made before.
    #[must_use]
    pub fn find_unsigned(&self, value: u64) -> Option<Word> {
        inline_unsigned(value).or_else(|| self.unsigned.find(value).map(|index| POOLED | index))
    }

    /// The word of a float if it was made before.
    #[must_use]
    pub fn find_float(&self, value: f64) -> Option<Word> {
        self.floats.find(Float::new(value).get().to_bits())
    }

    /// Encodes a value of a type; nothing where its shape is not the type's.
    pub fn encode(&mut self, types: &TypeTable, ty: TypeId, value: &Value) -> Option<Word> {
        Some(match (value, types.kind(ty)) {
            (Value::Number(value), Kind::Number) => self.number(*value),
            (Value::Unsigned(value), Kind::Unsigned) => self.unsigned(*value),
            (Value::Float(value), Kind::Float) => self.float(value.get()),
            (Value::Symbol(text), Kind::Symbol) => self.symbol(text),
            (Value::Nil, Kind::Record) => 0,
            (Value::Record(values), Kind::Record) => {
                let fields = record_types(types, ty)?;
                let words = self.encode_all(types, &fields, values)?;
                self.record(&words)
            }
            (Value::Branch(name, values), Kind::Adt) => {
                let name = self.symbols.find(name)?;
                let (tag, fields) = branch_types(types, ty, name)?;
                let mut words = vec![tag];
                words.extend(self.encode_all(types, &fields, values)?);
                self.record(&words)
            }
            _ => return None,
        })
    }

    fn encode_all(&mut self, types: &TypeTable, fields: &[TypeId], values: &[Value]) -> Option<Vec<Word>> {
        if fields.len() != values.len() {
            return None;
        }
        fields.iter().zip(values).map(|(&ty, value)| self.encode(types, ty, value)).collect()
    }

    /// The word of a value if the value exists here: what a lookup in an unchangeable model needs.
    #[must_use]
    pub fn find(&self, types: &TypeTable, ty: TypeId, value: &Value) -> Option<Word> {
        match (value, types.kind(ty)) {
            (Value::Number(value), Kind::Number) => self.find_number(*value),
            (Value::Unsigned(value), Kind::Unsigned) => self.find_unsigned(*value),
            (Value::Float(value), Kind::Float) => self.find_float(value.get()),
            (Value::Symbol(text), Kind::Symbol) => self.symbols.find(text).map(|symbol| symbol.0),
            (Value::Nil, Kind::Record) => Some(0),
            (Value::Record(values), Kind::Record) => {
                let fields = record_types(types, ty)?;
                self.find_record(&self.find_all(types, &fields, values)?)
            }
            (Value::Branch(name, values), Kind::Adt) => {
                let (tag, fields) = branch_types(types, ty, self.symbols.find(name)?)?;
                let mut words = vec![tag];
                words.extend(self.find_all(types, &fields, values)?);
                self.find_record(&words)
            }
            _ => None,
        }
    }

    fn find_all(&self, types: &TypeTable, fields: &[TypeId], values: &[Value]) -> Option<Vec<Word>> {
        if fields.len() != values.len() {
            return None;
        }
        fields.iter().zip(values).map(|(&ty, value)| self.find(types, ty, value)).collect()
    }

    /// Decodes a word of a type.
    #[must_use]
    pub fn decode(&self, types: &TypeTable, ty: TypeId, word: Word) -> Value {
        match types.kind(ty) {
            Kind::Number => Value::Number(self.get_number(word)),
            Kind::Unsigned => Value::Unsigned(self.get_unsigned(word)),
            Kind::Float => Value::Float(Float::new(self.get_float(word))),
            Kind::Symbol => Value::Symbol(self.get_symbol(word).to_owned()),
            Kind::Record => match (self.get_record(word), record_types(types, ty)) {
                (Some(words), Some(fields)) => Value::Record(self.decode_all(types, &fields, words)),
                _ => Value::Nil,
            },
            Kind::Adt => match (self.get_record(word), types.get(ty)) {
                (Some([tag, words @ ..]), Type::Adt { branches }) if (*tag as usize) < branches.len() => {
                    let branch = &branches[*tag as usize];
                    let fields: Vec<TypeId> = branch.fields.iter().map(|field| field.ty).collect();
                    Value::Branch(self.symbols.get(branch.name).to_owned(), self.decode_all(types, &fields, words))
                }
                _ => Value::Nil,
            },
        }
    }

    fn decode_all(&self, types: &TypeTable, fields: &[TypeId], words: &[Word]) -> Vec<Value> {
        fields.iter().zip(words).map(|(&ty, &word)| self.decode(types, ty, word)).collect()
    }

    /// The order of output between two words of one type, without making values where it can.
    #[must_use]
    pub fn compare(&self, types: &TypeTable, ty: TypeId, left: Word, right: Word) -> Ordering {
        if left == right {
            return Ordering::Equal;
        }
        match types.kind(ty) {
            Kind::Number => self.get_number(left).cmp(&self.get_number(right)),
            Kind::Unsigned => self.get_unsigned(left).cmp(&self.get_unsigned(right)),
            Kind::Float => Float::new(self.get_float(left)).cmp(&Float::new(self.get_float(right))),
            Kind::Symbol => self.get_symbol(left).cmp(self.get_symbol(right)),
            Kind::Record | Kind::Adt => self.decode(types, ty, left).cmp(&self.decode(types, ty, right)),
        }
    }
}

/// What the words of one pool are in another: by kind, for all but records.
#[derive(Clone, Debug)]
pub struct Renaming {
    symbols: Vec<Word>,
    numbers: Vec<Word>,
    unsigned: Vec<Word>,
    floats: Vec<Word>,
}

impl Renaming {
    /// The word that means the same; a record's stays as it is.
    #[inline]
    #[must_use]
    pub fn word(&self, kind: Kind, word: Word) -> Word {
        match kind {
            Kind::Symbol => self.symbols[word as usize],
            Kind::Float => self.floats[word as usize],
            Kind::Number if word & POOLED != 0 => self.numbers[(word & !POOLED) as usize],
            Kind::Unsigned if word & POOLED != 0 => self.unsigned[(word & !POOLED) as usize],
            Kind::Number | Kind::Unsigned | Kind::Record | Kind::Adt => word,
        }
    }
}

impl Values {
    /// Takes over what another pool holds, records apart, in the order in which it came there.
    pub fn take_over(&mut self, other: &Self) -> Renaming {
        fn ids<T>(pool: &Layered<Pool<T>>) -> impl Iterator<Item = T>
        where
            T: Copy + Default + Eq + Hash,
        {
            (0..).take(pool.len()).map(|id| pool.get(id))
        }
        Renaming {
            symbols: (0..).take(other.symbols.len()).map(|id| self.symbol(other.get_symbol(id))).collect(),
            numbers: ids(&other.numbers).map(|value| self.number(value)).collect(),
            unsigned: ids(&other.unsigned).map(|value| self.unsigned(value)).collect(),
            floats: ids(&other.floats).map(|bits| self.float(f64::from_bits(bits))).collect(),
        }
    }
}

fn inline_number(value: i64) -> Option<Word> {
    // The cast keeps the low 32 bits; clearing the top one keeps 31, of which bit 30 is the sign.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (-INLINE..INLINE).contains(&value).then_some(value as u32 & !POOLED)
}

fn inline_unsigned(value: u64) -> Option<Word> {
    u32::try_from(value).ok().filter(|word| word & POOLED == 0)
}

fn record_types(types: &TypeTable, ty: TypeId) -> Option<Vec<TypeId>> {
    // A subtype or union of records is refused by the checks, so that the type itself is the record.
    match types.get(ty) {
        Type::Record { fields } => Some(fields.iter().map(|field| field.ty).collect()),
        Type::Primitive(_) | Type::Subtype { .. } | Type::Union { .. } | Type::Adt { .. } => None,
    }
}

fn branch_types(types: &TypeTable, ty: TypeId, name: Symbol) -> Option<(Word, Vec<TypeId>)> {
    let Type::Adt { branches } = types.get(ty) else { return None };
    let tag = branches.iter().position(|branch| branch.name == name)?;
    Some((u32::try_from(tag).ok()?, branches[tag].fields.iter().map(|field| field.ty).collect()))
}

/// Distinct fixed-size values by dense id.
#[derive(Clone, Debug, Default)]
struct Pool<T> {
    values: Vec<T>,
    table: HashTable<u32>,
}

impl<T: Copy + Default + Eq + Hash> Distinct for Pool<T> {
    type Item<'a> = T;

    fn len(&self) -> usize {
        self.values.len()
    }

    fn find(&self, value: T) -> Option<u32> {
        self.table.find(FxBuildHasher.hash_one(value), |&id| self.values[id as usize] == value).copied()
    }

    fn get(&self, id: u32) -> T {
        self.values[id as usize]
    }

    fn push(&mut self, value: T) {
        let id = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(value);
        let values = &self.values;
        self.table.insert_unique(FxBuildHasher.hash_one(value), id, |&id| FxBuildHasher.hash_one(values[id as usize]));
    }
}

/// Distinct sequences of words by dense id; all lie in one buffer.
#[derive(Clone, Debug, Default)]
struct Records {
    words: Vec<Word>,
    ends: Vec<usize>,
    table: HashTable<u32>,
}

impl Distinct for Records {
    type Item<'a> = &'a [Word];

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn find(&self, fields: &[Word]) -> Option<u32> {
        self.table.find(FxBuildHasher.hash_one(fields), |&id| self.get(id) == fields).copied()
    }

    fn get(&self, id: u32) -> &[Word] {
        span(&self.words, &self.ends, id)
    }

    fn push(&mut self, fields: &[Word]) {
        let id = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.words.extend_from_slice(fields);
        self.ends.push(self.words.len());
        let Self { words, ends, table } = self;
        table.insert_unique(FxBuildHasher.hash_one(fields), id, |&id| FxBuildHasher.hash_one(span(words, ends, id)));
    }
}

fn span<'a>(words: &'a [Word], ends: &[usize], id: u32) -> &'a [Word] {
    let index = id as usize;
    let start = if index == 0 { 0 } else { ends[index - 1] };
    &words[start..ends[index]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_on_both_sides_of_the_inline_bound() {
        let mut values = Values::default();
        let edge = 1_i64 << 30;
        for value in [0, 1, -1, edge - 1, edge, edge + 1, -edge, -edge - 1, i64::MAX, i64::MIN] {
            let word = values.number(value);
            assert_eq!(values.get_number(word), value);
            assert_eq!(values.number(value), word);
            assert_eq!(values.find_number(value), Some(word));
        }
        for value in [0, 1, (1 << 31) - 1, 1 << 31, u64::MAX] {
            let word = values.unsigned(value);
            assert_eq!(values.get_unsigned(word), value);
        }
        assert_eq!(values.find_number(edge + 7), None);
    }

    #[test]
    fn records_are_shared_and_nil_is_none() {
        let mut values = Values::default();
        let pair = values.record(&[1, 2]);
        let empty = values.record(&[]);
        assert_eq!(values.record(&[1, 2]), pair);
        assert_ne!(pair, empty);
        assert_eq!(values.get_record(pair), Some([1, 2].as_slice()));
        assert_eq!(values.get_record(empty), Some([].as_slice()));
        assert_eq!(values.get_record(0), None);
    }
}
