//! Rows from delimited text: `.facts`, `.csv`, `.tsv`.
//!
//! Plain files have one row a line and no quotes; tab, line feed, carriage return and backslash within a symbol are
//! written `\t`, `\n`, `\r`, `\\`, as plain output writes them, and a backslash before anything else is itself.
//! Files after RFC 4180 quote fields and know no escapes.

mod nested;
mod pieces;

use std::borrow::Cow;
use std::ops::Range;

use super::rows::{DataFile, Rows, Target, quoted};
use super::scalar;
use crate::diagnostic::{Code, Diagnostic, code};
use crate::program::Column;
use crate::value::{Kind, TypeTable, Values, Word};
use nested::Wrong;
pub(super) use nested::refusal;

/// How a file separates its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// Between two fields; one or more characters.
    pub delimiter: String,
    /// Quoted fields, as RFC 4180 has them.
    pub rfc4180: bool,
    /// The first line is not a row.
    pub headers: bool,
    /// For each column of the relation the column of the file, from 0. Without it they are the same, and a row may have
    /// no more.
    pub columns: Option<Vec<usize>>,
    /// `--compat souffle`: more columns than wanted are ignored, and symbols are taken verbatim.
    pub lenient: bool,
}

impl Default for Format {
    /// `.input` without parameters: separated by tabs.
    fn default() -> Self {
        Self { delimiter: "\t".into(), rfc4180: false, headers: false, columns: None, lenient: false }
    }
}

impl Format {
    /// Comma separated, quoted, with a header: `--facts x.csv`.
    #[must_use]
    pub fn csv() -> Self {
        Self { delimiter: ",".into(), rfc4180: true, headers: true, ..Self::default() }
    }

