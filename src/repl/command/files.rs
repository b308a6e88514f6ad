//! `:load`, `:reload`, `:save`: files in and out.

use std::io::Write;
use std::path::Path;

use super::{Command, Takes};
use crate::diagnostic::{Diagnostic, code};
use crate::program::Goal;
use crate::repl::show::harmless;
use crate::repl::{Error, Io, Outcome, Prompt, atomically, show};
use crate::responsibility::{Content, File, Project};
use crate::session::{FactFormat, Failure, Session};
use crate::source::{SourceId, SourceMap};
use crate::symbol::Interner;
use crate::syntax::ast::{DirectiveKind, ItemKind, Name};
use crate::syntax::parse;

pub(super) const LOAD: Command = Command {
    name: "load",
    takes: Takes::File,
    usage: "FILE",
    about: "add a file: .dl clauses and goals, .toml statements, .csv .tsv .json .facts rows",
    more: "  :load extra.dl\n  :load chosen.csv         rows of the relation `chosen`\nWhat a program reads with `.input` from plain files beside it is read as well.",
    run: load,
};

fn load(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let path = arguments.trim_matches('"');
    if path.is_empty() {
        return Err(prompt.usage("`:load` wants a file", format!("its name ends in {}", Content::ENDINGS)));
    }
    if Content::of(path).is_none() {
        let message = format!("`{path}` is no file of rules or facts");
        return Err(prompt.usage(message, format!("its name must end in {}", Content::ENDINGS)));
    }
    let file = File::on_disk(path, path);
    let before = prompt.session.model().cloned();
    let known = prompt.session.warnings().to_vec();
    let kept = prompt.session.keep();
    let added = add(&mut prompt.session, &file);
    let (source, skipped) = match added.and_then(|added| prompt.session.evaluate().map(|_| added)) {
        Ok(added) => added,
        Err(failure) => {
            prompt.session.put_back(kept);
            return Err(failure.into());
        }
    };
    for name in skipped {
        let help = "read it with `:load` from a file that is named after it, or run the program: `onus run`";
        io.remark(&format!("`.input {}` was not carried out; {help}", harmless(&name)))?;
    }
    prompt.loaded.push(file);
    prompt.stamps = prompt.stamp();
    prompt.warn(&known, io)?;
    let model = prompt.model()?;
    let mut worst = Outcome::Done;
    if let Some(before) = before {
        worst = prompt.tell(&before, &model, io)?;
    }
    let asked = |goal: &&Goal| source.is_some_and(|first| goal.span.source >= first);
    for goal in model.program().goals.iter().filter(asked) {
        let answer = prompt.session.answer(goal)?;
        show::answer(&answer, prompt.settings.format, prompt.settings.rows, io)?;
        worst = worst.max(Outcome::answered(answer.holds()));
    }
    Ok(worst)
}

/// Adds a file to a session, for a program with the rows that its `.input` directives name. Gives the source of a program,
/// and the relations whose rows only a run of the program would read.
fn add(session: &mut Session, file: &File) -> Result<(Option<SourceId>, Vec<String>), Failure> {
    match file.content() {
        Some(Content::Rows(format)) => {
            let bytes = file.bytes()?;
            session.add_fact_file(file.stem(), &file.name, format, bytes.into_owned());
            Ok((None, Vec::new()))
        }
        Some(Content::Statements) => {
            let text = file.text()?;
            session.add_statements(&[(file.name.clone(), text.into_owned())]);
            Ok((None, Vec::new()))
        }
        Some(Content::Clauses) | None => {
            let text = file.text()?;
            let source = session.add_program(&file.name, &text);
            let mut skipped = Vec::new();
            for (relation, wanted) in inputs(&text) {
                let Some((name, format)) = wanted else {
                    skipped.push(relation);
                    continue;
                };
                // Beside the program, as its author has them.
                let path = Path::new(&file.name).parent().unwrap_or(Path::new("")).join(name);
                let rows = File::on_disk(path.to_string_lossy(), &path);
                session.add_fact_file(&relation, &rows.name, format, rows.bytes()?.into_owned());
            }
            Ok((Some(source), skipped))
        }
    }
}

