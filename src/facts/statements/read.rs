//! A statement file as TOML, read key by key: the shape of everything is checked here, and every span kept. What names
//! stand for is decided later, over all files together.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::schema::{FileRelation, OF_FILES, OF_STATEMENTS, Takes};
use crate::diagnostic::{Diagnostic, code, suggest};
use crate::facts::date;
use crate::source::{SourceId, Span};

/// A text and its place.
#[derive(Clone, Debug)]
pub(super) struct Located {
    pub(super) text: String,
    pub(super) span: Span,
}

/// A row as written. A cell that is missing or wrong was reported.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) relation: &'static FileRelation,
    pub(super) cells: Vec<Option<Cell>>,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Cell {
    Text(Located),
    Day(i64),
}

impl Row {
    /// The text of a column.
    pub(super) fn text(&self, at: usize) -> Option<&Located> {
        match self.cells.get(at) {
            Some(Some(Cell::Text(text))) => Some(text),
            Some(Some(Cell::Day(_)) | None) | None => None,
        }
    }
}

#[derive(Debug)]
pub(super) struct RawDocument {
    pub(super) id: Option<Located>,
    pub(super) issuer: Option<Located>,
    pub(super) title: Option<Located>,
    pub(super) url: Option<Located>,
    pub(super) version: Option<Located>,
    pub(super) retrieved: Option<Located>,
    pub(super) sha256: Option<Located>,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) struct RawStatement {
    pub(super) id: Option<Located>,
    pub(super) section: Option<Located>,
    pub(super) lines: Option<Located>,
    pub(super) note: Option<Located>,
    pub(super) valid: Option<(i64, i64, Span)>,
    pub(super) rows: Vec<Row>,
    pub(super) span: Span,
}

/// One file.
#[derive(Debug, Default)]
pub(super) struct RawFile {
    pub(super) document: Option<RawDocument>,
    pub(super) scenario: Option<(Option<Located>, Option<Located>, Span)>,
    pub(super) statements: Vec<RawStatement>,
    pub(super) rows: Vec<Row>,
    /// It is not TOML: names that it introduces may be missing.
    pub(super) broken: bool,
}

/// Reads one file; whatever is wrong with its shape is reported.
pub(super) fn read(source: SourceId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> RawFile {
    let mut reader = Reader { source, text, diagnostics };
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors.iter().take(MOST_SYNTAX_ERRORS) {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().trim().replace('\n', "; ");
            reader.report(format!("this is not TOML: {message}"), reader.span(span), "");
        }
        // What can be recovered still introduces names; its shape is not judged.
        let mut ignored = Vec::new();
        let mut file = Reader { source, text, diagnostics: &mut ignored }.file(root.get_ref());
        file.broken = true;
        return file;
    }
    reader.file(root.get_ref())
}

const MOST_SYNTAX_ERRORS: usize = 20;
const DOCUMENT: &[&str] = &["id", "issuer", "title", "url", "version", "retrieved", "sha256"];
const STATEMENT: &[&str] = &["id", "section", "lines", "note", "valid"];
const SCENARIO: &[&str] = &["name", "title"];
const VALID: &[&str] = &["from", "until"];
// 0001-01-01 and 9999-12-31.
const FIRST_DAY: i64 = 10_101;
const LAST_DAY: i64 = 99_991_231;

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    diagnostics: &'a mut Vec<Diagnostic>,
}

type Node<'i> = Spanned<DeValue<'i>>;

/// A table whose keys were looked at.
struct Keys<'v, 'i> {
    table: &'v DeTable<'i>,
    /// What it is in messages.
    what: String,
    /// Keys that other keys were probably meant to be: that they are missing is said already.
    misspelt: Vec<String>,
    span: Span,
}

impl<'v, 'i> Keys<'v, 'i> {
    fn get(&self, key: &str) -> Option<&'v Node<'i>> {
        self.table.get(key)
    }
}

