//! What two models differ in: facts, rules and conclusions gained and lost, and of each conclusion the cause. A cause is
//! a change of the inputs: a fact, or a rule with the literals in which it changed. It is found by walking the proof of
//! the conclusion, in the model where it holds, to the first premises that are missing on the other side.

mod bridge;
mod causes;
mod rules;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::eval::{Options, Stop};
use crate::model::{Model, Tuple};
use crate::program::{RelationId, RuleId};
use bridge::Bridge;
use causes::Search;
pub use rules::{RuleChange, RuleEvent};

/// On which side of a comparison something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// In the old model only: lost.
    Old,
    /// In the new model only: gained.
    New,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Old => Self::New,
            Self::New => Self::Old,
        }
    }

    /// `-` for what is lost, `+` for what is gained.
    #[must_use]
    pub fn sign(self) -> char {
        match self {
            Self::Old => '-',
            Self::New => '+',
        }
    }
}

/// A tuple that holds on one side only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sided {
    /// Where it holds.
    pub side: Side,
    /// The tuple, in the words of that side's model.
    pub tuple: Tuple,
}

/// Why a conclusion changed: a change of what the models are made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A rule changed: a position in [`Diff::rules`].
    Rule(usize),
    /// A fact is given on one side only: a position in [`Diff::facts`].
    Fact(usize),
    /// Neither: a declaration changed, or the search was cut off.
    Other,
}

/// Where the proof of a conclusion breaks on the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The rule that gives the conclusion where it holds.
    pub rule: RuleId,
    /// The literal that fails on the other side, counted from 0; none where the rule itself is not there.
    pub literal: Option<usize>,
}

/// A conclusion that holds on one side only.
#[derive(Clone, Debug)]
pub struct Change {
    /// What, and on which side.
    pub at: Sided,
    /// Whether it was given and not derived.
    pub given: bool,
    /// Whether its relation is an alarm.
    pub alarm: bool,
    /// Its causes, the first found first: positions in [`Diff::causes`].
    pub causes: Vec<usize>,
    /// Where its own proof breaks; none for a given fact.
    pub broken: Option<Break>,
    /// The conclusion of the other side that differs from it in one column and stands in its place: a position in
    /// [`Diff::changes`].
    pub instead: Option<usize>,
}

/// A relation that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationChange {
    /// Its name.
    pub name: String,
    /// Whether its tuples are listed in [`Diff::changes`]; else they are only counted.
    pub listed: bool,
    /// Whether it is an alarm.
    pub alarm: bool,
    /// How many tuples the new model has beyond the old.
    pub gained: usize,
    /// How many tuples only the old model has.
    pub lost: usize,
}

/// Two models and what they differ in.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The model before.
    pub old: Model,
    /// The model after.
    pub new: Model,
    /// Facts given on one side only: those lost first, then by relation and value.
    pub facts: Vec<Sided>,
    /// Rules gained, lost and changed, in order of their text.
    pub rules: Vec<RuleChange>,
    /// Relations with different tuples, by name. Those that hold only facts of [`Self::facts`] are among them.
    pub relations: Vec<RelationChange>,
    /// The changed tuples of the listed relations, by relation and value.
    pub changes: Vec<Change>,
    /// The causes of changes, rules first.
    pub causes: Vec<Cause>,
}

/// What is compared, and how far causes are followed.
#[derive(Clone, Debug, Default)]
pub struct DiffOptions {
    /// Names of relations that are listed beside those marked `@[watch]` or `@[alarm]`.
    pub watch: Vec<String>,
    /// How proofs are looked for.
    pub eval: Options,
}

/// Compares two models. Tuples are compared by value, rules by their normal text; places and comments do not count.
///
/// Listed are the relations that are watched or alarms; where none is marked, all that have a sentence; where none has,
/// all that rules derive.
///
/// # Errors
/// Someone interrupted, or a limit was met.
pub fn diff(old: &Model, new: &Model, options: &DiffOptions) -> Result<Diff, Stop> {
    let rules = rules::Matched::new(old, new);
    let forth = Bridge::new(old, new);
    let back = Bridge::new(new, old);
    let mut facts = missing_facts(&forth, Side::Old);
    facts.extend(missing_facts(&back, Side::New));
    let listed = listed(old, new, options);
    let mut relations: BTreeMap<String, RelationChange> = BTreeMap::new();
    let mut found = Vec::new();
    for (side, bridge) in [(Side::Old, &forth), (Side::New, &back)] {
        let model = bridge.from;
        for id in model.program().declared_ids() {
            let missing = bridge.missing(id);
            if missing.is_empty() {
                continue;
            }
            let name = model.name(id).to_owned();
            let alarm = is_alarm(old, new, &name);
            let is_listed = listed.contains(&name);
            let entry = relations.entry(name.clone()).or_insert_with(|| RelationChange {
                name,
                listed: is_listed,
                alarm,
                gained: 0,
                lost: 0,
            });
            match side {
                Side::Old => entry.lost += missing.len(),
                Side::New => entry.gained += missing.len(),
            }
            if is_listed {
                found.extend(missing.into_iter().map(|tuple| (Sided { side, tuple }, alarm)));
            }
        }
    }
    let mut search = Search::new(&forth, &back, &rules, &facts, options);
    let mut changes = Vec::new();
    for (at, alarm) in found {
        let found = search.causes(&at)?;
        let model = side_of(old, new, at.side);
        let given = model.rank(&at.tuple).is_some_and(|rank| rank.round == 0);
        changes
            .push((Change { at, given, alarm, causes: Vec::new(), broken: found.broken, instead: None }, found.causes));
    }
    changes.sort_by(|(left, _), (right, _)| order(old, new, &left.at, &right.at));
    let mut causes: Vec<Cause> = changes.iter().flat_map(|(_, causes)| causes.iter().cloned()).collect();
    causes.sort_unstable();
    causes.dedup();
    let number = |cause: &Cause| causes.binary_search(cause).ok();
    let mut changes: Vec<Change> = changes
        .into_iter()
        .map(|(change, of)| Change { causes: of.iter().filter_map(number).collect(), ..change })
        .collect();
    pair(old, new, &mut changes);
    let relations = relations.into_values().collect();
    Ok(Diff { old: old.clone(), new: new.clone(), facts, rules: rules.changes, relations, changes, causes })
}

