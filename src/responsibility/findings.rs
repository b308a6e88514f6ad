//! Findings: what a reviewer should act on. Each has an id that stays the same while what it is about stays the same, a
//! severity, its citations, and perhaps a waiver.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sha2::{Digest, Sha256};

use super::answers::{
    Answers, BadChoice, Checked, Chosen, Concentration, Conflict, Cycle, Disputed, Foundation, Gap, HostAccepts, Limbo,
    Opaque, OpenPoint, Owner, RunsOn, Supplier, Unbound, Unverified,
};
use super::waiver::Waiver;
use crate::diagnostic::suggest;
use crate::model::Tuple;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The model contradicts itself or what was decided: settle it first.
    High,
    /// Somebody should answer and does not.
    Medium,
    /// Worth knowing.
    Low,
}

impl Severity {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// A kind of finding, such as `gap:silent` or `bad_choice`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// `gap`
    pub family: &'static str,
    /// `silent`; empty where the family has no kinds.
    pub member: String,
}

/// A family of findings.
#[derive(Debug)]
pub struct Family {
    /// `gap`
    pub name: &'static str,
    /// `silent` and the others, each with its meaning; none where the family has no kinds. Rules may derive others.
    pub members: &'static [(&'static str, &'static str)],
    /// What a finding of the family says.
    pub meaning: &'static str,
}

/// Every family, in the order in which findings are shown.
pub const FAMILIES: &[Family] = &[
    Family {
        name: "bad_choice",
        members: &[],
        meaning: "A hosting was chosen that no document offers; it is not applied.",
    },
    Family { name: "cycle", members: &[], meaning: "A party stands on itself through others." },
    Family {
        name: "conflict",
        members: &[
            (
                "hard",
                "A statement gives a layer to one party to the exclusion of others, and another one names somebody else.",
            ),
            ("soft", "A statement gives a layer to one party alone, and another one names somebody else."),
        ],
        meaning: "Two statements give one layer to different parties.",
    },
    Family {
        name: "disputed",
        members: &[],
        meaning: "A document gives a layer to a host whose own text gives it to somebody else.",
    },
    Family {
        name: "gap",
        members: &[
            ("limbo", "A host lays a required layer on the vendor, who promises nothing to its own customer."),
            ("silent", "No text about the deployment speaks of a required layer, and no host accepts it."),
            ("unbound", "A required layer is given to a role that nobody fills yet."),
            ("open", "A text says that a required layer is divided, and not how."),
        ],
        meaning: "Nobody answers for a layer that a profile requires.",
    },
    Family { name: "opaque", members: &[], meaning: "A party relies on another for a layer and may not audit it." },
    Family {
        name: "unverified",
        members: &[
            ("no-attestation", "A party relies on another of whom no attestation is known."),
            ("hearsay-only", "A party relies on another of whose attestations only others speak."),
        ],
        meaning: "A party relies on another for a layer without an attestation by that party's own word.",
    },
    Family {
        name: "concentration",
        members: &[],
        meaning: "More than one checked deployment rests on the same party.",
    },
];

impl Family {
    /// The family of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        FAMILIES.iter().find(|family| family.name == name)
    }
}

impl Kind {
    fn new(family: &'static str, member: &str) -> Self {
        Self { family, member: member.replace(|one: char| !one.is_alphanumeric(), "-") }
    }

    /// What a finding of the kind says.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        let family = Family::find(self.family);
        let member = family.and_then(|family| family.members.iter().find(|(name, _)| *name == self.member));
        member.map(|(_, meaning)| *meaning).or(family.map(|family| family.meaning)).unwrap_or_default()
    }

    fn rank(&self) -> (usize, usize) {
        let family = FAMILIES.iter().position(|family| family.name == self.family).unwrap_or(FAMILIES.len());
        let members = FAMILIES.get(family).map_or(&[] as &[_], |family| family.members);
        (family, members.iter().position(|(member, _)| *member == self.member).unwrap_or(members.len()))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.member.as_str() {
            "" => formatter.write_str(self.family),
            member => write!(formatter, "{}:{member}", self.family),
        }
    }
}

/// Which findings are meant: all of a family, or those of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selector {
    family: &'static str,
    member: Option<String>,
}

