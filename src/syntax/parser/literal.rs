//! The values of constants: numbers in their bases, addresses, floats, strings with their escapes.

use super::cursor::{Parsed, Parser};
use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;
use crate::syntax::ast::{Name, TermKind};
use crate::syntax::token::{Kind, Token};

impl Parser<'_, '_> {
    /// An integer: decimal, `0x`, `0b`, with `u` if it is unsigned. A faulty one is reported and read as 0.
    pub(super) fn integer(&mut self) -> TermKind {
        let token = self.token;
        self.bump();
        let text = self.text_of(token);
        // Almost every number is short and decimal; eighteen digits always fit.
        if text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let magnitude = text.bytes().fold(0, |value, byte| value * 10 + u64::from(byte - b'0'));
            return TermKind::Integer { magnitude, negative: false, unsigned: false };
        }
        let (digits, unsigned) = match text.strip_suffix('u') {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        let magnitude = self.magnitude(digits, token);
        TermKind::Integer { magnitude, negative: false, unsigned }
    }

    fn magnitude(&mut self, digits: &str, token: Token) -> u64 {
        let (body, radix) = match digits.as_bytes() {
            [b'0', b'x', ..] => (&digits[2..], 16),
            [b'0', b'b', ..] => (&digits[2..], 2),
            _ => (digits, 10),
        };
        if body.is_empty() || !body.chars().all(|digit| digit.is_digit(radix)) {
            let help = if radix == 10 && body.contains(['e', 'E']) {
                "a float has digits on both sides of its point and no exponent"
            } else {
                "numbers are decimal, `0x` with hexadecimal or `0b` with binary digits, with `u` at the end if unsigned"
            };
            let text = self.text_of(token);
            let message = format!("`{text}` is not a number");
            self.slip(&message, self.span_of(token), help);
            return 0;
        }
        u64::from_str_radix(body, radix).unwrap_or_else(|_| {
            self.out_of_range(
                token,
                "the largest number is 9223372036854775807, the largest unsigned 18446744073709551615",
            );
            0
        })
    }

    /// `1.2.3.4`: one integer of four bytes.
    pub(super) fn address(&mut self) -> TermKind {
        let token = self.token;
        self.bump();
        let mut magnitude = 0;
        for part in self.text_of(token).split('.') {
            let Ok(byte) = part.parse::<u8>() else {
                self.out_of_range(token, "each part of an address is at most 255");
                magnitude = 0;
                break;
            };
            magnitude = magnitude << 8 | u64::from(byte);
        }
        TermKind::Integer { magnitude, negative: false, unsigned: false }
    }

    /// `1.5`
    pub(super) fn float(&mut self) -> TermKind {
        let token = self.token;
        self.bump();
        let text = self.text_of(token);
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            let message = format!("`{text}` is not a number");
            self.slip(&message, self.span_of(token), "a float has digits on both sides of its point and no exponent");
            return TermKind::Float(0.0);
        }
        let value = text.parse().unwrap_or(f64::INFINITY);
        if value == f64::INFINITY {
            self.out_of_range(token, "floats have 64 bits");
            return TermKind::Float(0.0);
        }
        TermKind::Float(value)
    }

    fn out_of_range(&mut self, token: Token, help: &str) {
        let text = self.text_of(token);
        let text = if text.len() > 60 { format!("{}...", &text[..57]) } else { text.to_owned() };
        let diagnostic =
            Diagnostic::at(code::NUMBER_RANGE, format!("`{text}` is out of range"), self.span_of(token), "");
        self.report(diagnostic.help(help));
    }

    /// A number of a plan.
    pub(super) fn small_number(&mut self, expected: &str) -> Parsed<u32> {
        if !self.at(Kind::Number) {
            return Err(self.unexpected(expected));
        }
        let token = self.token;
        self.bump();
        let text = self.text_of(token);
        let value = self.magnitude(text, token);
        Ok(u32::try_from(value).unwrap_or_else(|_| {
            self.out_of_range(token, "no body has so many atoms");
            0
        }))
    }

    /// A string's value.
    pub(super) fn string(&mut self) -> Name {
        let token = self.token;
        self.bump();
        let span = self.span_of(token);
        let text = self.text_of(token);
        let quote = &text[..1];
        let inner = text.get(1..).unwrap_or("");
        let inner = inner.strip_suffix(quote).unwrap_or(inner);
        let symbol = if inner.contains('\\') {
            let value = self.unescape(inner, span);
            self.symbols.intern(&value)
        } else {
            self.symbols.intern(inner)
        };
        Name { symbol, span }
    }

    fn unescape(&mut self, inner: &str, span: Span) -> String {
        let mut value = String::with_capacity(inner.len());
        let mut rest = inner;
        while let Some(at) = rest.find('\\') {
            value.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let mut characters = rest.chars();
            let Some(character) = characters.next() else {
                // Only a string that is never closed ends in a backslash; that was reported.
                break;
            };
            match character {
                '"' | '\'' | '\\' => value.push(character),
                'a' => value.push('\x07'),
                'b' => value.push('\x08'),
                'f' => value.push('\x0c'),
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                'v' => value.push('\x0b'),
                other => {
                    let offset = span.start as usize + 1 + (inner.len() - rest.len()) - 1;
                    let place = Span::new(span.source, offset, offset + 1 + other.len_utf8());
                    let shown = if other.is_control() { String::new() } else { format!("`\\{other}` ") };
                    let diagnostic =
                        Diagnostic::at(code::BAD_ESCAPE, format!("{shown}is not an escape").trim_start(), place, "");
                    self.report(
                        diagnostic.help(
                            r#"strings know `\" \' \\ \a \b \f \n \r \t \v`; a backslash itself is written `\\`"#,
                        ),
                    );
                    value.push(other);
                }
            }
            rest = characters.as_str();
        }
        value.push_str(rest);
        value
    }
}
