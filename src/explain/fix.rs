//! Repairs: the fewest facts that would make something true, each tried in a sibling model, with what else would change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::abduce::{AbduceLimits, Column, Goal, Proposal, abduce};
use super::near::{domain, matching};
use super::partial::Prober;
use super::sibling::{Changes, sibling};
use super::why_not::repeats_agree;
use crate::check::{Argument, Pattern};
use crate::eval::{Options, Stop};
use crate::model::{Model, Tuple};
use crate::program::{RelationId, RuleId};
use crate::value::{Kind, TypeId, Values, Word};

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixLimits {
    /// Facts added and taken away together.
    pub facts: usize,
    /// Questions to the model.
    pub questions: usize,
    /// Goals that are taken apart.
    pub goals: usize,
    /// Sibling models that are evaluated.
    pub siblings: usize,
    /// Fixes that are told.
    pub fixes: usize,
}

impl Default for FixLimits {
    fn default() -> Self {
        Self { facts: 3, questions: 30_000, goals: 2_000, siblings: 120, fixes: 3 }
    }
}

/// A set of facts that makes it true: tried, and no part of it is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Facts to give.
    pub add: Vec<Tuple>,
    /// Given facts to take away.
    pub remove: Vec<Tuple>,
    /// Constants that stand nowhere else: they were made up, since nothing that exists fits.
    pub fresh: Vec<Word>,
    /// The rules on the way from what was asked down to the facts.
    pub way: Vec<Way>,
    /// What was asked for, as it then holds.
    pub gives: Vec<Tuple>,
    /// What else changes, alarms first, then watched relations, then the others in order of declaration.
    pub effects: Vec<Effect>,
}

/// A rule on the way down to a missing fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The rule.
    pub rule: RuleId,
    /// The relation that it derives.
    pub relation: RelationId,
    /// What it would give; none where any value will do.
    pub columns: Vec<Option<Word>>,
}

/// How the tuples of a relation change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The relation; the facts of the fix itself are left out.
    pub relation: RelationId,
    /// Tuples that come, in order of their text.
    pub gained: Vec<Tuple>,
    /// Tuples that go.
    pub lost: Vec<Tuple>,
}

/// Fixes for something that does not hold.
#[derive(Clone, Debug)]
pub struct Fixes {
    /// The best first: fewest facts, then those that people decide (`@[adjustable]`), then those most like facts that exist.
    pub fixes: Vec<Fix>,
    /// Whether the search was exhaustive up to the size of what it found: else there may be others as small.
    pub complete: bool,
    /// How many were tried.
    pub tried: usize,
    /// What the words of the fixes mean.
    pub values: Arc<Values>,
}

/// The smallest sets of facts that would make a pattern match something; no fixes where something matches already.
///
/// Candidates come from abduction: goals are taken down through the rules, of each body the least sets of literals being
/// left open without which the rest can be satisfied. None is told before a sibling model has shown that it works and
/// that no part of it does.
///
/// # Errors
/// A limit of evaluation was met, or someone interrupted.
pub fn fix(
    model: &Model,
    pattern: &Pattern,
    values: Arc<Values>,
    limits: FixLimits,
    options: &Options,
) -> Result<Fixes, Stop> {
    let mut names: BTreeMap<crate::symbol::Symbol, u32> = BTreeMap::new();
    let mut columns = Vec::new();
    // The place of a variable's first column is its number.
    for (at, argument) in (0..).zip(&pattern.arguments) {
        columns.push(match *argument {
            Argument::Constant(word) => Column::Is(word),
            Argument::Variable(name) => Column::Free(*names.entry(name).or_insert(at)),
            Argument::Any => Column::Free(at),
        });
    }
    let goal = Goal { relation: pattern.relation, columns };
    let mut prober = Prober::new(model, values, limits.questions, options);
    let abduction =
        AbduceLimits { facts: limits.facts, depth: 24, states: limits.goals, bindings: 60, proposals: limits.siblings };
    let proposals = abduce(&mut prober, goal, abduction)?;
    // Constants that were asked for and stand nowhere are as good as made up.
    let mut unknown = Vec::new();
    for (argument, column) in pattern.arguments.iter().zip(&model.program().relation(pattern.relation).columns) {
        if let Argument::Constant(word) = *argument
            && model.program().types.kind(column.ty) == Kind::Symbol
            && !domain(model, column.ty).contains(&word)
        {
            unknown.push(word);
        }
    }
    let (values, given) = (prober.values, BTreeMap::new());
    let mut trial = Trial { model, pattern, options, limits, values, tried: 0, given, unknown };
    if trial.holds(model) {
        return Ok(Fixes { fixes: Vec::new(), complete: true, tried: 0, values: trial.values });
    }
    let mut candidates: BTreeMap<(Vec<Tuple>, Vec<Tuple>), Candidate> = BTreeMap::new();
    for proposal in &proposals.found {
        for candidate in trial.candidates(proposal) {
            let known = candidates.entry((candidate.add.clone(), candidate.remove.clone()));
            known.or_insert(candidate);
        }
    }
    let mut candidates: Vec<Candidate> = candidates.into_values().collect();
    candidates.sort_by_cached_key(|candidate| trial.rank(candidate));
    let (fixes, exhausted) = trial.verify(candidates)?;
    // Enough proposals none of which works were not enough.
    let complete = proposals.complete && exhausted && !(proposals.enough && fixes.is_empty());
    Ok(Fixes { fixes, complete, tried: trial.tried, values: trial.values })
}

