//! Inlined relations: what a rule of theirs needs, its caller knows.

use onus::syntax::ast::{Atom, CompareOp, Formula, Functor};
use onus::value::Kind;

use super::body::{Body, Variable};
use super::world::{NUMBER, Relation, SYMBOL, TypeIndex, World};

/// A relation without tuples of its own.
#[derive(Clone)]
pub(super) struct Inlined {
    pub(super) relation: Relation,
    /// Whether some rule has variables that its head has not: it may then stand under no negation, and in no aggregate.
    own: bool,
}

impl World<'_> {
    /// Declares an inlined relation, and says by rules what it is.
    pub(super) fn inlined(&mut self) {
        let mut columns = vec![if self.random.percent(60) { NUMBER } else { SYMBOL }];
        if self.random.percent(65) {
            let other = if self.random.percent(70) { columns[0] } else { NUMBER };
            columns.push(other);
        }
        let name = format!("i{}", self.inlines.len());
        let relation = Relation { name: name.clone(), columns };
        self.declare(&name, &relation.columns, &["inline"]);
        let mut own = false;
        let rules = self.random.between(1, 2);
        for at in 0..rules {
            let mut body = Body::default();
            let head: Vec<String> = relation.columns.iter().map(|&ty| body.bind(ty, false)).collect();
            if at == 0 || self.random.percent(60) {
                self.inner_comparison(&mut body, &head, &relation.columns);
            }
            if self.random.percent(45) {
                own |= self.atom_of_inlined(&mut body);
            }
            if self.random.percent(25) && !self.positive {
                self.negation(&mut body);
            }
            if body.literals.is_empty() {
                self.inner_comparison(&mut body, &head, &relation.columns);
            }
            let callable: Vec<Inlined> = self.inlines.clone();
            if let Some(other) = self.random.pick(&callable).filter(|other| !other.own).cloned()
                && self.random.percent(20)
                && let Some(atom) = self.call(&body, &other.relation)
            {
                body.literals.push(Formula::Atom(atom));
            }
            let mut arguments: Vec<_> = head.iter().map(|name| self.build.variable(name)).collect();
            if at > 0 && self.random.percent(20) {
                let value = self.value(relation.columns[0]);
                let constant = self.build.value(&value);
                // The variable of the first column must then be bound by nobody.
                let first = self.build.symbols.intern(&head[0]);
                if body.literals.iter().all(|literal| !crate::walk::formula_variables(literal).contains(&first)) {
                    arguments[0] = constant;
                }
            }
            let head = self.build.atom(&name, arguments);
            let clause = self.build.clause(vec![head], body.literals);
            self.declarations.push(clause);
        }
        self.inlines.push(Inlined { relation, own });
    }

    /// A comparison among the columns.
    fn inner_comparison(&mut self, body: &mut Body, head: &[String], columns: &[TypeIndex]) {
        let at = self.random.below(columns.len());
        let left = self.build.variable(&head[at]);
        let other = (0..columns.len()).find(|&other| other != at && columns[other] == columns[at]);
        let op = [CompareOp::Less, CompareOp::LessEqual, CompareOp::NotEqual, CompareOp::Greater][self.random.below(4)];
        let right = match other {
            Some(other) if self.random.percent(75) => {
                let right = self.build.variable(&head[other]);
                if columns[at] == NUMBER && self.random.percent(40) {
                    let (sum, op) = if self.random.percent(40) { (1, CompareOp::Equal) } else { (2, op) };
                    let more = self.build.integer(sum);
                    let sum = self.build.call(Functor::Add, vec![right, more]);
                    body.literals.push(self.build.compare(op, left, sum));
                    return;
                }
                right
            }
            _ => {
                let value = self.value(columns[at]);
                self.build.value(&value)
            }
        };
        body.literals.push(self.build.compare(op, left, right));
    }

    /// An atom that may bind. Gives whether it has variables of its own.
    fn atom_of_inlined(&mut self, body: &mut Body) -> bool {
        let Some(relation) = self.some_relation() else { return false };
        if self.random.percent(50) {
            let atom = self.test_atom(body, &relation);
            body.literals.push(Formula::Atom(atom));
            return false;
        }
        let before = body.variables.len();
        let atom = self.atom(body, &relation);
        body.literals.push(Formula::Atom(atom));
        body.variables.len() > before
    }

    /// Asks for an inlined relation.
    pub(super) fn ask_inlined(&mut self, body: &mut Body) {
        let Some(inlined) = self.random.pick(&self.inlines).cloned() else { return };
        let Some(mut atom) = self.call(body, &inlined.relation) else { return };
        if self.random.percent(15) {
            self.computed_argument(body, &inlined.relation, &mut atom);
        }
        let atom = Formula::Atom(atom);
        body.literals.push(if !inlined.own && !self.positive && self.random.percent(30) {
            self.build.not(atom)
        } else {
            atom
        });
    }

    /// Puts a sum, or a number of many, in the place of an argument.
    fn computed_argument(&mut self, body: &Body, relation: &Relation, atom: &mut Atom) {
        let numbers: Vec<usize> = (0..relation.columns.len()).filter(|&at| relation.columns[at] == NUMBER).collect();
        let Some(&at) = self.random.pick(&numbers) else { return };
        let bound: Vec<String> = body
            .variables
            .iter()
            .filter(|variable| variable.ty == NUMBER)
            .map(|variable| variable.name.clone())
            .collect();
        let one = self.build.integer(1);
        atom.arguments[at] = match self.random.pick(&bound).cloned() {
            Some(name) if !self.settings.ranges || self.random.percent(50) => {
                let variable = self.build.variable(&name);
                self.build.call(Functor::Add, vec![variable, one])
            }
            _ if self.settings.ranges => {
                let size = self.random.between(2, 5);
                let end = self.build.integer(i64::try_from(size).unwrap_or(2));
                self.build.call(Functor::Range, vec![one, end])
            }
            _ => return,
        };
    }

    /// An atom for an aggregate whose own variables are given.
    pub(super) fn inlined_inside(&mut self, body: &Body, own: &[(String, TypeIndex)]) -> Option<Formula> {
        let plain: Vec<Inlined> = self.inlines.iter().filter(|inlined| !inlined.own).cloned().collect();
        let inlined = self.random.pick(&plain)?.clone();
        let mut scope = body.clone();
        let own = own.iter().map(|(name, ty)| Variable { name: name.clone(), ty: *ty, fixed: true });
        scope.variables.extend(own);
        self.call(&scope, &inlined.relation).map(Formula::Atom)
    }

    /// An atom with bound variables, and now and then a constant.
    fn call(&mut self, body: &Body, relation: &Relation) -> Option<Atom> {
        let mut arguments = Vec::new();
        for &ty in &relation.columns {
            let exact: Vec<String> = body
                .variables
                .iter()
                .filter(|variable| variable.ty == ty)
                .map(|variable| variable.name.clone())
                .collect();
            arguments.push(match self.random.pick(&exact).cloned() {
                Some(name) if self.random.percent(85) => self.build.variable(&name),
                _ if matches!(self.kind(ty), Kind::Number | Kind::Symbol) => {
                    let value = self.value(ty);
                    self.build.value(&value)
                }
                _ => return None,
            });
        }
        Some(self.build.atom(&relation.name, arguments))
    }
}
