//! Sessions over what is built in.

use std::sync::Arc;

use onus::diagnostic::render_all;
use onus::model::Model;
use onus::responsibility::{Answers, Project, Selection};
use onus::session::{Change, Failure, Options, Session, parse_changes};

pub(crate) fn told(failure: &Failure) -> String {
    render_all(&failure.diagnostics, &failure.sources, false)
}

/// A session of the built-in project, evaluated.
pub(crate) fn session() -> (Session, Arc<Model>) {
    let project = Project::embedded().unwrap();
    let mut session = project.load(&Selection::default(), Options::default()).unwrap();
    let model = session.evaluate().unwrap_or_else(|failure| panic!("{}", told(&failure)));
    (session, model)
}

/// The model after some changes.
pub(crate) fn what_if(session: &mut Session, texts: &[impl AsRef<str>]) -> Arc<Model> {
    let mut changes: Vec<Change> = Vec::new();
    for text in texts {
        changes.extend(parse_changes(session, text.as_ref()).unwrap_or_else(|failure| panic!("{}", told(&failure))));
    }
    session.what_if(&changes).unwrap_or_else(|failure| panic!("{}", told(&failure)))
}

pub(crate) fn answers(model: &Model) -> Answers<'_> {
    Answers::of(model).unwrap_or_else(|found| panic!("{}", found.diagnostics[0].message))
}
