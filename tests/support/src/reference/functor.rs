//! What operators, functors, comparisons and sums do with values. Words are 64 bits; what does not fit is an error.
//!
//! Where LANGUAGE leaves room: an integer power with a negative exponent truncates as in Soufflé (0 unless the base is 1
//! or -1; of 0 it is a division by zero), shifts mask their count by 63 and drop bits silently, the remainder of a
//! division that overflows is 0, a conversion out of range is an error, `to_string` of a float is its shortest text.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use onus::syntax::ast::{CompareOp, Functor};
use onus::value::{Float, Value};

use super::declare::Shape;
use crate::answers::Failure;

/// The value of a functor with one.
pub(super) fn apply(functor: Functor, values: &[Value]) -> Result<Value, Failure> {
    match (functor, values) {
        (Functor::Min, [_, _, ..]) => values.iter().min().cloned().ok_or_else(|| misfit(functor)),
        (Functor::Max, [_, _, ..]) => values.iter().max().cloned().ok_or_else(|| misfit(functor)),
        (Functor::Cat, [_, ..]) => {
            let texts = values.iter().map(|value| match value {
                Value::Symbol(text) => Ok(text.as_str()),
                _ => Err(misfit(functor)),
            });
            texts.collect::<Result<String, _>>().map(Value::Symbol)
        }
        (Functor::Strlen, [Value::Symbol(text)]) => length(text.len()),
        (Functor::Substr, [Value::Symbol(text), Value::Number(start), Value::Number(length)]) => {
            substr(text, *start, *length)
        }
        (Functor::Ord, [value]) => ord(value),
        (Functor::ToNumber, [value]) => to_number(value).map(Value::Number),
        (Functor::ToUnsigned, [value]) => to_unsigned(value).map(Value::Unsigned),
        (Functor::ToFloat, [value]) => to_float(value).map(float),
        (Functor::ToString, [value]) => Ok(Value::Symbol(value.to_string())),
        (Functor::Add, [Value::Symbol(left), Value::Symbol(right)]) => Ok(Value::Symbol(format!("{left}{right}"))),
        (_, [Value::Number(value)]) => unary_number(functor, *value).map(Value::Number),
        (_, [Value::Unsigned(value)]) => unary_unsigned(functor, *value).map(Value::Unsigned),
        (Functor::Negate, [Value::Float(value)]) => Ok(float(-value.get())),
        (_, [Value::Number(left), Value::Number(right)]) => number(functor, *left, *right).map(Value::Number),
        (_, [Value::Unsigned(left), Value::Unsigned(right)]) => unsigned(functor, *left, *right).map(Value::Unsigned),
        (_, [Value::Float(left), Value::Float(right)]) => floats(functor, left.get(), right.get()).map(float),
        _ => Err(misfit(functor)),
    }
}

/// A number for a value, which no other value of its type has. That of a text is the engine's own affair: here its bytes.
fn ord(value: &Value) -> Result<Value, Failure> {
    let number = match value {
        Value::Number(number) => *number,
        Value::Unsigned(number) => number.cast_signed(),
        Value::Float(number) => number.get().to_bits().cast_signed(),
        Value::Symbol(text) if text.len() < 8 => {
            let start = i64::try_from(text.len()).unwrap_or(0);
            text.bytes().fold(start, |number, byte| (number << 8) | i64::from(byte))
        }
        Value::Symbol(_) | Value::Nil | Value::Record(_) | Value::Branch(..) => {
            return Err(Failure::Unsupported("ord of a long text, a record or a branch".into()));
        }
    };
    Ok(Value::Number(number))
}

fn misfit(functor: Functor) -> Failure {
    Failure::Rejected(format!("{} of such operands", functor.name()))
}

fn overflow(functor: Functor) -> Failure {
    Failure::Arithmetic(format!("overflow in {}", functor.name()))
}

fn division(functor: Functor) -> Failure {
    Failure::Arithmetic(format!("division by zero in {}", functor.name()))
}

fn float(value: f64) -> Value {
    Value::Float(Float::new(value))
}

fn length(bytes: usize) -> Result<Value, Failure> {
    i64::try_from(bytes).map(Value::Number).map_err(|_| overflow(Functor::Strlen))
}

fn unary_number(functor: Functor, value: i64) -> Result<i64, Failure> {
    match functor {
        Functor::Negate => value.checked_neg().ok_or_else(|| overflow(functor)),
        Functor::BitNot => Ok(!value),
        Functor::LogicNot => Ok(i64::from(value == 0)),
        _ => Err(misfit(functor)),
    }
}

