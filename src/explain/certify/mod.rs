//! The certificate: a whole model checked against its program, by code that shares neither storage nor joins nor plans
//! with the engine.
//!
//! For a stratified program the model is right if and only if (a) one naive pass of all rules over it derives nothing
//! new, (b) every derived row has a rule instance whose premises in the same stratum came in earlier rounds, (c) the rows
//! of round 0 are the given ones. One enumeration of all rule instances decides (a) and (b): each instance's head must
//! be there, and is supported if its premises are older. Negation and aggregates read lower strata, which are certified
//! themselves.

mod counters;
pub(super) mod rows;
pub(super) mod solve;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::eval::{Options, Stop};
use crate::model::{Model, Tuple};
use crate::program::{Literal, Program, RelationDecl, RelationId, Role, RuleId};
use crate::storage::{Database, Round};
use crate::syntax::ast::DirectiveKind;
use crate::value::{TypeTable, Values, Word};
use counters::Counters;
use rows::Rows;
use solve::{Body, Solver};

/// What is wrong with a model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A rule derives the tuple, and the model does not have it.
    Missing(Tuple, RuleId),
    /// No rule derives the tuple from older ones, and it was not given.
    Unsupported(Tuple),
    /// The rule derives the tuple from tuples that are all older than its round says.
    Late(Tuple, RuleId),
    /// The tuple agrees with an older one on a key of a choice.
    Clash(Tuple),
    /// The tuple stands in round 0, and was not given.
    NotGiven(Tuple),
    /// The tuple was given, and round 0 does not have it.
    Lost(Tuple),
    /// A tuple of an earlier round, that nothing had replaced, replaces the tuple: it should not have come in.
    Replaced(Tuple),
    /// An instance of a rule that counts has no row; its columns, those with numbers left out.
    Unnumbered(RelationId, Vec<Option<Word>>, RuleId),
    /// The tuple has a number of `autoinc()` that another one has, or two for one.
    Twice(Tuple),
    /// A functor fails that the evaluation went through with.
    Failed(RuleId, String),
}

/// What a certificate found.
#[derive(Clone, Debug, Default)]
pub struct Certificate {
    /// The faults, sorted; none where the model is right. At most [`FAULTS`] are listed.
    pub faults: Vec<Fault>,
    /// How many rows were checked.
    pub rows: usize,
    /// How many rule instances were enumerated.
    pub instances: usize,
    /// What the certificate does not speak for, in words.
    pub waived: Vec<String>,
    /// What the words of the faults mean: those of the model, and what rules computed that it does not have.
    pub values: Arc<Values>,
}

/// How many faults are listed.
pub const FAULTS: usize = 100;

