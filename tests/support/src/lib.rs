//! The judge: a second opinion on every answer of onus.
//!
//! Everything here is written to be obviously right, never fast. It shares with the product its syntax tree, its values
//! and its printer, and nothing else: no checks, no plans, no storage, no evaluation. Only `engine` runs the product.

pub mod answers;
pub mod build;
pub mod case;
pub mod engine;
pub mod generate;
pub mod judge;
pub mod metamorphic;
pub mod opaque;
pub mod random;
pub mod reference;
pub mod sample;
pub mod schema;
pub mod shrink;
pub mod walk;
