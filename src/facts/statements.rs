//! Statement files: documents with what they say, vocabulary and scenarios, in TOML.
//!
//! Every statement carries its citation by construction. Names are resolved against the vocabulary of all files
//! together, parties through their aliases, so that the program sees one name for one thing.

mod names;
mod order;
mod read;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

pub use names::{NameFault, Names};
pub use read::line_ranges;
pub use schema::{Class, FileColumn, FileRelation, OF_FILES, OF_STATEMENTS, ROLES, Takes};

use crate::diagnostic::{Diagnostic, code};
use crate::source::{SourceId, Span};
use crate::value::Value;
use read::{Cell, Located, RawDocument, RawFile, RawStatement, Row};

/// What statement files hold, names resolved.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    /// The rows, in order of the files and of their text.
    pub facts: Vec<NamedFact>,
    /// The documents, in order of the files.
    pub documents: Vec<Document>,
    /// Every statement, whether or not it has rows: what coverage counts.
    pub statements: Vec<StatementInfo>,
    /// The scenarios that files describe.
    pub scenarios: Vec<Scenario>,
    /// The vocabulary: that of the files, and that given.
    pub names: Names,
    /// What is wrong, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// A row for a relation, by the names of its columns, in order of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFact {
    /// The relation.
    pub relation: &'static str,
    /// Column and value.
    pub columns: Vec<(&'static str, Value)>,
    /// Where it stands.
    pub span: Span,
}

/// A document that statements come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id in facts: as in the file, followed by `@` and the version where several versions are loaded.
    pub id: String,
    /// The party that published it, resolved.
    pub issuer: String,
    /// Its title.
    pub title: String,
    /// Where it can be found.
    pub url: Option<String>,
    /// Which version of it.
    pub version: Option<String>,
    /// When it was retrieved: an ISO date.
    pub retrieved: Option<String>,
    /// Digest of its text, in hexadecimal.
    pub sha256: Option<String>,
    /// Where it is described.
    pub span: Span,
}

/// A statement of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementInfo {
    /// Its id in facts, see [`Document::id`].
    pub id: String,
    /// Its document's id in facts.
    pub document: String,
    /// The section that it stands in.
    pub section: String,
    /// Its lines, see [`line_ranges`].
    pub lines: String,
    /// What a reader noted.
    pub note: Option<String>,
    /// Whether it has rows.
    pub allocates: bool,
    /// Where it is written down.
    pub span: Span,
}

/// A named set of decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// As `--scenario` takes it.
    pub name: String,
    /// In words.
    pub title: Option<String>,
    /// Where it is described.
    pub span: Span,
}

/// Reads statement files together. `known` are names that other facts introduce (see [`Names::add_fact`]).
///
/// Rows that are wrong are reported and left out; a file that is not TOML is reported, and names are then not judged,
/// since it may introduce them.
#[must_use]
pub fn load(files: &[(SourceId, &str)], known: &Names) -> Statements {
    let mut diagnostics = Vec::new();
    let raw: Vec<RawFile> = files.iter().map(|&(source, text)| read::read(source, text, &mut diagnostics)).collect();
    let mut loader = Loader {
        out: Statements { names: known.clone(), diagnostics, ..Statements::default() },
        lenient: raw.iter().any(|file| file.broken),
    };
    loader.vocabulary(&raw);
    let versions = versions(&raw);
    let mut documents: BTreeMap<String, (Document, Span)> = BTreeMap::new();
    let mut statements: BTreeMap<String, (String, Span)> = BTreeMap::new();
    for file in &raw {
        loader.file(file, &versions, &mut documents, &mut statements);
    }
    loader.acyclic(&raw, "within");
    loader.acyclic(&raw, "part_of");
    let mut out = loader.out;
    let place = |span: &Span| (files.iter().position(|(source, _)| *source == span.source), span.start);
    out.facts.sort_by_key(|fact| place(&fact.span));
    out.diagnostics.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| place(&label.span)));
    out
}

