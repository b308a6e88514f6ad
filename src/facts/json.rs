//! Rows from JSON: one array of rows, or a row a line.
//!
//! A row is an array of values or an object by column. Records are arrays or objects by field, `nil` is null; a branch
//! is an object with one key, `{"$Node": [..]}`; floats that JSON lacks are the texts `"nan"`, `"inf"`, `"-inf"`.

use serde_json::{Deserializer, Map, Value as Json};

use super::rows::{Rows, Target, quoted};
use crate::diagnostic::{Code, Diagnostic, code, suggest};
use crate::program::Column;
use crate::symbol::Symbol;
use crate::value::{Field, Kind, Type, TypeId, TypeTable, Values, Word};

/// Reads an array of rows for a relation of these columns. `name` is the file's, for messages.
///
/// Rows that are wrong are reported, with line and column of their start, and left out; text that is not JSON is
/// reported where it stops being so, and nothing after it is read.
#[must_use]
pub fn read(
    bytes: &[u8],
    columns: &[Column],
    types: &TypeTable,
    values: &mut Values,
    name: &str,
) -> (Rows, Vec<Diagnostic>) {
    let mut reader = Reader::new(bytes, Target::new(columns, types, values, name));
    reader.array();
    reader.target.finish()
}

/// Reads rows that stand one after the other, as a rule one a line (`.ndjson`, `.jsonl`); otherwise as [`read`].
#[must_use]
pub fn read_lines(
    bytes: &[u8],
    columns: &[Column],
    types: &TypeTable,
    values: &mut Values,
    name: &str,
) -> (Rows, Vec<Diagnostic>) {
    let mut reader = Reader::new(bytes, Target::new(columns, types, values, name));
    reader.blanks();
    while reader.at < bytes.len() && reader.row() {
        reader.blanks();
    }
    reader.target.finish()
}

struct Reader<'a, 't> {
    target: Target<'t>,
    bytes: &'a [u8],
    at: usize,
    /// Line breaks before this byte are counted in `line`.
    counted: usize,
    /// From 1.
    line: u32,
}

impl<'a, 't> Reader<'a, 't> {
    fn new(bytes: &'a [u8], target: Target<'t>) -> Self {
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { target, bytes, at, counted: at, line: 1 }
    }

