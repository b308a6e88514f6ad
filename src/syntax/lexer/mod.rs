//! Text to tokens, one at a time: the automaton of [`Kind`] finds where a token begins, and strings, comments and
//! directives are finished here. Whatever is wrong with the characters themselves is reported here and nowhere else.

use logos::Logos;

use super::token::{Dotted, Kind, Token, begins_name, continues_name};
use crate::diagnostic::{Diagnostic, code};
use crate::source::{SourceId, Span};

/// Places shown for one kind of suspicious character; a file full of them needs no more to be found.
const SHOWN: usize = 5;

/// More reports than this about single characters help nobody.
const REPORTED: usize = 100;

/// What begins a line of the preprocessor after its `#`.
const DIRECTIVES: [&str; 7] = ["define", "undef", "include", "if", "el", "end", "pragma"];

/// Gives the tokens of one text.
pub(crate) struct Lexer<'t> {
    source: SourceId,
    text: &'t str,
    raw: logos::Lexer<'t, Kind>,
    /// What was found so far.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The documentation comments met since the parser last took them.
    pub(crate) docs: Vec<std::ops::Range<usize>>,
    /// Whether the text ended inside a string or comment.
    pub(crate) unterminated: bool,
    /// The last string that holds a line break: if the quotes come out odd, this is where one is missing.
    long_string: Option<Span>,
    /// Where comments are collected, if anyone wants them.
    comments: Option<Vec<std::ops::Range<usize>>>,
}

impl<'t> Lexer<'t> {
    /// Begins at the start of the text, after a byte order mark if there is one.
    pub(crate) fn new(source: SourceId, text: &'t str) -> Self {
        let mut raw = Kind::lexer(text);
        if text.starts_with('\u{feff}') {
            raw.bump('\u{feff}'.len_utf8());
        }
        let mut lexer = Self {
            source,
            text,
            raw,
            diagnostics: Vec::new(),
            docs: Vec::new(),
            unterminated: false,
            long_string: None,
            comments: None,
        };
        lexer.look_for_odd_characters();
        lexer
    }

    /// The next token; [`Kind::End`] for ever once the text is used up.
    pub(crate) fn next(&mut self) -> Token {
        loop {
            let Some(found) = self.raw.next() else {
                return token(Kind::End, self.text.len()..self.text.len());
            };
            let range = self.raw.span();
            let Ok(kind) = found else {
                if let Some(token) = self.unknown(range.start) {
                    return token;
                }
                continue;
            };
            return match kind {
                Kind::Identifier => self.identifier(range),
                Kind::Dot => self.dot(range),
                Kind::String => self.string(range),
                Kind::SingleQuoted => match self.single_quoted(range) {
                    Some(token) => token,
                    None => continue,
                },
                Kind::LineComment => {
                    self.line_comment(range.start);
                    continue;
                }
                Kind::BlockComment => {
                    self.block_comment(range.start);
                    continue;
                }
                kind => token(kind, range),
            };
        }
    }

    /// An identifier ends at the first character that is not ASCII; a letter there belongs to the word that was meant.
    fn identifier(&mut self, range: std::ops::Range<usize>) -> Token {
        if self.text.as_bytes().get(range.end).is_some_and(|byte| !byte.is_ascii()) {
            return self.foreign_word(range);
        }
        token(Kind::Identifier, range)
    }

    fn foreign_word(&mut self, range: std::ops::Range<usize>) -> Token {
        let belongs = |c: char| c.is_alphanumeric() || c == '_' || c == '?';
        let rest = &self.text[range.end..];
        let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        if length > 0 {
            self.raw.bump(length);
            let whole = range.start..range.end + length;
            self.report(
                Diagnostic::at(
                    code::UNEXPECTED_TOKEN,
                    format!("`{}` is not an identifier", &self.text[whole.clone()]),
                    self.span(whole.clone()),
                    "",
                )
                .help("identifiers consist of the letters a to z, digits, `_` and `?`; other characters belong in strings"),
            );
            return token(Kind::Identifier, whole);
        }
        token(Kind::Identifier, range)
    }