/// A set of facts to be tried.
#[derive(Clone, Debug)]
struct Candidate {
    add: Vec<Tuple>,
    remove: Vec<Tuple>,
    fresh: Vec<Word>,
    way: Vec<Way>,
}

struct Trial<'a> {
    model: &'a Model,
    pattern: &'a Pattern,
    options: &'a Options,
    limits: FixLimits,
    values: Arc<Values>,
    tried: usize,
    /// The given rows of relations, once asked for.
    given: BTreeMap<RelationId, Vec<Vec<Word>>>,
    /// Names of the pattern that stand nowhere in a column of their type.
    unknown: Vec<Word>,
}

impl Trial<'_> {
    /// Whether something matches in a model.
    fn holds(&self, model: &Model) -> bool {
        !self.matches(model).is_empty()
    }

    fn matches(&self, model: &Model) -> Vec<Tuple> {
        let constants: Vec<Option<Word>> = self
            .pattern
            .arguments
            .iter()
            .map(|argument| match argument {
                Argument::Constant(word) => Some(*word),
                Argument::Variable(_) | Argument::Any => None,
            })
            .collect();
        let mut found = matching(model, self.pattern.relation, &constants);
        found.retain(|tuple| repeats_agree(self.pattern, &tuple.words));
        found.sort_by_cached_key(|tuple| model.literal(tuple));
        found
    }

    /// A proposal with values in place of its free columns: those that stand there most often, else made-up ones.
    fn candidates(&mut self, proposal: &Proposal) -> Vec<Candidate> {
        let mut columns: BTreeMap<u32, Vec<(RelationId, usize)>> = BTreeMap::new();
        for goal in &proposal.add {
            for (at, column) in goal.columns.iter().enumerate() {
                if let Column::Free(free) = column {
                    columns.entry(*free).or_default().push((goal.relation, at));
                }
            }
        }
        let mut choices: Vec<(BTreeMap<u32, Word>, Vec<Word>)> = vec![(BTreeMap::new(), Vec::new())];
        for (free, places) in columns {
            let values = self.choices(&places);
            let mut longer = Vec::new();
            for (chosen, fresh) in &choices {
                for &(word, made_up) in &values {
                    let (mut chosen, mut fresh) = (chosen.clone(), fresh.clone());
                    chosen.insert(free, word);
                    fresh.extend(made_up.then_some(word));
                    longer.push((chosen, fresh));
                }
            }
            choices = longer;
            choices.truncate(12);
        }
        let unknown = self.unknown.clone();
        let complete = |(chosen, mut fresh): (BTreeMap<u32, Word>, Vec<Word>)| {
            let mut add: Vec<Tuple> = Vec::new();
            for goal in &proposal.add {
                let words: Option<Box<[Word]>> = goal
                    .columns
                    .iter()
                    .map(|column| match column {
                        Column::Is(word) => Some(*word),
                        Column::Free(free) => chosen.get(free).copied(),
                    })
                    .collect();
                add.push(Tuple { relation: goal.relation, words: words? });
            }
            add.sort();
            add.dedup();
            fresh.extend(unknown.iter().filter(|word| add.iter().any(|fact| fact.words.contains(word))));
            let value = |column: &Column| match column {
                Column::Is(word) => Some(*word),
                Column::Free(free) => chosen.get(free).copied(),
            };
            let way = proposal.way.iter().map(|(rule, goal)| Way {
                rule: *rule,
                relation: goal.relation,
                columns: goal.columns.iter().map(value).collect(),
            });
            let way = way.collect();
            Some(Candidate { add, remove: proposal.remove.clone(), fresh, way })
        };
        choices.into_iter().filter_map(complete).collect()
    }

    /// Values for some columns that must be equal, each with whether it was made up.
    fn choices(&mut self, places: &[(RelationId, usize)]) -> Vec<(Word, bool)> {
        let mut counts: BTreeMap<Word, usize> = BTreeMap::new();
        for &(relation, column) in places {
            for row in self.given(relation) {
                *counts.entry(row[column]).or_default() += 1;
            }
        }
        let Some(&(relation, column)) = places.first() else { return Vec::new() };
        let ty = self.model.program().relation(relation).columns[column].ty;
        if counts.is_empty() {
            counts.extend(domain(self.model, ty).into_iter().map(|word| (word, 0)));
        }
        let mut known: Vec<(Word, usize)> = counts.into_iter().collect();
        let types = &self.model.program().types;
        known.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| self.values.compare(types, ty, one.0, other.0)));
        let mut choices: Vec<(Word, bool)> = known.into_iter().take(4).map(|(word, _)| (word, false)).collect();
        choices.extend(self.fresh(relation, column, ty).map(|word| (word, true)));
        choices
    }

    /// A value that stands nowhere yet.
    fn fresh(&mut self, relation: RelationId, column: usize, ty: TypeId) -> Option<Word> {
        let taken = domain(self.model, ty);
        let name = self.model.program().relation(relation).columns[column].name;
        let values = Arc::make_mut(&mut self.values);
        let name = values.symbols.get(name).to_owned();
        match self.model.program().types.kind(ty) {
            Kind::Symbol => (0..)
                .map(|at| if at == 0 { format!("new_{name}") } else { format!("new_{name}_{at}") })
                .map(|name| values.symbol(&name))
                .find(|word| !taken.contains(word)),
            Kind::Number => (0..).map(|number| values.number(number)).find(|word| !taken.contains(word)),
            Kind::Unsigned => (0..).map(|number| values.unsigned(number)).find(|word| !taken.contains(word)),
            Kind::Float | Kind::Record | Kind::Adt => None,
        }
    }

    fn given(&mut self, relation: RelationId) -> &[Vec<Word>] {
        let rows = self.model.relation(relation);
        let read = || (0..rows.end_of(0)).take(20_000).map(|row| rows.row(row).to_vec()).collect();
        self.given.entry(relation).or_insert_with(read)
    }

    /// What is tried first: few facts, nothing made up, facts that people decide, facts like those that exist.
    fn rank(&mut self, candidate: &Candidate) -> (usize, usize, usize, usize, usize, String) {
        let program = self.model.program();
        let changed = candidate.add.iter().chain(&candidate.remove);
        let fixed = changed.filter(|fact| !program.relation(fact.relation).adjustable).count();
        let unlike: usize = candidate.add.iter().map(|fact| self.unlike(fact)).sum();
        let facts = candidate.add.len() + candidate.remove.len();
        (facts, candidate.fresh.len(), fixed, unlike, candidate.way.len(), self.text(candidate))
    }

    /// In how many columns a fact differs from the nearest that is given.
    fn unlike(&mut self, fact: &Tuple) -> usize {
        let differs = |row: &Vec<Word>| row.iter().zip(&fact.words).filter(|(left, right)| left != right).count();
        self.given(fact.relation).iter().map(differs).min().unwrap_or(fact.words.len() + 1)
    }

    fn text(&self, candidate: &Candidate) -> String {
        let text = |fact: &Tuple| self.model.literal_with(&self.values, fact);
        let add = candidate.add.iter().map(|fact| format!("+{}", text(fact)));
        let remove = candidate.remove.iter().map(|fact| format!("-{}", text(fact)));
        add.chain(remove).collect::<Vec<_>>().join(" ")
    }

    /// Tries candidates in order. Gives those that work, and whether all of the same size were tried.
    fn verify(&mut self, candidates: Vec<Candidate>) -> Result<(Vec<Fix>, bool), Stop> {
        let mut fixes: Vec<Fix> = Vec::new();
        let mut classes: Vec<(usize, usize, usize)> = Vec::new();
        let mut works: Vec<BTreeSet<(bool, Tuple)>> = Vec::new();
        for candidate in candidates {
            let adds = candidate.add.iter().map(|fact| (true, fact.clone()));
            let removes = candidate.remove.iter().map(|fact| (false, fact.clone()));
            let set: BTreeSet<(bool, Tuple)> = adds.chain(removes).collect();
            if works.iter().any(|smaller| smaller.is_subset(&set)) {
                continue;
            }
            // Of those that are equally good at first sight some more are tried, for the sake of their effects. Once there
            // is one that needs no invention, those that do are not wanted.
            let (facts, made_up, fixed, ..) = self.rank(&candidate);
            let class = (facts, made_up, fixed);
            let better = classes.iter().filter(|&&other| other < class).count();
            let equal = classes.len() - better;
            if better >= self.limits.fixes
                || equal >= self.limits.fixes * 3
                || made_up > 0 && fixes.iter().any(|fix| fix.fresh.is_empty())
            {
                break;
            }
            if self.tried >= self.limits.siblings {
                return Ok((self.best(fixes, &classes), false));
            }
            let Some(after) = self.try_out(&candidate.add, &candidate.remove)? else { continue };
            // No part of it may be enough.
            let facts: Vec<&(bool, Tuple)> = set.iter().collect();
            let mut least = true;
            for part in 1..(1_usize << facts.len()) - 1 {
                let chosen = |adds: bool| -> Vec<Tuple> {
                    let in_part = |at: &usize| part & (1 << at) != 0 && facts[*at].0 == adds;
                    (0..facts.len()).filter(in_part).map(|at| facts[at].1.clone()).collect()
                };
                least &= self.try_out(&chosen(true), &chosen(false))?.is_none();
            }
            works.push(set);
            if !least {
                continue;
            }
            let gives = self.matches(&after);
            let effects = effects(self.model, &after, &candidate.add, &candidate.remove);
            let Candidate { add, remove, fresh, way } = candidate;
            classes.push(class);
            fixes.push(Fix { add, remove, fresh, way, gives, effects });
        }
        Ok((self.best(fixes, &classes), true))
    }

    /// Of fixes that are equally good at first sight those with the fewest alarms first, then those that change least.
    fn best(&self, fixes: Vec<Fix>, classes: &[(usize, usize, usize)]) -> Vec<Fix> {
        let program = self.model.program();
        let alarms = |fix: &Fix| -> usize {
            let alarming = fix.effects.iter().filter(|effect| program.relation(effect.relation).alarm);
            alarming.map(|effect| effect.gained.len()).sum()
        };
        let changes = |fix: &Fix| -> usize { fix.effects.iter().map(|it| it.gained.len() + it.lost.len()).sum() };
        let mut ranked: Vec<_> =
            classes.iter().zip(fixes).map(|(class, fix)| ((*class, alarms(&fix), changes(&fix)), fix)).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().take(self.limits.fixes).map(|(_, fix)| fix).collect()
    }

    /// The sibling model after some changes, if something matches there.
    fn try_out(&mut self, add: &[Tuple], remove: &[Tuple]) -> Result<Option<Model>, Stop> {
        self.tried += 1;
        let changes = Changes { add: add.to_vec(), remove: remove.to_vec(), ..Changes::default() };
        match sibling(self.model, &changes, None, Some(Arc::clone(&self.values)), self.options) {
            Ok(after) => Ok(self.holds(&after).then_some(after)),
            Err(Stop::Failed { .. }) => Ok(None),
            Err(stop) => Err(stop),
        }
    }
}

