//! Lattices, and aggregates over what is not complete yet.

use onus::syntax::ast::{AggregateOp, CompareOp, Functor, Item, ItemKind};
use onus::value::Kind;

use super::aggregate::Inside;
use super::world::{FLOAT, NUMBER, Relation, SYMBOL, TypeIndex, UNSIGNED, World};

impl World<'_> {
    /// Declares lattices over some of the primitive types.
    pub(super) fn lattices(&mut self) {
        if !self.settings.lattices || self.positive || !self.random.percent(30) {
            return;
        }
        for ty in [NUMBER, UNSIGNED, FLOAT, SYMBOL] {
            let bits = matches!(ty, NUMBER | UNSIGNED);
            let functor = [Functor::Min, Functor::Max, Functor::BitOr, Functor::BitAnd]
                [self.random.below(if bits { 4 } else { 2 })];
            if self.random.percent(50) {
                let name = self.types[ty].name.clone();
                let item = self.build.lattice(&name, functor);
                self.declarations.push(item);
                self.lattices.push((ty, functor));
            }
        }
    }

    /// Perhaps makes the last columns of a relation, which was declared last, lattices.
    pub(super) fn lattice_columns(&mut self, relation: &Relation) -> bool {
        let known = |ty: &TypeIndex| self.lattices.iter().any(|(of, _)| of == ty);
        let fitting = relation.columns.iter().rev().take_while(|ty| known(ty)).count();
        if fitting == 0 || !self.random.percent(40) {
            return false;
        }
        let count = if self.random.percent(80) { 1 } else { fitting };
        if let Some(ItemKind::Relation(declared)) = self.declarations.last_mut().map(|item| &mut item.kind) {
            declared.attributes.iter_mut().rev().take(count).for_each(|attribute| attribute.lattice = true);
        }
        true
    }

    /// The functor of the lattice in the last column of a relation, if that is its only one.
    fn keeps(&self, relation: &Relation) -> Option<Functor> {
        let declared = self.declarations.iter().find_map(|item| match &item.kind {
            ItemKind::Relation(declared) => declared
                .names
                .iter()
                .any(|name| self.build.symbols.get(name.symbol) == relation.name)
                .then_some(declared),
            _ => None,
        })?;
        let lattices = declared.attributes.iter().filter(|attribute| attribute.lattice).count();
        let ty = relation.columns.last()?;
        let functor = self.lattices.iter().find(|(of, _)| of == ty).map(|&(_, functor)| functor);
        functor.filter(|_| lattices == 1)
    }

    /// Whether tuples of a relation replace each other.
    fn replaces(&self, relation: &Relation) -> bool {
        let named = |symbol| self.build.symbols.get(symbol) == relation.name;
        self.declarations.iter().any(|item| match &item.kind {
            ItemKind::Clause(clause) => clause.subsumption && named(clause.heads[0].relation.symbol),
            ItemKind::Relation(declared) => {
                declared.attributes.iter().any(|attribute| attribute.lattice)
                    && declared.names.iter().any(|name| named(name.symbol))
            }
            _ => false,
        })
    }

    /// A rule for a relation with an aggregate over relations that are not complete: what grows is asked to be large
    /// enough, what shrinks to be small enough, or it goes where the least or greatest stays.
    pub(super) fn monotone(&mut self, head: &Relation, over: &Relation, also: &[Relation]) -> Option<Item> {
        let mut body = self.body(also)?;
        if self.random.percent(40) {
            self.extras(&mut body);
        }
        let mut inside = Inside::default();
        self.inner_atom(&mut body, &mut inside, over);
        if self.random.percent(50) {
            let relation = self.some_relation()?;
            self.inner_atom(&mut body, &mut inside, &relation);
        }
        if self.random.percent(20) {
            self.inner_test(&body, &mut inside);
        }
        let targets: Vec<(String, TypeIndex)> = inside
            .own
            .iter()
            .filter(|(_, ty)| matches!(self.kind(*ty), Kind::Number | Kind::Unsigned | Kind::Float))
            .filter(|(_, ty)| !self.is_opaque(*ty))
            .cloned()
            .collect();
        let target = self.random.pick(&targets).cloned();
        let kept = self.keeps(head);
        let (op, target) = match (target, self.random.below(4)) {
            (Some(target), 0) => (AggregateOp::Min, Some(target)),
            (Some(target), 1) => (AggregateOp::Max, Some(target)),
            (Some(target), 2) if target.1 == UNSIGNED && !self.replaces(over) => (AggregateOp::Sum, Some(target)),
            (Some(target), _) if self.replaces(over) => (AggregateOp::Max, Some(target)),
            // What is replaced cannot be counted meanwhile.
            (None, _) if self.replaces(over) => return None,
            _ => (AggregateOp::Count, None),
        };
        let ty = match &target {
            None => NUMBER,
            Some((_, ty)) => match self.kind(*ty) {
                Kind::Unsigned => UNSIGNED,
                Kind::Float => FLOAT,
                _ => NUMBER,
            },
        };
        let down = op == AggregateOp::Min;
        let mut term = target.map(|(name, _)| self.build.variable(&name));
        if down && ty == NUMBER && self.random.percent(40) {
            let one = self.build.integer(1);
            term = term.map(|term| self.build.call(Functor::Add, vec![term, one]));
        }
        let value = self.build.aggregate(op, term, inside.literals);
        let to_head = matches!((kept, down), (Some(Functor::Min), true) | (Some(Functor::Max), false))
            && head.columns.last() == Some(&ty)
            && self.random.percent(70);
        let arguments = if to_head {
            let (last, others) = head.columns.split_last()?;
            let mut arguments = self.head(&mut body, others)?;
            let name = self.assign(&mut body, *last, value);
            arguments.push(self.build.variable(&name));
            arguments
        } else {
            let bound = match ty {
                FLOAT | UNSIGNED => {
                    let value = self.value(ty);
                    self.build.value(&value)
                }
                _ => {
                    let bound = self.random.between(0, if op == AggregateOp::Count { 3 } else { 6 });
                    self.build.integer(i64::try_from(bound).unwrap_or(0))
                }
            };
            let arguments = self.head(&mut body, &head.columns)?;
            let (large, small) =
                [(CompareOp::Greater, CompareOp::Less), (CompareOp::GreaterEqual, CompareOp::LessEqual)]
                    [self.random.below(2)];
            let value = if self.random.percent(40) {
                let name = body.fresh();
                let variable = self.build.variable(&name);
                body.literals.push(self.build.compare(CompareOp::Equal, variable.clone(), value));
                variable
            } else {
                value
            };
            let (op, mirrored) = if down { (small, large) } else { (large, small) };
            body.literals.push(if self.random.percent(70) {
                self.build.compare(op, value, bound)
            } else {
                self.build.compare(mirrored, bound, value)
            });
            arguments
        };
        let head = self.build.atom(&head.name, arguments);
        let mut rule = self.build.clause(vec![head], body.literals);
        rule.annotations.push(self.build.annotation("monotone"));
        Some(rule)
    }
}
