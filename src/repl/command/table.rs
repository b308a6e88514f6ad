//! The one table of the prompt's commands, and how a line finds its command.

use super::{change, diff, explain, files, look, settings, watch};
use crate::diagnostic::suggest;
use crate::repl::{Error, Io, Outcome, Prompt};

/// What a command takes, for completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// The name of a relation.
    Relation,
    /// An atom, or a number of a row or of a node of the last proof.
    Atom,
    /// Changes: clauses with `+` or `-` before them.
    Changes,
    /// A path.
    File,
    /// The name of a command.
    Command,
    /// A setting and its value.
    Setting,
}

/// What carries out a command: its arguments as typed.
pub(super) type Run = fn(&mut Prompt, &str, &mut Io<'_>) -> Result<Outcome, Error>;

/// A command of the prompt.
pub struct Command {
    /// Without the colon.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Its arguments as help shows them.
    pub usage: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// More, with examples.
    pub more: &'static str,
    /// What carries it out.
    pub(super) run: Run,
}

/// The commands, in the order of `:help`.
pub const COMMANDS: &[Command] = &[
    explain::WHY,
    explain::WHY_NOT,
    explain::CRITICAL,
    explain::WITNESSES,
    change::WHAT_IF,
    diff::DIFF,
    change::INSERT,
    change::RETRACT,
    change::UNDO,
    change::REDO,
    watch::WATCH,
    look::SCHEMA,
    look::RULES,
    look::FACTS,
    look::PLAN,
    look::STATS,
    files::LOAD,
    files::RELOAD,
    files::SAVE,
    settings::SET,
    settings::TIME,
    settings::HISTORY,
    settings::HELP,
    settings::QUIT,
];

/// The command of a name or of the beginning of one.
///
/// # Errors
/// What to do about it, where there is none or there are several.
pub(super) fn find(name: &str) -> Result<&'static Command, (String, String)> {
    let name = if name == "?" { "help" } else { name };
    if let Some(exact) = COMMANDS.iter().find(|command| command.name == name) {
        return Ok(exact);
    }
    let begins: Vec<&Command> = COMMANDS.iter().filter(|command| command.name.starts_with(name)).collect();
    match begins.as_slice() {
        [one] if !name.is_empty() => Ok(one),
        [_, _, ..] if !name.is_empty() => {
            let names: Vec<String> = begins.iter().map(|command| format!("`:{}`", command.name)).collect();
            let (last, others) =
                names.split_last().map_or((String::new(), Vec::new()), |(last, rest)| (last.clone(), rest.to_vec()));
            Err((format!("`:{name}` may be {} or {last}", others.join(", ")), "type more of it".to_owned()))
        }
        _ => {
            let help = match suggest(name, COMMANDS.iter().map(|command| command.name)) {
                Some(near) => format!("did you mean `:{near}`?"),
                None => "`:help` lists the commands".to_owned(),
            };
            Err((format!("there is no command `:{name}`"), help))
        }
    }
}

/// Carries out a line that begins with a colon.
pub(in crate::repl) fn execute(prompt: &mut Prompt, line: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let line = line.strip_prefix(':').unwrap_or(line).trim_start();
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let (name, arguments) = line.split_at(end);
    match find(name) {
        Ok(command) => (command.run)(prompt, arguments.trim(), io),
        Err((message, help)) => Err(prompt.usage(message, help)),
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, ":{} {}", self.name, self.usage)
    }
}
