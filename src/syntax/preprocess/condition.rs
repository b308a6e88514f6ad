//! The condition of an `#if`, its macros expanded already: whole numbers, C's operators, unknown words being 0.

use super::scan::{Shape, piece};

/// How deep brackets and signs may nest.
const NESTING: u32 = 256;

/// The operators of two operands that bind as tight as each other, loosest first; longer signs before their beginnings.
const LEVELS: &[&[&str]] = &[
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

/// Whether a condition holds.
///
/// # Errors
/// What is wrong with it.
pub(super) fn holds(text: &str) -> Result<bool, String> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = reader.choice()?;
    reader.blanks();
    if reader.at < text.len() {
        return Err(format!("`{}` cannot stand in a condition", reader.word()));
    }
    Ok(value != 0)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
}

impl Reader<'_> {
    /// `condition ? value : value`
    fn choice(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > NESTING {
            return Err(format!("the condition is nested deeper than {NESTING} levels"));
        }
        let condition = self.level(0)?;
        let value = if self.eat("?") {
            let yes = self.choice()?;
            if !self.eat(":") {
                return Err("`:` is wanted after `?` and a value".to_owned());
            }
            let no = self.choice()?;
            if condition != 0 { yes } else { no }
        } else {
            condition
        };
        self.depth -= 1;
        Ok(value)
    }

    fn level(&mut self, at: usize) -> Result<i64, String> {
        let Some(operators) = LEVELS.get(at) else { return self.unary() };
        let mut left = self.level(at + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.level(at + 1)?;
            left = apply(operator, left, right)?;
        }
        Ok(left)
    }

    fn operator(&mut self, operators: &'static [&'static str]) -> Option<&'static str> {
        self.blanks();
        let rest = &self.text[self.at..];
        let found = operators.iter().find(|operator| rest.starts_with(**operator))?;
        // `|` is not the beginning of `||`, nor `<` that of `<<`.
        let longer = LEVELS.iter().copied().flatten();
        if longer
            .into_iter()
            .any(|other| other.len() > found.len() && rest.starts_with(other) && other.starts_with(found))
        {
            return None;
        }
        self.at += found.len();
        Some(found)
    }

    fn unary(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > NESTING {
            return Err(format!("the condition is nested deeper than {NESTING} levels"));
        }
        self.blanks();
        let value = if self.text[self.at..].starts_with("!=") {
            return Err("a value is wanted before `!=`".to_owned());
        } else if self.eat("!") {
            i64::from(self.unary()? == 0)
        } else if self.eat("~") {
            !self.unary()?
        } else if self.eat("-") {
            self.unary()?.wrapping_neg()
        } else if self.eat("+") {
            self.unary()?
        } else if self.eat("(") {
            let value = self.choice()?;
            if !self.eat(")") {
                return Err("`)` is missing in the condition".to_owned());
            }
            value
        } else {
            self.value()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn value(&mut self) -> Result<i64, String> {
        if self.at >= self.text.len() {
            return Err("the condition ends where a value is wanted".to_owned());
        }
        let (shape, end) = piece(self.text, self.at);
        let word = &self.text[self.at..end];
        let value = match shape {
            Shape::Word => 0,
            Shape::Number => number(word).ok_or_else(|| format!("`{word}` is not a whole number"))?,
            _ => return Err(format!("`{word}` cannot stand in a condition")),
        };
        self.at = end;
        Ok(value)
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.blanks();
        let here = self.text[self.at..].starts_with(sign);
        if here {
            self.at += sign.len();
        }
        here
    }

    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn word(&self) -> &str {
        &self.text[self.at..piece(self.text, self.at).1]
    }
}

fn apply(operator: &str, left: i64, right: i64) -> Result<i64, String> {
    let count = || u32::try_from(right & 63).unwrap_or(0);
    Ok(match operator {
        "||" => i64::from(left != 0 || right != 0),
        "&&" => i64::from(left != 0 && right != 0),
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "==" => i64::from(left == right),
        "!=" => i64::from(left != right),
        "<=" => i64::from(left <= right),
        ">=" => i64::from(left >= right),
        "<" => i64::from(left < right),
        ">" => i64::from(left > right),
        "<<" => left.wrapping_shl(count()),
        ">>" => left.wrapping_shr(count()),
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        _ if right == 0 => return Err("the condition divides by zero".to_owned()),
        "/" => left.wrapping_div(right),
        _ => left.wrapping_rem(right),
    })
}

/// A number as C writes it: decimal, `0x`, `0b`, octal after a 0, with any of the suffixes u and l.
fn number(word: &str) -> Option<i64> {
    let lower = word.to_ascii_lowercase();
    let digits = lower.trim_end_matches(['u', 'l']);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    u64::from_str_radix(digits, radix).ok().map(u64::cast_signed)
}