fn unary_unsigned(functor: Functor, value: u64) -> Result<u64, Failure> {
    match functor {
        Functor::BitNot => Ok(!value),
        Functor::LogicNot => Ok(u64::from(value == 0)),
        _ => Err(misfit(functor)),
    }
}

fn number(functor: Functor, left: i64, right: i64) -> Result<i64, Failure> {
    let shift = (right & 63) as u32;
    let checked = match functor {
        Functor::Add => left.checked_add(right),
        Functor::Subtract => left.checked_sub(right),
        Functor::Multiply => left.checked_mul(right),
        Functor::Divide | Functor::Remainder if right == 0 => return Err(division(functor)),
        Functor::Divide => left.checked_div(right),
        Functor::Remainder => Some(left.wrapping_rem(right)),
        Functor::Power => return power(i128::from(left), i128::from(right)).and_then(|value| fit(functor, value)),
        Functor::BitAnd => Some(left & right),
        Functor::BitOr => Some(left | right),
        Functor::BitXor => Some(left ^ right),
        Functor::ShiftLeft => Some(left << shift),
        Functor::ShiftRight => Some(left >> shift),
        Functor::ShiftRightUnsigned => Some((left.cast_unsigned() >> shift).cast_signed()),
        Functor::LogicAnd => Some(i64::from(left != 0 && right != 0)),
        Functor::LogicOr => Some(i64::from(left != 0 || right != 0)),
        Functor::LogicXor => Some(i64::from((left != 0) != (right != 0))),
        _ => return Err(misfit(functor)),
    };
    checked.ok_or_else(|| overflow(functor))
}

fn unsigned(functor: Functor, left: u64, right: u64) -> Result<u64, Failure> {
    let shift = (right & 63) as u32;
    let checked = match functor {
        Functor::Add => left.checked_add(right),
        Functor::Subtract => left.checked_sub(right),
        Functor::Multiply => left.checked_mul(right),
        Functor::Divide | Functor::Remainder if right == 0 => return Err(division(functor)),
        Functor::Divide => Some(left / right),
        Functor::Remainder => Some(left % right),
        Functor::Power => return power(i128::from(left), i128::from(right)).and_then(|value| fit(functor, value)),
        Functor::BitAnd => Some(left & right),
        Functor::BitOr => Some(left | right),
        Functor::BitXor => Some(left ^ right),
        Functor::ShiftLeft => Some(left << shift),
        Functor::ShiftRight | Functor::ShiftRightUnsigned => Some(left >> shift),
        Functor::LogicAnd => Some(u64::from(left != 0 && right != 0)),
        Functor::LogicOr => Some(u64::from(left != 0 || right != 0)),
        Functor::LogicXor => Some(u64::from((left != 0) != (right != 0))),
        _ => return Err(misfit(functor)),
    };
    checked.ok_or_else(|| overflow(functor))
}

fn floats(functor: Functor, left: f64, right: f64) -> Result<f64, Failure> {
    Ok(match functor {
        Functor::Add => left + right,
        Functor::Subtract => left - right,
        Functor::Multiply => left * right,
        Functor::Divide => left / right,
        Functor::Power => left.powf(right),
        _ => return Err(misfit(functor)),
    })
}

/// An integer power, by multiplying; anything beyond 64 bits ends it.
fn power(base: i128, exponent: i128) -> Result<i128, Failure> {
    match (base, exponent) {
        (_, 0) | (1, _) => return Ok(1),
        (0, ..0) => return Err(division(Functor::Power)),
        (0, _) => return Ok(0),
        (-1, _) => return Ok(if exponent % 2 == 0 { 1 } else { -1 }),
        (_, ..0) => return Ok(0),
        _ => {}
    }
    let mut result: i128 = 1;
    for _ in 0..exponent {
        let next = result.checked_mul(base).filter(|next| next.unsigned_abs() <= u128::from(u64::MAX));
        result = next.ok_or_else(|| overflow(Functor::Power))?;
    }
    Ok(result)
}

fn fit<T: TryFrom<i128>>(functor: Functor, value: i128) -> Result<T, Failure> {
    T::try_from(value).map_err(|_| overflow(functor))
}

