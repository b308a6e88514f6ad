//! `:watch`: relations whose rows are told whenever a change gains or loses some.

use super::look::relation;
use super::{Command, Takes};
use crate::repl::{Error, Io, Outcome, Prompt};

pub(super) const WATCH: Command = Command {
    name: "watch",
    takes: Takes::Relation,
    usage: "[RELATION|off]",
    about: "tell the rows that each change gains and loses in a relation",
    more: "  :watch gap               from now on tell which gaps come and go\n  :watch marked            watch the relations that the rules mark with @[watch]\n  :watch                   list what is watched\n  :watch off               watch nothing",
    run: watch,
};

fn watch(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    match arguments {
        "" if prompt.watched.is_empty() => writeln!(io.out, "nothing is watched")?,
        "" => {
            for name in &prompt.watched {
                writeln!(io.out, "{name}")?;
            }
        }
        "off" => prompt.watched.clear(),
        "marked" => {
            let model = prompt.model()?;
            let program = model.program();
            let marked = program.relation_ids().filter(|&id| program.relation(id).watch);
            prompt.watched.extend(marked.map(|id| model.name(id).to_owned()));
        }
        name => {
            let model = prompt.model()?;
            let id = relation(&model, name)?;
            prompt.watched.insert(model.name(id).to_owned());
        }
    }
    Ok(Outcome::Done)
}
