//! The matrix: layers by parties, for one scope or a whole stack. Each cell tells whose word it is that the party answers,
//! each row whether somebody does.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{
    Accepted, Answers, BadChoice, Checked, Citation, Confirmed, Conflict, Customer, Dep, Disputed, Gap, HostAccepts,
    Hosted, Layer, Limbo, Need, OneSided, OpenPoint, Owner, Party, Scope, Supplier, Unbound, Under, Within,
};
use crate::session::Failure;

/// Whose word it is that a party answers for a layer, what a reviewer should see first coming first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Another's word, and the host's own text gives the layer to somebody else.
    Disputed,
    /// Another's word, and the host's own word agrees.
    Confirmed,
    /// The party's own word.
    Accepted,
    /// Another's word about a host whose own text is silent.
    OneSided,
    /// Another's word, about a party that is no host here.
    Assigned,
    /// The word of a host about what lies below; no statement about this scope names it.
    Below,
}

impl Standing {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Disputed, Self::Confirmed, Self::Accepted, Self::OneSided, Self::Assigned, Self::Below];

    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Disputed => "disputed",
            Self::Confirmed => "confirmed",
            Self::Accepted => "accepted",
            Self::OneSided => "one-sided",
            Self::Assigned => "assigned",
            Self::Below => "below",
        }
    }

    /// What the word means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Disputed => "assigned by another's document; the host's own text gives it to somebody else",
            Self::Confirmed => "assigned by another's document, and the host's own text accepts it",
            Self::Accepted => "the party's own document says so",
            Self::OneSided => "assigned by another's document; the host's own text is silent",
            Self::Assigned => "assigned by another's document",
            Self::Below => "a host's own text accepts it for what lies below; no document about this scope names it",
        }
    }
}

/// One statement behind a cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Whose word it is.
    pub standing: Standing,
    /// `sole`, `joint` or `entirely`; nothing for [`Standing::Below`].
    pub mode: Option<String>,
    /// The statement.
    pub statement: String,
    /// The host's statement that confirms or disputes it.
    pub other: Option<String>,
}

/// What a party has to do with a layer. There is at least one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The statements, sorted.
    pub words: Vec<Word>,
}

impl Cell {
    /// Its standing: the first of its words.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.words.iter().map(|word| word.standing).min().unwrap_or(Standing::Below)
    }

    /// Whether all who name the party name others with it.
    #[must_use]
    pub fn is_joint(&self) -> bool {
        let mut modes = self.words.iter().filter_map(|word| word.mode.as_deref()).peekable();
        modes.peek().is_some() && modes.all(|mode| mode == "joint")
    }

    /// Whether the party answers in this scope, and not only for what lies below.
    #[must_use]
    pub fn owns(&self) -> bool {
        self.words.iter().any(|word| word.mode.is_some())
    }

    /// The statements behind it, those of the other side included, each once and in order.
    #[must_use]
    pub fn statements(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for word in &self.words {
            for statement in [Some(&word.statement), word.other.as_ref()].into_iter().flatten() {
                if !all.contains(&statement.as_str()) {
                    all.push(statement);
                }
            }
        }
        all
    }
}

/// A text about a layer that makes nobody an owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loose {
    /// `open`, `limbo` or `unbound`.
    pub kind: &'static str,
    /// The vendor in limbo, or the role that nobody fills.
    pub who: Option<String>,
    /// The statement.
    pub statement: String,
}

/// One layer of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerRow {
    /// The layer.
    pub layer: String,
    /// Whether a profile asks for an owner.
    pub required: bool,
    /// The parties that answer, by name.
    pub cells: BTreeMap<String, Cell>,
    /// The kind of gap, if the layer is required and nobody holds it.
    pub gap: Option<String>,
    /// Texts that make nobody an owner.
    pub loose: Vec<Loose>,
    /// The worst conflict among the statements: `hard` or `soft`.
    pub conflict: Option<String>,
}

impl LayerRow {
    /// The statements of the row, each once.
    #[must_use]
    pub fn statements(&self) -> Vec<&str> {
        let cells = self.cells.values().flat_map(Cell::statements);
        let mut all = Vec::new();
        for statement in cells.chain(self.loose.iter().map(|loose| loose.statement.as_str())) {
            if !all.contains(&statement) {
                all.push(statement);
            }
        }
        all
    }
}

