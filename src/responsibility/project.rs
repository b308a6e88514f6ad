//! Projects: a directory with rules, facts, questions and scenarios, or the ones built in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::embedded;
use super::file::{Content, File, directory, gather, unreadable};
use super::manifest::{BUILTIN, Manifest};
use super::waiver::{Waiver, read_waivers};
use crate::diagnostic::{Diagnostic, code, suggest};
use crate::session::Failure;
use crate::source::SourceMap;

/// Where rules, facts and questions come from.
#[derive(Clone, Debug)]
pub struct Project {
    place: Place,
    manifest: Manifest,
    /// Only its rules count.
    bare: bool,
}

#[derive(Clone, Debug)]
enum Place {
    Embedded,
    Directory(PathBuf),
}

/// A named set of decisions, with its files.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// As `--scenario` takes it.
    pub name: String,
    /// What it is made of.
    pub files: Vec<File>,
}

impl Project {
    /// The rules and facts that are built in.
    ///
    /// # Errors
    /// None, unless the program was built with a manifest that is wrong.
    pub fn embedded() -> Result<Self, Failure> {
        let embedded::Builtin { name, text } = embedded::MANIFEST;
        Ok(Self { place: Place::Embedded, manifest: manifest(name, text)?, bare: false })
    }

    /// A project without anything, for a program that stands alone.
    #[must_use]
    pub fn none() -> Self {
        let manifest = Manifest { rules: Vec::new(), facts: Vec::new(), queries: Vec::new(), ..Manifest::default() };
        Self { place: Place::Directory(PathBuf::new()), manifest, bare: false }
    }

    /// Its rules alone: no facts, and no scenario unless one is named.
    #[must_use]
    pub fn without_facts(&self) -> Self {
        let mut bare = self.clone();
        bare.bare = true;
        bare.manifest.scenario = None;
        bare.manifest.profile = None;
        bare
    }

    /// Lets no scenario count unless one is named.
    pub(super) fn forget_scenario(&mut self) {
        self.manifest.scenario = None;
    }

    /// Whether a directory is a project: it has `onus.toml`, or `rules/` and `facts/`.
    #[must_use]
    pub fn is_project(directory: &Path) -> bool {
        directory.join("onus.toml").is_file() || directory.join("rules").is_dir() && directory.join("facts").is_dir()
    }

    /// The project of a directory.
    ///
    /// # Errors
    /// It is none, or its manifest is wrong.
    pub fn open(directory: &Path) -> Result<Self, Failure> {
        let shown = directory.display();
        if !Self::is_project(directory) {
            let message = match directory.is_dir() {
                true => format!("`{shown}` is no project"),
                false => format!("there is no directory `{shown}`"),
            };
            let help = "a project has an `onus.toml`, or directories `rules` and `facts`";
            return Err(Diagnostic::new(code::PROJECT, message).help(help).into());
        }
        let path = directory.join("onus.toml");
        let manifest = match path.is_file() {
            true => manifest("onus.toml", &File::on_disk("onus.toml", path).text()?)?,
            false => Manifest::standard(),
        };
        Ok(Self { place: Place::Directory(directory.to_owned()), manifest, bare: false })
    }

