//! The prompt: a line in, text out. Only `editor` knows the terminal.

pub mod asked;
pub mod cases;
pub mod command;
pub mod compare;
mod complete;
mod defend;
mod delta;
mod editor;
mod explain_shell;
mod flags;
mod highlight;
mod instantiate;
mod io;
mod near;
mod outcome;
mod pipe;
mod prompt;
mod read;
mod scan;
pub mod show;
mod tutorial;
mod write;

pub(crate) use complete::column_constants;
pub use defend::Defence;
pub use editor::interact;
pub use explain_shell::explain_shell;
pub use io::Io;
pub use near::unknown_constants;
pub use outcome::{Error, Outcome};
pub use pipe::drain;
pub use prompt::{Additions, Prompt, Settings};
pub(crate) use scan::{Piece, Place, pieces, place};
pub use write::{Staged, atomically, clear_left, directory_of};