/// One scope: what it is, and its layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeTable {
    /// The scope.
    pub scope: String,
    /// Its kind.
    pub kind: String,
    /// What it lies in, directly.
    pub within: Vec<String>,
    /// Who supplies it.
    pub suppliers: Vec<String>,
    /// Who is its customer.
    pub customers: Vec<String>,
    /// What it runs on.
    pub hosts: Vec<String>,
    /// What it needs beside it.
    pub needs: Vec<String>,
    /// Profiles that it is checked against.
    pub profiles: Vec<String>,
    /// Hosts that were chosen for it and that no document offers.
    pub refused: Vec<String>,
    /// Its layers, in the order of the vocabulary.
    pub rows: Vec<LayerRow>,
}

impl ScopeTable {
    /// How many gaps of each kind.
    #[must_use]
    pub fn gaps(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for kind in self.rows.iter().filter_map(|row| row.gap.as_deref()) {
            *counts.entry(kind).or_default() += 1;
        }
        counts
    }
}

/// Layers by parties, scope by scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// The parties that answer for anything here with their kinds: customers, vendors, clouds, others.
    pub parties: Vec<(String, String)>,
    /// The scopes.
    pub scopes: Vec<ScopeTable>,
    /// Every statement that a cell cites.
    pub citations: BTreeMap<String, Citation>,
}

/// What a matrix shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Also what the scopes stand on and need.
    pub stack: bool,
    /// Also layers of which no text speaks and that are not required.
    pub all_layers: bool,
}

impl Matrix {
    /// The matrix of some scopes; of none: of all that are checked, or else of all deployments.
    ///
    /// # Errors
    /// A scope does not exist.
    pub fn of(answers: Answers<'_>, scopes: &[String], extent: Extent) -> Result<Self, Failure> {
        let mut wanted: Vec<String> = Vec::new();
        for scope in scopes {
            wanted.push(answers.scope(scope)?.scope);
        }
        if wanted.is_empty() {
            wanted = checked(answers);
        }
        let mut chosen: Vec<String> = Vec::new();
        for scope in wanted {
            let below = if extent.stack { stack(answers, &scope) } else { Vec::new() };
            for scope in std::iter::once(scope).chain(below) {
                if !chosen.contains(&scope) {
                    chosen.push(scope);
                }
            }
        }
        let layers: Vec<String> = answers.in_order::<Layer>(&[]).into_iter().map(|row| row.layer).collect();
        let scopes: Vec<ScopeTable> =
            chosen.iter().map(|scope| table(answers, scope, &layers, extent.all_layers)).collect();
        let rows = || scopes.iter().flat_map(|scope| &scope.rows);
        let present: BTreeSet<&str> = rows().flat_map(|row| row.cells.keys().map(String::as_str)).collect();
        let statements: BTreeSet<&str> = rows().flat_map(LayerRow::statements).collect();
        let citations = statements.into_iter().filter_map(|statement| answers.citation(statement));
        Ok(Self {
            parties: columns(answers, &present),
            citations: citations.map(|citation| (citation.statement.clone(), citation)).collect(),
            scopes,
        })
    }

    /// The layers that some scope shows, in the order of the vocabulary.
    #[must_use]
    pub fn layers(&self) -> Vec<&str> {
        // Each scope has its layers in that order: merge them.
        let mut merged: Vec<&str> = Vec::new();
        for scope in &self.scopes {
            let mut at = 0;
            for row in &scope.rows {
                match merged.iter().position(|layer| *layer == row.layer) {
                    Some(found) => at = found + 1,
                    None => {
                        merged.insert(at, &row.layer);
                        at += 1;
                    }
                }
            }
        }
        merged
    }
}

/// The scopes that are checked, or else all deployments, in the order of their facts.
#[must_use]
pub fn checked(answers: Answers<'_>) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for row in answers.in_order::<Checked>(&[]) {
        if !scopes.contains(&row.scope) {
            scopes.push(row.scope);
        }
    }
    if scopes.is_empty() {
        scopes.extend(answers.in_order::<Scope>(&[("kind", "deployment")]).into_iter().map(|row| row.scope));
    }
    scopes
}

