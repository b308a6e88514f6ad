//! Terms: constants, variables, operators by precedence, functors, records, branches, aggregates.

use super::cursor::{Parsed, Parser};
use crate::diagnostic::{Diagnostic, code};
use crate::syntax::ast::{Aggregate, AggregateOp, Functor, Term, TermKind};
use crate::syntax::token::{Kind, Token, Word};

/// How tightly an operator between two terms binds; all of these associate to the left.
pub(in crate::syntax) fn binding(functor: Functor) -> Option<u8> {
    Some(match functor {
        Functor::LogicOr => 1,
        Functor::LogicXor => 2,
        Functor::LogicAnd => 3,
        Functor::BitOr => 4,
        Functor::BitXor => 5,
        Functor::BitAnd => 6,
        Functor::ShiftLeft | Functor::ShiftRight | Functor::ShiftRightUnsigned => 7,
        Functor::Add | Functor::Subtract => 8,
        Functor::Multiply | Functor::Divide | Functor::Remainder => 9,
        Functor::Negate
        | Functor::BitNot
        | Functor::LogicNot
        | Functor::Power
        | Functor::Min
        | Functor::Max
        | Functor::Cat
        | Functor::Strlen
        | Functor::Substr
        | Functor::Ord
        | Functor::Range
        | Functor::ToNumber
        | Functor::ToUnsigned
        | Functor::ToFloat
        | Functor::ToString => return None,
    })
}

/// The operator that a token is between two terms; power, which binds more tightly than a sign, is read elsewhere.
fn operator(kind: Kind) -> Option<Functor> {
    Some(match kind {
        Kind::Plus => Functor::Add,
        Kind::Minus => Functor::Subtract,
        Kind::Star => Functor::Multiply,
        Kind::Slash => Functor::Divide,
        Kind::Percent => Functor::Remainder,
        Kind::Reserved(Word::Band) => Functor::BitAnd,
        Kind::Reserved(Word::Bor) => Functor::BitOr,
        Kind::Reserved(Word::Bxor) => Functor::BitXor,
        Kind::Reserved(Word::Bshl) => Functor::ShiftLeft,
        Kind::Reserved(Word::Bshr) => Functor::ShiftRight,
        Kind::Reserved(Word::Bshru) => Functor::ShiftRightUnsigned,
        Kind::Reserved(Word::Land) => Functor::LogicAnd,
        Kind::Reserved(Word::Lor) => Functor::LogicOr,
        Kind::Reserved(Word::Lxor) => Functor::LogicXor,
        _ => return None,
    })
}

/// The functor that a reserved word names, called with parentheses.
fn functor(word: Word) -> Option<Functor> {
    Some(match word {
        Word::Cat => Functor::Cat,
        Word::Ord => Functor::Ord,
        Word::Range => Functor::Range,
        Word::Strlen => Functor::Strlen,
        Word::Substr => Functor::Substr,
        Word::ToNumber => Functor::ToNumber,
        Word::ToUnsigned => Functor::ToUnsigned,
        Word::ToFloat => Functor::ToFloat,
        Word::ToString => Functor::ToString,
        _ => return None,
    })
}

/// The aggregate that a reserved word names, and the functor of the same name.
fn aggregate(word: Word) -> Option<(AggregateOp, Option<Functor>)> {
    Some(match word {
        Word::Count => (AggregateOp::Count, None),
        Word::Sum => (AggregateOp::Sum, None),
        Word::Mean => (AggregateOp::Mean, None),
        Word::Min => (AggregateOp::Min, Some(Functor::Min)),
        Word::Max => (AggregateOp::Max, Some(Functor::Max)),
        _ => return None,
    })
}

/// Whether a word is an operator between two terms.
pub(super) fn is_operator(word: &str) -> bool {
    Functor::ALL.iter().any(|&functor| functor.name() == word && binding(functor).is_some())
}

/// Whether a name is the counter of rounds in a recursive rule, which is called like a functor.
pub(super) fn is_iteration(name: &str) -> bool {
    matches!(name, "recursive_iteration_cnt" | "__ITERATION__")
}

