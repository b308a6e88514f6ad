//! Arithmetic of numbers and unsigned numbers.

use std::fmt::Display;

use super::{Failure, Functions, extreme, ord};
use crate::program::Functor;
use crate::value::{FALSE, Kind, TRUE, Values, Word};

/// What the two integer kinds have in common.
pub(super) trait Integer: Copy + Ord + Display + Into<i128> {
    const KIND: Kind;
    const ZERO: Self;
    fn decode(word: Word, values: &Values) -> Self;
    fn encode(self, values: &mut Values) -> Word;
    fn checked(functor: Functor, left: Self, right: Self) -> Option<Self>;
    fn wrapping(functor: Functor, left: Self, right: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn not(self) -> Self;
    fn shift_left(self, count: u32) -> Self;
    fn shift_right(self, count: u32) -> Self;
    fn shift_right_unsigned(self, count: u32) -> Self;
    /// The low six bits.
    fn shift_count(self) -> u32;
    /// None below zero.
    fn exponent(self) -> Option<u64>;
    fn from_wide(value: i128) -> Option<Self>;
    fn from_wide_wrapping(value: i128) -> Self;
    #[allow(clippy::wrong_self_convention)] // the functor's name
    fn to_float(self) -> f64;
}

macro_rules! integer {
    ($type:ty, $unsigned:ty, $kind:expr, $get:ident, $make:ident) => {
        // Casts between the two 64-bit types keep all bits; the others are masked or guarded.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap)]
        #[allow(clippy::cast_precision_loss, clippy::unnecessary_cast)]
        impl Integer for $type {
            const KIND: Kind = $kind;
            const ZERO: Self = 0;
            #[inline]
            fn decode(word: Word, values: &Values) -> Self {
                values.$get(word)
            }
            #[inline]
            fn encode(self, values: &mut Values) -> Word {
                values.$make(self)
            }
            #[inline]
            fn checked(functor: Functor, left: Self, right: Self) -> Option<Self> {
                match functor {
                    Functor::Add => left.checked_add(right),
                    Functor::Subtract => left.checked_sub(right),
                    Functor::Multiply => left.checked_mul(right),
                    _ => left.checked_div(right),
                }
            }
            fn wrapping(functor: Functor, left: Self, right: Self) -> Self {
                match functor {
                    Functor::Add => left.wrapping_add(right),
                    Functor::Subtract => left.wrapping_sub(right),
                    Functor::Multiply => left.wrapping_mul(right),
                    // The divisor is not zero: that failed before.
                    _ => left.checked_div(right).unwrap_or(left),
                }
            }
            fn and(self, other: Self) -> Self {
                self & other
            }
            fn or(self, other: Self) -> Self {
                self | other
            }
            fn xor(self, other: Self) -> Self {
                self ^ other
            }
            fn not(self) -> Self {
                !self
            }
            fn shift_left(self, count: u32) -> Self {
                self.wrapping_shl(count)
            }
            fn shift_right(self, count: u32) -> Self {
                self.wrapping_shr(count)
            }
            fn shift_right_unsigned(self, count: u32) -> Self {
                (self as $unsigned).wrapping_shr(count) as Self
            }
            fn shift_count(self) -> u32 {
                (self & 63) as u32
            }
            fn exponent(self) -> Option<u64> {
                u64::try_from(self).ok()
            }
            fn from_wide(value: i128) -> Option<Self> {
                Self::try_from(value).ok()
            }
            fn from_wide_wrapping(value: i128) -> Self {
                value as Self
            }
            fn to_float(self) -> f64 {
                self as f64
            }
        }
    };
}

integer!(i64, u64, Kind::Number, get_number, number);
integer!(u64, u64, Kind::Unsigned, get_unsigned, unsigned);

impl Functions {
    #[inline]
    pub(super) fn integer<I: Integer>(
        &self,
        functor: Functor,
        args: &[Word],
        values: &mut Values,
    ) -> Result<Word, Failure> {
        if let &[left, right] = args
            && let Functor::Add | Functor::Subtract | Functor::Multiply = functor
        {
            let (left, right) = (I::decode(left, values), I::decode(right, values));
            return match I::checked(functor, left, right) {
                Some(result) => Ok(result.encode(values)),
                None => self.overflowed(functor, left, right, values),
            };
        }
        self.rarer::<I>(functor, args, values)
    }

    #[cold]
    fn overflowed<I: Integer>(
        &self,
        functor: Functor,
        left: I,
        right: I,
        values: &mut Values,
    ) -> Result<Word, Failure> {
        if self.wrap {
            return Ok(I::wrapping(functor, left, right).encode(values));
        }
        Err(Failure::overflow(format_args!("{left} {} {right}", functor.name()), I::KIND))
    }

