//! Rules that count: `autoinc()` gives each instance of a rule a number of its own. Which number is the engine's affair;
//! that there are as many rows as instances, and no number twice, can be checked.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::Rows;
use super::solve::{Body, Solver};
use super::{FAULTS, Fault};
use crate::eval::Stop;
use crate::eval::function::Failure;
use crate::model::Tuple;
use crate::program::{CompareOp, Literal, Program, RelationId, Role, Rule, RuleId, Term, Variable};
use crate::value::Word;

/// For each column of a head the counter that it shows, by number; nothing for the others.
type Shown = Vec<Option<usize>>;

/// Whether a rule counts.
pub(super) fn counts(rule: &Rule) -> bool {
    let mut found = false;
    rule.visit_terms(&mut |term| found |= matches!(term, Term::Autoinc));
    found
}

/// Where the head of a rule shows its counters, if each stands in a column as it is, and nothing else hangs on it.
fn shown(rule: &Rule) -> Option<Shown> {
    // `n = autoinc()` in the body gives a counter a name.
    let mut named: Vec<Variable> = Vec::new();
    let mut others: Vec<&Literal> = Vec::new();
    for literal in &rule.body {
        match literal {
            Literal::Compare(compare) if compare.op == CompareOp::Equal => match (&compare.left, &compare.right) {
                (Term::Variable(name), counter) | (counter, Term::Variable(name)) if is_counter(counter) => {
                    named.push(*name);
                }
                _ => others.push(literal),
            },
            _ => others.push(literal),
        }
    }
    let mut loose = false;
    for literal in others {
        literal.visit_terms(&mut |term| {
            loose |= matches!(term, Term::Autoinc) || matches!(term, Term::Variable(name) if named.contains(name));
        });
    }
    let mut next = named.len();
    let mut shown = Shown::new();
    for term in &rule.arguments {
        shown.push(match term {
            Term::Variable(name) => named.iter().position(|known| known == name),
            counter if is_counter(counter) => {
                next += 1;
                Some(next - 1)
            }
            other => {
                other.visit(&mut |term| {
                    loose |=
                        matches!(term, Term::Autoinc) || matches!(term, Term::Variable(name) if named.contains(name));
                });
                None
            }
        });
    }
    let all = (0..next).all(|counter| shown.contains(&Some(counter)));
    (all && !loose).then_some(shown)
}

/// `autoinc()`, as it is or as another type.
fn is_counter(term: &Term) -> bool {
    match term {
        Term::Autoinc => true,
        Term::As { term, .. } => is_counter(term),
        _ => false,
    }
}

/// What is known of the rows of a counted relation.
struct Counted {
    shown: Shown,
    rules: Vec<RuleId>,
}

/// The relations whose counting can be checked, and those where it cannot.
pub(super) struct Counters {
    checked: BTreeMap<RelationId, Counted>,
    /// Relations with counters that stand in expressions, or among which a choice is made.
    pub(super) waived: BTreeSet<RelationId>,
}

impl Counters {
    /// Looks at the rules that count. `limited` tells the relations that need not be complete.
    pub(super) fn new(program: &Program, limited: &[bool]) -> Self {
        let mut counters = Self { checked: BTreeMap::new(), waived: BTreeSet::new() };
        for (id, rule) in program.rules().filter(|(_, rule)| counts(rule)) {
            let relation = program.relation(rule.head);
            let plain = relation.choice.is_empty()
                && !matches!(relation.role, Role::Candidates { .. })
                && !limited[rule.head.0 as usize];
            match shown(rule).filter(|_| plain) {
                Some(shown) => {
                    let counted = counters.checked.entry(rule.head);
                    let counted = counted.or_insert_with(|| Counted { shown: shown.clone(), rules: Vec::new() });
                    if counted.shown == shown {
                        counted.rules.push(id);
                    } else {
                        counters.waived.insert(rule.head);
                    }
                }
                None => {
                    counters.waived.insert(rule.head);
                }
            }
        }
        counters.checked.retain(|relation, _| !counters.waived.contains(relation));
        counters
    }

    /// Compares instances and rows; marks the rows that have their instance. Gives how many instances there are.
    pub(super) fn check(
        &self,
        program: &Program,
        rows: &[Rows],
        supported: &mut [Vec<bool>],
        solver: &mut Solver<'_>,
        faults: &mut BTreeSet<Fault>,
    ) -> Result<usize, Stop> {
        let mut total = 0;
        let mut numbers: BTreeSet<Word> = BTreeSet::new();
        for (&relation, counted) in &self.checked {
            let at = relation.0 as usize;
            let rest = |words: &[Word]| -> Vec<Option<Word>> {
                words.iter().zip(&counted.shown).map(|(&word, shown)| shown.is_none().then_some(word)).collect()
            };
            // Instances by what they say besides the numbers.
            let mut instances: BTreeMap<Vec<Option<Word>>, (usize, RuleId)> = BTreeMap::new();
            for &id in &counted.rules {
                let body = Body::of_rule(program.rule(id), &program.types);
                let mut failed: Option<Failure> = None;
                let result =
                    solver.each(&body, &mut |solver, environment, _| match solver.head(&body, environment) {
                        Ok(tuple) => instances.entry(rest(&tuple)).or_insert((0, id)).0 += 1,
                        Err(failure) => failed = Some(failure),
                    })?;
                if let Some(failure) = result.err().or(failed) {
                    faults.insert(Fault::Failed(id, failure.message().to_owned()));
                }
            }
            total += instances.values().map(|(count, _)| count).sum::<usize>();
            let mut groups: BTreeMap<Vec<Option<Word>>, Vec<usize>> = BTreeMap::new();
            for row in 0..rows[at].len() {
                groups.entry(rest(rows[at].row(row))).or_default().push(row);
            }
            for (key, &(count, id)) in &instances {
                let group = groups.get(key).map_or(&[] as &[usize], Vec::as_slice);
                let other = |row: &&usize| rows[at].round(**row) == 0 || supported[at][**row];
                let free: Vec<usize> = group.iter().filter(|row| !other(row)).copied().collect();
                // A number may by chance give a row that is there anyway.
                if count > group.len() && faults.len() < FAULTS {
                    faults.insert(Fault::Unnumbered(relation, key.clone(), id));
                }
                for &row in free.iter().take(count) {
                    supported[at][row] = true;
                    if rows[at].round(row) > 1 && faults.len() < FAULTS {
                        faults.insert(Fault::Late(tuple(relation, rows[at].row(row)), id));
                    }
                    let mut own: BTreeMap<usize, Word> = BTreeMap::new();
                    let mut twice = false;
                    for (&word, shown) in rows[at].row(row).iter().zip(&counted.shown) {
                        if let Some(counter) = shown {
                            twice |= *own.entry(*counter).or_insert(word) != word;
                        }
                    }
                    twice |= own.values().filter(|word| !numbers.insert(**word)).count() > 0;
                    if twice && faults.len() < FAULTS {
                        faults.insert(Fault::Twice(tuple(relation, rows[at].row(row))));
                    }
                }
            }
        }
        Ok(total)
    }
}

fn tuple(relation: RelationId, words: &[Word]) -> Tuple {
    Tuple { relation, words: words.into() }
}
