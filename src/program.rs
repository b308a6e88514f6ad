//! The checked program: names resolved, types known, clauses one head and one conjunction each, strata in order. What
//! the checks promise about it (see [`Program`]) every later stage relies on.

use crate::source::Span;
use crate::symbol::Symbol;
pub use crate::syntax::ast::{AggregateOp, CompareOp, Functor};
use crate::value::{Kind, TypeId, TypeTable, Word};

/// Names a relation of a [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationId(pub u32);

/// Names a rule of a [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub u32);

/// A variable of one rule: an index into [`Rule::variables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable(pub u32);

/// A program that passed every check.
///
/// It promises: every id is in range; atoms have their relation's arity; every variable of a rule is grounded (in an
/// aggregate's body: there, or outside); negation and aggregates reach only into lower strata; operands have the kinds
/// that their functor states; facts are constant.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The declared types.
    pub types: TypeTable,
    /// The relations, indexed by [`RelationId`], in order of declaration.
    pub relations: Vec<RelationDecl>,
    /// The rules, indexed by [`RuleId`], in order of their text.
    pub rules: Vec<Rule>,
    /// The facts written in the sources.
    pub facts: Vec<FactBlock>,
    /// What to evaluate, in order: each relation is in exactly one stratum.
    pub strata: Vec<Stratum>,
    /// `.input`, `.output`, `.printsize`, `.limitsize`, in order.
    pub directives: Vec<Directive>,
    /// The goals `?- body.`, in order.
    pub goals: Vec<Goal>,
    /// The functors that the host program registered.
    pub functors: Vec<Signature>,
}

/// The kinds of a functor's parameters and of its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// As it is written: `@lower`.
    pub name: &'static str,
    /// The kinds of its parameters.
    pub parameters: &'static [Kind],
    /// The kind of its result.
    pub result: Kind,
}

/// A relation and what its author says about it.
#[derive(Clone, Debug)]
pub struct RelationDecl {
    /// Its name; `instance.relation` in a component.
    pub name: Symbol,
    /// Its attributes.
    pub columns: Vec<Column>,
    /// How its tuples are kept.
    pub kind: RelationKind,
    /// `choice-domain` keys, each a list of column positions.
    pub choice: Vec<Vec<usize>>,
    /// The doc comment: what a tuple asserts.
    pub doc: Option<Symbol>,
    /// `@[says]`: a tuple as a sentence, with `{column}` for values.
    pub says: Option<Symbol>,
    /// `@[says_not]`: its absence as a sentence.
    pub says_not: Option<Symbol>,
    /// `@[deny]`: the relation must stay empty; what to say of each tuple.
    pub deny: Option<Symbol>,
    /// `@[quiet]`: proofs fold its steps.
    pub quiet: bool,
    /// `@[watch]`: reviews show how it changes.
    pub watch: bool,
    /// `@[alarm]`: its growth is never folded away.
    pub alarm: bool,
    /// `@[adjustable]`: people decide its facts. Where something is missing, such facts are proposed first.
    pub adjustable: bool,
    /// What part it plays where it stands for several relations.
    pub role: Role,
    /// Whether no author declared it: the checks made it.
    pub made: bool,
    /// Where its name is declared.
    pub span: Span,
}

/// What part a relation plays where one stands for several. A relation whose tuples may replace others stands for three:
/// what its rules derive, what of that is replaced, and what is left. The last is the relation that the author declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The author's own; nothing replaces its tuples.
    Own,
    /// The author's own: what is left of the candidates.
    Survivors {
        /// What its rules derive and its facts give.
        candidates: RelationId,
    },
    /// What the rules derive, tuples that were replaced later included. A tuple that is replaced when it is found does
    /// not come in.
    Candidates {
        /// What is left of it.
        survivors: RelationId,
        /// Which of its tuples are replaced; its rules say by what: their first two atoms are the tuple and the other.
        replaced: RelationId,
    },
    /// The candidates that others replace.
    Replaced {
        /// What is left.
        survivors: RelationId,
    },
    /// The author's own, in a recursion whose rounds someone asks for: its tuples without their rounds.
    Counted {
        /// What its facts give.
        given: RelationId,
        /// What its rules derive and its facts give, each tuple with the round in which it came.
        rounds: RelationId,
    },
    /// The author's own; its rules stand in the place of its atoms, and it has no tuples of its own.
    Inlined,
}

/// How a relation keeps its tuples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// A set of tuples.
    Plain,
    /// An equivalence: closed under reflexivity on what it mentions, symmetry and transitivity.
    Eqrel,
}

/// An attribute of a relation.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: Symbol,
    /// Its type.
    pub ty: TypeId,
}

