//! Closures as functors.

use std::fmt::Display;

use super::row::{FromValue, Scalar, ToValue};
use crate::value::{Kind, Value};

/// A closure that can be a functor: of up to four scalars, giving a scalar or a `Result` of one. It must give the same
/// result for the same arguments: an evaluation asks as often as it likes, and in any order.
pub trait Function<Arguments>: Send + Sync + 'static {
    /// The kinds of its parameters.
    const PARAMETERS: &'static [Kind];
    /// The kind of its result.
    const RESULT: Kind;

    /// Applies it to values of these kinds.
    ///
    /// # Errors
    /// Why there is no result: the evaluation stops, and the message and the rule are told.
    fn apply(&self, arguments: &[Value]) -> Result<Value, String>;
}

/// What a functor may give.
pub trait Outcome {
    /// The kind of the value.
    const KIND: Kind;

    /// The value.
    ///
    /// # Errors
    /// Why there is none.
    fn outcome(self) -> Result<Value, String>;
}

macro_rules! outcomes {
    ($($ty:ty)*) => {
        $(
            impl Outcome for $ty {
                const KIND: Kind = <$ty as Scalar>::KIND;

                fn outcome(self) -> Result<Value, String> {
                    Ok(self.to_value())
                }
            }
        )*
    };
}

outcomes!(i64 i32 u64 u32 f64 String);

impl<T: Outcome, E: Display> Outcome for Result<T, E> {
    const KIND: Kind = T::KIND;

    fn outcome(self) -> Result<Value, String> {
        self.map_err(|error| error.to_string())?.outcome()
    }
}

/// One argument as what the closure takes.
fn argument<T: FromValue>(arguments: &[Value], at: usize) -> Result<T, String> {
    let value = arguments.get(at).cloned();
    let shown = value.as_ref().map(Value::literal).unwrap_or_default();
    value.and_then(T::from_value).ok_or_else(|| format!("{shown} is not {}", T::NAME))
}

macro_rules! functions {
    ($(($($name:ident $at:tt),*))*) => {
        $(
            impl<Closure, Result_, $($name),*> Function<($($name,)*)> for Closure
            where
                Closure: Fn($($name),*) -> Result_ + Send + Sync + 'static,
                Result_: Outcome,
                $($name: FromValue + Scalar,)*
            {
                const PARAMETERS: &'static [Kind] = &[$($name::KIND),*];
                const RESULT: Kind = Result_::KIND;

                #[allow(unused_variables)] // of the closure without parameters
                fn apply(&self, arguments: &[Value]) -> Result<Value, String> {
                    self($(argument::<$name>(arguments, $at)?),*).outcome()
                }
            }
        )*
    };
}

functions! {
    ()
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
}
