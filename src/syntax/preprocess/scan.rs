//! A text in the pieces that a preprocessor tells apart: words, strings, comments, line breaks, signs.

use crate::syntax::token::{begins_name, continues_name};

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An identifier.
    Word,
    /// Digits and what clings to them.
    Number,
    /// A string with its quotes, or the rest of the text where the second one is missing.
    Text,
    /// Blanks and tabs.
    Blank,
    /// One line break.
    Break,
    /// A line break that a backslash takes back.
    Splice,
    /// `// ...` up to the line break.
    LineComment,
    /// `/* ... */`, or the rest of the text.
    BlockComment,
    /// One character, or `##`.
    Sign,
}

/// The piece at a byte before the end of the text, and where it ends.
pub(super) fn piece(text: &str, at: usize) -> (Shape, usize) {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let run = |wanted: &dyn Fn(u8) -> bool| {
        bytes[at..].iter().position(|&byte| !wanted(byte)).map_or(bytes.len(), |length| at + length)
    };
    match byte(at) {
        first if begins_name(first) => (Shape::Word, run(&continues_name)),
        first if first.is_ascii_digit() => (Shape::Number, run(&continues_name)),
        b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {
            (Shape::Blank, run(&|byte| matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)))
        }
        b'\n' => (Shape::Break, at + 1),
        b'\\' if byte(at + 1) == b'\n' => (Shape::Splice, at + 2),
        b'\\' if bytes[at + 1..].starts_with(b"\r\n") => (Shape::Splice, at + 3),
        b'"' => (Shape::Text, string_end(bytes, at)),
        b'/' if byte(at + 1) == b'/' => (Shape::LineComment, run(&|byte| byte != b'\n')),
        b'/' if byte(at + 1) == b'*' => {
            (Shape::BlockComment, text[at + 2..].find("*/").map_or(text.len(), |length| at + length + 4))
        }
        b'#' if byte(at + 1) == b'#' => (Shape::Sign, at + 2),
        _ => (Shape::Sign, at + text[at..].chars().next().map_or(1, char::len_utf8)),
    }
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where the line after the one at `at` begins, for a line that does not count: only comments reach over its end.
pub(super) fn skip_line(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = at;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => return at + 1,
            b'"' => {
                let end = string_end(bytes, at);
                let broken = bytes[at..end].contains(&b'\n') || !bytes[..end].ends_with(b"\"");
                at = if broken { at + 1 } else { end };
            }
            b'/' if matches!(bytes.get(at + 1), Some(b'/' | b'*')) => at = piece(text, at).1,
            _ => at += 1,
        }
    }
    bytes.len()
}
