//! Typed answers: rows of a model's relations as structures, read by the relations' names. Nothing is evaluated here; what
//! the rules derived is what there is.

use crate::diagnostic::{Diagnostic, code, suggest};
use crate::model::{Model, Tuple};
use crate::program::RelationId;
use crate::session::Failure;
use crate::value::Value;

/// A row of a relation that is read by name.
pub trait Row: Sized + Ord {
    /// The relation.
    const RELATION: &'static str;
    /// Its columns, in order.
    const COLUMNS: &'static [&'static str];

    /// The row of a tuple; nothing if a value is not of its column's kind.
    fn read(values: &[Value], tuple: Tuple) -> Option<Self>;

    /// The tuple of the row.
    fn tuple(&self) -> &Tuple;
}

/// A value of a column.
trait Field: Sized {
    fn of(value: &Value) -> Option<Self>;
}

impl Field for String {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Symbol(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Field for i64 {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident = $relation:literal ($($field:ident: $ty:ty = $column:literal),*);)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
            pub struct $name {
                $(#[doc = concat!("Column `", $column, "`.")] pub $field: $ty,)*
                /// The tuple itself: what `why` takes.
                pub tuple: Tuple,
            }

            impl Row for $name {
                const RELATION: &'static str = $relation;
                const COLUMNS: &'static [&'static str] = &[$($column),*];

                fn read(values: &[Value], tuple: Tuple) -> Option<Self> {
                    let mut values = values.iter();
                    Some(Self { $($field: <$ty as Field>::of(values.next()?)?,)* tuple })
                }

                fn tuple(&self) -> &Tuple {
                    &self.tuple
                }
            }

            impl $name {
                /// Why it holds, down to the statements that say so.
                ///
                /// # Errors
                /// It is not of the model of these answers, or a limit was met.
                pub fn why(&self, answers: Answers<'_>) -> Result<super::typed::Why, Failure> {
                    answers.why(self)
                }
            }
        )*

        /// Every relation that is read, with its columns.
        pub const RELATIONS: &[(&str, &[&str])] = &[$(($relation, &[$($column),*])),*];
    };
}

