//! Rows of values as text: for people, for programs, for reading back.

mod delimited;
mod json;
mod sqlite;

use std::fmt::Write as _;
use std::io::{self, Write};

pub use delimited::{Csv, Plain, csv, plain, plain_words};
pub use json::{json, json_lines, json_value};
pub use sqlite::database as sqlite;

use unicode_width::UnicodeWidthStr;

use crate::report::escape::escape;
use crate::value::{Kind, Value};

/// Rows under named columns.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// Name and kind of each column.
    pub columns: &'a [(String, Kind)],
    /// As many values a row as there are columns. A table without columns is a truth value: it has a row or none.
    pub rows: &'a [Vec<Value>],
}

/// The ways to write a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowFormat {
    /// Aligned columns under their names.
    Table,
    /// Comma separated, quoted, with a header.
    Csv,
    /// An array of objects.
    Json,
    /// An object a line.
    JsonLines,
    /// A table of Markdown.
    Markdown,
    /// Clauses of a relation.
    Facts,
}

impl RowFormat {
    /// All of them with their names, as `--format` takes them.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("table", Self::Table),
        ("csv", Self::Csv),
        ("json", Self::Json),
        ("ndjson", Self::JsonLines),
        ("markdown", Self::Markdown),
        ("facts", Self::Facts),
    ];

    /// The format of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|&(_, format)| format)
    }
}

/// Writes a table in a format; `relation` names what its rows are, for [`RowFormat::Facts`].
///
/// # Errors
/// As the writer's.
pub fn write(table: Table<'_>, format: RowFormat, relation: &str, out: &mut dyn Write) -> io::Result<()> {
    match format {
        RowFormat::Table => text(table, out),
        RowFormat::Csv => csv(table, &Csv::default(), out),
        RowFormat::Json => json(table, true, out),
        RowFormat::JsonLines => json_lines(table, true, out),
        RowFormat::Markdown => markdown(table, out),
        RowFormat::Facts => clauses(table, relation, out),
    }
}

/// Writes aligned columns under their names, symbols in quotes, numbers to the right; nothing that a terminal would
/// obey. A table without columns is `yes` or `no`.
///
/// # Errors
/// As the writer's.
pub fn text(table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    if table.columns.is_empty() {
        return writeln!(out, "{}", truth(table));
    }
    let cells: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
    let names: Vec<String> = table.columns.iter().map(|(name, _)| escape(name).into_owned()).collect();
    let length = |text: &String| text.width();
    let widths: Vec<usize> = names
        .iter()
        .enumerate()
        .map(|(at, name)| cells.iter().filter_map(|row| row.get(at)).map(length).max().unwrap_or(0).max(length(name)))
        .collect();
    for row in std::iter::once(&names).chain(&cells) {
        let mut line = String::new();
        for ((text, width), (_, kind)) in row.iter().zip(&widths).zip(table.columns) {
            if !line.is_empty() {
                line.push_str("  ");
            }
            let padding = " ".repeat(width.saturating_sub(length(text)));
            match kind {
                Kind::Number | Kind::Unsigned | Kind::Float => line.extend([padding.as_str(), text.as_str()]),
                Kind::Symbol | Kind::Record | Kind::Adt => line.extend([text.as_str(), padding.as_str()]),
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Writes a table of Markdown: symbols bare, marks of Markdown and HTML escaped.
///
/// # Errors
/// As the writer's.
pub fn markdown(table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    if table.columns.is_empty() {
        return writeln!(out, "{}", truth(table));
    }
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    writeln!(out, "{}", line(table.columns.iter().map(|(name, _)| unmarked(name)).collect()))?;
    let rule = |(_, kind): &(String, Kind)| match kind {
        Kind::Number | Kind::Unsigned | Kind::Float => "---:".to_owned(),
        Kind::Symbol | Kind::Record | Kind::Adt => "---".to_owned(),
    };
    writeln!(out, "{}", line(table.columns.iter().map(rule).collect()))?;
    for row in table.rows {
        let cell = |value: &Value| match value {
            Value::Symbol(text) => unmarked(text),
            other => unmarked(&shown(other)),
        };
        writeln!(out, "{}", line(row.iter().map(cell).collect()))?;
    }
    Ok(())
}

/// Writes each row as a fact of a relation, so that it reads back.
///
/// # Errors
/// As the writer's.
pub fn clauses(table: Table<'_>, relation: &str, out: &mut dyn Write) -> io::Result<()> {
    for row in table.rows {
        let arguments: Vec<String> = row.iter().map(constant).collect();
        writeln!(out, "{relation}({}).", arguments.join(", "))?;
    }
    Ok(())
}

fn truth(table: Table<'_>) -> &'static str {
    if table.rows.is_empty() { "no" } else { "yes" }
}

/// A value as a table shows it: symbols quoted, numbers short.
#[must_use]
pub fn shown(value: &Value) -> String {
    let mut text = String::new();
    show(value, &mut text);
    escape(&text).into_owned()
}

fn show(value: &Value, text: &mut String) {
    match value {
        Value::Symbol(_) => text.push_str(&value.literal()),
        Value::Record(fields) => {
            text.push('[');
            show_all(fields, text);
            text.push(']');
        }
        Value::Branch(name, fields) if fields.is_empty() => {
            text.push('$');
            text.push_str(name);
        }
        Value::Branch(name, fields) => {
            text.extend(["$", name, "("]);
            show_all(fields, text);
            text.push(')');
        }
        Value::Number(_) | Value::Unsigned(_) | Value::Float(_) | Value::Nil => {
            // Writing to a string cannot fail.
            let _ = write!(text, "{value}");
        }
    }
}

fn show_all(values: &[Value], text: &mut String) {
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        show(value, text);
    }
}

/// A value as an expression of the language. Floats without a literal are made from their text.
fn constant(value: &Value) -> String {
    let list = |values: &[Value]| values.iter().map(constant).collect::<Vec<_>>().join(", ");
    match value {
        Value::Float(float) if !float.get().is_finite() => format!("to_float(\"{float}\")"),
        Value::Record(fields) => format!("[{}]", list(fields)),
        Value::Branch(name, fields) => format!("${name}({})", list(fields)),
        Value::Number(_) | Value::Unsigned(_) | Value::Float(_) | Value::Symbol(_) | Value::Nil => value.literal(),
    }
}

/// A text that Markdown shows as it is.
pub(super) fn unmarked(text: &str) -> String {
    let text = escape(text);
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let marks = match character {
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' | '#' => true,
            // Within a word it marks nothing.
            '_' => !(before.is_alphanumeric() && characters.peek().is_some_and(|next| next.is_alphanumeric())),
            _ => false,
        };
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ if marks => out.extend(['\\', character]),
            _ => out.push(character),
        }
        before = character;
    }
    out
}

#[cfg(test)]
mod tests;