impl Selector {
    /// Reads `gap` or `gap:silent`.
    ///
    /// # Errors
    /// In words: there is no such kind.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, member) = match text.split_once(':') {
            Some((name, member)) => (name, Some(member)),
            None => (text, None),
        };
        let Some(family) = Family::find(name) else {
            let names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
            let near = suggest(name, names.iter().copied());
            return Err(match near {
                Some(near) => format!("there is no kind of finding `{name}`; did you mean `{near}`?"),
                None => format!("there is no kind of finding `{name}`; the kinds are {}", names.join(", ")),
            });
        };
        match member {
            Some(member) if !family.members.iter().any(|(known, _)| *known == member) => {
                let members: Vec<String> = family.members.iter().map(|(known, _)| format!("{name}:{known}")).collect();
                Err(match members.as_slice() {
                    [] => format!("`{name}` has no kinds: say `{name}`"),
                    members => format!("there is no kind `{text}`; `{name}` has {}", members.join(", ")),
                })
            }
            member => Ok(Self { family: family.name, member: member.map(str::to_owned) }),
        }
    }

    /// Whether a kind is meant.
    #[must_use]
    pub fn takes(&self, kind: &Kind) -> bool {
        self.family == kind.family && self.member.as_ref().is_none_or(|member| *member == kind.member)
    }
}

/// Where a finding stands with its reviewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has dealt with it.
    Open,
    /// It was there when the baseline was written.
    Known,
    /// It is waived, by the waiver of this number.
    Waived(usize),
    /// It was waived, and the waiver of this number has expired.
    Expired(usize),
}

/// Something that a reviewer should act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Such as `gap-1f0c9a3b`: the family, and a digest of kind and key.
    pub id: String,
    /// What kind it is.
    pub kind: Kind,
    /// How much it weighs.
    pub severity: Severity,
    /// The columns that make it the finding that it is.
    pub key: Vec<(&'static str, String)>,
    /// What is wrong, in a sentence without a full stop.
    pub sentence: String,
    /// What to do about it.
    pub advice: String,
    /// The statements that it rests on.
    pub statements: Vec<String>,
    /// A given fact that it is about: where to look where no statement says anything.
    pub about: Option<Tuple>,
    /// The tuple itself: what `why` takes.
    pub tuple: Tuple,
    /// Where it stands.
    pub state: State,
}

impl Finding {
    /// A column of its key.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&str> {
        self.key.iter().find(|(column, _)| *column == name).map(|(_, value)| value.as_str())
    }

    /// Whether it counts for a gate: it is neither waived nor known before.
    #[must_use]
    pub fn counts(&self) -> bool {
        matches!(self.state, State::Open | State::Expired(_))
    }
}

/// All findings of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// By kind and key.
    pub all: Vec<Finding>,
    /// The waivers that were applied to them.
    pub waivers: Vec<Waiver>,
    /// Positions of waivers that no finding needed.
    pub idle: Vec<usize>,
}

impl Findings {
    /// The findings of a model, all of them open.
    #[must_use]
    pub fn of(answers: Answers<'_>) -> Self {
        let mut collector = Collector { answers, all: BTreeMap::new() };
        collector.bad_choices();
        collector.cycles();
        collector.conflicts();
        collector.disputes();
        collector.gaps();
        collector.opaque();
        collector.unverified();
        collector.concentration();
        let mut all: Vec<Finding> = collector.all.into_values().collect();
        all.sort_by(|left, right| (left.kind.rank(), &left.key).cmp(&(right.kind.rank(), &right.key)));
        Self { all, ..Self::default() }
    }

    /// Applies waivers as of a day (`YYYYMMDD`). A waiver that has expired waives nothing.
    pub fn waive(&mut self, waivers: Vec<Waiver>, day: i64) {
        let mut used = BTreeSet::new();
        for finding in &mut self.all {
            let matching = || (0..).zip(&waivers).filter(|(_, waiver)| waiver.covers(finding));
            let found = matching().find(|(_, waiver)| waiver.holds(day)).or_else(|| matching().next());
            used.extend(matching().map(|(at, _)| at));
            if let Some((at, waiver)) = found {
                finding.state = if waiver.holds(day) { State::Waived(at) } else { State::Expired(at) };
            }
        }
        self.idle = (0..waivers.len()).filter(|at| !used.contains(at)).collect();
        self.waivers = waivers;
    }