rows! {
    /// A document and who published it.
    Document = "doc" (doc: String = "doc", issuer: String = "issuer", title: String = "title");
    /// Where a statement stands.
    Cites = "cites" (
        statement: String = "statement", doc: String = "doc", section: String = "section", lines: String = "lines"
    );
    /// What a statement claims, before anything narrower beats it.
    Claim = "claim" (
        statement: String = "statement", scope: String = "scope", layer: String = "layer", who: String = "who",
        mode: String = "mode"
    );
    /// What a statement says a scope runs on.
    RunsOn = "runs_on" (
        statement: String = "statement", scope: String = "scope", host: String = "host", how: String = "how"
    );
    /// What a statement says about an attestation.
    Attests = "attests" (statement: String = "statement", party: String = "party", what: String = "what");
    /// Where a statement says that evidence is.
    EvidenceAt = "evidence_at" (statement: String = "statement", party: String = "party", place: String = "where");
    /// A party and its kind.
    Party = "party" (party: String = "party", kind: String = "kind");
    /// A scope and its kind.
    Scope = "scope" (scope: String = "scope", kind: String = "kind");
    /// A scope directly inside another.
    Within = "within" (child: String = "child", parent: String = "parent");
    /// Who offers a scope.
    Offers = "offers" (party: String = "party", scope: String = "scope");
    /// A layer.
    Layer = "layer" (layer: String = "layer");
    /// A layer that is part of another.
    PartOf = "part_of" (child: String = "child", parent: String = "parent", how: String = "how");
    /// A layer grouped under a topic at any depth, or that layer itself.
    UnderTopic = "under_topic" (layer: String = "layer", topic: String = "topic");
    /// The end customer of a scope.
    Consumes = "consumes" (party: String = "party", scope: String = "scope");
    /// A decision about hosting.
    Chosen = "chosen" (scope: String = "scope", host: String = "host");
    /// A scope that is checked.
    Checked = "checked" (scope: String = "scope", profile: String = "profile");
    /// A layer that a scope needs an owner for.
    Need = "need" (scope: String = "scope", layer: String = "layer");
    /// A scope inside another at any depth, or that scope itself.
    Narrower = "narrower" (scope: String = "scope", wider: String = "wider");
    /// Who supplies a scope.
    Supplier = "supplier" (scope: String = "scope", party: String = "party");
    /// Who is the customer of a scope.
    Customer = "customer" (scope: String = "scope", party: String = "party");
    /// What a scope runs on, directly.
    Hosted = "hosted" (scope: String = "scope", host: String = "host");
    /// What a scope stands on, directly or through other hosts.
    Under = "under" (scope: String = "scope", host: String = "host");
    /// What a scope needs beside it.
    Dep = "dep" (scope: String = "scope", needed: String = "needed");
    /// A claim that nothing narrower of the same issuer beats.
    Effective = "effective" (
        scope: String = "scope", layer: String = "layer", statement: String = "statement",
        claim_scope: String = "claim_scope", claim_layer: String = "claim_layer"
    );
    /// A party that answers for a layer by a statement.
    Owner = "owner" (
        scope: String = "scope", layer: String = "layer", party: String = "party", mode: String = "mode",
        statement: String = "statement"
    );
    /// A party that answers for a layer.
    Responsible = "responsible" (scope: String = "scope", layer: String = "layer", party: String = "party");
    /// A role that a statement names and nobody fills.
    Unbound = "unbound" (
        scope: String = "scope", layer: String = "layer", who: String = "who", statement: String = "statement"
    );
    /// A duty by the party's own word.
    Accepted = "accepted" (
        scope: String = "scope", layer: String = "layer", party: String = "party", statement: String = "statement"
    );
    /// A duty by the word of somebody else.
    Assigned = "assigned" (
        scope: String = "scope", layer: String = "layer", party: String = "party", statement: String = "statement"
    );
    /// A duty that a host accepts below a scope.
    HostAccepts = "host_accepts" (
        scope: String = "scope", layer: String = "layer", party: String = "party", statement: String = "statement"
    );
    /// An assigned duty to which the host agrees.
    Confirmed = "confirmed" (
        scope: String = "scope", layer: String = "layer", party: String = "party", statement: String = "statement",
        other_statement: String = "other_statement"
    );
    /// An assigned duty that the host's own text gives to somebody else.
    Disputed = "disputed" (
        scope: String = "scope", layer: String = "layer", party: String = "party", statement: String = "statement",
        other_statement: String = "other_statement"
    );
    /// An assigned duty on which the host is silent.
    OneSided = "one_sided" (
        scope: String = "scope", layer: String = "layer", party: String = "party", statement: String = "statement"
    );
    /// A statement that gives way to a narrower one, which names somebody else.
    Narrowed = "narrowed" (scope: String = "scope", layer: String = "layer", statement: String = "statement", by: String = "by");
    /// What a property of a scope is.
    Property = "prop" (
        scope: String = "scope", key: String = "key", value: String = "value", statement: String = "statement"
    );
    /// A layer that a text leaves open.
    OpenPoint = "open_point" (scope: String = "scope", layer: String = "layer", statement: String = "statement");
    /// A duty that a host lays on a vendor who promises nothing.
    Limbo = "limbo" (
        scope: String = "scope", layer: String = "layer", vendor: String = "vendor", statement: String = "statement"
    );
    /// A required layer that nobody holds.
    Gap = "gap" (scope: String = "scope", layer: String = "layer", kind: String = "kind");
    /// A reliance of one party on another.
    Reliance = "relies" (a: String = "a", b: String = "b", layer: String = "layer", at: String = "at");
    /// A reliance without proof.
    Unverified = "unverified" (
        a: String = "a", b: String = "b", layer: String = "layer", at: String = "at", why: String = "why"
    );
    /// A reliance that may not be audited.
    Opaque = "opaque" (
        a: String = "a", b: String = "b", layer: String = "layer", scope: String = "scope",
        statement: String = "statement"
    );
    /// An attestation that may be cited.
    MayCite = "may_cite" (a: String = "a", what: String = "what", b: String = "b", layer: String = "layer");
    /// Two statements that name different parties.
    Conflict = "conflict" (
        scope: String = "scope", layer: String = "layer", severity: String = "severity", party: String = "party",
        statement: String = "statement", other: String = "other", other_statement: String = "other_statement"
    );
    /// A choice that no document offers.
    BadChoice = "bad_choice" (scope: String = "scope", host: String = "host");
    /// A party that stands on itself.
    Cycle = "cycle" (a: String = "a");
    /// How many checked deployments rest on a party.
    Concentration = "concentration" (party: String = "party", deployments: i64 = "deployments");
    /// On whom a checked scope rests.
    Foundation = "foundation" (scope: String = "scope", party: String = "party");
    /// A duty of an end customer.
    Residual = "residual" (scope: String = "scope", layer: String = "layer", customer: String = "customer");
}

