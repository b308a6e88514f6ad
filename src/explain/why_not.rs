//! Why a tuple does not hold: for each rule that could give it, the fewest literals that fail, and what is near.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::near::{Near, Suggestion, matching, nearest, suggestions};
use super::partial::{Cell, Found, Parts, Prober, What};
use crate::check::{Argument, Pattern};
use crate::eval::{Options, Stop};
use crate::model::{Model, Tuple};
use crate::program::{CompareOp, RelationId, Role, RuleId};
use crate::source::Span;
use crate::value::{TypeId, Values, Word};

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhyNotLimits {
    /// Questions to the model: rules with literals left out.
    pub questions: usize,
    /// Literals of one rule that may fail together.
    pub failing: usize,
    /// Misses that are told.
    pub misses: usize,
    /// Bindings of one rule that fail alike and are looked at.
    pub bindings: usize,
}

impl Default for WhyNotLimits {
    fn default() -> Self {
        Self { questions: 3_000, failing: 3, misses: 3, bindings: 256 }
    }
}

/// Why nothing matches a pattern.
#[derive(Clone, Debug)]
pub struct WhyNot {
    /// The relation.
    pub relation: RelationId,
    /// What was asked for.
    pub wanted: Vec<Argument>,
    /// Whether some rule could give a tuple of the relation; if none could, it was never given.
    pub derivable: bool,
    /// Tuples of the relation that are near, the nearest first.
    pub nearest: Vec<Near>,
    /// Names that the model does not know there, with what may have been meant.
    pub suggestions: Vec<Suggestion>,
    /// Tuples that stand in the place of what was asked for: while they hold it cannot.
    pub instead: Vec<Instead>,
    /// Rules whose head has another constant than was asked for.
    pub excluded: Vec<Excluded>,
    /// The nearest misses over all rules, the nearest first.
    pub misses: Vec<Miss>,
    /// How many misses there are besides.
    pub more: usize,
    /// Rules that could give it and miss it by more than was looked at.
    pub far: Vec<RuleId>,
    /// Whether every rule was looked at as far as the limits of failing literals go.
    pub complete: bool,
    /// What its words mean.
    pub values: Arc<Values>,
}

/// A tuple that stands in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    /// The tuple.
    pub tuple: Tuple,
    /// The rule by which it replaces the other; none where it has the same key of a choice and came first.
    pub rule: Option<RuleId>,
}

/// A rule that gives other tuples only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// The rule.
    pub rule: RuleId,
    /// The column.
    pub column: usize,
    /// What the rule gives there.
    pub gives: Word,
}

/// A rule that would give it if some literals held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// The rule.
    pub rule: RuleId,
    /// The tuple that it would give, as far as the bindings agree.
    pub head: Vec<Option<Word>>,
    /// How many literals its body has.
    pub literals: usize,
    /// The literals that fail, in order.
    pub failing: Vec<Failing>,
    /// Literals that cannot be told: nothing binds what they read.
    pub untested: Vec<Span>,
    /// Bindings that fail alike.
    pub alike: usize,
    /// Whether there may be still others.
    pub more: bool,
    /// The variables in which those bindings differ, with their values, in order of their text.
    pub varies: Vec<(u32, Vec<Word>)>,
}

/// A value at a place of a literal that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// This value.
    Is(Word),
    /// The value of a variable: it differs between the bindings that fail alike, or nothing binds it.
    Variable(u32),
    /// Any value.
    Any,
}

