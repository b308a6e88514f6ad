//! Where in the sources the bytes of an expanded text come from, and a tree whose places are those of the sources.

use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span};
use crate::syntax::ast::{
    Atom, Attribute, ComponentType, Formula, Item, ItemKind, Name, Program, Term, TermKind, TypeDefinition,
};

/// Bytes of an expanded text with one origin.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// Where they begin in the expanded text. They end where the next segment begins.
    at: usize,
    origin: Span,
    /// Whether they are the origin's bytes, rather than what a macro made of them.
    verbatim: bool,
}

/// The origin of every byte of an expanded text.
#[derive(Clone, Debug)]
pub(super) struct Places {
    source: SourceId,
    segments: Vec<Segment>,
    length: usize,
}

impl Places {
    pub(super) fn new(source: SourceId) -> Self {
        Self { source, segments: Vec::new(), length: 0 }
    }

    /// Notes that so many more bytes are those of a range of a source.
    pub(super) fn verbatim(&mut self, origin: Span) {
        let length = (origin.end - origin.start) as usize;
        let follows = self.segments.last().is_some_and(|last| {
            last.verbatim && last.origin.source == origin.source && last.origin.end == origin.start
        });
        if let (true, Some(last)) = (follows, self.segments.last_mut()) {
            last.origin.end = origin.end;
        } else {
            self.segments.push(Segment { at: self.length, origin, verbatim: true });
        }
        self.length += length;
    }

    /// Notes that so many more bytes stand for the use of a macro.
    pub(super) fn made(&mut self, length: usize, origin: Span) {
        self.segments.push(Segment { at: self.length, origin, verbatim: false });
        self.length += length;
    }

    /// A blank that keeps what a macro made apart from what follows it.
    pub(super) fn blank(&mut self) {
        self.length += 1;
    }

    /// The place in the sources of a range of the expanded text.
    fn span(&self, start: u32, end: u32) -> Span {
        let Some(first) = self.segment(start as usize) else { return Span::new(self.source, 0, 0) };
        let from = Self::place(first, start as usize);
        let to = if end > start {
            self.segment(end as usize - 1).map(|last| (last, Self::place(last, end as usize - 1)))
        } else {
            None
        };
        match to {
            Some((last, at)) if last.origin.source == first.origin.source => {
                let to = if last.verbatim { at + 1 } else { last.origin.end as usize };
                Span::new(first.origin.source, from, to.max(from))
            }
            // It goes on in another file: what is in this one.
            Some(_) => Span::new(first.origin.source, from, first.origin.end as usize),
            None => Span::new(first.origin.source, from, from),
        }
    }

