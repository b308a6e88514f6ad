//! Items: what stands before them, and which they are.

use super::cursor::{Parsed, Parser};
use crate::diagnostic::{Diagnostic, code};
use crate::symbol::Symbol;
use crate::syntax::ast::{Annotation, Goal, Item, ItemKind, Name};
use crate::syntax::lexer::doc_text;
use crate::syntax::token::{Dotted, Kind, Word};

/// What precedes an item.
#[derive(Clone, Default)]
pub(super) struct Before {
    doc: Option<Symbol>,
    annotations: Vec<Annotation>,
}

impl Parser<'_, '_> {
    /// Reads items up to the end of the text, or to the brace that closes a component.
    pub(super) fn items(&mut self, items: &mut Vec<Item>, in_component: bool) {
        loop {
            let start = self.here();
            if self.at(Kind::End) || (in_component && self.at(Kind::RightBrace)) || self.hopeless() {
                return;
            }
            let indentation = match self.token.kind {
                Kind::Dotted(_) => Some(self.indentation(start)),
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
            _ => return Err(self.no_item(!before.annotations.is_empty())),
        };
        self.push(items, before, kind, start);
        Ok(())
    }

    pub(super) fn push(&mut self, items: &mut Vec<Item>, before: Before, kind: ItemKind, start: u32) {
        let span = self.span_from(start);
        items.push(Item { doc: before.doc, annotations: before.annotations, kind, span });
    }

    /// What stands where an item should begin.
    fn no_item(&mut self, annotated: bool) -> super::cursor::Failed {
        let expected = if annotated { "an item after the annotation" } else { "a clause or a directive" };
        let help = match self.token.kind {
            Kind::Dot => match self.lookahead_word() {
                Some(word) if Dotted::of(word).is_some() => {
                    Some(format!("white space must follow the word: `.{word} `"))
                }
                Some(word) => {
                    let words = [
                        "comp",
                        "decl",
                        "functor",
                        "include",
                        "init",
                        "input",
                        "lattice",
                        "limitsize",
                        "once",
                        "output",
                        "override",
                        "plan",
                        "pragma",
                        "printsize",
                        "type",
                    ];
                    crate::diagnostic::suggest(word, words).map(|near| format!("did you mean `.{near}`?"))
                }
                None => Some("the item before is complete without this full stop".to_owned()),
            },
            Kind::RightBrace => Some("no component is open here".to_owned()),
            Kind::Not | Kind::Tilde => Some("only a body can negate".to_owned()),
            _ => None,
        };
        self.unexpected_with(expected, help.as_deref())
    }

    /// The identifier directly after the current full stop.
    fn lookahead_word(&self) -> Option<&str> {
        let rest = self.text().get(self.token.end as usize..)?;
        let length = rest.bytes().position(|byte| !crate::syntax::token::continues_name(byte)).unwrap_or(rest.len());
        rest.get(..length).filter(|word| !word.is_empty())
    }

    /// The directive whose full stop was forgotten: a directive's word with a name after it.
    fn undotted(&mut self) -> Option<Dotted> {
        let word = Dotted::of(self.text_of(self.token))?;
        let rest = self.text().get(self.token.end as usize..)?;
        let blank = rest.starts_with([' ', '\t']);
        let next = rest.trim_start_matches([' ', '\t']).bytes().next()?;
        if !blank || !(crate::syntax::token::begins_name(next) || next == b'"') || word == Dotted::Plan {
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
                return self.bad_annotation(start);
            }
            let name = self.word();
            let value = if self.eat(Kind::Equal) {
                match self.value() {
                    Some(value) => Some(value),
                    None => return self.bad_annotation(start),
                }
            } else {
                None
            };
            let closed = self.at(Kind::RightBracket);
            if !closed && !self.at(Kind::Comma) {
                return self.bad_annotation(start);
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

    fn bad_annotation(&mut self, start: u32) {
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
        // The rest of it, unless its bracket was never closed.
        while !matches!(self.token.kind, Kind::RightBracket | Kind::End | Kind::Dot | Kind::Dotted(_) | Kind::If) {
            self.bump();
        }
        self.eat(Kind::RightBracket);
        debug_assert!(self.previous_end > start);
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
        self.end_of_clause("`,`, `;` or `.`")?;
        Ok(Goal { body, span: self.span_from(start) })
    }
}
