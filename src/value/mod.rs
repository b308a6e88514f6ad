//! Types and values: what a column may hold, how it is stored in 32 bits, how it prints and sorts.

mod pool;
mod types;
mod values;

pub use pool::{FALSE, Renaming, TRUE, Values, Word};
pub use types::{Branch, Field, Kind, Type, TypeId, TypeTable};
pub use values::{Float, Value};
