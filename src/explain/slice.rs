//! The backward slice of tuples: every rule instance that gives them, not only the best, and so on for the premises. An
//! and-or graph: a tuple needs one of its steps, a step all of its premises. Cycles are possible.

use std::collections::BTreeMap;
use std::rc::Rc;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::ask::{Asker, tuples};
use super::instance::{Explained, Instance, Instances, Premise};
use crate::eval::{Options, Stop};
use crate::model::{Model, Tuple};
use crate::program::{AggregateOp, Literal, RelationId, Rule, RuleId, Term};
use crate::source::Span;
use crate::storage::Row;
use crate::value::Word;

/// How much of a slice is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceLimits {
    /// Tuples whose steps are looked for.
    pub tuples: usize,
    /// Steps in all.
    pub steps: usize,
    /// Instances of one rule for one tuple.
    pub instances: usize,
}

impl Default for SliceLimits {
    fn default() -> Self {
        Self { tuples: 20_000, steps: 200_000, instances: 10_000 }
    }
}

/// Negated atoms that some step needs: a relation and the columns that were looked for.
pub(super) type Absence = (RelationId, Vec<Option<Word>>);

/// Part of a model that bears on some tuples.
pub(super) struct Slice {
    pub(super) tuples: Vec<Node>,
    pub(super) steps: Vec<Step>,
    /// Every absence that some step needs, once.
    pub(super) absences: Vec<Absence>,
    /// Whether nothing was cut off.
    pub(super) complete: bool,
    numbers: BTreeMap<Tuple, usize>,
    absent: BTreeMap<Absence, usize>,
    expanded: usize,
}

/// A tuple of a slice.
pub(super) struct Node {
    pub(super) tuple: Tuple,
    /// Whether it was given, whatever else derives it.
    pub(super) given: bool,
    /// Whether it may have steps that are not listed: a limit was met. It is then taken to hold whatever happens.
    pub(super) cut: bool,
    /// Its steps, by number.
    pub(super) steps: Vec<usize>,
}

/// A rule instance.
pub(super) struct Step {
    pub(super) rule: RuleId,
    pub(super) instances: Rc<Instances>,
    pub(super) instance: Instance,
    /// The tuples of its positive literals, in order, repeated where the rule repeats them.
    pub(super) premises: Vec<usize>,
    /// Absences that it needs, those inside aggregates left out.
    pub(super) absences: Vec<usize>,
    /// Its aggregates.
    pub(super) aggregates: Vec<Aggregated>,
}

/// What an aggregate of a step runs over.
pub(super) struct Aggregated {
    pub(super) op: AggregateOp,
    pub(super) value: Word,
    /// For each row its target and the tuples of its literals, those of aggregates inside it included.
    pub(super) rows: Vec<(Option<Word>, Vec<usize>)>,
    /// The relations that its body reads, and whether negated.
    pub(super) reads: Vec<(RelationId, bool)>,
    /// How many nodes a proof shows for it, those of tuples left out.
    pub(super) size: u64,
}

impl Slice {
    pub(super) fn new() -> Self {
        Self {
            tuples: Vec::new(),
            steps: Vec::new(),
            absences: Vec::new(),
            complete: true,
            numbers: BTreeMap::new(),
            absent: BTreeMap::new(),
            expanded: 0,
        }
    }

    /// The slice of one tuple, which gets number 0.
    pub(super) fn of(model: &Model, tuple: &Tuple, limits: SliceLimits, options: &Options) -> Result<Self, Stop> {
        let mut slice = Self::new();
        let mut asker = Asker::new(model, options);
        slice.add(tuple);
        slice.expand(&mut asker, limits)?;
        Ok(slice)
    }

    /// The number of a tuple, which is added where it is new.
    pub(super) fn add(&mut self, tuple: &Tuple) -> usize {
        if let Some(&at) = self.numbers.get(tuple) {
            return at;
        }
        self.tuples.push(Node { tuple: tuple.clone(), given: false, cut: false, steps: Vec::new() });
        self.numbers.insert(tuple.clone(), self.tuples.len() - 1);
        self.tuples.len() - 1
    }

