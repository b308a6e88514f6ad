//! The snapshot that lies in a project, and what is wrong with its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::{DIRECTORY, FACTS, MANIFEST, Manifest, RULES, SCHEMA, digest};
use crate::diagnostic::{Diagnostic, code};
use crate::model::Model;
use crate::session::{Failure, MemoryLoader, Options, Session};

/// What is wrong with a file of a snapshot, apart from what it says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// The manifest cannot be read: why.
    Manifest(String),
    /// The manifest lists it and it is not there.
    Missing(String),
    /// It is not as it was written: torn, edited, or merged by hand.
    Edited(String),
    /// It lies beside the others and the manifest does not list it.
    Unlisted(String),
}

impl Problem {
    /// What is wrong, in words.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Manifest(why) => format!("{DIRECTORY}/{MANIFEST} cannot be read: {why}"),
            Self::Missing(name) => format!("{DIRECTORY}/{name} is missing"),
            Self::Edited(name) => {
                format!("{DIRECTORY}/{name} is not as it was written: it is torn, was edited, or merged by hand")
            }
            Self::Unlisted(name) => format!("{DIRECTORY}/{name} is not listed in {MANIFEST}"),
        }
    }
}

/// A snapshot as it lies in a project.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What its manifest says; nothing where that cannot be read.
    pub manifest: Option<Manifest>,
    /// The files that are there, without carriage returns.
    pub files: BTreeMap<String, String>,
    /// What is wrong, in order.
    pub problems: Vec<Problem>,
}

/// A text with line feeds alone: version control may have put carriage returns.
pub(super) fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

impl Stored {
    /// Reads the snapshot of the project in a directory; nothing if it has none.
    #[must_use]
    pub fn read(project: &Path) -> Option<Self> {
        Self::at(&project.join(DIRECTORY))
    }

    /// Reads the snapshot that lies in a directory of any name; nothing if there is none.
    #[must_use]
    pub fn at(root: &Path) -> Option<Self> {
        let text = match std::fs::read_to_string(root.join(MANIFEST)) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !root.is_dir() => return None,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err("there is no such file".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let mut files = BTreeMap::new();
        for directory in ["basis", "queries", "relations"] {
            let Ok(entries) = std::fs::read_dir(root.join(directory)) else { continue };
            for entry in entries.flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                if name.starts_with('.') {
                    continue;
                }
                // What is no text is no snapshot either; it shows as edited.
                let text = std::fs::read(entry.path()).unwrap_or_default();
                let text = plain(&String::from_utf8_lossy(&text));
                files.insert(format!("{directory}/{name}"), text);
            }
        }
        Some(Self::of(text.as_deref().map_err(String::as_str), files))
    }

    /// A snapshot of the text of its manifest, or why that cannot be read, and of the other files that are there.
    #[must_use]
    pub fn of(manifest: Result<&str, &str>, files: BTreeMap<String, String>) -> Self {
        let mut stored = Self { manifest: None, files, problems: Vec::new() };
        let manifest = manifest.map_err(str::to_owned);
        let manifest = manifest.and_then(|text| {
            let manifest: Manifest = serde_json::from_str(text).map_err(|error| error.to_string())?;
            if manifest.schema == SCHEMA {
                Ok(manifest)
            } else {
                Err(format!("it is of the shape `{}`, and this onus reads `{SCHEMA}`", manifest.schema))
            }
        });
        match manifest {
            Ok(manifest) => {
                stored.compare(&manifest);
                stored.manifest = Some(manifest);
            }
            Err(why) => stored.problems.push(Problem::Manifest(why)),
        }
        stored
    }

    fn compare(&mut self, manifest: &Manifest) {
        let mut names: BTreeSet<&String> = manifest.files.keys().collect();
        names.extend(self.files.keys());
        for name in names {
            let problem = match (manifest.files.get(name), self.files.get(name)) {
                (Some(sum), Some(text)) if *sum == digest(text) => continue,
                (Some(_), Some(_)) => Problem::Edited(name.clone()),
                (Some(_), None) => Problem::Missing(name.clone()),
                (None, _) => Problem::Unlisted(name.clone()),
            };
            self.problems.push(problem);
        }
    }

    /// The model that the snapshot was taken of, made anew from what it keeps of rules and facts.
    ///
    /// # Errors
    /// They are not there, or do not evaluate.
    pub fn model(&self, options: &Options) -> Result<Arc<Model>, Failure> {
        self.session(options).map(|(_, model)| model)
    }

    /// The same with the session that made it.
    ///
    /// # Errors
    /// As [`Self::model`].
    pub fn session(&self, options: &Options) -> Result<(Session, Arc<Model>), Failure> {
        let mut session = Session::new(Box::new(MemoryLoader::default()), options.clone());
        let (Some(rules), Some(facts)) = (self.files.get(RULES), self.files.get(FACTS)) else {
            let message = "the snapshot does not keep what it was made of";
            return Err(session.failure(vec![Diagnostic::new(code::PROJECT, message)]));
        };
        session.add_program(&format!("{DIRECTORY}/{RULES}"), rules);
        session.add_program(&format!("{DIRECTORY}/{FACTS}"), facts);
        let model = session.evaluate()?;
        Ok((session, model))
    }

    /// Whether rules and facts are still those of the snapshot.
    #[must_use]
    pub fn same_basis(&self, files: &BTreeMap<String, String>) -> (bool, bool) {
        let same = |name: &str| self.files.get(name) == files.get(name);
        (same(RULES), same(FACTS))
    }

    /// The names of answers that are not the same now: changed, new, or gone.
    #[must_use]
    pub fn changed(&self, files: &BTreeMap<String, String>) -> Vec<String> {
        let mut names: BTreeSet<&String> = files.keys().chain(self.files.keys()).collect();
        names.retain(|name| !name.starts_with("basis/") && files.get(*name) != self.files.get(*name));
        names.into_iter().cloned().collect()
    }
}

/// The lines of one text that the other does not have, and the other way round; heads left out.
#[must_use]
pub fn lines(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let of = |text: &str| -> BTreeSet<String> {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    let (old, new) = (of(old), of(new));
    (old.difference(&new).cloned().collect(), new.difference(&old).cloned().collect())
}
