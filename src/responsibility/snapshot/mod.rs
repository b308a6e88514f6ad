//! Answers under review: the watched relations and the project's questions as text, one file each in one order, with
//! what they were derived from and a manifest of checksums. Rules and facts can then be reviewed by what they conclude.

mod questions;
mod stored;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use questions::Question;
pub use stored::{Problem, Stored, lines};

use super::{Project, Selection};
use crate::model::{Model, Tuple};
use crate::session::{Basis, Failure, Options, Session};

/// Where snapshots lie in a project.
pub const DIRECTORY: &str = "snapshots";

/// The manifest's file.
pub const MANIFEST: &str = "manifest.json";

/// The shape of the manifest.
const SCHEMA: &str = "onus-snapshot/1";

const RULES: &str = "basis/rules.dl";
const FACTS: &str = "basis/facts.dl";

/// What stands in `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    schema: String,
    /// The version of onus that wrote it.
    pub version: String,
    /// The digest of the rules in normal order.
    pub rules: String,
    /// The digest of the facts in normal order.
    pub facts: String,
    /// The checksum of each file.
    pub files: BTreeMap<String, String>,
}

/// A snapshot as it would be written now.
#[derive(Debug)]
pub struct Snapshot {
    /// Names below `snapshots/` with their texts, the manifest left out.
    pub files: BTreeMap<String, String>,
    /// The project's session, evaluated.
    pub session: Session,
    /// Its model.
    pub model: Arc<Model>,
}

impl Snapshot {
    /// Evaluates a project and answers its questions.
    ///
    /// # Errors
    /// What is wrong with its rules, facts or questions.
    pub fn take(project: &Project, selection: &Selection, options: &Options) -> Result<Self, Failure> {
        let mut session = project.load(selection, options.clone())?;
        let model = session.evaluate()?;
        let mut files = BTreeMap::new();
        for name in watched(&model, &project.manifest().watch) {
            files.insert(format!("relations/{name}.txt"), relation(&model, &name));
        }
        for Question { name, text } in questions::answers(project, selection, options)? {
            files.insert(format!("queries/{name}.txt"), text);
        }
        let Basis { rules, facts } = session.basis()?;
        files.insert(RULES.to_owned(), rules);
        files.insert(FACTS.to_owned(), facts);
        Ok(Self { files, session, model })
    }

    /// The manifest of the files.
    #[must_use]
    pub fn manifest(&self) -> String {
        manifest(&self.files)
    }
}

/// The manifest of some files.
#[must_use]
pub fn manifest(files: &BTreeMap<String, String>) -> String {
    let of = |name: &str| digest(files.get(name).map_or("", String::as_str));
    let manifest = Manifest {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: of(RULES),
        facts: of(FACTS),
        files: files.iter().map(|(name, text)| (name.clone(), digest(text))).collect(),
    };
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    text
}

/// The digest of a text, whatever its line ends.
fn digest(text: &str) -> String {
    let mut out = String::from("sha256:");
    for byte in Sha256::digest(stored::plain(text).as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The relations whose tuples are kept: those that are watched or alarms. Where a project marks none, only its
/// questions are under review.
fn watched(model: &Model, named: &[String]) -> Vec<String> {
    let declared = |name: &str| model.find(name).map(|id| model.program().relation(id));
    let ids = model.program().declared_ids().map(|id| model.name(id).to_owned());
    let mut names: Vec<String> = ids
        .filter(|name| named.contains(name) || declared(name).is_some_and(|found| found.watch || found.alarm))
        .collect();
    names.sort_unstable();
    names
}

/// A relation as text: a head that says what a line asserts, and its tuples in order.
fn relation(model: &Model, name: &str) -> String {
    let mut out = String::new();
    let Some(id) = model.find(name) else { return out };
    let declared = model.program().relation(id);
    let symbols = &model.values().symbols;
    let columns: Vec<&str> = declared.columns.iter().map(|column| symbols.get(column.name)).collect();
    let _ = writeln!(out, "# {name}({})", columns.join(", "));
    for line in declared.doc.map(|doc| symbols.get(doc)).unwrap_or_default().lines() {
        let _ = writeln!(out, "# {}", line.trim());
    }
    let mut rows: Vec<&[u32]> = model.relation(id).rows().collect();
    rows.sort_by_cached_key(|row| model.decode(id, row));
    for row in rows {
        let _ = writeln!(out, "{}", model.literal(&Tuple { relation: id, words: row.into() }));
    }
    out
}
