//! Rows from JSON: one array of rows, or a row a line.
//!
//! A row is an array of values or an object by column. Records are arrays or objects by field, `nil` is null; a branch
//! is an object with one key, `{"$Node": [..]}`; floats that JSON lacks are the texts `"nan"`, `"inf"`, `"-inf"`.

pub(crate) mod parse;

use super::rows::{DataFile, Rows, Target, quoted};
use super::scalar::{self, Fault as Refusal};
use crate::diagnostic::{Code, Diagnostic, code, suggest};
use crate::program::Column;
use crate::symbol::Symbol;
use crate::value::{Field, Kind, Type, TypeId, TypeTable, Values, Word};
use parse::{Node, NodeKind};

/// Reads an array of rows for a relation of these columns.
///
/// Rows that are wrong are reported, with line and column of what is wrong, and left out; text that is not JSON is
/// reported where it stops being so, and nothing after it is read.
#[must_use]
pub fn read(
    file: &DataFile<'_>,
    columns: &[Column],
    types: &TypeTable,
    values: &mut Values,
) -> (Rows, Vec<Diagnostic>) {
    read_with(Target::new(file, columns, types, values), false)
}

/// Reads rows that stand one after the other, as a rule one a line (`.ndjson`, `.jsonl`); otherwise as [`read`].
#[must_use]
pub fn read_lines(
    file: &DataFile<'_>,
    columns: &[Column],
    types: &TypeTable,
    values: &mut Values,
) -> (Rows, Vec<Diagnostic>) {
    read_with(Target::new(file, columns, types, values), true)
}

fn read_with(mut target: Target<'_>, lines: bool) -> (Rows, Vec<Diagnostic>) {
    let Some(text) = target.decode() else { return target.finish() };
    let mut reader = Reader { target, text, at: 0, read: 0, counted: 0, line: 1 };
    if lines {
        reader.rows();
    } else {
        reader.array();
    }
    reader.target.finish()
}

struct Reader<'a, 't> {
    target: Target<'t>,
    text: &'a str,
    at: usize,
    /// How many rows were read, wrong ones too.
    read: usize,
    /// Line breaks before this byte are counted in `line`.
    counted: usize,
    /// From 1.
    line: u32,
}

impl Reader<'_, '_> {
    fn rows(&mut self) {
        self.blanks();
        while self.at < self.text.len() && self.row() {
            self.blanks();
        }
    }

