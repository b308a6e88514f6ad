//! What rules are like, counted over programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use onus::symbol::Symbol;
use onus::syntax::ast::{Annotation, Clause, Functor, Item, ItemKind, Term, TermKind};

use crate::sample::Sample;
use crate::walk::{self, Use};

/// Counts over rules (clauses with a body).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// Programs.
    pub programs: usize,
    /// Rules.
    pub rules: usize,
    /// Facts.
    pub facts: usize,
    /// Rules that yielded nothing new when they were added.
    pub fruitless: usize,
    /// With a negated atom.
    pub negation: usize,
    /// With an aggregate.
    pub aggregates: usize,
    /// That need what they derive.
    pub recursive: usize,
    /// Recursive through another relation, or with two recursive atoms.
    pub mutual_or_nonlinear: usize,
    /// With several heads.
    pub several_heads: usize,
    /// With a disjunction.
    pub disjunction: usize,
    /// With an aggregate over what they derive.
    pub monotone: usize,
    /// That ask for an inlined relation.
    pub inlined: usize,
    /// Programs with a choice, a limit of size, a subsumption or a lattice.
    pub by_rounds: usize,
    /// Programs with a lattice.
    pub lattices: usize,
    /// Programs with a counter.
    pub counters: usize,
    /// Programs with a functor `@name(..)`, or `ord`.
    pub functors: usize,
    /// Programs with components.
    pub components: usize,
}

impl Shares {
    /// Counts the rules of one program.
    #[must_use]
    pub fn of(sample: &Sample, fruitless: usize) -> Self {
        let needs = needs(sample);
        let by_rounds = usize::from(walk::by_rounds(sample));
        let mut shares = Self { programs: 1, fruitless, by_rounds, ..Self::default() };
        let lattice = |item: &Item| match &item.kind {
            ItemKind::Relation(decl) => decl.attributes.iter().any(|attribute| attribute.lattice),
            _ => false,
        };
        shares.lattices = usize::from(sample.program.items.iter().any(lattice));
        shares.counters = usize::from(walk::counts(sample));
        let inlined = walk::inlined(sample);
        for item in &sample.program.items {
            let ItemKind::Clause(clause) = &item.kind else { continue };
            let monotone = |annotation: &Annotation| sample.symbols.get(annotation.name.symbol) == "monotone";
            shares.monotone += usize::from(item.annotations.iter().any(monotone));
            let mut asks = false;
            walk::body_atoms(clause, &mut |atom, _| asks |= inlined.contains(&atom.relation.symbol));
            shares.inlined += usize::from(asks);
            walk::visit_clause(&mut clause.clone(), &mut |node| {
                if let walk::Node::Term(Term { kind, .. }) = node
                    && matches!(kind, TermKind::User { .. } | TermKind::Call { functor: Functor::Ord, .. })
                {
                    shares.functors = 1;
                }
            });
        }
        for (_, clause) in walk::clauses(&sample.program) {
            if clause.body.is_none() {
                shares.facts += 1;
            } else if !clause.subsumption {
                shares.count(clause, &needs);
            }
        }
        shares
    }

    fn count(&mut self, clause: &Clause, needs: &BTreeMap<Symbol, BTreeSet<Symbol>>) {
        let heads: Vec<Symbol> = clause.heads.iter().map(|head| head.relation.symbol).collect();
        let (mut negation, mut aggregates, mut recursive, mut mutual) = (0, 0, 0, 0);
        walk::body_atoms(clause, &mut |atom, used| {
            let relation = atom.relation.symbol;
            match used {
                Use::Negative => negation += 1,
                Use::Aggregated => aggregates += 1,
                Use::Positive => {
                    let back =
                        needs.get(&relation).is_some_and(|needed| heads.iter().any(|head| needed.contains(head)));
                    if heads.contains(&relation) {
                        recursive += 1;
                    } else if back {
                        recursive += 1;
                        mutual += 1;
                    }
                }
            }
        });
        let mut disjunction = false;
        walk::visit_clause(&mut clause.clone(), &mut |node| {
            disjunction |= matches!(node, walk::Node::Formula(onus::syntax::ast::Formula::Or(_)));
        });
        self.rules += 1;
        self.negation += usize::from(negation > 0);
        self.aggregates += usize::from(aggregates > 0);
        self.recursive += usize::from(recursive > 0);
        self.mutual_or_nonlinear += usize::from(mutual > 0 || recursive > 1);
        self.several_heads += usize::from(heads.len() > 1);
        self.disjunction += usize::from(disjunction);
    }

    /// Adds the counts of another program or run.
    pub fn add(&mut self, other: &Self) {
        self.programs += other.programs;
        self.rules += other.rules;
        self.facts += other.facts;
        self.fruitless += other.fruitless;
        self.negation += other.negation;
        self.aggregates += other.aggregates;
        self.recursive += other.recursive;
        self.mutual_or_nonlinear += other.mutual_or_nonlinear;
        self.several_heads += other.several_heads;
        self.disjunction += other.disjunction;
        self.monotone += other.monotone;
        self.inlined += other.inlined;
        self.by_rounds += other.by_rounds;
        self.lattices += other.lattices;
        self.counters += other.counters;
        self.functors += other.functors;
        self.components += other.components;
    }

    /// How many of a hundred rules.
    #[must_use]
    pub fn percent(&self, count: usize) -> usize {
        count * 100 / self.rules.max(1)
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} programs, {} rules, {} facts", self.programs, self.rules, self.facts)?;
        for (name, count) in [
            ("yield something", self.rules - self.fruitless),
            ("recursive", self.recursive),
            ("mutual or non-linear", self.mutual_or_nonlinear),
            ("with negation", self.negation),
            ("with aggregates", self.aggregates),
            ("with disjunction", self.disjunction),
            ("several heads", self.several_heads),
            ("with an aggregate over what they derive", self.monotone),
            ("that ask for an inlined relation", self.inlined),
        ] {
            writeln!(formatter, "{:>4} %  {name}", self.percent(count))?;
        }
        for (name, count) in [
            ("programs with a choice, a limit, a subsumption or a lattice", self.by_rounds),
            ("programs with a lattice", self.lattices),
            ("programs with autoinc()", self.counters),
            ("programs with @functors or ord", self.functors),
            ("programs with components", self.components),
        ] {
            writeln!(formatter, "{:>4} %  {name}", count * 100 / self.programs.max(1))?;
        }
        Ok(())
    }
}

/// What each relation needs, at any distance.
fn needs(sample: &Sample) -> BTreeMap<Symbol, BTreeSet<Symbol>> {
    let mut needs: BTreeMap<Symbol, BTreeSet<Symbol>> = BTreeMap::new();
    for (_, clause) in walk::clauses(&sample.program) {
        for head in &clause.heads {
            let of = needs.entry(head.relation.symbol).or_default();
            walk::body_atoms(clause, &mut |atom, _| {
                of.insert(atom.relation.symbol);
            });
        }
    }
    loop {
        let known = needs.clone();
        let mut grew = false;
        for needed in needs.values_mut() {
            let further: Vec<Symbol> = needed.iter().filter_map(|name| known.get(name)).flatten().copied().collect();
            grew |= further.into_iter().filter(|&name| needed.insert(name)).count() > 0;
        }
        if !grew {
            return needs;
        }
    }
}
