//! Small tables for people and programs: aligned text with bare names, or any form that rows have.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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

    /// Aligned columns under their names. Where that would be wider than `width` columns of a terminal, the widest columns
    /// become narrower, and their cells are broken between words.
    #[must_use]
    pub fn text(&self, width: Option<usize>) -> String {
        let cells: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(|value| escape(&value.to_string()).into_owned()).collect())
            .collect();
        let names: Vec<String> = self.columns.iter().map(|(name, _)| escape(name).into_owned()).collect();
        let rows: Vec<&Vec<String>> = std::iter::once(&names).chain(&cells).collect();
        let widths = self.widths(&rows, width);
        let mut text = String::new();
        for row in rows {
            let parts: Vec<Vec<String>> = row.iter().zip(&widths).map(|(cell, &room)| wrap(cell, room)).collect();
            for at in 0..parts.iter().map(Vec::len).max().unwrap_or(0) {
                let mut line = String::new();
                for ((parts, &room), (column, (_, kind))) in
                    parts.iter().zip(&widths).zip(self.columns.iter().enumerate())
                {
                    let part = parts.get(at).map_or("", String::as_str);
                    let padding = " ".repeat(room.saturating_sub(part.width()));
                    if column > 0 {
                        line.push_str("  ");
                    }
                    match kind {
                        Kind::Number => line.extend([padding.as_str(), part]),
                        _ => line.extend([part, padding.as_str()]),
                    }
                }
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        text
    }

    /// How wide each column is: as wide as its widest cell, or less where all would be wider than `limit`.
    fn widths(&self, rows: &[&Vec<String>], limit: Option<usize>) -> Vec<usize> {
        let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at));
        let columns = self.columns.len();
        let mut widths: Vec<usize> =
            (0..columns).map(|at| cells(at).map(|cell| cell.width()).max().unwrap_or(0)).collect();
        let Some(limit) = limit else { return widths };
        let longest =
            |at: usize| cells(at).flat_map(|cell| cell.split(' ')).map(UnicodeWidthStr::width).max().unwrap_or(0);
        let least: Vec<usize> = (0..columns).map(|at| longest(at).min(WORD)).collect();
        loop {
            let all = widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1);
            let widest = (0..columns).filter(|&at| widths[at] > least[at]).max_by_key(|&at| widths[at]);
            let Some(at) = widest.filter(|_| all > limit) else { return widths };
            // Down to the next one at a time, so that columns share what there is.
            widths[at] -= 1;
        }
    }
}

/// A word of a table that is longer is broken where there is no room.
const WORD: usize = 24;

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
        if word.width() <= room {
            line.push_str(word);
            continue;
        }
        for character in word.chars() {
            if !line.is_empty() && line.width() + character.width().unwrap_or(0) > room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
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
    fn wide_columns_share_what_there_is() {
        let mut grid = Grid::new("g", ["scope", "layers", "says"]);
        grid.push([
            "cache".to_owned(),
            "app, app_code, data, data_content".to_owned(),
            "to look it up and review".to_owned(),
        ]);
        grid.push(["machines_of_ours".to_owned(), "x".to_owned(), "a".repeat(30)]);
        let text = grid.text(Some(60));
        assert!(text.lines().all(|line| line.width() <= 60), "{text}");
        assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" ").matches("app_code,").count(), 1, "{text}");
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
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
