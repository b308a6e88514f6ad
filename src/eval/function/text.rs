//! Functors on symbols.

use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;

use super::failure::quoted;
use super::{Failure, FailureKind, Functions, extreme, ord};
use crate::facts::scalar::{self, Fault};
use crate::program::Functor;
use crate::value::{Kind, Values, Word};

impl Functions {
    pub(super) fn symbol(
        &mut self,
        functor: Functor,
        ty: Kind,
        args: &[Word],
        values: &mut Values,
    ) -> Result<Word, Failure> {
        match (functor, args) {
            (Functor::Cat | Functor::Add, _) => {
                self.buffer.clear();
                for &word in args {
                    self.buffer.push_str(values.get_symbol(word));
                }
                Ok(values.symbol(&self.buffer))
            }
            (Functor::Min | Functor::Max, _) => {
                let by = |left: &&Word, right: &&Word| values.get_symbol(**left).cmp(values.get_symbol(**right));
                extreme(functor, args.iter().min_by(by), args.iter().max_by(by))
            }
            (Functor::Strlen, &[word]) => {
                let length = u64::try_from(values.get_symbol(word).len()).unwrap_or(u64::MAX);
                Ok(if ty == Kind::Unsigned { values.unsigned(length) } else { values.number(length.cast_signed()) })
            }
            (Functor::Substr, &[word, start, length]) => self.substr(word, start, length, values),
            (Functor::Ord, &[word]) => Ok(ord(Kind::Symbol, word, values)),
            (Functor::ToNumber, &[word]) => {
                let text = values.get_symbol(word);
                let number =
                    scalar::to_number(text.as_bytes(), self.lenient).map_err(|fault| refused(text, fault, ty))?;
                Ok(values.number(number))
            }
            (Functor::ToUnsigned, &[word]) => {
                let text = values.get_symbol(word);
                let number =
                    scalar::to_unsigned(text.as_bytes(), self.lenient).map_err(|fault| refused(text, fault, ty))?;
                Ok(values.unsigned(number))
            }
            (Functor::ToFloat, &[word]) => {
                let text = values.get_symbol(word);
                let number =
                    scalar::to_float(text.as_bytes(), self.lenient).map_err(|fault| refused(text, fault, ty))?;
                Ok(values.float(number))
            }
            (Functor::ToString, &[word]) => Ok(word),
            _ => Err(Failure::unsupported(functor.name())),
        }
    }

    /// Bytes `start .. start + length`, cut at the end of the text; to its end if `length` is negative; nothing if
    /// `start` lies outside.
    fn substr(&mut self, word: Word, start: Word, length: Word, values: &mut Values) -> Result<Word, Failure> {
        let text = values.get_symbol(word);
        let (start, length) = (values.get_number(start), values.get_number(length));
        let Some(from) = usize::try_from(start).ok().filter(|&from| from <= text.len()) else {
            return Ok(values.symbol(""));
        };
        let until = usize::try_from(length).map_or(text.len(), |length| from.saturating_add(length).min(text.len()));
        let Some(part) = text.get(from..until) else {
            let message = format!("`substr({}, {start}, {length})` cuts a character in two", quoted(text));
            return Err(Failure::new(FailureKind::BadSubstring, message));
        };
        self.buffer.clear();
        self.buffer.push_str(part);
        Ok(values.symbol(&self.buffer))
    }
}

#[cold]
fn refused(text: &str, fault: Fault, ty: Kind) -> Failure {
    let what = match (fault, ty) {
        (Fault::Shape, Kind::Unsigned) => "an unsigned number",
        (Fault::Shape, Kind::Float) => "a float",
        (Fault::Shape, _) => "a number",
        (Fault::Range, Kind::Unsigned) => "an unsigned number of 64 bits",
        (Fault::Range, Kind::Float) => "a float of 64 bits",
        (Fault::Range, _) => "a number of 64 bits",
    };
    Failure::conversion(text, what)
}

/// Compiled patterns by their text.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns(FxHashMap<String, Result<Regex, String>>);

impl Patterns {
    /// Patterns can come from data: more than this many at once are forgotten and compiled again.
    const KEPT: usize = 256;
    /// The largest compiled pattern, in bytes. The default of the library is ten times that, for each of those kept.
    const LARGEST: usize = 1 << 20;

    /// Whether the whole text matches the pattern.
    pub(super) fn matches(&mut self, pattern: &str, text: &str, lenient: bool) -> Result<bool, Failure> {
        if !self.0.contains_key(pattern) {
            if self.0.len() >= Self::KEPT {
                self.0.clear();
            }
            self.0.insert(pattern.to_owned(), compile(pattern));
        }
        match self.0.get(pattern) {
            Some(Ok(regex)) => Ok(regex.is_match(text)),
            Some(Err(reason)) if !lenient => {
                let message = format!("{} is not a pattern: {reason}", quoted(pattern));
                Err(Failure::new(FailureKind::BadPattern, message))
            }
            Some(Err(_)) | None => Ok(false),
        }
    }
}

fn compile(pattern: &str) -> Result<Regex, String> {
    let build = |text: &str| RegexBuilder::new(text).size_limit(Patterns::LARGEST).build();
    // Alone first, so that `a)(b` is not saved by the group around it.
    build(pattern).and_then(|_| build(&format!(r"\A(?:{pattern})\z"))).map_err(|error| {
        // The library draws the pattern with a caret over several lines; the last says what is wrong.
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default();
        last.trim_start_matches("error: ").trim().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::Patterns;

    #[test]
    fn so_many_patterns_are_kept_and_then_forgotten() {
        let mut patterns = Patterns::default();
        let kept = (0..600).map(|turn| {
            assert_eq!(patterns.matches(&turn.to_string(), &turn.to_string(), false), Ok(true));
            patterns.0.len()
        });
        assert_eq!(kept.collect::<Vec<_>>(), (1..=256).chain(1..=256).chain(1..=88).collect::<Vec<_>>());
    }
}
