//! What each token and comment is to the one before: joined, apart by a blank, or on a line of its own, and how far in.

use std::ops::Range;

use super::state::{BETWEEN_ITEMS, STEP, State};
use crate::syntax::ast::{Item, ItemKind};
use crate::syntax::token::{Dotted, Kind};

/// A token or comment as it will stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    /// Whether a blank parts it from what stands before it on its line.
    pub(super) apart: bool,
    /// Whether it begins a line in any case.
    pub(super) begins: bool,
    /// Whether an empty line precedes it.
    pub(super) after_blank: bool,
    /// How far in it is where it begins a line.
    pub(super) indent: usize,
    /// Whether, and how readily, a line that is too wide may be broken before it: the least goes first.
    pub(super) rank: Option<u32>,
    pub(super) comment: bool,
    /// Where it stood in its line, in characters.
    pub(super) column: usize,
    /// How many characters were between it and what stood before.
    pub(super) gap: usize,
}

/// The words of a program, from its tokens and comments in order.
pub(super) fn words<'t>(text: &'t str, pieces: &[(Option<Kind>, Range<usize>)], items: &[Item]) -> Vec<Word<'t>> {
    let mut writer = Writer { pieces: read(text, pieces), words: Vec::new(), first: true };
    writer.items(items, 0);
    writer.comments(usize::MAX, 0);
    writer.words
}

/// A token, or without a kind a comment, as it stands.
#[derive(Clone, Copy)]
struct Piece<'t> {
    kind: Option<Kind>,
    text: &'t str,
    start: usize,
    /// Line breaks before it.
    breaks: usize,
    column: usize,
    gap: usize,
}

fn read<'t>(text: &'t str, pieces: &[(Option<Kind>, Range<usize>)]) -> Vec<Piece<'t>> {
    let mut read: Vec<Piece<'t>> = Vec::with_capacity(pieces.len());
    let (mut end, mut column) = (0, 0);
    let after = |column: usize, text: &str| match text.rfind('\n') {
        Some(last) => text[last + 1..].chars().count(),
        None => column + text.chars().count(),
    };
    for (kind, range) in pieces {
        let between = &text[end..range.start];
        column = after(column, between);
        let own = &text[range.clone()];
        read.push(Piece {
            kind: *kind,
            text: if kind.is_none() { own.trim_end() } else { own },
            start: range.start,
            breaks: between.matches('\n').count(),
            column,
            gap: between.len(),
        });
        column = after(column, own);
        end = range.end;
    }
    // A line that begins with a comma ends with one instead.
    for at in 1..read.len() {
        let joins = matches!(read[at].kind, Some(Kind::Comma | Kind::If)) && read[at - 1].kind.is_some();
        if joins && read[at].breaks > 0 {
            read[at].breaks = 0;
            if let Some(next) = read.get_mut(at + 1) {
                next.breaks = next.breaks.max(1);
            }
        }
    }
    read.reverse();
    read
}

struct Writer<'t> {
    /// Those still to come, the next one last.
    pieces: Vec<Piece<'t>>,
    words: Vec<Word<'t>>,
    /// Whether what comes next is the first in the program or in a component.
    first: bool,
}

impl<'t> Writer<'t> {
    /// Takes the next piece, if it begins before a place.
    fn next_before(&mut self, end: usize) -> Option<Piece<'t>> {
        self.pieces.pop_if(|piece| piece.start < end)
    }

    fn items(&mut self, items: &[Item], base: usize) {
        let mut done = 0;
        let mut fact = false;
        for item in items {
            let body = item.span.range();
            // `.functor f, g()` is one text and two items.
            if body.start < done {
                continue;
            }
            let start = item.annotations.first().map_or(body.start, |first| first.span.range().start.min(body.start));
            let before = self.words.len();
            self.comments(start, base);
            // Bare facts may share a line, and nothing else.
            let bare = item.annotations.is_empty()
                && matches!(&item.kind, ItemKind::Clause(clause) if clause.body.is_none() && clause.plan.is_none());
            let beside = (fact && bare) || self.words.len() > before;
            self.item(item, start, base, beside);
            fact = bare;
            done = body.end;
        }
    }

    /// The comments up to a place, between items.
    fn comments(&mut self, end: usize, base: usize) {
        while let Some(piece) = self.next_before(end) {
            self.between(piece, base, true, None);
        }
    }

    /// Writes a comment between items, or the beginning of an item. `beside` says whether it may stay on the line.
    fn between(&mut self, piece: Piece<'t>, base: usize, beside: bool, rank: Option<u32>) {
        let begins = self.words.is_empty() || piece.breaks > 0 || !beside || self.after_line_comment();
        let after_blank = begins && piece.breaks > 1 && !self.first;
        let indent = base * STEP;
        self.words.push(Word { begins, after_blank, indent, rank, ..word(piece) });
        self.first &= !begins;
    }

    fn after_line_comment(&self) -> bool {
        self.words.last().is_some_and(|last| last.comment && last.text.starts_with("//"))
    }

    fn item(&mut self, item: &Item, start: usize, base: usize, beside: bool) {
        let mut state = State::new(item, base);
        if let Some(piece) = self.next_before(start + 1) {
            state.see(piece.kind, piece.start);
            self.between(piece, base, beside, Some(BETWEEN_ITEMS));
        }
        while let Some(piece) = self.next_before(item.span.range().end) {
            let honoured = piece.breaks > 0 && state.reads_well(piece.kind);
            let begins = honoured || self.after_line_comment() || piece.kind == Some(Kind::Dotted(Dotted::Plan));
            let written = Word { apart: state.apart(piece.kind), begins, rank: state.rank(piece.kind), ..word(piece) };
            let indent = state.indent(piece.kind);
            self.words.push(Word { indent, ..written });
            state.see(piece.kind, piece.start);
            if let (ItemKind::Component(component), Some(Kind::LeftBrace)) = (&item.kind, piece.kind) {
                return self.component(&component.items, item.span.range().end, base);
            }
        }
    }

    /// What stands between the braces of a component, and the closing one.
    fn component(&mut self, items: &[Item], end: usize, base: usize) {
        self.first = true;
        let before = self.words.len();
        self.items(items, base + 1);
        self.comments(end - 1, base + 1);
        self.first = false;
        if let Some(piece) = self.next_before(end) {
            let begins = self.words.len() > before;
            self.words.push(Word { apart: false, begins, indent: base * STEP, ..word(piece) });
        }
    }
}

fn word(piece: Piece<'_>) -> Word<'_> {
    Word {
        text: piece.text,
        apart: true,
        begins: false,
        after_blank: false,
        indent: 0,
        rank: None,
        comment: piece.kind.is_none(),
        column: piece.column,
        gap: piece.gap,
    }
}
