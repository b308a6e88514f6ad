//! Places as editors count them: lines from 0, and columns in the units that were agreed on; and paths as URIs.

use std::path::{Path, PathBuf};

use lsp_types::{Position, PositionEncodingKind, Range, Uri};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
}

impl Encoding {
    /// The best one that a client offers; every client knows UTF-16.
    pub(super) fn agreed(offered: Option<&[PositionEncodingKind]>) -> Self {
        let utf8 = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if utf8 { Self::Utf8 } else { Self::Utf16 }
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn units(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }
}

/// A text with the starts of its lines.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts, encoding }
    }

    /// The place of a byte. One inside a character counts as that character's start, one past the end as the end.
    pub(super) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let column = self.encoding.units(&self.text[self.starts[line]..offset]);
        Position::new(narrow(line), narrow(column))
    }

    pub(super) fn range(&self, range: std::ops::Range<usize>) -> Range {
        Range::new(self.position(range.start), self.position(range.end))
    }

    /// The byte at a place. A column past the end of its line counts as its end.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(&start) = self.starts.get(line) else { return self.text.len() };
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let mut left = position.character as usize;
        for (at, character) in self.text[start..end].char_indices() {
            if left == 0 || character == '\r' {
                return start + at;
            }
            left = left.saturating_sub(self.encoding.units(character.encode_utf8(&mut [0; 4])));
        }
        end
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What must be written with its code in the path of a URI.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The path of a `file:` URI.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = percent_decode_str(rest.strip_prefix("localhost").unwrap_or(rest)).decode_utf8().ok()?;
    // `file:///c:/rules` on Windows.
    let drive = cfg!(windows) && path.as_bytes().get(2) == Some(&b':');
    path.starts_with('/').then(|| PathBuf::from(if drive { &path[1..] } else { &path[..] }))
}

/// The `file:` URI of an absolute path.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    let path = path.to_str()?.replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let root = if path.starts_with('/') { "" } else { "/" };
    format!("file://{root}{}", utf8_percent_encode(&path, IN_PATH)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_what_was_agreed_on() {
        let text = "a\n\u{e4}\u{1f600}x\r\nend";
        for (encoding, column) in [(Encoding::Utf8, 6), (Encoding::Utf16, 3)] {
            let lines = Lines::new(text, encoding);
            let x = text.find('x').unwrap();
            assert_eq!(lines.position(x), Position::new(1, column));
            assert_eq!(lines.offset(Position::new(1, column)), x);
            assert_eq!(lines.offset(Position::new(1, 99)), x + 1);
            assert_eq!(lines.offset(Position::new(9, 0)), text.len());
            assert_eq!(lines.position(999), Position::new(2, 3));
            // In the middle of a character.
            assert_eq!(lines.position(3), Position::new(1, 0));
        }
    }

    #[test]
    fn paths_and_uris_stand_for_each_other() {
        let path = Path::new("/a b/\u{fc}%#?/rules.dl");
        let uri = uri_of(path).unwrap();
        assert_eq!(uri.as_str(), "file:///a%20b/%C3%BC%25%23%3F/rules.dl");
        assert_eq!(path_of(&uri).as_deref(), Some(path));
        assert_eq!(path_of(&"untitled:1".parse().unwrap()), None);
    }
}