    /// Marks the findings of a baseline, by id, as known.
    pub fn know(&mut self, baseline: &BTreeSet<String>) {
        for finding in &mut self.all {
            if finding.state == State::Open && baseline.contains(&finding.id) {
                finding.state = State::Known;
            }
        }
    }

    /// Those that the selectors deny: neither waived nor known.
    #[must_use]
    pub fn denied(&self, gates: &[Selector]) -> Vec<&Finding> {
        let denied = |finding: &&Finding| finding.counts() && gates.iter().any(|gate| gate.takes(&finding.kind));
        self.all.iter().filter(denied).collect()
    }

    /// The finding of an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Finding> {
        self.all.iter().find(|finding| finding.id == id)
    }
}

/// The text of a baseline: an id a line, with what it is. Those that are waived are left out: they come back when their
/// waivers go.
#[must_use]
pub fn baseline(findings: &Findings) -> String {
    let mut text = "# Findings that are known. Those not listed here are new.\n".to_owned();
    for finding in findings.all.iter().filter(|finding| !matches!(finding.state, State::Waived(_))) {
        text.push_str(&format!("{}\t{}\t{}\n", finding.id, finding.kind, finding.sentence.replace(['\n', '\r'], " ")));
    }
    text
}

/// The ids of a baseline.
///
/// # Errors
/// The number of a line that does not start with an id, from 1.
pub fn read_baseline(text: &str) -> Result<BTreeSet<String>, usize> {
    let mut ids = BTreeSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let id = line.split('\t').next().unwrap_or("").trim();
        if id.is_empty() || line.starts_with('#') {
            continue;
        }
        if !is_id(id) {
            return Err(number);
        }
        ids.insert(id.to_owned());
    }
    Ok(ids)
}

/// Whether a text has the shape of an id: a family, `-` and eight hexadecimal digits.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(family, digest)| {
        Family::find(family).is_some()
            && digest.len() == 8
            && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// The id of a kind and key: what is hashed is separated by a byte that no text holds.