/// What a scope stands on, what it needs, and what that stands on.
#[must_use]
pub fn stack(answers: Answers<'_>, scope: &str) -> Vec<String> {
    let under = |scope: &str| answers.with::<Under>(&[("scope", scope)]).into_iter().map(|row| row.host);
    let mut all: Vec<String> = under(scope).collect();
    for needed in answers.with::<Dep>(&[("scope", scope)]) {
        all.extend(under(&needed.needed));
        all.push(needed.needed);
    }
    let mut seen = BTreeSet::from([scope.to_owned()]);
    all.retain(|scope| seen.insert(scope.clone()));
    all
}

/// The columns: customers, vendors, clouds, others, each in the order of the vocabulary.
fn columns(answers: Answers<'_>, present: &BTreeSet<&str>) -> Vec<(String, String)> {
    let mut parties: Vec<(String, String)> = Vec::new();
    for row in answers.in_order::<Party>(&[]) {
        if present.contains(row.party.as_str()) && !parties.iter().any(|(party, _)| *party == row.party) {
            parties.push((row.party, row.kind));
        }
    }
    let rank = |kind: &str| ["customer", "vendor", "csp"].iter().position(|other| *other == kind).unwrap_or(3);
    parties.sort_by_key(|(_, kind)| rank(kind));
    parties
}

/// All rows of one scope, by layer.
struct ByLayer<T>(BTreeMap<String, Vec<T>>);

impl<T> ByLayer<T> {
    fn new(rows: Vec<T>, layer: impl Fn(&T) -> &String) -> Self {
        let mut by: BTreeMap<String, Vec<T>> = BTreeMap::new();
        for row in rows {
            by.entry(layer(&row).clone()).or_default().push(row);
        }
        Self(by)
    }

    fn get(&self, layer: &str) -> &[T] {
        self.0.get(layer).map_or(&[], Vec::as_slice)
    }
}

/// What is known of one scope.
pub(super) struct Known {
    needed: ByLayer<Need>,
    owners: ByLayer<Owner>,
    accepted: ByLayer<Accepted>,
    confirmed: ByLayer<Confirmed>,
    disputed: ByLayer<Disputed>,
    one_sided: ByLayer<OneSided>,
    below: ByLayer<HostAccepts>,
    gaps: ByLayer<Gap>,
    open: ByLayer<OpenPoint>,
    limbo: ByLayer<Limbo>,
    unbound: ByLayer<Unbound>,
    conflicts: ByLayer<Conflict>,
}

impl Known {
    pub(super) fn of(answers: Answers<'_>, scope: &str) -> Self {
        let of = &[("scope", scope)];
        Self {
            needed: ByLayer::new(answers.with(of), |row: &Need| &row.layer),
            owners: ByLayer::new(answers.with(of), |row: &Owner| &row.layer),
            accepted: ByLayer::new(answers.with(of), |row: &Accepted| &row.layer),
            confirmed: ByLayer::new(answers.with(of), |row: &Confirmed| &row.layer),
            disputed: ByLayer::new(answers.with(of), |row: &Disputed| &row.layer),
            one_sided: ByLayer::new(answers.with(of), |row: &OneSided| &row.layer),
            below: ByLayer::new(answers.with(of), |row: &HostAccepts| &row.layer),
            gaps: ByLayer::new(answers.with(of), |row: &Gap| &row.layer),
            open: ByLayer::new(answers.with(of), |row: &OpenPoint| &row.layer),
            limbo: ByLayer::new(answers.with(of), |row: &Limbo| &row.layer),
            unbound: ByLayer::new(answers.with(of), |row: &Unbound| &row.layer),
            conflicts: ByLayer::new(answers.with(of), |row: &Conflict| &row.layer),
        }
    }