    /// Finds the steps of every tuple that was added since the last call, and of what those need.
    pub(super) fn expand(&mut self, asker: &mut Asker<'_>, limits: SliceLimits) -> Result<(), Stop> {
        let program = asker.model.program();
        let mut heads: BTreeMap<RelationId, Vec<RuleId>> = BTreeMap::new();
        for &rule in program.strata.iter().flat_map(|stratum| &stratum.rules) {
            heads.entry(program.rule(rule).head).or_default().push(rule);
        }
        while self.expanded < self.tuples.len() {
            let at = self.expanded;
            self.expanded += 1;
            let tuple = self.tuples[at].tuple.clone();
            let Some(rank) = asker.model.rank(&tuple) else { continue };
            self.tuples[at].given = rank.round == 0;
            if self.expanded > limits.tuples || self.steps.len() > limits.steps {
                self.complete = false;
                self.tuples[at].cut = true;
                continue;
            }
            for &rule in heads.get(&tuple.relation).map_or(&[] as &[_], Vec::as_slice) {
                let instances = asker.prepare(rule);
                let Some(bound) = instances.bind(&tuple) else { continue };
                // What grew until the end is seen as it was before the tuple: its rows may rest on the tuple itself.
                let own = &program.strata[rank.stratum].relations;
                let cuts = if program.rule(rule).aggregates_over(own) { asker.before(rank) } else { Vec::new() };
                let mut found = asker.solve(&instances.body, &bound, &cuts, limits.instances)?;
                if found.len() >= limits.instances {
                    self.complete = false;
                    self.tuples[at].cut = true;
                }
                found.sort_by_cached_key(|one| (asker.ranks(&instances.body, one), asker.text(&instances.body, one)));
                // Instances that differ in nothing that a proof shows are one step.
                found.dedup_by(|one, other| one.words == other.words);
                for instance in found {
                    let step = self.step(rule, &instances, instance, &cuts, asker)?;
                    // A step that needs its own conclusion proves nothing.
                    if !step.premises.contains(&at) {
                        self.tuples[at].steps.push(self.steps.len());
                        self.steps.push(step);
                    }
                }
            }
        }
        Ok(())
    }

    fn step(
        &mut self,
        rule: RuleId,
        instances: &Rc<Instances>,
        instance: Instance,
        cuts: &[(RelationId, Row)],
        asker: &mut Asker<'_>,
    ) -> Result<Step, Stop> {
        let premises = tuples(&instances.body, &instance).map(|tuple| self.add(&tuple)).collect();
        let absences = self.absences_of(&instances.body, &instance);
        let mut aggregates = Vec::new();
        for premise in &instances.body.premises {
            let Premise::Compare { aggregates: inside, .. } = premise else { continue };
            for inner in inside {
                let mut rows = Vec::new();
                let mut size = 1;
                for row in asker.rows(inner, &instance, cuts)? {
                    let mut needed = Vec::new();
                    asker.needs(&inner.body, &row, cuts, &mut needed)?;
                    self.absences_of(&inner.body, &row);
                    size += beside_tuples(asker, &inner.body, &row, cuts)?;
                    let target = inner.target.map(|target| row.word(target));
                    rows.push((target, needed.iter().map(|tuple| self.add(tuple)).collect()));
                }
                let value = instance.word(inner.value);
                let reads = aggregate_reads(asker.model, rule, inner.span);
                aggregates.push(Aggregated { op: inner.op, value, rows, reads, size });
            }
        }
        Ok(Step { rule, instances: Rc::clone(instances), instance, premises, absences, aggregates })
    }

    fn absences_of(&mut self, body: &Explained, instance: &Instance) -> Vec<usize> {
        let mut found = Vec::new();
        for premise in &body.premises {
            let Premise::Negative { relation, columns, .. } = premise else { continue };
            let pattern = columns.iter().map(|source| source.map(|source| instance.word(source))).collect();
            let absence = (*relation, pattern);
            let next = self.absences.len();
            let at = *self.absent.entry(absence.clone()).or_insert(next);
            if at == next {
                self.absences.push(absence);
            }
            found.push(at);
        }
        found
    }

    /// Groups of tuples that need each other, premises before conclusions: the components of the graph from conclusions
    /// to premises (Tarjan, 1972).
    pub(super) fn components(&self) -> Vec<Vec<usize>> {
        let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(self.tuples.len(), self.steps.len());
        for _ in &self.tuples {
            graph.add_node(());
        }
        for (at, node) in self.tuples.iter().enumerate() {
            for &step in &node.steps {
                for &premise in &self.steps[step].premises {
                    graph.add_edge(NodeIndex::new(at), NodeIndex::new(premise), ());
                }
            }
        }
        let order = |mut group: Vec<usize>| {
            group.sort_unstable();
            group
        };
        tarjan_scc(&graph).into_iter().map(|group| order(group.into_iter().map(NodeIndex::index).collect())).collect()
    }

