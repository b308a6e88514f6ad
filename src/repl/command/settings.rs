//! `:set`, `:time`, `:history`, `:help`, `:quit`: the prompt itself.

use super::table::{COMMANDS, find};
use super::{Command, Takes};
use crate::diagnostic::suggest;
use crate::repl::show::{Format, format_name, harmless};
use crate::repl::{Error, Io, Outcome, Prompt};
use crate::report::grid::wrap;

pub(super) const SET: Command = Command {
    name: "set",
    takes: Takes::Setting,
    usage: "[NAME [VALUE]]",
    about: "show or change a setting: format, rows, time, keys",
    more: "  :set format csv          table, csv, json, ndjson, markdown, facts\n  :set rows 50             rows shown on a terminal, or all\n  :set time on             tell how long each command takes\n  :set keys vi             emacs or vi",
    run: set,
};

/// A setting: how it reads, what it takes, how it is changed.
pub(in crate::repl) struct Setting {
    pub(in crate::repl) name: &'static str,
    pub(in crate::repl) values: &'static [&'static str],
    get: fn(&Prompt) -> String,
    /// Gives whether the value makes sense.
    set: fn(&mut Prompt, &str) -> bool,
}

/// The settings, in order.
pub(in crate::repl) const SETTINGS: &[Setting] = &[
    Setting {
        name: "format",
        values: &["table", "csv", "json", "ndjson", "markdown", "facts"],
        get: |prompt| format_name(prompt.settings.format).to_owned(),
        set: |prompt, value| Format::find(value).map(|format| prompt.settings.format = format).is_some(),
    },
    Setting {
        name: "rows",
        values: &["all", "a number"],
        get: |prompt| prompt.settings.rows.map_or_else(|| "all".to_owned(), |rows| rows.to_string()),
        set: |prompt, value| {
            let rows = if value == "all" { Some(None) } else { value.parse().ok().map(Some) };
            rows.map(|rows| prompt.settings.rows = rows).is_some()
        },
    },
    Setting {
        name: "time",
        values: &["on", "off"],
        get: |prompt| if prompt.settings.time { "on" } else { "off" }.to_owned(),
        set: |prompt, value| {
            prompt.settings.time = value == "on";
            value == "on" || value == "off"
        },
    },
    Setting {
        name: "keys",
        values: &["emacs", "vi"],
        get: |prompt| if prompt.settings.vi { "vi" } else { "emacs" }.to_owned(),
        set: |prompt, value| {
            prompt.settings.vi = value == "vi";
            value == "vi" || value == "emacs"
        },
    },
];

fn set(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let mut words = arguments.split_whitespace();
    let Some(name) = words.next() else {
        for setting in SETTINGS {
            writeln!(io.out, "{:<8}{:<10}{}", setting.name, (setting.get)(prompt), setting.values.join(", "))?;
        }
        return Ok(Outcome::Done);
    };
    let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
        let near = suggest(name, SETTINGS.iter().map(|setting| setting.name));
        let help = near.map_or_else(|| "`:set` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(prompt.usage(format!("there is no setting `{name}`"), help));
    };
    let Some(value) = words.next() else {
        writeln!(io.out, "{}", (setting.get)(prompt))?;
        return Ok(Outcome::Done);
    };
    let before = prompt.settings.clone();
    if !(setting.set)(prompt, value) || words.next().is_some() {
        prompt.settings = before;
        let help = format!("it takes {}", setting.values.join(", "));
        return Err(prompt.usage(format!("`{value}` is no value of `{name}`"), help));
    }
    Ok(Outcome::Done)
}

pub(super) const TIME: Command = Command {
    name: "time",
    takes: Takes::Nothing,
    usage: "",
    about: "tell how long each command takes, or stop it",
    more: "",
    run: |prompt, _, io| {
        prompt.settings.time = !prompt.settings.time;
        writeln!(io.out, "time is {}", if prompt.settings.time { "on" } else { "off" })?;
        Ok(Outcome::Done)
    },
};

pub(super) const HISTORY: Command = Command {
    name: "history",
    takes: Takes::Nothing,
    usage: "[N]",
    about: "the last N lines that were typed (20)",
    more: "",
    run: |prompt, arguments, io| {
        let count = match arguments {
            "" => 20,
            number => match number.parse() {
                Ok(count) => count,
                Err(_) => return Err(prompt.usage(format!("`{number}` is no number"), "`:history 50`")),
            },
        };
        let start = prompt.history.len().saturating_sub(count);
        for line in &prompt.history[start..] {
            writeln!(io.out, "{}", harmless(line))?;
        }
        Ok(Outcome::Done)
    },
};

pub(super) const HELP: Command = Command {
    name: "help",
    takes: Takes::Command,
    usage: "[COMMAND]",
    about: "what can be typed",
    more: "",
    run: help,
};

/// How wide the forms are in `:help`.
const FORM: usize = 28;

const FORMS: &[(&str, &str)] = &[
    ("gap(at, layer, kind)?", "ask: which bindings make it true"),
    ("gap(at, l, _), l != \"sso\"?", "several conditions, negation, comparison, count"),
    ("fact.   rule :- body.", "add facts, rules and declarations"),
    ("-fact.  -rule.  -label", "take a given fact or a rule away"),
];

fn help(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    if !arguments.is_empty() {
        let command = match find(arguments.trim_start_matches(':')) {
            Ok(command) => command,
            Err((message, help)) => return Err(prompt.usage(message, help)),
        };
        writeln!(io.out, ":{} {}\n{}", command.name, command.usage, command.about)?;
        if !command.more.is_empty() {
            writeln!(io.out, "{}", command.more)?;
        }
        return Ok(Outcome::Done);
    }
    let commands = COMMANDS.iter().map(|command| (format!(":{} {}", command.name, command.usage), command.about));
    for (form, about) in FORMS.iter().map(|(form, about)| ((*form).to_owned(), *about)).chain(commands) {
        let room = io.view.width.map_or(usize::MAX, |width| width.saturating_sub(FORM).max(24));
        let about = wrap(about, room).join(&format!("\n{:FORM$}", ""));
        writeln!(io.out, "{form:<FORM$}{about}")?;
    }
    writeln!(io.out, "A name may be cut short (`:sch`). `:help why` tells more. Tab completes.")?;
    Ok(Outcome::Done)
}

pub(super) const QUIT: Command = Command {
    name: "quit",
    takes: Takes::Nothing,
    usage: "",
    about: "end the session (Ctrl-D)",
    more: "",
    run: |prompt, _, _| {
        prompt.finished = true;
        Ok(Outcome::Done)
    },
};