/// Certifies a model. `given` holds the given tuples as they were before evaluation, over the same program.
///
/// # Errors
/// Someone interrupted, or time ran out.
pub fn certify(model: &Model, given: &Database, options: &Options) -> Result<Certificate, Stop> {
    let program = model.program();
    let rows: Vec<Rows> = program.relation_ids().map(|id| Rows::new(model.relation(id))).collect();
    let mut certificate = Certificate { rows: rows.iter().map(Rows::len).sum(), ..Certificate::default() };
    let mut faults = BTreeSet::new();
    let mut solver = Solver::new(model, &rows, options);
    for id in program.relation_ids() {
        given_faults(id, model, given, &mut solver, &mut faults);
    }
    let mut supported: Vec<Vec<bool>> = rows.iter().map(|rows| vec![false; rows.len()]).collect();
    let strata = program.stratum_of();
    let limited: Vec<bool> = program.relation_ids().map(|id| limited(program, &strata, id)).collect();
    for id in program.relation_ids().filter(|id| limited[id.0 as usize]) {
        certificate.waived.push(format!("{}: .limitsize may end its evaluation early", model.name(id)));
    }
    // What replaces what: relation, the row that is replaced, the row that replaces it.
    let mut replaced: Vec<(RelationId, usize, usize)> = Vec::new();
    let counters = Counters::new(program, &limited);
    for &id in &counters.waived {
        certificate.waived.push(format!("{}: what is made of autoinc() follows the order of work", model.name(id)));
        supported[id.0 as usize].fill(true);
    }
    for (id, rule) in program.rules() {
        let head = rule.head.0 as usize;
        if counters::counts(rule) {
            continue;
        }
        let stratum = strata[head];
        let body = Body::of_rule(rule, &program.types);
        let own = &program.strata[stratum].relations;
        let grows = rule.aggregates_over(own);
        // A candidate may be kept out in one round, and come in a later one where nothing replaces it any more.
        let chooses = !program.relation(rule.head).choice.is_empty();
        let waits = matches!(program.relation(rule.head).role, Role::Candidates { .. });
        let candidates = match (program.relation(rule.head).role, rule.body.first()) {
            (Role::Replaced { .. }, Some(Literal::Positive(atom))) => Some(atom.relation),
            _ => None,
        };
        let instances = &mut certificate.instances;
        let result = solver.each(&body, &mut |solver, environment, premises| {
            *instances += 1;
            let tuple = match solver.head(&body, environment) {
                Ok(tuple) => tuple,
                Err(failure) => {
                    faults.insert(Fault::Failed(id, failure.message().to_owned()));
                    return;
                }
            };
            let newest = premises
                .iter()
                .filter(|(relation, _)| strata[relation.0 as usize] == stratum)
                .map(|&(relation, row)| rows[relation.0 as usize].round(row))
                .max();
            if let Some(id) = candidates
                && let Some(low) = rows[id.0 as usize].find(&tuple)
            {
                let others = premises.iter().filter(|(relation, row)| *relation == id && *row != low);
                replaced.extend(others.map(|&(_, high)| (id, low, high)));
            }
            // The first round that sees all premises; those of lower strata are older than any row of this one.
            let first = newest.map_or(1, |newest| newest.saturating_add(1));
            let fault = |fault: fn(Tuple, RuleId) -> Fault, words: Vec<Word>| {
                fault(Tuple { relation: rule.head, words: words.into() }, id)
            };
            match rows[head].find(&tuple) {
                None if limited[head] => {}
                // In which round it would have come is looked at below.
                None if grows && chooses => {}
                None => {
                    let chooser = Chooser { declared: program.relation(rule.head), types: &program.types };
                    if chooser.blocks(&rows[head], &tuple, first, solver.values()) {
                        return;
                    }
                    match solver.replaced(rule.head, &tuple) {
                        Ok(replaced) => {
                            if !replaced && faults.len() < FAULTS {
                                faults.insert(fault(Fault::Missing, tuple));
                            }
                        }
                        Err(failure) => {
                            faults.insert(Fault::Failed(id, failure.message().to_owned()));
                        }
                    }
                }
                // What an aggregate over the stratum itself was in a round is looked at below.
                Some(_) if grows => {}
                Some(row) => {
                    let round = rows[head].round(row);
                    if first < round && !waits && faults.len() < FAULTS {
                        faults.insert(fault(Fault::Late, tuple));
                    }
                    if first <= round {
                        supported[head][row] = true;
                    }
                }
            }
        })?;
        if grows {
            // What an aggregate over the stratum itself was when a tuple came: each round is looked at as it began.
            let mut rounds: BTreeSet<Round> = rows[head].rounds().into_iter().collect();
            if chooses {
                let began = own.iter().flat_map(|id| rows[id.0 as usize].rounds());
                rounds.extend(std::iter::once(1).chain(began.map(|round| round.saturating_add(1))));
            }
            for round in rounds {
                solver.look_back(Some((own.clone(), round)));
                solver
                    .each(&body, &mut |solver, environment, _| {
                        let Ok(tuple) = solver.head(&body, environment) else { return };
                        match rows[head].find(&tuple) {
                            Some(row) if rows[head].round(row) >= round => supported[head][row] = true,
                            None if chooses && !limited[head] && faults.len() < FAULTS => {
                                let chooser = Chooser { declared: program.relation(rule.head), types: &program.types };
                                if !chooser.blocks(&rows[head], &tuple, round, solver.values()) {
                                    let tuple = Tuple { relation: rule.head, words: tuple.into() };
                                    faults.insert(Fault::Missing(tuple, id));
                                }
                            }
                            _ => {}
                        }
                    })?
                    .unwrap_or_default();
            }
            solver.look_back(None);
        }
        if let Err(failure) = result {
            faults.insert(Fault::Failed(id, failure.message().to_owned()));
        }
    }
    certificate.instances += counters.check(program, &rows, &mut supported, &mut solver, &mut faults)?;
    for id in program.relation_ids() {
        let at = id.0 as usize;
        for (row, supported) in supported[at].iter().enumerate() {
            if !supported && rows[at].round(row) > 0 && faults.len() < FAULTS {
                faults.insert(Fault::Unsupported(Tuple { relation: id, words: rows[at].row(row).into() }));
            }
        }
    }
    for (id, row) in intruders(&rows, &replaced) {
        if faults.len() < FAULTS {
            faults.insert(Fault::Replaced(Tuple { relation: id, words: rows[id.0 as usize].row(row).into() }));
        }
    }
    certificate.faults = faults.into_iter().take(FAULTS).collect();
    certificate.values = solver.share_values();
    certificate.waived.sort();
    certificate.waived.dedup();
    Ok(certificate)
}

