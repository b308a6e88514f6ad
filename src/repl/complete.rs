//! What can be typed next: commands, relations with their columns, constants of a column, labels.

use super::command::look::signature;
use super::command::{COMMANDS, SETTINGS, Takes};
use super::flags;
use super::near::constants;
use super::scan::{Place, place};
use crate::model::Model;
use crate::value::Value;

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// As it is listed.
    pub(super) shown: String,
    /// What replaces the unfinished word.
    pub(super) insert: String,
}

impl Candidate {
    fn plain(text: &str) -> Self {
        Self { shown: text.to_owned(), insert: text.to_owned() }
    }
}

/// What can be typed at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Completion {
    /// In the place of what begins at a byte.
    Words(usize, Vec<Candidate>),
    /// A path.
    File,
}

/// More than these are no help.
const MOST: usize = 400;

/// What can be typed at the cursor.
pub(super) fn complete(text: &str, cursor: usize, model: Option<&Model>) -> Completion {
    let before = text.get(..cursor).unwrap_or(text);
    if let Some(line) = before.trim_start().strip_prefix(':') {
        let Some(end) = line.find(char::is_whitespace) else {
            let names = COMMANDS.iter().filter(|command| command.name.starts_with(line));
            let candidate = |command: &super::command::Command| Candidate {
                shown: format!(":{}", command.name),
                insert: format!(":{}{}", command.name, if command.takes == Takes::Nothing { "" } else { " " }),
            };
            return Completion::Words(before.len() - line.len() - 1, names.map(candidate).collect());
        };
        let commands = || COMMANDS.iter().filter(|command| command.name.starts_with(&line[..end]));
        let word = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        if before[word..].starts_with("--") {
            // A name in full is meant, though others begin so.
            let whole = commands().find(|command| command.name == &line[..end]).or_else(|| commands().next());
            let known = whole.map(|command| flags::of(command.name)).unwrap_or_default();
            let names = known.iter().map(|(name, _)| *name).filter(|name| name.starts_with(&before[word..]));
            return Completion::Words(word, names.map(Candidate::plain).collect());
        }
        let takes = commands().map(|it| it.takes);
        let argument = line[end..].trim_start();
        let start = before.len() - argument.len();
        match takes.min_by_key(|takes| u8::from(*takes == Takes::Nothing)) {
            Some(Takes::File) => return Completion::File,
            Some(Takes::Relation) => return Completion::Words(start, relations(argument, model, false)),
            Some(Takes::Command) => {
                let names = COMMANDS.iter().map(|command| command.name).filter(|name| name.starts_with(argument));
                return Completion::Words(start, names.map(Candidate::plain).collect());
            }
            Some(Takes::Setting) => return settings(argument, start),
            Some(Takes::Nothing) | None => return Completion::Words(before.len(), Vec::new()),
            Some(Takes::Atom | Takes::Changes) => {}
        }
    }
    let Some(model) = model else { return Completion::Words(before.len(), Vec::new()) };
    match place(text, cursor) {
        Place::Nowhere => Completion::Words(before.len(), Vec::new()),
        Place::Name { start, prefix } => {
            let mut found = relations(prefix, Some(model), true);
            if let Some((start, labels)) = labels(before, model) {
                if start == before.len() - prefix.len() {
                    found.extend(labels);
                } else {
                    return Completion::Words(start, labels);
                }
            }
            Completion::Words(start, found)
        }
        Place::Argument { relation, index, start, prefix, quoted } => {
            Completion::Words(start, arguments(model, relation, index, prefix, quoted))
        }
    }
}

fn relations(prefix: &str, model: Option<&Model>, open: bool) -> Vec<Candidate> {
    let Some(model) = model else { return Vec::new() };
    let ids = model.program().declared_ids().filter(|&id| model.name(id).starts_with(prefix));
    let mut found: Vec<Candidate> = ids
        .map(|id| Candidate {
            shown: signature(model, id),
            insert: format!("{}{}", model.name(id), if open { "(" } else { "" }),
        })
        .collect();
    found.sort_by(|left, right| left.shown.cmp(&right.shown));
    found
}

/// The labels that a retraction may name: after a sign alone, or after `:retract`.
fn labels(before: &str, model: &Model) -> Option<(usize, Vec<Candidate>)> {
    let trimmed = before.trim_start();
    let rest = trimmed.strip_prefix('-').or_else(|| trimmed.strip_prefix(":retract "))?.trim_start();
    if !rest.chars().all(|one| one.is_alphanumeric() || one == '-' || one == '_') {
        return None;
    }
    let mut labels: Vec<&str> =
        model.program().rules().filter_map(|(id, _)| model.label(id)).filter(|label| label.starts_with(rest)).collect();
    labels.sort_unstable();
    labels.dedup();
    Some((before.len() - rest.len(), labels.into_iter().map(Candidate::plain).collect()))
}

/// The constants of a column, and its name as a variable.
fn arguments(model: &Model, relation: &str, index: usize, prefix: &str, quoted: bool) -> Vec<Candidate> {
    let Some(id) = model.find(relation) else { return Vec::new() };
    let Some(column) = model.program().relation(id).columns.get(index) else { return Vec::new() };
    let mut found = Vec::new();
    let name = model.values().symbols.get(column.name);
    if !quoted && name.starts_with(prefix) {
        found.push(Candidate::plain(name));
    }
    let known = constants(model, column.ty, prefix, MOST);
    found.extend(known.into_iter().map(|text| {
        let literal = Value::Symbol(text.to_owned()).literal();
        Candidate { shown: crate::report::escape::escape(&literal).into_owned(), insert: literal }
    }));
    found
}

