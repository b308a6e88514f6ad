//! Text to tree and back. Parsing never fails: it returns a tree and diagnostics, and recovers at the next `.`.

pub mod ast;
