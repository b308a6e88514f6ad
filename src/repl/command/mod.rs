//! The commands of the prompt, `:name arguments`: one file a group, one line a command in the table.

mod change;
mod diff;
mod explain;
mod files;
pub mod look;
mod settings;
mod table;
mod watch;

pub(super) use settings::SETTINGS;
pub(super) use table::execute;
pub use table::{COMMANDS, Command, Takes};