/// The first constants of a relation's column that begin with a text, at most so many, as a program writes them.
pub(crate) fn column_constants(model: &Model, relation: &str, index: usize, prefix: &str, most: usize) -> Vec<String> {
    let column = model.find(relation).and_then(|id| model.program().relation(id).columns.get(index));
    let known = column.map(|column| constants(model, column.ty, prefix, most)).unwrap_or_default();
    known.into_iter().map(|text| Value::Symbol(text.to_owned()).literal()).collect()
}

fn settings(argument: &str, start: usize) -> Completion {
    match argument.split_once(char::is_whitespace) {
        None => {
            let names = SETTINGS.iter().map(|setting| setting.name).filter(|name| name.starts_with(argument));
            Completion::Words(start, names.map(Candidate::plain).collect())
        }
        Some((name, value)) => {
            let values = SETTINGS.iter().find(|setting| setting.name == name).map_or(&[][..], |found| found.values);
            let value = value.trim_start();
            let matching = values.iter().filter(|known| known.starts_with(value) && !known.contains(' '));
            Completion::Words(
                start + argument.len() - value.len(),
                matching.map(|value| Candidate::plain(value)).collect(),
            )
        }
    }
}

/// What the arguments that are still missing are called, to be shown behind the cursor.
pub(super) fn hint(text: &str, cursor: usize, model: Option<&Model>) -> Option<String> {
    if cursor < text.len() {
        return None;
    }
    let trimmed = text.trim_start();
    if let Some(line) = trimmed.strip_prefix(':')
        && let Some(command) = COMMANDS.iter().find(|command| command.name == line.trim_end())
        && !command.usage.is_empty()
    {
        let gap = if line.ends_with(' ') { "" } else { " " };
        return Some(format!("{gap}{}", command.usage));
    }
    let Place::Argument { relation, index, prefix, quoted, .. } = place(text, cursor) else { return None };
    let model = model?;
    let columns = &model.program().relation(model.find(relation)?).columns;
    let started = quoted || !prefix.is_empty();
    // After a finished argument nothing is said before its comma.
    if !started && !text.trim_end().ends_with(['(', ',']) {
        return None;
    }
    let rest: Vec<&str> = columns
        .iter()
        .skip(index + usize::from(started))
        .map(|column| model.values().symbols.get(column.name))
        .collect();
    if index >= columns.len() {
        return None;
    }
    let quote = if quoted { "\"" } else { "" };
    let comma = if started && !rest.is_empty() { ", " } else { "" };
    Some(format!("{quote}{comma}{})", rest.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{MemoryLoader, Options, Session};

    fn model() -> std::sync::Arc<Model> {
        let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
        session.add_program(
            "p.dl",
            ".type City <: symbol\n.decl road(from: City, to: City, length: number)\n.decl roof(x: symbol)\n\
             road(\"bern\", \"basel\", 3). road(\"basel\", \"b\\\"x\", 4). roof(\"red\").\n\
             .decl far(from: City, to: City)\n@[label = \"far-away\"]\nfar(x, y) :- road(x, y, _).\n",
        );
        session.evaluate().unwrap()
    }

    fn words(text: &str) -> (usize, Vec<String>) {
        match complete(text, text.len(), Some(&model())) {
            Completion::Words(start, found) => (start, found.into_iter().map(|candidate| candidate.insert).collect()),
            Completion::File => (usize::MAX, Vec::new()),
        }
    }

    fn list(start: usize, words: &[&str]) -> (usize, Vec<String>) {
        (start, words.iter().map(|&word| word.to_owned()).collect())
    }

    #[test]
    fn commands_relations_constants_and_labels_complete() {
        assert_eq!(words(":wh"), list(0, &[":why ", ":why-not ", ":what-if "]));
        assert_eq!(words("ro"), list(0, &["road(", "roof("]));
        assert_eq!(words(":schema ro"), list(8, &["road", "roof"]));
        assert_eq!(words("road("), list(5, &["from", "\"b\\\"x\"", "\"basel\"", "\"bern\""]));
        assert_eq!(words("far(x, \"ba"), list(7, &["\"basel\""]));
        assert_eq!(words("road(x, y, "), list(11, &["length"]));
        assert_eq!(words("-far"), list(1, &["far(", "far-away"]));
        assert_eq!(words(":retract far-"), list(9, &["far-away"]));
        assert_eq!(words(":set f"), list(5, &["format"]));
        assert_eq!(words(":set format c"), list(12, &["csv"]));
        assert_eq!(words(":load x").0, usize::MAX);
        assert_eq!(words(":undo x").1, Vec::<String>::new());
        assert_eq!(words(":why --"), list(5, &["--smallest", "--all", "--whole", "--step", "--format"]));
        assert_eq!(words(":why-not far(x, y) --f"), list(19, &["--fix", "--format"]));
    }

    #[test]
    fn hints_name_the_arguments_to_come() {
        let model = model();
        let hint = |text: &str| hint(text, text.len(), Some(&model));
        assert_eq!(hint("road(").as_deref(), Some("from, to, length)"));
        assert_eq!(hint("road(x").as_deref(), Some(", to, length)"));
        assert_eq!(hint("road(\"be").as_deref(), Some("\", to, length)"));
        assert_eq!(hint("road(x, ").as_deref(), Some("to, length)"));
        assert_eq!(hint("road(x, y, z, "), None);
        assert_eq!(hint("road(\"bern\""), None);
        assert_eq!(hint(":why").as_deref(), Some(" [FACT|#ROW|STEP]"));
    }
}
