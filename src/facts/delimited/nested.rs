//! Records and branches as fields of delimited files: `[1, abc]`, `nil`, `$Node(1, "a, b")`, at any depth.

use crate::diagnostic::suggest;
use crate::facts::scalar::{self, Fault};
use crate::value::{Kind, Type, TypeId, TypeTable, Values, Word};

/// Deeper values are refused: what prints and compares them goes down with them.
const DEEPEST: usize = 1_000;

/// Why a text is no value of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What is wrong, lower case.
    pub(super) reason: String,
    /// What to do about it.
    pub(super) help: Option<String>,
}

fn wrong<T>(reason: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { reason: reason.into(), help: None })
}

/// The value of a whole text.
pub(super) fn parse(text: &str, ty: TypeId, types: &TypeTable, values: &mut Values) -> Result<Word, Wrong> {
    let mut parser = Parser { text, at: 0, types, values, words: Vec::new() };
    let word = parser.value(ty, None, 0)?;
    parser.blanks();
    if parser.at < text.len() {
        wrong(format!("there is more after character {}", parser.character()))
    } else {
        Ok(word)
    }
}

/// How many bytes of a line belong to a field that starts here: up to the first delimiter outside of brackets and quotes.
pub(super) fn field_length(text: &str, delimiter: &str) -> usize {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut skip = false;
    for (at, character) in text.char_indices() {
        if skip {
            skip = false;
        } else if quoted {
            match character {
                '\\' => skip = true,
                '"' => quoted = false,
                _ => {}
            }
        } else if depth == 0 && text[at..].starts_with(delimiter) {
            return at;
        } else {
            match character {
                '"' => quoted = true,
                '[' | '(' => depth += 1,
                ']' | ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    text.len()
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    types: &'a TypeTable,
    values: &'a mut Values,
    /// Fields of the values that are being read, innermost last.
    words: Vec<Word>,
}

impl<'a> Parser<'a> {
    /// A value that ends at a comma, at `close`, or at the end of the text where nothing encloses it.
    fn value(&mut self, ty: TypeId, close: Option<char>, depth: usize) -> Result<Word, Wrong> {
        if depth > DEEPEST {
            return wrong(format!("it is nested deeper than {DEEPEST} levels"));
        }
        self.blanks();
        let kind = self.types.kind(ty);
        match kind {
            Kind::Record => self.record(ty, depth),
            Kind::Adt => self.branch(ty, depth),
            Kind::Symbol => {
                if self.rest().starts_with('"') {
                    let text = self.quoted()?;
                    return Ok(self.values.symbol(&text));
                }
                let text = self.bare(close);
                Ok(self.values.symbol(text))
            }
            Kind::Number | Kind::Unsigned | Kind::Float => {
                let text = self.bare(close).trim_end();
                let bytes = text.as_bytes();
                let word = match kind {
                    Kind::Number => scalar::number(bytes).map(|value| self.values.number(value)),
                    Kind::Unsigned => scalar::unsigned(bytes).map(|value| self.values.unsigned(value)),
                    _ => scalar::float(bytes).map(|value| self.values.float(value)),
                };
                word.or_else(|fault| wrong(format!("`{text}` {}", refusal(kind, fault))))
            }
        }
    }

    fn record(&mut self, ty: TypeId, depth: usize) -> Result<Word, Wrong> {
        if let Some(after) = self.rest().strip_prefix("nil")
            && !after.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        {
            self.at += "nil".len();
            return Ok(0);
        }
        let Type::Record { fields } = self.types.get(ty) else { return wrong("its type is no record") };
        self.expect('[')?;
        let start = self.words.len();
        let fields = fields.iter().map(|field| field.ty);
        self.fields(fields, ']', depth)?;
        Ok(self.gathered(start))
    }

    fn branch(&mut self, ty: TypeId, depth: usize) -> Result<Word, Wrong> {
        let Type::Adt { branches } = self.types.get(ty) else { return wrong("its type has no branches") };
        self.expect('$')?;
        let rest = self.rest();
        let length =
            rest.find(|next: char| !(next.is_alphanumeric() || matches!(next, '_' | '?' | '.'))).unwrap_or(rest.len());
        let name = &rest[..length];
        let named = |at: usize| self.values.symbols.get(branches[at].name);
        let Some(tag) = (0..branches.len()).find(|&at| named(at) == name) else {
            let all = (0..branches.len()).map(named);
            let help = match suggest(name, all.clone()) {
                Some(near) => format!("did you mean `${near}`?"),
                None => {
                    format!("its branches are {}", all.map(|name| format!("${name}")).collect::<Vec<_>>().join(", "))
                }
            };
            let reason = format!("`{}` has no branch `${name}`", self.types.name(ty));
            return Err(Wrong { reason, help: Some(help) });
        };
        self.at += length;
        let start = self.words.len();
        self.words.push(u32::try_from(tag).unwrap_or(u32::MAX));
        let fields = branches[tag].fields.iter().map(|field| field.ty);
        let before = self.at;
        self.blanks();
        if self.rest().starts_with('(') {
            self.at += 1;
            self.fields(fields, ')', depth)?;
        } else if fields.len() > 0 {
            return wrong(format!("`${name}` has {} fields, and none is given", fields.len()));
        } else {
            self.at = before;
        }
        Ok(self.gathered(start))
    }

    /// The fields up to and with the closing bracket.
    fn fields(
        &mut self,
        fields: impl ExactSizeIterator<Item = TypeId>,
        close: char,
        depth: usize,
    ) -> Result<(), Wrong> {
        for (at, ty) in fields.enumerate() {
            if at > 0 {
                self.blanks();
                self.expect(',')?;
            }
            let word = self.value(ty, Some(close), depth + 1)?;
            self.words.push(word);
        }
        self.blanks();
        self.expect(close)
    }

    fn gathered(&mut self, start: usize) -> Word {
        let word = self.values.record(&self.words[start..]);
        self.words.truncate(start);
        word
    }

    fn expect(&mut self, wanted: char) -> Result<(), Wrong> {
        if self.rest().starts_with(wanted) {
            self.at += wanted.len_utf8();
            return Ok(());
        }
        let found = match self.rest().chars().next() {
            Some(found) => format!("`{}`", found.escape_debug()),
            None => "the end".into(),
        };
        wrong(format!("`{wanted}` is wanted at character {}, and {found} found", self.character()))
    }

    /// A symbol without quotes, verbatim, or the text of a number.
    fn bare(&mut self, close: Option<char>) -> &'a str {
        let rest = self.rest();
        let length = match close {
            Some(close) => rest.find([',', close]).unwrap_or(rest.len()),
            None => rest.len(),
        };
        self.at += length;
        &rest[..length]
    }

    /// A symbol in quotes, with the escapes of the language.
    fn quoted(&mut self) -> Result<String, Wrong> {
        let start = self.character();
        self.at += 1;
        let mut text = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.at += at + 1;
                    return Ok(text);
                }
                '\\' => text.push(match characters.next() {
                    Some((_, 'a')) => '\u{7}',
                    Some((_, 'b')) => '\u{8}',
                    Some((_, 'f')) => '\u{c}',
                    Some((_, 'n')) => '\n',
                    Some((_, 'r')) => '\r',
                    Some((_, 't')) => '\t',
                    Some((_, 'v')) => '\u{b}',
                    Some((_, escaped @ ('"' | '\'' | '\\'))) => escaped,
                    Some((_, other)) => {
                        return wrong(format!("there is no escape `\\{}`", other.escape_debug()));
                    }
                    None => break,
                }),
                other => text.push(other),
            }
        }
        wrong(format!("the quote at character {start} is never closed"))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_ascii_start().len();
    }

    /// Where the parser stands, in characters from 1.
    fn character(&self) -> usize {
        self.text[..self.at].chars().count() + 1
    }
}

/// Why a text is no number of a kind: the end of a sentence.
pub(in crate::facts) fn refusal(kind: Kind, fault: Fault) -> &'static str {
    match (fault, kind) {
        (Fault::Shape, Kind::Unsigned) => "is not an unsigned number",
        (Fault::Shape, Kind::Float) => "is not a float",
        (Fault::Shape, _) => "is not a number",
        (Fault::Range, Kind::Float) => "does not fit a float",
        (Fault::Range, _) => "does not fit 64 bits",
    }
}
