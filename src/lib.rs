//! onus: who answers for what in a stack of cloud services, who says so, and why.

// Floor 1
pub mod source;
pub mod symbol;
// Floor 2
pub mod diagnostic;
pub mod value;
// Floor 3
pub mod program;
pub mod syntax;
// Floor 4
pub mod facts;
// Floor 5
pub mod eval;
// Floor 10
pub mod report;
