//! Declared types of variables. A variable has the narrowest type that the positive atoms around it allow; a variable that
//! only literals and functors feed has the primitive type of its kind and may stand wherever that kind may. Values flow
//! up only: what a head or a constructed record takes must be of the type wanted or of one below it.

use crate::diagnostic::{Diagnostic, code};
use crate::program::{AggregateOp, CompareOp, Variable};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Kind, TypeId, TypeTable};

use super::draft::{Literal, Term, TermKind};
use super::infer::{Inference, Why, place};
use super::lower::{Context, field_types};

/// Why a variable has a declared type.
#[derive(Clone, Copy, Debug)]
struct Origin {
    ty: TypeId,
    span: Span,
    why: Why,
    variable: Option<Symbol>,
}

/// What is known of the variables that `=` makes one.
#[derive(Clone, Debug, Default)]
struct Bound {
    /// The widest types whose values it may have, none above another. None while nothing is known.
    types: Vec<TypeId>,
    /// What narrowed it.
    origins: Vec<Origin>,
    poisoned: bool,
}

/// Declared types on their way.
pub(super) struct Flow<'i, 'd> {
    inference: &'i Inference<'d>,
    parents: Vec<usize>,
    bounds: Vec<Bound>,
}

/// An equation of a variable with something that may say its type, or learn it.
type Equation<'d> = (Variable, &'d Term);

impl<'i, 'd> Flow<'i, 'd> {
    /// Follows the types through the draft, and reports where they do not flow.
    pub(super) fn new(inference: &'i Inference<'d>, context: &mut Context<'_>) -> Self {
        let draft = inference.draft;
        let mut flow = Flow {
            inference,
            parents: (0..draft.variables.len()).collect(),
            bounds: vec![Bound::default(); draft.variables.len()],
        };
        let mut equations = Vec::new();
        flow.equations(&draft.body, &mut equations);
        flow.atoms(&draft.body, context);
        loop {
            let before = equations.len();
            let mut learnt = false;
            equations.retain(|&(variable, term)| match flow.equation(variable, term, context) {
                Some(changed) => {
                    learnt |= changed;
                    false
                }
                None => true,
            });
            if equations.len() == before && !learnt {
                break;
            }
        }
        // What is left constructs: no atom says what the variable is.
        for (_, term) in equations {
            flow.construct(term, context);
        }
        if let Some(head) = &draft.head
            && let Some(id) = head.relation
        {
            for (at, argument) in head.arguments.iter().enumerate() {
                if let Some(ty) = context.known.columns(id).get(at).copied().flatten() {
                    flow.sink(argument, ty, Why::Column(id, at), context);
                }
            }
        }
        flow
    }

    /// The type of each variable.
    pub(super) fn types(&self) -> Vec<TypeId> {
        let draft = self.inference.draft;
        draft
            .variables
            .iter()
            .enumerate()
            .map(|(at, info)| {
                let bound = &self.bounds[self.root(at)];
                match (bound.types.as_slice(), bound.origins.first()) {
                    ([one], _) => return *one,
                    ([_, ..], Some(first)) => return first.ty,
                    _ => {}
                }
                self.inference.exact(info.node).unwrap_or_else(|| primitive(self.inference.kind(info.node)))
            })
            .collect()
    }

    fn root(&self, mut at: usize) -> usize {
        while self.parents[at] != at {
            at = self.parents[at];
        }
        at
    }

    /// Joins the variables of `x = y`, and lists the other equations of a variable.
    fn equations(&mut self, body: &'d [Literal], equations: &mut Vec<Equation<'d>>) {
        for literal in body {
            let Literal::Compare(compare) = literal else { continue };
            for side in [&compare.left, &compare.right] {
                if let TermKind::Aggregate(aggregate) = &side.kind {
                    self.equations(&aggregate.body, equations);
                }
            }
            if compare.op != CompareOp::Equal {
                continue;
            }
            match (&compare.left.kind, &compare.right.kind) {
                (TermKind::Variable(left), TermKind::Variable(right)) => {
                    let (left, right) = (self.root(left.0 as usize), self.root(right.0 as usize));
                    self.parents[left.max(right)] = left.min(right);
                }
                (TermKind::Variable(variable), _) => equations.push((*variable, &compare.right)),
                (_, TermKind::Variable(variable)) => equations.push((*variable, &compare.left)),
                _ => {}
            }
        }
    }

    fn atoms(&mut self, body: &'d [Literal], context: &mut Context<'_>) {
        for literal in body {
            match literal {
                Literal::Positive(atom) => {
                    let Some(id) = atom.relation else { continue };
                    for (at, argument) in atom.arguments.iter().enumerate() {
                        if let Some(ty) = context.known.columns(id).get(at).copied().flatten() {
                            self.pattern(argument, ty, Why::Column(id, at), context);
                        }
                    }
                }
                Literal::Negative(_) => {}
                Literal::Compare(compare) => {
                    for side in [&compare.left, &compare.right] {
                        if let TermKind::Aggregate(aggregate) = &side.kind {
                            self.atoms(&aggregate.body, context);
                        }
                    }
                }
            }
        }
    }

