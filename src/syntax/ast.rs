//! The syntax tree: what the author wrote, names unresolved, every node with its span. Comments are not part of it
//! (the formatter keeps them by position); doc comments and annotations are.

use crate::source::Span;
use crate::symbol::Symbol;

/// One parsed source: its items in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// Declarations, clauses, directives, goals.
    pub items: Vec<Item>,
}

/// An identifier where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its text.
    pub symbol: Symbol,
    /// Its place.
    pub span: Span,
}

/// A name with dots: `instance.relation`. The symbol is the whole text (`a.b`), the way relations of components are
/// known.
pub type Path = Name;

/// A top-level thing with what is written before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The `///` lines before it, without slashes and the one blank after them, joined by line breaks.
    pub doc: Option<Symbol>,
    /// The `@[...]` before it, in order.
    pub annotations: Vec<Annotation>,
    /// What it is.
    pub kind: ItemKind,
    /// From its first token to its last, doc and annotations not included.
    pub span: Span,
}

/// `@[name]` or `@[name = "text"]`. Unknown names are kept and ignored.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// `label`, `says`, `quiet` ...
    pub name: Name,
    /// The text after `=`, where there is one.
    pub value: Option<Name>,
    /// All of it.
    pub span: Span,
}

/// The kinds of item.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// `.type`
    Type(TypeDecl),
    /// `.decl`; one item declares one or more relations of the same attributes.
    Relation(RelationDecl),
    /// A fact, rule or subsumption clause.
    Clause(Clause),
    /// `?- body.`
    Goal(Goal),
    /// `.input`, `.output`, `.printsize`, `.limitsize`
    Directive(Directive),
    /// `.comp`
    Component(Component),
    /// `.init`
    Init(Init),
    /// `.override` (inside a component)
    Override(Name),
    /// `.functor`
    Functor(FunctorDecl),
    /// `.lattice`
    Lattice(LatticeDecl),
    /// `.pragma`
    Pragma {
        /// The option.
        key: Name,
        /// Its value, where it takes one.
        value: Option<Name>,
    },
    /// `.include` or `.once`; the loader splices the file's items in its place.
    Include {
        /// The path as written; none for `.once`.
        path: Option<Name>,
    },
}

/// `.type name ...`
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDecl {
    /// The new name.
    pub name: Name,
    /// What it stands for.
    pub definition: TypeDefinition,
}

/// The right side of a `.type`.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeDefinition {
    /// `T <: B`
    Subtype(Path),
    /// `T = B`
    Alias(Path),
    /// `T = A | B`
    Union(Vec<Path>),
    /// `T = [x: A, y: B]`
    Record(Vec<Attribute>),
    /// `T = Leaf {} | Node {l: T}`
    Adt(Vec<AdtBranch>),
    /// The deprecated `.symbol_type T`, `.number_type T` and bare `.type T`: a subtype of a primitive.
    Deprecated(Path),
}

/// One alternative of an algebraic data type.
#[derive(Clone, Debug, PartialEq)]
pub struct AdtBranch {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<Attribute>,
}

/// `name: Type`, in a relation, record or branch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attribute {
    /// The attribute's name.
    pub name: Name,
    /// The type's name.
    pub ty: Path,
    /// `Type<>`: a lattice attribute.
    pub lattice: bool,
}

/// `.decl A, B(x: T, y: U) qualifiers choice-domain x, (x, y)`
#[derive(Clone, Debug, PartialEq)]
pub struct RelationDecl {
    /// One or more names.
    pub names: Vec<Name>,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// Qualifiers as written: eqrel, inline, no_inline, magic, no_magic, brie, btree, btree_delete, overridable,
    /// and the deprecated input, output, printsize.
    pub qualifiers: Vec<Name>,
    /// `choice-domain`: each key is one or more attribute names.
    pub choice: Vec<Vec<Name>>,
}

/// A fact, rule or subsumption.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// One or more heads; exactly two for a subsumption `low <= high`.
    pub heads: Vec<Atom>,
    /// Whether the heads are joined by `<=`.
    pub subsumption: bool,
    /// The body; none for a fact.
    pub body: Option<Formula>,
    /// `.plan` after the clause.
    pub plan: Option<Plan>,
    /// The clause, full stop included.
    pub span: Span,
}