/// Where a statement stands, in full.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// The statement.
    pub statement: String,
    /// Its document's id.
    pub document: String,
    /// Who published the document.
    pub issuer: String,
    /// The document's title.
    pub title: String,
    /// The section.
    pub section: String,
    /// The lines, as `"39"`, `"24,26"`, `"16-17"`.
    pub lines: String,
    /// Where the statement is written down as facts: `facts/aws.toml:27`.
    pub place: String,
}

impl std::fmt::Display for Citation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { statement, document, section, lines, .. } = self;
        write!(formatter, "{statement}: {document} {section}, l. {lines}")
    }
}

/// Reads answers from a model.
///
/// ```
/// use onus::responsibility::{Answers, Owner, Project, Reliance, Selection};
///
/// let project = Project::embedded().unwrap();
/// let mut session = project.load(&Selection::default(), onus::session::Options::default()).unwrap();
/// let model = session.evaluate().unwrap();
/// let answers = Answers::of(&model).unwrap();
///
/// let owners = answers.with::<Owner>(&[("scope", "acme_redis"), ("layer", "physical")]);
/// assert_eq!(owners[0].party, "aws");
/// assert_eq!(answers.citation(&owners[0].statement).unwrap().lines, "21");
///
/// let reliance = answers.with::<Reliance>(&[("a", "astronomer"), ("b", "aws"), ("layer", "physical")]);
/// let options = onus::eval::Options::default();
/// let proof = onus::explain::why(&model, &reliance[0].tuple, onus::explain::Limits::default(), &options).unwrap();
/// assert!(proof.is_some_and(|proof| proof.complete));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Answers<'m> {
    model: &'m Model,
}

impl<'m> Answers<'m> {
    /// Answers of a model whose program has every relation of the standard rules that is read here.
    ///
    /// # Errors
    /// One for each relation that is missing or has other columns.
    pub fn of(model: &'m Model) -> Result<Self, Failure> {
        let diagnostics: Vec<Diagnostic> =
            RELATIONS.iter().filter_map(|(name, columns)| mismatch(model, name, columns)).collect();
        if diagnostics.is_empty() {
            return Ok(Self { model });
        }
        Err(Failure { diagnostics, sources: model.share_sources() })
    }