    /// An equation whose other side says or learns a type: whether something changed. Nothing while it has to wait.
    fn equation(&mut self, variable: Variable, term: &'d Term, context: &mut Context<'_>) -> Option<bool> {
        match &term.kind {
            TermKind::As { ty, .. } => {
                self.upper(variable, *ty, term.span, Why::As(*ty), context);
                Some(true)
            }
            TermKind::Aggregate(aggregate) => {
                let Some(TermKind::Variable(target)) = aggregate.target.as_ref().map(|target| &target.kind) else {
                    return Some(false);
                };
                if !matches!(aggregate.op, AggregateOp::Min | AggregateOp::Max) {
                    return Some(false);
                }
                let source = &self.bounds[self.root(target.0 as usize)];
                let (Some(&ty), Some(&origin)) = (source.types.first(), source.origins.first()) else { return None };
                self.upper(variable, ty, origin.span, origin.why, context);
                Some(true)
            }
            TermKind::Record(_) | TermKind::Branch { .. } => {
                let bound = &self.bounds[self.root(variable.0 as usize)];
                bound.origins.first()?;
                let ty = self.inference.exact(term.node)?;
                self.parts(term, ty, context);
                Some(true)
            }
            TermKind::Variable(_)
            | TermKind::Wildcard
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Call { .. }
            | TermKind::User { .. }
            | TermKind::Unknown(_) => Some(false),
        }
    }

    /// A term that a value of a type is matched with.
    fn pattern(&mut self, term: &'d Term, ty: TypeId, why: Why, context: &mut Context<'_>) {
        match &term.kind {
            TermKind::Variable(variable) => self.upper(*variable, ty, term.span, why, context),
            TermKind::Record(_) | TermKind::Branch { .. } => self.parts(term, ty, context),
            TermKind::As { ty: made, .. } => {
                let types = context.known.types;
                if types.kind(*made) == types.kind(ty) && meet(types, &[*made], &[ty]).is_empty() {
                    let wanted = types.name(ty);
                    let made = types.name(*made);
                    let diagnostic = Diagnostic::at(
                        code::TYPE_MISMATCH,
                        format!("a `{made}` is never a `{wanted}`"),
                        term.span,
                        format!("a `{made}`, and {} is a `{wanted}`", place(context, why)),
                    );
                    context.diagnostics.push(diagnostic);
                }
            }
            TermKind::Wildcard
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Call { .. }
            | TermKind::User { .. }
            | TermKind::Aggregate(_)
            | TermKind::Unknown(_) => {}
        }
    }

    fn parts(&mut self, term: &'d Term, ty: TypeId, context: &mut Context<'_>) {
        let (ty, rank, parts) = match &term.kind {
            TermKind::Record(parts) => (ty, None, parts),
            TermKind::Branch { ty, rank, arguments } => (*ty, Some(*rank), arguments),
            _ => return,
        };
        let fields = field_types(context.known, ty, rank).unwrap_or_default();
        for (at, (part, field)) in parts.iter().zip(fields).enumerate() {
            self.pattern(part, field, Why::Field(ty, rank, at), context);
        }
    }

    fn upper(&mut self, variable: Variable, ty: TypeId, span: Span, why: Why, context: &mut Context<'_>) {
        let info = self.inference.draft.variable(variable);
        let root = self.root(variable.0 as usize);
        let name = (!info.fresh).then_some(info.name);
        let origin = Origin { ty, span, why, variable: name };
        let types = context.known.types;
        let bound = &mut self.bounds[root];
        // Of another kind: reported already.
        if bound.poisoned
            || self.inference.poisoned(info.node)
            || self.inference.kind(info.node) != Some(types.kind(ty))
        {
            return;
        }
        if bound.types.is_empty() {
            bound.types.push(ty);
            bound.origins.push(origin);
            return;
        }
        if bound.types == [ty] {
            return;
        }
        let met = meet(types, &bound.types, &[ty]);
        if !met.is_empty() {
            if met != bound.types {
                bound.types = met;
                bound.origins.push(origin);
            }
            return;
        }
        bound.poisoned = true;
        let other = bound
            .origins
            .iter()
            .find(|other| meet(types, &[other.ty], &[ty]).is_empty())
            .or(bound.origins.last())
            .copied();
        let Some(other) = other else { return };
        let (first, second) = if other.span <= span { (other, origin) } else { (origin, other) };
        let (left, right) = (types.name(first.ty), types.name(second.ty));
        let message = match (first.variable, second.variable) {
            (Some(a), Some(b)) if a != b => {
                format!("`{}` is a `{left}` and `{}` is a `{right}`", context.text(a), context.text(b))
            }
            (Some(name), _) | (None, Some(name)) => {
                format!("`{}` cannot be both a `{left}` and a `{right}`", context.text(name))
            }
            (None, None) => format!("a `{left}` and a `{right}` do not go together"),
        };
        let described = |origin: &Origin, name: &str| format!("a `{name}`: {}", place(context, origin.why));
        let diagnostic = Diagnostic::at(code::TYPE_MISMATCH, message, second.span, described(&second, right))
            .label(first.span, described(&first, left))
            .help(format!("no value belongs to both types; `as(..., {left})` or `as(..., {right})` says that it does"));
        context.diagnostics.push(diagnostic);
    }