fn substr(text: &str, start: i64, length: i64) -> Result<Value, Failure> {
    let Some(start) = usize::try_from(start).ok().filter(|&start| start <= text.len()) else {
        return Ok(Value::Symbol(String::new()));
    };
    let rest = text.len() - start;
    let length = usize::try_from(length).map_or(rest, |length| length.min(rest));
    let cut = text.get(start..start + length);
    cut.map(|cut| Value::Symbol(cut.to_owned())).ok_or_else(|| Failure::Arithmetic("substr cuts a character".into()))
}

fn bad_conversion(value: &Value) -> Failure {
    Failure::Arithmetic(format!("{} cannot be converted", value.literal()))
}

fn to_number(value: &Value) -> Result<i64, Failure> {
    let bad = || bad_conversion(value);
    match value {
        Value::Number(value) => Ok(*value),
        Value::Unsigned(number) => i64::try_from(*number).map_err(|_| bad()),
        Value::Float(float) => truncated(float.get()).and_then(|whole| i64::try_from(whole).ok()).ok_or_else(bad),
        Value::Symbol(text) => whole(text).and_then(|whole| i64::try_from(whole).ok()).ok_or_else(bad),
        Value::Nil | Value::Record(_) | Value::Branch(..) => Err(misfit(Functor::ToNumber)),
    }
}

fn to_unsigned(value: &Value) -> Result<u64, Failure> {
    let bad = || bad_conversion(value);
    match value {
        Value::Number(number) => u64::try_from(*number).map_err(|_| bad()),
        Value::Unsigned(value) => Ok(*value),
        Value::Float(float) => truncated(float.get()).and_then(|whole| u64::try_from(whole).ok()).ok_or_else(bad),
        Value::Symbol(text) => whole(text).and_then(|whole| u64::try_from(whole).ok()).ok_or_else(bad),
        Value::Nil | Value::Record(_) | Value::Branch(..) => Err(misfit(Functor::ToUnsigned)),
    }
}

#[allow(clippy::cast_precision_loss)]
fn to_float(value: &Value) -> Result<f64, Failure> {
    match value {
        Value::Number(value) => Ok(*value as f64),
        Value::Unsigned(value) => Ok(*value as f64),
        Value::Float(value) => Ok(value.get()),
        Value::Symbol(text) => text.trim_start().parse().map_err(|_| bad_conversion(value)),
        Value::Nil | Value::Record(_) | Value::Branch(..) => Err(misfit(Functor::ToFloat)),
    }
}

/// The whole part of a float that 64 bits could hold.
#[allow(clippy::cast_possible_truncation)]
fn truncated(value: f64) -> Option<i128> {
    (value.abs() < 1e30).then(|| value.trunc() as i128)
}

/// A whole number as text: blanks, a sign, then decimal, `0x` or `0b` digits.
fn whole(text: &str) -> Option<i128> {
    let text = text.trim_start();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        _ => (10, digits),
    };
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, radix).ok()?;
    Some(if negative { -magnitude } else { magnitude })
}