/// The relations that a program reads with `.input`, each with its file; nothing for one that is not in a plain form.
fn inputs(text: &str) -> Vec<(String, Option<(String, FactFormat)>)> {
    let mut found = Vec::new();
    // Most programs have none, and a long one is not read twice for nothing.
    if !text.contains(".input") {
        return found;
    }
    let mut symbols = Interner::default();
    let source = SourceMap::default().add("", text);
    let parsed = parse(source, text, &mut symbols);
    for item in &parsed.program.items {
        let ItemKind::Directive(directive) = &item.kind else { continue };
        if directive.kind != DirectiveKind::Input {
            continue;
        }
        let text = |name: &Name| symbols.get(name.symbol);
        let get =
            |key: &str| directive.parameters.iter().rev().find(|(name, _)| text(name) == key).map(|(_, it)| text(it));
        let plain = directive.parameters.iter().all(|(name, _)| ["IO", "filename"].contains(&text(name)));
        let form = match get("IO").unwrap_or("file") {
            "file" if plain => Some((FactFormat::Facts, "facts")),
            "jsonfile" if plain => Some((FactFormat::Json, "json")),
            _ => None,
        };
        for relation in &directive.relations {
            let name = symbols.get(relation.symbol).to_owned();
            let file = form.map(|(format, ending)| {
                (get("filename").map_or_else(|| format!("{name}.{ending}"), str::to_owned), format)
            });
            found.push((name, file));
        }
    }
    found
}

pub(super) const RELOAD: Command = Command {
    name: "reload",
    takes: Takes::Nothing,
    usage: "",
    about: "read the project's files again; what was typed stays",
    more: "Where a file is broken, everything stays as it was.",
    run: reload,
};

fn reload(prompt: &mut Prompt, _: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let before = prompt.session.model().cloned();
    let known = prompt.session.warnings().to_vec();
    let project = Project::find(prompt.selection.project.as_deref(), &prompt.here)?;
    let kept = prompt.session.keep();
    prompt.session.clear_files();
    let mut read = project.load_into(&prompt.selection, &mut prompt.session);
    for file in &prompt.loaded {
        read = read.and_then(|()| add(&mut prompt.session, file).map(drop));
    }
    if let Err(mut failure) = read.and_then(|()| prompt.session.evaluate().map(drop)) {
        if before.is_some() {
            prompt.session.put_back(kept);
            if let Some(first) = failure.diagnostics.iter_mut().find(|found| found.is_error()) {
                first.notes.push("everything stays as it was before".to_owned());
            }
        }
        return Err(failure.into());
    }
    prompt.project = project;
    prompt.stamps = prompt.stamp();
    prompt.warn(&known, io)?;
    match (before, prompt.session.model()) {
        (Some(before), Some(after)) => prompt.tell(&before, after, io),
        _ => {
            writeln!(io.out, "loaded")?;
            Ok(Outcome::Done)
        }
    }
}

pub(super) const SAVE: Command = Command {
    name: "save",
    takes: Takes::File,
    usage: "FILE",
    about: "write what was added at the prompt as clauses",
    more: "  :save mine.dl            then `onus query --scenario mine.dl ...`, or `:load mine.dl`\nWhat was taken away stands in it as comments.",
    run: save,
};

fn save(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let path = arguments.trim_matches('"');
    if path.is_empty() {
        return Err(prompt.usage("`:save` wants a file", "`:save mine.dl`"));
    }
    let overlay = prompt.session.overlay();
    if overlay.is_empty() {
        writeln!(io.out, "nothing was added or taken away: there is nothing to save")?;
        return Ok(Outcome::No);
    }
    let fill = |out: &mut dyn Write| {
        for (what, list) in [("fact", &overlay.retracted), ("rule", &overlay.dropped)] {
            for taken in list {
                writeln!(out, "// taken away, a {what}: {}", taken.replace('\n', " "))?;
            }
        }
        overlay.added.iter().try_for_each(|text| out.write_all(text.as_bytes()))
    };
    if let Err(error) = atomically(Path::new(path), fill) {
        let found = Diagnostic::new(code::FILE_WRITE, format!("cannot write `{path}`: {error}"));
        return Err(prompt.session.failure(vec![found]).into());
    }
    let taken = overlay.retracted.len() + overlay.dropped.len();
    let taken = if taken == 0 { String::new() } else { format!(", {taken} taken away as comments") };
    writeln!(io.out, "{path}: {} changes{taken}", overlay.added.len())?;
    Ok(Outcome::Done)
}
