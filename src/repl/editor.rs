//! The prompt on a terminal: editing, history, completion, colours. Nothing else in the program knows rustyline.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::config::{BellStyle, Configurer};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::{FileHistory, History, SearchDirection};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, EditMode, Editor};

use super::complete::{Completion, complete, hint};
use super::highlight::highlight;
use super::read::{Reading, read};
use super::{Io, Outcome, Prompt};
use crate::model::Model;

/// How many lines are remembered.
const HISTORY: usize = 10_000;

/// Talks with a person until they leave. `width` tells the terminal's columns before each command.
///
/// # Errors
/// The terminal cannot be read or written.
pub fn interact(prompt: &mut Prompt, width: fn() -> Option<usize>, io: &mut Io<'_>) -> io::Result<Outcome> {
    let config = Config::builder()
        .max_history_size(HISTORY)
        .map_err(terminal)?
        .completion_type(CompletionType::List)
        .bell_style(BellStyle::None)
        .bracketed_paste(true)
        .build();
    let mut editor: Editor<Helper, FileHistory> = Editor::with_config(config).map_err(terminal)?;
    let history = history_file();
    if let Some(path) = &history {
        // No history yet, or one that cannot be read: the session is the same without.
        let _ = editor.load_history(path);
        seed(prompt, editor.history());
    }
    if keys_of_vi() {
        prompt.use_vi();
    }
    editor.set_helper(Some(Helper { model: None, color: io.view.color, files: FilenameCompleter::new() }));
    prompt.tell_step(io)?;
    while !prompt.finished() {
        editor.set_edit_mode(if prompt.settings().vi { EditMode::Vi } else { EditMode::Emacs });
        if let Some(helper) = editor.helper_mut() {
            helper.model = prompt.session().model().cloned();
        }
        io.out.flush()?;
        match editor.readline("onus> ") {
            Ok(text) => {
                io.view.width = width();
                prompt.refresh(io)?;
                let text = match prompt.suggested() {
                    Some(line) if text.trim().is_empty() => {
                        writeln!(io.out, "{}", io.view.dim(&format!("onus> {line}")))?;
                        line.to_owned()
                    }
                    _ => text,
                };
                if text.trim().is_empty() {
                    continue;
                }
                // A line that cannot be remembered is carried out all the same.
                let _ = editor.add_history_entry(text.trim_end());
                if let Some(path) = &history {
                    let _ = editor.append_history(path);
                }
                prompt.run(&text, io)?;
                prompt.learnt(&text, io)?;
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(terminal(error)),
        }
    }
    io.out.flush()?;
    Ok(Outcome::Done)
}

fn terminal(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// Lets `:history` show what earlier sessions left.
fn seed(prompt: &mut Prompt, history: &FileHistory) {
    for at in 0..history.len() {
        if let Ok(Some(found)) = history.get(at, SearchDirection::Forward) {
            prompt.remember(&found.entry);
        }
    }
}

/// Where the history is kept: in the state directory, made if need be.
fn history_file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local").join("state")))
        .or_else(|| set("LOCALAPPDATA"))?;
    let directory = state.join("onus");
    std::fs::create_dir_all(&directory).ok()?;
    Some(directory.join("history"))
}

/// Whether the user's INPUTRC asks for the keys of vi.
fn keys_of_vi() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let path = set("INPUTRC").or_else(|| set("HOME").map(|home| home.join(".inputrc")));
    let text = path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let mut modes = text.lines().filter_map(|line| line.trim().strip_prefix("set editing-mode"));
    modes.next_back().is_some_and(|mode| mode.trim() == "vi")
}

/// What the editor asks while one types.
struct Helper {
    model: Option<Arc<Model>>,
    color: bool,
    files: FilenameCompleter,
}

impl rustyline::Helper for Helper {}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        match complete(line, pos, self.model.as_deref()) {
            Completion::File => self.files.complete_path(line, pos),
            Completion::Words(start, found) => {
                let pair = |candidate: super::complete::Candidate| Pair {
                    display: candidate.shown,
                    replacement: candidate.insert,
                };
                Ok((start, found.into_iter().map(pair).collect()))
            }
        }
    }
}

impl Hinter for Helper {
    type Hint = Reminder;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<Reminder> {
        hint(line, pos, self.model.as_deref()).map(Reminder)
    }
}

/// Argument names behind the cursor. They are to be read, not to be taken over.
struct Reminder(String);

impl rustyline::hint::Hint for Reminder {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.color { Cow::Owned(highlight(line, self.model.as_deref())) } else { Cow::Borrowed(line) }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        self.styled(AnsiColor::Cyan.on_default().bold(), prompt)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        self.styled(Style::new().dimmed(), hint)
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.color && kind != CmdKind::MoveCursor
    }
}

impl Helper {
    fn styled<'t>(&self, style: Style, text: &'t str) -> Cow<'t, str> {
        if self.color { Cow::Owned(format!("{style}{text}{style:#}")) } else { Cow::Borrowed(text) }
    }
}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match read(context.input()) {
            Reading::Unfinished => ValidationResult::Incomplete,
            _ => ValidationResult::Valid(None),
        })
    }
}
