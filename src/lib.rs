//! onus: who answers for what in a stack of cloud services, who says so, and why.

// Floor 1
mod collections;
pub mod source;
pub mod symbol;
// Floor 2
pub mod diagnostic;
pub mod value;
// Floor 3
pub mod program;
pub mod syntax;
// Floor 4
pub mod check;
pub mod facts;
pub mod plan;
pub mod storage;
// Floor 5
pub mod eval;
// Floor 6
pub mod model;
// Floor 7
pub mod diff;
pub mod explain;
pub mod query;
// Floor 8
pub mod session;
// Floor 9
pub mod responsibility;
// Floor 10
pub mod report;
// Floor 11
pub mod repl;
// Floor 12
pub mod cli;
