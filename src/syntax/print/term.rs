//! Terms and formulas, with the parentheses that precedence needs.

use super::Printer;
use crate::syntax::ast::{Aggregate, Atom, Compare, CompareOp, Formula, Functor, Term, TermKind};
use crate::syntax::parser::binding;

/// How tightly a sign before a term binds: more than every operator between terms but power.
const SIGN: u8 = 10;
const POWER: u8 = 11;
const PRIMARY: u8 = 12;

/// How tightly the parts of a body bind.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Level {
    Or,
    And,
    Literal,
}

/// How tightly a term holds together.
fn tightness(term: &Term) -> u8 {
    match &term.kind {
        TermKind::Call { functor, arguments } => match (functor, arguments.as_slice()) {
            (Functor::Negate | Functor::BitNot | Functor::LogicNot, [_]) => SIGN,
            (Functor::Power, [_, _]) => POWER,
            (functor, [_, _]) => binding(*functor).unwrap_or(PRIMARY),
            _ => PRIMARY,
        },
        // The sign of a number gives way to a power like any other.
        TermKind::Integer { negative: true, .. } => SIGN,
        TermKind::Float(value) if value.is_sign_negative() && value.is_finite() => SIGN,
        _ => PRIMARY,
    }
}

impl Printer<'_> {
    pub(super) fn term(&mut self, term: &Term) {
        match &term.kind {
            TermKind::Variable(name) => self.symbol(*name),
            TermKind::Wildcard => self.put("_"),
            TermKind::Integer { magnitude, negative, unsigned } => {
                self.put(if *negative { "-" } else { "" });
                self.put(&magnitude.to_string());
                self.put(if *unsigned { "u" } else { "" });
            }
            TermKind::Float(value) => self.float(*value),
            TermKind::String(text) => self.string(*text),
            TermKind::Nil => self.put("nil"),
            TermKind::Autoinc => self.put("autoinc()"),
            TermKind::Iteration => self.put("recursive_iteration_cnt()"),
            TermKind::Record(terms) => {
                self.put("[");
                self.list(terms, ", ", Self::term);
                self.put("]");
            }
            TermKind::Branch { name, arguments } => {
                self.put("$");
                self.symbol(name.symbol);
                self.arguments(arguments);
            }
            TermKind::Call { functor, arguments } => self.call(*functor, arguments),
            TermKind::User { name, arguments } => {
                self.put("@");
                self.symbol(name.symbol);
                self.arguments(arguments);
            }
            TermKind::As { term, ty } => {
                self.put("as(");
                self.term(term);
                self.put(", ");
                self.symbol(ty.symbol);
                self.put(")");
            }
            TermKind::Aggregate(aggregate) => self.aggregate(aggregate),
        }
    }

    fn call(&mut self, functor: Functor, arguments: &[Term]) {
        match (functor, arguments) {
            (Functor::Negate | Functor::BitNot | Functor::LogicNot, [operand]) => {
                self.put(functor.name());
                let word = functor != Functor::Negate;
                self.put(if word { " " } else { "" });
                // Without parentheses the sign would become the number's own.
                let number = matches!(operand.kind, TermKind::Integer { .. } | TermKind::Float(_));
                let unsigned = tightness(operand) == PRIMARY;
                self.operand(operand, if !word && number && unsigned { PRIMARY + 1 } else { SIGN });
            }
            (Functor::Power, [base, exponent]) => {
                self.operand(base, PRIMARY);
                self.put(" ^ ");
                self.operand(exponent, SIGN);
            }
            (functor, [left, right]) if binding(functor).is_some() => {
                let tightness = binding(functor).unwrap_or(PRIMARY);
                self.operand(left, tightness);
                self.put(" ");
                self.put(functor.name());
                self.put(" ");
                self.operand(right, tightness + 1);
            }
            _ => {
                self.put(functor.name());
                self.arguments(arguments);
            }
        }
    }

    /// A term in parentheses unless it holds together at least so tightly.
    fn operand(&mut self, term: &Term, at_least: u8) {
        if tightness(term) >= at_least {
            self.term(term);
        } else {
            self.put("(");
            self.term(term);
            self.put(")");
        }
    }

    /// A float in full: the language has no exponents. It has no literal for what is not finite either.
    fn float(&mut self, value: f64) {
        if value.is_finite() {
            let digits = value.to_string();
            self.put(&digits);
            self.put(if digits.contains('.') { "" } else { ".0" });
        } else {
            self.put(&format!("to_float(\"{}\")", value.to_string().to_lowercase()));
        }
    }

    fn arguments(&mut self, arguments: &[Term]) {
        self.put("(");
        self.list(arguments, ", ", Self::term);
        self.put(")");
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        self.put(aggregate.op.name());
        self.put(" ");
        if let Some(target) = &aggregate.target {
            self.term(target);
            self.put(" ");
        }
        self.put(": { ");
        self.formula(&aggregate.body);
        self.put(" }");
    }

    pub(super) fn atom(&mut self, atom: &Atom) {
        self.symbol(atom.relation.symbol);
        self.arguments(&atom.arguments);
    }

    pub(super) fn formula(&mut self, formula: &Formula) {
        self.formula_at(formula, Level::Or);
    }

    /// A part of a conjunction.
    pub(super) fn literal(&mut self, formula: &Formula) {
        self.formula_at(formula, Level::Literal);
    }

    fn formula_at(&mut self, formula: &Formula, at_least: Level) {
        let level = match formula {
            Formula::Or(parts) if parts.len() > 1 => Level::Or,
            Formula::And(parts) if parts.len() > 1 => Level::And,
            _ => Level::Literal,
        };
        if level < at_least {
            self.put("(");
            self.formula_at(formula, Level::Or);
            self.put(")");
            return;
        }
        match formula {
            Formula::Atom(atom) => self.atom(atom),
            Formula::Compare(compare) => self.compare(compare),
            Formula::Boolean(value, _) => self.put(if *value { "true" } else { "false" }),
            Formula::Not(inner, _) => {
                self.put("!");
                // `!x = y` would do for the parser; for the reader it would not.
                if matches!(**inner, Formula::Compare(Compare { op, .. }) if infix(op)) {
                    self.put("(");
                    self.formula(inner);
                    self.put(")");
                } else {
                    self.literal(inner);
                }
            }
            Formula::And(parts) if parts.is_empty() => self.put("true"),
            Formula::Or(parts) if parts.is_empty() => self.put("false"),
            Formula::And(parts) => self.list(parts, ", ", Self::literal),
            Formula::Or(parts) => self.list(parts, " ; ", |printer, part| printer.formula_at(part, Level::And)),
        }
    }

    fn compare(&mut self, compare: &Compare) {
        if infix(compare.op) {
            self.term(&compare.left);
            self.put(" ");
            self.put(compare.op.name());
            self.put(" ");
            self.term(&compare.right);
        } else {
            self.put(compare.op.name());
            self.put("(");
            self.term(&compare.left);
            self.put(", ");
            self.term(&compare.right);
            self.put(")");
        }
    }
}

fn infix(op: CompareOp) -> bool {
    !matches!(op, CompareOp::Match | CompareOp::Contains)
}
