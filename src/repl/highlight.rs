//! Colours for what is typed. The text stays as it is; only its look changes.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::scan::{Piece, pieces};
use crate::model::Model;

const KEYWORDS: &[&str] = &["count", "sum", "min", "max", "mean", "range", "as", "nil", "true", "false"];

/// The text with ANSI colours: commands, directives and keywords, strings, comments, known relations.
pub(super) fn highlight(text: &str, model: Option<&Model>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let pieces = pieces(text);
    let color = |color: AnsiColor| color.on_default();
    let mut lead = None;
    for (at, (piece, range)) in pieces.iter().enumerate() {
        let word = &text[range.clone()];
        let calls = || matches!(pieces.get(at + 1), Some((Piece::Sign('('), _)));
        let style = match piece {
            Piece::Text | Piece::Open => color(AnsiColor::Green),
            Piece::Comment => Style::new().dimmed(),
            Piece::Sign(':' | '.') | Piece::Word if lead == Some(':') || at == 0 && word == ":" => {
                color(AnsiColor::Magenta)
            }
            Piece::Word if lead == Some('.') || KEYWORDS.contains(&word) => color(AnsiColor::Blue),
            Piece::Word if calls() && model.is_some_and(|model| model.find(word).is_some()) => Style::new().bold(),
            Piece::Sign('.' | '?') => color(AnsiColor::Blue),
            Piece::Word | Piece::Sign(_) | Piece::Blank => Style::new(),
        };
        let _ = write!(out, "{style}{word}{style:#}");
        lead = match piece {
            // `:what-if` and `.decl` are one word to a reader.
            Piece::Sign(':') if at == 0 => Some(':'),
            Piece::Word | Piece::Sign('-') if lead == Some(':') => Some(':'),
            Piece::Sign('.') if text[range.end..].starts_with(char::is_alphabetic) => Some('.'),
            _ => None,
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_stays_as_it_is() {
        for text in
            [":what-if +p(\"a\").", "p(x) :- q(x, \"open", "/// doc\n.decl p(x: number) // é", "n = count : {p(_)}?"]
        {
            let colored = highlight(text, None);
            assert_eq!(anstream::adapter::strip_str(&colored).to_string(), text);
            assert_ne!(colored, text);
        }
    }
}
