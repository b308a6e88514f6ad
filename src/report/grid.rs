//! Small tables for people and programs: aligned text with bare names, or any form that rows have.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::escape::escape;
use super::rows::{self, RowFormat, Table};
use crate::value::{Kind, Value};

/// Named columns and their rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// What the rows are, in a word: the relation of clauses.
    pub name: &'static str,
    columns: Vec<(String, Kind)>,
    rows: Vec<Vec<Value>>,
}

impl Grid {
    /// A table with columns of text.
    #[must_use]
    pub fn new<'a>(name: &'static str, columns: impl IntoIterator<Item = &'a str>) -> Self {
        let columns = columns.into_iter().map(|column| (column.to_owned(), Kind::Symbol)).collect();
        Self { name, columns, rows: Vec::new() }
    }

    /// Makes a column one of numbers.
    #[must_use]
    pub fn number(mut self, name: &str) -> Self {
        for (column, kind) in &mut self.columns {
            if column == name {
                *kind = Kind::Number;
            }
        }
        self
    }

    /// Adds a row of as many cells as there are columns.
    pub fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().zip(&self.columns).map(|(cell, (_, kind))| match kind {
            Kind::Number => cell.parse().map_or(Value::Symbol(cell), Value::Number),
            _ => Value::Symbol(cell),
        });
        self.rows.push(cells.collect());
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Writes it in a form. CSV is made for spreadsheets: no cell is taken for a formula.
    ///
    /// # Errors
    /// As the writer's.
    pub fn write(&self, format: RowFormat, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
        let table = Table { columns: &self.columns, rows: &self.rows };
        match format {
            RowFormat::Table => out.write_all(self.text(width).as_bytes()),
            RowFormat::Csv => rows::csv(table, &rows::Csv { guard_formulas: true, ..rows::Csv::default() }, out),
            RowFormat::Markdown => self.markdown(out),
            RowFormat::Json | RowFormat::JsonLines | RowFormat::Facts => rows::write(table, format, self.name, out),
        }
    }

    /// As a table of Markdown.
    ///
    /// # Errors
    /// As the writer's.
    pub fn markdown(&self, out: &mut impl Write) -> io::Result<()> {
        rows::markdown(Table { columns: &self.columns, rows: &self.rows }, out)
    }

    /// Aligned columns under their names. Where it would be wider than `width` columns of a terminal, the last column is
    /// broken between words.
    #[must_use]
    pub fn text(&self, width: Option<usize>) -> String {
        let cells: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(|value| escape(&value.to_string()).into_owned()).collect())
            .collect();
        let names: Vec<String> = self.columns.iter().map(|(name, _)| escape(name).into_owned()).collect();
        let widths: Vec<usize> = (0..names.len())
            .map(|at| cells.iter().chain([&names]).map(|row| row.get(at).map_or(0, |cell| cell.width())).max())
            .map(Option::unwrap_or_default)
            .collect();
        let before_last: usize = widths.iter().rev().skip(1).map(|width| width + 2).sum();
        let room = width.map(|width| width.saturating_sub(before_last)).filter(|room| *room >= MIN_LAST);
        let mut text = String::new();
        for row in std::iter::once(&names).chain(&cells) {
            let mut line = String::new();
            for (at, (cell, (_, kind))) in row.iter().zip(&self.columns).enumerate() {
                let padding = " ".repeat(widths[at].saturating_sub(cell.width()));
                let last = at + 1 == self.columns.len();
                if at > 0 {
                    line.push_str("  ");
                }
                match (kind, last) {
                    (Kind::Number, _) => line.extend([padding.as_str(), cell.as_str()]),
                    (_, false) => line.extend([cell.as_str(), padding.as_str()]),
                    (_, true) => {
                        let parts = room.map_or_else(|| vec![cell.clone()], |room| wrap(cell, room));
                        let indent = " ".repeat(before_last);
                        line.push_str(&parts.join(&format!("\n{indent}")));
                    }
                }
            }
            for line in line.split('\n') {
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        text
    }
}

/// Columns that the last column of a table keeps at least.
const MIN_LAST: usize = 16;

/// A text in lines of at most `room` columns, broken between words where it can be.
#[must_use]
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_what_a_terminal_shows_and_the_last_one_wraps() {
        let mut grid = Grid::new("g", ["who", "n", "why"]).number("n");
        grid.push(["größe".to_owned(), "5".to_owned(), "a\tb".to_owned()]);
        grid.push(["中".to_owned(), "12".to_owned(), "one two three four five".to_owned()]);
        let expected = "who     n  why\ngröße   5  a\\tb\n中     12  one two three\n           four five\n";
        assert_eq!(grid.text(Some(28)), expected);
        let mut out = Vec::new();
        grid.write(RowFormat::Json, None, &mut out).unwrap();
        assert!(String::from_utf8(out).unwrap().contains(r#"{"who": "größe", "n": 5, "why": "a\tb"}"#));
    }

    #[test]
    fn csv_holds_no_formulas() {
        let mut grid = Grid::new("g", ["a"]);
        grid.push(["=1+1".to_owned()]);
        let mut out = Vec::new();
        grid.write(RowFormat::Csv, None, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\n'=1+1\n");
    }
}
