//! The audit of a model: the certificate, the core of ownership and reliance derived a second time by other code, and
//! every citation.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{Answers, Cites, Document, Row};
use super::compile::{CORE, compile};
use super::twin;
use crate::explain::certify::{Certificate, Fault};
use crate::facts::statements::line_ranges;
use crate::model::{Model, Tuple};
use crate::program::RelationId;
use crate::value::{Value, Values};

pub use super::twin::Cell;

/// Rows of relations, by name: what the twin is fed.
pub type Rows<'a, 'r> = &'r dyn Fn(&str) -> Vec<Vec<Cell<'a>>>;
/// The twin's answers, by relation.
pub type Derived<'a> = BTreeMap<&'static str, BTreeSet<Vec<Cell<'a>>>>;

/// A compiled program and its text.
#[derive(Clone, Copy, Debug)]
pub struct Twin<'t> {
    /// The text from which it was compiled.
    pub text: &'t str,
    /// The program.
    pub derive: for<'a, 'r> fn(Rows<'a, 'r>) -> Derived<'a>,
}

impl Twin<'static> {
    /// The twin of the standard rules that is built in.
    #[must_use]
    pub fn standard() -> Self {
        Self { text: include_str!("twin.rs"), derive: twin::derive }
    }
}

/// Something that the audit cannot vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// The certificate found a fault.
    Certificate(String),
    /// The twin was generated from other rules: the number of the first line that differs, what the rules give there, and
    /// what the twin has.
    Stale(usize, String, String),
    /// The rules cannot be compiled any more: why.
    NotCompiled(String),
    /// The twin derives a tuple that the model does not have.
    OnlyTwin(String),
    /// The model has a tuple that the twin does not derive.
    OnlyModel(String),
    /// A given tuple names a statement that stands nowhere: the tuple, the statement, the tuple's place.
    Uncited(String, String, String),
    /// A citation lacks something: the statement, what, its place.
    BadCitation(String, String, String),
}

impl Complaint {
    /// In a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Certificate(text) => text.clone(),
            Self::Stale(line, rules, twin) => {
                format!(
                    "the twin was generated from other rules: in line {line} the rules give `{rules}`, it has `{twin}`"
                )
            }
            Self::NotCompiled(why) => format!("the rules of ownership cannot be compiled, nothing was compared: {why}"),
            Self::OnlyTwin(tuple) => format!("{tuple}: the twin derives it, and the model does not have it"),
            Self::OnlyModel(tuple) => format!("{tuple}: the model has it, and the twin does not derive it"),
            Self::Uncited(tuple, statement, place) => {
                format!("{tuple} at {place}: no document holds the statement {statement}")
            }
            Self::BadCitation(statement, what, place) => format!("{statement} at {place}: {what}"),
        }
    }

    /// Which part of the audit complains.
    #[must_use]
    pub fn part(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "certificate",
            Self::Stale(..) | Self::NotCompiled(_) | Self::OnlyTwin(_) | Self::OnlyModel(_) => "twin",
            Self::Uncited(..) | Self::BadCitation(..) => "citations",
        }
    }
}

/// What an audit found.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// The complaints; none where all is well. At most [`MOST`] of each part.
    pub complaints: Vec<Complaint>,
    /// How many rows the certificate went over.
    pub rows: usize,
    /// How many rule instances it enumerated.
    pub instances: usize,
    /// What the certificate does not speak for.
    pub waived: Vec<String>,
    /// How many tuples the twin derived a second time.
    pub compared: usize,
    /// How many statements have a citation.
    pub statements: usize,
    /// How many documents they stand in.
    pub documents: usize,
    /// How many given tuples name one.
    pub cited: usize,
}

/// How many complaints of each part are listed.
pub const MOST: usize = 20;

impl Audit {
    /// Audits a model that has the certificate already.
    #[must_use]
    pub fn of(answers: Answers<'_>, certificate: &Certificate, twin: Twin<'_>) -> Self {
        let model = answers.model();
        let mut audit = Self {
            rows: certificate.rows,
            instances: certificate.instances,
            waived: certificate.waived.clone(),
            ..Self::default()
        };
        let faults = certificate
            .faults
            .iter()
            .take(MOST)
            .map(|fault| Complaint::Certificate(told(model, &certificate.values, fault)));
        audit.complaints.extend(faults);
        audit.twin(model, twin);
        audit.citations(answers);
        audit
    }

