//! Rows in: from delimited files, JSON and statement files, every error pointing into the file.

pub mod date;
pub mod delimited;
pub mod json;
mod packed;
mod rows;
pub mod scalar;
pub mod sqlite;
pub mod statements;
#[cfg(test)]
pub(crate) mod world;

pub use packed::unpacked;
pub use rows::{DataFile, Rows};
