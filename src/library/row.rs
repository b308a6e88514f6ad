//! Rust types as values, and tuples of them as rows.

use crate::value::{Float, Kind, Value};

/// A Rust type that becomes a value.
pub trait ToValue {
    /// The value.
    fn to_value(self) -> Value;
}

/// A Rust type that a value can be read as.
pub trait FromValue: Sized {
    /// What it is called in a message.
    const NAME: &'static str;

    /// Reads a value; nothing where it is of another kind, or does not fit.
    fn from_value(value: Value) -> Option<Self>;
}

/// A Rust type whose values are all of one kind.
pub trait Scalar {
    /// The kind.
    const KIND: Kind;
}

/// A row of a relation, on its way in.
pub trait ToRow {
    /// One value a column.
    fn to_row(self) -> Vec<Value>;
}

/// A row of a relation, on its way out.
pub trait FromRow: Sized {
    /// Reads a row.
    ///
    /// # Errors
    /// The first column that cannot be read, and as what it was to be read; the number of columns where that differs.
    fn from_row(row: Vec<Value>) -> Result<Self, (usize, &'static str)>;
}

macro_rules! scalars {
    ($($ty:ty, $kind:ident, $name:literal, $to:expr, $from:expr;)*) => {
        $(
            impl ToValue for $ty {
                fn to_value(self) -> Value {
                    #[allow(clippy::redundant_closure_call)]
                    ($to)(self)
                }
            }

            impl FromValue for $ty {
                const NAME: &'static str = $name;

                fn from_value(value: Value) -> Option<Self> {
                    match value {
                        Value::$kind(value) => {
                            #[allow(clippy::redundant_closure_call)]
                            ($from)(value)
                        }
                        _ => None,
                    }
                }
            }

            impl Scalar for $ty {
                const KIND: Kind = Kind::$kind;
            }
        )*
    };
}

scalars! {
    i64, Number, "a number", Value::Number, Some;
    i32, Number, "a number of 32 bits", |value: i32| Value::Number(i64::from(value)), |value: i64| i32::try_from(value).ok();
    u64, Unsigned, "an unsigned", Value::Unsigned, Some;
    u32, Unsigned, "an unsigned of 32 bits", |value: u32| Value::Unsigned(u64::from(value)), |value: u64| u32::try_from(value).ok();
    f64, Float, "a float", |value: f64| Value::Float(Float::new(value)), |value: Float| Some(value.get());
    String, Symbol, "a symbol", Value::Symbol, Some;
}

impl ToValue for &str {
    fn to_value(self) -> Value {
        Value::Symbol(self.to_owned())
    }
}

impl ToValue for Value {
    fn to_value(self) -> Value {
        self
    }
}

impl FromValue for Value {
    const NAME: &'static str = "a value";

    fn from_value(value: Value) -> Option<Self> {
        Some(value)
    }
}

impl<T: ToValue> ToRow for Vec<T> {
    fn to_row(self) -> Vec<Value> {
        self.into_iter().map(ToValue::to_value).collect()
    }
}

impl<T: FromValue> FromRow for Vec<T> {
    fn from_row(row: Vec<Value>) -> Result<Self, (usize, &'static str)> {
        row.into_iter().enumerate().map(|(at, value)| T::from_value(value).ok_or((at, T::NAME))).collect()
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),*))*) => {
        $(
            impl<$($name: ToValue),*> ToRow for ($($name,)*) {
                fn to_row(self) -> Vec<Value> {
                    vec![$(self.$at.to_value()),*]
                }
            }

            impl<$($name: FromValue),*> FromRow for ($($name,)*) {
                #[allow(unused_mut, unused_variables)] // of the empty tuple
                fn from_row(row: Vec<Value>) -> Result<Self, (usize, &'static str)> {
                    let mut row = row.into_iter();
                    let read = (
                        $($name::from_value(row.next().ok_or(($at, $name::NAME))?).ok_or(($at, $name::NAME))?,)*
                    );
                    if row.next().is_some() {
                        let wanted: &[usize] = &[$($at),*];
                        return Err((wanted.len(), "nothing"));
                    }
                    Ok(read)
                }
            }
        )*
    };
}

tuples! {
    ()
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}
