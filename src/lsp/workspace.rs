//! What the editor has open, and what is known about each of its texts: the program that it belongs to, checked as
//! `onus lint` would, with the editor's texts in the place of those on disk.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::index::Index;
use super::text::{Encoding, Lines};
use crate::diagnostic::{Diagnostic, code};
use crate::model::Model;
use crate::responsibility::{File, Project, Selection};
use crate::session::{DiskLoader, Failure, Loader, Options, Session, SystemClock};
use crate::source::{SourceId, SourceMap, Span};

/// Evaluating a program for its constants may take so long, and so many rows.
const TIME: Duration = Duration::from_secs(2);
const ROWS: usize = 2_000_000;

/// The texts that are open, by path.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    open: Arc<BTreeMap<PathBuf, String>>,
    /// What is known about the text of a path; forgotten whenever any text changes.
    known: BTreeMap<PathBuf, Arc<Analysis>>,
    /// The last model of the program that a text belongs to.
    models: BTreeMap<PathBuf, Arc<Model>>,
}

/// The program that a text belongs to.
#[derive(Debug)]
pub(super) struct Analysis {
    pub(super) index: Index,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) sources: Arc<SourceMap>,
    /// The text's own source in the program.
    pub(super) source: Option<SourceId>,
    /// The relations that files other than rule files name: statement files, and files of rows.
    pub(super) fixed: bool,
    paths: BTreeMap<SourceId, PathBuf>,
    belongs: Belongs,
}

impl Analysis {
    /// The file that a source was read from; nothing for what is built in.
    pub(super) fn path(&self, source: SourceId) -> Option<&Path> {
        self.paths.get(&source).map(PathBuf::as_path)
    }

    pub(super) fn lines(&self, source: SourceId, encoding: Encoding) -> Lines<'_> {
        Lines::new(self.sources.get(source).text(), encoding)
    }

    /// A place in the text at hand.
    pub(super) fn place(&self, offset: usize) -> Option<Span> {
        self.source.map(|source| Span::new(source, offset, offset))
    }
}