impl Parser<'_, '_> {
    /// Whether the current token can begin a term.
    pub(super) fn begins_term(&self) -> bool {
        match self.token.kind {
            Kind::Identifier
            | Kind::Underscore
            | Kind::Number
            | Kind::Float
            | Kind::Address
            | Kind::String
            | Kind::SingleQuoted
            | Kind::LeftParen
            | Kind::LeftBracket
            | Kind::Dollar
            | Kind::At
            | Kind::Minus => true,
            Kind::Reserved(word) => {
                functor(word).is_some()
                    || aggregate(word).is_some()
                    || matches!(word, Word::As | Word::Nil | Word::Autoinc | Word::Bnot | Word::Lnot)
            }
            _ => false,
        }
    }

    /// Whether the current token is a whole constant.
    fn is_constant(&self) -> bool {
        matches!(self.token.kind, Kind::Number | Kind::Float | Kind::Address | Kind::String)
    }

    /// A term.
    pub(super) fn term(&mut self) -> Parsed<Term> {
        let left = self.unary()?;
        self.binary(left, 0)
    }

    /// The rest of a term whose first operand was read.
    pub(super) fn term_after(&mut self, primary: Term) -> Parsed<Term> {
        let left = self.power(primary)?;
        self.binary(left, 0)
    }

    /// Operators that bind more tightly than `loosest`, and their right operands.
    fn binary(&mut self, mut left: Term, loosest: u8) -> Parsed<Term> {
        let mut height = self.height;
        while let Some(functor) = operator(self.token.kind)
            && let Some(tightness) = binding(functor)
            && tightness > loosest
        {
            self.bump();
            let right = self.unary()?;
            let right = self.binary(right, tightness)?;
            let span = left.span.to(right.span);
            self.raise(height.max(self.height), span)?;
            height = self.height;
            left = Term { kind: TermKind::Call { functor, arguments: vec![left, right] }, span };
        }
        self.height = height;
        Ok(left)
    }

    /// An operand with the signs before it. A `-` directly before a number belongs to the number, unless the number is
    /// raised to a power: `-2^2` is `-(2^2)`.
    fn unary(&mut self) -> Parsed<Term> {
        let start = self.here();
        let functor = match self.token.kind {
            Kind::Minus => Functor::Negate,
            Kind::Reserved(Word::Bnot) => Functor::BitNot,
            Kind::Reserved(Word::Lnot) => Functor::LogicNot,
            _ => {
                let primary = self.primary()?;
                return self.power(primary);
            }
        };
        self.bump();
        if functor == Functor::Negate && matches!(self.token.kind, Kind::Number | Kind::Float | Kind::Address) {
            let mut number = self.primary()?;
            if !self.at(Kind::Caret) {
                number.kind = match number.kind {
                    TermKind::Integer { magnitude, unsigned, .. } => {
                        TermKind::Integer { magnitude, unsigned, negative: true }
                    }
                    TermKind::Float(value) => TermKind::Float(-value),
                    kind => kind,
                };
                number.span = self.span_from(start);
                return Ok(number);
            }
            let operand = self.power(number)?;
            return self.call(functor, vec![operand], self.height, start);
        }
        let operand = self.nested(Self::unary)?;
        self.call(functor, vec![operand], self.height, start)
    }

    fn call(&mut self, functor: Functor, arguments: Vec<Term>, height: u32, start: u32) -> Parsed<Term> {
        let span = self.span_from(start);
        self.raise(height, span)?;
        Ok(Term { kind: TermKind::Call { functor, arguments }, span })
    }

    /// `base ^ exponent`, which associates to the right; the exponent may carry signs.
    fn power(&mut self, base: Term) -> Parsed<Term> {
        if !self.at(Kind::Caret) {
            return Ok(base);
        }
        let height = self.height;
        self.bump();
        let exponent = self.nested(Self::unary)?;
        let span = base.span.to(exponent.span);
        self.raise(height.max(self.height), span)?;
        Ok(Term { kind: TermKind::Call { functor: Functor::Power, arguments: vec![base, exponent] }, span })
    }

