//! Functors and comparisons on encoded values: pure, total, and every failure named.
//!
//! Numbers and unsigned numbers have 64 bits; an operation whose result does not fit them fails, unless wrapping is
//! asked for. Division by zero fails always. Floats follow IEEE 754.

mod failure;
mod integer;
mod range;
mod registry;
mod text;
mod user;

use std::cmp::Ordering;

pub use failure::{Failure, FailureKind};
pub use range::Range;
pub use registry::{Implementation, Registry};

use crate::program::{CompareOp, Functor};
use crate::value::{Float, Kind, Values, Word};
use text::Patterns;

/// Computes functors. It holds how arithmetic behaves, and patterns of `match` compiled so far; each worker has its own.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    /// `--wrap`: results that do not fit wrap around silently.
    wrap: bool,
    /// `--compat souffle`: `to_number("5abc")` is 5, a bad pattern matches nothing, `to_string` of a float has six
    /// decimals.
    lenient: bool,
    patterns: Patterns,
    /// What registered functors do.
    registry: Registry,
    /// Where texts are put together before they are interned.
    buffer: String,
}

impl Functions {
    /// A calculator that wraps, and is lenient, as asked.
    #[must_use]
    pub fn new(wrap: bool, lenient: bool) -> Self {
        Self { wrap, lenient, ..Self::default() }
    }

    /// A calculator that works as an evaluation is to.
    #[must_use]
    pub fn of(options: &super::Options) -> Self {
        Self { registry: options.functors.clone(), ..Self::new(options.wrap, options.lenient) }
    }

    /// Applies a functor to operands of the given kinds, giving a value of kind `ty`.
    ///
    /// # Errors
    /// The result does not exist or does not fit, or the functor has no meaning on such operands. `range` has several
    /// results, see [`Self::range`].
    #[inline]
    pub fn call(
        &mut self,
        functor: Functor,
        kinds: &[Kind],
        ty: Kind,
        args: &[Word],
        values: &mut Values,
    ) -> Result<Word, Failure> {
        match kinds.first() {
            Some(Kind::Number) => self.integer::<i64>(functor, args, values),
            Some(Kind::Unsigned) => self.integer::<u64>(functor, args, values),
            Some(Kind::Float) => self.float(functor, args, values),
            Some(Kind::Symbol) => self.symbol(functor, ty, args, values),
            Some(&kind @ (Kind::Record | Kind::Adt)) => match (functor, args) {
                (Functor::Ord, &[word]) => Ok(ord(kind, word, values)),
                _ => Err(Failure::unsupported(functor.name())),
            },
            None => Err(Failure::unsupported(functor.name())),
        }
    }

