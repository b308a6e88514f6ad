//! Types of variables and terms. First the kinds, by unification: every term is a node, equality and operators join
//! nodes, columns and literals narrow them. Then the declared types of variables: the narrowest that the positive atoms
//! allow. Values flow up only, so heads and constructed records are looked at last.

use crate::diagnostic::{Diagnostic, code};
use crate::program::{AggregateOp, CompareOp, RelationId, Variable};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Kind, TypeId, TypeTable};

use super::draft::{Aggregate, Atom, Compare, Draft, Expected, Literal, Term, TermKind};
use super::flow::Flow;
use super::functors::{self, Kinds, Operands};
use super::lower::{Context, field_types, plural};

/// Why a term has a type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    Column(RelationId, usize),
    /// A field of a record, or of a branch by its rank.
    Field(TypeId, Option<u32>, usize),
    Literal,
    Operand(&'static str),
    Result(&'static str),
    As(TypeId),
}

/// One reason for a term's type.
#[derive(Clone, Copy, Debug)]
struct Evidence {
    kinds: Kinds,
    /// The type itself where it is a record or algebraic data type: of these there is no other of the kind.
    exact: Option<TypeId>,
    span: Span,
    why: Why,
    variable: Option<Symbol>,
}

#[derive(Debug)]
struct Class {
    kinds: Kinds,
    exact: Option<TypeId>,
    /// What narrowed it.
    evidence: Vec<Evidence>,
    /// An error was reported: no other is.
    poisoned: bool,
}

/// What is known of the types of a draft.
pub(super) struct Inference<'d> {
    pub(super) draft: &'d Draft,
    parents: Vec<usize>,
    classes: Vec<Class>,
    /// Records and `nil`s whose type is still to be found.
    open: Vec<&'d Term>,
    /// Operands of `as`, with the type that they are taken as.
    reinterpreted: Vec<(&'d Term, TypeId)>,
    /// The type of each variable.
    types: Vec<TypeId>,
}

/// Finds the types of a draft, and reports where there are none.
pub(super) fn infer<'d>(draft: &'d Draft, context: &mut Context<'_>) -> Inference<'d> {
    let class = || Class { kinds: Kinds::ANY, exact: None, evidence: Vec::new(), poisoned: false };
    let mut inference = Inference {
        draft,
        parents: (0..draft.nodes).collect(),
        classes: (0..draft.nodes).map(|_| class()).collect(),
        open: Vec::new(),
        reinterpreted: Vec::new(),
        types: Vec::new(),
    };
    for info in &draft.variables {
        if info.reported {
            inference.poison(info.node);
        }
    }
    for expected in &draft.expected {
        inference.column(expected, context);
    }
    for literal in &draft.body {
        inference.literal(literal, context);
    }
    if let Some(head) = &draft.head {
        inference.atom(head, context);
    }
    inference.close_records(context);
    inference.defaults(context.known.types);
    inference.undetermined(context);
    let before = context.diagnostics.len();
    inference.types = Flow::new(&inference, context).types();
    if !draft.expected.is_empty() {
        // Of the text before inlining this is an error or not: a value passes by the type of the column.
        context.diagnostics.truncate(before);
    }
    inference
}

impl<'d> Inference<'d> {
    fn root(&self, mut node: usize) -> usize {
        while self.parents[node] != node {
            node = self.parents[node];
        }
        node
    }

    fn class(&self, node: usize) -> &Class {
        &self.classes[self.root(node)]
    }

    /// The kind of a term; nothing where an error hides it.
    pub(super) fn kind(&self, node: usize) -> Option<Kind> {
        self.class(node).kinds.default_kind()
    }

    /// The record or algebraic data type of a term.
    pub(super) fn exact(&self, node: usize) -> Option<TypeId> {
        self.class(node).exact
    }

    /// Whether an error was reported about a term.
    pub(super) fn poisoned(&self, node: usize) -> bool {
        self.class(node).poisoned
    }

    /// The type of a variable.
    pub(super) fn variable(&self, variable: Variable) -> TypeId {
        self.types.get(variable.0 as usize).copied().unwrap_or(TypeId::SYMBOL)
    }

    pub(super) fn poison(&mut self, node: usize) {
        let root = self.root(node);
        self.classes[root].poisoned = true;
    }

    fn subject(&self, term: &Term) -> Option<Symbol> {
        if let TermKind::Variable(variable) = term.kind {
            let info = self.draft.variable(variable);
            (!info.fresh).then_some(info.name)
        } else {
            None
        }
    }

    fn narrow(&mut self, term: &Term, kinds: Kinds, why: Why, context: &mut Context<'_>) {
        let evidence = Evidence { kinds, exact: None, span: term.span, why, variable: self.subject(term) };
        self.learn(term.node, evidence, context);
    }

    /// A term stood in a column of an inlined relation.
    fn column(&mut self, expected: &Expected, context: &mut Context<'_>) {
        let Expected { node, span, relation, column } = *expected;
        let Some(ty) = context.known.columns(relation).get(column).copied().flatten() else { return };
        let kind = context.known.types.kind(ty);
        let exact = matches!(kind, Kind::Record | Kind::Adt).then_some(ty);
        let why = Why::Column(relation, column);
        self.learn(node, Evidence { kinds: Kinds::only(kind), exact, span, why, variable: None }, context);
    }

    /// A term stands where a type is wanted.
    fn expect(&mut self, term: &Term, ty: TypeId, why: Why, context: &mut Context<'_>) {
        let kind = context.known.types.kind(ty);
        let exact = matches!(kind, Kind::Record | Kind::Adt).then_some(ty);
        let evidence = Evidence { kinds: Kinds::only(kind), exact, span: term.span, why, variable: self.subject(term) };
        self.learn(term.node, evidence, context);
    }

    fn learn(&mut self, node: usize, evidence: Evidence, context: &mut Context<'_>) {
        let root = self.root(node);
        let class = &mut self.classes[root];
        let kinds = class.kinds.and(evidence.kinds);
        let differ = matches!((class.exact, evidence.exact), (Some(left), Some(right)) if left != right);
        if kinds.is_empty() || differ {
            if !class.poisoned {
                class.poisoned = true;
                let other = conflicting(&class.evidence, &[evidence]);
                if let Some((old, new)) = other {
                    report(context, old, new);
                }
            }
            return;
        }
        if kinds != class.kinds || (class.exact.is_none() && evidence.exact.is_some()) {
            class.evidence.push(evidence);
            class.kinds = kinds;
            class.exact = class.exact.or(evidence.exact);
        }
    }

    /// Two terms have one type.
    fn join(&mut self, left: usize, right: usize, context: &mut Context<'_>) {
        let (left, right) = (self.root(left), self.root(right));
        if left == right {
            return;
        }
        let (keep, drop) = (left.min(right), left.max(right));
        let dropped = std::mem::replace(
            &mut self.classes[drop],
            Class { kinds: Kinds::ANY, exact: None, evidence: Vec::new(), poisoned: false },
        );
        self.parents[drop] = keep;
        let class = &mut self.classes[keep];
        let kinds = class.kinds.and(dropped.kinds);
        let differ = matches!((class.exact, dropped.exact), (Some(left), Some(right)) if left != right);
        let poisoned = class.poisoned || dropped.poisoned;
        if kinds.is_empty() || differ {
            if !poisoned && let Some((old, new)) = conflicting(&class.evidence, &dropped.evidence) {
                report(context, old, new);
            }
            class.poisoned = true;
            return;
        }
        class.poisoned = poisoned;
        class.kinds = kinds;
        class.exact = class.exact.or(dropped.exact);
        class.evidence.extend(dropped.evidence);
    }

    fn literal(&mut self, literal: &'d Literal, context: &mut Context<'_>) {
        match literal {
            Literal::Positive(atom) | Literal::Negative(atom) => self.atom(atom, context),
            Literal::Compare(compare) => self.compare(compare, context),
        }
    }

    fn atom(&mut self, atom: &'d Atom, context: &mut Context<'_>) {
        let known = context.known;
        for (at, argument) in atom.arguments.iter().enumerate() {
            self.term(argument, context);
            match atom.relation.map(|id| (id, known.columns(id).get(at).copied().flatten())) {
                Some((id, Some(ty))) => self.expect(argument, ty, Why::Column(id, at), context),
                Some((_, None)) | None => self.poison_all(argument),
            }
        }
    }

    /// Nothing is known of what stands here, nor asked.
    fn poison_all(&mut self, term: &Term) {
        self.poison(term.node);
        for part in term.parts() {
            self.poison_all(part);
        }
    }

    fn compare(&mut self, compare: &'d Compare, context: &mut Context<'_>) {
        self.term(&compare.left, context);
        self.term(&compare.right, context);
        match compare.op {
            CompareOp::Equal | CompareOp::NotEqual => {}
            CompareOp::Less | CompareOp::LessEqual | CompareOp::Greater | CompareOp::GreaterEqual => {
                self.narrow(&compare.left, Kinds::ORDERED, Why::Operand(compare.op.name()), context);
                self.narrow(&compare.right, Kinds::ORDERED, Why::Operand(compare.op.name()), context);
            }
            CompareOp::Match | CompareOp::Contains => {
                let symbol = Kinds::only(Kind::Symbol);
                self.narrow(&compare.left, symbol, Why::Operand(compare.op.name()), context);
                self.narrow(&compare.right, symbol, Why::Operand(compare.op.name()), context);
            }
        }
        self.join(compare.left.node, compare.right.node, context);
    }

    fn term(&mut self, term: &'d Term, context: &mut Context<'_>) {
        for part in term.parts() {
            self.term(part, context);
        }
        match &term.kind {
            TermKind::Variable(_) | TermKind::Wildcard => {}
            TermKind::Integer { unsigned, .. } => {
                let kinds = if *unsigned { Kinds::only(Kind::Unsigned) } else { Kinds::NUMERIC };
                self.narrow(term, kinds, Why::Literal, context);
            }
            TermKind::Float(_) => self.narrow(term, Kinds::only(Kind::Float), Why::Literal, context),
            TermKind::String(_) => self.narrow(term, Kinds::only(Kind::Symbol), Why::Literal, context),
            TermKind::Autoinc => self.narrow(term, Kinds::only(Kind::Number), Why::Result("autoinc"), context),
            TermKind::Nil | TermKind::Record(_) => {
                self.narrow(term, Kinds::only(Kind::Record), Why::Literal, context);
                self.open.push(term);
            }
            TermKind::Branch { ty, rank, arguments } => {
                self.expect(term, *ty, Why::Literal, context);
                let fields = field_types(context.known, *ty, Some(*rank)).unwrap_or_default();
                for (at, (argument, field)) in arguments.iter().zip(fields).enumerate() {
                    self.expect(argument, field, Why::Field(*ty, Some(*rank), at), context);
                }
            }
            TermKind::Call { functor, arguments } => {
                let shape = functors::shape(*functor);
                let name = functor.name();
                for (at, argument) in arguments.iter().enumerate() {
                    let kinds = match shape.operands {
                        Operands::Same(kinds) | Operands::Free(kinds) => kinds,
                        Operands::Each(each) => each.get(at).copied().unwrap_or(Kinds::ANY),
                    };
                    self.narrow(argument, kinds, Why::Operand(name), context);
                    if matches!(shape.operands, Operands::Same(_)) {
                        self.join(argument.node, arguments[0].node, context);
                    }
                }
                match (shape.result, arguments.first()) {
                    (Some(kind), _) => self.narrow(term, Kinds::only(kind), Why::Result(name), context),
                    (None, Some(first)) => self.join(term.node, first.node, context),
                    (None, None) => {}
                }
            }
            TermKind::User { functor, arguments, .. } => {
                for (argument, &kind) in arguments.iter().zip(functor.parameters) {
                    self.narrow(argument, Kinds::only(kind), Why::Operand(functor.name), context);
                }
                self.narrow(term, Kinds::only(functor.result), Why::Result(functor.name), context);
            }
            TermKind::As { term: inner, ty } => {
                let literal = matches!(
                    inner.kind,
                    TermKind::Integer { .. } | TermKind::Float(_) | TermKind::String(_) | TermKind::Nil
                );
                if literal {
                    self.expect(inner, *ty, Why::As(*ty), context);
                }
                self.reinterpreted.push((inner, *ty));
                self.expect(term, *ty, Why::As(*ty), context);
            }
            TermKind::Aggregate(aggregate) => self.aggregate(term, aggregate, context),
            TermKind::Unknown(parts) => {
                self.poison(term.node);
                for part in parts {
                    self.poison_all(part);
                }
            }
        }
    }

    fn aggregate(&mut self, term: &Term, aggregate: &'d Aggregate, context: &mut Context<'_>) {
        for literal in &aggregate.body {
            self.literal(literal, context);
        }
        let name = aggregate.op.name();
        if aggregate.op == AggregateOp::Count {
            self.narrow(term, Kinds::only(Kind::Number), Why::Result(name), context);
        }
        if let Some(target) = &aggregate.target {
            self.term(target, context);
            let kinds = match aggregate.op {
                AggregateOp::Mean => Kinds::only(Kind::Float),
                AggregateOp::Count => Kinds::ANY,
                AggregateOp::Sum | AggregateOp::Min | AggregateOp::Max => Kinds::NUMERIC,
            };
            self.narrow(target, kinds, Why::Operand(name), context);
            if aggregate.op != AggregateOp::Count {
                self.join(term.node, target.node, context);
            }
        }
    }

    /// Gives each record the type of what it meets, and its fields theirs.
    fn close_records(&mut self, context: &mut Context<'_>) {
        loop {
            let open = std::mem::take(&mut self.open);
            let before = open.len();
            for term in open {
                let TermKind::Record(fields) = &term.kind else {
                    if self.exact(term.node).is_none() {
                        self.open.push(term);
                    }
                    continue;
                };
                let Some(ty) = self.exact(term.node) else {
                    self.open.push(term);
                    continue;
                };
                let Some(types) = field_types(context.known, ty, None) else { continue };
                if types.len() != fields.len() {
                    let name = context.known.types.name(ty);
                    let mut diagnostic = Diagnostic::at(
                        code::WRONG_ARITY,
                        format!("`{name}` has {}, not {}", plural(types.len(), "field"), fields.len()),
                        term.span,
                        format!("{} here", plural(fields.len(), "field")),
                    );
                    if let Some(span) = context.known.types.span(ty) {
                        diagnostic = diagnostic.label(span, format!("`{name}` is declared here"));
                    }
                    context.diagnostics.push(diagnostic);
                    for field in fields {
                        self.poison_all(field);
                    }
                    continue;
                }
                for (at, (field, &field_type)) in fields.iter().zip(&types).enumerate() {
                    self.expect(field, field_type, Why::Field(ty, None, at), context);
                }
            }
            if self.open.len() == before {
                break;
            }
        }
        for term in std::mem::take(&mut self.open) {
            if !self.poisoned(term.node) {
                self.poison(term.node);
                let what = if matches!(term.kind, TermKind::Nil) { "`nil`" } else { "record" };
                context.diagnostics.push(
                    Diagnostic::at(
                        code::UNDETERMINED_TYPE,
                        format!("nothing says which record type this {what} has"),
                        term.span,
                        "of which type?",
                    )
                    .help("say so with `as(..., Type)`, or use it as an argument of a relation"),
                );
            }
            if let TermKind::Record(fields) = &term.kind {
                for field in fields {
                    self.poison_all(field);
                }
            }
        }
    }

    /// An operand of `as` whose kind nothing else says is taken to be of the kind asked for.
    fn defaults(&mut self, types: &TypeTable) {
        for (term, ty) in std::mem::take(&mut self.reinterpreted) {
            let root = self.root(term.node);
            let class = &mut self.classes[root];
            if class.kinds == Kinds::ANY {
                class.kinds = Kinds::only(types.kind(ty));
            }
        }
    }

    fn undetermined(&mut self, context: &mut Context<'_>) {
        for info in &self.draft.variables {
            let class = self.class(info.node);
            if class.poisoned || class.kinds.default_kind().is_some() {
                continue;
            }
            self.poison(info.node);
            let name = context.text(info.name).to_owned();
            context.diagnostics.push(
                Diagnostic::at(
                    code::UNDETERMINED_TYPE,
                    format!("nothing says which type `{name}` has"),
                    info.span,
                    "of which type?",
                )
                .help(format!("make `{name}` an argument of a relation, or say `as({name}, Type)`")),
            );
        }
    }
}

/// Two reasons that exclude each other; for want of such a pair, the first of each.
fn conflicting(old: &[Evidence], new: &[Evidence]) -> Option<(Evidence, Evidence)> {
    let excludes = |left: &Evidence, right: &Evidence| {
        left.kinds.and(right.kinds).is_empty()
            || matches!((left.exact, right.exact), (Some(left), Some(right)) if left != right)
    };
    old.iter()
        .flat_map(|left| new.iter().map(move |right| (*left, *right)))
        .find(|(left, right)| excludes(left, right))
        .or_else(|| Some((*old.last()?, *new.last()?)))
}

fn report(context: &mut Context<'_>, old: Evidence, new: Evidence) {
    let (first, second) = if old.span <= new.span { (old, new) } else { (new, old) };
    let phrase = |evidence: &Evidence| match evidence.exact {
        Some(ty) => format!("a `{}`", context.known.types.name(ty)),
        None => evidence.kinds.phrase().to_owned(),
    };
    let describe = |evidence: &Evidence| match evidence.why {
        Why::Literal => format!("this is {}", phrase(evidence)),
        Why::Operand(name) => format!("`{name}` takes {}", phrase(evidence)),
        Why::Result(name) => format!("`{name}` gives {}", phrase(evidence)),
        Why::As(_) => format!("`as` makes it {}", phrase(evidence)),
        Why::Column(..) | Why::Field(..) => format!("{} is {}", place(context, evidence.why), phrase(evidence)),
    };
    let (first_phrase, second_phrase) = (phrase(&first), phrase(&second));
    let message = match (first.why, second.why, first.variable, second.variable) {
        (_, _, Some(left), Some(right)) if left == right => {
            format!("`{}` cannot be both {first_phrase} and {second_phrase}", context.text(left))
        }
        (_, _, Some(left), Some(right)) => {
            format!("`{}` is {first_phrase} and `{}` is {second_phrase}", context.text(left), context.text(right))
        }
        (Why::Literal, ..) => format!("{second_phrase} is wanted, not {first_phrase}"),
        (_, Why::Literal, ..) => format!("{first_phrase} is wanted, not {second_phrase}"),
        _ => format!("{first_phrase} and {second_phrase} do not go together"),
    };
    let mut diagnostic = if first.span == second.span {
        let (near, far) = if matches!(second.why, Why::Literal) { (second, first) } else { (first, second) };
        Diagnostic::at(code::TYPE_MISMATCH, message, first.span, format!("{}, and {}", describe(&near), describe(&far)))
    } else {
        Diagnostic::at(code::TYPE_MISMATCH, message, second.span, describe(&second)).label(first.span, describe(&first))
    };
    if first.span == second.span {
        for evidence in [first, second] {
            if let Why::Column(id, _) = evidence.why {
                diagnostic = diagnostic.label(context.known.decl(id).span, "declared here");
            }
        }
    }
    if let Some(help) = conversion(&first, &second) {
        diagnostic = diagnostic.help(help);
    }
    context.diagnostics.push(diagnostic);
}

/// How to turn one kind into the other.
fn conversion(first: &Evidence, second: &Evidence) -> Option<String> {
    if matches!(first.why, Why::Literal) || matches!(second.why, Why::Literal) {
        return None;
    }
    let (left, right) = (first.kinds.single()?, second.kinds.single()?);
    let name = |kind: Kind| match kind {
        Kind::Number => Some("to_number"),
        Kind::Unsigned => Some("to_unsigned"),
        Kind::Float => Some("to_float"),
        Kind::Symbol => Some("to_string"),
        Kind::Record | Kind::Adt => None,
    };
    let (left, right) = (name(left)?, name(right)?);
    (left != right).then(|| format!("nothing is converted silently: `{left}` and `{right}` convert"))
}

/// `column \`layer\` of \`required\``
pub(super) fn place(context: &Context<'_>, why: Why) -> String {
    let known = context.known;
    match why {
        Why::Column(id, at) => {
            let decl = known.decl(id);
            let column = decl.columns.get(at).map_or("", |column| context.text(column.name));
            format!("column `{column}` of `{}`", context.text(decl.name))
        }
        Why::Field(ty, rank, at) => {
            let (owner, fields) = match (known.types.get(ty), rank) {
                (crate::value::Type::Record { fields }, _) => (known.types.name(ty).to_owned(), fields.as_slice()),
                (crate::value::Type::Adt { branches }, Some(rank)) => match branches.get(rank as usize) {
                    Some(branch) => (format!("${}", context.text(branch.name)), branch.fields.as_slice()),
                    None => (known.types.name(ty).to_owned(), [].as_slice()),
                },
                _ => (known.types.name(ty).to_owned(), [].as_slice()),
            };
            let field = fields.get(at).map_or("", |field| context.text(field.name));
            format!("field `{field}` of `{owner}`")
        }
        Why::Literal => "this constant".to_owned(),
        Why::Operand(name) | Why::Result(name) => format!("`{name}`"),
        Why::As(ty) => format!("`as(..., {})`", known.types.name(ty)),
    }
}