/// The candidates of a subsumption that should not have come in: a tuple of an earlier round replaces them, and nothing
/// had replaced that one by then.
fn intruders(rows: &[Rows], replaced: &[(RelationId, usize, usize)]) -> BTreeSet<(RelationId, usize)> {
    let round = |id: RelationId, row: usize| rows[id.0 as usize].round(row);
    let mut since: BTreeMap<(RelationId, usize), Round> = BTreeMap::new();
    for &(id, low, high) in replaced {
        let came = round(id, high);
        since.entry((id, low)).and_modify(|first| *first = came.min(*first)).or_insert(came);
    }
    let intrudes = |&&(id, low, high): &&(RelationId, usize, usize)| {
        let came = round(id, low);
        round(id, high) < came && since.get(&(id, high)).is_none_or(|&gone| gone >= came)
    };
    replaced.iter().filter(intrudes).map(|&(id, low, _)| (id, low)).collect()
}

/// Whether a relation's stratum may have ended early.
fn limited(program: &Program, strata: &[usize], id: RelationId) -> bool {
    program.directives.iter().any(|directive| {
        directive.kind == DirectiveKind::Limitsize && strata[directive.relation.0 as usize] == strata[id.0 as usize]
    })
}

/// What `choice-domain` keeps out: of the tuples that agree on a key, the first stays, by round and then by value.
struct Chooser<'a> {
    declared: &'a RelationDecl,
    types: &'a TypeTable,
}

impl Chooser<'_> {
    fn key(columns: &[usize], tuple: &[Word]) -> Vec<Word> {
        columns.iter().map(|&column| tuple[column]).collect()
    }

    /// Whether a row keeps out a tuple that is first derived in a round: it agrees with it on a key, and comes before it.
    fn blocks(&self, rows: &Rows, tuple: &[Word], first: Round, values: &Values) -> bool {
        self.declared.choice.iter().any(|columns| {
            let index = rows.index(columns);
            let found = index.get(&Self::key(columns, tuple)).map_or(&[] as &[usize], Vec::as_slice);
            found.iter().any(|&row| {
                let round = rows.round(row);
                round < first || round == first && self.compare(rows.row(row), tuple, values).is_lt()
            })
        })
    }

    fn compare(&self, left: &[Word], right: &[Word], values: &Values) -> Ordering {
        let columns = self.declared.columns.iter().zip(left.iter().zip(right));
        let mut orders = columns.map(|(column, (&left, &right))| values.compare(self.types, column.ty, left, right));
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// The rows that agree on a key with one before them.
    fn clashes(&self, rows: &Rows) -> BTreeSet<usize> {
        let mut clashes = BTreeSet::new();
        for columns in &self.declared.choice {
            let mut seen = BTreeSet::new();
            clashes.extend((0..rows.len()).filter(|&row| !seen.insert(Self::key(columns, rows.row(row)))));
        }
        clashes
    }
}