    /// A term without operators.
    fn primary(&mut self) -> Parsed<Term> {
        let token = self.token;
        self.height = 1;
        let kind = match token.kind {
            Kind::Identifier => self.variable()?,
            Kind::Underscore => {
                self.bump();
                TermKind::Wildcard
            }
            Kind::Number => self.integer(),
            Kind::Address => self.address(),
            Kind::Float => self.float(),
            Kind::String | Kind::SingleQuoted => TermKind::String(self.string().symbol),
            Kind::LeftBracket => {
                self.bump();
                TermKind::Record(self.list(token, Kind::RightBracket, "`,` or `]`")?)
            }
            Kind::LeftParen => return self.parenthesised_term(token),
            Kind::Dollar => self.branch()?,
            Kind::At => self.user_functor()?,
            Kind::Reserved(word) => self.reserved(word)?,
            _ => return Err(self.unexpected("a term")),
        };
        Ok(Term { kind, span: self.span_from(token.start) })
    }

    /// `(term)`; the parentheses leave no trace but the span.
    fn parenthesised_term(&mut self, open: Token) -> Parsed<Term> {
        self.bump();
        let mut term = self.nested(Self::term)?;
        self.close(Kind::RightParen, open, "an operator or `)`")?;
        term.span = self.span_from(open.start);
        Ok(term)
    }

    fn variable(&mut self) -> Parsed<TermKind> {
        let token = self.token;
        let text = self.text_of(token);
        let symbol = self.symbols.intern(text);
        self.bump();
        if !self.at(Kind::LeftParen) {
            return Ok(TermKind::Variable(symbol));
        }
        if is_iteration(text) {
            let arguments = self.parenthesised()?;
            if !arguments.is_empty() {
                let span = self.span_from(token.start);
                self.slip(&format!("`{text}` takes no arguments"), span, &format!("write `{text}()`"));
            }
            return Ok(TermKind::Iteration);
        }
        let diagnostic = Diagnostic::at(
            code::UNEXPECTED_TOKEN,
            format!("`{text}(...)` is not a term"),
            self.span_of(token),
            "an atom cannot stand inside a term",
        );
        Err(self.fail(diagnostic.help(format!(
            "a functor is written `@{text}(...)`; for a relation's value write an atom that binds a variable"
        ))))
    }

    /// `$Branch(...)`, or the deprecated counter `$`.
    fn branch(&mut self) -> Parsed<TermKind> {
        self.bump();
        if !self.at(Kind::Identifier) {
            return Ok(TermKind::Autoinc);
        }
        let name = self.path("a branch")?;
        if !self.at(Kind::LeftParen) {
            let text = self.symbols.get(name.symbol).to_owned();
            let help = format!("a branch without fields is written `${text}()`");
            return Err(self.unexpected_with(&format!("`(` after `${text}`"), Some(&help)));
        }
        Ok(TermKind::Branch { name, arguments: self.parenthesised()? })
    }

    /// `@name(...)`
    fn user_functor(&mut self) -> Parsed<TermKind> {
        let start = self.here();
        self.bump();
        if self.at(Kind::At) {
            self.bump();
            let span = self.span_from(start);
            return Err(self.fail(Diagnostic::at(
                code::UNSUPPORTED,
                "aggregates defined by a library are not supported",
                span,
                "",
            )));
        }
        let name = self.name("a functor")?;
        Ok(TermKind::User { name, arguments: self.parenthesised()? })
    }

    /// The terms that begin with a reserved word.
    fn reserved(&mut self, word: Word) -> Parsed<TermKind> {
        if !self.opens(word) {
            let name = self.name("a variable")?;
            return Ok(TermKind::Variable(name.symbol));
        }
        if let Some(functor) = functor(word) {
            self.bump();
            return Ok(TermKind::Call { functor, arguments: self.parenthesised()? });
        }
        if let Some((op, functor)) = aggregate(word) {
            return self.aggregate(op, functor);
        }
        match word {
            Word::Nil => {
                self.bump();
                Ok(TermKind::Nil)
            }
            Word::Autoinc => {
                self.bump();
                let open = self.token;
                self.expect(Kind::LeftParen, "`(` after `autoinc`")?;
                self.close(Kind::RightParen, open, "`)`")?;
                Ok(TermKind::Autoinc)
            }
            Word::As => {
                self.bump();
                let open = self.token;
                self.expect(Kind::LeftParen, "`(` after `as`")?;
                let term = self.nested(Self::term)?;
                let height = self.height;
                self.expect(Kind::Comma, "`,` and the type")?;
                let ty = self.path("a type")?;
                self.close(Kind::RightParen, open, "`)`")?;
                let span = self.span_from(open.start);
                self.raise(height, span)?;
                Ok(TermKind::As { term: Box::new(term), ty })
            }
            Word::True | Word::False => {
                Err(self
                    .unexpected_with("a term", Some("truth values are formulas, not values: use 0 and 1, or a symbol")))
            }
            _ => Err(self.unexpected("a term")),
        }
    }