    /// Whether there is no complaint.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.complaints.is_empty()
    }

    fn twin(&mut self, model: &Model, twin: Twin<'_>) {
        match compile(model.program(), model.values(), CORE) {
            Err(found) => {
                let why = found.first().map(|found| found.message.clone()).unwrap_or_default();
                self.complaints.push(Complaint::NotCompiled(why));
                return;
            }
            Ok(compiled) => self.complaints.extend(stale(&compiled.text, twin.text)),
        }
        let rows = |name: &str| {
            let Some(id) = model.find(name) else { return Vec::new() };
            let given = model.relation(id).end_of(0) as usize;
            model.relation(id).rows().take(given).map(|row| cells(model, id, row)).collect()
        };
        let derived = (twin.derive)(&rows);
        let mut complaints = Vec::new();
        for name in CORE {
            let Some(id) = model.find(name) else { continue };
            let theirs = derived.get(name);
            let ours: BTreeSet<Vec<Cell<'_>>> = model.relation(id).rows().map(|row| cells(model, id, row)).collect();
            self.compared += theirs.map_or(0, BTreeSet::len);
            let none = BTreeSet::new();
            let theirs = theirs.unwrap_or(&none);
            complaints.extend(theirs.difference(&ours).map(|row| Complaint::OnlyTwin(literal(name, row))));
            complaints.extend(ours.difference(theirs).map(|row| Complaint::OnlyModel(literal(name, row))));
        }
        complaints.truncate(MOST);
        self.complaints.extend(complaints);
    }

    fn citations(&mut self, answers: Answers<'_>) {
        let model = answers.model();
        let mut complaints = Vec::new();
        let documents: BTreeSet<String> = answers.all::<Document>().into_iter().map(|row| row.doc).collect();
        let cites = answers.in_order::<Cites>(&[]);
        for row in &cites {
            let mut wrong = |what: String| {
                let place = answers.place(&row.tuple).unwrap_or_default();
                complaints.push(Complaint::BadCitation(row.statement.clone(), what, place));
            };
            if !documents.contains(&row.doc) {
                wrong(format!("there is no document {}", row.doc));
            }
            if line_ranges(&row.lines).is_none() {
                wrong(format!("{:?} are no lines", row.lines));
            }
            if row.section.trim().is_empty() {
                wrong("no section is named".to_owned());
            }
        }
        let known: BTreeSet<&str> = cites.iter().map(|row| row.statement.as_str()).collect();
        self.statements = known.len();
        self.documents = documents.len();
        for id in model.program().relation_ids() {
            let columns = &model.program().relation(id).columns;
            let statement = columns.iter().position(|column| model.program().types.name(column.ty) == "Statement");
            let Some(at) = statement.filter(|_| model.name(id) != Cites::RELATION) else { continue };
            let given = model.relation(id).end_of(0) as usize;
            for row in model.relation(id).rows().take(given) {
                let Some(Value::Symbol(statement)) = model.decode(id, row).into_iter().nth(at) else { continue };
                if known.contains(statement.as_str()) {
                    self.cited += 1;
                    continue;
                }
                let tuple = Tuple { relation: id, words: row.into() };
                let place = answers.place(&tuple).unwrap_or_default();
                complaints.push(Complaint::Uncited(model.literal(&tuple), statement, place));
            }
        }
        complaints.truncate(MOST);
        self.complaints.extend(complaints);
    }
}

/// The first line in which two texts differ.
fn stale(rules: &str, twin: &str) -> Option<Complaint> {
    if rules == twin {
        return None;
    }
    let (mut rules, mut twin) = (rules.lines(), twin.lines());
    for number in 1.. {
        let (ours, theirs) = (rules.next(), twin.next());
        if ours != theirs || ours.is_none() {
            let text = |line: Option<&str>| line.map_or("the end", str::trim).to_owned();
            return Some(Complaint::Stale(number, text(ours), text(theirs)));
        }
    }
    None
}

fn cells<'m>(model: &'m Model, id: RelationId, row: &[u32]) -> Vec<Cell<'m>> {
    let columns = &model.program().relation(id).columns;
    let values = model.values();
    let cell = |(column, &word): (&crate::program::Column, &u32)| match model.program().types.kind(column.ty) {
        crate::value::Kind::Symbol => Some(Cell::Text(values.get_symbol(word))),
        crate::value::Kind::Number => Some(Cell::Number(values.get_number(word))),
        crate::value::Kind::Unsigned => Some(Cell::Unsigned(values.get_unsigned(word))),
        // The core has no such columns; a row that is too short matches nothing.
        crate::value::Kind::Float | crate::value::Kind::Record | crate::value::Kind::Adt => None,
    };
    columns.iter().zip(row).filter_map(cell).collect()
}

fn literal(name: &str, row: &[Cell<'_>]) -> String {
    let value = |cell: &Cell<'_>| match cell {
        Cell::Text(text) => Value::Symbol((*text).to_owned()).literal(),
        Cell::Number(number) => number.to_string(),
        Cell::Unsigned(number) => number.to_string(),
    };
    format!("{name}({})", row.iter().map(value).collect::<Vec<_>>().join(", "))
}

fn told(model: &Model, values: &Values, fault: &Fault) -> String {
    let rule = |id: &crate::program::RuleId| model.label(*id).map_or_else(String::new, |label| format!(" [{label}]"));
    match fault {
        Fault::Missing(tuple, id) => {
            format!(
                "{}: a rule{} derives it, and the model does not have it",
                model.literal_with(values, tuple),
                rule(id)
            )
        }
        Fault::Unsupported(tuple) => {
            format!("{}: the model has it, and no rule derives it", model.literal_with(values, tuple))
        }
        Fault::Late(tuple, id) => {
            format!(
                "{}: a rule{} derives it in an earlier round than the model says",
                model.literal_with(values, tuple),
                rule(id)
            )
        }
        Fault::Clash(tuple) => format!("{}: another tuple was chosen for its key", model.literal_with(values, tuple)),
        Fault::NotGiven(tuple) => {
            format!("{}: it counts as given, and nobody gave it", model.literal_with(values, tuple))
        }
        Fault::Lost(tuple) => {
            format!("{}: it was given, and the model does not have it", model.literal_with(values, tuple))
        }
        Fault::Replaced(tuple) => {
            format!("{}: the model has it, and an older tuple replaces it", model.literal_with(values, tuple))
        }
        Fault::Unnumbered(..) | Fault::Twice(_) => fault.describe(model, values),
        Fault::Failed(id, message) => format!("a rule{} fails: {message}", rule(id)),
    }
}
