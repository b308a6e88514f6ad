//! Facts put together in Rust: documents with their statements, vocabulary and scenario, as types. They become a statement
//! file, and what is wrong with them is told as of one.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::Selection;
use super::answers::{Answers, Citation, Row};
use super::project::Project;
use crate::diagnostic::{Diagnostic, code};
use crate::explain::{self, Limits, Proof, ProofNode};
use crate::model::Model;
use crate::session::{Failure, Options, Session};

/// Who answers: a party by name, or whoever plays a role in the deployment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A party, or an alias of one.
    Party(String),
    /// Who buys the scope.
    Customer,
    /// Who sells the scope.
    Provider,
    /// Who runs what the scope stands on.
    Host,
}

impl From<&str> for Who {
    fn from(party: &str) -> Self {
        Self::Party(party.to_owned())
    }
}

impl fmt::Display for Who {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Party(party) => party,
            Self::Customer => "@customer",
            Self::Provider => "@provider",
            Self::Host => "@host",
        })
    }
}

impl Serialize for Who {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident = $word:literal),* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum $name {
            $($(#[$member_doc])* #[serde(rename = $word)] $member),*
        })*
    };
}

words! {
    /// How a duty is claimed.
    Mode {
        /// For one party alone.
        Sole = "sole",
        /// Together with the others that the statement names.
        Joint = "joint",
        /// To the exclusion of everybody else.
        Entirely = "entirely"
    }
    /// How a hosting is offered.
    Offer {
        /// Always this one.
        Fixed = "fixed",
        /// One of several.
        OneOf = "one_of"
    }
    /// How a layer is part of another.
    Part {
        /// A duty for the whole covers the part.
        Whole = "whole",
        /// The whole only groups.
        Topic = "topic"
    }
    /// What somebody may not do.
    Action {
        /// Look.
        Audit = "audit",
        /// Change.
        Modify = "modify"
    }
    /// What kind of party.
    PartyKind {
        /// A cloud service provider.
        Csp = "csp",
        /// A vendor of a service that runs on others.
        Vendor = "vendor",
        /// An end customer.
        Customer = "customer",
        /// Somebody who attests.
        Assessor = "assessor"
    }
}

/// The rows of one relation, a table each.
type Rows = Vec<toml::Table>;

fn row<const N: usize>(columns: [(&str, String); N]) -> toml::Table {
    columns.into_iter().map(|(name, text)| (name.to_owned(), toml::Value::String(text))).collect()
}

/// A word as statement files write it.
fn word(of: impl Serialize) -> String {
    toml::Value::try_from(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A document that statements come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// The party that published it, or an alias of that party.
    pub issuer: String,
    /// Its title.
    pub title: String,
    /// Where it can be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Which version of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Digest of its text, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// A statement of a document. It has its citation by construction.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statement {
    id: String,
    section: String,
    lines: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid: Option<toml::Table>,
    #[serde(flatten)]
    rows: std::collections::BTreeMap<&'static str, Rows>,
}

impl Statement {
    /// A statement of an id, in a section and at lines: `"39"`, `"24,26"`, `"16-17"`.
    #[must_use]
    pub fn new(id: &str, section: &str, lines: &str) -> Self {
        Self { id: id.to_owned(), section: section.to_owned(), lines: lines.to_owned(), ..Self::default() }
    }

    fn with<const N: usize>(mut self, relation: &'static str, columns: [(&str, String); N]) -> Self {
        self.rows.entry(relation).or_default().push(row(columns));
        self
    }

    /// What a reader should know, in own words.
    #[must_use]
    pub fn note(mut self, note: &str) -> Self {
        self.note = Some(note.to_owned());
        self
    }

    /// It holds from a day on until another: ISO dates.
    #[must_use]
    pub fn valid(mut self, from: &str, until: &str) -> Self {
        self.valid = Some(row([("from", from.to_owned()), ("until", until.to_owned())]));
        self
    }

    /// It says who answers for a layer in a scope.
    #[must_use]
    pub fn claim(self, scope: &str, layer: &str, who: impl Into<Who>, mode: Mode) -> Self {
        let (scope, layer, who) = (scope.to_owned(), layer.to_owned(), who.into().to_string());
        self.with("claim", [("scope", scope), ("layer", layer), ("who", who), ("mode", word(mode))])
    }

    /// It says that a layer is divided in a scope, and not how.
    #[must_use]
    pub fn unstated(self, scope: &str, layer: &str) -> Self {
        self.with("unstated", [("scope", scope.to_owned()), ("layer", layer.to_owned())])
    }

    /// It says what a scope runs on.
    #[must_use]
    pub fn runs_on(self, scope: &str, host: &str, how: Offer) -> Self {
        self.with("runs_on", [("scope", scope.to_owned()), ("host", host.to_owned()), ("how", word(how))])
    }

    /// It says what a scope needs beside it.
    #[must_use]
    pub fn needs(self, scope: &str, needed: &str) -> Self {
        self.with("needs", [("scope", scope.to_owned()), ("needed", needed.to_owned())])
    }

    /// It says that a party holds an attestation.
    #[must_use]
    pub fn attests(self, party: &str, what: &str) -> Self {
        self.with("attests", [("party", party.to_owned()), ("what", what.to_owned())])
    }

    /// It says where evidence about a party is.
    #[must_use]
    pub fn evidence_at(self, party: &str, place: &str) -> Self {
        self.with("evidence_at", [("party", party.to_owned()), ("where", place.to_owned())])
    }

    /// It says what a property of a scope is.
    #[must_use]
    pub fn property(self, scope: &str, key: &str, value: &str) -> Self {
        self.with("property", [("scope", scope.to_owned()), ("key", key.to_owned()), ("value", value.to_owned())])
    }

    /// It says what somebody may not do with a layer.
    #[must_use]
    pub fn closed_to(self, scope: &str, layer: &str, who: impl Into<Who>, action: Action) -> Self {
        let (scope, layer, who) = (scope.to_owned(), layer.to_owned(), who.into().to_string());
        self.with("closed_to", [("scope", scope), ("layer", layer), ("who", who), ("action", word(action))])
    }
}

/// Facts of one file: a document with its statements, names, decisions; each part may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Facts {
    #[serde(skip)]
    name: String,
    #[serde(flatten)]
    rows: std::collections::BTreeMap<&'static str, Rows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Document>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statement: Vec<Statement>,
}

