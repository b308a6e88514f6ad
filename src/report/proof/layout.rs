//! Lines as text: two columns, wrapped where a width is given.

use unicode_width::UnicodeWidthStr;

use super::theme::{Role, Theme};

/// How many rows a line may take before the rest is cut, and how wide the left column grows.
const ROWS: usize = 6;
const LEFT: usize = 72;

/// One line: a sentence on the left, what backs it on the right.
#[derive(Clone, Debug)]
pub(in crate::report) struct Line {
    /// What is drawn before it.
    pub(in crate::report) first: String,
    /// What is drawn before the rows that it is wrapped into.
    pub(in crate::report) rest: String,
    pub(in crate::report) handle: Option<String>,
    pub(in crate::report) role: Role,
    pub(in crate::report) text: String,
    /// Pieces that are not taken apart unless they must be.
    pub(in crate::report) notes: Vec<(Role, String)>,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            first: String::new(),
            rest: String::new(),
            handle: None,
            role: Role::Plain,
            text: String::new(),
            notes: Vec::new(),
        }
    }
}

/// Writes lines, each ending in a line break.
pub(in crate::report) struct Layout<'a> {
    pub(in crate::report) theme: &'a Theme,
    pub(in crate::report) width: Option<usize>,
    /// Stands for what was cut.
    pub(in crate::report) cut: &'static str,
}

/// Styled pieces of one row and their width.
#[derive(Default)]
struct Row {
    text: String,
    width: usize,
}

