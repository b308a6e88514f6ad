//! Heads: what a rule says of the variables that its body binds.

use onus::syntax::ast::Term;
use onus::value::Kind;

use super::body::Body;
use super::world::{NUMBER, TypeIndex, World};

impl World<'_> {
    /// Columns for a new relation, chosen after what a body binds.
    pub(super) fn new_columns(&mut self, body: &Body) -> Vec<TypeIndex> {
        if self.random.percent(4) {
            return Vec::new();
        }
        let arity = [1, 1, 2, 2, 2, 2, 3, 3][self.random.below(8)];
        (0..arity)
            .map(|_| {
                // The last variables are values of aggregates and computations: they shall be seen.
                let late = body.variables.len().saturating_sub(self.random.between(1, 3));
                let at = if self.random.percent(35) { late } else { self.random.below(body.variables.len()) };
                let mut ty = body.variables.get(at).map_or(NUMBER, |variable| variable.ty);
                if let Some(parent) = self.types[ty].parent
                    && self.random.percent(25)
                {
                    ty = parent;
                }
                ty
            })
            .collect()
    }

    /// Arguments for columns; none where the body has nothing for one.
    pub(super) fn head(&mut self, body: &mut Body, columns: &[TypeIndex]) -> Option<Vec<Term>> {
        let mut used = Vec::new();
        columns.iter().map(|&ty| self.head_argument(body, ty, &mut used)).collect()
    }

    fn head_argument(&mut self, body: &mut Body, ty: TypeIndex, used: &mut Vec<String>) -> Option<Term> {
        let kind = self.kind(ty);
        if matches!(kind, Kind::Record | Kind::Adt) && self.random.percent(35) {
            return self.construct(body, ty);
        }
        if self.types[ty].parent.is_none()
            && !self.is_opaque(ty)
            && self.random.percent(9)
            && let Some((term, false)) = self.expression(body, kind)
        {
            return Some(term);
        }
        if self.random.percent(4) && !self.is_opaque(ty) {
            let value = self.value(ty);
            return Some(self.build.value(&value));
        }
        let fitting: Vec<String> = body
            .variables
            .iter()
            .filter(|variable| self.flows(variable.ty, ty))
            .map(|variable| variable.name.clone())
            .collect();
        let unused: Vec<String> = fitting.iter().filter(|name| !used.contains(name)).cloned().collect();
        let fitting = if unused.is_empty() || self.random.percent(6) { fitting } else { unused };
        let name = match fitting.last() {
            Some(last) if self.random.percent(30) => Some(last.clone()),
            _ => self.random.pick(&fitting).cloned(),
        };
        match name {
            Some(name) => {
                let term = self.build.variable(&name);
                used.push(name);
                Some(term)
            }
            None if matches!(kind, Kind::Record | Kind::Adt) => self.construct(body, ty),
            None => None,
        }
    }

    fn construct(&mut self, body: &mut Body, ty: TypeIndex) -> Option<Term> {
        let at = self.random.below(self.types[ty].alternatives.len());
        let (branch, fields) = self.types[ty].alternatives[at].clone();
        let terms = self.head(body, &fields)?;
        Some(match branch {
            Some(branch) => self.build.branch(&branch, terms),
            None => self.build.record(terms),
        })
    }
}