    /// What follows inside the slice, absences and aggregates taken as they are: for each tuple that follows, how (none
    /// where it is given). Linear in the slice (Dowling and Gallier, 1984). `fact` and `step` say what may be used.
    pub(super) fn derive(
        &self,
        fact: impl Fn(usize) -> bool,
        step: impl Fn(usize) -> bool,
    ) -> Vec<Option<Option<usize>>> {
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); self.tuples.len()];
        let mut missing: Vec<usize> = vec![0; self.steps.len()];
        let mut concludes: Vec<usize> = vec![0; self.steps.len()];
        let mut derived: Vec<Option<Option<usize>>> = vec![None; self.tuples.len()];
        let mut open = std::collections::VecDeque::new();
        for (at, node) in self.tuples.iter().enumerate() {
            if node.cut || node.given && fact(at) {
                derived[at] = Some(None);
                open.push_back(at);
            }
            for &one in node.steps.iter().filter(|&&one| step(one)) {
                concludes[one] = at;
                let mut needed: Vec<usize> = self.needed(one);
                needed.sort_unstable();
                needed.dedup();
                missing[one] = needed.len();
                needed.iter().for_each(|&premise| waiting[premise].push(one));
            }
        }
        for (at, node) in self.tuples.iter().enumerate() {
            for &one in node.steps.iter().filter(|&&one| step(one)) {
                if missing[one] == 0 && derived[at].is_none() {
                    derived[at] = Some(Some(one));
                    open.push_back(at);
                }
            }
        }
        while let Some(at) = open.pop_front() {
            for one in std::mem::take(&mut waiting[at]) {
                missing[one] -= 1;
                if missing[one] == 0 && derived[concludes[one]].is_none() {
                    derived[concludes[one]] = Some(Some(one));
                    open.push_back(concludes[one]);
                }
            }
        }
        derived
    }

    /// The tuples that a step needs: its premises, and what its aggregates run over (of a minimum or maximum one row that
    /// reaches it).
    pub(super) fn needed(&self, step: usize) -> Vec<usize> {
        let step = &self.steps[step];
        let mut needed = step.premises.clone();
        for aggregate in &step.aggregates {
            match aggregate.op {
                AggregateOp::Min | AggregateOp::Max => {
                    let witness = aggregate.rows.iter().find(|(target, _)| *target == Some(aggregate.value));
                    needed.extend(witness.into_iter().flat_map(|(_, tuples)| tuples));
                }
                AggregateOp::Count | AggregateOp::Sum | AggregateOp::Mean => {
                    needed.extend(aggregate.rows.iter().flat_map(|(_, tuples)| tuples));
                }
            }
        }
        needed
    }

    /// The tuples that can be reached from some others through all steps, aggregates included.
    pub(super) fn reach(&self, from: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut reached = vec![false; self.tuples.len()];
        let mut open: Vec<usize> = from.into_iter().collect();
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut reached[at], true) {
                continue;
            }
            for &step in &self.tuples[at].steps {
                let step = &self.steps[step];
                open.extend(&step.premises);
                open.extend(step.aggregates.iter().flat_map(|aggregate| &aggregate.rows).flat_map(|(_, row)| row));
            }
        }
        reached
    }
}

/// How many nodes a proof shows for a row of an aggregate beside its tuples: absences, comparisons, aggregates in turn.
fn beside_tuples(
    asker: &mut Asker<'_>,
    body: &Explained,
    row: &Instance,
    cuts: &[(RelationId, Row)],
) -> Result<u64, Stop> {
    let mut count = 0;
    for premise in &body.premises {
        match premise {
            Premise::Positive { .. } => {}
            Premise::Negative { .. } => count += 1,
            Premise::Compare { aggregates, .. } => {
                count += 1;
                for inner in aggregates {
                    count += 1;
                    for row in asker.rows(inner, row, cuts)? {
                        count += beside_tuples(asker, &inner.body, &row, cuts)?;
                    }
                }
            }
        }
    }
    Ok(count)
}

/// The relations that the aggregate at a place of a rule reads, and whether negated there.
fn aggregate_reads(model: &Model, rule: RuleId, span: Span) -> Vec<(RelationId, bool)> {
    let mut reads = Vec::new();
    model.program().rule(rule).visit_terms(&mut |term| {
        if let Term::Aggregate(aggregate) = term
            && aggregate.span == span
        {
            atoms_of(&aggregate.body, &mut reads);
            let mut inside = |term: &Term| {
                if let Term::Aggregate(inner) = term {
                    atoms_of(&inner.body, &mut reads);
                }
            };
            aggregate.body.iter().for_each(|literal| literal.visit_terms(&mut inside));
        }
    });
    reads.sort_unstable();
    reads.dedup();
    reads
}

fn atoms_of(body: &[Literal], reads: &mut Vec<(RelationId, bool)>) {
    for literal in body {
        match literal {
            Literal::Positive(atom) => reads.push((atom.relation, false)),
            Literal::Negative(atom) => reads.push((atom.relation, true)),
            Literal::Compare(_) => {}
        }
    }
}

/// The relations that the aggregates of a rule read, and whether negated there.
pub(super) fn counted(rule: &Rule) -> Vec<(RelationId, bool)> {
    let mut reads = Vec::new();
    rule.visit_terms(&mut |term| {
        if let Term::Aggregate(aggregate) = term {
            atoms_of(&aggregate.body, &mut reads);
        }
    });
    reads
}