/// The versions of each document, by its id as written.
fn versions(files: &[RawFile]) -> BTreeMap<&str, BTreeSet<Option<&str>>> {
    let mut versions: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
    for document in files.iter().filter_map(|file| file.document.as_ref()) {
        if let Some(id) = &document.id {
            let version = document.version.as_ref().map(|version| version.text.as_str());
            versions.entry(&id.text).or_default().insert(version);
        }
    }
    versions
}

/// A document of a file and how its ids read in facts.
struct Home {
    id: String,
    suffix: String,
}

struct Loader {
    out: Statements,
    /// Names are not judged.
    lenient: bool,
}

impl Loader {
    /// Collects the names that the files introduce; then the aliases, which need the parties.
    fn vocabulary(&mut self, files: &[RawFile]) {
        let mut kinds: BTreeMap<(Class, String), (String, Span)> = BTreeMap::new();
        let rows = || files.iter().flat_map(|file| &file.rows);
        for row in rows() {
            for (at, column) in row.relation.columns.iter().enumerate() {
                let (Takes::New(class), Some(name)) = (column.takes, row.text(at)) else { continue };
                self.out.names.add(class, &name.text);
                // Party and scope have a kind, and one only.
                let (Class::Party | Class::Scope, Some(kind)) = (class, row.text(1)) else { continue };
                let first = kinds.entry((class, name.text.clone())).or_insert_with(|| (kind.text.clone(), kind.span));
                if first.0 != kind.text {
                    let message = format!("{} `{}` is of two kinds", class.name(), name.text);
                    self.out.diagnostics.push(
                        Diagnostic::at(code::STATEMENT_FILE, message, kind.span, format!("here `{}`", kind.text))
                            .label(first.1, format!("first `{}`", first.0)),
                    );
                }
            }
        }
        let mut aliases: BTreeMap<&str, (String, Span)> = BTreeMap::new();
        for row in rows().filter(|row| row.relation.name == "alias") {
            let (Some(name), Some(party)) = (row.text(0), row.text(1)) else { continue };
            // An unknown party is reported where the row is taken over.
            if !self.out.names.has(Class::Party, &party.text) {
                continue;
            }
            let first = aliases.entry(&name.text).or_insert_with(|| (party.text.clone(), party.span));
            if first.0 != party.text {
                let message = format!("alias `{}` stands for two parties", name.text);
                self.out.diagnostics.push(
                    Diagnostic::at(code::STATEMENT_FILE, message, party.span, format!("here `{}`", party.text))
                        .label(first.1, format!("first `{}`", first.0)),
                );
            } else if name.text != party.text && self.out.names.has(Class::Party, &name.text) {
                let message = format!("alias `{}` is the name of another party", name.text);
                self.out.diagnostics.push(Diagnostic::at(code::STATEMENT_FILE, message, name.span, ""));
            } else {
                self.out.names.add_alias(&name.text, &party.text);
            }
        }
    }

    fn file(
        &mut self,
        file: &RawFile,
        versions: &BTreeMap<&str, BTreeSet<Option<&str>>>,
        documents: &mut BTreeMap<String, (Document, Span)>,
        statements: &mut BTreeMap<String, (String, Span)>,
    ) {
        if let Some((name, title, span)) = &file.scenario
            && let Some(name) = name
        {
            let title = title.as_ref().map(|title| title.text.clone());
            self.out.scenarios.push(Scenario { name: name.text.clone(), title, span: *span });
        }
        for row in &file.rows {
            self.row(row, None);
        }
        let home = file.document.as_ref().and_then(|document| self.document(document, versions, documents));
        if file.document.is_none()
            && !file.broken
            && let Some(first) = file.statements.first()
        {
            let message = "statements without a document";
            self.out.diagnostics.push(
                Diagnostic::at(code::STATEMENT_FILE, message, first.span, "")
                    .help("say what they are cited from: `[document]` with `id`, `issuer` and `title`"),
            );
        }
        for statement in &file.statements {
            if let Some(id) = &statement.id {
                self.statement(statement, id, home.as_ref(), statements);
            }
        }
    }