/// One head, one conjunction. A clause with several heads or a disjunction gives several rules that share `clause`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The relation that it derives.
    pub head: RelationId,
    /// One term a column.
    pub arguments: Vec<Term>,
    /// All of them must hold.
    pub body: Vec<Literal>,
    /// Every variable of the rule, those of its aggregates included.
    pub variables: Vec<VariableDecl>,
    /// `@[label]`
    pub label: Option<Symbol>,
    /// `@[quiet]`, of the rule.
    pub quiet: bool,
    /// `@[monotone]`: its aggregates may read relations that need its head. They only grow (or, of a minimum, shrink), and
    /// so does what the rule makes of them.
    pub monotone: bool,
    /// The doc comment.
    pub doc: Option<Symbol>,
    /// The clause as written.
    pub span: Span,
    /// Which clause of the text it comes from, counted over all sources.
    pub clause: u32,
    /// `.plan`: for each version, positions of the positive atoms among the body's positive atoms, from 0.
    pub plan: Vec<(u32, Vec<usize>)>,
}

/// A variable as written.
#[derive(Clone, Copy, Debug)]
pub struct VariableDecl {
    /// Its name. Variables that a check introduced are named `_1`, `_2` ...
    pub name: Symbol,
    /// Its type: the narrowest that its uses allow.
    pub ty: TypeId,
}

/// One conjunct.
#[derive(Clone, Debug)]
pub enum Literal {
    /// Some tuple matches.
    Positive(Atom),
    /// No tuple matches.
    Negative(Atom),
    /// A test, or for `=` with one side unbound an assignment.
    Compare(Compare),
}

impl Literal {
    /// Its place in the text.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Positive(atom) | Self::Negative(atom) => atom.span,
            Self::Compare(compare) => compare.span,
        }
    }
}

/// A relation applied to terms. In a positive atom a variable binds, a `_` matches anything, any other term filters;
/// records and branches of variables bind their parts.
#[derive(Clone, Debug)]
pub struct Atom {
    /// The relation.
    pub relation: RelationId,
    /// One term a column.
    pub arguments: Vec<Term>,
    /// Its place.
    pub span: Span,
}

/// A comparison with the kind of its operands.
#[derive(Clone, Debug)]
pub struct Compare {
    /// Which.
    pub op: CompareOp,
    /// Whether it must fail instead: only of `match` and `contains`, which have no opposite.
    pub negated: bool,
    /// How the operands compare.
    pub kind: Kind,
    /// Left side; the pattern or needle.
    pub left: Term,
    /// Right side; the text.
    pub right: Term,
    /// Its place.
    pub span: Span,
}

/// A term with everything resolved.
#[derive(Clone, Debug)]
pub enum Term {
    /// A variable of the rule.
    Variable(Variable),
    /// `_`, in positive and negative atoms and inside patterns.
    Wildcard,
    /// A constant, encoded, with its type.
    Constant(Word, TypeId),
    /// An operator or functor.
    Call(Box<Call>),
    /// A record of a type.
    Record(TypeId, Vec<Term>),
    /// A branch (its rank among the type's branches) with its fields.
    Branch(TypeId, u32, Vec<Term>),
    /// The operand's word decoded and encoded anew as another kind.
    As {
        /// What is reinterpreted.
        term: Box<Term>,
        /// Its kind.
        from: Kind,
        /// The type that it takes on.
        to: TypeId,
    },
    /// The value of an aggregate.
    Aggregate(Box<Aggregate>),
    /// The next value of the program-wide counter.
    Autoinc,
}

/// A functor applied.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which.
    pub functor: Callee,
    /// The kind of each operand.
    pub kinds: Vec<Kind>,
    /// The result's type.
    pub ty: TypeId,
    /// The operands.
    pub arguments: Vec<Term>,
    /// Its place.
    pub span: Span,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Callee {
    /// Part of the language.
    Builtin(Functor),
    /// `@name`: onus' own or registered; the name without `@`.
    User(Symbol),
}

/// An aggregate over the distinct bindings of its body.
///
/// Its bindings are those of the variables that occur in the body; of one atom alone, its tuples: each `_` of a
/// single-atom body counts like a variable of its own.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Which.
    pub op: AggregateOp,
    /// What is summed or compared; none for count.
    pub target: Option<Term>,
    /// The kind of target and result; [`Kind::Number`] for count.
    pub kind: Kind,
    /// The result's type.
    pub ty: TypeId,
    /// The conjunction. Its own variables are in [`Rule::variables`] too, and occur nowhere outside.
    pub body: Vec<Literal>,
    /// Variables of the body that the surrounding rule grounds, ascending: the group.
    pub outer: Vec<Variable>,
    /// Variables that are the aggregate's own, ascending.
    pub local: Vec<Variable>,
    /// Its place.
    pub span: Span,
}