/// `.plan 0: (2, 1), 1: (1, 2)`: for each version, the order of the body's atoms, from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Version and order.
    pub orders: Vec<(u32, Vec<u32>)>,
    /// Its place.
    pub span: Span,
}

/// `?- body.`, or `body?` at the prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// What must hold. Named variables are the columns of the answer, in order of first appearance.
    pub body: Formula,
    /// Its place.
    pub span: Span,
}

/// A body: literals joined by `,` and `;`, negated as a whole or one by one.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// A positive atom.
    Atom(Atom),
    /// `left op right`
    Compare(Compare),
    /// `true` or `false`
    Boolean(bool, Span),
    /// `!f`
    Not(Box<Formula>, Span),
    /// `f, g, ...`; at least two, or none for the empty body.
    And(Vec<Formula>),
    /// `f ; g ; ...`; at least two.
    Or(Vec<Formula>),
}

/// `relation(arguments)`
#[derive(Clone, Debug, PartialEq)]
pub struct Atom {
    /// The relation, with dots if it is in a component.
    pub relation: Path,
    /// The arguments.
    pub arguments: Vec<Term>,
    /// All of it.
    pub span: Span,
}

/// A comparison, or the built-in tests `match` and `contains`.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    /// Which.
    pub op: CompareOp,
    /// Left side, or first argument (the pattern, the needle).
    pub left: Term,
    /// Right side, or second argument (the text).
    pub right: Term,
    /// All of it.
    pub span: Span,
}

/// The comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `match(pattern, text)`: the whole text matches the regular expression.
    Match,
    /// `contains(needle, text)`
    Contains,
}

impl CompareOp {
    /// As it is written; `match` and `contains` stand before their arguments.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Match => "match",
            Self::Contains => "contains",
        }
    }
}

/// An argument or operand with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Its place.
    pub span: Span,
}

impl Term {
    /// The terms directly inside, those of an aggregate left out.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        match &self.kind {
            TermKind::Record(parts)
            | TermKind::Branch { arguments: parts, .. }
            | TermKind::Call { arguments: parts, .. }
            | TermKind::User { arguments: parts, .. } => parts,
            TermKind::As { term, .. } => std::slice::from_ref(term),
            TermKind::Variable(_)
            | TermKind::Wildcard
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Iteration
            | TermKind::Aggregate(_) => &[],
        }
    }
}

/// The kinds of term.
#[derive(Clone, Debug, PartialEq)]
pub enum TermKind {
    /// A named variable.
    Variable(Symbol),
    /// `_`
    Wildcard,
    /// An integer: its type follows from where it stands.
    Integer {
        /// The magnitude, below 2^64.
        magnitude: u64,
        /// Whether a `-` directly before it was folded in.
        negative: bool,
        /// Whether it has the suffix `u`.
        unsigned: bool,
    },
    /// A float.
    Float(f64),
    /// A string.
    String(Symbol),
    /// `nil`
    Nil,
    /// `autoinc()`, or its deprecated spelling `$`.
    Autoinc,
    /// `recursive_iteration_cnt()`
    Iteration,
    /// `[a, b]`
    Record(Vec<Term>),
    /// `$Branch(a, b)`
    Branch {
        /// The branch.
        name: Path,
        /// Its fields.
        arguments: Vec<Term>,
    },
    /// An operator or built-in functor: `a + b` is `Call { functor: Add, .. }`.
    Call {
        /// Which.
        functor: Functor,
        /// Its operands.
        arguments: Vec<Term>,
    },
    /// `@name(a, b)`: a functor registered through the library, or one of onus' own for policy work.
    User {
        /// The name without `@`.
        name: Name,
        /// Its arguments.
        arguments: Vec<Term>,
    },
    /// `as(term, Type)`
    As {
        /// What is reinterpreted.
        term: Box<Term>,
        /// As what.
        ty: Path,
    },
    /// `count : { ... }`, `max x : p(x)`
    Aggregate(Box<Aggregate>),
}

/// An aggregate where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Which.
    pub op: AggregateOp,
    /// What is summed or compared; none for count.
    pub target: Option<Term>,
    /// Over which bindings.
    pub body: Formula,
}

