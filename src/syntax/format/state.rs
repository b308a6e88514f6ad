//! The rules of spacing: what a token is to the one before it, given how much of its item is written.

use crate::syntax::ast::{Item, ItemKind};
use crate::syntax::token::{Dotted, Kind, Word};

/// Blanks that one level is further in.
pub(super) const STEP: usize = 4;

/// The blanks below `?- `.
const BELOW_GOAL: usize = 3;

// How readily a line that is too wide is broken at a place, the least first. Inside each bracket it is two more, and at a
// comma one more than at a semicolon.
pub(super) const BETWEEN_ITEMS: u32 = 0;
const AFTER_HEAD: u32 = 1;
const BETWEEN_PARTS: u32 = 2;

/// How far an item is written.
pub(super) struct State<'i> {
    item: &'i ItemKind,
    /// Where it begins, its annotations left aside.
    start: usize,
    base: usize,
    /// The token before; none at the beginning and after a comment.
    previous: Option<Kind>,
    /// Whether the token before is a sign that belongs to what follows.
    sign: bool,
    /// Whether the last token ends an operand, so that a minus after it subtracts.
    operand: bool,
    /// Whether more than comments and annotations is written.
    begun: bool,
    /// Whether the body of a rule or goal has begun.
    body: bool,
    plan: bool,
    depth: u32,
}

impl<'i> State<'i> {
    pub(super) fn new(item: &'i Item, base: usize) -> Self {
        Self {
            item: &item.kind,
            start: item.span.range().start,
            base,
            previous: None,
            sign: false,
            operand: false,
            begun: false,
            body: false,
            plan: false,
            depth: 0,
        }
    }

    /// Takes note of a token that was written, or a comment.
    pub(super) fn see(&mut self, kind: Option<Kind>, start: usize) {
        let Some(kind) = kind else {
            self.previous = None;
            return;
        };
        self.sign = match kind {
            Kind::Minus => !self.operand,
            Kind::Not | Kind::At => true,
            _ => false,
        };
        self.operand = ends_operand(kind);
        if opens(kind) {
            self.depth += 1;
        } else if closes(kind) {
            self.depth = self.depth.saturating_sub(1);
        }
        self.begun |= start >= self.start;
        self.body |= matches!(kind, Kind::If | Kind::Ask);
        self.plan |= kind == Kind::Dotted(Dotted::Plan);
        self.previous = Some(kind);
    }

    /// Whether the author's line break before a token is a good one.
    pub(super) fn reads_well(&self, next: Option<Kind>) -> bool {
        let (Some(previous), Some(next)) = (self.previous, next) else { return true };
        let after = matches!(previous, Kind::Comma | Kind::Semicolon | Kind::If | Kind::Pipe) || opens(previous);
        let before = matches!(next, Kind::Semicolon | Kind::Pipe) || closes(next);
        after && previous != Kind::AnnotationOpen || before || self.after_annotation()
    }

    fn after_annotation(&self) -> bool {
        !self.begun && self.depth == 0 && self.previous == Some(Kind::RightBracket)
    }

    /// How readily a line is broken before a token.
    pub(super) fn rank(&self, next: Option<Kind>) -> Option<u32> {
        // A comment at the end of a line stays there.
        let (previous, next) = (self.previous?, next?);
        match previous {
            _ if self.after_annotation() => Some(BETWEEN_ITEMS),
            Kind::If => Some(AFTER_HEAD),
            Kind::Semicolon => Some(BETWEEN_PARTS + 2 * self.depth),
            Kind::Comma => Some(BETWEEN_PARTS + 2 * self.depth + 1),
            _ if next == Kind::Pipe => Some(BETWEEN_PARTS + 2 * self.depth),
            _ => None,
        }
    }

    /// How far in a token is that begins a line.
    pub(super) fn indent(&self, next: Option<Kind>) -> usize {
        let base = self.base * STEP;
        let next = next.filter(|_| self.begun || self.depth > 0);
        let closing = next.is_some_and(closes);
        let depth = self.depth.saturating_sub(u32::from(closing)) as usize;
        match self.item {
            _ if !self.begun && self.depth == 0 || next == Some(Kind::Dotted(Dotted::Plan)) => base,
            ItemKind::Goal(_) if self.body => base + BELOW_GOAL + depth * STEP,
            _ if self.body => base + (1 + depth) * STEP,
            _ if closing => base + depth * STEP,
            _ => base + depth.max(1) * STEP,
        }
    }

    /// Whether a blank parts a token from the one before it.
    pub(super) fn apart(&self, next: Option<Kind>) -> bool {
        let (Some(previous), Some(next)) = (self.previous, next) else {
            return !next.is_some_and(|next| matches!(next, Kind::Comma | Kind::Dot) || closes(next));
        };
        let clause = matches!(self.item, ItemKind::Clause(_) | ItemKind::Goal(_)) && !self.plan;
        let component = matches!(self.item, ItemKind::Component(_) | ItemKind::Init(_));
        if self.sign || matches!(previous, Kind::LeftParen | Kind::LeftBracket | Kind::AnnotationOpen | Kind::Dot) {
            return false;
        }
        match next {
            Kind::Comma | Kind::RightParen | Kind::RightBracket | Kind::Dot => return false,
            Kind::Colon => return clause || component,
            Kind::LeftParen => return !called(previous),
            Kind::Identifier if previous == Kind::Dollar => return false,
            Kind::RightBrace => return !matches!(self.item, ItemKind::Type(_)) && previous != Kind::LeftBrace,
            Kind::Less | Kind::Greater => return clause,
            Kind::Equal if self.in_parameters() => return false,
            _ => {}
        }
        match previous {
            Kind::LeftBrace => !matches!(self.item, ItemKind::Type(_)),
            Kind::Less => clause,
            Kind::Equal => !self.in_parameters(),
            _ => true,
        }
    }

    fn in_parameters(&self) -> bool {
        matches!(self.item, ItemKind::Directive(_)) && self.begun && self.depth > 0
    }
}

fn opens(kind: Kind) -> bool {
    matches!(kind, Kind::LeftParen | Kind::LeftBracket | Kind::LeftBrace | Kind::AnnotationOpen)
}

fn closes(kind: Kind) -> bool {
    matches!(kind, Kind::RightParen | Kind::RightBracket | Kind::RightBrace)
}

/// Whether it ends an operand.
fn ends_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Identifier
            | Kind::Underscore
            | Kind::Number
            | Kind::Float
            | Kind::Address
            | Kind::String
            | Kind::SingleQuoted
            | Kind::Dollar
            | Kind::Reserved(Word::Nil)
    ) || closes(kind)
}

/// Whether a parenthesis after it holds its arguments.
fn called(kind: Kind) -> bool {
    match kind {
        Kind::Identifier => true,
        Kind::Reserved(word) => matches!(
            word,
            Word::Min
                | Word::Max
                | Word::Cat
                | Word::Ord
                | Word::Range
                | Word::Strlen
                | Word::Substr
                | Word::ToNumber
                | Word::ToUnsigned
                | Word::ToFloat
                | Word::ToString
                | Word::Match
                | Word::Contains
                | Word::As
                | Word::Autoinc
        ),
        _ => false,
    }
}
