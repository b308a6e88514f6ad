//! Programs run from Rust: rules as text, facts from iterators, rows back as tuples, functors as closures.
//!
//! ```
//! use onus::library::Datalog;
//!
//! let mut datalog = Datalog::new(
//!     ".decl edge(from: number, to: number)
//!      .decl path(from: number, to: number)
//!      path(x, y) :- edge(x, y).
//!      path(x, z) :- path(x, y), edge(y, z).",
//! );
//! datalog.insert("edge", [(1, 2), (2, 3)]);
//! datalog.run()?;
//! let path: Vec<(i64, i64)> = datalog.rows("path")?;
//! assert_eq!(path, [(1, 2), (1, 3), (2, 3)]);
//! # Ok::<(), onus::session::Failure>(())
//! ```
//!
//! | Rust | the language |
//! |---|---|
//! | `i64`, `i32` | `number` |
//! | `u64`, `u32` | `unsigned` |
//! | `f64` | `float` |
//! | `String`, `&str` (in) | `symbol` |
//! | [`Value`](crate::value::Value) | anything, records and branches included |

mod datalog;
mod function;
mod row;

pub use datalog::Datalog;
pub use function::{Function, Outcome};
pub use row::{FromRow, FromValue, Scalar, ToRow, ToValue};
