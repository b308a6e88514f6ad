//! Storage: append-only rows, the sets that keep them distinct, and the indexes that joins read.

mod buckets;
mod database;
mod index;
mod keys;
mod lookup;
mod packed;
mod postings;
mod probe;
mod relation;
mod set;
mod sieve;
#[cfg(test)]
mod tests;

pub use buckets::Buckets;
pub use database::{Database, Origin, Origins};
pub use index::Index;
pub use keys::KeyTable;
pub use lookup::Lookup;
pub use packed::Packed;
pub use postings::{Age, Entries, Growing};
pub use relation::{Relation, Round, Row};
pub(crate) use set::{BATCH, Block, Dealing, GROUPS, Log, ShardMut, greatest};
pub use set::{Hashing, Layout, Switch, TupleSet};
pub use sieve::Sieve;
