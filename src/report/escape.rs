//! Text from outside, made harmless: what a fact contains must not move the cursor, colour the terminal or turn the
//! direction of reading.

use std::borrow::Cow;
use std::fmt::Write;
use std::io;

use serde::Serialize;

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

/// JSON that says the same and does nothing to whoever looks at it: what [`escape`] writes out stands as `\u202e` there.
#[must_use]
pub fn json_text(text: String) -> String {
    // Line breaks stand between its parts; within texts they are escaped already.
    let odd = |character: char| character != '\n' && unsafe_to_show(character);
    if !text.chars().any(odd) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 32);
    for character in text.chars() {
        if odd(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// Writes a document as JSON over several lines, as [`json_text`] has it.
///
/// # Errors
/// As the writer's.
pub(super) fn write_json(document: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    out.write_all(json_text(text).as_bytes())
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
        let json = json_text("[\"a\u{202e}\u{9b}\u{e0001}é\"\n]".to_owned());
        assert_eq!(json, "[\"a\\u202e\\u009b\\udb40\\udc01é\"\n]");
        assert_eq!(serde_json::from_str::<[String; 1]>(&json).unwrap(), ["a\u{202e}\u{9b}\u{e0001}é"]);
        assert_eq!(escape("a\nb\u{1b}[31m\u{202e}c\u{9b}"), "a\\nb\\u{1b}[31m\\u{202e}c\\u{9b}");
    }
}
