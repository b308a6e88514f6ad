//! Where text comes from: sources, byte spans within them, and the lines and columns that people read.

use std::fmt;

/// Names one source of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A range of bytes in one source. Errors, rules and given facts carry one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source that the range lies in.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `source`.
    #[must_use]
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { source, start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both; `self` where they lie in different sources.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.source != other.source {
            return self;
        }
        Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The range as indexes into the source's text.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One text: a file, a line typed at the prompt, an embedded document.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    /// Byte offset of the start of each line. Empty for a data file, whose text is not kept.
    lines: Vec<u32>,
}

impl Source {
    /// How people know it: a path as the user gave it, `builtin:aws.toml`, `<prompt>`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text; empty for a data file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line (from 1) and column (from 1, in characters) of a byte offset.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|&start| start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0) as usize;
        let before = self.text.get(start..offset as usize).unwrap_or("");
        let column = before.chars().count() + 1;
        (narrow(line), narrow(column))
    }
}

/// A place as people write it: `rules/responsibility.dl:88:1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The source's name.
    pub source: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.source, self.line, self.column)
    }
}

/// All sources of a session. Sources are only ever added, so that spans stay good.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<std::sync::Arc<Source>>,
}

impl SourceMap {
    /// Adds a text under a name. Two sources may share a name (a file and its reloaded version).
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let text = text.into();
        let mut lines = vec![0];
        lines.extend(text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| narrow(at + 1)));
        self.push(Source { name: name.into(), text, lines })
    }

    /// Adds a data file by name only: its facts are located by line number, and its text is not kept.
    pub fn add_data(&mut self, name: impl Into<String>) -> SourceId {
        self.push(Source { name: name.into(), text: String::new(), lines: Vec::new() })
    }

    fn push(&mut self, source: Source) -> SourceId {
        self.sources.push(std::sync::Arc::new(source));
        SourceId(narrow(self.sources.len() - 1))
    }

    /// The ids that this map gave out, in order.
    pub fn ids(&self) -> impl Iterator<Item = SourceId> + use<> {
        (0..narrow(self.sources.len())).map(SourceId)
    }

    /// The source of an id that this map gave out.
    #[must_use]
    pub fn get(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// Where a span starts.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        let source = self.get(span.source);
        let (line, column) = source.line_column(span.start);
        Location { source: source.name.clone(), line, column }
    }

    /// The text that a span covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.range()).unwrap_or("")
    }
}

fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let mut map = SourceMap::default();
        let id = map.add("a.dl", "é = 1.\nb.\n");
        let at = |start: usize| map.location(Span::new(id, start, start)).to_string();
        assert_eq!(at(0), "a.dl:1:1");
        assert_eq!(at(3), "a.dl:1:3");
        assert_eq!(at(8), "a.dl:2:1");
        assert_eq!(at(11), "a.dl:3:1");
    }
}
