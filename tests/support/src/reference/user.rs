//! The functors written `@name(..)`: those for policy work, and two that the judge registers with the engine.

use onus::value::Value;

use super::declare::Shape;
use crate::answers::Failure;

/// A functor of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum User {
    Date,
    DateText,
    AddDays,
    DaysBetween,
    Lower,
    Upper,
    Trim,
    StartsWith,
    EndsWith,
    Split,
    Replace,
    /// Registered: the middle of two numbers, rounded towards zero.
    Middle,
    /// Registered: the text with its first letter at its end.
    Turn,
}

const ALL: [(&str, User); 13] = [
    ("date", User::Date),
    ("date_text", User::DateText),
    ("add_days", User::AddDays),
    ("days_between", User::DaysBetween),
    ("lower", User::Lower),
    ("upper", User::Upper),
    ("trim", User::Trim),
    ("starts_with", User::StartsWith),
    ("ends_with", User::EndsWith),
    ("split", User::Split),
    ("replace", User::Replace),
    ("middle", User::Middle),
    ("turn", User::Turn),
];

const SYMBOL: Option<Shape> = Some(Shape::Symbol);
const NUMBER: Option<Shape> = Some(Shape::Number);

impl User {
    /// The functor of a name without `@`.
    pub(super) fn of(name: &str) -> Option<Self> {
        ALL.iter().find(|(known, _)| *known == name).map(|&(_, user)| user)
    }

    /// The shapes of its operands.
    pub(super) fn operands(self) -> &'static [Option<Shape>] {
        match self {
            Self::Date | Self::Lower | Self::Upper | Self::Trim | Self::Turn => &[SYMBOL],
            Self::DateText => &[NUMBER],
            Self::AddDays | Self::DaysBetween | Self::Middle => &[NUMBER, NUMBER],
            Self::StartsWith | Self::EndsWith => &[SYMBOL, SYMBOL],
            Self::Split => &[SYMBOL, SYMBOL, NUMBER],
            Self::Replace => &[SYMBOL, SYMBOL, SYMBOL],
        }
    }

    /// The shape of its result.
    pub(super) fn result(self) -> Shape {
        match self {
            Self::Date | Self::AddDays | Self::DaysBetween | Self::StartsWith | Self::EndsWith | Self::Middle => {
                Shape::Number
            }
            Self::DateText | Self::Lower | Self::Upper | Self::Trim | Self::Split | Self::Replace | Self::Turn => {
                Shape::Symbol
            }
        }
    }

    /// The value for operands of those shapes.
    pub(super) fn apply(self, values: &[Value]) -> Result<Value, Failure> {
        let text = |text: String| Ok(Value::Symbol(text));
        let truth = |truth: bool| Ok(Value::Number(i64::from(truth)));
        match (self, values) {
            (Self::Date, [Value::Symbol(text)]) => {
                let day = read(text).ok_or_else(|| Failure::Arithmetic(format!("{text:?} is no date")))?;
                Ok(Value::Number(day))
            }
            (Self::DateText, [Value::Number(day)]) => {
                let (year, month, day) = parts(*day)?;
                text(format!("{year:04}-{month:02}-{day:02}"))
            }
            (Self::AddDays, [Value::Number(day), Value::Number(days)]) => add_days(*day, *days).map(Value::Number),
            (Self::DaysBetween, [Value::Number(from), Value::Number(until)]) => {
                Ok(Value::Number(count(parts(*until)?) - count(parts(*from)?)))
            }
            (Self::Lower, [Value::Symbol(from)]) => text(from.to_lowercase()),
            (Self::Upper, [Value::Symbol(from)]) => text(from.to_uppercase()),
            (Self::Trim, [Value::Symbol(from)]) => text(from.trim().to_owned()),
            (Self::StartsWith, [Value::Symbol(text), Value::Symbol(part)]) => truth(text.starts_with(part.as_str())),
            (Self::EndsWith, [Value::Symbol(text), Value::Symbol(part)]) => truth(text.ends_with(part.as_str())),
            (Self::Split, [Value::Symbol(from), Value::Symbol(at), Value::Number(index)]) => {
                let parts = if at.is_empty() { vec![from.as_str()] } else { from.split(at.as_str()).collect() };
                let part = usize::try_from(*index).ok().and_then(|index| parts.get(index).copied());
                text(part.unwrap_or_default().to_owned())
            }
            (Self::Replace, [Value::Symbol(from), Value::Symbol(what), Value::Symbol(by)]) => {
                text(if what.is_empty() {
                    from.clone()
                } else {
                    from.split(what.as_str()).collect::<Vec<_>>().join(by)
                })
            }
            (Self::Middle, [Value::Number(left), Value::Number(right)]) => Ok(Value::Number(left.midpoint(*right))),
            (Self::Turn, [Value::Symbol(from)]) => {
                let mut rest = from.chars();
                let first = rest.next();
                text(rest.chain(first).collect())
            }
            _ => Err(Failure::Rejected(format!("{self:?} of such operands"))),
        }
    }
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap(year)),
        _ => 31,
    }
}

/// Year, month and day of a number `YYYYMMDD`.
fn parts(day: i64) -> Result<(i64, i64, i64), Failure> {
    let (year, month, in_month) = (day / 10_000, day / 100 % 100, day % 100);
    let good = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=length(year, month)).contains(&in_month);
    if good { Ok((year, month, in_month)) } else { Err(Failure::Arithmetic(format!("{day} is no day"))) }
}

/// `YYYY-MM-DD`
fn read(text: &str) -> Option<i64> {
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    let number = text.replace('-', "").parse().ok().filter(|_| shape)?;
    parts(number).ok().map(|_| number)
}

/// Days since the last day of the year 0, counted up year by year and month by month.
fn count((year, month, day): (i64, i64, i64)) -> i64 {
    let years: i64 = (1..year).map(|year| 365 + i64::from(leap(year))).sum();
    let months: i64 = (1..month).map(|month| length(year, month)).sum();
    years + months + day
}

/// One day at a time.
fn add_days(day: i64, days: i64) -> Result<i64, Failure> {
    let (mut year, mut month, mut at) = parts(day)?;
    let left = || Failure::Arithmetic("a day beyond the calendar".into());
    if days.unsigned_abs() > 4_000_000 {
        return Err(left());
    }
    for _ in 0..days.abs() {
        at += days.signum();
        if at > length(year, month) {
            (month, at) = (month + 1, 1);
        } else if at < 1 {
            month -= 1;
            at = if month > 0 { length(year, month) } else { 31 };
        }
        if month > 12 {
            (year, month) = (year + 1, 1);
        } else if month < 1 {
            (year, month) = (year - 1, 12);
        }
        if !(1..=9999).contains(&year) {
            return Err(left());
        }
    }
    Ok(year * 10_000 + month * 100 + at)
}