    /// A character that begins no token. A letter begins a word that was meant as an identifier; all else is skipped.
    fn unknown(&mut self, start: usize) -> Option<Token> {
        // The automaton may have stopped short of a character's end or after several characters.
        let character = self.text[start..].chars().next().unwrap_or('\u{fffd}');
        let end = start + character.len_utf8();
        let at = self.raw.span().end;
        if at < end {
            self.raw.bump(end - at);
        }
        if character.is_alphabetic() && self.raw.span().end == end {
            return Some(self.foreign_word(start..end));
        }
        // A comment of another language, or a line for a preprocessor that was not asked for: one report a line.
        let mut directive = false;
        if character == '#' {
            let rest = self.raw.remainder();
            let line = rest.find('\n').unwrap_or(rest.len());
            self.raw.bump(line);
            // Where another preprocessor says which file and line it is at.
            let marker = rest[..line].trim_start();
            let marker = marker.strip_prefix("line").map_or(marker, str::trim_start);
            if marker.starts_with(|first: char| first.is_ascii_digit()) {
                return None;
            }
            let before = self.text[..start].trim_end_matches([' ', '\t']);
            directive =
                (before.is_empty() || before.ends_with('\n')) && DIRECTIVES.iter().any(|one| marker.starts_with(one));
        }
        let help = match character {
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' | '\u{2018}' | '\u{2019}' => {
                Some("strings stand in straight double quotes: \"text\"")
            }
            '\u{2264}' => Some("write `<=`"),
            '\u{2265}' => Some("write `>=`"),
            '\u{2260}' => Some("write `!=`"),
            '\u{ac}' => Some("write `!`"),
            '\u{2013}' | '\u{2212}' => Some("write `-`"),
            '#' if directive => Some("lines of the preprocessor are read without `--no-preprocessor`"),
            '#' => Some("comments begin with `//`"),
            '&' => Some("write `,` between the parts of a body"),
            '\\' => Some("write `!` for not and `!=` for unequal"),
            _ => None,
        };
        self.report(
            Diagnostic::at(
                code::UNEXPECTED_TOKEN,
                format!("unknown character {}", shown(character)),
                self.span(start..end),
                "",
            )
            .maybe_help(help.map(str::to_owned)),
        );
        None
    }

    /// A full stop, or with the word after it a directive.
    fn dot(&mut self, range: std::ops::Range<usize>) -> Token {
        let rest = &self.text[range.end..];
        if !rest.as_bytes().first().is_some_and(u8::is_ascii_lowercase) {
            return token(Kind::Dot, range);
        }
        let length = rest.bytes().position(|byte| !continues_name(byte)).unwrap_or(rest.len());
        let next = rest.as_bytes().get(length);
        match Dotted::of(&rest[..length]) {
            Some(word) if !word.needs_space() || next.is_none_or(u8::is_ascii_whitespace) => {
                self.raw.bump(length);
                token(Kind::Dotted(word), range.start..range.end + length)
            }
            _ => token(Kind::Dot, range),
        }
    }

    /// A string; line breaks may stand in it. Escapes are read where the value is used.
    fn string(&mut self, range: std::ops::Range<usize>) -> Token {
        let rest = self.raw.remainder().as_bytes();
        let mut at = 0;
        let mut broken = false;
        loop {
            match rest.get(at) {
                None => break,
                Some(b'"') => {
                    self.raw.bump(at + 1);
                    let whole = range.start..range.end + at + 1;
                    if broken {
                        self.long_string = Some(self.span(whole.clone()));
                    }
                    return token(Kind::String, whole);
                }
                // Skipping a byte of a longer character is harmless: its other bytes are neither quote nor backslash.
                Some(b'\\') => at += 2,
                Some(&byte) => {
                    broken |= byte == b'\n';
                    at += 1;
                }
            }
        }
        self.raw.bump(rest.len());
        self.unterminated = true;
        let line = self.line_end(range.start);
        let mut diagnostic = Diagnostic::at(
            code::UNTERMINATED,
            "the string is never closed",
            self.span(range.start..line),
            "opened here",
        );
        if let Some(long) = self.long_string {
            let first = long.range().start..self.line_end(long.range().start);
            diagnostic = diagnostic.label(self.span(first), "this string spans lines: is its closing quote missing?");
        }
        self.report(diagnostic);
        token(Kind::String, range.start..self.text.len())
    }

    /// `'text'` up to the same line's second quote; a lone quote is an unknown character.
    fn single_quoted(&mut self, range: std::ops::Range<usize>) -> Option<Token> {
        let rest = self.raw.remainder();
        let line = rest.find('\n').unwrap_or(rest.len());
        let help = "strings stand in double quotes: \"text\"";
        let Some(length) = rest[..line].find('\'') else {
            self.report(
                Diagnostic::at(code::UNEXPECTED_TOKEN, "unknown character `'`", self.span(range), "").help(help),
            );
            return None;
        };
        self.raw.bump(length + 1);
        let whole = range.start..range.end + length + 1;
        self.report(
            Diagnostic::at(code::UNEXPECTED_TOKEN, "single quotes do not make a string", self.span(whole.clone()), "")
                .help(help),
        );
        Some(token(Kind::SingleQuoted, whole))
    }

    fn line_comment(&mut self, start: usize) {
        let rest = self.raw.remainder();
        let length = rest.bytes().position(|byte| byte == b'\n').unwrap_or(rest.len());
        // `///` documents what follows; a rule of slashes is decoration.
        if rest.starts_with('/') && !rest.starts_with("//") {
            self.docs.push(start..start + 2 + length);
        }
        self.raw.bump(length);
        self.keep_comment(start);
    }

    fn block_comment(&mut self, start: usize) {
        let rest = self.raw.remainder();
        if let Some(length) = rest.find("*/") {
            if rest.starts_with('*') && length > 0 && !rest.starts_with("**") {
                self.docs.push(start..start + length + 4);
            }
            self.raw.bump(length + 2);
        } else {
            self.raw.bump(rest.len());
            self.unterminated = true;
            self.report(Diagnostic::at(
                code::UNTERMINATED,
                "the comment is never closed",
                self.span(start..start + 2),
                "opened here",
            ));
        }
        self.keep_comment(start);
    }

    fn keep_comment(&mut self, start: usize) {
        let end = self.raw.span().end;
        if let Some(comments) = &mut self.comments {
            comments.push(start..end);
        }
    }

    /// Reports NUL bytes and characters that turn the direction of reading, wherever they stand (CVE-2021-42574).
    fn look_for_odd_characters(&mut self) {
        let bytes = self.text.as_bytes();
        let mut nul = Vec::new();
        let mut bidi = Vec::new();
        for (at, &byte) in bytes.iter().enumerate() {
            // One comparison for almost every byte of almost every text.
            if byte != 0 && byte != 0xe2 {
                continue;
            }
            if byte == 0 {
                nul.push(at..at + 1);
            } else if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xaa..=0xae] | [0x81, 0xa6..=0xa9])) {
                bidi.push(at..at + 3);
            }
        }
        let places = |mut diagnostic: Diagnostic, found: &[std::ops::Range<usize>]| {
            for range in found.iter().take(SHOWN) {
                let text = self.text[range.clone()].chars().next().map_or_else(String::new, shown);
                diagnostic = diagnostic.label(self.span(range.clone()), text.trim_matches('`'));
            }
            if found.len() > SHOWN {
                diagnostic = diagnostic.note(format!("and {} more", found.len() - SHOWN));
            }
            diagnostic
        };
        let mut reports = Vec::new();
        if !nul.is_empty() {
            reports.push(places(Diagnostic::new(code::BAD_ENCODING, "the text holds a NUL byte"), &nul));
        }
        if !bidi.is_empty() {
            let message = "the text holds characters that change the direction of reading";
            let help = "remove them, or make sure that the text means what it seems to say";
            reports.push(places(Diagnostic::new(code::BIDI_TEXT, message).help(help), &bidi));
        }
        self.diagnostics.extend(reports);
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < REPORTED {
            self.diagnostics.push(diagnostic);
        }
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, range.start, range.end)
    }

    fn line_end(&self, start: usize) -> usize {
        self.text[start..].find(['\r', '\n']).map_or(self.text.len(), |length| start + length)
    }
}