/// What differs between two models beside some facts, in the relations that the author declared.
fn effects(before: &Model, after: &Model, add: &[Tuple], remove: &[Tuple]) -> Vec<Effect> {
    let program = before.program();
    let mut effects = Vec::new();
    for relation in program.declared_ids() {
        let (old, new) = (before.relation(relation), after.relation(relation));
        let tuple = |row: &[Word]| Tuple { relation, words: row.into() };
        // Facts of a relation in which tuples replace each other are given to another one.
        let takes = program.takes(relation);
        let among = |facts: &[Tuple], tuple: &Tuple| {
            facts.iter().any(|fact| [relation, takes].contains(&fact.relation) && fact.words == tuple.words)
        };
        let gained = new.rows().filter(|row| !old.contains(row)).map(tuple).filter(|tuple| !among(add, tuple));
        let mut gained: Vec<Tuple> = gained.collect();
        let lost = old.rows().filter(|row| !new.contains(row)).map(tuple).filter(|tuple| !among(remove, tuple));
        let mut lost: Vec<Tuple> = lost.collect();
        gained.sort_by_cached_key(|tuple| after.literal(tuple));
        lost.sort_by_cached_key(|tuple| before.literal(tuple));
        if !gained.is_empty() || !lost.is_empty() {
            effects.push(Effect { relation, gained, lost });
        }
    }
    effects.sort_by_key(|effect| {
        let declared = program.relation(effect.relation);
        (!declared.alarm, !declared.watch, effect.relation)
    });
    effects
}