impl Facts {
    /// Facts that places and errors call by a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    fn with<const N: usize>(mut self, relation: &'static str, columns: [(&str, String); N]) -> Self {
        self.rows.entry(relation).or_default().push(row(columns));
        self
    }

    /// A party.
    #[must_use]
    pub fn party(self, party: &str, kind: PartyKind) -> Self {
        self.with("party", [("party", party.to_owned()), ("kind", word(kind))])
    }

    /// What documents call a party.
    #[must_use]
    pub fn alias(self, name: &str, party: &str) -> Self {
        self.with("alias", [("name", name.to_owned()), ("party", party.to_owned())])
    }

    /// A scope of a kind: service, category, product, plan, plane, component or deployment.
    #[must_use]
    pub fn scope(self, scope: &str, kind: &str) -> Self {
        self.with("scope", [("scope", scope.to_owned()), ("kind", kind.to_owned())])
    }

    /// A scope inside another.
    #[must_use]
    pub fn within(self, child: &str, parent: &str) -> Self {
        self.with("within", [("child", child.to_owned()), ("parent", parent.to_owned())])
    }

    /// Who supplies a scope.
    #[must_use]
    pub fn offers(self, party: &str, scope: &str) -> Self {
        self.with("offers", [("party", party.to_owned()), ("scope", scope.to_owned())])
    }

    /// A layer.
    #[must_use]
    pub fn layer(self, layer: &str) -> Self {
        self.with("layer", [("layer", layer.to_owned())])
    }

    /// A layer that is part of another.
    #[must_use]
    pub fn part_of(self, child: &str, parent: &str, how: Part) -> Self {
        self.with("part_of", [("child", child.to_owned()), ("parent", parent.to_owned()), ("how", word(how))])
    }

    /// A layer that a profile requires somebody to answer for.
    #[must_use]
    pub fn required(self, profile: &str, layer: &str) -> Self {
        self.with("required", [("profile", profile.to_owned()), ("layer", layer.to_owned())])
    }

    /// The end customer of a scope.
    #[must_use]
    pub fn consumes(self, party: &str, scope: &str) -> Self {
        self.with("consumes", [("party", party.to_owned()), ("scope", scope.to_owned())])
    }

    /// The decision that a scope lives in a host.
    #[must_use]
    pub fn chosen(self, scope: &str, host: &str) -> Self {
        self.with("chosen", [("scope", scope.to_owned()), ("host", host.to_owned())])
    }

    /// A scope that is checked against a profile.
    #[must_use]
    pub fn checked(self, scope: &str, profile: &str) -> Self {
        self.with("checked", [("scope", scope.to_owned()), ("profile", profile.to_owned())])
    }

    /// The document that the statements come from.
    #[must_use]
    pub fn document(mut self, document: Document) -> Self {
        self.document = Some(document);
        self
    }

    /// A statement of the document.
    #[must_use]
    pub fn statement(mut self, statement: Statement) -> Self {
        self.statement.push(statement);
        self
    }

    /// As a statement file.
    ///
    /// # Errors
    /// TOML cannot hold them, which texts and tables always can be.
    pub fn to_toml(&self) -> Result<String, Failure> {
        toml::to_string(self).map_err(|error| Diagnostic::new(code::PROJECT, error.to_string()).into())
    }
}

/// An evaluated stack: the standard rules over some facts.
#[derive(Debug)]
pub struct Stack {
    session: Session,
    model: Arc<Model>,
}

impl Stack {
    /// The standard rules over these facts and nothing else.
    ///
    /// # Errors
    /// What is wrong with the facts: unknown names with suggestions, circles, statements given twice.
    pub fn of(facts: &[Facts]) -> Result<Self, Failure> {
        Self::over(&Project::embedded()?.without_facts(), facts)
    }