/// The comments of a text in order, as byte ranges with their signs: the tree has none, and the formatter puts them
/// back by position.
#[must_use]
pub fn comments(source: SourceId, text: &str) -> Vec<std::ops::Range<usize>> {
    let mut lexer = Lexer::new(source, text);
    lexer.comments = Some(Vec::new());
    while lexer.next().kind != Kind::End {}
    lexer.comments.unwrap_or_default()
}

/// Whether a text can name a relation, a type or a variable.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let mut tokens = Kind::lexer(text);
    tokens.next() == Some(Ok(Kind::Identifier)) && tokens.span() == (0..text.len())
}

/// The tokens and, without a kind, the comments of a text, in order.
pub(crate) fn pieces(source: SourceId, text: &str) -> Vec<(Option<Kind>, std::ops::Range<usize>)> {
    let mut lexer = Lexer::new(source, text);
    lexer.comments = Some(Vec::new());
    let mut pieces = Vec::new();
    loop {
        let token = lexer.next();
        pieces.extend(lexer.comments.iter_mut().flat_map(|found| found.drain(..)).map(|range| (None, range)));
        if token.kind == Kind::End {
            return pieces;
        }
        pieces.push((Some(token.kind), token.range()));
    }
}

/// A character as a message shows it: by its number where it cannot be seen.
fn shown(character: char) -> String {
    let invisible = character.is_control()
        || character.is_whitespace()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if invisible { format!("U+{:04X}", u32::from(character)) } else { format!("`{character}`") }
}

/// Sources are limited to 4 GiB by their spans; past that, places are approximate and nothing else.
fn token(kind: Kind, range: std::ops::Range<usize>) -> Token {
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Token { kind, start: narrow(range.start), end: narrow(range.end) }
}

/// The text of a documentation comment without its signs: each line without slashes and the one blank after them; a
/// block without its frame of stars.
pub(crate) fn doc_text(comment: &str) -> String {
    if let Some(line) = comment.strip_prefix("///") {
        let line = line.strip_suffix('\r').unwrap_or(line);
        return line.strip_prefix(' ').unwrap_or(line).to_owned();
    }
    let inner = comment.strip_prefix("/**").unwrap_or(comment);
    let inner = inner.strip_suffix("*/").unwrap_or(inner);
    let mut lines: Vec<&str> = inner
        .lines()
        .map(|line| {
            let bare = line.trim_start();
            let bare = bare.strip_prefix('*').unwrap_or(bare);
            bare.strip_prefix(' ').unwrap_or(bare).trim_end()
        })
        .collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    let blank = lines.iter().take_while(|line| line.is_empty()).count();
    lines[blank..].join("\n")
}

/// Whether the byte at `at` begins an identifier: a full stop directly before it joins a path.
pub(crate) fn name_begins_at(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).copied().is_some_and(begins_name)
}

#[cfg(test)]
mod tests;