/// A literal that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failing {
    /// No tuple matches.
    Missing {
        /// The literal.
        span: Span,
        /// The relation.
        relation: RelationId,
        /// What would be needed.
        columns: Vec<Place>,
        /// Whether some rule gives tuples of the relation.
        derivable: bool,
        /// The nearest tuples that exist.
        nearest: Vec<Near>,
    },
    /// A tuple matches what must be absent.
    Blocked {
        /// The literal.
        span: Span,
        /// The relation.
        relation: RelationId,
        /// What must be absent.
        columns: Vec<Place>,
        /// Some of the tuples that are there: `why` opens them.
        by: Vec<Tuple>,
        /// How many others there are.
        more: usize,
    },
    /// A comparison fails.
    Compared {
        /// The literal.
        span: Span,
        /// Which.
        op: CompareOp,
        /// Whether it must fail instead.
        negated: bool,
        /// Left value, where the bindings agree on one.
        left: Option<Word>,
        /// Right value.
        right: Option<Word>,
        /// The type in which both are shown.
        ty: TypeId,
    },
}

/// Why nothing matches a pattern; nothing if something does. `values` are those of the pattern's constants.
///
/// A rule is asked with its head bound and some literals left out, the fewest first: what remains can be satisfied exactly
/// if those literals are all that fails. Bindings that fail alike are one miss. This is the nearest-miss reading of
/// provenance for missing answers (Chapman and Jagadish, 2009; Bidoit, Herschel and Tzompanaki, 2014), by literals.
///
/// # Errors
/// A limit of evaluation was met, or someone interrupted.
pub fn why_not(
    model: &Model,
    pattern: &Pattern,
    values: Arc<Values>,
    limits: WhyNotLimits,
    options: &Options,
) -> Result<Option<WhyNot>, Stop> {
    let constants: Vec<Option<Word>> = pattern
        .arguments
        .iter()
        .map(|argument| match argument {
            Argument::Constant(word) => Some(*word),
            Argument::Variable(_) | Argument::Any => None,
        })
        .collect();
    if matching(model, pattern.relation, &constants).iter().any(|tuple| repeats_agree(pattern, &tuple.words)) {
        return Ok(None);
    }
    let program = model.program();
    if let Role::Counted { rounds, .. } = program.relation(pattern.relation).role {
        // In which round it would have come does not matter.
        let arguments = pattern.arguments.iter().copied().chain([Argument::Any]).collect();
        return why_not(model, &Pattern { relation: rounds, arguments }, values, limits, options);
    }
    // What may be replaced is derived under another name.
    let derived = program.takes(pattern.relation);
    let heads = program.strata.iter().flat_map(|stratum| &stratum.rules).copied();
    let mut rules: Vec<RuleId> = heads.filter(|&rule| program.rule(rule).head == derived).collect();
    let derivable = !rules.is_empty();
    if derived != pattern.relation && !matching(model, derived, &constants).is_empty() {
        rules.clear();
    }
    let mut search = Search { prober: Prober::new(model, values, limits.questions, options), limits, complete: true };
    let instead = search.instead(pattern.relation, &constants)?;
    let mut excluded = Vec::new();
    let mut open = Vec::new();
    let mut given = false;
    for &rule in &rules {
        match search.bind(rule, pattern) {
            Ok(bound) => {
                given |= !instead.is_empty() && search.gives(rule, &bound)?;
                open.push((rule, bound));
            }
            Err(found) => excluded.push(found),
        }
    }
    // What was replaced, or came too late for a choice, misses nothing.
    if given {
        open.clear();
    }
    let mut misses: Vec<Miss> = Vec::new();
    for failing in 1..=limits.failing {
        let mut next = Vec::new();
        for (rule, bound) in open {
            let found = search.misses(rule, &bound, failing)?;
            if found.is_empty() {
                next.push((rule, bound));
            }
            misses.extend(found);
        }
        open = next;
        if misses.len() >= limits.misses {
            break;
        }
    }
    let prober = search.prober;
    let far = |miss: &Miss| (miss.failing.len(), miss.untested.len(), distance(miss), miss.rule);
    misses.sort_by_cached_key(far);
    let more = misses.len().saturating_sub(limits.misses);
    misses.truncate(limits.misses);
    Ok(Some(WhyNot {
        relation: pattern.relation,
        wanted: pattern.arguments.clone(),
        derivable,
        nearest: nearest(model, &prober.values, pattern.relation, &constants, 3),
        suggestions: suggestions(model, &prober.values, pattern.relation, &constants),
        instead,
        excluded,
        misses,
        more,
        far: open.into_iter().map(|(rule, _)| rule).collect(),
        complete: search.complete,
        values: prober.values,
    }))
}

