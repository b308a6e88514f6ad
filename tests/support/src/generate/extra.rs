//! What a body has beyond atoms: comparisons, guarded arithmetic, strings, negations, disjunctions.

use onus::syntax::ast::{CompareOp, Formula, Functor, Term};
use onus::value::{Kind, Value};

use super::body::Body;
use super::world::{FLOAT, NUMBER, Relation, SYMBOL, TypeIndex, UNSIGNED, World};

const ORDERS: [CompareOp; 4] = [CompareOp::Less, CompareOp::LessEqual, CompareOp::Greater, CompareOp::GreaterEqual];

impl World<'_> {
    /// Adds a few literals to a body.
    pub(super) fn extras(&mut self, body: &mut Body) {
        if !self.positive && self.random.percent(47) {
            self.negation(body);
        }
        if !self.positive && self.random.percent(38) {
            self.aggregate(body);
        }
        if self.random.percent(22) {
            self.computation(body);
        }
        if self.random.percent(30)
            && let Some(test) = self.test(body)
        {
            body.literals.push(test);
        }
        if self.random.percent(10) {
            self.disjunction(body);
        }
        if self.random.percent(25) {
            self.ask_inlined(body);
        }
        if self.random.percent(20) {
            self.order_of_text(body);
        }
        if self.settings.ranges && self.random.percent(2) {
            let (low, high) = (self.random.below(3), self.random.between(3, 6));
            let ends = [low, high].map(|end| self.build.integer(i64::try_from(end).unwrap_or(0)));
            let range = self.build.call(Functor::Range, ends.into());
            self.assign(body, NUMBER, range);
        }
        if self.random.percent(35) {
            self.random.shuffle(&mut body.literals);
        }
    }

    /// `z = term` with a new variable.
    pub(super) fn assign(&mut self, body: &mut Body, ty: TypeIndex, term: Term) -> String {
        let name = body.bind(ty, true);
        let variable = self.build.variable(&name);
        let (left, right) = if self.random.percent(80) { (variable, term) } else { (term, variable) };
        body.literals.push(self.build.compare(CompareOp::Equal, left, right));
        name
    }

    /// A comparison of something bound.
    pub(super) fn test(&mut self, body: &Body) -> Option<Formula> {
        let variable = self.random.pick(&body.variables)?.clone();
        let left = self.build.variable(&variable.name);
        let kind = self.kind(variable.ty);
        if self.is_opaque(variable.ty) {
            let same = |other: &&super::body::Variable| other.name != variable.name && other.ty == variable.ty;
            let others: Vec<_> = body.variables.iter().filter(same).cloned().collect();
            let right = self.random.pick(&others)?.name.clone();
            let right = self.build.variable(&right);
            let op = if self.random.percent(75) { CompareOp::NotEqual } else { CompareOp::Equal };
            return Some(self.build.compare(op, left, right));
        }
        if kind == Kind::Symbol && self.settings.strings && self.random.percent(25) {
            let (op, pattern) = match self.random.below(4) {
                0 => (CompareOp::Match, "[a-c].*"),
                1 => (CompareOp::Match, "a*b?"),
                2 => (CompareOp::Contains, "b"),
                _ => (CompareOp::Contains, "a"),
            };
            let pattern = self.build.string(pattern);
            let test = self.build.compare(op, pattern, left);
            return Some(if self.random.percent(30) { self.build.not(test) } else { test });
        }
        let op = match kind {
            Kind::Record | Kind::Adt => CompareOp::NotEqual,
            _ if self.random.percent(30) => CompareOp::NotEqual,
            _ if self.random.percent(15) => CompareOp::Equal,
            _ => *self.random.pick(&ORDERS)?,
        };
        let others: Vec<_> = body
            .variables
            .iter()
            .filter(|other| other.name != variable.name)
            .filter(|other| match op {
                // Two equalities with one variable of a wide type would bring together what has no type in common.
                CompareOp::Equal => other.ty == variable.ty,
                // What becomes equality under a negation wants related types.
                CompareOp::NotEqual => self.flows(other.ty, variable.ty) || self.flows(variable.ty, other.ty),
                _ => self.kind(other.ty) == kind && !self.is_opaque(other.ty),
            })
            .cloned()
            .collect();
        let right = match self.random.pick(&others) {
            Some(other) if self.random.percent(55) => self.build.variable(&other.name),
            _ if kind == Kind::Record && self.random.percent(30) => self.build.value(&Value::Nil),
            _ => {
                let value = self.value(variable.ty);
                self.build.value(&value)
            }
        };
        Some(self.build.compare(op, left, right))
    }

    /// `z = x + y` and its like, with guards that keep values small.
    pub(super) fn computation(&mut self, body: &mut Body) {
        let kind =
            [Kind::Number, Kind::Number, Kind::Number, Kind::Symbol, Kind::Unsigned, Kind::Float][self.random.below(6)];
        let Some((term, guards)) = self.expression(body, kind) else { return };
        let ty = match kind {
            Kind::Number => NUMBER,
            Kind::Unsigned => UNSIGNED,
            Kind::Float => FLOAT,
            _ => SYMBOL,
        };
        let name = self.assign(body, ty, term);
        if !guards {
            return;
        }
        let variable = self.build.variable(&name);
        if kind == Kind::Symbol {
            let length = self.build.call(Functor::Strlen, vec![variable]);
            let most = self.build.integer(5);
            body.literals.push(self.build.compare(CompareOp::Less, length, most));
            return;
        }
        let bound = |world: &mut Self, op, bound: i64| {
            let value = match kind {
                Kind::Float => Value::Float(onus::value::Float::new(if bound < 0 { -20.5 } else { 20.5 })),
                _ => Value::Number(bound),
            };
            let (left, right) = (world.build.variable(&name), world.build.value(&value));
            world.build.compare(op, left, right)
        };
        let most = [8, 12, 20][self.random.below(3)];
        let upper = bound(self, CompareOp::Less, most);
        body.literals.push(upper);
        if kind != Kind::Unsigned {
            let lower = bound(self, CompareOp::Greater, -20);
            body.literals.push(lower);
        }
    }

    /// An expression over bound variables, and whether it needs guards to stay small.
    pub(super) fn expression(&mut self, body: &Body, kind: Kind) -> Option<(Term, bool)> {
        match kind {
            Kind::Number => self.number(body),
            Kind::Unsigned => {
                let operands = vec![self.operand(body, kind)?, self.operand(body, kind)?];
                let (functor, guards) = [
                    (Functor::Add, true),
                    (Functor::Multiply, true),
                    (Functor::Min, false),
                    (Functor::Max, false),
                    (Functor::BitXor, true),
                ][self.random.below(5)];
                Some((self.build.call(functor, operands), guards))
            }
            Kind::Float => {
                let operands = vec![self.operand(body, kind)?, self.operand(body, kind)?];
                let functor = [Functor::Add, Functor::Subtract, Functor::Min, Functor::Max][self.random.below(4)];
                Some((self.build.call(functor, operands), true))
            }
            Kind::Symbol if self.settings.strings => self.text(body),
            Kind::Symbol | Kind::Record | Kind::Adt => None,
        }
    }

    fn operand(&mut self, body: &Body, kind: Kind) -> Option<Term> {
        let variable = self.of_kind(body, kind)?;
        if self.random.percent(35) {
            let value = self.value(variable.ty);
            return Some(self.build.value(&value));
        }
        Some(self.build.variable(&variable.name))
    }

    fn number(&mut self, body: &Body) -> Option<(Term, bool)> {
        if self.settings.functors && self.random.percent(8) {
            return self.user_number(body);
        }
        let variable = self.of_kind(body, Kind::Number)?;
        let left = self.build.variable(&variable.name);
        let positive = i64::try_from(self.random.between(1, 4)).unwrap_or(1);
        let constant = self.build.integer(positive);
        let other = self.operand(body, Kind::Number)?;
        let (functor, right, guards) = match self.random.below(14) {
            0..4 => (Functor::Add, constant, true),
            4 => (Functor::Add, other, true),
            5 => (Functor::Subtract, constant, true),
            6 => (Functor::Subtract, other, true),
            7 => (Functor::Multiply, other, true),
            8 => (Functor::Divide, constant, false),
            9 => (Functor::Remainder, constant, false),
            10 => (Functor::Min, other, false),
            11 => (Functor::Max, other, false),
            12 => (Functor::BitAnd, constant, false),
            _ => {
                let (functor, right) = match self.random.below(5) {
                    0 => (Functor::Power, self.build.integer(2)),
                    1 => (Functor::ShiftLeft, constant),
                    2 => (Functor::BitXor, other),
                    3 => (Functor::LogicAnd, other),
                    _ => return Some((self.build.call(Functor::Negate, vec![left]), true)),
                };
                (functor, right, true)
            }
        };
        let (left, right) =
            if functor == Functor::Add && self.random.percent(30) { (right, left) } else { (left, right) };
        Some((self.build.call(functor, vec![left, right]), guards))
    }

    fn text(&mut self, body: &Body) -> Option<(Term, bool)> {
        if self.random.percent(25)
            && let Some(number) = self.of_kind(body, Kind::Number)
        {
            let number = self.build.variable(&number.name);
            return Some((self.build.call(Functor::ToString, vec![number]), false));
        }
        if self.settings.functors && self.random.percent(15) {
            return self.user_text(body);
        }
        let variable = self.of_kind(body, Kind::Symbol)?;
        let left = self.build.variable(&variable.name);
        Some(match self.random.below(4) {
            0 => {
                let ends = [0, 1].map(|end| self.build.integer(end));
                (self.build.call(Functor::Substr, [vec![left], ends.into()].concat()), false)
            }
            1 => {
                let other = self.operand(body, Kind::Symbol)?;
                (self.build.call(Functor::Max, vec![left, other]), false)
            }
            2 => {
                let more = self.build.string("a");
                (self.build.call(Functor::Cat, vec![left, more]), true)
            }
            _ => {
                let other = self.operand(body, Kind::Symbol)?;
                (self.build.call(Functor::Cat, vec![left, other]), true)
            }
        })
    }

    /// A functor `@name(..)` that gives a number.
    fn user_number(&mut self, body: &Body) -> Option<(Term, bool)> {
        if self.random.percent(35) {
            let text = self.of_kind(body, Kind::Symbol)?;
            let text = self.build.variable(&text.name);
            let part = self.build.string(["a", "b", ""][self.random.below(3)]);
            let name = if self.random.percent(50) { "starts_with" } else { "ends_with" };
            return Some((self.build.user(name, vec![text, part]), false));
        }
        let number = self.of_kind(body, Kind::Number)?;
        let left = self.build.variable(&number.name);
        if self.random.percent(50) {
            let right = self.operand(body, Kind::Number)?;
            return Some((self.build.user("middle", vec![left, right]), false));
        }
        let day = [20_240_228, 20_231_231, 19_000_301][self.random.below(3)];
        let day = self.build.integer(day);
        let later = self.build.user("add_days", vec![day.clone(), left]);
        let arguments = if self.random.percent(50) { vec![day, later] } else { vec![later, day] };
        Some((self.build.user("days_between", arguments), true))
    }

    /// A functor `@name(..)` that gives a text.
    fn user_text(&mut self, body: &Body) -> Option<(Term, bool)> {
        let text = self.of_kind(body, Kind::Symbol)?;
        let text = self.build.variable(&text.name);
        let string = |world: &mut Self, texts: &[&str]| {
            let at = world.random.below(texts.len());
            world.build.string(texts[at])
        };
        Some(match self.random.below(5) {
            0 => (self.build.user("upper", vec![text]), false),
            1 => (self.build.user("trim", vec![text]), false),
            2 => {
                let (from, to) = (string(self, &["a", "b", "ab", ""]), string(self, &["", "c", "ba"]));
                (self.build.user("replace", vec![text, from, to]), true)
            }
            3 => {
                let at = string(self, &["a", "b", " ", ""]);
                let index = self.random.below(3);
                let index = self.build.integer(i64::try_from(index).unwrap_or(0));
                (self.build.user("split", vec![text, at, index]), false)
            }
            _ => (self.build.user("turn", vec![text]), false),
        })
    }

    /// `!r(x, _, 1)`, or the negation of a conjunction.
    pub(super) fn negation(&mut self, body: &mut Body) {
        let Some(relation) = self.some_relation() else { return };
        let atom = self.test_atom(body, &relation);
        let mut negated = Formula::Atom(atom);
        if self.random.percent(12)
            && let Some(test) = self.test(body)
        {
            negated = Formula::And(vec![negated, test]);
        }
        body.literals.push(self.build.not(negated));
    }

    /// An atom that binds nothing.
    pub(super) fn test_atom(&mut self, body: &Body, relation: &Relation) -> onus::syntax::ast::Atom {
        let row = self.some_row(&relation.name);
        let mut arguments = Vec::new();
        for (at, &ty) in relation.columns.iter().enumerate() {
            let choice = self.random.below(100);
            let variable = self.bound(body, ty);
            arguments.push(match (variable, &row) {
                (Some(name), _) if choice < 60 => self.build.variable(&name),
                (Some(name), _) if choice < 65 && ty == NUMBER => {
                    let operands = vec![self.build.variable(&name), self.build.integer(1)];
                    self.build.call(Functor::Add, operands)
                }
                (_, Some(row)) if choice >= 85 && !self.is_opaque(ty) => self.build.value(&row[at]),
                (_, Some(row)) if choice >= 65 && matches!(row[at], Value::Record(_) | Value::Branch(..)) => {
                    self.loosened(body, ty, &row[at])
                }
                _ => self.build.wildcard(),
            });
        }
        self.build.atom(&relation.name, arguments)
    }

    /// A value of a record or an algebraic data type as a pattern: some fields are `_` or a bound variable.
    fn loosened(&mut self, body: &Body, ty: TypeIndex, value: &Value) -> Term {
        let (branch, values) = match value {
            Value::Record(values) => (None, values),
            Value::Branch(name, values) => (Some(name.clone()), values),
            other => return self.build.value(other),
        };
        let fields = self.types[ty].alternatives.iter().find(|(name, _)| *name == branch);
        let fields: Vec<TypeIndex> = fields.map(|(_, fields)| fields.clone()).unwrap_or_default();
        let mut terms = Vec::new();
        for (value, field) in values.iter().zip(fields) {
            let variable = if self.random.percent(40) { self.bound(body, field) } else { None };
            terms.push(match variable {
                Some(name) => self.build.variable(&name),
                None if self.random.percent(60) => self.build.wildcard(),
                None => self.build.value(value),
            });
        }
        match branch {
            Some(name) => self.build.branch(&name, terms),
            None => self.build.record(terms),
        }
    }

    /// `(x < 3 ; r(x))`: alternatives that bind nothing.
    fn disjunction(&mut self, body: &mut Body) {
        let mut alternatives = Vec::new();
        for _ in 0..2 {
            let relation = self.some_relation();
            match (self.test(body), relation) {
                (Some(test), _) if self.random.percent(60) => alternatives.push(test),
                (_, Some(relation)) => {
                    let atom = Formula::Atom(self.test_atom(body, &relation));
                    alternatives.push(if !self.positive && self.random.percent(25) {
                        self.build.not(atom)
                    } else {
                        atom
                    });
                }
                _ => return,
            }
        }
        if self.random.percent(30)
            && let Some(test) = self.test(body)
            && let Some(last) = alternatives.pop()
        {
            alternatives.push(Formula::And(vec![last, test]));
        }
        body.literals.push(Formula::Or(alternatives));
    }
}