    fn document(
        &mut self,
        raw: &RawDocument,
        versions: &BTreeMap<&str, BTreeSet<Option<&str>>>,
        documents: &mut BTreeMap<String, (Document, Span)>,
    ) -> Option<Home> {
        let issuer = raw.issuer.as_ref().and_then(|issuer| self.known(Class::Party, issuer));
        let id = raw.id.as_ref()?;
        let several = versions.get(id.text.as_str()).is_some_and(|versions| versions.len() > 1);
        let suffix = match &raw.version {
            Some(version) if several => format!("@{}", version.text),
            Some(_) | None => String::new(),
        };
        let home = Home { id: format!("{}{suffix}", id.text), suffix };
        let (Some(issuer), Some(title)) = (issuer, &raw.title) else { return Some(home) };
        let text = |located: &Option<Located>| located.as_ref().map(|located| located.text.clone());
        let document = Document {
            id: home.id.clone(),
            issuer,
            title: title.text.clone(),
            url: text(&raw.url),
            version: text(&raw.version),
            retrieved: text(&raw.retrieved),
            sha256: text(&raw.sha256),
            span: raw.span,
        };
        if let Some((other, span)) = documents.get(&home.id) {
            if (&other.issuer, &other.title) != (&document.issuer, &document.title) {
                let message = format!("document `{}` is described twice, in different words", home.id);
                self.out.diagnostics.push(
                    Diagnostic::at(code::STATEMENT_FILE, message, id.span, "here again")
                        .label(*span, "first here")
                        .help("editions of one document have one `id` and each its own `version`"),
                );
            }
            return Some(home);
        }
        documents.insert(home.id.clone(), (document.clone(), id.span));
        self.out.facts.push(NamedFact {
            relation: "doc",
            columns: vec![
                ("doc", Value::Symbol(document.id.clone())),
                ("issuer", Value::Symbol(document.issuer.clone())),
                ("title", Value::Symbol(document.title.clone())),
            ],
            span: raw.span,
        });
        self.out.documents.push(document);
        Some(home)
    }

    fn statement(
        &mut self,
        raw: &RawStatement,
        id: &Located,
        home: Option<&Home>,
        statements: &mut BTreeMap<String, (String, Span)>,
    ) {
        let name = format!("{}{}", id.text, home.map_or("", |home| &home.suffix));
        let document = home.map_or(String::new(), |home| home.id.clone());
        if let Some((other, span)) = statements.get(&name) {
            let message = if *other == document {
                format!("statement `{name}` is given twice")
            } else {
                format!("statement `{name}` is in two documents, `{other}` and `{document}`")
            };
            self.out.diagnostics.push(
                Diagnostic::at(code::DUPLICATE_STATEMENT, message, id.span, "given again here")
                    .label(*span, "first given here")
                    .help("proofs cite statements by their id: give each its own"),
            );
            return;
        }
        statements.insert(name.clone(), (document.clone(), id.span));
        let symbol = |text: &str| Value::Symbol(text.to_owned());
        let statement = || ("statement", symbol(&name));
        if let (Some(_), Some(section), Some(lines)) = (home, &raw.section, &raw.lines) {
            let columns = vec![
                statement(),
                ("doc", symbol(&document)),
                ("section", symbol(&section.text)),
                ("lines", symbol(&lines.text)),
            ];
            self.out.facts.push(NamedFact { relation: "cites", columns, span: raw.span });
            self.out.statements.push(StatementInfo {
                id: name.clone(),
                document,
                section: section.text.clone(),
                lines: lines.text.clone(),
                note: raw.note.as_ref().map(|note| note.text.clone()),
                allocates: !raw.rows.is_empty(),
                span: raw.span,
            });
        }
        if let Some((from, until, span)) = raw.valid {
            let columns = vec![statement(), ("from", Value::Number(from)), ("until", Value::Number(until))];
            self.out.facts.push(NamedFact { relation: "valid", columns, span });
        }
        for row in &raw.rows {
            self.row(row, Some(&name));
        }
    }