    fn float(&mut self, functor: Functor, args: &[Word], values: &mut Values) -> Result<Word, Failure> {
        if let Functor::Min | Functor::Max = functor {
            let by = |left: &&Word, right: &&Word| {
                Float::new(values.get_float(**left)).cmp(&Float::new(values.get_float(**right)))
            };
            return extreme(functor, args.iter().min_by(by), args.iter().max_by(by));
        }
        let result = match (functor, args) {
            (_, &[left, right]) => {
                let (left, right) = (values.get_float(left), values.get_float(right));
                match functor {
                    Functor::Add => left + right,
                    Functor::Subtract => left - right,
                    Functor::Multiply => left * right,
                    Functor::Divide => left / right,
                    Functor::Remainder => left % right,
                    Functor::Power => left.powf(right),
                    _ => return Err(Failure::unsupported(functor.name())),
                }
            }
            (Functor::Negate, &[word]) => -values.get_float(word),
            (Functor::ToFloat, &[word]) => return Ok(word),
            (Functor::Ord, &[word]) => return Ok(ord(Kind::Float, word, values)),
            (Functor::ToNumber, &[word]) => {
                let value = values.get_float(word);
                // The bounds are floats themselves: -2^63 and 2^63.
                let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value.trunc());
                #[allow(clippy::cast_possible_truncation)] // in range, or saturation is asked for
                return self.fitted(fits, value, Kind::Number).map(|()| values.number(value as i64));
            }
            (Functor::ToUnsigned, &[word]) => {
                let value = values.get_float(word);
                let fits = (0.0..18_446_744_073_709_551_616.0).contains(&value.trunc());
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // as above
                return self.fitted(fits, value, Kind::Unsigned).map(|()| values.unsigned(value as u64));
            }
            (Functor::ToString, &[word]) => {
                let value = Float::new(values.get_float(word));
                let text = if self.lenient && value.get().is_finite() {
                    format!("{:.6}", value.get())
                } else {
                    value.to_string()
                };
                return Ok(values.symbol(&text));
            }
            _ => return Err(Failure::unsupported(functor.name())),
        };
        Ok(values.float(result))
    }

    /// The total of an aggregate, which was added up without bounds.
    ///
    /// # Errors
    /// The total does not fit the kind, and wrapping is not asked for.
    pub fn sum(&self, kind: Kind, total: i128, values: &mut Values) -> Result<Word, Failure> {
        let overflow =
            || Failure::new(FailureKind::Overflow, format!("the sum {total} does not fit {}", failure::article(kind)));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // wrapping was asked for
        match kind {
            Kind::Unsigned => match u64::try_from(total) {
                Ok(total) => Ok(values.unsigned(total)),
                Err(_) if self.wrap => Ok(values.unsigned(total as u64)),
                Err(_) => Err(overflow()),
            },
            Kind::Number | Kind::Float | Kind::Symbol | Kind::Record | Kind::Adt => match i64::try_from(total) {
                Ok(total) => Ok(values.number(total)),
                Err(_) if self.wrap => Ok(values.number(total as i64)),
                Err(_) => Err(overflow()),
            },
        }
    }

    fn fitted(&self, fits: bool, value: f64, to: Kind) -> Result<(), Failure> {
        if fits || self.wrap { Ok(()) } else { Err(Failure::conversion_range(Float::new(value), to)) }
    }

    /// Compares two values of one kind. `=` is identity, by which NaN equals itself; every other comparison of floats
    /// follows IEEE 754, by which NaN differs from itself. `match` and `contains` have the pattern or needle on the left.
    ///
    /// # Errors
    /// A bad pattern; an order asked of records.
    #[inline]
    pub fn compare(
        &mut self,
        op: CompareOp,
        kind: Kind,
        left: Word,
        right: Word,
        values: &Values,
    ) -> Result<bool, Failure> {
        let ordering = match (op, kind) {
            (CompareOp::Equal, _) => return Ok(left == right),
            (CompareOp::NotEqual, Kind::Float) => {
                #[allow(clippy::float_cmp)] // that is what `!=` asks
                return Ok(values.get_float(left) != values.get_float(right));
            }
            (CompareOp::NotEqual, _) => return Ok(left != right),
            (CompareOp::Match, Kind::Symbol) => {
                return self.patterns.matches(values.get_symbol(left), values.get_symbol(right), self.lenient);
            }
            (CompareOp::Contains, Kind::Symbol) => {
                return Ok(values.get_symbol(right).contains(values.get_symbol(left)));
            }
            (CompareOp::Match | CompareOp::Contains, _) | (_, Kind::Record | Kind::Adt) => {
                return Err(Failure::unsupported(op.name()));
            }
            (_, Kind::Number) => Some(values.get_number(left).cmp(&values.get_number(right))),
            (_, Kind::Unsigned) => Some(values.get_unsigned(left).cmp(&values.get_unsigned(right))),
            (_, Kind::Float) => values.get_float(left).partial_cmp(&values.get_float(right)),
            (_, Kind::Symbol) => Some(values.get_symbol(left).cmp(values.get_symbol(right))),
        };
        Ok(match op {
            CompareOp::Less => ordering == Some(Ordering::Less),
            CompareOp::LessEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
            CompareOp::Greater => ordering == Some(Ordering::Greater),
            CompareOp::GreaterEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
            CompareOp::Equal | CompareOp::NotEqual | CompareOp::Match | CompareOp::Contains => false,
        })
    }

    /// `as(word, T)`: the bits of the value read as another kind. Nothing is converted: a float becomes the number of
    /// its bits, a symbol its id. A record stays itself (the checks see to it that its shape is right), and only 0
    /// becomes one: `nil`.
    ///
    /// # Errors
    /// No value of the other kind has these bits.
    pub fn reinterpret(&self, from: Kind, to: Kind, word: Word, values: &mut Values) -> Result<Word, Failure> {
        if from == to {
            return Ok(word);
        }
        let bits = bits(from, word, values);
        let missing = || Failure::new(FailureKind::BadConversion, format!("no {} has the bits {bits}", to.name()));
        match to {
            Kind::Number => Ok(values.number(bits.cast_signed())),
            Kind::Unsigned => Ok(values.unsigned(bits)),
            Kind::Float => Ok(values.float(f64::from_bits(bits))),
            Kind::Symbol => u32::try_from(bits)
                .ok()
                .filter(|&id| usize::try_from(id).is_ok_and(|id| id < values.symbols.len()))
                .ok_or_else(missing),
            Kind::Record if bits == 0 => Ok(0),
            Kind::Record | Kind::Adt => Err(missing()),
        }
    }

    /// The values of `range(from, to)` and `range(from, to, step)`, see [`Range`].
    ///
    /// # Errors
    /// The operands are neither two nor three, or of a kind that has no ranges.
    pub fn range(&self, kind: Kind, args: &[Word], values: &Values) -> Result<Range, Failure> {
        Range::new(kind, args, values).ok_or_else(|| Failure::unsupported(Functor::Range.name()))
    }
}

/// The result of `min` or `max`.
fn extreme(functor: Functor, least: Option<&Word>, greatest: Option<&Word>) -> Result<Word, Failure> {
    let found = if functor == Functor::Min { least } else { greatest };
    found.copied().ok_or_else(|| Failure::unsupported(functor.name()))
}

/// The number that stands for a value in `as`: a number's or float's bits, a symbol's or record's id.
fn bits(kind: Kind, word: Word, values: &Values) -> u64 {
    match kind {
        Kind::Number => values.get_number(word).cast_unsigned(),
        Kind::Unsigned => values.get_unsigned(word),
        Kind::Float => values.get_float(word).to_bits(),
        Kind::Symbol | Kind::Record | Kind::Adt => u64::from(word),
    }
}

/// `ord`: as [`bits`], but a branch without fields has its rank, so that an enumeration has the ordinals of its names.
/// Other branches have numbers beyond all ranks.
fn ord(kind: Kind, word: Word, values: &mut Values) -> Word {
    let bits = match kind {
        Kind::Adt => match values.get_record(word) {
            Some(&[tag]) => u64::from(tag),
            _ => 1 << 32 | u64::from(word),
        },
        Kind::Number | Kind::Unsigned | Kind::Float | Kind::Symbol | Kind::Record => bits(kind, word, values),
    };
    values.number(bits.cast_signed())
}

#[cfg(test)]
mod tests;