    /// Sets a parameter of an `.input` directive: `delimiter`, `rfc4180`, `headers`, `columns`. False if it is none of
    /// these.
    ///
    /// # Errors
    /// Its value makes no sense; the message says why.
    pub fn parameter(&mut self, key: &str, value: &str) -> Result<bool, String> {
        let truth = || match value {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(format!("`{key}` is `true` or `false`, not {}", quoted(value))),
        };
        match key {
            "delimiter" if value.is_empty() || value.contains(['\n', '\r']) => {
                return Err(format!("no delimiter can be {}", quoted(value)));
            }
            "delimiter" => value.clone_into(&mut self.delimiter),
            "rfc4180" => {
                self.rfc4180 = truth()?;
                if self.rfc4180 && self.delimiter == "\t" {
                    self.delimiter = ",".into();
                }
            }
            "headers" => self.headers = truth()?,
            "columns" => {
                let columns: Result<Vec<usize>, _> = value.split(':').map(|at| at.trim().parse()).collect();
                match columns {
                    Ok(columns) => self.columns = Some(columns),
                    Err(_) => {
                        return Err(format!("`columns` lists positions from 0, such as `2:0`, not {}", quoted(value)));
                    }
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// All parameters of a directive at once, in whatever order.
    ///
    /// # Errors
    /// As [`Self::parameter`]; or the delimiter of a quoted file holds a quote.
    pub fn from_parameters<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut format = Self::default();
        let mut all: Vec<_> = parameters.into_iter().collect();
        // What `rfc4180` makes the default must not undo a delimiter that is given.
        all.sort_by_key(|(key, _)| *key == "delimiter");
        for (key, value) in all {
            format.parameter(key, value)?;
        }
        if format.rfc4180 && format.delimiter.contains('"') {
            return Err("the delimiter of a file with quotes cannot hold a quote".into());
        }
        Ok(format)
    }
}

/// The last column that `columns` can name.
const FARTHEST: usize = 65_535;

/// Reads rows for a relation of these columns.
///
/// Rows that are wrong are reported, with their line, and left out.
#[must_use]
pub fn read(
    file: &DataFile<'_>,
    columns: &[Column],
    types: &TypeTable,
    values: &mut Values,
    format: &Format,
) -> (Rows, Vec<Diagnostic>) {
    let mut target = Target::new(file, columns, types, values);
    let Some(text) = target.decode() else { return target.finish() };
    let file_columns = match &format.columns {
        None => (0..columns.len()).map(Some).collect(),
        Some(map) if map.len() < columns.len() => {
            let message = format!("`columns` names {} of {} columns", map.len(), columns.len());
            target.errors.whole(code::BAD_PARAMETER, message);
            return target.finish();
        }
        Some(map) => {
            if let Some(far) = map.iter().find(|&&at| at > FARTHEST) {
                target.errors.whole(code::BAD_PARAMETER, format!("`columns` names column {far}: no file has so many"));
                return target.finish();
            }
            let mut file_columns = vec![None; map.iter().take(columns.len()).max().map_or(0, |most| most + 1)];
            for (column, &at) in map.iter().take(columns.len()).enumerate() {
                file_columns[at] = Some(column);
            }
            file_columns
        }
    };
    let mut reader = Reader::new(target, text, format, file_columns);
    reader.more_allowed = format.lenient || format.columns.is_some();
    reader.map = format.columns.as_deref();
    if format.headers
        && reader.split()
        && let Some(fault) = reader.fault
    {
        reader.complain(code::ROW_SHAPE, |_| (fault.to_owned(), None));
    }
    reader.rows();
    reader.target.finish()
}

/// Reads a file whose header names the relation's columns, in any order.
///
/// A header that names another column, a column twice or not all of them is reported; `format.columns` and
/// `format.headers` are not asked.
#[must_use]
pub fn read_named(
    file: &DataFile<'_>,
    columns: &[Column],
    types: &TypeTable,
    values: &mut Values,
    format: &Format,
) -> (Rows, Vec<Diagnostic>) {
    let mut target = Target::new(file, columns, types, values);
    let Some(text) = target.decode() else { return target.finish() };
    let mut reader = Reader::new(target, text, format, Vec::new());
    if !reader.split() {
        let names = reader.target.column_names();
        let message = format!("the file is empty: its first line names the columns ({names})");
        reader.target.errors.whole(code::ROW_SHAPE, message);
        return reader.target.finish();
    }
    let header: Vec<String> = (0..reader.fields.len()).map(|at| reader.field(at).trim().to_owned()).collect();
    let place = format!("{}:1", file.name);
    let mut file_columns = Vec::new();
    let mut faults = Vec::new();
    for title in &header {
        let found = columns.iter().position(|column| reader.target.name(column.name) == title);
        if let Some(at) = found
            && file_columns.contains(&Some(at))
        {
            faults.push(Diagnostic::new(code::ROW_SHAPE, format!("the header names column `{title}` twice")));
        }
        if found.is_none() && !format.lenient {
            let message = format!("the header names {}, and there is no such column", quoted(title));
            faults.push(Diagnostic::new(code::ROW_SHAPE, message).help(reader.target.column_help(title)));
        }
        file_columns.push(found);
    }
    // A column that a misspelt title was meant for is not missing as well.
    if faults.is_empty() {
        for (at, column) in columns.iter().enumerate() {
            if !file_columns.contains(&Some(at)) {
                let message = format!("the header does not name column `{}`", reader.target.name(column.name));
                let help = format!("its first line names all columns: {}", reader.target.column_names());
                faults.push(Diagnostic::new(code::ROW_SHAPE, message).help(help));
            }
        }
    }
    if !faults.is_empty() {
        for fault in faults {
            if reader.target.errors.counts() {
                reader.target.errors.show(fault.place(&place));
            }
        }
        return reader.target.finish();
    }
    reader.file_columns = file_columns;
    reader.more_allowed = format.lenient;
    reader.rows();
    reader.target.finish()
}

struct Reader<'a, 't> {
    target: Target<'t>,
    text: &'a str,
    format: &'a Format,
    /// For each column of the file, which column of the relation it fills. The file has at least these.
    file_columns: Vec<Option<usize>>,
    /// Whether it may have more.
    more_allowed: bool,
    /// For each column of the relation the column of the file, if the format says so.
    map: Option<&'a [usize]>,
    /// Where the next row starts.
    at: usize,
    /// Its line, from 1.
    line: u32,
    /// The line of the row in `fields`.
    row_line: u32,
    /// The row's whole text.
    row: Range<usize>,
    /// The fields of the row: ranges of the text, or of `unquoted`.
    fields: Vec<(Range<usize>, bool)>,
    /// Fields whose doubled quotes were undone.
    unquoted: String,
    /// What is wrong with the row's quotes.
    fault: Option<&'static str>,
    /// For each column the last symbol: columns often repeat.
    last: Vec<(&'a str, Word)>,
}

impl<'a, 't> Reader<'a, 't> {
    fn new(target: Target<'t>, text: &'a str, format: &'a Format, file_columns: Vec<Option<usize>>) -> Self {
        let empty = if target.kinds.contains(&Kind::Symbol) { target.values.symbol("") } else { 0 };
        let last = vec![("", empty); target.columns.len()];
        Self {
            target,
            text,
            format,
            file_columns,
            more_allowed: false,
            map: None,
            at: 0,
            line: 1,
            row_line: 1,
            row: 0..0,
            fields: Vec::new(),
            unquoted: String::new(),
            fault: None,
            last,
        }
    }

    fn rows(&mut self) {
        let arity = self.target.columns.len();
        if arity == 0 {
            // Any line at all makes it true.
            if self.at < self.text.len() {
                self.target.rows.lines.push(self.line);
            }
            return;
        }
        if self.pieces(arity) {
            return;
        }
        while !self.target.file.stops(self.line as usize - 1) && self.split() {
            let start = self.target.rows.words.len();
            if self.take(start, arity) {
                self.target.rows.lines.push(self.row_line);
            } else {
                self.target.rows.words.truncate(start);
            }
        }
    }

    /// Reads what is left in pieces, if it is large and nothing in it is out of the ordinary.
    fn pieces(&mut self, arity: usize) -> bool {
        let &[delimiter] = self.format.delimiter.as_bytes() else { return false };
        let rest = &self.text[self.at.min(self.text.len())..];
        let order: Option<Vec<usize>> = self.file_columns.iter().copied().collect();
        let Some(order) = order.filter(|order| order.len() == arity && !self.more_allowed) else { return false };
        if self.format.rfc4180 && rest.contains('"') {
            return false;
        }
        let kinds = std::mem::take(&mut self.target.kinds);
        let shape = pieces::Shape { delimiter, kinds: &kinds, order: &order, verbatim: self.format.rfc4180 };
        let read = pieces::read(rest, &shape, &self.target.file, self.target.values);
        self.target.kinds = kinds;
        let Some(words) = read else { return false };
        self.target.rows.lines = (self.line..).take(words.len() / arity).collect();
        self.target.rows.words = words;
        true
    }

    /// Encodes the fields of the row; false if something is wrong with it.
    fn take(&mut self, start: usize, arity: usize) -> bool {
        if let Some(fault) = self.fault.take() {
            self.complain(code::ROW_SHAPE, |_| (fault.to_owned(), None));
            return false;
        }
        let (found, wanted) = (self.fields.len(), self.file_columns.len());
        if found < wanted || (found > wanted && !self.more_allowed) {
            self.wrong_shape();
            return false;
        }
        self.target.rows.words.resize(start + arity, 0);
        for at in 0..wanted {
            let Some(column) = self.file_columns[at] else { continue };
            match self.value(at, column) {
                Some(word) => self.target.rows.words[start + column] = word,
                None => return false,
            }
        }
        // One column of the file may fill several of the relation: the last took it.
        if let Some(map) = self.map {
            for (column, &at) in map.iter().enumerate().take(arity) {
                if self.file_columns[at] != Some(column) {
                    match self.value(at, column) {
                        Some(word) => self.target.rows.words[start + column] = word,
                        None => return false,
                    }
                }
            }
        }
        true
    }

    #[inline]
    fn value(&mut self, at: usize, column: usize) -> Option<Word> {
        let (range, unquoted) = self.fields[at].clone();
        let kind = self.target.kinds[column];
        if !unquoted {
            let text = &self.text[range];
            match kind {
                Kind::Number => {
                    if let Ok(value) = scalar::number(text.as_bytes()) {
                        return Some(self.target.values.number(value));
                    }
                }
                Kind::Symbol => {
                    if self.last[column].0 != text {
                        let symbol = self.unescaped(text);
                        self.last[column] = (text, self.target.values.symbol(&symbol));
                    }
                    return Some(self.last[column].1);
                }
                Kind::Unsigned | Kind::Float | Kind::Record | Kind::Adt => {}
            }
        }
        self.rarer(at, column)
    }

    fn unescaped(&self, text: &'a str) -> Cow<'a, str> {
        if self.format.rfc4180 || self.format.lenient { Cow::Borrowed(text) } else { unescape(text) }
    }

    fn rarer(&mut self, at: usize, column: usize) -> Option<Word> {
        let ty = self.target.columns[column].ty;
        let kind = self.target.kinds[column];
        let unquoted = std::mem::take(&mut self.unquoted);
        let (range, in_unquoted) = self.fields[at].clone();
        let text = if in_unquoted { &unquoted[range] } else { &self.text[range] };
        let values = &mut *self.target.values;
        let refusal = |fault| Wrong { reason: nested::refusal(kind, fault).to_owned(), help: None };
        let result = match kind {
            Kind::Symbol => Ok(values.symbol(text)),
            Kind::Number => scalar::number(text.as_bytes()).map(|value| values.number(value)).map_err(refusal),
            Kind::Unsigned => scalar::unsigned(text.as_bytes()).map(|value| values.unsigned(value)).map_err(refusal),
            Kind::Float => scalar::float(text.as_bytes()).map(|value| values.float(value)).map_err(refusal),
            Kind::Record | Kind::Adt => nested::parse(text, ty, self.target.types, values),
        };
        let word = match result {
            Ok(word) => Some(word),
            Err(wrong) => {
                let text = text.to_owned();
                self.complain(code::ROW_VALUE, |target| {
                    let name = target.name(target.columns[column].name);
                    let message = if matches!(kind, Kind::Record | Kind::Adt) {
                        let wanted = target.wanted(ty);
                        format!("column `{name}` wants {wanted}, and {} is not: {}", quoted(&text), wrong.reason)
                    } else {
                        format!("column `{name}`: {} {}", quoted(&text), wrong.reason)
                    };
                    (message, wrong.help)
                });
                None
            }
        };
        self.unquoted = unquoted;
        word
    }

    fn wrong_shape(&mut self) {
        let found = self.fields.len();
        let wanted = self.file_columns.len();
        let row = self.text[self.row.clone()].to_owned();
        let delimiter = self.format.delimiter.clone();
        let mapped = self.file_columns.len() != self.target.columns.len();
        self.complain(code::ROW_SHAPE, |target| {
            let names = target.column_names();
            let plural = |count: usize| if count == 1 { "column" } else { "columns" };
            let least = if mapped { "at least " } else { "" };
            let expected = format!("{least}{wanted} {} wanted ({names})", if wanted == 1 { "is" } else { "are" });
            let message = if row.is_empty() {
                format!("the line is blank, and {least}{wanted} {} are wanted ({names})", plural(wanted))
            } else {
                format!("the row {} has {found} {}, and {expected}", quoted(&row), plural(found))
            };
            let other = ["\t", ",", ";", "|", " "].into_iter().find(|other| {
                *other != delimiter && !row.contains(&delimiter) && row.matches(other).count() + 1 == wanted
            });
            let help = other.filter(|_| wanted > 1).map(|other| {
                format!(
                    "fields are separated by {}; `delimiter={}` asks for another",
                    quoted(&delimiter),
                    quoted(other)
                )
            });
            (message, help)
        });
    }

    #[cold]
    fn complain(&mut self, code: &'static Code, what: impl FnOnce(&Target<'_>) -> (String, Option<String>)) {
        if self.target.errors.counts() {
            let (message, help) = what(&self.target);
            let place = format!("{}:{}", self.target.errors.file(), self.row_line);
            self.target.errors.show(Diagnostic::new(code, message).place(place).maybe_help(help));
        }
    }

    /// The text of a field of the current row.
    fn field(&self, at: usize) -> &str {
        let (range, unquoted) = self.fields[at].clone();
        if unquoted { &self.unquoted[range] } else { &self.text[range] }
    }

    /// Splits the next row into fields; false at the end.
    fn split(&mut self) -> bool {
        self.fields.clear();
        self.fault = None;
        if self.at >= self.text.len() {
            return false;
        }
        self.row_line = self.line;
        if self.format.rfc4180 {
            self.split_quoted();
        } else {
            self.split_plain();
        }
        true
    }

    fn split_plain(&mut self) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        if let &[delimiter] = self.format.delimiter.as_bytes()
            && delimiter != b','
        {
            let mut from = start;
            let mut at = start;
            while let Some(&byte) = bytes.get(at) {
                if byte == b'\n' {
                    break;
                }
                if byte == delimiter {
                    self.fields.push((from..at, false));
                    from = at + 1;
                }
                at += 1;
            }
            self.end_line(at);
            self.fields.push((from..self.row.end.max(from), false));
            return;
        }
        let end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        self.end_line(end);
        let end = self.row.end;
        let delimiter = self.format.delimiter.as_str();
        let mut from = start;
        loop {
            let rest = &self.text[from..end];
            // Records hold commas themselves.
            let column = self.file_columns.get(self.fields.len()).copied().flatten();
            let nests = delimiter.contains(',')
                && column.is_some_and(|column| matches!(self.target.kinds[column], Kind::Record | Kind::Adt));
            let length =
                if nests { nested::field_length(rest, delimiter) } else { rest.find(delimiter).unwrap_or(rest.len()) };
            self.fields.push((from..from + length, false));
            if length == rest.len() {
                return;
            }
            from += length + delimiter.len();
        }
    }

    /// Ends the row at a line feed or the end of the text; a carriage return before it is no part of the row.
    fn end_line(&mut self, end: usize) {
        let row_end = if end > self.at && self.text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end };
        self.row = self.at..row_end;
        self.at = end + 1;
        self.line += 1;
    }

    fn split_quoted(&mut self) {
        self.unquoted.clear();
        let delimiter = self.format.delimiter.as_str();
        let mut at = self.at;
        loop {
            let rest = &self.text[at..];
            if rest.starts_with('"') {
                at = self.quoted_field(at + 1);
                let rest = &self.text[at..];
                if rest.starts_with(delimiter) {
                    at += delimiter.len();
                    continue;
                }
                let end = at + rest.find('\n').unwrap_or(rest.len());
                if !rest.is_empty() && !rest.starts_with('\n') && !rest.starts_with("\r\n") && rest != "\r" {
                    self.fault = self.fault.or(Some("there is text after a closing quote"));
                }
                self.end_line(end);
                break;
            }
            let line = rest.find('\n').unwrap_or(rest.len());
            if let Some(length) = rest[..line].find(delimiter) {
                self.fields.push((at..at + length, false));
                at += length + delimiter.len();
                continue;
            }
            let end = at + line;
            let from = at;
            self.end_line(end);
            self.fields.push((from..self.row.end.max(from), false));
            break;
        }
    }

    /// Reads a quoted field from after its opening quote; returns where it ends, after the closing one.
    fn quoted_field(&mut self, start: usize) -> usize {
        let mut from = start;
        let mut copied: Option<usize> = None;
        loop {
            let rest = &self.text[from..];
            let Some(length) = rest.find('"') else {
                self.fault = Some("a quote is opened in this row and never closed");
                self.count_lines(start, self.text.len());
                self.fields.push((start..self.text.len(), false));
                return self.text.len();
            };
            let end = from + length;
            if rest[length + 1..].starts_with('"') {
                // A doubled quote: the field cannot be taken from the text as it stands.
                copied.get_or_insert(self.unquoted.len());
                self.unquoted.push_str(&self.text[from..=end]);
                from = end + 2;
                continue;
            }
            match copied {
                None => self.fields.push((start..end, false)),
                Some(at) => {
                    self.unquoted.push_str(&self.text[from..end]);
                    self.fields.push((at..self.unquoted.len(), true));
                }
            }
            self.count_lines(start, end);
            return end + 1;
        }
    }

    fn count_lines(&mut self, start: usize, end: usize) {
        let lines = self.text.as_bytes()[start..end].iter().filter(|&&byte| byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
    }
}

/// The value of a text that stands for a record or branch.
pub(super) fn nested_value(
    text: &str,
    ty: crate::value::TypeId,
    types: &TypeTable,
    values: &mut Values,
) -> Result<Word, String> {
    nested::parse(text, ty, types, values).map_err(|wrong| wrong.reason)
}

/// Undoes the escapes of plain files.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = match (character, characters.peek()) {
            ('\\', Some('t')) => '\t',
            ('\\', Some('n')) => '\n',
            ('\\', Some('r')) => '\r',
            ('\\', Some('\\')) => '\\',
            _ => {
                out.push(character);
                continue;
            }
        };
        characters.next();
        out.push(escaped);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
