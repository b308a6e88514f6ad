//! Why a line of an answer under review stands, or is gone.

use std::io;

use super::cases::why;
use super::instantiate::instantiate;
use super::prompt::Additions;
use super::read::{Part, parts};
use super::{Prompt, Settings};
use crate::responsibility::{Project, Selection};
use crate::session::{Failure, Options};
use crate::value::Value;

/// A prompt that defends the lines of one answer.
#[derive(Debug)]
pub struct Defence {
    prompt: Prompt,
    /// The goals of the question; none where the lines are tuples themselves.
    goals: Vec<String>,
}

impl Defence {
    /// Over a project and, for the answer of a question, the question's name and text.
    ///
    /// # Errors
    /// The project's files cannot be read, or are wrong.
    pub fn open(
        project: Project,
        selection: Selection,
        options: Options,
        question: Option<(&str, &str)>,
    ) -> Result<Self, Failure> {
        let program = question.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let additions = Additions { programs: program.into_iter().collect(), ..Additions::default() };
        let (prompt, failure) = Prompt::open_with(project, selection, options, Settings::default(), &additions)?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        let goal = |part: Part| match part {
            Part::Goal(text) => Some(text),
            Part::Clauses(_) => None,
        };
        let goals = question.map(|(_, text)| parts(text).into_iter().filter_map(goal).collect()).unwrap_or_default();
        Ok(Self { prompt, goals })
    }

    /// Why a line stands, or why it does not; nothing where that cannot be told.
    ///
    /// # Errors
    /// The output cannot be written, which does not happen in memory.
    pub fn line(&mut self, line: &str) -> io::Result<String> {
        if self.goals.is_empty() {
            return why(&mut self.prompt, line);
        }
        let mut out = String::new();
        for goal in self.goals.clone() {
            let Ok(answer) = self.prompt.session.ask(&goal) else { continue };
            let is_line = |row: &&Vec<Value>| row.iter().map(Value::literal).collect::<Vec<_>>().join(", ") == line;
            let Some(row) = answer.rows.iter().find(is_line) else { continue };
            for atom in instantiate(&goal, &answer.columns, row) {
                out.push_str(&why(&mut self.prompt, &atom)?);
            }
        }
        Ok(out)
    }
}
