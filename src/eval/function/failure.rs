//! What can go wrong in a functor.

use std::fmt;

use crate::diagnostic::{Code, code};
use crate::value::{Kind, Value};

/// Why a functor has no result. The order lets an evaluation report the least failure, whatever happened first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure(Box<(FailureKind, String)>);

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// A divisor is zero.
    DivisionByZero,
    /// The result does not fit its type.
    Overflow,
    /// A text or number is no value of the kind asked for.
    BadConversion,
    /// The pattern of `match` is no regular expression, or one of unreasonable size.
    BadPattern,
    /// `substr` would cut a character in two.
    BadSubstring,
    /// A registered functor refused.
    Registered,
    /// The functor has no meaning on such operands. The checks refuse such programs.
    Unsupported,
}

impl Failure {
    /// A failure and its message: lower case, one line, no full stop, values included.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self(Box::new((kind, message.into())))
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.0.0
    }

    /// What happened, values included.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.1
    }

    /// The code under which it is reported.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        match self.kind() {
            FailureKind::DivisionByZero => code::DIVISION_BY_ZERO,
            FailureKind::Overflow => code::OVERFLOW,
            FailureKind::BadConversion => code::BAD_CONVERSION,
            FailureKind::BadPattern => code::BAD_PATTERN,
            FailureKind::BadSubstring => code::BAD_SUBSTRING,
            FailureKind::Registered => code::FUNCTOR,
            FailureKind::Unsupported => code::UNSUPPORTED,
        }
    }

    /// What to do about it, where something general can be said.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self.kind() {
            FailureKind::DivisionByZero => Some("test the divisor with `!= 0` in the same rule"),
            FailureKind::Overflow => Some("`--wrap` lets numbers wrap around"),
            FailureKind::BadConversion => Some("test the text with `match` in the same rule"),
            FailureKind::BadPattern => Some(
                "patterns are regular expressions without look-around and back-references; `\\` is `\\\\` in a string",
            ),
            FailureKind::BadSubstring => Some("`substr` counts bytes; `@split` and `@trim` do not cut characters"),
            FailureKind::Registered | FailureKind::Unsupported => None,
        }
    }

    #[cold]
    pub(super) fn unsupported(name: &str) -> Self {
        Self::new(FailureKind::Unsupported, format!("`{name}` cannot be applied to such operands"))
    }

    #[cold]
    pub(super) fn overflow(expression: impl fmt::Display, kind: Kind) -> Self {
        Self::new(FailureKind::Overflow, format!("`{expression}` does not fit {}", article(kind)))
    }

    #[cold]
    pub(super) fn division(expression: impl fmt::Display) -> Self {
        Self::new(FailureKind::DivisionByZero, format!("`{expression}` divides by zero"))
    }

    #[cold]
    pub(super) fn conversion_range(value: impl fmt::Display, to: Kind) -> Self {
        Self::new(FailureKind::Overflow, format!("{value} does not fit {}", article(to)))
    }

    #[cold]
    pub(super) fn conversion(text: &str, what: &str) -> Self {
        Self::new(FailureKind::BadConversion, format!("{} is not {what}", quoted(text)))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl std::error::Error for Failure {}

pub(super) fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "a number (64 bits)",
        Kind::Unsigned => "an unsigned (64 bits, no minus)",
        Kind::Float => "a float",
        Kind::Symbol | Kind::Record | Kind::Adt => "its type",
    }
}

/// A text for a message: quoted, escaped, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", Value::Symbol(text[..at].to_owned()).literal()),
        None => Value::Symbol(text.to_owned()).literal(),
    }
}