    /// The model.
    #[must_use]
    pub fn model(self) -> &'m Model {
        self.model
    }

    /// All rows of a relation, sorted.
    #[must_use]
    pub fn all<R: Row>(self) -> Vec<R> {
        self.with(&[])
    }

    /// The rows of a relation with these texts in these columns, sorted. A column that the relation does not have, or a
    /// text that occurs nowhere, matches nothing.
    #[must_use]
    pub fn with<R: Row>(self, wanted: &[(&str, &str)]) -> Vec<R> {
        let mut rows = self.in_order(wanted);
        rows.sort_unstable();
        rows
    }

    /// As [`Self::with`], in the order in which the rows came: for given facts that of their files.
    #[must_use]
    pub fn in_order<R: Row>(self, wanted: &[(&str, &str)]) -> Vec<R> {
        self.rows(wanted).unwrap_or_default()
    }

    /// Whether there is such a row.
    #[must_use]
    pub fn any<R: Row>(self, wanted: &[(&str, &str)]) -> bool {
        !self.in_order::<R>(wanted).is_empty()
    }

    fn rows<R: Row>(self, wanted: &[(&str, &str)]) -> Option<Vec<R>> {
        let id = self.model.find(R::RELATION)?;
        let relation = self.model.relation(id);
        let read = |row: &[u32]| {
            let tuple = Tuple { relation: id, words: row.into() };
            R::read(&self.model.decode(id, row), tuple)
        };
        if wanted.is_empty() {
            return Some(relation.rows().filter_map(read).collect());
        }
        let (columns, key) = self.key(id, R::COLUMNS, wanted)?;
        Some(relation.matching(&columns, &key).iter().filter_map(|&row| read(relation.row(row))).collect())
    }

    /// Columns and words that are looked for, by ascending column; nothing where a text occurs nowhere.
    fn key(self, id: RelationId, columns: &[&str], wanted: &[(&str, &str)]) -> Option<(Vec<usize>, Vec<u32>)> {
        let mut key = Vec::with_capacity(wanted.len());
        for (column, text) in wanted {
            let at = columns.iter().position(|other| other == column)?;
            let ty = self.model.program().relation(id).columns.get(at)?.ty;
            let value = Value::Symbol((*text).to_owned());
            key.push((at, self.model.values().find(&self.model.program().types, ty, &value)?));
        }
        key.sort_unstable();
        Some(key.into_iter().unzip())
    }

    /// Where a statement stands; nothing for one that no document holds.
    #[must_use]
    pub fn citation(self, statement: &str) -> Option<Citation> {
        let cites = self.with::<Cites>(&[("statement", statement)]).into_iter().next()?;
        let document = self.with::<Document>(&[("doc", &cites.doc)]).into_iter().next();
        let (issuer, title) = document.map(|document| (document.issuer, document.title)).unwrap_or_default();
        let place = self.place(&cites.tuple).unwrap_or_default();
        let Cites { statement, doc, section, lines, .. } = cites;
        Some(Citation { statement, document: doc, issuer, title, section, lines, place })
    }

    /// Where a given tuple was read.
    #[must_use]
    pub fn place(self, tuple: &Tuple) -> Option<String> {
        self.model.origin(tuple).map(|origin| self.model.place(origin))
    }

    /// The scope of a name.
    ///
    /// # Errors
    /// There is none; the nearest name is suggested.
    pub fn scope(self, name: &str) -> Result<Scope, Failure> {
        let found = self.with::<Scope>(&[("scope", name)]).into_iter().next();
        found.ok_or_else(|| self.unknown("scope", name, self.all::<Scope>().iter().map(|row| row.scope.as_str())))
    }

    /// The layer of a name.
    ///
    /// # Errors
    /// There is none; the nearest name is suggested.
    pub fn layer(self, name: &str) -> Result<Layer, Failure> {
        let found = self.with::<Layer>(&[("layer", name)]).into_iter().next();
        found.ok_or_else(|| self.unknown("layer", name, self.all::<Layer>().iter().map(|row| row.layer.as_str())))
    }

    /// The party of a name.
    ///
    /// # Errors
    /// There is none; the nearest name is suggested.
    pub fn party(self, name: &str) -> Result<Party, Failure> {
        let found = self.with::<Party>(&[("party", name)]).into_iter().next();
        found.ok_or_else(|| self.unknown("party", name, self.all::<Party>().iter().map(|row| row.party.as_str())))
    }

    /// That there is nothing of a kind and a name: what else has the name, else what has one like it.
    fn unknown<'a>(self, what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Failure {
        let others = [
            ("scope", !self.with::<Scope>(&[("scope", name)]).is_empty()),
            ("layer", !self.with::<Layer>(&[("layer", name)]).is_empty()),
            ("party", !self.with::<Party>(&[("party", name)]).is_empty()),
        ];
        let other = others.into_iter().find(|&(kind, there)| there && kind != what);
        let help = match other {
            Some((kind, _)) => Some(format!("`{name}` is a {kind}")),
            None => suggest(name, known).map(|near| format!("did you mean `{near}`?")),
        };
        Diagnostic::new(code::UNKNOWN_NAME, format!("there is no {what} `{name}`")).maybe_help(help).into()
    }
}

fn mismatch(model: &Model, name: &str, columns: &[&str]) -> Option<Diagnostic> {
    let wanted = || format!("{name}({})", columns.join(", "));
    let Some(id) = model.find(name) else {
        let message = format!("the rules have no relation `{}`, which is read here", wanted());
        let help = "keep `builtin:rules` among the rules, or derive it with your own";
        return Some(Diagnostic::new(code::UNKNOWN_RELATION, message).help(help));
    };
    let declared = model.program().relation(id);
    let names = declared.columns.iter().map(|column| model.values().symbols.get(column.name));
    if names.eq(columns.iter().copied()) {
        return None;
    }
    let message = format!("the columns of `{name}` are not those that are read here: `{}`", wanted());
    Some(Diagnostic::at(code::WRONG_ARITY, message, declared.span, "declared here"))
}
