//! Delimited text: plain as `.output` writes it, quoted as RFC 4180 has it. `facts::delimited` reads both back.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Table;
use crate::program::Column;
use crate::value::{Kind, TypeTable, Value, Values, Word};

/// How plain text is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// Between two fields.
    pub delimiter: String,
    /// A first line with the names of the columns.
    pub headers: bool,
    /// `--compat souffle`: symbols as they are, whatever they hold. Rows may then not read back.
    pub verbatim: bool,
}

impl Default for Plain {
    /// Separated by tabs, no header.
    fn default() -> Self {
        Self { delimiter: "\t".into(), headers: false, verbatim: false }
    }
}

/// How quoted text is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv {
    /// Between two fields.
    pub delimiter: String,
    /// A first line with the names of the columns.
    pub headers: bool,
    /// Puts `'` before symbols that a spreadsheet would take for a formula. They read back with it.
    pub guard_formulas: bool,
}

impl Default for Csv {
    /// Separated by commas, with a header.
    fn default() -> Self {
        Self { delimiter: ",".into(), headers: true, guard_formulas: false }
    }
}

/// Writes rows as `.output` does: one a line, no quotes. Tab, line feed, carriage return, and a backslash that could be
/// mistaken for part of an escape, are escaped in symbols. A relation without columns is the line `()` where it holds.
///
/// # Errors
/// As the writer's; a field that holds the delimiter, which nothing could read back.
pub fn plain(table: Table<'_>, format: &Plain, out: &mut dyn Write) -> io::Result<()> {
    let names = table.columns.iter().map(|(name, _)| name.as_str());
    let mut writer = PlainWriter::new(format, names, out)?;
    for row in table.rows {
        writer.row(row.len(), |at, field| match &row[at] {
            Value::Symbol(text) => escaped(format, text, field),
            other => nested(other, field),
        })?;
    }
    Ok(())
}

/// Writes encoded rows as [`plain`] does, without making values of numbers and symbols.
///
/// # Errors
/// As [`plain`].
pub fn plain_words<'a>(
    rows: impl IntoIterator<Item = &'a [Word]>,
    columns: &[Column],
    types: &TypeTable,
    values: &Values,
    format: &Plain,
    out: &mut dyn Write,
) -> io::Result<()> {
    let kinds: Vec<Kind> = columns.iter().map(|column| types.kind(column.ty)).collect();
    let names = columns.iter().map(|column| values.symbols.get(column.name));
    let mut writer = PlainWriter::new(format, names, out)?;
    for row in rows {
        writer.row(columns.len(), |at, field| match kinds[at] {
            Kind::Symbol => escaped(format, values.get_symbol(row[at]), field),
            Kind::Number => integer(values.get_number(row[at]).into(), field),
            Kind::Unsigned => integer(values.get_unsigned(row[at]).into(), field),
            Kind::Float | Kind::Record | Kind::Adt => nested(&values.decode(types, columns[at].ty, row[at]), field),
        })?;
    }
    Ok(())
}

/// Rows on their way out; one buffer for all of them.
struct PlainWriter<'f> {
    format: &'f Plain,
    out: &'f mut dyn Write,
    line: String,
    first: bool,
    /// Records may hold commas: readers know where they end.
    commas: bool,
}

impl<'f> PlainWriter<'f> {
    fn new<'n>(format: &'f Plain, names: impl Iterator<Item = &'n str>, out: &'f mut dyn Write) -> io::Result<Self> {
        let commas = format.delimiter.contains(',');
        let mut writer = Self { format, out, line: String::new(), first: true, commas };
        if format.headers {
            let names: Vec<&str> = names.collect();
            writer.line.push_str(&names.join(&format.delimiter));
            writer.end()?;
        }
        Ok(writer)
    }

    fn row(&mut self, arity: usize, mut field: impl FnMut(usize, &mut String)) -> io::Result<()> {
        if arity == 0 {
            self.line.push_str("()");
        }
        for at in 0..arity {
            if at > 0 {
                self.line.push_str(&self.format.delimiter);
            }
            let start = self.line.len();
            field(at, &mut self.line);
            let text = &self.line[start..];
            if !self.format.verbatim
                && self.format.delimiter != "\t"
                && text.contains(&self.format.delimiter)
                && !(self.commas && text.starts_with(['[', '$']))
            {
                let value = Value::Symbol(text.to_owned()).literal();
                let delimiter = Value::Symbol(self.format.delimiter.clone()).literal();
                let message = format!("the field {value} holds the delimiter {delimiter}: write it with rfc4180=true");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
        }
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        // Readers drop one byte order mark: a text that starts with one needs two.
        if std::mem::take(&mut self.first) && !self.format.verbatim && self.line.starts_with('\u{feff}') {
            self.out.write_all("\u{feff}".as_bytes())?;
        }
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        Ok(())
    }
}