impl Reader<'_> {
    fn file(&mut self, root: &DeTable<'_>) -> RawFile {
        let mut file = RawFile::default();
        let tables = ["document", "scenario", "statement"];
        let known: Vec<&str> = tables.into_iter().chain(OF_FILES.iter().map(|relation| relation.name)).collect();
        for (key, value) in in_order(root) {
            match key.get_ref().as_ref() {
                "document" => file.document = self.document(value),
                "scenario" => file.scenario = self.scenario(value),
                "statement" => {
                    for statement in self.array(value, "statement") {
                        file.statements.extend(self.statement(statement));
                    }
                }
                name => {
                    if let Some(relation) = OF_FILES.iter().find(|relation| relation.name == name) {
                        self.rows(relation, value, &mut file.rows);
                    } else {
                        self.unknown_key(key, "a statement file", &known);
                    }
                }
            }
        }
        file
    }

    fn document(&mut self, value: &Node<'_>) -> Option<RawDocument> {
        let keys = self.table(value, "document", "the document", DOCUMENT)?;
        let document = RawDocument {
            id: self.required(&keys, "id"),
            issuer: self.required(&keys, "issuer"),
            title: self.required(&keys, "title"),
            url: self.optional(&keys, "url"),
            version: self.optional(&keys, "version"),
            retrieved: keys.get("retrieved").and_then(|value| {
                let day = self.day(value, "retrieved")?;
                Some(Located { text: date::text(day)?, span: self.span(value.span()) })
            }),
            sha256: self.optional(&keys, "sha256"),
            span: keys.span,
        };
        if let Some(digest) = &document.sha256
            && !(digest.text.len() == 64 && digest.text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            self.report("`sha256` is not a digest of 64 hexadecimal digits".into(), digest.span, "");
        }
        Some(document)
    }

    fn scenario(&mut self, value: &Node<'_>) -> Option<(Option<Located>, Option<Located>, Span)> {
        let keys = self.table(value, "scenario", "the scenario", SCENARIO)?;
        Some((self.required(&keys, "name"), self.optional(&keys, "title"), keys.span))
    }

    fn statement(&mut self, value: &Node<'_>) -> Option<RawStatement> {
        let known: Vec<&str> = STATEMENT.iter().copied().chain(OF_STATEMENTS.iter().map(|of| of.name)).collect();
        let keys = self.table(value, "statement", "the statement", &known)?;
        let lines = self.required(&keys, "lines");
        if let Some(lines) = &lines
            && line_ranges(&lines.text).is_none()
        {
            let message = format!("{:?} are not lines", lines.text);
            self.diagnostics.push(
                Diagnostic::at(code::STATEMENT_FILE, message, lines.span, "")
                    .help("lines are numbers and ranges: `\"39\"`, `\"24,26\"`, `\"16-17\"`"),
            );
        }
        let mut statement = RawStatement {
            id: self.required(&keys, "id"),
            section: self.required(&keys, "section"),
            lines,
            note: self.optional(&keys, "note"),
            valid: keys.get("valid").and_then(|value| self.valid(value)),
            rows: Vec::new(),
            span: keys.span,
        };
        for (key, value) in in_order(keys.table) {
            if let Some(relation) = OF_STATEMENTS.iter().find(|relation| relation.name == key.get_ref()) {
                self.rows(relation, value, &mut statement.rows);
            }
        }
        Some(statement)
    }

    fn valid(&mut self, value: &Node<'_>) -> Option<(i64, i64, Span)> {
        let keys = self.table(value, "valid", "`valid`", VALID)?;
        let span = self.span(value.span());
        let mut day = |key: &str, absent: i64| match keys.get(key) {
            Some(value) => self.day(value, key),
            None => Some(absent),
        };
        let (from, until) = (day("from", FIRST_DAY), day("until", LAST_DAY));
        let (from, until) = (from?, until?);
        if from >= until {
            self.report("the statement never holds: `from` is not before `until`".into(), span, "");
            return None;
        }
        Some((from, until, span))
    }

    fn rows(&mut self, relation: &'static FileRelation, value: &Node<'_>, into: &mut Vec<Row>) {
        let columns: Vec<&str> = relation.columns.iter().map(|column| column.name).collect();
        for row in self.array(value, relation.name) {
            let what = format!("`{}`", relation.name);
            let Some(keys) = self.table(row, relation.name, &what, &columns) else { continue };
            let mut cells = Vec::with_capacity(columns.len());
            for column in relation.columns {
                cells.push(match keys.get(column.name) {
                    Some(value) => self.cell(column.name, column.takes, value),
                    None => {
                        self.missing(&keys, column.name);
                        None
                    }
                });
            }
            into.push(Row { relation, cells, span: keys.span });
        }
    }

    fn cell(&mut self, name: &str, takes: Takes, value: &Node<'_>) -> Option<Cell> {
        if takes == Takes::Day {
            return self.day(value, name).map(Cell::Day);
        }
        let found = self.text(value, name)?;
        match takes {
            Takes::OneOf(words) if !words.contains(&found.text.as_str()) => {
                let message = format!("`{name}` cannot be {:?}", found.text);
                let listed = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
                let help = match suggest(&found.text, words.iter().copied()) {
                    Some(word) => format!("did you mean `{word}`? It is one of {listed}"),
                    None => format!("it is one of {listed}"),
                };
                self.diagnostics.push(Diagnostic::at(code::STATEMENT_FILE, message, found.span, "").help(help));
                None
            }
            Takes::New(_) | Takes::Known(_) | Takes::Who if found.text.is_empty() => {
                self.report(format!("`{name}` is empty"), found.span, "");
                None
            }
            Takes::Text | Takes::OneOf(_) | Takes::New(_) | Takes::Known(_) | Takes::Who | Takes::Day => {
                Some(Cell::Text(found))
            }
        }
    }

    /// A day as a TOML date, an ISO text or a number YYYYMMDD.
    fn day(&mut self, value: &Node<'_>, name: &str) -> Option<i64> {
        let day = match value.get_ref() {
            DeValue::String(text) => date::parse(text),
            DeValue::Integer(number) if number.radix() == 10 => {
                number.as_str().parse().ok().filter(|&day| date::text(day).is_some())
            }
            // TOML itself checks most of it, but not by way of our calendar.
            DeValue::Datetime(found) => match (found.date, found.time) {
                (Some(_), None) => date::parse(&found.to_string()),
                _ => None,
            },
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => {
                None
            }
        };
        if day.is_none() {
            let span = self.span(value.span());
            let message = format!("`{name}` is not a day");
            self.diagnostics.push(
                Diagnostic::at(code::STATEMENT_FILE, message, span, "no such day")
                    .help("days are written `\"2024-02-29\"`"),
            );
        }
        day
    }

    fn required(&mut self, keys: &Keys<'_, '_>, key: &str) -> Option<Located> {
        let Some(value) = keys.get(key) else {
            self.missing(keys, key);
            return None;
        };
        let found = self.text(value, key)?;
        if found.text.trim().is_empty() {
            self.report(format!("`{key}` is empty"), found.span, "");
            return None;
        }
        Some(found)
    }

    fn optional(&mut self, keys: &Keys<'_, '_>, key: &str) -> Option<Located> {
        keys.get(key).and_then(|value| self.text(value, key))
    }

    fn text(&mut self, value: &Node<'_>, name: &str) -> Option<Located> {
        match value.get_ref() {
            DeValue::String(text) if text.contains('\0') => {
                self.report(format!("`{name}` holds NUL, which no text does"), self.span(value.span()), "");
                None
            }
            DeValue::String(text) => Some(Located { text: text.clone().into_owned(), span: self.span(value.span()) }),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                self.wrong_type(value, name, "a text in quotes");
                None
            }
        }
    }

    fn array<'v, 'i>(&mut self, value: &'v Node<'i>, name: &str) -> &'v [Node<'i>] {
        match value.get_ref() {
            DeValue::Array(items) => items,
            DeValue::Table(_) => {
                let span = self.head(value);
                let message = format!("`{name}` wants a list of tables, and this is one table");
                let help = if name == "statement" {
                    "write `[[statement]]`".into()
                } else {
                    format!("write `{name} = [{{ ... }}]`")
                };
                self.diagnostics.push(Diagnostic::at(code::STATEMENT_FILE, message, span, "").help(help));
                &[]
            }
            _ => {
                self.wrong_type(value, name, "a list of tables");
                &[]
            }
        }
    }

    /// A table that has no other keys than these; `name` is its key, `what` its name in messages.
    fn table<'v, 'i>(&mut self, value: &'v Node<'i>, name: &str, what: &str, known: &[&str]) -> Option<Keys<'v, 'i>> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(value, name, "a table");
            return None;
        };
        let mut misspelt = Vec::new();
        for (key, _) in in_order(table) {
            if !known.contains(&key.get_ref().as_ref()) {
                misspelt.extend(self.unknown_key(key, what, known));
            }
        }
        Some(Keys { table, what: what.to_owned(), misspelt, span: self.head(value) })
    }

    fn missing(&mut self, keys: &Keys<'_, '_>, key: &str) {
        if !keys.misspelt.iter().any(|misspelt| misspelt == key) {
            let message = format!("{} has no `{key}`", keys.what);
            self.report(message, keys.span, &format!("`{key}` is missing"));
        }
    }

    /// Reports a key; returns what it was probably meant to be.
    fn unknown_key(&mut self, key: &Spanned<Cow<'_, str>>, what: &str, known: &[&str]) -> Option<String> {
        let name = key.get_ref().as_ref();
        let near = suggest(name, known.iter().copied());
        let (message, help) = if let Some(near) = &near {
            (format!("{what} has no key `{name}`"), format!("did you mean `{near}`?"))
        } else if OF_STATEMENTS.iter().any(|relation| relation.name == name) {
            let help = format!("put it under the `[[statement]]` that says it: `{name}` needs its citation");
            (format!("`{name}` belongs to a statement"), help)
        } else if OF_FILES.iter().any(|relation| relation.name == name) {
            let help = "vocabulary and scenarios stand before all `[[statement]]`, or in a file of their own";
            (format!("`{name}` does not belong here"), help.to_owned())
        } else {
            let known = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            (format!("{what} has no key `{name}`"), format!("its keys are {known}"))
        };
        let span = self.span(key.span());
        self.diagnostics.push(Diagnostic::at(code::STATEMENT_FILE, message, span, "unknown key").help(help));
        near
    }

    fn wrong_type(&mut self, value: &Node<'_>, name: &str, wanted: &str) {
        let found = match value.get_ref().type_str() {
            "array" => "a list",
            "table" => "a table",
            "integer" => "a number",
            "float" => "a float",
            "boolean" => "true or false",
            "datetime" => "a date",
            _ => "a text",
        };
        let span = self.head(value);
        self.report(format!("`{name}` wants {wanted}, and this is {found}"), span, "");
    }

    fn report(&mut self, message: String, span: Span, label: &str) {
        self.diagnostics.push(Diagnostic::at(code::STATEMENT_FILE, message, span, label));
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, range.start, range.end)
    }

    /// The place of a value, or its first line: tables reach far.
    fn head(&self, value: &Node<'_>) -> Span {
        let range = value.span();
        let covered = self.text.get(range.clone()).unwrap_or("");
        let length = covered.find(['\n', '\r']).unwrap_or(covered.len());
        self.span(range.start..range.start + length)
    }
}

/// The entries of a table as they stand in the file; the table has them sorted.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<Cow<'i, str>>, &'t Node<'i>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The ranges that `lines` names, first and last line of each: `"39"`, `"24,26"`, `"16-17"`. None if it is not written so.
#[must_use]
pub fn line_ranges(lines: &str) -> Option<Vec<(u32, u32)>> {
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|&line| line > 0);
    lines
        .split(',')
        .map(|part| match part.split_once('-') {
            None => number(part).map(|line| (line, line)),
            Some((first, last)) => number(first).zip(number(last)).filter(|(first, last)| first <= last),
        })
        .collect()
}