    /// Takes a row over, if all its cells are there and all its names known.
    fn row(&mut self, row: &Row, statement: Option<&str>) {
        let mut columns: Vec<(&'static str, Value)> =
            statement.iter().map(|id| ("statement", Value::Symbol((*id).to_owned()))).collect();
        let mut whole = true;
        for (column, cell) in row.relation.columns.iter().zip(&row.cells) {
            let value = match (cell, column.takes) {
                (Some(Cell::Day(day)), _) => Some(Value::Number(*day)),
                (Some(Cell::Text(text)), Takes::Known(class)) => self.known(class, text).map(Value::Symbol),
                (Some(Cell::Text(text)), Takes::Who) => self.who(text).map(Value::Symbol),
                (Some(Cell::Text(text)), Takes::Text | Takes::OneOf(_) | Takes::New(_) | Takes::Day) => {
                    Some(Value::Symbol(text.text.clone()))
                }
                (None, _) => None,
            };
            match value {
                Some(value) => columns.push((column.name, value)),
                None => whole = false,
            }
        }
        if whole {
            self.out.facts.push(NamedFact { relation: row.relation.name, columns, span: row.span });
        }
    }

    fn who(&mut self, text: &Located) -> Option<String> {
        if !text.text.starts_with('@') {
            return self.known(Class::Party, text);
        }
        if ROLES.contains(&text.text.as_str()) {
            return Some(text.text.clone());
        }
        let help = match crate::diagnostic::suggest(&text.text, ROLES.iter().copied()) {
            Some(role) => format!("did you mean `{role}`?"),
            None => format!("roles are {}", ROLES.join(", ")),
        };
        let message = format!("no role is called `{}`", text.text);
        self.out.diagnostics.push(Diagnostic::at(code::UNKNOWN_NAME, message, text.span, "unknown role").help(help));
        None
    }

    /// What a name stands for; reported if nothing.
    fn known(&mut self, class: Class, text: &Located) -> Option<String> {
        let fault = match self.out.names.resolve(class, &text.text) {
            Ok(name) => return Some(name.to_owned()),
            Err(fault) => fault,
        };
        if self.lenient {
            return None;
        }
        let diagnostic = match fault {
            NameFault::Ambiguous(parties) => {
                let message = format!("`{}` may be {}", text.text, parties.join(" or "));
                Diagnostic::at(code::UNKNOWN_NAME, message, text.span, "several parties")
                    .help("write the party's id, or the alias with its capitals")
            }
            NameFault::Unknown(near) => {
                let message = format!("no {} is called `{}`", class.name(), text.text);
                let other = self.out.names.classes_of(&text.text).next();
                let help = match (near, other) {
                    (Some(near), _) => format!("did you mean `{near}`?"),
                    (None, Some(other)) => format!("`{}` is a {}", text.text, other.name()),
                    (None, None) => format!("the vocabulary introduces it: `{}`", class.introduction(&text.text)),
                };
                let label = format!("unknown {}", class.name());
                Diagnostic::at(code::UNKNOWN_NAME, message, text.span, label).help(help)
            }
        };
        self.out.diagnostics.push(diagnostic);
        None
    }

    fn acyclic(&mut self, files: &[RawFile], relation: &str) {
        const MOST: usize = 10;
        let rows: Vec<(&Located, &Located, Span)> = files
            .iter()
            .flat_map(|file| &file.rows)
            .filter(|row| row.relation.name == relation)
            .filter_map(|row| Some((row.text(0)?, row.text(1)?, row.span)))
            .collect();
        let edges: Vec<(&str, &str)> =
            rows.iter().map(|(child, parent, _)| (child.text.as_str(), parent.text.as_str())).collect();
        for cycle in order::cycles(&edges, MOST) {
            let mut path: Vec<&str> = cycle.iter().map(|&edge| edges[edge].0).collect();
            path.push(edges[cycle[0]].0);
            if path.len() > MOST + 2 {
                let cut = path.len() - MOST - 1;
                path.splice(MOST / 2..=MOST / 2 + cut, ["..."]);
            }
            let message = format!("`{relation}` goes in a circle: {}", path.join(" -> "));
            let mut diagnostic = Diagnostic::new(code::CYCLIC_ORDER, message);
            for &edge in cycle.iter().take(MOST) {
                diagnostic = diagnostic.label(rows[edge].2, format!("{} -> {}", edges[edge].0, edges[edge].1));
            }
            self.out.diagnostics.push(diagnostic.help("take one of these rows out"));
        }
    }
}

#[cfg(test)]
mod tests;
