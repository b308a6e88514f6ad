//! Functors written `@name(...)`: those that the host program registered, and onus' own for policy work: dates and the
//! handling of names.

use super::{Failure, FailureKind, Functions};
use crate::facts::date;
use crate::value::{FALSE, TRUE, Values, Word};

impl Functions {
    /// Applies `@name`; the checks saw to the kinds of its operands.
    ///
    /// # Errors
    /// No such functor; a text that is no date, a number that is no day, a day outside the years 1 to 9999.
    pub fn user(&mut self, name: &str, args: &[Word], values: &mut Values) -> Result<Word, Failure> {
        if let Some(result) = self.registry.call(name, args, values) {
            return result;
        }
        let truth = |truth: bool| Ok(if truth { TRUE } else { FALSE });
        match (name, args) {
            ("date", &[text]) => {
                let text = values.get_symbol(text);
                let day =
                    date::parse(text).ok_or_else(|| Failure::conversion(text, "an ISO date such as 2024-02-29"))?;
                Ok(values.number(day))
            }
            ("date_text", &[day]) => {
                let day = values.get_number(day);
                let text = date::text(day).ok_or_else(|| no_day(day))?;
                Ok(values.symbol(&text))
            }
            ("add_days", &[day, days]) => {
                let (day, days) = (values.get_number(day), values.get_number(days));
                let later = date::add_days(day, days).ok_or_else(|| match date::text(day) {
                    None => no_day(day),
                    Some(_) => Failure::new(
                        FailureKind::Overflow,
                        format!("`@add_days({day}, {days})` leaves the years 1 to 9999"),
                    ),
                })?;
                Ok(values.number(later))
            }
            ("days_between", &[from, until]) => {
                let (from, until) = (values.get_number(from), values.get_number(until));
                let wrong = if date::text(from).is_none() { from } else { until };
                let days = date::days_between(from, until).ok_or_else(|| no_day(wrong))?;
                Ok(values.number(days))
            }
            ("lower", &[text]) => {
                let lower = values.get_symbol(text).to_lowercase();
                Ok(values.symbol(&lower))
            }
            ("upper", &[text]) => {
                let upper = values.get_symbol(text).to_uppercase();
                Ok(values.symbol(&upper))
            }
            ("trim", &[text]) => {
                let trimmed = values.get_symbol(text).trim().to_owned();
                Ok(values.symbol(&trimmed))
            }
            ("starts_with", &[text, prefix]) => truth(values.get_symbol(text).starts_with(values.get_symbol(prefix))),
            ("ends_with", &[text, suffix]) => truth(values.get_symbol(text).ends_with(values.get_symbol(suffix))),
            ("split", &[text, separator, index]) => {
                let (text, separator) = (values.get_symbol(text), values.get_symbol(separator));
                let part = usize::try_from(values.get_number(index)).ok().and_then(|index| match (separator, index) {
                    ("", 0) => Some(text),
                    ("", _) => None,
                    _ => text.split(separator).nth(index),
                });
                let part = part.unwrap_or_default().to_owned();
                Ok(values.symbol(&part))
            }
            ("replace", &[text, from, to]) => {
                let (text, from, to) = (values.get_symbol(text), values.get_symbol(from), values.get_symbol(to));
                // Nothing occurs nowhere: not between all characters.
                let replaced = if from.is_empty() { text.to_owned() } else { text.replace(from, to) };
                Ok(values.symbol(&replaced))
            }
            _ => Err(Failure::unsupported(&format!("@{name}"))),
        }
    }
}

#[cold]
fn no_day(number: i64) -> Failure {
    Failure::new(FailureKind::BadConversion, format!("{number} is not a day YYYYMMDD"))
}
