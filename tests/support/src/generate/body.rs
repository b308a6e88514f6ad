//! Bodies: atoms that share variables.

use onus::syntax::ast::{Atom, Formula, Term};
use onus::value::{Kind, Value};

use super::world::{Relation, TypeIndex, World};

/// A variable of a body.
#[derive(Clone)]
pub(super) struct Variable {
    pub(super) name: String,
    /// The narrowest type that its places allow.
    pub(super) ty: TypeIndex,
    /// Whether it has its type from an expression, so that it may not stand in a column of a subtype.
    pub(super) fixed: bool,
}

/// A body in the making.
#[derive(Clone, Default)]
pub(super) struct Body {
    pub(super) literals: Vec<Formula>,
    /// The variables that the literals bind.
    pub(super) variables: Vec<Variable>,
    names: usize,
}

impl Body {
    /// A name that the body does not have.
    pub(super) fn fresh(&mut self) -> String {
        const NAMES: [&str; 8] = ["x", "y", "z", "w", "u", "v", "s", "t"];
        let (round, at) = (self.names / NAMES.len(), self.names % NAMES.len());
        self.names += 1;
        if round == 0 { NAMES[at].to_owned() } else { format!("{}{round}", NAMES[at]) }
    }

    /// A new variable that the body binds.
    pub(super) fn bind(&mut self, ty: TypeIndex, fixed: bool) -> String {
        let name = self.fresh();
        self.variables.push(Variable { name: name.clone(), ty, fixed });
        name
    }
}

impl World<'_> {
    /// A body of one to three atoms. Those of `wanted` are in it; `wanted` relations may still be incomplete.
    pub(super) fn body(&mut self, wanted: &[Relation]) -> Option<Body> {
        let mut body = Body::default();
        let mut relations = wanted.to_vec();
        let atoms = match self.random.below(10) {
            0..4 => 1,
            4..8 => 2,
            _ => 3,
        };
        while relations.len() < atoms.max(wanted.len() + usize::from(self.random.percent(70))) {
            relations.push(self.some_relation()?);
        }
        self.random.shuffle(&mut relations);
        for relation in relations {
            let atom = self.atom(&mut body, &relation);
            body.literals.push(Formula::Atom(atom));
        }
        Some(body)
    }

    /// An atom that shares a variable with the body where it can, and binds others.
    pub(super) fn atom(&mut self, body: &mut Body, relation: &Relation) -> Atom {
        let row = self.some_row(&relation.name);
        let joined = self.random.below(relation.columns.len());
        let before = body.variables.len();
        let mut arguments = Vec::new();
        for (at, &ty) in relation.columns.iter().enumerate() {
            let value = row.as_ref().map(|row| &row[at]);
            // A variable rather joins this atom with another than two columns of this one.
            let shared = if self.random.percent(6) { body.variables.len() } else { before };
            arguments.push(self.argument(body, ty, value, shared, at == joined));
        }
        self.build.atom(&relation.name, arguments)
    }

    /// An argument for a column; the first `shared` variables of the body may stand there.
    fn argument(&mut self, body: &mut Body, ty: TypeIndex, value: Option<&Value>, shared: usize, joined: bool) -> Term {
        let choice = self.random.below(100);
        if (joined || choice < 20)
            && let Some(name) = self.join(body, shared, ty)
        {
            return self.build.variable(&name);
        }
        match (choice, value) {
            (20..32, _) => self.build.wildcard(),
            (32..40, Some(value)) if !self.is_opaque(ty) => self.build.value(value),
            (40..70, Some(value)) if matches!(self.kind(ty), Kind::Record | Kind::Adt) => {
                self.pattern(body, ty, value, shared)
            }
            _ => {
                let name = body.bind(ty, false);
                self.build.variable(&name)
            }
        }
    }

    /// A pattern that the value matches.
    fn pattern(&mut self, body: &mut Body, ty: TypeIndex, value: &Value, shared: usize) -> Term {
        let (branch, values) = match value {
            Value::Record(values) => (None, values),
            Value::Branch(branch, values) => (Some(branch.clone()), values),
            Value::Nil | Value::Number(_) | Value::Unsigned(_) | Value::Float(_) | Value::Symbol(_) => {
                return self.build.value(value);
            }
        };
        let fields = self.types[ty].alternatives.iter().find(|(name, _)| *name == branch);
        let fields = fields.map(|(_, fields)| fields.clone()).unwrap_or_default();
        let terms =
            fields.iter().zip(values).map(|(&ty, value)| self.argument(body, ty, Some(value), shared, false)).collect();
        match branch {
            Some(branch) => self.build.branch(&branch, terms),
            None => self.build.record(terms),
        }
    }

    /// A variable among the first of the body that may stand in a column of the type; it narrows to that type.
    fn join(&mut self, body: &mut Body, shared: usize, ty: TypeIndex) -> Option<String> {
        let fits =
            |variable: &Variable| self.flows(variable.ty, ty) || (!variable.fixed && self.flows(ty, variable.ty));
        let fitting: Vec<usize> = (0..shared).filter(|&at| fits(&body.variables[at])).collect();
        let &at = self.random.pick(&fitting)?;
        let variable = &mut body.variables[at];
        if self.flows(ty, variable.ty) {
            variable.ty = ty;
        }
        Some(variable.name.clone())
    }

    /// A bound variable that flows into the type.
    pub(super) fn bound(&mut self, body: &Body, ty: TypeIndex) -> Option<String> {
        let fitting: Vec<&Variable> = body.variables.iter().filter(|variable| self.flows(variable.ty, ty)).collect();
        self.random.pick(&fitting).map(|variable| variable.name.clone())
    }

    /// A bound variable of a kind.
    pub(super) fn of_kind(&mut self, body: &Body, kind: Kind) -> Option<Variable> {
        let fits = |variable: &&Variable| self.kind(variable.ty) == kind && !self.is_opaque(variable.ty);
        let fitting: Vec<&Variable> = body.variables.iter().filter(fits).collect();
        self.random.pick(&fitting).map(|&variable| variable.clone())
    }
}