    /// The built-in documents and vocabulary, and these facts.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn with_documents(facts: &[Facts]) -> Result<Self, Failure> {
        let mut project = Project::embedded()?;
        project.forget_scenario();
        Self::over(&project, facts)
    }

    fn over(project: &Project, facts: &[Facts]) -> Result<Self, Failure> {
        let mut session = project.load(&Selection::default(), Options::default())?;
        let text = |facts: &Facts| facts.to_toml().map(|text| (facts.name.clone(), text));
        session.add_statements(&facts.iter().map(text).collect::<Result<Vec<_>, _>>()?);
        let model = session.evaluate()?;
        Ok(Self { session, model })
    }

    /// What follows.
    ///
    /// # Errors
    /// None with the standard rules.
    pub fn answers(&self) -> Result<Answers<'_>, Failure> {
        Answers::of(&self.model)
    }

    /// The session, for everything else: changes, goals, proofs.
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }
}

/// Why a row holds.
#[derive(Clone, Debug)]
pub struct Why {
    /// The proof.
    pub proof: Proof,
    /// The statements that it rests on, by id.
    pub citations: Vec<Citation>,
}

impl Answers<'_> {
    /// Why a row holds, down to the statements that say so.
    ///
    /// # Errors
    /// The row is not of this model, or a limit was met.
    pub fn why<R: Row>(self, row: &R) -> Result<Why, Failure> {
        let model = self.model();
        let told = |message: String| Failure::from(Diagnostic::new(code::NOT_A_FACT, message));
        let proof = explain::why(model, row.tuple(), Limits::default(), &crate::eval::Options::default());
        let proof = proof.map_err(|stop| Failure {
            diagnostics: vec![crate::session::stop_diagnostic(model.program(), &stop)],
            sources: model.share_sources(),
        })?;
        let Some(proof) = proof else {
            return Err(told(format!("this row of `{}` is not of this model", R::RELATION)));
        };
        let statement = |node: &ProofNode| {
            let ProofNode::Given { tuple, .. } = node else { return None };
            let columns = &model.program().relation(tuple.relation).columns;
            let at = columns.iter().position(|column| model.program().types.name(column.ty) == "Statement")?;
            Some(model.decode(tuple.relation, &tuple.words).get(at)?.to_string())
        };
        let statements: std::collections::BTreeSet<String> = proof.nodes.iter().filter_map(statement).collect();
        let citations = statements.iter().filter_map(|statement| self.citation(statement)).collect();
        Ok(Why { proof, citations })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::statements::{Names, OF_FILES, OF_STATEMENTS, load};
    use crate::source::SourceMap;

    /// Everything that statement files may hold can be said, and reads back.
    #[test]
    fn every_relation_can_be_written() {
        let statement = Statement::new("P-1", "Duties \"here\"", "3-4")
            .note("a note")
            .valid("2026-01-01", "2027-01-01")
            .claim("box", "door", Who::Provider, Mode::Sole)
            .unstated("box", "roof")
            .runs_on("box", "shed", Offer::OneOf)
            .needs("box", "shed")
            .attests("them", "ISO 27001")
            .evidence_at("them", "https://them.example")
            .property("box", "colour", "blue")
            .closed_to("box", "door", "us", Action::Audit);
        let said: Vec<&str> = statement.rows.keys().copied().collect();
        assert!(OF_STATEMENTS.iter().all(|relation| said.contains(&relation.name)), "{said:?}");
        let facts = Facts::new("papers")
            .party("them", PartyKind::Vendor)
            .party("us", PartyKind::Customer)
            .alias("Them Inc.", "them")
            .scope("box", "service")
            .scope("shed", "service")
            .within("shed", "box")
            .offers("them", "box")
            .layer("door")
            .layer("roof")
            .part_of("door", "roof", Part::Topic)
            .required("all", "door")
            .consumes("us", "box")
            .chosen("box", "shed")
            .checked("box", "all")
            .document(Document { id: "P".into(), issuer: "Them Inc.".into(), title: "T".into(), ..Document::default() })
            .statement(statement);
        let said: Vec<&str> = facts.rows.keys().copied().collect();
        let day = |name: &str| name == "as_of"; // the day of the question is no fact of a file
        assert!(OF_FILES.iter().all(|relation| said.contains(&relation.name) || day(relation.name)), "{said:?}");
        let text = facts.to_toml().unwrap();
        let source = SourceMap::default().add("papers", text.as_str());
        let read = load(&[(source, &text)], &Names::default());
        assert!(read.diagnostics.is_empty(), "{:?}\n{text}", read.diagnostics);
        assert_eq!((read.statements.len(), read.documents[0].issuer.as_str()), (1, "them"));
    }

    #[test]
    fn what_is_wrong_is_told_as_of_a_file() {
        let facts = Facts::new("ours").party("us", PartyKind::Customer).consumes("us", "bx").scope("box", "service");
        let failure = Stack::of(&[facts]).unwrap_err();
        assert_eq!(failure.diagnostics[0].help.as_deref(), Some("did you mean `box`?"));
    }
}
