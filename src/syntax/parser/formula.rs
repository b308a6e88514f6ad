//! Bodies: disjunctions of conjunctions of literals. A parenthesis may open a body or a term, and only what stands in
//! it tells: so both are read by the same functions, without trying twice.

use super::cursor::{Failed, Parsed, Parser};
use super::term::{is_iteration, is_operator};
use crate::syntax::ast::{Compare, CompareOp, Formula, Term, TermKind};
use crate::syntax::token::{Kind, Word, continues_name};

/// What a parenthesis turned out to hold.
enum Part {
    Formula(Formula),
    Term(Term),
}

impl Parser<'_, '_> {
    /// A body.
    pub(super) fn formula(&mut self) -> Parsed<Formula> {
        match self.disjunction()? {
            Part::Formula(formula) => Ok(formula),
            Part::Term(term) => Err(self.lone_term(&term)),
        }
    }

    fn disjunction(&mut self) -> Parsed<Part> {
        let first = match self.conjunction()? {
            Part::Formula(formula) => formula,
            term @ Part::Term(_) => return Ok(term),
        };
        if !self.eat_or() {
            return Ok(Part::Formula(first));
        }
        let mut parts = vec![first];
        let mut height = self.height;
        loop {
            match self.conjunction()? {
                Part::Formula(formula) => parts.push(formula),
                Part::Term(term) => return Err(self.lone_term(&term)),
            }
            height = height.max(self.height);
            if !self.eat_or() {
                break;
            }
        }
        let span = self.span_from(self.previous_end);
        self.raise(height, span)?;
        Ok(Part::Formula(Formula::Or(parts)))
    }

    fn conjunction(&mut self) -> Parsed<Part> {
        let first = match self.literal()? {
            Part::Formula(formula) => formula,
            term @ Part::Term(_) => return Ok(term),
        };
        if !self.eat_and() {
            return Ok(Part::Formula(first));
        }
        let mut parts = vec![first];
        let mut height = self.height;
        loop {
            match self.literal()? {
                Part::Formula(formula) => parts.push(formula),
                Part::Term(term) => return Err(self.lone_term(&term)),
            }
            height = height.max(self.height);
            if !self.eat_and() {
                break;
            }
        }
        let span = self.span_from(self.previous_end);
        self.raise(height, span)?;
        Ok(Part::Formula(Formula::And(parts)))
    }

    /// `,`, or what other languages write for it.
    fn eat_and(&mut self) -> bool {
        match self.token.kind {
            Kind::Comma => {
                self.bump();
                true
            }
            Kind::DoubleAnd => self.eat_slip("`,`"),
            Kind::Identifier if self.text_of(self.token).eq_ignore_ascii_case("and") => self.eat_slip("`,`"),
            _ => false,
        }
    }

    /// `;`, or what other languages write for it.
    fn eat_or(&mut self) -> bool {
        match self.token.kind {
            Kind::Semicolon => {
                self.bump();
                true
            }
            Kind::DoublePipe | Kind::Pipe => self.eat_slip("`;`"),
            Kind::Identifier if self.text_of(self.token).eq_ignore_ascii_case("or") => self.eat_slip("`;`"),
            _ => false,
        }
    }

    fn eat_slip(&mut self, meant: &str) -> bool {
        let sign = self.text_of(self.token);
        let span = self.span_of(self.token);
        self.slip(&format!("`{sign}` does not join the parts of a body"), span, &format!("write {meant}"));
        self.bump();
        true
    }

    fn literal(&mut self) -> Parsed<Part> {
        let start = self.here();
        let part = match self.token.kind {
            Kind::Identifier => return self.atom_or_compare(),
            Kind::Not => self.negation()?,
            Kind::Tilde => {
                let span = self.span_of(self.token);
                self.slip("`~` does not negate", span, "write `!`");
                self.negation()?
            }
            Kind::LeftParen => return self.parenthesis(),
            Kind::Reserved(Word::True | Word::False) => {
                let value = self.at(Kind::Reserved(Word::True));
                self.bump();
                self.height = 1;
                Formula::Boolean(value, self.span_from(start))
            }
            Kind::Reserved(Word::Match) => self.built_in(CompareOp::Match)?,
            Kind::Reserved(Word::Contains) => self.built_in(CompareOp::Contains)?,
            Kind::Reserved(_) if !self.begins_term() => return self.atom_or_compare(),
            _ => {
                if !self.begins_term() {
                    return Err(self.unexpected("an atom, a comparison or `!`"));
                }
                let left = self.term()?;
                return self.comparison(left);
            }
        };
        Ok(Part::Formula(part))
    }

