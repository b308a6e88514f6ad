//! Comparisons as they are asked for, on the command line and at the prompt: what is compared, and in which form it is
//! written.

use std::path::Path;
use std::sync::Arc;

use super::show::Format;
use crate::diagnostic::{Diagnostic, code};
use crate::diff::Diff;
use crate::facts::date;
use crate::model::Model;
use crate::report::diff::{Case, DiffView, MOST, json, markdown, text};
use crate::report::proof::Theme;
use crate::responsibility::cite::Citations;
use crate::responsibility::snapshot::{MANIFEST, Stored};
use crate::responsibility::{Content, Project, Revision, Selection};
use crate::session::{Failure, Options, Session};

/// One side of a comparison: what it says, and the relations that its project watches.
#[derive(Debug)]
pub struct Compared {
    /// The model.
    pub model: Arc<Model>,
    /// The session that made it.
    pub session: Session,
    /// Names of watched relations, beside those that the rules mark.
    pub watch: Vec<String>,
}

/// Where comparisons are made: the project at hand, and how it is read.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// The directory to which names belong.
    pub directory: &'a Path,
    /// The project.
    pub project: &'a Project,
    /// What is selected of it.
    pub selection: &'a Selection,
    /// How sessions work.
    pub options: &'a Options,
}

impl Here<'_> {
    /// The project at hand as its files are.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn files(&self) -> Result<Compared, Failure> {
        self.of(self.project, self.selection)
    }

    /// What a name stands for: a project's directory, one that holds a snapshot, a program, a day of the project at hand
    /// or a revision of it.
    ///
    /// # Errors
    /// It is none of these, or something is wrong with it.
    pub fn named(&self, name: &str) -> Result<Compared, Failure> {
        let path = Path::new(name);
        if path.is_dir() {
            return match Stored::at(path).filter(|stored| stored.manifest.is_some()) {
                Some(stored) => self.stored(&stored),
                None => self.of(&Project::open(path)?, self.selection),
            };
        }
        if path.is_file() {
            return self.file(name, path);
        }
        if let Some(day) = date::parse(name) {
            return self.of(self.project, &Selection { as_of: Some(day), ..self.selection.clone() });
        }
        let revision = Revision::read(self.directory, name)?;
        self.of(&revision.project()?, self.selection)
    }

    fn of(&self, project: &Project, selection: &Selection) -> Result<Compared, Failure> {
        let mut session = project.load(selection, self.options.clone())?;
        let model = session.evaluate()?;
        Ok(Compared { model, session, watch: project.manifest().watch.clone() })
    }

    fn stored(&self, stored: &Stored) -> Result<Compared, Failure> {
        if let Some(problem) = stored.problems.first() {
            return Err(Diagnostic::new(code::PROJECT, problem.text()).help("`onus check` tells more of it").into());
        }
        // Watched relations that only a project names are those of which the snapshot keeps the tuples.
        let kept = stored.files.keys().filter_map(|name| name.strip_prefix("relations/")?.strip_suffix(".txt"));
        let watch = kept.map(str::to_owned).collect();
        let (session, model) = stored.session(self.options)?;
        Ok(Compared { model, session, watch })
    }

    /// A program that stands alone, or the manifest of a snapshot.
    fn file(&self, name: &str, path: &Path) -> Result<Compared, Failure> {
        let manifest = path.file_name().is_some_and(|base| base == MANIFEST);
        if let Some(stored) = path.parent().filter(|_| manifest).and_then(Stored::at) {
            return self.stored(&stored);
        }
        if Content::of(name) != Some(Content::Clauses) {
            let found = Diagnostic::new(code::PROJECT, format!("`{name}` is no program, and no project"));
            let help = "name a directory, a snapshot, a `.dl` file, a revision such as `HEAD~1`, or a day";
            return Err(found.help(help).into());
        }
        let selection = Selection { rules: vec![path.to_owned()], ..self.selection.clone() };
        self.of(&Project::none(), &selection)
    }
}

/// A comparison: as Markdown or JSON where that is asked for, else as text. `all` lists every conclusion.
#[must_use]
pub fn written(found: &Diff, names: Option<(&str, &str)>, format: Format, all: bool, theme: Theme) -> String {
    let view = DiffView { theme, most: (!all).then_some(MOST), notes: &Citations, names };
    match format {
        Format::Json | Format::JsonLines => json(found, &view),
        Format::Markdown => markdown(found, &view),
        Format::Table | Format::Csv | Format::Facts => text(found, &view),
    }
}

/// The forms that a comparison has, with their names.
pub const FORMS: &[(&str, Format)] =
    &[("table", Format::Table), ("json", Format::Json), ("markdown", Format::Markdown)];

/// One case for each listed relation that changed.
#[must_use]
pub fn cases(found: &Diff) -> Vec<Case> {
    let view = DiffView { theme: Theme::default(), most: None, notes: &Citations, names: None };
    let listed = found.relations.iter().filter(|relation| relation.listed);
    let failed = listed.map(|relation| Case {
        name: relation.name.clone(),
        failure: Some((format!("{} gained, {} lost", relation.gained, relation.lost), text(found, &view))),
    });
    let mut cases: Vec<Case> = failed.collect();
    if cases.is_empty() {
        cases.push(Case { name: "watched relations".to_owned(), failure: None });
    }
    cases
}
