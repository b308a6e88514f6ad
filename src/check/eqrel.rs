//! What `eqrel` means, as rules: symmetry and transitivity. Reflexivity on what is mentioned follows from the two.

use crate::program::{Atom, Literal, RelationDecl, RelationId, RelationKind, Rule, Term, Variable, VariableDecl};
use crate::value::Values;

/// The rules that close every equivalence relation.
pub(super) fn rules(relations: &[RelationDecl], values: &mut Values, clauses: u32) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (at, relation) in relations.iter().enumerate() {
        if relation.kind != RelationKind::Eqrel || relation.columns.len() != 2 {
            continue;
        }
        let id = RelationId(u32::try_from(at).unwrap_or(u32::MAX));
        let ty = relation.columns[0].ty;
        let mut rule = |name: &str, head: [u32; 2], body: &[[u32; 2]]| {
            let arguments = |of: &[u32; 2]| of.map(|variable| Term::Variable(Variable(variable))).to_vec();
            let atom =
                |of: &[u32; 2]| Literal::Positive(Atom { relation: id, arguments: arguments(of), span: relation.span });
            let variable = |name: &str, values: &mut Values| VariableDecl { name: values.symbols.intern(name), ty };
            let names: &[&str] = if body.len() == 1 { &["x", "y"] } else { &["x", "y", "z"] };
            let variables = names.iter().map(|name| variable(name, values)).collect();
            rules.push(Rule {
                head: id,
                arguments: arguments(&head),
                body: body.iter().map(atom).collect(),
                variables,
                label: Some(values.symbols.intern(name)),
                quiet: false,
                monotone: false,
                doc: None,
                span: relation.span,
                clause: clauses,
                plan: Vec::new(),
            });
        };
        rule("eqrel-symmetric", [1, 0], &[[0, 1]]);
        rule("eqrel-transitive", [0, 2], &[[0, 1], [1, 2]]);
    }
    rules
}