    /// Whether what follows a reserved word suits it; if not, the word was meant as a name.
    fn opens(&self, word: Word) -> bool {
        let rest = self.text().get(self.token.end as usize..).unwrap_or("").trim_start();
        let called = rest.is_empty() || rest.starts_with(['(', '/']);
        match word {
            Word::Nil | Word::True | Word::False => true,
            Word::Stateful | Word::Qualifier => false,
            _ if aggregate(word).is_some() => !rest.starts_with([',', ')', ']', '.', ';', '=', '<', '>', '!', '}']),
            _ => called,
        }
    }

    /// `op target : { body }` or `op target : atom`; `min` and `max` with several arguments in parentheses are
    /// functors.
    fn aggregate(&mut self, op: AggregateOp, functor: Option<Functor>) -> Parsed<TermKind> {
        let start = self.here();
        self.bump();
        let mut height = 0;
        let target = if let (Kind::LeftParen, Some(functor)) = (self.token.kind, functor) {
            let open = self.token;
            self.bump();
            let mut first = self.nested(Self::term)?;
            if self.at(Kind::Comma) {
                let first_height = self.height;
                self.bump();
                let base = self.terms.len();
                self.terms.push(first);
                let arguments = self.list_from(base, first_height, open, Kind::RightParen, "`,` or `)`")?;
                return Ok(TermKind::Call { functor, arguments });
            }
            self.close(Kind::RightParen, open, "`,` or `)`")?;
            first.span = self.span_from(open.start);
            Some(self.term_after(first)?)
        } else if self.at(Kind::Colon) {
            None
        } else {
            Some(self.nested(Self::term)?)
        };
        if target.is_some() {
            height = self.height;
        }
        if !self.at(Kind::Colon) {
            let help = format!("an aggregate is written `{0} ... : {{ body }}`; `{0}` cannot be a name", op.name());
            return Err(self.unexpected_with(&format!("`:` and the body of `{}`", op.name()), Some(&help)));
        }
        match (&target, op) {
            (Some(target), AggregateOp::Count) => {
                self.slip("`count` takes no target", target.span, "write `count : { ... }`");
            }
            (None, AggregateOp::Sum | AggregateOp::Min | AggregateOp::Max | AggregateOp::Mean) => {
                return Err(self.unexpected(&format!("a term that the {} is taken of", op.name())));
            }
            _ => {}
        }
        self.bump();
        let body = if self.at(Kind::LeftBrace) {
            let open = self.token;
            self.bump();
            let body = self.nested(Self::formula)?;
            self.close(Kind::RightBrace, open, "`,` or `}`")?;
            body
        } else {
            self.lone_body_atom()?
        };
        let span = self.span_from(start);
        self.raise(height.max(self.height), span)?;
        Ok(TermKind::Aggregate(Box::new(Aggregate { op, target, body })))
    }

    /// Terms between commas up to the closing bracket; its opening one, at `open`, was read.
    pub(super) fn list(&mut self, open: Token, close: Kind, expected: &str) -> Parsed<Vec<Term>> {
        let base = self.terms.len();
        if self.eat(close) {
            self.height = 1;
            return Ok(Vec::new());
        }
        self.list_from(base, 0, open, close, expected)
    }

    /// The rest of a list whose first terms already wait from `base` on, the highest of them `height` high.
    fn list_from(
        &mut self,
        base: usize,
        mut height: u32,
        open: Token,
        close: Kind,
        expected: &str,
    ) -> Parsed<Vec<Term>> {
        loop {
            let term = if self.is_constant() {
                // Facts consist of these: no operators to look for unless one follows.
                let term = self.primary()?;
                if self.at(Kind::Comma) || self.at(close) { term } else { self.term_after(term)? }
            } else {
                self.nested(Self::term)?
            };
            height = height.max(self.height);
            self.terms.push(term);
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.close(close, open, expected)?;
        let span = self.span_from(open.start);
        self.raise(height, span)?;
        Ok(self.terms.drain(base..).collect())
    }
}
