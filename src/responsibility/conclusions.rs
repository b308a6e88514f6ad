//! What changes between two models, in the words of the domain: owners, gaps, confirmations, disputes, reliance.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{
    Answers, Checked, Concentration, Confirmed, Conflict, Disputed, Gap, Reliance, Responsible, Row, Scope, Unbound,
};

/// A layer whose owners change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handover {
    /// The scope.
    pub scope: String,
    /// The layer.
    pub layer: String,
    /// Who answered.
    pub before: Vec<String>,
    /// Who answers.
    pub after: Vec<String>,
}

/// A required layer whose gap opens, closes or changes its kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GapChange {
    /// The scope.
    pub scope: String,
    /// The layer.
    pub layer: String,
    /// The kind before, if there was a gap.
    pub before: Option<String>,
    /// The kind after, if there is one.
    pub after: Option<String>,
}

/// Rows of one kind that come or go: (scope, layer, party).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turnover {
    /// Those that are new.
    pub gained: Vec<(String, String, String)>,
    /// Those that are gone.
    pub lost: Vec<(String, String, String)>,
}

impl Turnover {
    fn between(before: &BTreeSet<(String, String, String)>, after: &BTreeSet<(String, String, String)>) -> Self {
        Self { gained: after.difference(before).cloned().collect(), lost: before.difference(after).cloned().collect() }
    }

    fn retain(&mut self, scopes: &BTreeSet<String>) {
        self.gained.retain(|(scope, _, _)| scopes.contains(scope));
        self.lost.retain(|(scope, _, _)| scopes.contains(scope));
    }

    fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }
}

/// Everything that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conclusions {
    /// Owners of layers.
    pub owners: Vec<Handover>,
    /// Gaps of required layers.
    pub gaps: Vec<GapChange>,
    /// Confirmations by a host's own word.
    pub confirmations: Turnover,
    /// Disputes with a host's own word.
    pub disputes: Turnover,
    /// Roles that nobody fills: the third column is the role.
    pub unbound: Turnover,
    /// Conflicts: the third column is the severity.
    pub conflicts: Turnover,
    /// How many layers (each counted in each scope) a party relies on another for: before, after.
    pub reliance: Vec<(String, String, usize, usize)>,
    /// How many checked deployments rest on a party: before, after.
    pub concentration: Vec<(String, i64, i64)>,
}

impl Conclusions {
    /// What differs between two models, in the scopes that both have.
    #[must_use]
    pub fn between(before: Answers<'_>, after: Answers<'_>) -> Self {
        let mut changes = Self {
            owners: handovers(before, after),
            gaps: gap_changes(before, after),
            confirmations: turnover(before, after, |row: Confirmed| (row.scope, row.layer, row.party)),
            disputes: turnover(before, after, |row: Disputed| (row.scope, row.layer, row.party)),
            unbound: turnover(before, after, |row: Unbound| (row.scope, row.layer, row.who)),
            conflicts: turnover(before, after, |row: Conflict| (row.scope, row.layer, row.severity)),
            reliance: reliance(before, after),
            concentration: concentration(before, after),
        };
        let scopes = |answers: Answers<'_>| -> BTreeSet<String> {
            answers.all::<Scope>().into_iter().map(|row| row.scope).collect()
        };
        changes.restrict(&scopes(before).intersection(&scopes(after)).cloned().collect());
        changes
    }

    /// Leaves out what is in other scopes than these. Reliance and concentration are of all scopes and stay.
    pub fn restrict(&mut self, scopes: &BTreeSet<String>) {
        self.owners.retain(|row| scopes.contains(&row.scope));
        self.gaps.retain(|row| scopes.contains(&row.scope));
        self.confirmations.retain(scopes);
        self.disputes.retain(scopes);
        self.unbound.retain(scopes);
        self.conflicts.retain(scopes);
    }

    /// The scopes in which something differs.
    #[must_use]
    pub fn scopes(&self) -> BTreeSet<String> {
        let turnovers = [&self.confirmations, &self.disputes, &self.unbound, &self.conflicts];
        let turned = turnovers.into_iter().flat_map(|turnover| turnover.gained.iter().chain(&turnover.lost));
        let owners = self.owners.iter().map(|row| &row.scope);
        let gaps = self.gaps.iter().map(|row| &row.scope);
        owners.chain(gaps).chain(turned.map(|(scope, _, _)| scope)).cloned().collect()
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty()
            && self.gaps.is_empty()
            && self.confirmations.is_empty()
            && self.disputes.is_empty()
            && self.unbound.is_empty()
            && self.conflicts.is_empty()
            && self.reliance.is_empty()
            && self.concentration.is_empty()
    }
}

/// The scopes that a model checks.
#[must_use]
pub fn checked_scopes(answers: Answers<'_>) -> BTreeSet<String> {
    answers.all::<Checked>().into_iter().map(|row| row.scope).collect()
}

fn turnover<R: Row>(before: Answers<'_>, after: Answers<'_>, key: impl Fn(R) -> (String, String, String)) -> Turnover {
    let before = before.all::<R>().into_iter().map(&key).collect();
    let after = after.all::<R>().into_iter().map(&key).collect();
    Turnover::between(&before, &after)
}

fn handovers(before: Answers<'_>, after: Answers<'_>) -> Vec<Handover> {
    let owners = |answers: Answers<'_>| {
        let mut owners: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for row in answers.all::<Responsible>() {
            owners.entry((row.scope, row.layer)).or_default().push(row.party);
        }
        owners
    };
    let (before, after) = (owners(before), owners(after));
    let places: BTreeSet<&(String, String)> = before.keys().chain(after.keys()).collect();
    let change = |place: &(String, String)| {
        let of = |owners: &BTreeMap<(String, String), Vec<String>>| owners.get(place).cloned().unwrap_or_default();
        let (scope, layer) = place.clone();
        Handover { scope, layer, before: of(&before), after: of(&after) }
    };
    places.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

fn gap_changes(before: Answers<'_>, after: Answers<'_>) -> Vec<GapChange> {
    let gaps = |answers: Answers<'_>| -> BTreeMap<(String, String), String> {
        answers.all::<Gap>().into_iter().map(|row| ((row.scope, row.layer), row.kind)).collect()
    };
    let (before, after) = (gaps(before), gaps(after));
    let places: BTreeSet<&(String, String)> = before.keys().chain(after.keys()).collect();
    let change = |place: &(String, String)| {
        let (scope, layer) = place.clone();
        GapChange { scope, layer, before: before.get(place).cloned(), after: after.get(place).cloned() }
    };
    places.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

fn reliance(before: Answers<'_>, after: Answers<'_>) -> Vec<(String, String, usize, usize)> {
    let mut counts: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for row in before.all::<Reliance>() {
        counts.entry((row.a, row.b)).or_default().0 += 1;
    }
    for row in after.all::<Reliance>() {
        counts.entry((row.a, row.b)).or_default().1 += 1;
    }
    let changed = counts.into_iter().filter(|(_, (before, after))| before != after);
    changed.map(|((a, b), (before, after))| (a, b, before, after)).collect()
}

fn concentration(before: Answers<'_>, after: Answers<'_>) -> Vec<(String, i64, i64)> {
    let mut counts: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for row in before.all::<Concentration>() {
        counts.entry(row.party).or_default().0 = row.deployments;
    }
    for row in after.all::<Concentration>() {
        counts.entry(row.party).or_default().1 = row.deployments;
    }
    let changed = counts.into_iter().filter(|(_, (before, after))| before != after);
    changed.map(|(party, (before, after))| (party, before, after)).collect()
}
