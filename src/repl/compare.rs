//! Comparisons as they are asked for, on the command line and at the prompt: what is compared, and in which form it is
//! written.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::Io;
use super::show::Format;
use crate::diff::Diff;
use crate::model::Model;
use crate::report::diff::{Case, DiffView, MOST, json, markdown, text};
use crate::report::proof::Theme;
use crate::responsibility::cite::Citations;
use crate::responsibility::{Project, Revision, Selection};
use crate::session::{Failure, Options, Session};

/// A project, and what keeps its files alive while it is read.
#[derive(Debug)]
pub struct Compared {
    project: Project,
    _files: Option<Revision>,
}

impl std::ops::Deref for Compared {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

impl From<Project> for Compared {
    fn from(project: Project) -> Self {
        Self { project, _files: None }
    }
}

/// The project that a name stands for: a directory, or a revision of what lies in `here`.
///
/// # Errors
/// It is neither, or no project.
pub fn project(here: &Path, name: &str) -> Result<Compared, Failure> {
    if Path::new(name).is_dir() {
        return Project::open(Path::new(name)).map(Compared::from);
    }
    let revision = Revision::read(here, name)?;
    Ok(Compared { project: revision.project()?, _files: Some(revision) })
}

/// The model of a project, with the session that made it.
///
/// # Errors
/// What is wrong with its files.
pub fn model(project: &Project, selection: &Selection, options: Options) -> Result<(Session, Arc<Model>), Failure> {
    let mut session = project.load(selection, options)?;
    let model = session.evaluate()?;
    Ok((session, model))
}

/// Writes a comparison: as Markdown or JSON where that is asked for, else as text. `all` lists every conclusion.
///
/// # Errors
/// The output cannot be written.
pub fn write(found: &Diff, names: Option<(&str, &str)>, format: Format, all: bool, io: &mut Io<'_>) -> io::Result<()> {
    let theme = if io.view.color { Theme::color() } else { Theme::default() };
    let view = DiffView { theme, most: (!all).then_some(MOST), notes: &Citations, names };
    let written = match super::show::format_name(format) {
        "json" | "jsonl" => json(found, &view),
        "markdown" => markdown(found, &view),
        _ => text(found, &view),
    };
    io.out.write_all(written.as_bytes())
}

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
