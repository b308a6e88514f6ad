//! Numbers that mean nothing but themselves: those that `autoinc()` counts up, and what `ord(..)` makes of texts. They
//! have types of their own, and are only joined and compared for equality (`opaque`).

use onus::syntax::ast::{Functor, Term, TermKind, TypeDefinition};
use onus::value::Kind;

use super::body::Body;
use super::world::{Relation, Type, TypeIndex, World};
use crate::opaque::{COUNTED, ORDINAL};

impl World<'_> {
    /// Declares the types of such numbers.
    pub(super) fn opaque_types(&mut self) {
        if self.settings.counters && !self.positive && self.random.percent(12) {
            self.counted = Some(self.opaque_type(COUNTED));
        }
        if self.settings.strings && self.random.percent(10) {
            self.ordinal = Some(self.opaque_type(ORDINAL));
        }
    }

    fn opaque_type(&mut self, name: &str) -> TypeIndex {
        let base = self.build.name("number");
        let item = self.build.ty(name, TypeDefinition::Subtype(base));
        self.declarations.push(item);
        // No parent: such a number flows nowhere else.
        self.types.push(Type { name: name.to_owned(), kind: Kind::Number, parent: None, alternatives: Vec::new() });
        self.types.len() - 1
    }

    /// Whether values of a type mean nothing but themselves.
    pub(super) fn is_opaque(&self, ty: TypeIndex) -> bool {
        Some(ty) == self.counted || Some(ty) == self.ordinal
    }

    /// A new relation whose first column counts the instances of its rule.
    pub(super) fn counted_rule(&mut self) -> Option<(Relation, onus::syntax::ast::Item)> {
        let counted = self.counted?;
        let mut body = self.body(&[])?;
        self.witnesses = false;
        self.extras(&mut body);
        self.witnesses = true;
        let mut columns = self.new_columns(&body);
        let mut arguments = self.head(&mut body, &columns)?;
        let at = self.random.below(columns.len() + 1);
        columns.insert(at, counted);
        arguments.insert(at, self.next(counted));
        if self.random.percent(10) {
            columns.push(counted);
            arguments.push(self.next(counted));
        }
        if self.random.percent(20) {
            // The same number under a name.
            let name = body.fresh();
            let value = arguments[at].clone();
            arguments[at] = self.build.variable(&name);
            let variable = self.build.variable(&name);
            body.literals.push(self.build.compare(onus::syntax::ast::CompareOp::Equal, variable, value));
        }
        let name = self.next_name();
        let head = self.build.atom(&name, arguments);
        Some((Relation { name, columns }, self.build.clause(vec![head], body.literals)))
    }

    /// `as(autoinc(), Id)`
    fn next(&mut self, counted: TypeIndex) -> Term {
        let counter = self.build.term(TermKind::Autoinc);
        self.reinterpreted(counter, counted)
    }

    fn reinterpreted(&mut self, term: Term, ty: TypeIndex) -> Term {
        let name = self.types[ty].name.clone();
        let ty = self.build.name(&name);
        self.build.term(TermKind::As { term: Box::new(term), ty })
    }

    /// `z = as(ord(x), Ord)`
    pub(super) fn order_of_text(&mut self, body: &mut Body) {
        let Some(ordinal) = self.ordinal else { return };
        let Some(text) = self.of_kind(body, Kind::Symbol) else { return };
        // Longer ones have no number in the reference.
        let short = self.build.variable(&text.name);
        let length = self.build.call(Functor::Strlen, vec![short]);
        let most = self.build.integer(7);
        let test = self.build.compare(onus::syntax::ast::CompareOp::LessEqual, length, most);
        let variable = self.build.variable(&text.name);
        let ends = [0, 7].map(|end| self.build.integer(end));
        let cut = self.build.call(Functor::Substr, [vec![variable], ends.into()].concat());
        let order = self.build.call(Functor::Ord, vec![cut]);
        let term = self.reinterpreted(order, ordinal);
        body.literals.push(test);
        self.assign(body, ordinal, term);
    }

    /// Whether a relation has no such number.
    pub(super) fn is_transparent(&self, relation: &Relation) -> bool {
        relation.columns.iter().all(|&ty| !self.is_opaque(ty))
    }
}