impl Workspace {
    pub(super) fn text(&self, path: &Path) -> Option<&str> {
        self.open.get(path).map(String::as_str)
    }

    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.open.keys().cloned().collect()
    }

    pub(super) fn set(&mut self, path: PathBuf, text: String) {
        Arc::make_mut(&mut self.open).insert(path, text);
        self.known.clear();
    }

    pub(super) fn close(&mut self, path: &Path) {
        Arc::make_mut(&mut self.open).remove(path);
        self.models.remove(path);
        self.known.clear();
    }

    /// Something changed on disk.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// What is known about an open text.
    pub(super) fn analysis(&mut self, path: &Path) -> Arc<Analysis> {
        if let Some(known) = self.known.get(path) {
            return Arc::clone(known);
        }
        let analysis = Arc::new(self.analyse(path));
        self.known.insert(path.to_owned(), Arc::clone(&analysis));
        analysis
    }

    /// The model of the program that a text belongs to, as it was when last evaluated.
    pub(super) fn model(&self, path: &Path) -> Option<Arc<Model>> {
        self.models.get(path).cloned()
    }

    /// Evaluates the program that a text belongs to, for the constants in it. Where something is wrong, or it takes too
    /// long, the model before stays.
    pub(super) fn evaluate(&mut self, path: &Path) {
        let analysis = self.analysis(path);
        if analysis.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        let Ok(mut read) = self.read(path, &analysis.belongs) else { return };
        let budget = &mut read.session.options_mut().eval.budget;
        budget.time = Some(TIME);
        budget.rows = Some(ROWS);
        budget.clock = Some(Arc::new(SystemClock::default()));
        if let Ok(model) = read.session.evaluate() {
            self.models.insert(path.to_owned(), model);
        }
    }

    fn analyse(&self, path: &Path) -> Analysis {
        let belongs = self.program_of(path);
        let alone = matches!(belongs, Belongs::Alone);
        let found = self.checked(path, belongs);
        // A question that lies anywhere may be one about a project, or about the rules that are built in.
        let unknown = |found: &Diagnostic| [code::UNKNOWN_RELATION.id, code::UNKNOWN_TYPE.id].contains(&found.code.id);
        if !alone || !found.diagnostics.iter().any(unknown) {
            return found;
        }
        let project = project_around(path).or_else(|| Project::embedded().ok());
        let Some(project) = project else { return found };
        let asked = self.checked(path, Belongs::Asks(project));
        let errors = |found: &Analysis| found.diagnostics.iter().filter(|found| found.is_error()).count();
        if errors(&asked) < errors(&found) { asked } else { found }
    }

    /// Reads and checks the program of a text.
    fn checked(&self, path: &Path, belongs: Belongs) -> Analysis {
        let project = belongs.project().cloned();
        let mut read = match self.read(path, &belongs) {
            Ok(read) => read,
            Err(failure) => return unreadable(failure, belongs),
        };
        let diagnostics = match read.session.lint() {
            Ok(warnings) => warnings,
            Err(failure) => failure.diagnostics,
        };
        // The questions of a project see its names: they are renamed with the rules.
        let mut aside = Vec::new();
        for file in project.iter().filter_map(|project| project.queries().ok()).flatten() {
            let Some(question) = file.path().map(canonical).filter(|question| question != path) else { continue };
            if let Ok(text) = self.text_of(&file) {
                let before = read.session.sources().ids().count();
                aside.push(read.session.read_aside(&file.name, &text));
                // What it includes comes after it.
                let own = read.session.sources().ids().nth(before);
                read.paths.extend(own.map(|source| (source, question)));
            }
        }
        let fixed = project.is_some();
        let sources = read.session.share_sources();
        let (programs, symbols) = read.session.programs();
        let programs: Vec<_> = programs.collect();
        let aside: Vec<_> = aside.iter().collect();
        let index = Index::new(&programs, &aside, symbols);
        let mut paths = read.paths;
        for source in sources.ids() {
            let included = read.root.join(sources.get(source).name());
            if !paths.contains_key(&source) && included.is_file() {
                paths.insert(source, canonical(&included));
            }
        }
        let source = paths.iter().find(|(_, found)| *found == path).map(|(source, _)| *source);
        Analysis { index, diagnostics, sources, source, fixed, paths, belongs }
    }

    fn text_of(&self, file: &File) -> Result<String, Failure> {
        let open = file.path().and_then(|path| self.open.get(&canonical(path)));
        open.map_or_else(|| file.text().map(std::borrow::Cow::into_owned), |text| Ok(text.clone()))
    }

    /// Which program a text belongs to.
    fn program_of(&self, path: &Path) -> Belongs {
        let Some(project) = project_around(path) else { return Belongs::Alone };
        let is_it = |file: &File| file.path().is_some_and(|found| canonical(found) == path);
        let within = |files: Result<Vec<File>, Failure>| files.is_ok_and(|files| files.iter().any(is_it));
        if within(project.selected(&Selection::default())) {
            return Belongs::Part(project);
        }
        let scenarios = project.scenarios().unwrap_or_default();
        if let Some(scenario) = scenarios.iter().find(|scenario| scenario.files.iter().any(is_it)) {
            return Belongs::Scenario(project, scenario.name.clone());
        }
        if within(project.queries()) { Belongs::Asks(project) } else { Belongs::Alone }
    }

    fn read(&self, path: &Path, belongs: &Belongs) -> Result<Read, Failure> {
        let directory = path.parent().unwrap_or(path).to_owned();
        let root = belongs.project().and_then(Project::directory).map_or(directory, canonical);
        let loader = Editor { root: root.clone(), open: Arc::clone(&self.open) };
        let mut session = Session::new(Box::new(loader), Options::default());
        let mut named: BTreeMap<String, PathBuf> = BTreeMap::new();
        let selection = match belongs {
            Belongs::Scenario(_, name) => Selection { scenario: Some(name.clone()), ..Selection::default() },
            Belongs::Part(_) | Belongs::Asks(_) | Belongs::Alone => Selection::default(),
        };
        if let Some(project) = belongs.project() {
            for file in project.selected(&selection)? {
                if let Some(path) = file.path() {
                    named.insert(file.name.clone(), canonical(path));
                }
            }
            project.load_with(&selection, &mut session, &|file| self.text_of(file))?;
        }
        let sources = session.sources();
        let path_of = |source: SourceId| named.get(sources.get(source).name()).map(|path| (source, path.clone()));
        let mut paths: BTreeMap<SourceId, PathBuf> = sources.ids().filter_map(path_of).collect();
        if matches!(belongs, Belongs::Alone | Belongs::Asks(_)) {
            let text = self.text(path).unwrap_or_default();
            // Its own name, as seen from the root: what it includes lies beside it.
            let name = path.strip_prefix(&root).unwrap_or(path).display().to_string();
            paths.insert(session.add_program(&name, text), path.to_owned());
        }
        Ok(Read { session, root, paths })
    }
}

/// How a text belongs to a program.
#[derive(Clone, Debug)]
enum Belongs {
    /// It is one of the project's files.
    Part(Project),
    /// It is part of a scenario that does not count unless it is named.
    Scenario(Project, String),
    /// It asks something of the project.
    Asks(Project),
    /// It is a program of its own.
    Alone,
}

impl Belongs {
    fn project(&self) -> Option<&Project> {
        match self {
            Self::Part(project) | Self::Scenario(project, _) | Self::Asks(project) => Some(project),
            Self::Alone => None,
        }
    }
}

struct Read {
    session: Session,
    root: PathBuf,
    paths: BTreeMap<SourceId, PathBuf>,
}

/// Reads what the editor has, else what the disk has.
#[derive(Debug)]
struct Editor {
    root: PathBuf,
    open: Arc<BTreeMap<PathBuf, String>>,
}

impl Loader for Editor {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let path = self.root.join(path);
        match self.open.get(&canonical(&path)) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => DiskLoader.read(&path),
        }
    }
}

/// The project that a file lies in: the nearest directory above it that is one.
fn project_around(path: &Path) -> Option<Project> {
    let directory = path.ancestors().skip(1).find(|directory| Project::is_project(directory))?;
    Project::open(directory).ok()
}

/// A path without links, so that one file has one; as it is where there is no such file.
pub(super) fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// What is left to say where a project cannot be read.
fn unreadable(failure: Failure, belongs: Belongs) -> Analysis {
    Analysis {
        index: Index::default(),
        diagnostics: failure.diagnostics,
        sources: failure.sources,
        source: None,
        fixed: true,
        paths: BTreeMap::new(),
        belongs,
    }
}