/// The aggregates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggregateOp {
    /// How many bindings; 0 over none.
    Count,
    /// Their sum; 0 over none.
    Sum,
    /// The least; over none there is none.
    Min,
    /// The greatest; over none there is none.
    Max,
    /// The mean of floats; over none there is none.
    Mean,
}

impl AggregateOp {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Min => "min",
            Self::Max => "max",
            Self::Mean => "mean",
        }
    }
}

macro_rules! functors {
    ($($(#[$doc:meta])* $variant:ident $name:literal)*) => {
        /// The built-in operators and functors.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Functor { $($(#[$doc])* $variant,)* }

        impl Functor {
            /// As it is written: an operator's sign, a functor's name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }
    };
}

functors! {
    /// `-x`
    Negate "-"
    /// `bnot x`
    BitNot "bnot"
    /// `lnot x`
    LogicNot "lnot"
    /// `x + y`; on symbols, concatenation
    Add "+"
    /// `x - y`
    Subtract "-"
    /// `x * y`
    Multiply "*"
    /// `x / y`: truncates
    Divide "/"
    /// `x % y`: the sign of the dividend
    Remainder "%"
    /// `x ^ y`: power
    Power "^"
    /// `x band y`
    BitAnd "band"
    /// `x bor y`
    BitOr "bor"
    /// `x bxor y`
    BitXor "bxor"
    /// `x bshl y`
    ShiftLeft "bshl"
    /// `x bshr y`: arithmetic
    ShiftRight "bshr"
    /// `x bshru y`: logical
    ShiftRightUnsigned "bshru"
    /// `x land y`
    LogicAnd "land"
    /// `x lor y`
    LogicOr "lor"
    /// `x lxor y`
    LogicXor "lxor"
    /// `min(x, y, ...)`
    Min "min"
    /// `max(x, y, ...)`
    Max "max"
    /// `cat(x, y, ...)`
    Cat "cat"
    /// `strlen(x)`: bytes
    Strlen "strlen"
    /// `substr(x, start, length)`: bytes
    Substr "substr"
    /// `ord(x)`: the interning id
    Ord "ord"
    /// `range(from, to)`, `range(from, to, step)`: several values
    Range "range"
    /// `to_number(x)`
    ToNumber "to_number"
    /// `to_unsigned(x)`
    ToUnsigned "to_unsigned"
    /// `to_float(x)`
    ToFloat "to_float"
    /// `to_string(x)`
    ToString "to_string"
}

/// `.input R(IO="file", ...)` and its like; several relations may share one.
#[derive(Clone, Debug, PartialEq)]
pub struct Directive {
    /// Which.
    pub kind: DirectiveKind,
    /// The relations.
    pub relations: Vec<Path>,
    /// Key and value as text; numbers and booleans too.
    pub parameters: Vec<(Name, Name)>,
}

/// The directives about relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectiveKind {
    /// `.input`
    Input,
    /// `.output`
    Output,
    /// `.printsize`
    Printsize,
    /// `.limitsize`
    Limitsize,
}

/// `.comp C<T> : Base<T> { ... }`
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Name and formal parameters.
    pub head: ComponentType,
    /// What it inherits.
    pub bases: Vec<ComponentType>,
    /// What it holds.
    pub items: Vec<Item>,
}

/// `Name<A, B>`
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentType {
    /// The component.
    pub name: Path,
    /// Its parameters.
    pub parameters: Vec<Path>,
}

/// `.init name = Component<T>`
#[derive(Clone, Debug, PartialEq)]
pub struct Init {
    /// The instance.
    pub name: Name,
    /// Of what.
    pub component: ComponentType,
}

/// `.functor name(x: T): U stateful`
#[derive(Clone, Debug, PartialEq)]
pub struct FunctorDecl {
    /// The functor.
    pub name: Name,
    /// Parameter types; names are optional in the language and dropped.
    pub parameters: Vec<Path>,
    /// The result's type.
    pub result: Path,
    /// `stateful`
    pub stateful: bool,
}

/// `.lattice T<> { Bottom -> x, Lub -> @f(_, _), ... }`
#[derive(Clone, Debug, PartialEq)]
pub struct LatticeDecl {
    /// The type.
    pub name: Path,
    /// Operator name and what implements it.
    pub operators: Vec<(Name, Term)>,
}