/// Compares the rows of round 0 with the given tuples.
fn given_faults(
    id: RelationId,
    model: &Model,
    given: &Database,
    solver: &mut Solver<'_>,
    faults: &mut BTreeSet<Fault>,
) {
    let relation = model.relation(id);
    let end = relation.end_of(0) as usize;
    let tuples = |rows: &mut dyn Iterator<Item = &[Word]>| rows.map(<[Word]>::to_vec).collect::<BTreeSet<_>>();
    let loaded = tuples(&mut given.relation(id).rows());
    let first = tuples(&mut relation.rows().take(end));
    let tuple = |words: &Vec<Word>| Tuple { relation: id, words: words.as_slice().into() };
    let room = FAULTS.saturating_sub(faults.len());
    faults.extend(first.difference(&loaded).take(room).map(|words| Fault::NotGiven(tuple(words))));
    let chosen = Rows::new(relation);
    let chooser = Chooser { declared: model.program().relation(id), types: &model.program().types };
    let lost = loaded.difference(&first).filter(|words| !chooser.blocks(&chosen, words, 0, given.values()));
    let lost: Vec<_> = lost.filter(|words| !solver.replaced(id, words).unwrap_or(false)).collect();
    faults.extend(lost.into_iter().take(room).map(|words| Fault::Lost(tuple(words))));
    let clashes = chooser.clashes(&chosen).into_iter().map(|row| chosen.row(row).to_vec());
    faults.extend(clashes.take(room).map(|words| Fault::Clash(tuple(&words))));
}

impl Certificate {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }
}

impl Fault {
    /// The kind of fault in one word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing(..) => "missing",
            Self::Unsupported(_) => "unsupported",
            Self::Late(..) => "late",
            Self::Clash(_) => "clash",
            Self::Unnumbered(..) => "unnumbered",
            Self::Twice(_) => "twice",
            Self::NotGiven(_) => "not given",
            Self::Lost(_) => "lost",
            Self::Replaced(_) => "replaced",
            Self::Failed(..) => "failed",
        }
    }

    /// The row at fault; none where a rule fails.
    #[must_use]
    pub fn tuple(&self) -> Option<&Tuple> {
        match self {
            Self::Missing(tuple, _)
            | Self::Unsupported(tuple)
            | Self::Late(tuple, _)
            | Self::Clash(tuple)
            | Self::Twice(tuple)
            | Self::NotGiven(tuple)
            | Self::Replaced(tuple)
            | Self::Lost(tuple) => Some(tuple),
            Self::Unnumbered(..) | Self::Failed(..) => None,
        }
    }

    /// The fault in words, naming the row; `values` are the certificate's.
    #[must_use]
    pub fn describe(&self, model: &Model, values: &Values) -> String {
        let rule = |id: &RuleId| match model.label(*id) {
            Some(label) => format!("rule `{label}`"),
            None => format!("the rule at {}", model.sources().location(model.program().rule(*id).span)),
        };
        match self {
            Self::Missing(tuple, id) => {
                format!("{} is missing: {} derives it", model.literal_with(values, tuple), rule(id))
            }
            Self::Unsupported(tuple) => {
                format!("{} is unsupported: no rule derives it from older tuples", model.literal_with(values, tuple))
            }
            Self::Late(tuple, id) => {
                format!(
                    "{} comes late: {} derives it from tuples of earlier rounds",
                    model.literal_with(values, tuple),
                    rule(id)
                )
            }
            Self::Clash(tuple) => {
                format!("{} agrees with an older tuple on a key of its choice", model.literal_with(values, tuple))
            }
            Self::NotGiven(tuple) => {
                format!("{} counts as given, and nothing gave it", model.literal_with(values, tuple))
            }
            Self::Lost(tuple) => {
                format!("{} was given, and is not among the given rows", model.literal_with(values, tuple))
            }
            Self::Replaced(tuple) => {
                format!("{} came in, and an older tuple replaces it", model.literal_with(values, tuple))
            }
            Self::Unnumbered(relation, known, id) => {
                let program = model.program();
                let columns = known.iter().zip(&program.relation(*relation).columns);
                let shown = columns.map(|(word, column)| match word {
                    Some(word) => values.decode(&program.types, column.ty, *word).literal(),
                    None => "_".to_owned(),
                });
                let shown = shown.collect::<Vec<_>>().join(", ");
                format!("{}({shown}) is missing a number: {} has more such instances", model.name(*relation), rule(id))
            }
            Self::Twice(tuple) => {
                format!("{} has a number that stands elsewhere too", model.literal_with(values, tuple))
            }
            Self::Failed(id, message) => format!("{} fails: {message}", rule(id)),
        }
    }
}
