//! Makes trees: what the parser would have made of a text, without spans.

use onus::source::Span;
use onus::symbol::Interner;
use onus::syntax::ast::{
    AdtBranch, Aggregate, AggregateOp, Annotation, Atom, Attribute, Clause, Compare, CompareOp, Directive,
    DirectiveKind, Formula, Functor, Item, ItemKind, LatticeDecl, Name, Path, RelationDecl, Term, TermKind, TypeDecl,
    TypeDefinition,
};
use onus::value::Value;

use crate::sample::source;

/// Interns names and makes nodes.
#[derive(Clone, Debug)]
pub struct Build {
    /// All names so far.
    pub symbols: Interner,
    span: Span,
}

impl Default for Build {
    fn default() -> Self {
        Self::with(Interner::default())
    }
}

impl Build {
    /// Goes on with names that exist.
    #[must_use]
    pub fn with(symbols: Interner) -> Self {
        Self { symbols, span: Span::new(source(), 0, 0) }
    }

    /// A name.
    pub fn name(&mut self, text: &str) -> Name {
        Name { symbol: self.symbols.intern(text), span: self.span }
    }

    /// A term of a kind.
    #[must_use]
    pub fn term(&self, kind: TermKind) -> Term {
        Term { kind, span: self.span }
    }

    /// A variable.
    pub fn variable(&mut self, name: &str) -> Term {
        let symbol = self.symbols.intern(name);
        self.term(TermKind::Variable(symbol))
    }

    /// `_`
    #[must_use]
    pub fn wildcard(&self) -> Term {
        self.term(TermKind::Wildcard)
    }

    /// A small integer, of whatever type its place wants.
    #[must_use]
    pub fn integer(&self, value: i64) -> Term {
        let kind = TermKind::Integer { magnitude: value.unsigned_abs(), negative: value < 0, unsigned: false };
        self.term(kind)
    }

    /// A string.
    pub fn string(&mut self, text: &str) -> Term {
        let symbol = self.symbols.intern(text);
        self.term(TermKind::String(symbol))
    }

    /// A value as a literal.
    pub fn value(&mut self, value: &Value) -> Term {
        let kind = match value {
            Value::Number(number) => return self.integer(*number),
            Value::Unsigned(magnitude) => TermKind::Integer { magnitude: *magnitude, negative: false, unsigned: true },
            Value::Float(value) => TermKind::Float(value.get()),
            Value::Symbol(text) => return self.string(text),
            Value::Nil => TermKind::Nil,
            Value::Record(fields) => TermKind::Record(fields.iter().map(|field| self.value(field)).collect()),
            Value::Branch(name, fields) => {
                let arguments = fields.iter().map(|field| self.value(field)).collect();
                return self.branch(name, arguments);
            }
        };
        self.term(kind)
    }

    /// `[a, b]`
    #[must_use]
    pub fn record(&self, fields: Vec<Term>) -> Term {
        self.term(TermKind::Record(fields))
    }

    /// `$Name(a, b)`
    pub fn branch(&mut self, name: &str, arguments: Vec<Term>) -> Term {
        let name = self.name(name);
        self.term(TermKind::Branch { name, arguments })
    }

    /// A functor or operator applied.
    #[must_use]
    pub fn call(&self, functor: Functor, arguments: Vec<Term>) -> Term {
        self.term(TermKind::Call { functor, arguments })
    }

    /// `@name(arguments)`
    pub fn user(&mut self, name: &str, arguments: Vec<Term>) -> Term {
        let name = self.name(name);
        self.term(TermKind::User { name, arguments })
    }

    /// `op target : { body }`
    #[must_use]
    pub fn aggregate(&self, op: AggregateOp, target: Option<Term>, body: Vec<Formula>) -> Term {
        self.term(TermKind::Aggregate(Box::new(Aggregate { op, target, body: conjunction(body) })))
    }

    /// `relation(arguments)`
    pub fn atom(&mut self, relation: &str, arguments: Vec<Term>) -> Atom {
        Atom { relation: self.name(relation), arguments, span: self.span }
    }

    /// `left op right`
    #[must_use]
    pub fn compare(&self, op: CompareOp, left: Term, right: Term) -> Formula {
        Formula::Compare(Compare { op, left, right, span: self.span })
    }