    fn construct(&mut self, term: &'d Term, context: &mut Context<'_>) {
        match &term.kind {
            TermKind::Record(_) | TermKind::Branch { .. } => {
                if let Some(ty) = self.inference.exact(term.node) {
                    self.sink(term, ty, Why::Literal, context);
                }
            }
            _ => {}
        }
    }

    /// A term whose value goes where a type is wanted.
    fn sink(&mut self, term: &'d Term, ty: TypeId, why: Why, context: &mut Context<'_>) {
        let types = context.known.types;
        match &term.kind {
            TermKind::Variable(variable) => {
                let bound = &self.bounds[self.root(variable.0 as usize)];
                let info = self.inference.draft.variable(*variable);
                if bound.poisoned || self.inference.poisoned(info.node) {
                    return;
                }
                // None of them is the type wanted, or above it: each value must be below.
                let Some(&wrong) = bound.types.iter().find(|&&from| !types.flows(from, ty)) else { return };
                if types.kind(wrong) != types.kind(ty) {
                    return;
                }
                let origin = bound
                    .origins
                    .iter()
                    .find(|origin| origin.ty == wrong)
                    .or(bound.origins.first())
                    .map(|origin| (origin.span, origin.why));
                let name = (!info.fresh).then(|| context.text(info.name).to_owned());
                mismatch(term, name, wrong, ty, why, origin, context);
            }
            TermKind::As { ty: from, .. } => {
                if types.kind(*from) == types.kind(ty) && !types.flows(*from, ty) {
                    mismatch(term, None, *from, ty, why, None, context);
                }
            }
            TermKind::Record(parts) | TermKind::Branch { arguments: parts, .. } => {
                let (owner, rank) = match &term.kind {
                    TermKind::Branch { ty, rank, .. } => (*ty, Some(*rank)),
                    _ => (ty, None),
                };
                let fields = field_types(context.known, owner, rank).unwrap_or_default();
                for (at, (part, field)) in parts.iter().zip(fields).enumerate() {
                    self.sink(part, field, Why::Field(owner, rank, at), context);
                }
            }
            TermKind::Wildcard
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Call { .. }
            | TermKind::User { .. }
            | TermKind::Aggregate(_)
            | TermKind::Unknown(_) => {}
        }
    }
}

fn mismatch(
    term: &Term,
    name: Option<String>,
    from: TypeId,
    to: TypeId,
    why: Why,
    origin: Option<(Span, Why)>,
    context: &mut Context<'_>,
) {
    let types = context.known.types;
    let (have, want) = (types.name(from), types.name(to));
    let wanted = format!("{} takes a `{want}`", place(context, why));
    let mut diagnostic =
        Diagnostic::at(code::TYPE_MISMATCH, format!("a `{want}` is wanted, and this is a `{have}`"), term.span, wanted);
    if let Some((span, why)) = origin {
        diagnostic = diagnostic.label(span, format!("a `{have}`: {}", place(context, why)));
    }
    if let Some(name) = name {
        let reason = if types.flows(to, from) {
            format!("not every `{have}` is a `{want}`")
        } else {
            format!("no `{have}` is a `{want}`")
        };
        diagnostic = diagnostic.help(format!("{reason}; `as({name}, {want})` takes it as one"));
    }
    context.diagnostics.push(diagnostic);
}

/// The primitive type of a kind; of records, for want of a better one, symbol.
pub(super) fn primitive(kind: Option<Kind>) -> TypeId {
    match kind {
        Some(Kind::Number) => TypeId::NUMBER,
        Some(Kind::Unsigned) => TypeId::UNSIGNED,
        Some(Kind::Float) => TypeId::FLOAT,
        Some(Kind::Symbol | Kind::Record | Kind::Adt) | None => TypeId::SYMBOL,
    }
}

/// The widest types that lie below one of each side, none below another.
fn meet(types: &TypeTable, left: &[TypeId], right: &[TypeId]) -> Vec<TypeId> {
    let mut found: Vec<TypeId> = Vec::new();
    for &a in left {
        for &b in right {
            if types.flows(a, b) {
                found.push(a);
            } else if types.flows(b, a) {
                found.push(b);
            } else {
                found.extend(types.ids().filter(|&id| types.flows(id, a) && types.flows(id, b)));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    let widest: Vec<TypeId> = found
        .iter()
        .copied()
        .filter(|&id| !found.iter().any(|&other| other != id && types.flows(id, other) && !types.flows(other, id)))
        .collect();
    // Of types that flow into each other (a union and its only member) the first stands for all.
    let mut kept: Vec<TypeId> = Vec::new();
    for id in widest {
        if !kept.iter().any(|&other| types.flows(id, other)) {
            kept.push(id);
        }
    }
    kept
}