    /// A name begins an atom, a comparison, or a slip for a negation.
    fn atom_or_compare(&mut self) -> Parsed<Part> {
        let token = self.token;
        if self.text_of(token).eq_ignore_ascii_case("not") && self.negation_follows() {
            let span = self.span_of(token);
            let word = self.text_of(token);
            self.slip(&format!("`{word}` does not negate"), span, "write `!`");
            return Ok(Part::Formula(self.negation()?));
        }
        if is_iteration(self.text_of(token)) {
            let left = self.term()?;
            return self.comparison(left);
        }
        let path = self.path("a relation or variable")?;
        if self.at(Kind::LeftParen) {
            return Ok(Part::Formula(Formula::Atom(self.atom_after(path)?)));
        }
        if path.span.end > token.end {
            return Err(self.bare_relation(path));
        }
        self.height = 1;
        let variable = Term { kind: TermKind::Variable(path.symbol), span: path.span };
        let left = self.term_after(variable)?;
        self.comparison(left)
    }

    /// Whether what follows the word `not` is what it could negate.
    fn negation_follows(&self) -> bool {
        let rest = self.text().get(self.token.end as usize..).unwrap_or("");
        let next = rest.trim_start();
        let word = &next[..next.bytes().position(|byte| !continues_name(byte)).unwrap_or(next.len())];
        // A variable may be called `not`, and an operator may follow it.
        rest.len() > next.len() && (next.starts_with('(') || !(word.is_empty() || is_operator(word)))
    }

    /// `!f`, from its sign.
    fn negation(&mut self) -> Parsed<Formula> {
        let start = self.here();
        self.bump();
        let inner = self.nested(Self::literal)?;
        let inner = match inner {
            Part::Formula(formula) => formula,
            Part::Term(term) => return Err(self.lone_term(&term)),
        };
        let span = self.span_from(start);
        self.raise(self.height, span)?;
        Ok(Formula::Not(Box::new(inner), span))
    }

    /// `(body)`, or a term in parentheses that begins a comparison.
    fn parenthesis(&mut self) -> Parsed<Part> {
        let open = self.token;
        self.bump();
        let part = self.nested(Self::disjunction)?;
        self.close(Kind::RightParen, open, "`,`, `;` or `)`")?;
        match part {
            Part::Formula(formula) => Ok(Part::Formula(formula)),
            Part::Term(mut term) => {
                term.span = self.span_from(open.start);
                let left = self.term_after(term)?;
                self.comparison(left)
            }
        }
    }

    /// What follows a term in a body: a comparison, or nothing, if the term itself stands in parentheses.
    fn comparison(&mut self, left: Term) -> Parsed<Part> {
        let op = match self.token.kind {
            Kind::Equal => CompareOp::Equal,
            Kind::NotEqual => CompareOp::NotEqual,
            Kind::Less => CompareOp::Less,
            Kind::LessEqual => CompareOp::LessEqual,
            Kind::Greater => CompareOp::Greater,
            Kind::GreaterEqual => CompareOp::GreaterEqual,
            Kind::DoubleEqual | Kind::ColonEqual => {
                let sign = self.text_of(self.token);
                let span = self.span_of(self.token);
                self.slip(&format!("`{sign}` does not compare"), span, "equality is written `=`");
                CompareOp::Equal
            }
            _ => return Ok(Part::Term(left)),
        };
        self.bump();
        let height = self.height;
        let right = self.term()?;
        let span = left.span.to(right.span);
        self.raise(height.max(self.height), span)?;
        Ok(Part::Formula(Formula::Compare(Compare { op, left, right, span })))
    }

    /// `match(pattern, text)` and `contains(needle, text)`
    fn built_in(&mut self, op: CompareOp) -> Parsed<Formula> {
        let start = self.here();
        self.bump();
        let open = self.token;
        self.expect(Kind::LeftParen, &format!("`(` after `{}`", op.name()))?;
        let left = self.term()?;
        let height = self.height;
        self.expect(Kind::Comma, "`,` and the text")?;
        let right = self.term()?;
        self.close(Kind::RightParen, open, "`)`")?;
        let span = self.span_from(start);
        self.raise(height.max(self.height), span)?;
        Ok(Formula::Compare(Compare { op, left, right, span }))
    }

    /// A term stands where something that holds or not should.
    fn lone_term(&mut self, term: &Term) -> Failed {
        let help = match term.kind {
            TermKind::Call { functor, .. } if functor.name().starts_with(|first: char| first.is_ascii_lowercase()) => {
                Some(format!("`{}` makes a value and cannot name a relation", functor.name()))
            }
            TermKind::Variable(symbol) => {
                let name = self.symbols.get(symbol);
                matches!(self.token.kind, Kind::Dot | Kind::Comma | Kind::Semicolon | Kind::RightParen)
                    .then(|| format!("a relation without attributes is written `{name}()`"))
            }
            _ => None,
        };
        self.unexpected_with("a comparison after the term", help.as_deref())
    }
}