/// Whether a tuple has equal values wherever a pattern has one variable.
pub(super) fn repeats_agree(pattern: &Pattern, words: &[Word]) -> bool {
    pattern.arguments.iter().enumerate().all(|(at, argument)| match argument {
        Argument::Variable(_) => {
            let first = pattern.arguments.iter().position(|other| other == argument).unwrap_or(at);
            words[first] == words[at]
        }
        Argument::Constant(_) | Argument::Any => true,
    })
}

/// In how many columns the nearest tuples of its missing literals differ.
fn distance(miss: &Miss) -> usize {
    let far = |failing: &Failing| match failing {
        Failing::Missing { nearest, columns, .. } => {
            nearest.first().map_or(columns.len() + 1, |near| near.differs.len())
        }
        Failing::Blocked { .. } | Failing::Compared { .. } => 0,
    };
    miss.failing.iter().map(far).sum()
}

struct Search<'a> {
    prober: Prober<'a>,
    limits: WhyNotLimits,
    complete: bool,
}

impl Search<'_> {
    /// The slots that a pattern binds, or the constant of the head that excludes it.
    fn bind(&mut self, rule: RuleId, pattern: &Pattern) -> Result<Vec<(usize, Word)>, Excluded> {
        let parts = self.prober.parts(rule);
        let mut bound = Vec::new();
        for (column, (cell, argument)) in parts.head.iter().zip(&pattern.arguments).enumerate() {
            let Argument::Constant(word) = *argument else { continue };
            match *cell {
                Cell::Slot(slot) => bound.push((slot, word)),
                Cell::Constant(gives) if gives != word => return Err(Excluded { rule, column, gives }),
                Cell::Constant(_) | Cell::Any => {}
            }
        }
        Ok(bound)
    }

    /// Whether the body of a rule holds as it is.
    fn gives(&mut self, rule: RuleId, bound: &[(usize, Word)]) -> Result<bool, Stop> {
        let parts = self.prober.parts(rule);
        let found = self.prober.ask(&parts, bound, &[], &[], 1)?;
        Ok(found.is_some_and(|found| !found.rows.is_empty()))
    }

    /// The tuples that stand in the place of a wanted one.
    fn instead(&mut self, relation: RelationId, wanted: &[Option<Word>]) -> Result<Vec<Instead>, Stop> {
        let model = self.prober.model;
        let declared = model.program().relation(relation);
        let mut found: Vec<Instead> = Vec::new();
        for key in &declared.choice {
            if key.iter().all(|&column| wanted[column].is_some()) {
                let of = |(column, word): (usize, &Option<Word>)| word.filter(|_| key.contains(&column));
                let key: Vec<Option<Word>> = wanted.iter().enumerate().map(of).collect();
                let taken = matching(model, relation, &key);
                found.extend(taken.into_iter().map(|tuple| Instead { tuple, rule: None }));
            }
        }
        let Role::Survivors { candidates } = declared.role else { return Ok(found) };
        let Role::Candidates { replaced, .. } = model.program().relation(candidates).role else { return Ok(found) };
        let words: Option<Vec<Word>> = wanted.iter().copied().collect();
        let Some(words) = words else { return Ok(found) };
        let rules: Vec<RuleId> =
            model.program().rules().filter(|(_, rule)| rule.head == replaced).map(|(id, _)| id).collect();
        for rule in rules {
            // Its first two atoms are the tuple that goes and the one that stays: the first is taken to be there.
            let parts = self.prober.parts(rule);
            let Some(What::Atom { columns, .. }) = parts.parts.get(1).map(|part| &part.what) else { continue };
            let bound: Vec<(usize, Word)> = parts
                .head
                .iter()
                .zip(&words)
                .filter_map(|(cell, &word)| if let Cell::Slot(slot) = *cell { Some((slot, word)) } else { None })
                .collect();
            let asked: Vec<usize> = columns
                .iter()
                .filter_map(|cell| if let Cell::Slot(slot) = *cell { Some(slot) } else { None })
                .collect();
            let Some(rows) = self.prober.ask(&parts, &bound, &[0], &asked, self.limits.bindings)? else { continue };
            for row in rows.rows {
                let row: BTreeMap<usize, Word> = row.into_iter().collect();
                let of = |cell: &Cell| match *cell {
                    Cell::Constant(word) => Some(word),
                    Cell::Slot(slot) => row.get(&slot).copied(),
                    Cell::Any => None,
                };
                let pattern: Vec<Option<Word>> = columns.iter().map(of).collect();
                // Of what would replace it, what is left.
                let stays = matching(model, relation, &pattern).into_iter().filter(|other| *other.words != *words);
                found.extend(stays.map(|tuple| Instead { tuple, rule: Some(rule) }));
            }
        }
        found.sort_by_cached_key(|instead| (model.literal(&instead.tuple), instead.rule));
        found.dedup_by(|one, other| one.tuple == other.tuple);
        found.truncate(self.limits.misses);
        Ok(found)
    }

    /// The misses of a rule by so many literals.
    fn misses(&mut self, rule: RuleId, bound: &[(usize, Word)], failing: usize) -> Result<Vec<Miss>, Stop> {
        let parts = self.prober.parts(rule);
        let mut misses = Vec::new();
        let mut dropped: Vec<usize> = (0..failing).collect();
        while dropped.last().is_some_and(|&last| last < parts.parts.len()) {
            let mut wanted: Vec<usize> = dropped.iter().flat_map(|&part| parts.slots(part)).collect();
            wanted.extend(parts.head.iter().filter_map(|cell| match cell {
                Cell::Slot(slot) => Some(*slot),
                Cell::Constant(_) | Cell::Any => None,
            }));
            wanted.sort_unstable();
            wanted.dedup();
            let Some(found) = self.prober.ask(&parts, bound, &dropped, &wanted, self.limits.bindings)? else {
                self.complete = false;
                return Ok(misses);
            };
            if !found.rows.is_empty() {
                misses.push(self.miss(&parts, &dropped, &found));
            }
            if !next_subset(&mut dropped, parts.parts.len()) {
                break;
            }
        }
        Ok(misses)
    }

    /// What one set of literals left out says.
    fn miss(&self, parts: &Parts, dropped: &[usize], found: &Found) -> Miss {
        let model = self.prober.model;
        let rows: Vec<BTreeMap<usize, Word>> = found.rows.iter().map(|row| row.iter().copied().collect()).collect();
        let agreed = |slot: usize| {
            let first = rows.first().and_then(|row| row.get(&slot)).copied();
            first.filter(|first| rows.iter().all(|row| row.get(&slot) == Some(first)))
        };
        let place = |cell: &Cell| match *cell {
            Cell::Constant(word) => Place::Is(word),
            Cell::Any => Place::Any,
            Cell::Slot(slot) => match agreed(slot) {
                Some(word) => Place::Is(word),
                None if slot < parts.own => Place::Variable(u32::try_from(slot).unwrap_or(u32::MAX)),
                None => Place::Any,
            },
        };
        let value = |cell: &Cell| match place(cell) {
            Place::Is(word) => Some(word),
            Place::Variable(_) | Place::Any => None,
        };
        let failing = dropped.iter().map(|&at| {
            let part = &parts.parts[at];
            match &part.what {
                What::Atom { relation, negated, columns } => {
                    let (relation, span) = (*relation, part.span);
                    let places: Vec<Place> = columns.iter().map(place).collect();
                    if *negated {
                        let mut by: Vec<Tuple> = Vec::new();
                        for row in &rows {
                            let of = |cell: &Cell| match *cell {
                                Cell::Constant(word) => Some(word),
                                Cell::Slot(slot) => row.get(&slot).copied(),
                                Cell::Any => None,
                            };
                            let blocked: Vec<Option<Word>> = columns.iter().map(of).collect();
                            let fits = |tuple: &Tuple| {
                                parts.fits(at, &tuple.words, &|slot| row.get(&slot).copied(), &self.prober.values)
                            };
                            by.extend(matching(model, relation, &blocked).into_iter().filter(fits));
                        }
                        by.sort_by_cached_key(|tuple| model.literal(tuple));
                        by.dedup();
                        let more = by.len().saturating_sub(3);
                        by.truncate(3);
                        return Failing::Blocked { span, relation, columns: places, by, more };
                    }
                    let derivable = model.program().rules.iter().any(|rule| rule.head == relation);
                    let mut near: Vec<Near> = Vec::new();
                    let mut seen: Vec<Vec<Option<Word>>> = Vec::new();
                    for row in &rows {
                        let of = |cell: &Cell| match *cell {
                            Cell::Constant(word) => Some(word),
                            Cell::Slot(slot) => row.get(&slot).copied(),
                            Cell::Any => None,
                        };
                        let pattern: Vec<Option<Word>> = columns.iter().map(of).collect();
                        if !seen.contains(&pattern) && seen.len() < 16 {
                            near.extend(nearest(model, &self.prober.values, relation, &pattern, 2));
                            seen.push(pattern);
                        }
                    }
                    near.sort_by_key(|near| near.differs.len());
                    let mut told = BTreeSet::new();
                    near.retain(|near| told.insert(near.tuple.clone()));
                    near.truncate(2);
                    let nearest = near;
                    Failing::Missing { span, relation, columns: places, derivable, nearest }
                }
                What::Compare { op, negated, left, right, ty, .. } => Failing::Compared {
                    span: part.span,
                    op: *op,
                    negated: *negated,
                    left: value(left),
                    right: value(right),
                    ty: *ty,
                },
            }
        });
        let failing = failing.collect();
        let mut varies = Vec::new();
        for slot in 0..parts.own {
            let mut words: Vec<Word> = rows.iter().filter_map(|row| row.get(&slot)).copied().collect();
            if agreed(slot).is_none() && !words.is_empty() {
                // Rows come in order of their text, column by column; of one column the order is made here.
                let types = &model.program().types;
                let ty = model.program().rule(parts.rule).variables[slot].ty;
                words.sort_by(|&left, &right| self.prober.values.compare(types, ty, left, right));
                words.dedup();
                varies.push((u32::try_from(slot).unwrap_or(u32::MAX), words));
            }
        }
        Miss {
            rule: parts.rule,
            head: parts.head.iter().map(value).collect(),
            literals: parts.parts.len(),
            failing,
            untested: found.untested.iter().map(|&at| parts.parts[at].span).collect(),
            alike: rows.len(),
            more: found.more,
            varies,
        }
    }
}

/// The next set of as many numbers below `bound`, in lexical order. Gives whether there is one.
pub(super) fn next_subset(set: &mut [usize], bound: usize) -> bool {
    let count = set.len();
    for at in (0..count).rev() {
        if set[at] + (count - at) < bound {
            set[at] += 1;
            for next in at + 1..count {
                set[next] = set[next - 1] + 1;
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets_come_in_order() {
        let mut set = vec![0, 1];
        let mut seen = vec![set.clone()];
        while next_subset(&mut set, 4) {
            seen.push(set.clone());
        }
        assert_eq!(seen, [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
        assert!(!next_subset(&mut [], 3));
    }
}