impl Layout<'_> {
    pub(in crate::report) fn lines(&self, lines: &[Line]) -> String {
        let limit = self.width.map_or(LEFT, |width| width * 3 / 5);
        let column = lines.iter().map(Line::left).filter(|&left| left <= limit).max().unwrap_or(0) + 2;
        let mut out = String::new();
        for line in lines {
            self.line(line, column, &mut out);
        }
        out
    }

    /// Writes the parts of the last line, on several rows where one is too short.
    pub(in crate::report) fn parts(&self, parts: &[String], separator: &str) -> String {
        let mut out = String::new();
        let mut row = Row::default();
        self.add(&mut row, Role::Dim, " ");
        for (at, part) in parts.iter().enumerate() {
            let fits = self.width.is_none_or(|width| row.width + separator.width() + part.width() <= width);
            if at > 0 && fits {
                self.add(&mut row, Role::Dim, separator);
            } else if at > 0 {
                std::mem::take(&mut row).end(&mut out);
                self.add(&mut row, Role::Dim, " ");
            }
            if self.width.is_none_or(|width| row.width + part.width() <= width) {
                self.add(&mut row, Role::Dim, part);
            } else {
                let (width, mut rows) = (self.width.unwrap_or(usize::MAX), 1);
                self.flow(&mut row, Role::Dim, part, "   ", width, &mut rows, &mut out);
            }
        }
        row.end(&mut out);
        out
    }

    fn line(&self, line: &Line, column: usize, out: &mut String) {
        let mut row = Row::default();
        self.add(&mut row, Role::Dim, &line.first);
        if let Some(handle) = &line.handle {
            self.add(&mut row, Role::Handle, handle);
            self.add(&mut row, Role::Plain, " ");
        }
        let left = line.left();
        let right = line.right();
        // On one row if it fits: in the column, or right behind the text.
        let start = if left + 2 <= column { column } else { left + 2 };
        let starts = [start, left + 2];
        let fits = starts.into_iter().find(|start| self.width.is_none_or(|width| start + right <= width));
        if let (Some(start), true) = (fits, right > 0) {
            self.add(&mut row, line.role, &line.text);
            let gap = " ".repeat(start.saturating_sub(row.width));
            self.add(&mut row, Role::Plain, &gap);
            self.pieces(&mut row, &line.notes);
            row.end(out);
            return;
        }
        // Where the tree itself takes all the room, a little is given back: better too wide than a letter a row.
        let width = self.width.unwrap_or(usize::MAX).max(line.rest.width() + 24);
        let indent = line.rest.clone();
        let mut rows = 1;
        // The words of the text, then the notes below it.
        self.flow(&mut row, line.role, &line.text, &indent, width, &mut rows, out);
        if rows > 1 && right > 0 && row.width + 2 + right <= width {
            self.add(&mut row, Role::Plain, "  ");
            self.pieces(&mut row, &line.notes);
        } else if right > 0 {
            row.end(out);
            row = Row::default();
            let indent = format!("{indent}  ");
            self.add(&mut row, Role::Dim, &indent);
            for (at, (role, text)) in line.notes.iter().enumerate() {
                let needed = usize::from(at > 0) + text.width();
                if at > 0 && row.width + needed > width {
                    row.end(out);
                    row = Row::default();
                    self.add(&mut row, Role::Dim, &indent);
                } else if at > 0 {
                    self.add(&mut row, Role::Plain, " ");
                }
                self.flow(&mut row, *role, text, &indent, width, &mut rows, out);
            }
        }
        row.end(out);
    }

    /// Adds text word by word, on further rows where it does not fit. After [`ROWS`] rows the rest is cut.
    #[allow(clippy::too_many_arguments)] // the state of one line
    fn flow(
        &self,
        row: &mut Row,
        role: Role,
        text: &str,
        indent: &str,
        width: usize,
        rows: &mut usize,
        out: &mut String,
    ) {
        let cut = self.cut.width();
        for (at, word) in text.split(' ').enumerate() {
            let mut word = word;
            let space = usize::from(at > 0);
            if row.width + space + word.width() <= width {
                if space > 0 {
                    self.add(row, Role::Plain, " ");
                }
                self.add(row, role, word);
                continue;
            }
            loop {
                if *rows >= ROWS {
                    // Make room for the sign itself where the row is full.
                    if row.width + cut < width {
                        self.add(row, Role::Plain, " ");
                    }
                    self.add(row, Role::Missing, self.cut);
                    return;
                }
                // A word that is wider than a row begins on this one and is taken apart.
                let wide = indent.width() + word.width() > width;
                let room = width.saturating_sub(row.width + space);
                if wide && at == 0 && *rows == 1 && room > 8 {
                    let (fits, rest) = split(word, room);
                    self.add(row, role, fits);
                    word = rest;
                }
                *rows += 1;
                std::mem::take(row).end(out);
                self.add(row, Role::Dim, indent);
                let room = width.saturating_sub(row.width).max(8);
                let (fits, rest) =
                    split(word, if *rows >= ROWS && word.width() > room { room - cut.min(7) } else { room });
                self.add(row, role, fits);
                word = rest;
                if word.is_empty() {
                    break;
                }
            }
        }
    }

    fn pieces(&self, row: &mut Row, pieces: &[(Role, String)]) {
        for (at, (role, text)) in pieces.iter().enumerate() {
            if at > 0 {
                self.add(row, Role::Plain, " ");
            }
            self.add(row, *role, text);
        }
    }

    fn add(&self, row: &mut Row, role: Role, text: &str) {
        row.width += text.width();
        let style = self.theme.style(role);
        row.text.push_str(&style.render().to_string());
        row.text.push_str(text);
        row.text.push_str(&style.render_reset().to_string());
    }
}

impl Row {
    fn end(self, out: &mut String) {
        out.push_str(self.text.trim_end());
        out.push('\n');
    }
}

impl Line {
    fn left(&self) -> usize {
        let handle = self.handle.as_ref().map_or(0, |handle| handle.width() + 1);
        self.first.width() + handle + self.text.width()
    }

    fn right(&self) -> usize {
        let pieces: usize = self.notes.iter().map(|(_, text)| text.width() + 1).sum();
        pieces.saturating_sub(1)
    }
}

/// The longest start of a word that is not wider than `room`, at least one character, and the rest.
fn split(word: &str, room: usize) -> (&str, &str) {
    let mut end = 0;
    let mut width = 0;
    for (at, character) in word.char_indices() {
        width += character.to_string().width();
        if width > room && at > 0 {
            break;
        }
        end = at + character.len_utf8();
    }
    word.split_at(end)
}
