//! What can go wrong in a functor.

use std::cmp::Ordering;
use std::fmt;

use crate::diagnostic::{Code, code};
use crate::value::{Kind, Value};

/// Why a functor has no result. The order lets an evaluation report the least failure, whatever happened first: by kind,
/// then by message, in which numbers count by value (`2 / 0` comes before `10 / 0`).
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl Ord for Failure {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_text = || self.message().cmp(other.message());
        self.kind().cmp(&other.kind()).then_with(|| by_value(self.message(), other.message())).then_with(by_text)
    }
}

impl PartialOrd for Failure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of two texts in which runs of digits count as the whole numbers that they are.
fn by_value(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    loop {
        let (Some(&one), Some(&other)) = (left.first(), right.first()) else { return left.len().cmp(&right.len()) };
        let (a, b) = if one.is_ascii_digit() && other.is_ascii_digit() {
            let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (a, b) = (digits(left), digits(right));
            let zeros = |text: &[u8]| text.iter().take_while(|&&byte| byte == b'0').count();
            let (one, other) = (&left[zeros(&left[..a])..a], &right[zeros(&right[..b])..b]);
            match one.len().cmp(&other.len()).then_with(|| one.cmp(other)) {
                Ordering::Equal => (a, b),
                unequal => return unequal,
            }
        } else if one == other {
            (1, 1)
        } else {
            return one.cmp(&other);
        };
        (left, right) = (&left[a..], &right[b..]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_failure_is_the_one_of_the_least_values() {
        let failures = ["`1 / 0`", "`2 / 0`", "`10 / 00`", "`10 / 0`", "`a1`", "`a02`", "`a10`", "`a`"];
        let failures = failures.map(|text| Failure::new(FailureKind::DivisionByZero, text));
        for (at, left) in failures.iter().enumerate() {
            for (other, right) in failures.iter().enumerate() {
                assert_eq!(left.cmp(right), at.cmp(&other), "{left} and {right}");
            }
        }
        let overflow = Failure::new(FailureKind::Overflow, "`0 + 0`");
        assert!(failures.iter().all(|failure| *failure < overflow));
    }
}