    /// `!formula`
    #[must_use]
    pub fn not(&self, formula: Formula) -> Formula {
        Formula::Not(Box::new(formula), self.span)
    }

    /// A clause; a fact where the body is empty.
    #[must_use]
    pub fn clause(&self, heads: Vec<Atom>, body: Vec<Formula>) -> Item {
        let body = (!body.is_empty()).then(|| conjunction(body));
        self.item(ItemKind::Clause(Clause { heads, subsumption: false, body, plan: None, span: self.span }))
    }

    /// `low <= high :- body.`
    #[must_use]
    pub fn subsumption(&self, low: Atom, high: Atom, body: Vec<Formula>) -> Item {
        let (heads, body) = (vec![low, high], Some(conjunction(body)));
        self.item(ItemKind::Clause(Clause { heads, subsumption: true, body, plan: None, span: self.span }))
    }

    /// A fact of values.
    pub fn fact(&mut self, relation: &str, row: &[Value]) -> Item {
        let arguments = row.iter().map(|value| self.value(value)).collect();
        let head = self.atom(relation, arguments);
        self.clause(vec![head], Vec::new())
    }

    /// `.decl name(attributes)`; columns are named `c0`, `c1` and so on.
    pub fn relation(&mut self, name: &str, types: &[&str], qualifiers: &[&str]) -> Item {
        let names = vec![self.name(name)];
        let attributes = self.attributes(types);
        let qualifiers = qualifiers.iter().map(|qualifier| self.name(qualifier)).collect();
        self.item(ItemKind::Relation(RelationDecl { names, attributes, qualifiers, choice: Vec::new() }))
    }

    /// Attributes of types, named by position.
    pub fn attributes(&mut self, types: &[&str]) -> Vec<Attribute> {
        types
            .iter()
            .enumerate()
            .map(|(at, ty)| Attribute { name: self.name(&format!("c{at}")), ty: self.name(ty), lattice: false })
            .collect()
    }

    /// `.type name ...`
    pub fn ty(&mut self, name: &str, definition: TypeDefinition) -> Item {
        let name = self.name(name);
        self.item(ItemKind::Type(TypeDecl { name, definition }))
    }

    /// `.lattice name<> { Lub -> functor(_, _) }`
    pub fn lattice(&mut self, name: &str, functor: Functor) -> Item {
        let bound = self.call(functor, vec![self.wildcard(), self.wildcard()]);
        let (name, operators) = (self.name(name), vec![(self.name("Lub"), bound)]);
        self.item(ItemKind::Lattice(LatticeDecl { name, operators }))
    }

    /// `@[name]`
    pub fn annotation(&mut self, name: &str) -> Annotation {
        Annotation { name: self.name(name), value: None, span: self.span }
    }

    /// One alternative of an algebraic data type.
    pub fn adt_branch(&mut self, name: &str, types: &[&str]) -> AdtBranch {
        AdtBranch { name: self.name(name), fields: self.attributes(types) }
    }

    /// `.output relation`
    pub fn output(&mut self, relation: &str) -> Item {
        let relations: Vec<Path> = vec![self.name(relation)];
        self.item(ItemKind::Directive(Directive { kind: DirectiveKind::Output, relations, parameters: Vec::new() }))
    }

    /// `.limitsize relation(n=n)`
    pub fn limitsize(&mut self, relation: &str, n: usize) -> Item {
        let relations: Vec<Path> = vec![self.name(relation)];
        let parameters = vec![(self.name("n"), self.name(&n.to_string()))];
        self.item(ItemKind::Directive(Directive { kind: DirectiveKind::Limitsize, relations, parameters }))
    }

    /// An item of a kind, without doc or annotations.
    #[must_use]
    pub fn item(&self, kind: ItemKind) -> Item {
        Item { doc: None, annotations: Vec::new(), kind, span: self.span }
    }
}

/// Literals as one formula, the way the parser makes it: a lone literal stands for itself.
#[must_use]
pub fn conjunction(mut literals: Vec<Formula>) -> Formula {
    match (literals.len(), literals.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            literals.extend(last);
            Formula::And(literals)
        }
    }
}

/// The literals of a body, one by one.
#[must_use]
pub fn literals(body: Option<Formula>) -> Vec<Formula> {
    match body {
        None => Vec::new(),
        Some(Formula::And(parts)) => parts,
        Some(other) => vec![other],
    }
}
