//! Large files without surprises, in pieces: one thread a piece, each with a pool of values of its own. The pools are
//! joined in the order of the pieces, so that words are the same for any number of threads. At the first thing out of the
//! ordinary (an error, a quote, a record) the whole file is left to the patient reader, which knows how to tell of it.

use std::borrow::Cow;

use super::unescape;
use crate::facts::{DataFile, scalar};
use crate::value::{Kind, Values, Word};

/// Smaller files are not worth the trouble.
const LARGE: usize = 1 << 16;

/// What is known of a file's rows.
pub(super) struct Shape<'a> {
    /// Between fields.
    pub(super) delimiter: u8,
    /// The kinds of the relation's columns.
    pub(super) kinds: &'a [Kind],
    /// For each field its column: every column once.
    pub(super) order: &'a [usize],
    /// Whether backslashes are only themselves.
    pub(super) verbatim: bool,
}

/// The rows of a text that begins with one, as words of `values`; nothing where something is out of the ordinary, and then
/// `values` is as before. Every line is a row.
pub(super) fn read(text: &str, shape: &Shape<'_>, file: &DataFile<'_>, values: &mut Values) -> Option<Vec<Word>> {
    if text.len() < LARGE || shape.kinds.iter().any(|kind| matches!(kind, Kind::Record | Kind::Adt)) {
        return None;
    }
    let pieces = cut(text, file.threads.clamp(1, text.len() / LARGE));
    let read: Option<Vec<Piece>> = std::thread::scope(|scope| {
        let (first, rest) = pieces.split_first()?;
        let others: Vec<_> = rest.iter().map(|text| scope.spawn(|| Piece::read(text, shape, file))).collect();
        let first = Piece::read(first, shape, file);
        let others = others.into_iter().map(|handle| handle.join().ok().flatten());
        std::iter::once(first).chain(others).collect()
    });
    let read = read?;
    let mut words = Vec::with_capacity(read.iter().map(|piece| piece.words.len()).sum());
    for piece in read {
        let renaming = values.take_over(&piece.values);
        for row in piece.words.chunks_exact(shape.kinds.len()) {
            words.extend(shape.kinds.iter().zip(row).map(|(&kind, &word)| renaming.word(kind, word)));
        }
    }
    Some(words)
}

/// Cuts a text into so many pieces of whole lines, or fewer.
fn cut(text: &str, count: usize) -> Vec<&str> {
    let mut pieces = Vec::with_capacity(count);
    let mut rest = text;
    for left in (2..=count).rev() {
        let target = rest.len() / left;
        let Some(end) = rest.as_bytes()[target..].iter().position(|&byte| byte == b'\n') else { break };
        let (piece, after) = rest.split_at(target + end + 1);
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// The rows of a piece, as words of its own values.
struct Piece {
    words: Vec<Word>,
    values: Values,
}

impl Piece {
    fn read(text: &str, shape: &Shape<'_>, file: &DataFile<'_>) -> Option<Self> {
        let bytes = text.as_bytes();
        let arity = shape.kinds.len();
        let mut values = Values::default();
        let mut words: Vec<Word> = Vec::new();
        let empty = if shape.kinds.contains(&Kind::Symbol) { values.symbol("") } else { 0 };
        // Columns often repeat.
        let mut last: Vec<(&str, Word)> = vec![("", empty); arity];
        let mut at = 0;
        while at < bytes.len() {
            let row = words.len();
            if file.stops(row) {
                return None;
            }
            words.resize(row + arity, 0);
            for (field, &column) in shape.order.iter().enumerate() {
                let start = at;
                while at < bytes.len() && bytes[at] != shape.delimiter && bytes[at] != b'\n' {
                    at += 1;
                }
                let ends = at == bytes.len() || bytes[at] == b'\n';
                if ends != (field + 1 == arity) {
                    return None;
                }
                let end = if ends && at > start && bytes[at - 1] == b'\r' { at - 1 } else { at };
                at += 1;
                let text = &text[start..end];
                words[row + column] = match shape.kinds[column] {
                    Kind::Number => values.number(scalar::number(text.as_bytes()).ok()?),
                    Kind::Unsigned => values.unsigned(scalar::unsigned(text.as_bytes()).ok()?),
                    Kind::Float => values.float(scalar::float(text.as_bytes()).ok()?),
                    Kind::Symbol => {
                        if last[column].0 != text {
                            let symbol = if shape.verbatim { Cow::Borrowed(text) } else { unescape(text) };
                            last[column] = (text, values.symbol(&symbol));
                        }
                        last[column].1
                    }
                    Kind::Record | Kind::Adt => return None,
                };
            }
        }
        Some(Self { words, values })
    }
}