/// Facts of one relation written in the sources: constant tuples, row after row.
#[derive(Clone, Debug)]
pub struct FactBlock {
    /// The relation.
    pub relation: RelationId,
    /// `arity` words a row.
    pub words: Vec<Word>,
    /// One span a row.
    pub spans: Vec<Span>,
}

/// Relations that are evaluated together, after everything that they depend on.
#[derive(Clone, Debug)]
pub struct Stratum {
    /// Ascending.
    pub relations: Vec<RelationId>,
    /// The rules that derive them, ascending.
    pub rules: Vec<RuleId>,
    /// Whether some rule reads a relation of this same stratum.
    pub recursive: bool,
}

/// A directive about one relation.
#[derive(Clone, Debug)]
pub struct Directive {
    /// Which.
    pub kind: crate::syntax::ast::DirectiveKind,
    /// The relation.
    pub relation: RelationId,
    /// Key and value as text.
    pub parameters: Vec<(Symbol, Symbol)>,
    /// Its place.
    pub span: Span,
}

/// A question: a conjunction (or several, for a disjunction) and its columns.
#[derive(Clone, Debug)]
pub struct Goal {
    /// Names and types of the columns: the named variables in order of first appearance. None for a yes-or-no question.
    pub columns: Vec<VariableDecl>,
    /// One rule an alternative; `arguments` are the columns' terms, `head` is meaningless.
    pub alternatives: Vec<Rule>,
    /// The doc comment before it: the question in words.
    pub doc: Option<Symbol>,
    /// Its place.
    pub span: Span,
}

impl Program {
    /// The declaration of a relation.
    #[must_use]
    pub fn relation(&self, id: RelationId) -> &RelationDecl {
        &self.relations[id.0 as usize]
    }

    /// A rule.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id.0 as usize]
    }

    /// The relation of a name.
    #[must_use]
    pub fn find(&self, name: Symbol) -> Option<RelationId> {
        let at = self.relations.iter().position(|relation| relation.name == name)?;
        u32::try_from(at).ok().map(RelationId)
    }

    /// All relation ids, in order of declaration.
    pub fn relation_ids(&self) -> impl Iterator<Item = RelationId> + use<> {
        (0..u32::try_from(self.relations.len()).unwrap_or(u32::MAX)).map(RelationId)
    }

    /// The relations that the author declared, in order.
    pub fn declared_ids(&self) -> impl Iterator<Item = RelationId> {
        self.relation_ids()
            .filter(|&id| !self.relation(id).made)
            .filter(|&id| !matches!(self.relation(id).role, Role::Candidates { .. } | Role::Replaced { .. }))
    }

    /// The relation that takes the facts of a relation.
    #[must_use]
    pub fn takes(&self, id: RelationId) -> RelationId {
        match self.relation(id).role {
            Role::Survivors { candidates } => candidates,
            Role::Counted { given, .. } => given,
            Role::Own | Role::Candidates { .. } | Role::Replaced { .. } | Role::Inlined => id,
        }
    }

    /// The relation that the rules written for a relation derive.
    #[must_use]
    pub fn derives(&self, id: RelationId) -> RelationId {
        match self.relation(id).role {
            Role::Survivors { candidates } => candidates,
            Role::Counted { rounds, .. } => self.derives(rounds),
            Role::Own | Role::Candidates { .. } | Role::Replaced { .. } | Role::Inlined => id,
        }
    }

    /// All rules with their ids, in order.
    pub fn rules(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        (0..).map(RuleId).zip(&self.rules)
    }

    /// For each relation, the position of its stratum.
    #[must_use]
    pub fn stratum_of(&self) -> Vec<usize> {
        let mut of = vec![0; self.relations.len()];
        for (at, stratum) in self.strata.iter().enumerate() {
            for relation in &stratum.relations {
                of[relation.0 as usize] = at;
            }
        }
        of
    }
}

impl Aggregate {
    /// Whether bindings that differ only in unnamed places count once: so they do unless the body is one plain atom. Such
    /// an atom has a variable in each place, unless inlining has left it alone of several.
    #[must_use]
    pub fn by_name(&self) -> bool {
        fn open(term: &Term) -> bool {
            match term {
                Term::Wildcard => true,
                Term::Record(_, terms) | Term::Branch(_, _, terms) => terms.iter().any(open),
                Term::As { term, .. } => open(term),
                Term::Variable(_) | Term::Constant(..) | Term::Autoinc | Term::Call(_) | Term::Aggregate(_) => false,
            }
        }
        fn nested(term: &Term) -> bool {
            match term {
                Term::Aggregate(_) => true,
                Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc => false,
                Term::Record(_, terms) | Term::Branch(_, _, terms) => terms.iter().any(nested),
                Term::As { term, .. } => nested(term),
                Term::Call(call) => call.arguments.iter().any(nested),
            }
        }
        let atoms = || {
            self.body.iter().filter_map(|literal| if let Literal::Positive(atom) = literal { Some(atom) } else { None })
        };
        let adds = matches!(self.op, AggregateOp::Count | AggregateOp::Sum | AggregateOp::Mean);
        atoms().count() >= 2
            || (adds && atoms().any(|atom| atom.arguments.iter().any(open)))
            || self.target.as_ref().is_some_and(nested)
            || self.body.iter().any(|literal| match literal {
                Literal::Positive(atom) | Literal::Negative(atom) => atom.arguments.iter().any(nested),
                Literal::Compare(compare) => nested(&compare.left) || nested(&compare.right),
            })
    }
}

