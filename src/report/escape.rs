//! Text from outside, made harmless: what a fact contains must not move the cursor, colour the terminal or turn the
//! direction of reading.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with control characters, bidirectional controls and invisible characters written out: `\n`, `\u{202e}`.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(unsafe_to_show) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if unsafe_to_show(other) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(other));
            }
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

fn unsafe_to_show(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text inside the quotes of a label of Graphviz.
pub(super) fn dot_text(text: &str) -> String {
    escape(text).replace('\\', "\\\\").replace('"', "\\\"")
}

/// Text inside the quotes of a label of Mermaid.
pub(super) fn mermaid_text(text: &str) -> String {
    let mut out = String::new();
    for character in escape(text).chars() {
        // Everything else could be markup, of Mermaid or of the HTML that it makes.
        if character.is_alphanumeric() || matches!(character, ' ' | '_' | '-' | '.' | ':' | ',' | '/' | '@' | '+') {
            out.push(character);
        } else {
            out.push_str(&format!("#{};", u32::from(character)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_or_turns_is_written_out() {
        assert_eq!(escape("plain, größer → 中"), "plain, größer → 中");
        assert_eq!(escape("a\nb\u{1b}[31m\u{202e}c\u{9b}"), "a\\nb\\u{1b}[31m\\u{202e}c\\u{9b}");
    }
}