    pub(super) fn row(&self, layer: &str) -> LayerRow {
        let mut words: BTreeMap<String, Vec<Word>> = BTreeMap::new();
        for owner in self.owners.get(layer) {
            let of = |party: &str, statement: &str| party == owner.party && statement == owner.statement;
            let mut found = Vec::new();
            let mut word = |standing: Standing, other: Option<&String>| {
                let (mode, statement) = (Some(owner.mode.clone()), owner.statement.clone());
                found.push(Word { standing, mode, statement, other: other.cloned() });
            };
            for row in self.disputed.get(layer).iter().filter(|row| of(&row.party, &row.statement)) {
                word(Standing::Disputed, Some(&row.other_statement));
            }
            for row in self.confirmed.get(layer).iter().filter(|row| of(&row.party, &row.statement)) {
                word(Standing::Confirmed, Some(&row.other_statement));
            }
            if self.accepted.get(layer).iter().any(|row| of(&row.party, &row.statement)) {
                word(Standing::Accepted, None);
            }
            if self.one_sided.get(layer).iter().any(|row| of(&row.party, &row.statement)) {
                word(Standing::OneSided, None);
            }
            if found.is_empty() {
                // Whoever does not say so himself is told so by another.
                let (mode, statement) = (Some(owner.mode.clone()), owner.statement.clone());
                found.push(Word { standing: Standing::Assigned, mode, statement, other: None });
            }
            words.entry(owner.party.clone()).or_default().extend(found);
        }
        for row in self.below.get(layer) {
            // A host that is named here is shown by what is said here.
            if !self.owners.get(layer).iter().any(|owner| owner.party == row.party) {
                let word =
                    Word { standing: Standing::Below, mode: None, statement: row.statement.clone(), other: None };
                words.entry(row.party.clone()).or_default().push(word);
            }
        }
        let cell = |(party, mut words): (String, Vec<Word>)| {
            words.sort();
            words.dedup();
            (party, Cell { words })
        };
        let conflicts = self.conflicts.get(layer);
        let hard = conflicts.iter().find(|row| row.severity == "hard");
        LayerRow {
            layer: layer.to_owned(),
            required: !self.needed.get(layer).is_empty(),
            cells: words.into_iter().map(cell).collect(),
            gap: self.gaps.get(layer).first().map(|row| row.kind.clone()),
            loose: self.loose(layer),
            conflict: hard.or(conflicts.first()).map(|row| row.severity.clone()),
        }
    }

    fn loose(&self, layer: &str) -> Vec<Loose> {
        let open = self.open.get(layer).iter();
        let open = open.map(|row| Loose { kind: "open", who: None, statement: row.statement.clone() });
        let limbo = self.limbo.get(layer).iter().map(|row| Loose {
            kind: "limbo",
            who: Some(row.vendor.clone()),
            statement: row.statement.clone(),
        });
        let unbound = self.unbound.get(layer).iter().map(|row| Loose {
            kind: "unbound",
            who: Some(row.who.clone()),
            statement: row.statement.clone(),
        });
        let mut all: Vec<Loose> = open.chain(limbo).chain(unbound).collect();
        all.sort();
        all.dedup();
        all
    }
}

fn table(answers: Answers<'_>, scope: &str, layers: &[String], all: bool) -> ScopeTable {
    let known = Known::of(answers, scope);
    let rows = layers.iter().map(|layer| known.row(layer));
    let spoken = |row: &LayerRow| all || row.required || !row.cells.is_empty() || !row.loose.is_empty();
    let of = &[("scope", scope)];
    let names = |names: Vec<String>| {
        let mut names = names;
        names.dedup();
        names
    };
    ScopeTable {
        scope: scope.to_owned(),
        kind: answers.with::<Scope>(of).into_iter().next().map(|row| row.kind).unwrap_or_default(),
        within: answers.with::<Within>(&[("child", scope)]).into_iter().map(|row| row.parent).collect(),
        suppliers: names(answers.with::<Supplier>(of).into_iter().map(|row| row.party).collect()),
        customers: names(answers.with::<Customer>(of).into_iter().map(|row| row.party).collect()),
        hosts: names(answers.with::<Hosted>(of).into_iter().map(|row| row.host).collect()),
        needs: names(answers.with::<Dep>(of).into_iter().map(|row| row.needed).collect()),
        profiles: names(answers.with::<Checked>(of).into_iter().map(|row| row.profile).collect()),
        refused: names(answers.with::<BadChoice>(of).into_iter().map(|row| row.host).collect()),
        rows: rows.filter(spoken).collect(),
    }
}
