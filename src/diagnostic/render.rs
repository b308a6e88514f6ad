//! Diagnostics as text: source line, caret, cause, help.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Label, Severity};
use crate::source::SourceMap;

/// Several diagnostics, a blank line between them, errors and warnings as they come.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic], sources: &SourceMap, color: bool) -> String {
    diagnostics.iter().map(|diagnostic| render(diagnostic, sources, color)).collect::<Vec<_>>().join("\n")
}

/// One diagnostic, ending in a line break. With `color`, ANSI sequences mark its parts.
#[must_use]
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.id));
    let texts: Vec<String> = diagnostic.labels.iter().map(|label| pictured(&label.text)).collect();
    // Labels of one source share a snippet; the fault's own source comes first.
    let mut seen = Vec::new();
    for label in &diagnostic.labels {
        if seen.contains(&label.span.source) {
            continue;
        }
        seen.push(label.span.source);
        let source = sources.get(label.span.source);
        let here = |other: &&Label| other.span.source == label.span.source;
        let ranges = diagnostic.labels.iter().filter(here).map(|other| clip(other.span.range(), source.text()));
        let shown = lines_around(ranges, source.text());
        let line = 1 + memchr::memchr_iter(b'\n', &source.text().as_bytes()[..shown.start]).count();
        let mut snippet =
            Snippet::source(&source.text()[shown.clone()]).path(source.name()).line_start(line).fold(true);
        for (at, other) in diagnostic.labels.iter().enumerate() {
            if other.span.source != label.span.source {
                continue;
            }
            let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let range = clip(other.span.range(), source.text());
            let annotation = kind.span(range.start - shown.start..range.end - shown.start);
            let text = texts[at].as_str();
            snippet = snippet.annotation(if text.is_empty() { annotation } else { annotation.label(text) });
        }
        group = group.element(snippet);
    }
    if let Some(place) = &diagnostic.place {
        group = group.element(Origin::path(place.as_str()));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.render(&[group]);
    text.push('\n');
    seen_through(text)
}

/// The text of a label with pictures for control characters, as the renderer has them in sources and messages: a name
/// from a file must not move the cursor.
fn pictured(text: &str) -> String {
    let picture = |one: char| match u32::from(one) {
        code @ 0..0x20 if one != '\n' => char::from_u32(0x2400 + code).unwrap_or(one),
        _ => one,
    };
    text.chars().map(picture).collect()
}

/// The text with characters that nobody sees made visible. The renderer does so with those that turn or move; these hide.
fn seen_through(text: String) -> String {
    let hides = |one: char| matches!(one, '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    if text.chars().any(hides) { text.replace(hides, "\u{fffd}") } else { text }
}

/// The lines that the ranges lie in and one more on either side, as a range of the text. The renderer walks over all that
/// it is given, so that many findings in a long program would cost as many walks over it.
fn lines_around(ranges: impl Iterator<Item = Range<usize>>, text: &str) -> Range<usize> {
    let (first, last) =
        ranges.fold((text.len(), 0), |(first, last), range| (first.min(range.start), last.max(range.end)));
    let before = |at: usize| memchr::memrchr(b'\n', &text.as_bytes()[..at]);
    let after = |at: usize| memchr::memchr(b'\n', &text.as_bytes()[at..]).map(|found| at + found + 1);
    let start = before(first).and_then(before).map_or(0, |found| found + 1);
    let end = after(last).and_then(after).unwrap_or(text.len());
    start..end
}

/// A range within the text and on its character boundaries, whatever it was.
fn clip(range: Range<usize>, text: &str) -> Range<usize> {
    let snap = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = snap(range.start);
    start..snap(range.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_around_what_is_marked() {
        let text = "one\ntwo\nthree\nfour\nfive\n";
        let around = |range: Range<usize>| &text[lines_around([range].into_iter(), text)];
        assert_eq!(around(0..1), "one\ntwo\n");
        assert_eq!(around(8..9), "two\nthree\nfour\n");
        assert_eq!(around(5..15), "one\ntwo\nthree\nfour\nfive\n");
        assert_eq!(around(text.len()..text.len()), "five\n");
        assert_eq!(&text[lines_around([0..1, 19..20].into_iter(), text)], text);
    }

    #[test]
    fn labels_show_pictures_of_control_characters() {
        assert_eq!(pictured("first `depy\u{14}\u{1b}[2J`"), "first `depy\u{2414}\u{241b}[2J`");
        assert_eq!(pictured("two\nlines"), "two\nlines");
    }
}
