//! Storage: append-only rows, the sets that keep them distinct, and the indexes that joins read.

mod database;
mod dedup;
mod index;
mod relation;

pub use database::{Database, Origin, Origins};
pub use dedup::{Hashing, TupleSet};
pub use index::{GrowingIndex, Index, KeyTable};
pub use relation::{Relation, Round, Row};
