//! On whom a party relies, with what proof, and on whom many things rest.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{
    Answers, Attests, Checked, Concentration, EvidenceAt, Foundation, MayCite, Opaque, Reliance, Unverified,
};
use super::matrix::{Cell, Known};
use crate::session::Failure;

/// A reliance, with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaning {
    /// Who relies.
    pub a: String,
    /// On whom.
    pub b: String,
    /// For which layer.
    pub layer: String,
    /// In which scope.
    pub at: String,
    /// By whose word the other answers.
    pub cell: Option<Cell>,
    /// Why there is no proof; nothing where the other attests to something itself.
    pub unverified: Option<String>,
    /// The statements by which it may not be audited.
    pub opaque: Vec<String>,
}

/// The reliances of a party on others, or of others on it, by the other party, scope and layer.
///
/// # Errors
/// There is no such party.
pub fn leanings(answers: Answers<'_>, party: &str, on_it: bool) -> Result<Vec<Leaning>, Failure> {
    let party = answers.party(party)?.party;
    let column = if on_it { "b" } else { "a" };
    let mut rows = answers.with::<Reliance>(&[(column, &party)]);
    rows.sort_by(|left, right| {
        (&left.a, &left.b, &left.at, &left.layer).cmp(&(&right.a, &right.b, &right.at, &right.layer))
    });
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let leanings = rows.into_iter().map(|Reliance { a, b, layer, at, .. }| {
        let of = &[("a", a.as_str()), ("b", b.as_str()), ("layer", layer.as_str())];
        let here: Vec<(&str, &str)> = of.iter().copied().chain([("at", at.as_str())]).collect();
        let unverified = answers.with::<Unverified>(&here).into_iter().next().map(|row| row.why);
        let here: Vec<(&str, &str)> = of.iter().copied().chain([("scope", at.as_str())]).collect();
        let opaque = answers.with::<Opaque>(&here).into_iter().map(|row| row.statement).collect();
        let known = known.entry(at.clone()).or_insert_with(|| Known::of(answers, &at));
        let cell = known.row(&layer).cells.remove(&b);
        Leaning { a, b, layer, at, cell, unverified, opaque }
    });
    Ok(leanings.collect())
}

/// What proof there is of one party on whom another relies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// On whom one relies.
    pub party: String,
    /// For how many layers, each counted in each scope.
    pub reliances: usize,
    /// Its attestations, each with the statement that speaks of it.
    pub attestations: Vec<Attestation>,
    /// Where evidence is said to be, each with the statement that says so.
    pub places: Vec<(String, String)>,
}

/// An attestation, and who speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// Which.
    pub what: String,
    /// The statement.
    pub statement: String,
    /// Who made the statement; empty where its document is not known.
    pub issuer: String,
    /// Whether the holder itself speaks.
    pub own_word: bool,
    /// The layers for which it may be cited.
    pub layers: Vec<String>,
}

/// The proof that there is of everybody on whom a party relies.
///
/// # Errors
/// There is no such party.
pub fn evidence(answers: Answers<'_>, party: &str) -> Result<Vec<Evidence>, Failure> {
    let party = answers.party(party)?.party;
    let mut relied: BTreeMap<String, usize> = BTreeMap::new();
    for row in answers.with::<Reliance>(&[("a", &party)]) {
        *relied.entry(row.b).or_default() += 1;
    }
    let evidence = relied.into_iter().map(|(other, reliances)| {
        let attestations = answers.with::<Attests>(&[("party", &other)]).into_iter().map(|row| {
            let issuer = answers.citation(&row.statement).map(|citation| citation.issuer).unwrap_or_default();
            let cites = answers.with::<MayCite>(&[("a", &party), ("b", &other), ("what", &row.what)]);
            let layers: BTreeSet<String> = cites.into_iter().map(|row| row.layer).collect();
            Attestation {
                own_word: issuer == other,
                layers: layers.into_iter().collect(),
                what: row.what,
                statement: row.statement,
                issuer,
            }
        });
        // What no rule lets one cite does not count today.
        let attestations = attestations.filter(|attestation| !attestation.layers.is_empty()).collect();
        let places = answers.with::<EvidenceAt>(&[("party", &other)]);
        let places = places.into_iter().map(|row| (row.place, row.statement)).collect();
        Evidence { party: other, reliances, attestations, places }
    });
    Ok(evidence.collect())
}

/// How much rests on a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The party.
    pub party: String,
    /// How many checked deployments rest on it.
    pub deployments: i64,
    /// Which.
    pub scopes: Vec<String>,
}

/// On whom how many of the checked deployments rest, most first; and how many are checked.
#[must_use]
pub fn concentration(answers: Answers<'_>) -> (Vec<Weight>, usize) {
    let checked: BTreeSet<String> = answers.all::<Checked>().into_iter().map(|row| row.scope).collect();
    let mut weights: Vec<Weight> = answers
        .all::<Concentration>()
        .into_iter()
        .map(|row| {
            let scopes = answers.with::<Foundation>(&[("party", &row.party)]).into_iter().map(|row| row.scope);
            Weight { scopes: scopes.collect(), party: row.party, deployments: row.deployments }
        })
        .collect();
    weights.sort_by(|left, right| (right.deployments, &left.party).cmp(&(left.deployments, &right.party)));
    (weights, checked.len())
}