impl Diff {
    /// The model of a side.
    #[must_use]
    pub fn model(&self, side: Side) -> &Model {
        side_of(&self.old, &self.new, side)
    }

    /// Whether neither facts nor rules nor conclusions differ.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.rules.is_empty() && self.relations.is_empty()
    }

    /// Whether a listed relation changed.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.relations.iter().any(|relation| relation.listed)
    }

    /// Changes by their first cause, in the order of causes; those that replace another stand with the one gained.
    #[must_use]
    pub fn groups(&self) -> Vec<(&Cause, Vec<&Change>)> {
        let mut groups: Vec<(&Cause, Vec<&Change>)> = self.causes.iter().map(|cause| (cause, Vec::new())).collect();
        for change in &self.changes {
            if change.instead.is_some() && change.at.side == Side::Old {
                continue;
            }
            if let Some(&first) = change.causes.first() {
                groups[first].1.push(change);
            }
        }
        groups.retain(|(_, changes)| !changes.is_empty());
        groups
    }
}

fn side_of<'a>(old: &'a Model, new: &'a Model, side: Side) -> &'a Model {
    match side {
        Side::Old => old,
        Side::New => new,
    }
}

fn is_alarm(old: &Model, new: &Model, name: &str) -> bool {
    let marked = |model: &Model| model.find(name).is_some_and(|id| model.program().relation(id).alarm);
    marked(new) || marked(old)
}

/// Facts that one side is given and the other is not, by relation and value.
fn missing_facts(bridge: &Bridge<'_>, side: Side) -> Vec<Sided> {
    let model = bridge.from;
    let mut facts = Vec::new();
    for id in model.program().relation_ids() {
        let given = model.relation(id).end_of(0) as usize;
        let rows = model.relation(id).rows().take(given);
        let elsewhere = |row: &&[u32]| bridge.tuple(id, row).is_some_and(|tuple| bridge.to_given(&tuple));
        let of = rows.filter(|row| !elsewhere(row)).map(|row| Tuple { relation: id, words: row.into() });
        facts.extend(of.map(|tuple| Sided { side, tuple }));
    }
    facts.sort_by(|left, right| by_value(model, &left.tuple, model, &right.tuple));
    facts
}

/// The names of the relations whose tuples are listed.
fn listed(old: &Model, new: &Model, options: &DiffOptions) -> std::collections::BTreeSet<String> {
    let all = |wanted: &dyn Fn(&Model, RelationId) -> bool| {
        let of = |model: &Model| -> Vec<String> {
            let ids = model.program().declared_ids().filter(|&id| wanted(model, id));
            ids.map(|id| model.name(id).to_owned()).collect()
        };
        of(old).into_iter().chain(of(new)).collect::<std::collections::BTreeSet<String>>()
    };
    let mut marked = all(&|model, id| {
        let declared = model.program().relation(id);
        declared.watch || declared.alarm
    });
    marked.extend(options.watch.iter().cloned());
    if !marked.is_empty() {
        return marked;
    }
    let derived = |model: &Model, id: RelationId| model.program().rules.iter().any(|rule| rule.head == id);
    let spoken = all(&|model, id| model.program().relation(id).says.is_some() && derived(model, id));
    if spoken.is_empty() { all(&derived) } else { spoken }
}

/// The order of display: by relation, then by value, what is lost before what is gained.
fn order(old: &Model, new: &Model, left: &Sided, right: &Sided) -> Ordering {
    let (one, two) = (side_of(old, new, left.side), side_of(old, new, right.side));
    by_value(one, &left.tuple, two, &right.tuple).then(left.side.cmp(&right.side))
}

fn by_value(one: &Model, left: &Tuple, two: &Model, right: &Tuple) -> Ordering {
    let names = one.name(left.relation).cmp(two.name(right.relation));
    names.then_with(|| one.decode(left.relation, &left.words).cmp(&two.decode(right.relation, &right.words)))
}

/// Pairs what is lost with what is gained in its place: the same relation, one column different, and no second
/// candidate on either side.
fn pair(old: &Model, new: &Model, changes: &mut [Change]) {
    let mut keys: BTreeMap<(String, usize, Vec<crate::value::Value>), Vec<usize>> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        let model = side_of(old, new, change.at.side);
        let tuple = &change.at.tuple;
        let name = model.name(tuple.relation).to_owned();
        let values = model.decode(tuple.relation, &tuple.words);
        for column in 0..values.len() {
            let mut rest = values.clone();
            rest.remove(column);
            keys.entry((name.clone(), column, rest)).or_default().push(at);
        }
    }
    let mut partners: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in keys.values() {
        if let [one, two] = at.as_slice()
            && changes[*one].at.side != changes[*two].at.side
        {
            partners.entry(*one).or_default().push(*two);
            partners.entry(*two).or_default().push(*one);
        }
    }
    for (&at, of) in &partners {
        if let [only] = of.as_slice()
            && partners.get(only).is_some_and(|back| back.as_slice() == [at])
        {
            changes[at].instead = Some(*only);
        }
    }
}

#[cfg(test)]
mod tests;
