//! `range`: the functor with several results.

use crate::value::{Kind, Values, Word};

/// The values of a range, one after the other, from the first argument up to or down to the second, which is excluded.
///
/// Two arguments count by one, in the direction of the second. A third is the step: one that points away from the
/// bound gives nothing, and 0 gives the first argument alone, unless it is the bound.
#[derive(Clone, Debug)]
pub struct Range(Steps);

#[derive(Clone, Debug)]
enum Steps {
    /// `unsigned` says how to encode. Sums of 64-bit numbers never overflow here.
    Whole {
        next: i128,
        end: i128,
        step: i128,
        unsigned: bool,
    },
    Real {
        next: f64,
        end: f64,
        step: f64,
    },
    Done,
}

impl Range {
    pub(super) fn new(kind: Kind, args: &[Word], values: &Values) -> Option<Self> {
        let (&[from, to] | &[from, to, _]) = args else { return None };
        let step = args.get(2).copied();
        let whole = |unsigned: bool| {
            let get = |word| {
                if unsigned { i128::from(values.get_unsigned(word)) } else { i128::from(values.get_number(word)) }
            };
            let (next, end) = (get(from), get(to));
            Steps::Whole { next, end, step: step.map_or(if next <= end { 1 } else { -1 }, get), unsigned }
        };
        match kind {
            Kind::Number => Some(Self(whole(false))),
            Kind::Unsigned => Some(Self(whole(true))),
            Kind::Float => {
                let (next, end) = (values.get_float(from), values.get_float(to));
                let step = step.map_or(if next <= end { 1.0 } else { -1.0 }, |word| values.get_float(word));
                Some(Self(Steps::Real { next, end, step }))
            }
            Kind::Symbol | Kind::Record | Kind::Adt => None,
        }
    }

    /// The next value, if there is one more.
    pub fn next(&mut self, values: &mut Values) -> Option<Word> {
        match &mut self.0 {
            Steps::Whole { next, end, step, unsigned } => {
                let (value, end, step) = (*next, *end, *step);
                let within = match step {
                    0 => value != end,
                    1.. => value < end,
                    _ => value > end,
                };
                if !within {
                    return None;
                }
                // A value within the bounds fits the type of the bounds.
                let word = if *unsigned {
                    values.unsigned(u64::try_from(value).ok()?)
                } else {
                    values.number(i64::try_from(value).ok()?)
                };
                if step == 0 {
                    self.0 = Steps::Done;
                } else {
                    *next += step;
                }
                Some(word)
            }
            Steps::Real { next, end, step } => {
                let (value, end, step) = (*next, *end, *step);
                #[allow(clippy::float_cmp)] // as the language has it
                let within = if step > 0.0 {
                    value < end
                } else if step < 0.0 {
                    value > end
                } else {
                    step == 0.0 && value != end
                };
                if !within {
                    return None;
                }
                let word = values.float(value);
                let following = value + step;
                // A step too small to move the value would go on for ever.
                #[allow(clippy::float_cmp)]
                if following == value {
                    self.0 = Steps::Done;
                } else {
                    *next = following;
                }
                Some(word)
            }
            Steps::Done => None,
        }
    }
}
