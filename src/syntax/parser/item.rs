//! Items: what stands before them, and which they are.

use super::clause::AFTER_LITERAL;
use super::cursor::{Failed, Parsed, Parser};
use crate::diagnostic::{Diagnostic, code};
use crate::symbol::Symbol;
use crate::syntax::ast::{Annotation, Goal, Item, ItemKind, Name};
use crate::syntax::lexer::doc_text;
use crate::syntax::token::{Dotted, Kind, Word, begins_name, continues_name};

/// What precedes an item.
#[derive(Clone, Default)]
pub(super) struct Before {
    doc: Option<Symbol>,
    annotations: Vec<Annotation>,
}

impl<'t> Parser<'t, '_> {
    /// Reads items up to the end of the text, or to the brace that closes a component.
    pub(super) fn items(&mut self, items: &mut Vec<Item>, in_component: bool) {
        loop {
            let start = self.here();
            if self.at(Kind::End) || (in_component && self.at(Kind::RightBrace)) || self.hopeless() {
                return;
            }
            let indentation = match self.token.kind {
                Kind::Dotted(_) | Kind::Dot => Some(self.indentation(start)),
                _ => None,
            };
            if self.item(items, in_component).is_err() {
                self.terms.clear();
                self.recover(in_component, indentation);
                if self.here() == start && !self.at(Kind::End) {
                    self.bump();
                }
            }
        }
    }

    /// One item; `.functor f, g(...)` makes several.
    fn item(&mut self, items: &mut Vec<Item>, in_component: bool) -> Parsed<()> {
        let before = self.before()?;
        let start = self.here();
        let kind = match self.token.kind {
            Kind::Identifier => {
                if let Some(word) = self.undotted() {
                    return self.directive(word, before, items, in_component);
                }
                ItemKind::Clause(self.clause()?)
            }
            Kind::Dotted(word) => return self.directive(word, before, items, in_component),
            Kind::Reserved(word) => {
                if word == Word::Qualifier
                    && let Some(word) = self.undotted()
                {
                    return self.directive(word, before, items, in_component);
                }
                ItemKind::Clause(self.clause()?)
            }
            Kind::Ask => ItemKind::Goal(self.goal(in_component)?),
            _ => return self.no_item(!before.annotations.is_empty(), in_component),
        };
        self.push(items, before, kind, start);
        Ok(())
    }

    pub(super) fn push(&mut self, items: &mut Vec<Item>, before: Before, kind: ItemKind, start: u32) {
        let span = self.span_from(start);
        items.push(Item { doc: before.doc, annotations: before.annotations, kind, span });
    }

    /// What stands where an item should begin. A stray full stop or brace is passed over.
    fn no_item(&mut self, annotated: bool, in_component: bool) -> Parsed<()> {
        let expected = if annotated { "an item after the annotation" } else { "a clause or a directive" };
        if let Some(word) = self.directive_word() {
            return Err(self.unknown_directive(word));
        }
        // A name after the full stop was dealt with above.
        let stray = self.at(Kind::Dot) || (self.at(Kind::RightBrace) && !in_component);
        let help = match self.token.kind {
            Kind::Dot => Some("the item before is complete without this full stop"),
            Kind::RightBrace if stray => Some("no component is open here"),
            Kind::Not | Kind::Tilde => Some("only a body can negate"),
            _ => None,
        };
        let failed = self.unexpected_with(expected, help);
        if !stray {
            return Err(failed);
        }
        self.bump();
        Ok(())
    }

    /// The word directly after the current full stop.
    pub(super) fn directive_word(&self) -> Option<&'t str> {
        let rest = self.text().get(self.token.end as usize..).filter(|_| self.at(Kind::Dot))?;
        let length = rest.bytes().position(|byte| !continues_name(byte)).unwrap_or(rest.len());
        rest.get(..length).filter(|word| !word.is_empty())
    }

    fn unknown_directive(&mut self, word: &str) -> Failed {
        let mut span = self.span_of(self.token);
        span.end += u32::try_from(word.len()).unwrap_or(0);
        let diagnostic = if Dotted::of(word).is_some() {
            Diagnostic::at(code::UNEXPECTED_TOKEN, format!("white space must follow `.{word}`"), span, "")
        } else {
            let near = crate::diagnostic::suggest(word, Dotted::WORDS);
            Diagnostic::at(code::UNEXPECTED_TOKEN, format!("there is no directive `.{word}`"), span, "")
                .maybe_help(near.map(|near| format!("did you mean `.{near}`?")))
        };
        self.fail(diagnostic)
    }

    /// The directive whose full stop was forgotten: a directive's word with a name after it.
    fn undotted(&mut self) -> Option<Dotted> {
        let word = Dotted::of(self.text_of(self.token))?;
        let rest = self.text().get(self.token.end as usize..)?;
        let blank = rest.starts_with([' ', '\t']);
        let next = rest.trim_start_matches([' ', '\t']).bytes().next()?;
        if !blank || !(begins_name(next) || next == b'"') || word == Dotted::Plan {
            return None;
        }
        let text = self.text_of(self.token);
        let span = self.span_of(self.token);
        self.slip("a directive begins with a full stop", span, &format!("write `.{text}`"));
        Some(word)
    }

    /// Documentation comments and annotations, in any order.
    fn before(&mut self) -> Parsed<Before> {
        if !self.has_docs() && !self.at(Kind::AnnotationOpen) {
            return Ok(Before::default());
        }
        let mut docs = Vec::new();
        let mut annotations = Vec::new();
        self.take_docs(&mut docs);
        while self.at(Kind::AnnotationOpen) {
            self.annotation(&mut annotations);
            self.take_docs(&mut docs);
        }
        let doc = (!docs.is_empty()).then(|| {
            let lines: Vec<String> = docs.into_iter().map(|range| doc_text(&self.text()[range])).collect();
            self.symbols.intern(&lines.join("\n"))
        });
        Ok(Before { doc, annotations })
    }

    /// `@[name]`, `@[name = "text"]`, or several between commas. A faulty one is reported and left out.
    fn annotation(&mut self, annotations: &mut Vec<Annotation>) {
        let start = self.here();
        self.bump();
        loop {
            let first = self.here();
            if !matches!(self.token.kind, Kind::Identifier | Kind::Reserved(_)) {
                return self.bad_annotation();
            }
            let name = self.word();
            self.skip_tokens();
            let value = if self.eat(Kind::Equal) {
                match self.value() {
                    Some(value) => Some(value),
                    None => return self.bad_annotation(),
                }
            } else {
                None
            };
            let closed = self.at(Kind::RightBracket);
            if !closed && !self.at(Kind::Comma) {
                return self.bad_annotation();
            }
            self.bump();
            let from = if annotations.last().is_some_and(|last: &Annotation| last.span.start >= start) {
                first
            } else {
                start
            };
            annotations.push(Annotation { name, value, span: self.span_from(from) });
            if closed {
                return;
            }
        }
    }

    /// `(...)` after an annotation's name, which Soufflé allows and nothing here reads.
    fn skip_tokens(&mut self) {
        let mut open = 0_u32;
        loop {
            match self.token.kind {
                Kind::LeftParen => open += 1,
                Kind::RightParen if open == 1 => return self.bump(),
                Kind::RightParen => open = open.saturating_sub(1),
                Kind::End => return,
                _ => {}
            }
            if open == 0 {
                return;
            }
            self.bump();
        }
    }

    fn bad_annotation(&mut self) {
        if self.at(Kind::End) {
            let _ = self.unexpected("`]` after the annotation");
            return;
        }
        let found = self.described(self.token);
        let diagnostic = Diagnostic::at(
            code::BAD_ANNOTATION,
            format!("the annotation cannot be read: unexpected {found}"),
            self.span_of(self.token),
            "",
        );
        self.report(diagnostic.help("an annotation is written `@[name]` or `@[name = \"text\"]`"));
        // The rest of it, if its bracket is closed; otherwise the item may begin here.
        let rest = self.text().get(self.token.start as usize..).unwrap_or("");
        if rest.find([']', '(', '.', '\n']).is_some_and(|at| rest[at..].starts_with(']')) {
            while !self.eat(Kind::RightBracket) && !self.at(Kind::End) {
                self.bump();
            }
        }
    }

    /// An identifier or reserved word where only the spelling matters.
    pub(super) fn word(&mut self) -> Name {
        let token = self.token;
        self.bump();
        Name { symbol: self.symbols.intern(self.text_of(token)), span: self.span_of(token) }
    }

    /// The value of a parameter or annotation as text: a string, a number, a word.
    pub(super) fn value(&mut self) -> Option<Name> {
        match self.token.kind {
            Kind::String | Kind::SingleQuoted => Some(self.string()),
            Kind::Identifier | Kind::Reserved(_) | Kind::Number | Kind::Float | Kind::Address => Some(self.word()),
            _ => None,
        }
    }

    /// `?- body.`
    fn goal(&mut self, in_component: bool) -> Parsed<Goal> {
        let start = self.here();
        if in_component {
            let span = self.span_of(self.token);
            self.slip("a goal cannot stand in a component", span, "ask outside, of the component's instance");
        }
        self.bump();
        let body = self.formula()?;
        self.end_of_clause(AFTER_LITERAL)?;
        Ok(Goal { body, span: self.span_from(start) })
    }
}