    /// The project that is asked for, else that of the directory `here`, else the one built in.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn find(asked: Option<&Path>, here: &Path) -> Result<Self, Failure> {
        match asked {
            Some(directory) => Self::open(directory),
            None if Self::is_project(here) => Self::open(here),
            None => Self::embedded(),
        }
    }

    /// What the project says about itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its directory, if it is not built in.
    #[must_use]
    pub fn directory(&self) -> Option<&Path> {
        match &self.place {
            Place::Embedded => None,
            Place::Directory(root) => Some(root),
        }
    }

    /// Its rules.
    ///
    /// # Errors
    /// A file or directory cannot be read.
    pub fn rules(&self) -> Result<Vec<File>, Failure> {
        self.files(&self.manifest.rules, embedded::RULES, |content| content == Content::Clauses)
    }

    /// Its facts, those of scenarios left out.
    ///
    /// # Errors
    /// A file or directory cannot be read.
    pub fn facts(&self) -> Result<Vec<File>, Failure> {
        if self.bare {
            return Ok(Vec::new());
        }
        self.files(&self.manifest.facts, embedded::FACTS, |_| true)
    }

    /// Its questions.
    ///
    /// # Errors
    /// A file or directory cannot be read.
    pub fn queries(&self) -> Result<Vec<File>, Failure> {
        match &self.place {
            // Questions are no part of what makes a project.
            Place::Directory(root) if self.manifest.queries.iter().all(|path| !root.join(path).exists()) => {
                Ok(Vec::new())
            }
            _ => self.files(&self.manifest.queries, embedded::QUERIES, |content| content == Content::Clauses),
        }
    }

    /// Its rule tests.
    ///
    /// # Errors
    /// A directory cannot be read.
    pub fn tests(&self) -> Result<Vec<File>, Failure> {
        let mut files = Vec::new();
        if let Place::Directory(root) = &self.place {
            for name in self.manifest.tests.iter().filter(|name| root.join(name).exists()) {
                gather(name, &root.join(name), "md", &mut files)?;
            }
        }
        Ok(files)
    }

    fn files(
        &self,
        paths: &[String],
        builtin: &'static [embedded::Builtin],
        wanted: fn(Content) -> bool,
    ) -> Result<Vec<File>, Failure> {
        let Place::Directory(root) = &self.place else { return Ok(builtin.iter().map(File::from).collect()) };
        let mut files = Vec::new();
        for name in paths {
            let path = root.join(name);
            if name.starts_with(BUILTIN) {
                files.extend(builtin.iter().map(File::from));
            } else if path.is_dir() {
                files.extend(directory(name, &path)?.into_iter().filter(|file| file.content().is_some_and(wanted)));
            } else {
                files.push(File::on_disk(name, path));
            }
        }
        Ok(overridden(files))
    }

    /// Its waivers: those of the manifest, and of the file that it names.
    ///
    /// # Errors
    /// The file cannot be read, or is wrong.
    pub fn waivers(&self) -> Result<Vec<Waiver>, Failure> {
        let mut waivers = self.manifest.waivers.clone();
        if let (Some(name), Place::Directory(root)) = (&self.manifest.waiver_file, &self.place) {
            let text = File::on_disk(name, root.join(name)).text()?;
            let mut sources = SourceMap::default();
            let source = sources.add(name, text.as_ref());
            let read = read_waivers(source, name, &text);
            waivers.extend(read.map_err(|found| Failure { diagnostics: vec![*found], sources: Arc::new(sources) })?);
        }
        Ok(waivers)
    }

    /// Its scenarios, by name.
    ///
    /// # Errors
    /// A directory cannot be read.
    pub fn scenarios(&self) -> Result<Vec<Scenario>, Failure> {
        let Place::Directory(root) = &self.place else {
            return Ok(embedded::SCENARIOS.iter().map(builtin_scenario).collect());
        };
        let mut scenarios = Vec::new();
        if self.manifest.facts.iter().any(|name| name.starts_with(BUILTIN)) {
            scenarios.extend(embedded::SCENARIOS.iter().map(builtin_scenario));
        }
        for name in &self.manifest.facts {
            let below = Path::new(name).join("scenario");
            let (below, path) = (below.to_string_lossy(), root.join(&below));
            if !path.is_dir() {
                continue;
            }
            for file in directory(&below, &path)? {
                if file.content().is_some() {
                    scenarios.push(Scenario { name: file.stem().to_owned(), files: vec![file] });
                }
            }
            for entry in std::fs::read_dir(&path).map_err(|error| unreadable(&below, &error))?.flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                if !name.starts_with('.') && entry.path().is_dir() {
                    scenarios.push(scenario_directory(&name, &format!("{below}/{name}"), &entry.path())?);
                }
            }
        }
        // The project's own, which come later, replace those built in.
        scenarios.sort_by(|left, right| left.name.cmp(&right.name));
        scenarios.reverse();
        scenarios.dedup_by(|later, first| later.name == first.name);
        scenarios.reverse();
        Ok(scenarios)
    }

    /// The scenario that a name or path stands for.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn scenario(&self, wanted: &str) -> Result<Scenario, Failure> {
        let scenarios = self.scenarios()?;
        if let Some(found) = scenarios.iter().find(|scenario| scenario.name == wanted) {
            return Ok(found.clone());
        }
        let path = Path::new(wanted);
        if path.is_dir() {
            return scenario_directory(wanted, wanted, path);
        }
        if path.exists() || Content::of(wanted).is_some() {
            return Ok(Scenario { name: wanted.to_owned(), files: vec![File::on_disk(wanted, path)] });
        }
        let names = scenarios.iter().map(|scenario| scenario.name.as_str());
        let help = match suggest(wanted, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if scenarios.is_empty() => "the project has no scenarios; name a file".to_owned(),
            None => format!("the scenarios are {}; a file will do too", names.collect::<Vec<_>>().join(", ")),
        };
        Err(Diagnostic::new(code::PROJECT, format!("there is no scenario `{wanted}`")).help(help).into())
    }
}

fn builtin_scenario((name, files): &(&str, &[embedded::Builtin])) -> Scenario {
    Scenario { name: (*name).to_owned(), files: files.iter().map(File::from).collect() }
}

/// Files without those built in that a file of the project replaces, by name.
fn overridden(files: Vec<File>) -> Vec<File> {
    let own: BTreeSet<String> =
        files.iter().filter(|file| file.path().is_some()).map(|file| file.base().to_owned()).collect();
    files.into_iter().filter(|file| file.path().is_some() || !own.contains(file.base())).collect()
}

fn scenario_directory(name: &str, shown: &str, path: &Path) -> Result<Scenario, Failure> {
    let files = directory(shown, path)?.into_iter().filter(|file| file.content().is_some()).collect();
    Ok(Scenario { name: name.to_owned(), files })
}

fn manifest(name: &str, text: &str) -> Result<Manifest, Failure> {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    Manifest::parse(source, name, text)
        .map_err(|found| Failure { diagnostics: vec![*found], sources: Arc::new(sources) })
}
