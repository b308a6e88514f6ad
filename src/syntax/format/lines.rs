//! Words to lines: lines that are too wide are broken where their words allow it, and comments at the ends of lines stay
//! below each other.

use unicode_width::UnicodeWidthStr;

use super::WIDTH;
use super::words::Word;

/// The text of some words, ending in a line break.
pub(super) fn lines(words: &[Word<'_>]) -> String {
    let mut lines = Vec::new();
    for line in words.chunk_by(|_, next| !next.begins) {
        broken(line, line[0].after_blank, &mut lines);
    }
    let mut text = String::new();
    let mut rest = lines.as_slice();
    while !rest.is_empty() {
        let aligned = aligned(rest);
        let (block, after) = rest.split_at(aligned);
        let column = block.iter().map(Line::code_width).max().filter(|_| aligned > 1);
        for line in block {
            line.write(column, &mut text);
        }
        rest = after;
    }
    text
}

/// Words that stand on one line.
struct Line<'w, 't> {
    words: &'w [Word<'t>],
    after_blank: bool,
}

/// Breaks a line that is too wide at the places that are most ready, filling lines, and then those that are still too
/// wide at the next ones. What comes out is broken no further when it is read again.
fn broken<'w, 't>(words: &'w [Word<'t>], after_blank: bool, lines: &mut Vec<Line<'w, 't>>) {
    let line = Line { words, after_blank };
    let ranks = words.iter().skip(1).filter_map(|word| word.rank);
    let Some(ready) = ranks.min().filter(|_| line.code_width() > WIDTH) else {
        lines.push(line);
        return;
    };
    let (mut start, mut end) = (0, 0);
    let mut after_blank = after_blank;
    for part in words.chunk_by(|_, next| next.rank != Some(ready)) {
        let next = end + part.len();
        // Only what is about to be looked at is measured, so that a line of a million facts is measured once.
        if end > start && (Line { words: &words[start..next], after_blank }).code_width() > WIDTH {
            broken(&words[start..end], std::mem::take(&mut after_blank), lines);
            start = end;
        }
        end = next;
    }
    broken(&words[start..], after_blank, lines);
}

/// How many lines from the first have comments at their ends that the author put below each other.
fn aligned(lines: &[Line<'_, '_>]) -> usize {
    let column = |line: &Line<'_, '_>| line.trailing().map(|comment| comment.column);
    let Some(first) = lines.first().and_then(column) else { return 1 };
    let below = |line: &&Line<'_, '_>| !line.after_blank && column(line) == Some(first);
    let count = 1 + lines[1..].iter().take_while(below).count();
    let spread = lines[..count].iter().filter_map(Line::trailing).any(|comment| comment.gap > 1);
    if spread { count } else { 1 }
}

impl<'t> Line<'_, 't> {
    /// The comment at its end, with something before it.
    fn trailing(&self) -> Option<&Word<'t>> {
        self.words.last().filter(|last| last.comment && self.words.len() > 1 && !last.text.contains('\n'))
    }

    /// Columns up to a comment at the end.
    fn code_width(&self) -> usize {
        let words = &self.words[..self.words.len() - usize::from(self.trailing().is_some())];
        let indent = words.first().map_or(0, |first| first.indent);
        let widths = words.iter().enumerate().map(|(at, word)| usize::from(at > 0 && word.apart) + word.text.width());
        indent + widths.sum::<usize>()
    }

    fn write(&self, column: Option<usize>, text: &mut String) {
        if self.after_blank {
            text.push('\n');
        }
        let trailing = self.trailing().is_some();
        for (at, word) in self.words.iter().enumerate() {
            let blanks = match at {
                0 => word.indent,
                _ if trailing && at + 1 == self.words.len() => {
                    1 + column.map_or(0, |column| column - self.code_width())
                }
                _ => usize::from(word.apart),
            };
            text.extend(std::iter::repeat_n(' ', blanks));
            text.push_str(word.text);
        }
        text.push('\n');
    }
}