fn escaped(format: &Plain, text: &str, field: &mut String) {
    if format.verbatim || !text.contains(['\\', '\t', '\n', '\r']) {
        field.push_str(text);
        return;
    }
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\t' => field.push_str("\\t"),
            '\n' => field.push_str("\\n"),
            '\r' => field.push_str("\\r"),
            // Only before these would a reader take it for an escape.
            '\\' if matches!(characters.peek(), Some('t' | 'n' | 'r' | '\\' | '\t' | '\n' | '\r')) => {
                field.push_str("\\\\");
            }
            other => field.push(other),
        }
    }
}

/// Writes an integer without going through formatting.
fn integer(value: i128, field: &mut String) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    // 64 bits of either kind fit.
    let mut rest = u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX);
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        field.push('-');
    }
    field.extend(digits[at..].iter().map(|&digit| char::from(digit)));
}

/// A record or branch as fact files have it.
pub(super) fn field(value: &Value) -> String {
    let mut field = String::new();
    nested(value, &mut field);
    field
}

/// Writes a value that is no symbol by itself: within records symbols are quoted where they could be misread.
fn nested(value: &Value, field: &mut String) {
    match value {
        Value::Symbol(text) => {
            let bare = !text.is_empty()
                && !text.starts_with(char::is_whitespace)
                && !text.ends_with(char::is_whitespace)
                && !text.contains([',', ']', ')', '"', '\t', '\n', '\r']);
            if bare {
                field.push_str(text);
            } else {
                field.push_str(&value.literal());
            }
        }
        Value::Record(fields) => {
            field.push('[');
            nested_all(fields, field);
            field.push(']');
        }
        Value::Branch(name, fields) => {
            field.extend(["$", name]);
            if !fields.is_empty() {
                field.push('(');
                nested_all(fields, field);
                field.push(')');
            }
        }
        Value::Number(_) | Value::Unsigned(_) | Value::Float(_) | Value::Nil => field.push_str(&value.to_string()),
    }
}

fn nested_all(values: &[Value], field: &mut String) {
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            field.push_str(", ");
        }
        nested(value, field);
    }
}

/// Writes rows as RFC 4180 has them, lines ending in a line feed; fields are quoted where they must be.
///
/// # Errors
/// As the writer's.
pub fn csv(table: Table<'_>, format: &Csv, out: &mut dyn Write) -> io::Result<()> {
    let mut line = String::new();
    if format.headers && !table.columns.is_empty() {
        line_of(&mut line, table.columns.iter().map(|(name, _)| Cow::Borrowed(name.as_str())), format);
        out.write_all(line.as_bytes())?;
    }
    for row in table.rows {
        line.clear();
        if row.is_empty() {
            line.push_str("()\n");
        } else {
            let fields = row.iter().map(|value| match value {
                Value::Symbol(text)
                    if format.guard_formulas && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) =>
                {
                    Cow::Owned(format!("'{text}"))
                }
                Value::Symbol(text) => Cow::Borrowed(text.as_str()),
                other => {
                    let mut field = String::new();
                    nested(other, &mut field);
                    Cow::Owned(field)
                }
            });
            line_of(&mut line, fields, format);
        }
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn line_of<'a>(line: &mut String, fields: impl Iterator<Item = Cow<'a, str>>, format: &Csv) {
    for (at, field) in fields.enumerate() {
        if at > 0 {
            line.push_str(&format.delimiter);
        }
        let quote = field.is_empty()
            || field.contains(['"', '\n', '\r', '\u{feff}'])
            || field.contains(&format.delimiter)
            || field.starts_with(' ')
            || field.ends_with(' ');
        if quote {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&field);
        }
    }
    line.push('\n');
}