thread_local! {
    /// The patterns that were met: making one takes far longer than matching a short text.
    static PATTERNS: RefCell<BTreeMap<String, Option<regex::Regex>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whether a comparison holds. Equality is identity of values; `!=` and the orders of floats are those of IEEE 754.
pub(super) fn compare(op: CompareOp, left: &Value, right: &Value) -> Result<bool, Failure> {
    if let (CompareOp::Match, Value::Symbol(pattern), Value::Symbol(text)) = (op, left, right) {
        let found = PATTERNS.with_borrow_mut(|patterns| {
            let regex = patterns
                .entry(pattern.clone())
                .or_insert_with(|| regex::Regex::new(&format!("^(?:{pattern})$")).ok())
                .as_ref();
            regex.map(|regex| regex.is_match(text))
        });
        return found.ok_or_else(|| Failure::Arithmetic(format!("{pattern:?} is no pattern")));
    }
    if let (CompareOp::Contains, Value::Symbol(needle), Value::Symbol(text)) = (op, left, right) {
        return Ok(text.contains(needle.as_str()));
    }
    let ordering = match (left, right) {
        (Value::Float(left), Value::Float(right)) => left.get().partial_cmp(&right.get()),
        _ => Some(left.cmp(right)),
    };
    match op {
        CompareOp::Equal => Ok(left == right),
        CompareOp::NotEqual => Ok(ordering != Some(Ordering::Equal)),
        CompareOp::Less => Ok(ordering.is_some_and(Ordering::is_lt)),
        CompareOp::LessEqual => Ok(ordering.is_some_and(Ordering::is_le)),
        CompareOp::Greater => Ok(ordering.is_some_and(Ordering::is_gt)),
        CompareOp::GreaterEqual => Ok(ordering.is_some_and(Ordering::is_ge)),
        CompareOp::Match | CompareOp::Contains => Err(Failure::Rejected(format!("{} of no symbols", op.name()))),
    }
}

/// `range(from, to)` and `range(from, to, step)`: without its end; downwards where `to` is smaller.
pub(super) fn range(values: &[Value], most: usize) -> Result<Vec<Value>, Failure> {
    let (from, to, step) = match values {
        [from, to] => (from, to, None),
        [from, to, step] => (from, to, Some(step)),
        _ => return Err(misfit(Functor::Range)),
    };
    let one = match from {
        Value::Number(_) => Value::Number(1),
        Value::Unsigned(_) => Value::Unsigned(1),
        _ => float(1.0),
    };
    let zero = subtract(&one, &one)?;
    if from == to {
        return Ok(Vec::new());
    }
    if step == Some(&zero) {
        return Ok(vec![from.clone()]);
    }
    // Unsigned ranges count down by one without a step, but a step itself cannot be negative.
    let up = from < to;
    if step.is_some_and(|step| (*step > zero) != up) {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    let mut at = from.clone();
    while if up { at < *to } else { at > *to } {
        all.push(at.clone());
        if all.len() > most {
            return Err(Failure::TooBig("a range".into()));
        }
        at = match step {
            Some(step) => apply(Functor::Add, &[at, step.clone()])?,
            None if up => apply(Functor::Add, &[at, one.clone()])?,
            None => subtract(&at, &one)?,
        };
    }
    Ok(all)
}

fn subtract(left: &Value, right: &Value) -> Result<Value, Failure> {
    apply(Functor::Subtract, &[left.clone(), right.clone()])
}

/// The sum of values of one type, beginning with its zero; exact before it is fitted into the type. Floats are added in
/// their order.
pub(super) fn sum(zero: Value, values: &[Value]) -> Result<Value, Failure> {
    match zero {
        Value::Float(_) => {
            // In the order of values, whatever rows they stand in.
            let mut values = values.to_vec();
            values.sort();
            values.into_iter().try_fold(zero, |sum, value| apply(Functor::Add, &[sum, value]))
        }
        Value::Number(_) | Value::Unsigned(_) => {
            let total = values.iter().map(|value| match value {
                Value::Number(value) => Ok(i128::from(*value)),
                Value::Unsigned(value) => Ok(i128::from(*value)),
                _ => Err(Failure::Rejected("a sum of other than numbers".into())),
            });
            let total = total.sum::<Result<i128, _>>()?;
            if matches!(zero, Value::Number(_)) {
                fit(Functor::Add, total).map(Value::Number)
            } else {
                fit(Functor::Add, total).map(Value::Unsigned)
            }
        }
        _ => Err(Failure::Rejected("a sum of other than numbers".into())),
    }
}

/// The mean of floats; none of nothing.
#[allow(clippy::cast_precision_loss)]
pub(super) fn mean(values: &[Value]) -> Result<Option<Value>, Failure> {
    if values.is_empty() {
        return Ok(None);
    }
    match sum(float(0.0), values)? {
        Value::Float(sum) => Ok(Some(float(sum.get() / values.len() as f64))),
        _ => Err(Failure::Rejected("a mean of other than floats".into())),
    }
}

/// The bits of a value read as another shape. Ids of symbols and records are the engine's own affair.
pub(super) fn reinterpret(value: Value, shape: Shape) -> Result<Value, Failure> {
    let bits = match (&value, shape) {
        (Value::Symbol(_), Shape::Symbol)
        | (Value::Nil | Value::Record(_), Shape::Record(_))
        | (Value::Branch(..), Shape::Adt(_)) => return Ok(value),
        (Value::Number(number), _) => number.cast_unsigned(),
        (Value::Unsigned(number), _) => *number,
        (Value::Float(number), _) => number.get().to_bits(),
        _ => return Err(Failure::Unsupported("as between kinds".into())),
    };
    match shape {
        Shape::Number => Ok(Value::Number(bits.cast_signed())),
        Shape::Unsigned => Ok(Value::Unsigned(bits)),
        Shape::Float => Ok(float(f64::from_bits(bits))),
        Shape::Symbol | Shape::Record(_) | Shape::Adt(_) => Err(Failure::Unsupported("as between kinds".into())),
    }
}