    fn rarer<I: Integer>(&self, functor: Functor, args: &[Word], values: &mut Values) -> Result<Word, Failure> {
        match (functor, args) {
            (Functor::Min | Functor::Max, _) => {
                let by = |word: &&Word| I::decode(**word, values);
                extreme(functor, args.iter().min_by_key(by), args.iter().max_by_key(by))
            }
            (_, &[left, right]) => {
                let (left, right) = (I::decode(left, values), I::decode(right, values));
                self.binary(functor, left, right, values)
            }
            (_, &[word]) => self.unary::<I>(functor, word, values),
            _ => Err(Failure::unsupported(functor.name())),
        }
    }

    fn binary<I: Integer>(&self, functor: Functor, left: I, right: I, values: &mut Values) -> Result<Word, Failure> {
        let shown = || format!("{left} {} {right}", functor.name());
        let truth = |truth: bool| Ok(if truth { TRUE } else { FALSE });
        let (nonzero, other) = (left != I::ZERO, right != I::ZERO);
        let result = match functor {
            Functor::Divide if other => match I::checked(functor, left, right) {
                Some(result) => result,
                None => return self.overflowed(functor, left, right, values),
            },
            // In 128 bits no remainder overflows, not even that of the least number by -1.
            Functor::Remainder if other => I::from_wide_wrapping(left.into() % right.into()),
            Functor::Divide | Functor::Remainder => return Err(Failure::division(shown())),
            Functor::Power => return self.power(left, right, values),
            Functor::BitAnd => left.and(right),
            Functor::BitOr => left.or(right),
            Functor::BitXor => left.xor(right),
            Functor::ShiftLeft => left.shift_left(right.shift_count()),
            Functor::ShiftRight => left.shift_right(right.shift_count()),
            Functor::ShiftRightUnsigned => left.shift_right_unsigned(right.shift_count()),
            Functor::LogicAnd => return truth(nonzero && other),
            Functor::LogicOr => return truth(nonzero || other),
            Functor::LogicXor => return truth(nonzero != other),
            _ => return Err(Failure::unsupported(functor.name())),
        };
        Ok(result.encode(values))
    }

    /// Integer power. With a negative exponent the exact fraction is truncated: 0, unless the base is 1 or -1.
    fn power<I: Integer>(&self, base: I, exponent: I, values: &mut Values) -> Result<Word, Failure> {
        let shown = || format!("{base} ^ {exponent}");
        let wide: i128 = base.into();
        let exact = match (wide, exponent.exponent()) {
            (0, None) => return Err(Failure::division(shown())),
            (1, _) => Some(1),
            (-1, _) => Some(if exponent.shift_count().is_multiple_of(2) { 1 } else { -1 }),
            (_, None) => Some(0),
            (_, Some(exponent)) => {
                // Beyond 2^127 nothing fits 64 bits either.
                u32::try_from(exponent).ok().and_then(|exponent| wide.checked_pow(exponent)).or(
                    // Zero to whatever positive power.
                    (wide == 0).then_some(0),
                )
            }
        };
        if let Some(result) = exact.and_then(I::from_wide) {
            return Ok(result.encode(values));
        }
        if !self.wrap {
            return Err(Failure::overflow(shown(), I::KIND));
        }
        // Modulo 2^64: square and multiply.
        let (mut result, mut square, mut left) = (1_i128, wide, exponent.exponent().unwrap_or(0));
        let low = |value: i128| i128::from(u64::from_wide_wrapping(value));
        square = low(square);
        while left > 0 {
            if left & 1 == 1 {
                result = low(result.wrapping_mul(square));
            }
            square = low(square.wrapping_mul(square));
            left >>= 1;
        }
        Ok(I::from_wide_wrapping(result).encode(values))
    }

    fn unary<I: Integer>(&self, functor: Functor, word: Word, values: &mut Values) -> Result<Word, Failure> {
        let value = I::decode(word, values);
        let wide: i128 = value.into();
        match functor {
            Functor::Negate => match I::from_wide(-wide) {
                Some(result) => Ok(result.encode(values)),
                None if self.wrap => Ok(I::from_wide_wrapping(-wide).encode(values)),
                None => Err(Failure::overflow(format_args!("-({value})"), I::KIND)),
            },
            Functor::BitNot => Ok(value.not().encode(values)),
            Functor::LogicNot => Ok(if value == I::ZERO { TRUE } else { FALSE }),
            Functor::Ord => Ok(ord(I::KIND, word, values)),
            Functor::ToNumber => self.converted::<i64>(wide, values),
            Functor::ToUnsigned => self.converted::<u64>(wide, values),
            Functor::ToFloat => Ok(values.float(value.to_float())),
            Functor::ToString => Ok(values.symbol(&value.to_string())),
            _ => Err(Failure::unsupported(functor.name())),
        }
    }

    fn converted<I: Integer>(&self, wide: i128, values: &mut Values) -> Result<Word, Failure> {
        match I::from_wide(wide) {
            Some(result) => Ok(result.encode(values)),
            None if self.wrap => Ok(I::from_wide_wrapping(wide).encode(values)),
            None => Err(Failure::conversion_range(wide, I::KIND)),
        }
    }
}
