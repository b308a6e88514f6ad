//! Answers and proofs as they are asked for: in a format, for a terminal or not.

use std::io;

use anstyle::Style;

use super::Io;
use crate::query::Answer;
use crate::report::escape::escape;
use crate::report::proof::{TextOptions, Theme};
use crate::report::rows::{self, Table};
use crate::value::{Kind, Value};

pub use crate::report::rows::RowFormat as Format;

/// How text may look where it goes.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// It goes to a person's terminal: rows are numbered, and cut where there are too many.
    pub terminal: bool,
    /// ANSI colours are wanted.
    pub color: bool,
    /// Characters beyond ASCII can be shown.
    pub unicode: bool,
    /// Columns of the terminal, where there is one.
    pub width: Option<usize>,
    /// How the parts of explanations look where colours are wanted.
    pub theme: Theme,
}

impl View {
    /// How a proof is shown here.
    #[must_use]
    pub fn proof(&self) -> TextOptions {
        TextOptions { ascii: !self.unicode, width: self.width, theme: self.theme(), ..TextOptions::default() }
    }

    /// How the parts of explanations look here.
    #[must_use]
    pub fn theme(&self) -> Theme {
        if self.color { self.theme } else { Theme::default() }
    }

    /// A remark between answers.
    #[must_use]
    pub fn dim(&self, text: &str) -> String {
        let style = if self.color { Style::new().dimmed() } else { Style::new() };
        format!("{style}{text}{style:#}")
    }
}

/// A text of several lines, made harmless line by line.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        out.push_str(&escape(line.strip_suffix('\r').unwrap_or(line)));
        out.push_str(end);
    }
    out
}

/// The name of a format.
#[must_use]
pub fn format_name(format: Format) -> &'static str {
    Format::ALL.iter().find(|(_, other)| *other == format).map_or("", |(name, _)| name)
}

/// Writes an answer. On a terminal its rows are numbered, and at most `most` of them are shown.
///
/// # Errors
/// The output cannot be written.
pub fn answer(answer: &Answer, format: Format, most: Option<usize>, io: &mut Io<'_>) -> io::Result<()> {
    let whole = Table { columns: &answer.columns, rows: &answer.rows };
    if !io.view.terminal || format != Format::Table || answer.columns.is_empty() {
        return rows::write(whole, format, "answer", &mut io.out);
    }
    let count = answer.rows.len();
    let shown = most.map_or(count, |most| count.min(most));
    if count > 0 {
        let number = ("#".to_owned(), Kind::Unsigned);
        let columns: Vec<_> = std::iter::once(number).chain(answer.columns.iter().cloned()).collect();
        let row = |(at, row): (u64, &Vec<Value>)| {
            let mut numbered = vec![Value::Unsigned(at)];
            numbered.extend_from_slice(row);
            numbered
        };
        let rows: Vec<Vec<Value>> = (1..).zip(&answer.rows[..shown]).map(row).collect();
        rows::text(Table { columns: &columns, rows: &rows }, &mut io.out)?;
    }
    let remark = match (count, shown) {
        (0, _) => "no answer".to_owned(),
        (1, _) => "1 row".to_owned(),
        _ if shown < count => format!("{shown} of {count} rows; `:set rows all` shows the others"),
        _ => format!("{count} rows"),
    };
    writeln!(io.out, "{}", io.view.dim(&remark))
}
