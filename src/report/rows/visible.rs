//! Text that does nothing but be read.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A text with everything spelt out that a terminal would obey or that would make it read otherwise than it is: control
/// characters, marks of reading direction, line and paragraph separators, the byte order mark. Line feed, carriage
/// return and tab become `\n`, `\r`, `\t`, the others `\u{1b}` and so on.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(hides) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if hides(character) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    Cow::Owned(out)
}

fn hides(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelt_out() {
        assert_eq!(visible("aws é 日本"), "aws é 日本");
        assert_eq!(visible("a\u{1b}[31m\u{202e}b\r\n\u{7f}"), r"a\u{1b}[31m\u{202e}b\r\n\u{7f}");
        assert!(matches!(visible("plain"), Cow::Borrowed(_)));
    }
}
