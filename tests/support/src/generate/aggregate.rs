//! Aggregates over complete relations, grouped, filtered, nested, with witnesses.

use onus::syntax::ast::{AggregateOp, CompareOp, Formula, Functor, Term};
use onus::value::Kind;

use super::body::Body;
use super::world::{FLOAT, NUMBER, Relation, TypeIndex, UNSIGNED, World};

/// The inside of an aggregate in the making.
#[derive(Default)]
pub(super) struct Inside {
    pub(super) literals: Vec<Formula>,
    /// The aggregate's own variables.
    pub(super) own: Vec<(String, TypeIndex)>,
}

impl World<'_> {
    /// Adds an aggregate to the body: its value as a variable, or compared.
    pub(super) fn aggregate(&mut self, body: &mut Body) {
        let Some((term, ty, inside)) = self.aggregate_term(body, true) else { return };
        if self.random.percent(18) {
            let op = if self.random.percent(50) { CompareOp::Greater } else { CompareOp::LessEqual };
            let bound = self.random.between(0, 6);
            let bound = self.build.integer(i64::try_from(bound).unwrap_or(0));
            body.literals.push(self.build.compare(op, term, bound));
        } else {
            self.assign(body, ty, term);
        }
        body.variables.extend(inside);
    }

    /// An aggregate, the type of its value, and the witnesses that it binds.
    fn aggregate_term(&mut self, body: &mut Body, nest: bool) -> Option<(Term, TypeIndex, Vec<super::body::Variable>)> {
        let mut inside = Inside::default();
        let relation = self.some_relation()?;
        self.inner_atom(body, &mut inside, &relation);
        if self.random.percent(35) {
            let relation = self.some_relation()?;
            self.inner_atom(body, &mut inside, &relation);
        }
        if self.random.percent(20) {
            self.inner_test(body, &mut inside);
        }
        if self.random.percent(10) {
            self.inner_negation(&mut inside);
        }
        if self.random.percent(20)
            && let Some(atom) = self.inlined_inside(body, &inside.own)
        {
            inside.literals.push(atom);
        }
        if nest && self.random.percent(5) {
            self.inner_aggregate(body, &mut inside);
        }

        let numeric = |world: &Self, ty: TypeIndex| {
            matches!(world.kind(ty), Kind::Number | Kind::Unsigned | Kind::Float) && !world.is_opaque(ty)
        };
        let targets: Vec<(String, TypeIndex)> =
            inside.own.iter().filter(|(_, ty)| numeric(self, *ty)).cloned().collect();
        let target = self.random.pick(&targets).cloned();
        let op = match (&target, self.random.below(10)) {
            (None, _) | (_, 0..3) => AggregateOp::Count,
            (Some((_, ty)), 3) if self.kind(*ty) == Kind::Float => AggregateOp::Mean,
            (_, 3..6) => AggregateOp::Sum,
            (_, 6..8) => AggregateOp::Min,
            _ => AggregateOp::Max,
        };
        let (name, ty) = match (op, target) {
            (AggregateOp::Count, _) | (_, None) => {
                return Some((self.build.aggregate(op, None, inside.literals), NUMBER, Vec::new()));
            }
            (_, Some(target)) => target,
        };

        // The value has the primitive type, whatever subtype the target has.
        let result = match self.kind(ty) {
            Kind::Unsigned => UNSIGNED,
            Kind::Float => FLOAT,
            _ => NUMBER,
        };
        let mut target = self.build.variable(&name);
        if self.random.percent(15) && self.kind(ty) != Kind::Float {
            let more = self.build.integer(2);
            target = self.build.call(Functor::Multiply, vec![target, more]);
        }
        let mut witnesses = Vec::new();
        let extremum = matches!(op, AggregateOp::Min | AggregateOp::Max);
        if extremum && self.witnesses && self.random.percent(35) {
            let others: Vec<&(String, TypeIndex)> = inside.own.iter().filter(|(other, _)| *other != name).collect();
            if let Some((name, ty)) = self.random.pick(&others) {
                witnesses.push(super::body::Variable { name: name.clone(), ty: *ty, fixed: false });
            }
        }
        let mut term = self.build.aggregate(op, Some(target), inside.literals);
        // The target is the aggregate's own also where the rule has a variable of that name.
        if witnesses.is_empty()
            && self.random.percent(12)
            && let Some(outer) = self.of_kind(body, self.kind(ty))
            && outer.ty == ty
        {
            let (from, to) = (self.build.name(&name).symbol, self.build.name(&outer.name).symbol);
            let mut clash = false;
            crate::walk::visit_term(&mut term, &mut |node| {
                if let crate::walk::Node::Term(Term { kind: onus::syntax::ast::TermKind::Variable(name), .. }) = node {
                    clash |= *name == to;
                    if *name == from {
                        *name = to;
                    }
                }
            });
            if clash {
                return None;
            }
        }
        Some((term, result, witnesses))
    }

    pub(super) fn inner_atom(&mut self, body: &mut Body, inside: &mut Inside, relation: &Relation) {
        let row = self.some_row(&relation.name);
        let mut arguments = Vec::new();
        let shared = self.random.below(relation.columns.len());
        let before = inside.own.len();
        for (at, &ty) in relation.columns.iter().enumerate() {
            let choice = self.random.below(100);
            let own: Vec<&(String, TypeIndex)> = inside.own[..before].iter().filter(|(_, own)| *own == ty).collect();
            let own = self.random.pick(&own).map(|(name, _)| name.clone());
            arguments.push(match (own, self.bound(body, ty), &row) {
                (Some(own), _, _) if at == shared || choice < 12 => self.build.variable(&own),
                (_, Some(outer), _) if choice < 35 => self.build.variable(&outer),
                (_, _, Some(row)) if choice < 40 && !self.is_opaque(ty) => self.build.value(&row[at]),
                (_, _, _) if choice < 58 => self.build.wildcard(),
                _ => {
                    let name = body.fresh();
                    inside.own.push((name.clone(), ty));
                    self.build.variable(&name)
                }
            });
        }
        let atom = self.build.atom(&relation.name, arguments);
        inside.literals.push(Formula::Atom(atom));
    }

    pub(super) fn inner_test(&mut self, body: &Body, inside: &mut Inside) {
        let Some((name, ty)) = self.random.pick(&inside.own).cloned() else { return };
        let left = self.build.variable(&name);
        let kind = self.kind(ty);
        if self.is_opaque(ty) {
            return;
        }
        let outer = self.of_kind(body, kind);
        let right = match outer {
            Some(outer) if self.random.percent(40) => self.build.variable(&outer.name),
            _ => {
                let value = self.value(ty);
                self.build.value(&value)
            }
        };
        let op = match kind {
            Kind::Record | Kind::Adt => CompareOp::NotEqual,
            Kind::Number | Kind::Unsigned | Kind::Float | Kind::Symbol => {
                [CompareOp::Less, CompareOp::NotEqual, CompareOp::GreaterEqual][self.random.below(3)]
            }
        };
        inside.literals.push(self.build.compare(op, left, right));
    }

    fn inner_negation(&mut self, inside: &mut Inside) {
        let Some(relation) = self.some_relation() else { return };
        let mut arguments = Vec::new();
        for &ty in &relation.columns {
            let own: Vec<&(String, TypeIndex)> = inside.own.iter().filter(|(_, own)| *own == ty).collect();
            let own = self.random.pick(&own).map(|(name, _)| name.clone());
            arguments.push(match own {
                Some(own) => self.build.variable(&own),
                None => self.build.wildcard(),
            });
        }
        let atom = Formula::Atom(self.build.atom(&relation.name, arguments));
        inside.literals.push(self.build.not(atom));
    }

    fn inner_aggregate(&mut self, body: &mut Body, inside: &mut Inside) {
        let mut scope = Body::default();
        std::mem::swap(&mut scope, body);
        let outer = scope.variables.len();
        for (name, ty) in &inside.own {
            scope.variables.push(super::body::Variable { name: name.clone(), ty: *ty, fixed: true });
        }
        if let Some((term, ty, witnesses)) = self.aggregate_term(&mut scope, false)
            && witnesses.is_empty()
        {
            let name = scope.fresh();
            let variable = self.build.variable(&name);
            inside.literals.push(self.build.compare(CompareOp::Equal, variable, term));
            inside.own.push((name, ty));
        }
        scope.variables.truncate(outer);
        std::mem::swap(&mut scope, body);
    }
}
