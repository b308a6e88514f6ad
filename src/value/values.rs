//! Values as programs and people see them, with the one order in which everything prints.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A 64-bit float with one identity: -0.0 is 0.0, NaN is one value, and the order is total with NaN last.
#[derive(Clone, Copy, Debug)]
pub struct Float(f64);

impl Float {
    /// The canonical float of a number.
    #[must_use]
    pub fn new(value: f64) -> Self {
        if value.is_nan() {
            Self(f64::NAN)
        } else {
            // Adding 0.0 turns -0.0 into 0.0 and changes no other number.
            Self(value + 0.0)
        }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Float {}

impl Hash for Float {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        // Canonical NaN is positive, so that the total order of IEEE 754 puts it last.
        self.0.total_cmp(&other.0)
    }
}

impl fmt::Display for Float {
    /// Shortest text that reads back as the same float: `0.1`, `1`, `1e300`, `inf`, `-inf`, `nan`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0;
        if value.is_nan() {
            return formatter.write_str("nan");
        }
        let magnitude = value.abs();
        if magnitude != 0.0 && !(1e-5..1e16).contains(&magnitude) && magnitude.is_finite() {
            write!(formatter, "{value:e}")
        } else {
            write!(formatter, "{value}")
        }
    }
}

/// A value outside the engine: owned, typed by its shape. The derived order is the order of output: numbers by value,
/// symbols bytewise, records and branches field by field, `nil` first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A `number`.
    Number(i64),
    /// An `unsigned`.
    Unsigned(u64),
    /// A `float`.
    Float(Float),
    /// A `symbol`.
    Symbol(String),
    /// The empty value of every record type.
    Nil,
    /// A record's fields.
    Record(Vec<Value>),
    /// A branch's name and its fields.
    Branch(String, Vec<Value>),
}

impl fmt::Display for Value {
    /// As a fact file or `.output` writes it: symbols bare, records `[1, x]`, branches `$Node(1)`, `nil`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(formatter, false)
    }
}

impl Value {
    /// As a program writes it: symbols quoted and escaped, floats with a point, so that it reads back.
    #[must_use]
    pub fn literal(&self) -> String {
        struct Literal<'a>(&'a Value);
        impl fmt::Display for Literal<'_> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write(formatter, true)
            }
        }
        Literal(self).to_string()
    }

    fn write(&self, formatter: &mut fmt::Formatter<'_>, literal: bool) -> fmt::Result {
        match self {
            Self::Number(value) => write!(formatter, "{value}"),
            Self::Unsigned(value) if literal => write!(formatter, "{value}u"),
            Self::Unsigned(value) => write!(formatter, "{value}"),
            // The language has no exponents: a literal is written out in full.
            Self::Float(value) if literal && value.get().is_finite() => {
                let text = value.get().to_string();
                write!(formatter, "{text}{}", if text.contains('.') { "" } else { ".0" })
            }
            Self::Float(value) => write!(formatter, "{value}"),
            Self::Symbol(text) if literal => write_quoted(formatter, text),
            Self::Symbol(text) => formatter.write_str(text),
            Self::Nil => formatter.write_str("nil"),
            Self::Record(fields) => {
                formatter.write_str("[")?;
                write_list(formatter, fields, literal)?;
                formatter.write_str("]")
            }
            Self::Branch(name, fields) => {
                write!(formatter, "${name}")?;
                if fields.is_empty() && !literal {
                    return Ok(());
                }
                formatter.write_str("(")?;
                write_list(formatter, fields, literal)?;
                formatter.write_str(")")
            }
        }
    }
}

fn write_list(formatter: &mut fmt::Formatter<'_>, values: &[Value], literal: bool) -> fmt::Result {
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            formatter.write_str(", ")?;
        }
        value.write(formatter, literal)?;
    }
    Ok(())
}

/// Writes a symbol in quotes, with the escapes of the language.
pub(crate) fn write_quoted(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '\u{7}' => out.write_str("\\a")?,
            '\u{8}' => out.write_str("\\b")?,
            '\u{c}' => out.write_str("\\f")?,
            '\u{b}' => out.write_str("\\v")?,
            other => out.write_char(other)?,
        }
    }
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_have_one_zero_one_nan_and_shortest_text() {
        assert_eq!(Float::new(-0.0), Float::new(0.0));
        assert_eq!(Float::new(f64::NAN), Float::new(-f64::NAN));
        assert!(Float::new(f64::INFINITY) < Float::new(f64::NAN));
        let texts: Vec<String> =
            [0.1, 1.0, -0.0, 1e300, 1e-9, f64::NEG_INFINITY].iter().map(|&f| Float::new(f).to_string()).collect();
        assert_eq!(texts, ["0.1", "1", "0", "1e300", "1e-9", "-inf"]);
    }

    #[test]
    fn literals_read_back() {
        let node = Value::Branch("Node".into(), vec![Value::Float(Float::new(2.0)), Value::Symbol("a\"\n".into())]);
        assert_eq!(node.literal(), "$Node(2.0, \"a\\\"\\n\")");
        assert_eq!(Value::Branch("Leaf".into(), vec![]).to_string(), "$Leaf");
        assert_eq!(Value::Record(vec![Value::Number(1), Value::Nil]).to_string(), "[1, nil]");
    }
}