    fn array(&mut self) {
        self.blanks();
        if self.next() != Some(b'[') {
            self.stray("the file is not an array of rows");
            return;
        }
        self.at += 1;
        self.blanks();
        if self.next() == Some(b']') {
            self.at += 1;
        } else {
            while self.row() {
                self.blanks();
                match self.next() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return self.stray("`,` or `]` is wanted after a row"),
                }
                self.blanks();
            }
            if self.next() != Some(b']') {
                return;
            }
            self.at += 1;
        }
        self.blanks();
        if self.at < self.bytes.len() {
            self.stray("there is more after the array of rows");
        }
    }

    /// Reads a row; false if it is not JSON.
    fn row(&mut self) -> bool {
        let start = self.at;
        let line = self.line_of(start);
        let mut stream = Deserializer::from_slice(&self.bytes[start..]).into_iter::<Json>();
        let row = match stream.next() {
            Some(Ok(row)) => row,
            Some(Err(error)) => {
                // The error counts from the row's start.
                let lines = self.bytes[start..].split_inclusive(|&byte| byte == b'\n');
                let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
                let at = start + before + error.column().saturating_sub(1);
                let text = error.to_string();
                let reason = text.split(" at line ").next().unwrap_or(&text);
                self.complain(code::ROW_SHAPE, at, format!("this is not JSON: {reason}"), None);
                return false;
            }
            None => {
                self.stray("a row is wanted");
                return false;
            }
        };
        self.at = start + stream.byte_offset();
        let from = self.target.rows.words.len();
        match self.words(&row) {
            Ok(()) => self.target.rows.lines.push(line),
            Err(Wrong { code, message, help }) => {
                self.target.rows.words.truncate(from);
                self.complain(code, start, message, help);
            }
        }
        true
    }

    fn words(&mut self, row: &Json) -> Result<(), Wrong> {
        let columns = self.target.columns;
        match row {
            Json::Array(items) => {
                if items.len() != columns.len() {
                    let (found, wanted) = (items.len(), columns.len());
                    let plural = if found == 1 { "" } else { "s" };
                    let names = self.target.column_names();
                    let message = format!("the row has {found} column{plural}, and {wanted} are wanted ({names})");
                    return Err(Wrong { code: code::ROW_SHAPE, message, help: None });
                }
                for (column, item) in columns.iter().zip(items) {
                    self.column(column, item)?;
                }
                Ok(())
            }
            Json::Object(items) => {
                let known = |key: &str| columns.iter().any(|column| self.target.name(column.name) == key);
                if let Some(key) = items.keys().find(|key| !known(key)) {
                    let message = format!("the row has a key {}, and there is no such column", quoted(key));
                    return Err(Wrong { code: code::ROW_SHAPE, message, help: Some(self.target.column_help(key)) });
                }
                for column in columns {
                    let name = self.target.name(column.name);
                    let Some(item) = items.get(name) else {
                        let message = format!("the row has no column `{name}`");
                        return Err(Wrong { code: code::ROW_SHAPE, message, help: None });
                    };
                    self.column(column, item)?;
                }
                Ok(())
            }
            other => {
                let message = format!("a row is an array or an object, and this is {}", sort(other));
                Err(Wrong { code: code::ROW_SHAPE, message, help: None })
            }
        }
    }

    fn column(&mut self, column: &Column, item: &Json) -> Result<(), Wrong> {
        let Target { types, values, .. } = &mut self.target;
        match encode(types, values, column.ty, item) {
            Ok(word) => {
                self.target.rows.words.push(word);
                Ok(())
            }
            Err(reason) => {
                let name = self.target.name(column.name);
                let wanted = self.target.wanted(column.ty);
                let found = quoted_json(item);
                let message = match reason {
                    Some(reason) => format!("column `{name}` wants {wanted}, and {found} is not: {reason}"),
                    None => format!("column `{name}` wants {wanted}, and {found} is not"),
                };
                Err(Wrong { code: code::ROW_VALUE, message, help: None })
            }
        }
    }

    fn blanks(&mut self) {
        while self.next().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn next(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn stray(&mut self, message: &str) {
        let message =
            if self.at < self.bytes.len() { message.to_owned() } else { format!("{message}, and the file ends") };
        self.complain(code::ROW_SHAPE, self.at, message, None);
    }

    /// Reports an error at a byte, by line and column (in characters).
    fn complain(&mut self, code: &'static Code, at: usize, message: String, help: Option<String>) {
        if !self.target.errors.counts() {
            return;
        }
        let before = &self.bytes[..at.min(self.bytes.len())];
        let before = before.strip_prefix(b"\xef\xbb\xbf").unwrap_or(before);
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        // Bytes that continue a character are not counted.
        let column = before[start..].iter().filter(|&&byte| byte & 0xc0 != 0x80).count() + 1;
        let place = format!("{}:{line}:{column}", self.target.errors.file());
        self.target.errors.show(Diagnostic::new(code, message).place(place).maybe_help(help));
    }

    /// The line of a byte that is not before the last one asked for.
    fn line_of(&mut self, at: usize) -> u32 {
        let lines = self.bytes[self.counted..at].iter().filter(|&&byte| byte == b'\n').count();
        self.counted = at;
        self.line = self.line.saturating_add(narrow(lines));
        self.line
    }
}

/// What is wrong with a row.
struct Wrong {
    code: &'static Code,
    message: String,
    help: Option<String>,
}

fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The word of a JSON value. The error says why, where that is not plain from the type. Depth is bounded by the parser.
fn encode(types: &TypeTable, values: &mut Values, ty: TypeId, item: &Json) -> Result<Word, Option<String>> {
    let too_large = || Some("it does not fit 64 bits".to_owned());
    match (types.kind(ty), item) {
        (Kind::Number, Json::Number(number)) => match number.as_i64() {
            Some(value) => Ok(values.number(value)),
            None if is_whole(number) => Err(too_large()),
            None => Err(None),
        },
        (Kind::Unsigned, Json::Number(number)) => match number.as_u64() {
            Some(value) => Ok(values.unsigned(value)),
            None if is_whole(number) && number.as_i64().is_none() => Err(too_large()),
            None => Err(None),
        },
        (Kind::Float, Json::Number(number)) => number.as_f64().map(|value| values.float(value)).ok_or(None),
        (Kind::Float, Json::String(text)) => match text.as_str() {
            "nan" => Ok(values.float(f64::NAN)),
            "inf" => Ok(values.float(f64::INFINITY)),
            "-inf" => Ok(values.float(f64::NEG_INFINITY)),
            _ => Err(None),
        },
        (Kind::Symbol, Json::String(text)) => Ok(values.symbol(text)),
        (Kind::Record, Json::Null) => Ok(0),
        (Kind::Record, Json::Array(_) | Json::Object(_)) => {
            let Type::Record { fields } = types.get(ty) else { return Err(None) };
            let mut words = Vec::with_capacity(fields.len());
            encode_fields(types, values, fields, item, &mut words)?;
            Ok(values.record(&words))
        }
        (Kind::Adt, Json::Object(map)) => encode_branch(types, values, ty, map),
        _ => Err(None),
    }
}

fn encode_branch(
    types: &TypeTable,
    values: &mut Values,
    ty: TypeId,
    map: &Map<String, Json>,
) -> Result<Word, Option<String>> {
    let Type::Adt { branches } = types.get(ty) else { return Err(None) };
    let mut keys = map.iter();
    let (Some((key, fields)), None) = (keys.next(), keys.next()) else {
        return Err(Some("a branch is an object with one key, its name after `$`".into()));
    };
    let named = |symbol: Symbol| values.symbols.get(symbol);
    let name = key.strip_prefix('$').unwrap_or("");
    let Some(tag) = branches.iter().position(|branch| named(branch.name) == name) else {
        let near = suggest(name, branches.iter().map(|branch| named(branch.name)));
        return Err(Some(match near {
            Some(near) => format!("there is no branch {}: did you mean `${near}`?", quoted(key)),
            None => format!("there is no branch {}", quoted(key)),
        }));
    };
    let mut words = vec![narrow(tag)];
    encode_fields(types, values, &branches[tag].fields, fields, &mut words)?;
    Ok(values.record(&words))
}

fn encode_fields(
    types: &TypeTable,
    values: &mut Values,
    fields: &[Field],
    item: &Json,
    words: &mut Vec<Word>,
) -> Result<(), Option<String>> {
    let count = match item {
        Json::Array(items) => items.len(),
        Json::Object(map) => map.len(),
        _ => return Err(Some(format!("fields are an array or an object, and this is {}", sort(item)))),
    };
    if count != fields.len() {
        return Err(Some(format!("it has {} fields, and {count} are given", fields.len())));
    }
    for (at, field) in fields.iter().enumerate() {
        let name = values.symbols.get(field.name);
        let part = match item {
            Json::Array(items) => items.get(at),
            Json::Object(map) => map.get(name),
            _ => None,
        };
        let Some(part) = part else { return Err(Some(format!("there is no field `{name}`"))) };
        let name = name.to_owned();
        let word = encode(types, values, field.ty, part).map_err(|reason| {
            let reason = reason.unwrap_or_else(|| {
                let kind = types.kind(field.ty).name();
                format!("it wants a value of type {kind}, and {} is none", quoted_json(part))
            });
            Some(format!("field `{name}`: {reason}"))
        })?;
        words.push(word);
    }
    Ok(())
}

/// Whether a number is an integer, perhaps one of more than 64 bits.
fn is_whole(number: &serde_json::Number) -> bool {
    number.as_f64().is_some_and(|value| value.fract() == 0.0) && (!number.is_f64() || number.as_f64() >= Some(9e18))
        || number.as_f64() <= Some(-9e18)
}

/// What a JSON value is, in words.
fn sort(item: &Json) -> &'static str {
    match item {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

/// A JSON value for a message, cut where it is long.
fn quoted_json(item: &Json) -> String {
    const LONGEST: usize = 60;
    let text = item.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
