//! `onus what-if CHANGE...`: what would change, and nothing does.

use std::ffi::OsString;

use clap::{Args, CommandFactory};

use super::arguments::Arguments;
use super::context::Context;
use super::diff::DiffOutput;
use crate::diff::{DiffOptions, diff};
use crate::repl::show::Format;
use crate::repl::{Error, Outcome};
use crate::session::parse_changes;

/// Say what would change if facts and rules were added or taken away; nothing is changed
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus what-if '-within("acme_astro_host","aws:any")' '+within("acme_astro_host","azure:any")'
  onus what-if '-own-word'                            without the rule of that label
  onus what-if '+offers("us", S) :- offers("aws", S).'

Exit code 1 where a watched relation would change."#)]
pub(super) struct WhatIf {
    /// `+clause` adds, `-fact`, `-rule` or `-label` takes away
    #[arg(value_name = "CHANGE", required = true, num_args = 1.., allow_hyphen_values = true)]
    changes: Vec<String>,
    #[command(flatten)]
    output: DiffOutput,
}

impl WhatIf {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let format = self.output.format(context)?;
        let project = context.project()?;
        let mut session = project.load(&context.flags.selection(), context.options())?;
        let before = session.evaluate()?;
        let mut changes = Vec::new();
        for change in &self.changes {
            changes.extend(parse_changes(&mut session, change)?);
        }
        let after = session.what_if(&changes)?;
        let options = DiffOptions { watch: project.manifest().watch.clone(), eval: session.eval_options() };
        let found = diff(&before, &after, &options).map_err(|stop| session.stopped(&stop))?;
        self.output.write(&found, None, format, context)?;
        if format == Format::Table {
            writeln!(context.io.out, "\nnothing in the project was changed")?;
        }
        Ok(Outcome::answered(!found.is_watched()))
    }
}

/// The words of a command line with the switches of `what-if` before its changes: these may begin with a dash, so that
/// what stands behind them would be taken for changes too.
pub(super) fn ordered(words: &[OsString]) -> Vec<OsString> {
    let Some(at) = words.iter().position(|word| word == "what-if") else { return words.to_vec() };
    let mut command = Arguments::command();
    command.build();
    let Some(known) = command.find_subcommand("what-if") else { return words.to_vec() };
    let (before, rest) = words.split_at(at + 1);
    let (mut switches, mut changes) = (Vec::new(), Vec::new());
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let text = word.to_string_lossy();
        if text == "--" {
            changes.push(word.clone());
            changes.extend(rest.by_ref().cloned());
            break;
        }
        let (name, value) = text.split_once('=').map_or((&*text, None), |(name, value)| (name, Some(value)));
        let is = |argument: &&clap::Arg| {
            let long = argument.get_long().is_some_and(|long| name.strip_prefix("--") == Some(long));
            let short = argument.get_short().is_some_and(|short| value.is_none() && name == format!("-{short}"));
            long || short
        };
        // An unknown one is no change either: it is told what was meant.
        let Some(found) = known.get_arguments().find(is) else {
            let list = if text.starts_with("--") { &mut switches } else { &mut changes };
            list.push(word.clone());
            continue;
        };
        switches.push(word.clone());
        if value.is_none() && found.get_action().takes_values() {
            switches.extend(rest.next().cloned());
        }
    }
    [before, &switches, &changes].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_may_stand_behind_changes() {
        let ordered = |text: &str| -> String {
            let words: Vec<OsString> = text.split(' ').map(OsString::from).collect();
            let words: Vec<String> = ordered(&words).iter().map(|word| word.to_string_lossy().into_owned()).collect();
            words.join(" ")
        };
        assert_eq!(ordered("onus what-if -p(1) --format json"), "onus what-if --format json -p(1)");
        assert_eq!(ordered("onus what-if -own-word +q(2) -o a.md --all"), "onus what-if -o a.md --all -own-word +q(2)");
        assert_eq!(ordered("onus --project x what-if --color=never -p"), "onus --project x what-if --color=never -p");
        assert_eq!(ordered("onus what-if -- -p --all"), "onus what-if -- -p --all");
        assert_eq!(ordered("onus why p(1) --whole"), "onus why p(1) --whole");
    }
}
