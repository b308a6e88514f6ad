//! Rows in: from delimited files, JSON and statement files, every error pointing into the file.

pub mod date;
pub mod scalar;
pub mod statements;
