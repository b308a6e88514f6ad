//! `:diff`: how the model of now differs from that of the files, of a revision, of another project, or of a snapshot.

use super::{Command, Takes};
use crate::diff::{DiffOptions, diff as difference};
use crate::repl::compare::{self, Here};
use crate::repl::flags::{self, flags};
use crate::repl::show::Format;
use crate::repl::{Error, Io, Outcome, Prompt};

pub(super) const DIFF: Command = Command {
    name: "diff",
    takes: Takes::File,
    usage: "[REVISION|PATH|DAY]",
    about: "what differs from the files as they are, a revision, another project or a snapshot",
    more: "  :diff             what the changes typed here make of the project's files\n  :diff HEAD~1      since the commit before the last\n  :diff ../other    from a project elsewhere to this one\n  :diff snapshots   since the answers were reviewed\n  :diff --all       every conclusion, however many\n  :diff --format markdown HEAD~1   json or markdown",
    run: diff,
};

fn diff(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let (told, name) = telling(prompt, arguments)?;
    let new = prompt.model()?;
    let options = prompt.session.options().clone();
    let project = &prompt.project;
    let here = Here { directory: &prompt.here, project, selection: &prompt.selection, options: &options };
    let old = if name.is_empty() { here.files()? } else { here.named(&name)? };
    let mut watch = prompt.project.manifest().watch.clone();
    watch.extend(old.watch);
    let found = difference(&old.model, &new, &DiffOptions { watch, eval: prompt.session.eval_options() });
    let found = found.map_err(|stop| prompt.session.stopped(&stop))?;
    tell(&found, Some((if name.is_empty() { "files" } else { &name }, "now")), told, io)
}

/// How a comparison is told.
#[derive(Clone, Copy)]
pub(super) struct Telling {
    format: Format,
    all: bool,
}

/// Reads the switches of a comparison. Gives the rest of the text.
pub(super) fn telling(prompt: &Prompt, text: &str) -> Result<(Telling, String), Error> {
    let (flags, rest) = flags(text, flags::of("diff")).map_err(|(message, help)| prompt.usage(message, help))?;
    let mut told = Telling { format: prompt.settings.format, all: false };
    for (name, value) in flags {
        let Some(value) = value else {
            told.all |= name == "--all";
            continue;
        };
        let found = compare::FORMS.iter().find(|(name, _)| *name == value);
        let names: Vec<&str> = compare::FORMS.iter().map(|(name, _)| *name).collect();
        let wrong =
            || prompt.usage(format!("a comparison has no form `{value}`"), format!("it is {}", names.join(", ")));
        told.format = found.map(|&(_, format)| format).ok_or_else(wrong)?;
    }
    Ok((told, rest))
}

/// Writes a comparison. Gives whether what is watched is the same.
pub(super) fn tell(
    found: &crate::diff::Diff,
    names: Option<(&str, &str)>,
    told: Telling,
    io: &mut Io<'_>,
) -> Result<Outcome, Error> {
    io.out.write_all(compare::written(found, names, told.format, told.all, io.view.theme()).as_bytes())?;
    Ok(Outcome::answered(!found.is_watched()))
}