impl RelationDecl {
    /// How many attributes.
    #[must_use]
    pub fn arity(&self) -> usize {
        self.columns.len()
    }
}

impl Rule {
    /// Calls `visit` with every relation that the rule reads, and whether an aggregate or a negation stands between.
    pub fn reads(&self, visit: &mut impl FnMut(RelationId, bool)) {
        self.arguments.iter().for_each(|term| term_reads(term, visit));
        self.body.iter().for_each(|literal| literal_reads(literal, false, visit));
    }

    /// Whether an aggregate of the rule reads one of some relations.
    #[must_use]
    pub fn aggregates_over(&self, relations: &[RelationId]) -> bool {
        let mut found = false;
        self.visit_terms(&mut |term| {
            if let Term::Aggregate(aggregate) = term {
                let mut visit = |relation, _| found |= relations.contains(&relation);
                aggregate.body.iter().for_each(|literal| literal_reads(literal, true, &mut visit));
            }
        });
        found
    }

    /// The aggregate at a place of the rule.
    #[must_use]
    pub fn aggregate_at(&self, span: Span) -> Option<&Aggregate> {
        let mut found = None;
        self.visit_terms(&mut |term| match term {
            Term::Aggregate(aggregate) if aggregate.span == span => {
                found.get_or_insert(&**aggregate);
            }
            _ => {}
        });
        found
    }

    /// Calls `visit` with every term of head and body, inner ones and those of aggregates included.
    pub fn visit_terms<'a>(&'a self, visit: &mut impl FnMut(&'a Term)) {
        self.arguments.iter().for_each(|term| term.visit(visit));
        self.body.iter().for_each(|literal| literal.visit_terms(visit));
    }
}

impl Literal {
    /// Calls `visit` with every term of the literal, inner ones and those of aggregates included.
    pub fn visit_terms<'a>(&'a self, visit: &mut impl FnMut(&'a Term)) {
        match self {
            Self::Positive(atom) | Self::Negative(atom) => atom.arguments.iter().for_each(|term| term.visit(visit)),
            Self::Compare(compare) => {
                compare.left.visit(visit);
                compare.right.visit(visit);
            }
        }
    }
}

impl Term {
    /// Calls `visit` with the term and every term inside it, those of aggregates included.
    pub fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a Term)) {
        visit(self);
        match self {
            Self::Variable(_) | Self::Wildcard | Self::Constant(..) | Self::Autoinc => {}
            Self::Call(call) => call.arguments.iter().for_each(|term| term.visit(visit)),
            Self::Record(_, fields) | Self::Branch(_, _, fields) => fields.iter().for_each(|term| term.visit(visit)),
            Self::As { term, .. } => term.visit(visit),
            Self::Aggregate(aggregate) => {
                aggregate.target.iter().for_each(|term| term.visit(visit));
                aggregate.body.iter().for_each(|literal| literal.visit_terms(visit));
            }
        }
    }
}

fn literal_reads(literal: &Literal, inside: bool, visit: &mut impl FnMut(RelationId, bool)) {
    match literal {
        Literal::Positive(atom) | Literal::Negative(atom) => {
            visit(atom.relation, inside || matches!(literal, Literal::Negative(_)));
            atom.arguments.iter().for_each(|term| term_reads(term, visit));
        }
        Literal::Compare(compare) => {
            term_reads(&compare.left, visit);
            term_reads(&compare.right, visit);
        }
    }
}

fn term_reads(term: &Term, visit: &mut impl FnMut(RelationId, bool)) {
    match term {
        Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc => {}
        Term::Call(call) => call.arguments.iter().for_each(|term| term_reads(term, visit)),
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().for_each(|term| term_reads(term, visit)),
        Term::As { term, .. } => term_reads(term, visit),
        Term::Aggregate(aggregate) => {
            aggregate.target.iter().for_each(|term| term_reads(term, visit));
            aggregate.body.iter().for_each(|literal| literal_reads(literal, true, visit));
        }
    }
}
