//! Lattices, written out: a relation with lattice columns has its tuples joined two by two, and those below a join go.

use std::collections::BTreeMap;

use onus::source::Span;
use onus::symbol::{Interner, Symbol};
use onus::syntax::ast::{
    Atom, Clause, Compare, CompareOp, Formula, Functor, Item, ItemKind, Name, Program, RelationDecl, Term, TermKind,
};

use crate::answers::Failure;

/// How two values are joined.
#[derive(Clone, Copy)]
enum Join {
    Functor(Functor),
    User(Name),
}

/// Whether a program speaks of lattices.
pub(super) fn any(program: &Program) -> bool {
    program.items.iter().any(|item| match &item.kind {
        ItemKind::Lattice(_) => true,
        ItemKind::Relation(decl) => decl.attributes.iter().any(|attribute| attribute.lattice),
        _ => false,
    })
}

/// The program without lattices.
pub(super) fn expand(program: &Program, symbols: &mut Interner) -> Result<Program, Failure> {
    let mut joins: BTreeMap<Symbol, Join> = BTreeMap::new();
    for item in &program.items {
        let ItemKind::Lattice(lattice) = &item.kind else { continue };
        let bound = lattice.operators.iter().find(|(name, _)| symbols.get(name.symbol) == "Lub");
        match bound.map(|(_, term)| &term.kind) {
            Some(TermKind::Call { functor, arguments }) if arguments.len() == 2 => {
                joins.insert(lattice.name.symbol, Join::Functor(*functor));
            }
            Some(TermKind::User { name, arguments }) if arguments.len() == 2 => {
                joins.insert(lattice.name.symbol, Join::User(*name));
            }
            _ => return Err(Failure::Rejected("a lattice without a bound".into())),
        }
    }
    let mut items = Vec::new();
    for item in &program.items {
        match &item.kind {
            ItemKind::Lattice(_) => {}
            ItemKind::Relation(decl) if decl.attributes.iter().any(|attribute| attribute.lattice) => {
                let mut plain = decl.clone();
                plain.attributes.iter_mut().for_each(|attribute| attribute.lattice = false);
                items.push(Item { kind: ItemKind::Relation(plain), ..item.clone() });
                for &name in &decl.names {
                    for clause in clauses(name, decl, &joins, symbols)? {
                        items.push(Item {
                            doc: None,
                            annotations: Vec::new(),
                            kind: ItemKind::Clause(clause),
                            span: item.span,
                        });
                    }
                }
            }
            _ => items.push(item.clone()),
        }
    }
    Ok(Program { items })
}

fn clauses(
    name: Name,
    decl: &RelationDecl,
    joins: &BTreeMap<Symbol, Join>,
    symbols: &mut Interner,
) -> Result<[Clause; 2], Failure> {
    let span: Span = name.span;
    let mut variable =
        |at: usize, of: &str| Term { kind: TermKind::Variable(symbols.intern(&format!("?{at}{of}"))), span };
    let (mut low, mut high, mut bound, mut below) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (at, attribute) in decl.attributes.iter().enumerate() {
        if !attribute.lattice {
            let same = variable(at, "");
            [&mut low, &mut high, &mut bound].into_iter().for_each(|terms| terms.push(same.clone()));
            continue;
        }
        let join = joins.get(&attribute.ty.symbol).copied();
        let join = join.ok_or_else(|| Failure::Rejected("a column of no lattice".into()))?;
        let (left, right) = (variable(at, "low"), variable(at, "high"));
        let arguments = vec![left.clone(), right.clone()];
        let kind = match join {
            Join::Functor(functor) => TermKind::Call { functor, arguments },
            Join::User(name) => TermKind::User { name, arguments },
        };
        let joined = Term { kind, span };
        below.push(Formula::Compare(Compare {
            op: CompareOp::Equal,
            left: right.clone(),
            right: joined.clone(),
            span,
        }));
        low.push(left);
        high.push(right);
        bound.push(joined);
    }
    let atom = |arguments: Vec<Term>| Atom { relation: name, arguments, span };
    let clause = |heads: Vec<Atom>, subsumption: bool, body: Vec<Formula>| Clause {
        heads,
        subsumption,
        body: Some(Formula::And(body)),
        plan: None,
        span,
    };
    let both = vec![Formula::Atom(atom(low.clone())), Formula::Atom(atom(high.clone()))];
    Ok([clause(vec![atom(bound)], false, both), clause(vec![atom(low), atom(high)], true, below)])
}
