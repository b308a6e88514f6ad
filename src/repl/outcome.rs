//! How a command ends: the exit codes, and what stops it.

use std::io;

use crate::diagnostic::code;
use crate::session::Failure;

/// How a command ended, as its exit code. The greater is the worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// True, or done.
    #[default]
    Done = 0,
    /// No answer; a finding that is denied; a watched change.
    No = 1,
    /// The command itself is wrong.
    Usage = 2,
    /// The program or its input is wrong.
    Wrong = 3,
    /// A limit was met.
    Limit = 4,
    /// Someone interrupted.
    Interrupted = 130,
}

impl Outcome {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// How a command ends that failed so.
    #[must_use]
    pub fn of(failure: &Failure) -> Self {
        if failure.has(code::INTERRUPTED) {
            Self::Interrupted
        } else if failure.has(code::LIMIT) {
            Self::Limit
        } else if failure.has(code::USAGE) {
            Self::Usage
        } else {
            Self::Wrong
        }
    }

    /// Done if there is an answer.
    #[must_use]
    pub fn answered(holds: bool) -> Self {
        if holds { Self::Done } else { Self::No }
    }
}

/// What stops a command.
#[derive(Debug)]
pub enum Error {
    /// What is wrong, to be rendered.
    Failed(Failure),
    /// The output cannot be written.
    Output(io::Error),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