    fn segment(&self, at: usize) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.at <= at);
        self.segments.get(after.checked_sub(1)?)
    }

    fn place(segment: &Segment, at: usize) -> usize {
        let origin = segment.origin;
        if segment.verbatim {
            (origin.start as usize + at - segment.at).min(origin.end as usize)
        } else {
            origin.start as usize
        }
    }

    fn moved(&self, span: &mut Span) {
        *span = self.span(span.start, span.end);
    }

    /// Lets a diagnostic speak of the sources.
    pub(super) fn diagnostic(&self, diagnostic: &mut Diagnostic) {
        diagnostic.labels.iter_mut().for_each(|label| self.moved(&mut label.span));
    }

    /// Lets every place in a tree be one of the sources.
    pub(super) fn program(&self, program: &mut Program) {
        program.items.iter_mut().for_each(|item| self.item(item));
    }

    fn item(&self, item: &mut Item) {
        self.moved(&mut item.span);
        for annotation in &mut item.annotations {
            self.moved(&mut annotation.span);
            self.name(&mut annotation.name);
            annotation.value.iter_mut().for_each(|value| self.name(value));
        }
        match &mut item.kind {
            ItemKind::Type(decl) => {
                self.name(&mut decl.name);
                match &mut decl.definition {
                    TypeDefinition::Subtype(base) | TypeDefinition::Alias(base) | TypeDefinition::Deprecated(base) => {
                        self.name(base);
                    }
                    TypeDefinition::Union(members) => self.names(members),
                    TypeDefinition::Record(fields) => self.attributes(fields),
                    TypeDefinition::Adt(branches) => {
                        for branch in branches {
                            self.name(&mut branch.name);
                            self.attributes(&mut branch.fields);
                        }
                    }
                }
            }
            ItemKind::Relation(decl) => {
                self.names(&mut decl.names);
                self.attributes(&mut decl.attributes);
                self.names(&mut decl.qualifiers);
                decl.choice.iter_mut().for_each(|key| self.names(key));
            }
            ItemKind::Clause(clause) => {
                self.moved(&mut clause.span);
                clause.heads.iter_mut().for_each(|head| self.atom(head));
                clause.body.iter_mut().for_each(|body| self.formula(body));
                clause.plan.iter_mut().for_each(|plan| self.moved(&mut plan.span));
            }
            ItemKind::Goal(goal) => {
                self.moved(&mut goal.span);
                self.formula(&mut goal.body);
            }
            ItemKind::Directive(directive) => {
                self.names(&mut directive.relations);
                for (key, value) in &mut directive.parameters {
                    self.name(key);
                    self.name(value);
                }
            }
            ItemKind::Component(component) => {
                self.component(&mut component.head);
                component.bases.iter_mut().for_each(|base| self.component(base));
                component.items.iter_mut().for_each(|item| self.item(item));
            }
            ItemKind::Init(init) => {
                self.name(&mut init.name);
                self.component(&mut init.component);
            }
            ItemKind::Override(name) => self.name(name),
            ItemKind::Functor(decl) => {
                self.name(&mut decl.name);
                self.names(&mut decl.parameters);
                self.name(&mut decl.result);
            }
            ItemKind::Lattice(decl) => {
                self.name(&mut decl.name);
                for (operator, term) in &mut decl.operators {
                    self.name(operator);
                    self.term(term);
                }
            }
            ItemKind::Pragma { key, value } => {
                self.name(key);
                value.iter_mut().for_each(|value| self.name(value));
            }
            ItemKind::Include { path } => path.iter_mut().for_each(|path| self.name(path)),
        }
    }

    fn name(&self, name: &mut Name) {
        self.moved(&mut name.span);
    }

    fn names(&self, names: &mut [Name]) {
        names.iter_mut().for_each(|name| self.name(name));
    }

    fn attributes(&self, attributes: &mut [Attribute]) {
        for attribute in attributes {
            self.name(&mut attribute.name);
            self.name(&mut attribute.ty);
        }
    }

    fn component(&self, component: &mut ComponentType) {
        self.name(&mut component.name);
        self.names(&mut component.parameters);
    }

    fn atom(&self, atom: &mut Atom) {
        self.moved(&mut atom.span);
        self.name(&mut atom.relation);
        self.terms(&mut atom.arguments);
    }

    fn formula(&self, formula: &mut Formula) {
        match formula {
            Formula::Atom(atom) => self.atom(atom),
            Formula::Compare(compare) => {
                self.moved(&mut compare.span);
                self.term(&mut compare.left);
                self.term(&mut compare.right);
            }
            Formula::Boolean(_, span) => self.moved(span),
            Formula::Not(inner, span) => {
                self.moved(span);
                self.formula(inner);
            }
            Formula::And(parts) | Formula::Or(parts) => parts.iter_mut().for_each(|part| self.formula(part)),
        }
    }

    fn terms(&self, terms: &mut [Term]) {
        terms.iter_mut().for_each(|term| self.term(term));
    }

    fn term(&self, term: &mut Term) {
        self.moved(&mut term.span);
        match &mut term.kind {
            TermKind::Record(parts) | TermKind::Call { arguments: parts, .. } => self.terms(parts),
            TermKind::Branch { name, arguments } | TermKind::User { name, arguments } => {
                self.name(name);
                self.terms(arguments);
            }
            TermKind::As { term, ty } => {
                self.term(term);
                self.name(ty);
            }
            TermKind::Aggregate(aggregate) => {
                aggregate.target.iter_mut().for_each(|target| self.term(target));
                self.formula(&mut aggregate.body);
            }
            TermKind::Variable(_)
            | TermKind::Wildcard
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Iteration => {}
        }
    }
}
