//! `:diff`: how the model of now differs from that of the files, of a revision, or of another project.

use super::{Command, Takes};
use crate::diff::{DiffOptions, diff as difference};
use crate::repl::{Error, Io, Outcome, Prompt, compare};

pub(super) const DIFF: Command = Command {
    name: "diff",
    takes: Takes::File,
    usage: "[REVISION|DIRECTORY]",
    about: "what differs from the files as they are, from a revision, or from another project",
    more: "  :diff           what the changes typed here make of the project's files\n  :diff HEAD~1    since the commit before the last\n  :diff ../other  from a project elsewhere to this one",
    run: diff,
};

fn diff(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let new = prompt.model()?;
    let options = prompt.session.options().clone();
    let (name, old) = if arguments.is_empty() {
        ("files", compare::model(&prompt.project, &prompt.selection, options)?.1)
    } else {
        let project = compare::project(&prompt.here, arguments)?;
        (arguments, compare::model(&project, &prompt.selection, options)?.1)
    };
    let watch = prompt.project.manifest().watch.clone();
    let found = difference(&old, &new, &DiffOptions { watch, eval: prompt.session.eval_options() });
    let found = found.map_err(|stop| prompt.session.stopped(&stop))?;
    compare::write(&found, Some((name, "now")), prompt.settings.format, false, io)?;
    Ok(Outcome::answered(!found.is_watched()))
}