    fn array(&mut self) {
        self.blanks();
        if self.next() != Some(b'[') {
            return self.stray("the file is not an array of rows");
        }
        self.at += 1;
        self.blanks();
        if self.next() != Some(b']') {
            loop {
                if !self.row() {
                    return;
                }
                self.blanks();
                match self.next() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return self.stray("`,` or `]` is wanted after a row"),
                }
            }
        }
        self.at += 1;
        self.blanks();
        if self.at < self.text.len() {
            self.stray("there is more after the array of rows");
        }
    }

    /// Reads a row; false if it is not JSON, or reading is to stop.
    fn row(&mut self) -> bool {
        self.read += 1;
        if self.target.file.stops(self.read) {
            return false;
        }
        let row = match parse::value(self.text, self.at) {
            Ok(row) => row,
            Err(fault) => {
                self.complain(code::ROW_SHAPE, fault.at, format!("this is not JSON: {}", fault.reason), None);
                return false;
            }
        };
        self.at = row.end;
        let line = self.line_of(row.start);
        let from = self.target.rows.words.len();
        match self.words(&row) {
            Ok(()) => self.target.rows.lines.push(line),
            Err(Wrong { code, at, message, help }) => {
                self.target.rows.words.truncate(from);
                self.complain(code, at, message, help);
            }
        }
        true
    }

    fn words(&mut self, row: &Node<'_>) -> Result<(), Wrong> {
        let columns = self.target.columns;
        let shape =
            |at: usize, message: String, help: Option<String>| Err(Wrong { code: code::ROW_SHAPE, at, message, help });
        match &row.kind {
            NodeKind::Array(items) => {
                if items.len() != columns.len() {
                    let (found, wanted) = (items.len(), columns.len());
                    let plural = if found == 1 { "" } else { "s" };
                    let names = self.target.column_names();
                    let message = format!("the row has {found} column{plural}, and {wanted} are wanted ({names})");
                    return shape(row.start, message, None);
                }
                for (column, item) in columns.iter().zip(items) {
                    self.column(column, item)?;
                }
                Ok(())
            }
            NodeKind::Object(items) => {
                let known = |key: &str| columns.iter().any(|column| self.target.name(column.name) == key);
                if let Some((key, _)) = items.iter().find(|(key, _)| !known(key)) {
                    let message = format!("the row has a key {}, and there is no such column", quoted(key));
                    return shape(row.start, message, Some(self.target.column_help(key)));
                }
                for column in columns {
                    let name = self.target.name(column.name);
                    let Some((_, item)) = items.iter().find(|(key, _)| key == name) else {
                        return shape(row.start, format!("the row has no column `{name}`"), None);
                    };
                    self.column(column, item)?;
                }
                Ok(())
            }
            _ => shape(row.start, format!("a row is an array or an object, and this is {}", sort(row)), None),
        }
    }

    fn column(&mut self, column: &Column, item: &Node<'_>) -> Result<(), Wrong> {
        let Target { types, values, .. } = &mut self.target;
        match encode(types, values, column.ty, item) {
            Ok(word) => {
                self.target.rows.words.push(word);
                Ok(())
            }
            Err(Misfit { at, range, ty, reason }) => {
                let name = self.target.name(column.name);
                let wanted = self.target.wanted(ty);
                let found = cut(&self.text[range]);
                let message = match reason {
                    Some(reason) => format!("column `{name}` wants {wanted}, and {found} is not: {reason}"),
                    None => format!("column `{name}` wants {wanted}, and {found} is not"),
                };
                Err(Wrong { code: code::ROW_VALUE, at, message, help: None })
            }
        }
    }

    fn blanks(&mut self) {
        self.at = parse::blanks(self.text, self.at);
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn stray(&mut self, message: &str) {
        let message =
            if self.at < self.text.len() { message.to_owned() } else { format!("{message}, and the file ends") };
        self.complain(code::ROW_SHAPE, self.at, message, None);
    }

    /// Reports an error at a byte, by line and column (in characters).
    fn complain(&mut self, code: &'static Code, at: usize, message: String, help: Option<String>) {
        if !self.target.errors.counts() {
            return;
        }
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        let place = format!("{}:{line}:{column}", self.target.errors.file());
        self.target.errors.show(Diagnostic::new(code, message).place(place).maybe_help(help));
    }

    /// The line of a byte that is not before the last one asked for.
    fn line_of(&mut self, at: usize) -> u32 {
        let lines = self.text.as_bytes()[self.counted..at].iter().filter(|&&byte| byte == b'\n').count();
        self.counted = at;
        self.line = self.line.saturating_add(narrow(lines));
        self.line
    }
}

/// What is wrong with a row.
struct Wrong {
    code: &'static Code,
    at: usize,
    message: String,
    help: Option<String>,
}

/// A value that is none of its type.
pub(crate) struct Misfit {
    at: usize,
    /// The bytes that it takes.
    pub(crate) range: std::ops::Range<usize>,
    /// The type that is wanted there.
    pub(crate) ty: TypeId,
    /// Why, where that is not plain from the type.
    pub(crate) reason: Option<String>,
}

impl Misfit {
    fn new(item: &Node<'_>, ty: TypeId, reason: Option<String>) -> Self {
        Self { at: item.start, range: item.start..item.end, ty, reason }
    }
}

fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The word of a value. Depth is bounded by the parser.
pub(crate) fn encode(types: &TypeTable, values: &mut Values, ty: TypeId, item: &Node<'_>) -> Result<Word, Misfit> {
    let refused = |fault: Refusal| {
        let reason = match fault {
            Refusal::Shape => None,
            Refusal::Range => Some("it does not fit 64 bits".to_owned()),
        };
        Misfit::new(item, ty, reason)
    };
    match (types.kind(ty), &item.kind) {
        (Kind::Number, NodeKind::Number(text)) => {
            scalar::number(text.as_bytes()).map(|value| values.number(value)).map_err(refused)
        }
        (Kind::Unsigned, NodeKind::Number(text)) => {
            scalar::unsigned(text.as_bytes()).map(|value| values.unsigned(value)).map_err(refused)
        }
        (Kind::Float, NodeKind::Number(text)) => {
            scalar::float(text.as_bytes()).map(|value| values.float(value)).map_err(refused)
        }
        (Kind::Float, NodeKind::Text(text)) => match text.as_ref() {
            "nan" => Ok(values.float(f64::NAN)),
            "inf" => Ok(values.float(f64::INFINITY)),
            "-inf" => Ok(values.float(f64::NEG_INFINITY)),
            _ => Err(Misfit::new(item, ty, None)),
        },
        (Kind::Symbol, NodeKind::Text(text)) if text.contains('\0') => {
            Err(Misfit::new(item, ty, Some("no symbol holds NUL".into())))
        }
        (Kind::Symbol, NodeKind::Text(text)) => Ok(values.symbol(text)),
        (Kind::Record, NodeKind::Null) => Ok(0),
        (Kind::Record, NodeKind::Array(_) | NodeKind::Object(_)) => {
            let Type::Record { fields } = types.get(ty) else { return Err(Misfit::new(item, ty, None)) };
            let mut words = Vec::with_capacity(fields.len());
            encode_fields(types, values, ty, fields, item, &mut words)?;
            Ok(values.record(&words))
        }
        (Kind::Adt, NodeKind::Object(keys)) => encode_branch(types, values, ty, item, keys),
        _ => Err(Misfit::new(item, ty, None)),
    }
}

fn encode_branch(
    types: &TypeTable,
    values: &mut Values,
    ty: TypeId,
    item: &Node<'_>,
    keys: &[(std::borrow::Cow<'_, str>, Node<'_>)],
) -> Result<Word, Misfit> {
    let misfit = |reason: String| Err(Misfit::new(item, ty, Some(reason)));
    let Type::Adt { branches } = types.get(ty) else { return Err(Misfit::new(item, ty, None)) };
    let [(key, fields)] = keys else {
        return misfit("a branch is an object with one key, its name after `$`".into());
    };
    let named = |symbol: Symbol| values.symbols.get(symbol);
    let name = key.strip_prefix('$').unwrap_or("");
    let Some(tag) = branches.iter().position(|branch| named(branch.name) == name) else {
        let near = suggest(name, branches.iter().map(|branch| named(branch.name)));
        return misfit(match near {
            Some(near) => format!("there is no branch {}: did you mean `${near}`?", quoted(key)),
            None => format!("there is no branch {}", quoted(key)),
        });
    };
    let mut words = vec![narrow(tag)];
    encode_fields(types, values, ty, &branches[tag].fields, fields, &mut words)?;
    Ok(values.record(&words))
}

fn encode_fields(
    types: &TypeTable,
    values: &mut Values,
    ty: TypeId,
    fields: &[Field],
    item: &Node<'_>,
    words: &mut Vec<Word>,
) -> Result<(), Misfit> {
    let misfit = |reason: String| Err(Misfit::new(item, ty, Some(reason)));
    let count = match &item.kind {
        NodeKind::Array(items) => items.len(),
        NodeKind::Object(keys) => keys.len(),
        _ => return misfit(format!("fields are an array or an object, and this is {}", sort(item))),
    };
    if count != fields.len() {
        return misfit(format!("it has {} fields, and {count} are given", fields.len()));
    }
    for (at, field) in fields.iter().enumerate() {
        let name = values.symbols.get(field.name);
        let part = match &item.kind {
            NodeKind::Array(items) => items.get(at),
            NodeKind::Object(keys) => keys.iter().find(|(key, _)| key == name).map(|(_, part)| part),
            _ => None,
        };
        let Some(part) = part else { return misfit(format!("there is no field `{name}`")) };
        words.push(encode(types, values, field.ty, part)?);
    }
    Ok(())
}

/// What a JSON value is, in words.
pub(crate) fn sort(item: &Node<'_>) -> &'static str {
    match &item.kind {
        NodeKind::Null => "null",
        NodeKind::Boolean(_) => "true or false",
        NodeKind::Number(_) => "a number",
        NodeKind::Text(_) => "a text",
        NodeKind::Array(_) => "an array",
        NodeKind::Object(_) => "an object",
    }
}

/// The text of a value for a message, on one line, cut where it is long.
pub(crate) fn cut(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests;
