//! Where in a half-written text the cursor is: in a name, in an argument of an atom, in a comment.

/// What stands at the cursor. `start` is the byte at which the unfinished word begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// A relation may be named here.
    Name { start: usize, prefix: &'a str },
    /// An argument of an atom.
    Argument {
        relation: &'a str,
        /// Which, from 0.
        index: usize,
        start: usize,
        prefix: &'a str,
        /// Whether the word is a string whose quote, at `start`, is still open.
        quoted: bool,
    },
    /// A comment.
    Nowhere,
}

/// A bracket that is open.
struct Frame<'a> {
    /// Of an atom.
    relation: Option<&'a str>,
    index: usize,
}

/// A piece of text that a reader sees as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Word,
    Text,
    /// A string that is not closed.
    Open,
    Comment,
    Sign(char),
    Blank,
}

/// The pieces of a text with their ranges, in order and without gaps.
pub(crate) fn pieces(text: &str) -> Vec<(Piece, std::ops::Range<usize>)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (piece, length) = if rest.starts_with("//") {
            (Piece::Comment, rest.find('\n').unwrap_or(rest.len()))
        } else if let Some(inside) = rest.strip_prefix("/*") {
            (Piece::Comment, inside.find("*/").map_or(rest.len(), |end| end + 4))
        } else if first == '"' {
            string(rest)
        } else if is_word(first) {
            (Piece::Word, word(rest))
        } else if first.is_whitespace() {
            (Piece::Blank, rest.find(|one: char| !one.is_whitespace()).unwrap_or(rest.len()))
        } else {
            (Piece::Sign(first), first.len_utf8())
        };
        pieces.push((piece, at..at + length));
        at += length;
    }
    pieces
}

fn string(rest: &str) -> (Piece, usize) {
    let mut escaped = false;
    for (at, one) in rest.char_indices().skip(1) {
        match one {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return (Piece::Text, at + 1),
            _ => {}
        }
    }
    (Piece::Open, rest.len())
}

fn is_word(one: char) -> bool {
    one.is_alphanumeric() || one == '_' || one == '?'
}

/// The length of the word at the start: dots stand in names of components and in numbers.
fn word(rest: &str) -> usize {
    let mut end = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, one)) = characters.next() {
        let dotted = one == '.' && characters.peek().is_some_and(|&(_, next)| next.is_alphanumeric());
        if !is_word(one) && !dotted {
            break;
        }
        end = at + one.len_utf8();
    }
    end
}

/// What stands at the cursor, which is on a character boundary.
pub(crate) fn place(text: &str, cursor: usize) -> Place<'_> {
    let text = text.get(..cursor).unwrap_or(text);
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut word: Option<&str> = None;
    let pieces = pieces(text);
    for (piece, range) in &pieces {
        match piece {
            Piece::Word => word = Some(&text[range.clone()]),
            Piece::Blank => {}
            Piece::Sign('(') => frames.push(Frame { relation: word.take(), index: 0 }),
            Piece::Sign('[' | '{') => {
                frames.push(Frame { relation: None, index: 0 });
                word = None;
            }
            Piece::Sign(')' | ']' | '}') => {
                frames.pop();
                word = None;
            }
            Piece::Sign(',') => {
                if let Some(frame) = frames.last_mut() {
                    frame.index += 1;
                }
                word = None;
            }
            Piece::Text | Piece::Open | Piece::Comment | Piece::Sign(_) => word = None,
        }
    }
    let (start, prefix, quoted) = match pieces.last() {
        Some((Piece::Word, range)) => (range.start, &text[range.clone()], false),
        Some((Piece::Open, range)) => (range.start, &text[range.start + 1..range.end], true),
        Some((Piece::Comment, range)) if !text[range.clone()].ends_with("*/") => return Place::Nowhere,
        _ => (text.len(), "", false),
    };
    match frames.last() {
        Some(Frame { relation: Some(relation), index }) => {
            Place::Argument { relation, index: *index, start, prefix, quoted }
        }
        _ => Place::Name { start, prefix },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Place<'_> {
        place(text, text.len())
    }

    #[test]
    fn the_cursor_is_in_a_name_or_in_an_argument() {
        assert_eq!(at("rel"), Place::Name { start: 0, prefix: "rel" });
        assert_eq!(at("p(x) :- q(x), re"), Place::Name { start: 14, prefix: "re" });
        let argument = Place::Argument { relation: "relies", index: 1, start: 12, prefix: "", quoted: false };
        assert_eq!(at("relies(who, "), argument);
        let open = Place::Argument { relation: "gap", index: 0, start: 4, prefix: "ac,(m", quoted: true };
        assert_eq!(at("gap(\"ac,(m"), open);
        let nested = Place::Argument { relation: "p", index: 1, start: 12, prefix: "", quoted: false };
        assert_eq!(at("p([1, \"]\"], "), nested);
        let inner = Place::Argument { relation: "gap", index: 1, start: 21, prefix: "l", quoted: false };
        assert_eq!(at("n = count : { gap(d, l"), inner);
        assert_eq!(at("p(1). // re"), Place::Nowhere);
        assert_eq!(at("a.b(x) a.c"), Place::Name { start: 7, prefix: "a.c" });
    }
}