fn id(kind: &Kind, key: &[(&'static str, String)]) -> String {
    let mut hash = Sha256::new();
    hash.update(kind.to_string());
    for (column, value) in key {
        hash.update([0]);
        hash.update(column);
        hash.update([1]);
        hash.update(value);
    }
    let digest: String = hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digest}", kind.family)
}

/// A finding before it has an id.
struct Draft {
    kind: Kind,
    severity: Severity,
    key: Vec<(&'static str, String)>,
    sentence: String,
    advice: String,
    statements: Vec<String>,
    about: Option<Tuple>,
    tuple: Tuple,
}

struct Collector<'m> {
    answers: Answers<'m>,
    /// By id. Two tuples of one key are one finding with the statements of both.
    all: BTreeMap<String, Finding>,
}

impl Collector<'_> {
    fn add(&mut self, draft: Draft) {
        let Draft { kind, severity, key, sentence, advice, statements, about, tuple } = draft;
        let id = id(&kind, &key);
        let state = State::Open;
        let finding = self.all.entry(id.clone()).or_insert_with(|| Finding {
            id,
            kind,
            severity,
            key,
            sentence,
            advice,
            statements: Vec::new(),
            about,
            tuple,
            state,
        });
        for statement in statements {
            if !finding.statements.contains(&statement) {
                finding.statements.push(statement);
            }
        }
    }

    fn suppliers(&self, scope: &str) -> String {
        let all = self.answers.with::<Supplier>(&[("scope", scope)]).into_iter().map(|row| row.party);
        let all: Vec<String> = all.collect();
        if all.is_empty() { "the supplier".to_owned() } else { all.join(" or ") }
    }

    fn bad_choices(&mut self) {
        for row in self.answers.all::<BadChoice>() {
            let offers = offers(self.answers, &row.scope);
            let statements = offers.iter().map(|offer| offer.statement.clone()).collect();
            let hosts: BTreeSet<&str> = offers.iter().map(|offer| offer.host.as_str()).collect();
            let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
            let about = self.answers.with::<Chosen>(&[("scope", &row.scope), ("host", &row.host)]).into_iter().next();
            self.add(Draft {
                kind: Kind::new("bad_choice", ""),
                severity: Severity::High,
                sentence: format!("{} is to live in {}, and no document offers that", row.scope, row.host),
                advice: match hosts.as_str() {
                    "" => format!("no document lets {} run on anything: take the choice back", row.scope),
                    hosts => format!("choose what is offered: {hosts}"),
                },
                statements,
                about: about.map(|row| row.tuple),
                key: vec![("scope", row.scope), ("host", row.host)],
                tuple: row.tuple,
            });
        }
    }

    fn cycles(&mut self) {
        for row in self.answers.all::<Cycle>() {
            self.add(Draft {
                kind: Kind::new("cycle", ""),
                severity: Severity::High,
                sentence: format!("{} stands on itself through others", row.a),
                advice: "look at who runs on whom: onus graph".to_owned(),
                statements: Vec::new(),
                about: None,
                key: vec![("party", row.a)],
                tuple: row.tuple,
            });
        }
    }

    fn conflicts(&mut self) {
        for row in self.answers.all::<Conflict>() {
            let severity = if row.severity == "hard" { Severity::High } else { Severity::Medium };
            let how = if row.severity == "hard" { "to the exclusion of others" } else { "alone" };
            self.add(Draft {
                kind: Kind::new("conflict", &row.severity),
                severity,
                sentence: format!(
                    "{} in {} goes to {} {how} by {}, and to {} by {}",
                    row.layer, row.scope, row.party, row.statement, row.other, row.other_statement
                ),
                advice: format!("ask {} which of the two passages holds", self.suppliers(&row.scope)),
                statements: vec![row.statement.clone(), row.other_statement.clone()],
                about: None,
                key: vec![
                    ("scope", row.scope),
                    ("layer", row.layer),
                    ("party", row.party),
                    ("statement", row.statement),
                    ("other", row.other),
                    ("other_statement", row.other_statement),
                ],
                tuple: row.tuple,
            });
        }
    }

    fn disputes(&mut self) {
        for row in self.answers.all::<Disputed>() {
            self.add(Draft {
                kind: Kind::new("disputed", ""),
                severity: Severity::High,
                sentence: format!(
                    "{} in {} is assigned to {} by {}; {}'s own text gives it to somebody else",
                    row.layer, row.scope, row.party, row.statement, row.party
                ),
                advice: format!("do not count on {}: ask {} who does it", row.party, self.suppliers(&row.scope)),
                statements: vec![row.statement, row.other_statement],
                about: None,
                // Which sentence says so may change from edition to edition; the dispute stays.
                key: vec![("scope", row.scope), ("layer", row.layer), ("party", row.party)],
                tuple: row.tuple,
            });
        }
    }

    fn gaps(&mut self) {
        for row in self.answers.all::<Gap>() {
            let Gap { scope, layer, kind, tuple } = row;
            let of = &[("scope", scope.as_str()), ("layer", layer.as_str())];
            let supplier = self.suppliers(&scope);
            let mut statements = Vec::new();
            let (severity, reason, advice) = match kind.as_str() {
                "limbo" => {
                    let limbo = self.answers.with::<Limbo>(of);
                    let vendors: BTreeSet<&str> = limbo.iter().map(|row| row.vendor.as_str()).collect();
                    let vendors = vendors.into_iter().collect::<Vec<_>>().join(" and ");
                    statements.extend(limbo.iter().map(|row| row.statement.clone()));
                    let reason = format!("the host lays it on {vendors}, who promises nothing");
                    (Severity::Medium, reason, format!("have {vendors} promise it in writing"))
                }
                "open" => {
                    statements.extend(self.answers.with::<OpenPoint>(of).into_iter().map(|row| row.statement));
                    let advice = format!("ask {supplier} how it is divided");
                    (Severity::Medium, "the text says that it is divided, and not how".to_owned(), advice)
                }
                "unbound" => {
                    let unbound = self.answers.with::<Unbound>(of);
                    let roles: BTreeSet<&str> = unbound.iter().map(|row| row.who.as_str()).collect();
                    let roles = roles.into_iter().collect::<Vec<_>>().join(" and ");
                    statements.extend(unbound.iter().map(|row| row.statement.clone()));
                    let advice = format!("say in the scenario who is {roles} of {scope}");
                    (Severity::Medium, format!("it is given to {roles}, and nobody fills that role yet"), advice)
                }
                "silent" => {
                    let advice = format!("ask {supplier} who answers for it, or take it on yourselves");
                    (Severity::Medium, "no document speaks of it".to_owned(), advice)
                }
                other => (Severity::Medium, other.to_owned(), format!("ask {supplier}")),
            };
            let about = self.answers.with::<Checked>(&[("scope", &scope)]).into_iter().next();
            self.add(Draft {
                kind: Kind::new("gap", &kind),
                severity,
                sentence: format!("nobody answers for {layer} in {scope}: {reason}"),
                advice,
                statements,
                about: about.map(|row| row.tuple),
                key: vec![("scope", scope), ("layer", layer)],
                tuple,
            });
        }
    }

    fn opaque(&mut self) {
        for row in self.answers.all::<Opaque>() {
            self.add(Draft {
                kind: Kind::new("opaque", ""),
                severity: Severity::Low,
                sentence: format!(
                    "{} relies on {} for {} in {} and may not audit it",
                    row.a, row.b, row.layer, row.scope
                ),
                advice: format!("ask {} for a report by somebody who may", row.b),
                statements: vec![row.statement],
                about: None,
                key: vec![("a", row.a), ("b", row.b), ("layer", row.layer), ("scope", row.scope)],
                tuple: row.tuple,
            });
        }
    }

    fn unverified(&mut self) {
        for row in self.answers.all::<Unverified>() {
            let of = &[("scope", row.at.as_str()), ("layer", row.layer.as_str()), ("party", row.b.as_str())];
            let owners = self.answers.with::<Owner>(of).into_iter().map(|row| row.statement);
            let below = self.answers.with::<HostAccepts>(of).into_iter().map(|row| row.statement);
            let statements: Vec<String> = owners.chain(below).collect();
            let reason = match row.why.as_str() {
                "no attestation" => format!("nobody speaks of an attestation of {}", row.b),
                "hearsay only" => format!("only others speak of an attestation of {}", row.b),
                other => other.to_owned(),
            };
            self.add(Draft {
                kind: Kind::new("unverified", &row.why),
                severity: Severity::Low,
                sentence: format!("{} relies on {} for {} in {}: {reason}", row.a, row.b, row.layer, row.at),
                advice: format!("obtain {}'s own report", row.b),
                statements,
                about: None,
                key: vec![("a", row.a), ("b", row.b), ("layer", row.layer), ("at", row.at)],
                tuple: row.tuple,
            });
        }
    }

    fn concentration(&mut self) {
        let checked: BTreeSet<String> = self.answers.all::<Checked>().into_iter().map(|row| row.scope).collect();
        for row in self.answers.all::<Concentration>().into_iter().filter(|row| row.deployments > 1) {
            let scopes = self.answers.with::<Foundation>(&[("party", &row.party)]).into_iter().map(|row| row.scope);
            let scopes = scopes.collect::<Vec<_>>().join(", ");
            self.add(Draft {
                kind: Kind::new("concentration", ""),
                severity: Severity::Low,
                sentence: format!(
                    "{} of {} checked deployments rest on {}: {scopes}",
                    row.deployments,
                    checked.len(),
                    row.party
                ),
                advice: format!("plan for the day on which {} fails", row.party),
                statements: Vec::new(),
                about: None,
                key: vec![("party", row.party)],
                tuple: row.tuple,
            });
        }
    }
}

/// What documents say that a scope may run on.
#[must_use]
pub fn offers(answers: Answers<'_>, scope: &str) -> Vec<RunsOn> {
    let wider = answers.with::<super::answers::Narrower>(&[("scope", scope)]);
    let mut offers: Vec<RunsOn> =
        wider.into_iter().flat_map(|row| answers.with::<RunsOn>(&[("scope", &row.wider)])).collect();
    offers.sort();
    offers
}
