//! Facts, rules, subsumptions, and the plans after them.

use super::cursor::{Failed, Parsed, Parser};
use crate::diagnostic::{Diagnostic, code};
use crate::syntax::ast::{Atom, Clause, Formula, Path, Plan, Term};
use crate::syntax::token::{Dotted, Kind};

/// What may follow a head.
const AFTER_HEAD: &str = "`.`, `,` or `:-`";

/// What may follow a literal of a body.
pub(super) const AFTER_LITERAL: &str = "`,`, `;` or `.`";

impl Parser<'_, '_> {
    /// A clause with its plan.
    pub(super) fn clause(&mut self) -> Parsed<Clause> {
        let start = self.here();
        let first = self.head()?;
        let mut subsumption = false;
        let heads = match self.token.kind {
            Kind::LessEqual => {
                self.bump();
                subsumption = true;
                vec![first, self.head()?]
            }
            Kind::Comma => {
                let mut heads = vec![first];
                while self.eat(Kind::Comma) {
                    heads.push(self.head()?);
                }
                heads
            }
            _ => vec![first],
        };
        let body = if self.eat_if() {
            let body = self.formula()?;
            self.end_of_clause(AFTER_LITERAL)?;
            Some(body)
        } else {
            self.end_of_clause(if subsumption { "`:-`" } else { AFTER_HEAD })?;
            self.check_fact(&heads, subsumption);
            None
        };
        let span = self.span_from(start);
        let plan = if self.at(Kind::Dotted(Dotted::Plan)) { Some(self.plan()?) } else { None };
        Ok(Clause { heads, subsumption, body, plan, span })
    }

    /// `:-`, or what other languages write for it.
    fn eat_if(&mut self) -> bool {
        let slip = match self.token.kind {
            Kind::If => None,
            Kind::ColonEqual => Some(":="),
            Kind::Less if self.byte(self.token.end) == b'-' => Some("<-"),
            _ => return false,
        };
        let start = self.here();
        self.bump();
        if let Some(sign) = slip {
            if sign == "<-" {
                self.bump();
            }
            let span = self.span_from(start);
            self.slip(&format!("`{sign}` does not make a rule"), span, "write `:-`");
        }
        true
    }

    fn check_fact(&mut self, heads: &[Atom], subsumption: bool) {
        if let [first, .., last] = heads {
            let span = first.span.to(last.span);
            if subsumption {
                self.slip("a subsumption needs a body", span, "write `:- true` if it always holds");
            } else {
                self.slip("several heads need a body", span, "end each fact with its own full stop");
            }
        }
    }

    /// An atom in a head.
    fn head(&mut self) -> Parsed<Atom> {
        let relation = self.path("a relation")?;
        if !self.at(Kind::LeftParen) {
            return Err(self.bare_relation(relation));
        }
        self.atom_after(relation)
    }

    /// A name stands where an atom should.
    pub(super) fn bare_relation(&mut self, relation: Path) -> Failed {
        let name = self.symbols.get(relation.symbol).to_owned();
        let help = match self.token.kind {
            Kind::Dot | Kind::If | Kind::Comma | Kind::Semicolon => {
                Some(format!("a relation without attributes is written `{name}()`"))
            }
            _ => None,
        };
        self.unexpected_with(&format!("`(` after `{name}`"), help.as_deref())
    }

    /// The arguments of an atom whose name was read.
    pub(super) fn atom_after(&mut self, relation: Path) -> Parsed<Atom> {
        let arguments = self.parenthesised()?;
        Ok(Atom { relation, arguments, span: self.span_from(relation.span.start) })
    }

    /// `(term, ...)`, from its opening parenthesis.
    pub(super) fn parenthesised(&mut self) -> Parsed<Vec<Term>> {
        let open = self.token;
        self.expect(Kind::LeftParen, "`(`")?;
        self.list(open, Kind::RightParen, "`,` or `)`")
    }

    /// The full stop of a clause or goal. One that is plainly missing before the next item is reported, and parsing
    /// goes on there.
    pub(super) fn end_of_clause(&mut self, expected: &str) -> Parsed<()> {
        if self.eat(Kind::Dot) {
            return Ok(());
        }
        let begins_item = match self.token.kind {
            Kind::Dotted(word) => word != Dotted::Plan,
            Kind::Ask | Kind::AnnotationOpen => true,
            Kind::Identifier => self.on_new_line() && self.indentation(self.token.start) == 0,
            _ => false,
        };
        if !begins_item {
            let help = match self.token.kind {
                Kind::If => Some("is the full stop of the clause before missing?"),
                Kind::Identifier if self.on_new_line() => Some("is a comma missing at the end of the line before?"),
                Kind::Less | Kind::LessEqual | Kind::Greater | Kind::GreaterEqual | Kind::Equal | Kind::NotEqual
                    if expected == AFTER_LITERAL =>
                {
                    Some("comparisons do not chain: write `a < b, b < c`")
                }
                Kind::Equal | Kind::Colon | Kind::MapsTo | Kind::Less | Kind::Greater | Kind::GreaterEqual => {
                    Some("a rule is written `head :- body.`")
                }
                _ => None,
            };
            return Err(self.unexpected_with(expected, help));
        }
        let found = self.described(self.token);
        let end = self.span_from(self.previous_end);
        let next = self.span_of(self.token);
        self.report(
            Diagnostic::at(
                code::UNEXPECTED_TOKEN,
                format!("expected {expected}, found {found}"),
                end,
                "a full stop is missing here",
            )
            .label(next, "the next item begins here"),
        );
        Ok(())
    }

    /// `.plan 0: (2, 1), 1: (1, 2)`
    fn plan(&mut self) -> Parsed<Plan> {
        let start = self.here();
        self.bump();
        let mut orders = Vec::new();
        loop {
            let version = self.small_number("a version, such as `0`,")?;
            self.expect(Kind::Colon, "`:` after the version")?;
            let open = self.token;
            self.expect(Kind::LeftParen, "`(`")?;
            let mut order = Vec::new();
            if !self.at(Kind::RightParen) {
                loop {
                    order.push(self.small_number("the number of a body atom")?);
                    if !self.eat(Kind::Comma) {
                        break;
                    }
                }
            }
            self.close(Kind::RightParen, open, "`,` or `)`")?;
            orders.push((version, order));
            if !self.eat(Kind::Comma) {
                return Ok(Plan { orders, span: self.span_from(start) });
            }
        }
    }

    /// What was asked for was an atom, and this is something else.
    pub(super) fn not_an_atom(&mut self, start: u32) -> Failed {
        let span = self.span_from(start);
        self.fail(
            Diagnostic::at(code::UNEXPECTED_TOKEN, "expected one atom", span, "")
                .help("an atom is a relation and its arguments, such as `edge(1, 2)`"),
        )
    }

    /// The formula of an aggregate whose body is one atom.
    pub(super) fn lone_body_atom(&mut self) -> Parsed<Formula> {
        let relation = self.path("`{` or an atom")?;
        if !self.at(Kind::LeftParen) {
            return Err(self.bare_relation(relation));
        }
        Ok(Formula::Atom(self.atom_after(relation)?))
    }
}
