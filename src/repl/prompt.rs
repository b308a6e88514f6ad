//! The prompt: carries out what is typed, and keeps what later lines may speak of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use super::asked::Shown;
use super::command;
use super::delta::{between, summary};
use super::read::{Part, Reading, parts, read, split};
use super::show::{self, Format, harmless};
use super::tutorial::Lesson;
use super::{Error, Io, Outcome, near};
use crate::diagnostic::{Diagnostic, Label, code};
use crate::eval::Clock;
use crate::model::{Model, Tuple};
use crate::query::Answer;
use crate::report::grid::wrap;
use crate::responsibility::{File, Project, Selection};
use crate::session::{FactFormat, Failure, Options, Session, SystemClock, parse_changes};
use crate::source::Span;

/// At most so many rows of a watched relation are told.
const WATCHED_ROWS: usize = 20;

/// What `:set` sets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The form of answers.
    pub format: Format,
    /// How many rows are shown on a terminal; all where not given.
    pub rows: Option<usize>,
    /// Whether the time of each command is told.
    pub time: bool,
    /// Whether keys are those of vi.
    pub vi: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { format: Format::Table, rows: Some(200), time: false, vi: false }
    }
}

/// Texts on top of a project's files.
#[derive(Clone, Debug, Default)]
pub struct Additions {
    /// Rules and facts in clause form: name, text.
    pub programs: Vec<(String, String)>,
    /// Statement files: name, text.
    pub statements: Vec<(String, String)>,
    /// Rows of relations: relation, values apart by tabs.
    pub rows: Vec<(String, String)>,
}

impl Additions {
    /// Adds them to a session.
    pub(super) fn add_to(&self, session: &mut Session) {
        for (name, text) in &self.programs {
            session.add_program(name, text);
        }
        if !self.statements.is_empty() {
            session.add_statements(&self.statements);
        }
        for (relation, rows) in &self.rows {
            let name = format!("facts/{relation}.facts");
            session.add_fact_file(relation, &name, FactFormat::Facts, rows.clone().into_bytes());
        }
    }
}

/// What a number `#2` stands for.
#[derive(Debug)]
pub(super) enum Last {
    /// A row of an answer.
    Goal { text: String, answer: Answer },
    /// A tuple of a list.
    Tuples(Vec<Tuple>),
}

/// A conversation with a project.
#[derive(Debug)]
pub struct Prompt {
    pub(super) session: Session,
    pub(super) project: Project,
    pub(super) selection: Selection,
    /// Where the user is.
    pub(super) here: PathBuf,
    /// Files that were loaded on top of the project.
    pub(super) loaded: Vec<File>,
    pub(super) settings: Settings,
    pub(super) last: Option<Last>,
    /// The proof that was shown last.
    pub(super) shown: Option<Shown>,
    /// The atom that was asked about last.
    pub(super) wanted: Option<String>,
    pub(super) history: Vec<String>,
    /// The relations whose rows are told when they come and go.
    pub(super) watched: BTreeSet<String>,
    pub(super) lesson: Option<Lesson>,
    pub(super) finished: bool,
    /// Stop at the first error.
    bail: bool,
    /// The files that were read, as they were then.
    pub(super) stamps: Vec<Stamp>,
}

/// A file as it was: when it was changed, and how long it was.
type Stamp = (PathBuf, Option<(SystemTime, u64)>);

impl Prompt {
    /// A prompt over a project. What is wrong with its files is given beside it: the prompt works on, and `:reload`
    /// tries again.
    ///
    /// # Errors
    /// The project's files cannot be read.
    pub fn open(
        project: Project,
        selection: Selection,
        options: Options,
        settings: Settings,
    ) -> Result<(Self, Option<Failure>), Failure> {
        Self::open_with(project, selection, options, settings, &Additions::default())
    }

    /// As [`Self::open`], with texts on top of the project's files. A reload loses them.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(
        project: Project,
        selection: Selection,
        options: Options,
        settings: Settings,
        additions: &Additions,
    ) -> Result<(Self, Option<Failure>), Failure> {
        let mut options = options;
        // What is not used or not filled yet will be in a moment.
        let early = ["unused-relation", "undefined-relation", "empty-relation"];
        options.check.off.extend(early.map(str::to_owned));
        let mut session = project.load(&selection, options)?;
        additions.add_to(&mut session);
        let failure = session.evaluate().err();
        let mut prompt = Self {
            session,
            project,
            selection,
            here: PathBuf::from("."),
            loaded: Vec::new(),
            settings,
            last: None,
            shown: None,
            wanted: None,
            history: Vec::new(),
            watched: BTreeSet::new(),
            lesson: None,
            finished: false,
            bail: false,
            stamps: Vec::new(),
        };
        prompt.stamps = prompt.stamp();
        Ok((prompt, failure))
    }

    /// The files of the project as they are now.
    pub(super) fn stamp(&self) -> Vec<Stamp> {
        let paths: BTreeSet<PathBuf> = self.chosen().chain(self.included()).collect();
        let stamp = |path: PathBuf| {
            let data = std::fs::metadata(&path).ok();
            let data = data.and_then(|data| data.modified().ok().map(|time| (time, data.len())));
            (path, data)
        };
        paths.into_iter().map(stamp).collect()
    }

    /// The files that the project or its user names.
    fn chosen(&self) -> impl Iterator<Item = PathBuf> {
        let files = self.project.selected(&self.selection).unwrap_or_default();
        let manifest = self.project.directory().map(|root| root.join("onus.toml"));
        let named = files.iter().chain(&self.loaded).filter_map(File::path).map(Path::to_owned);
        named.chain(manifest).collect::<Vec<_>>().into_iter()
    }

    /// The files of rules that were read, those that others include and those that were refused among them.
    fn included(&self) -> impl Iterator<Item = PathBuf> {
        let root = self.project.directory().unwrap_or_else(|| Path::new(""));
        let sources = self.session.sources();
        let named = sources.ids().map(|source| sources.get(source).name());
        named.filter(|name| name.ends_with(".dl")).map(|name| root.join(name)).filter(|path| path.is_file())
    }

    /// Reads the project again if one of its files has changed since it was read last.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn refresh(&mut self, io: &mut Io<'_>) -> std::io::Result<()> {
        let stamps = self.stamp();
        if stamps == self.stamps {
            return Ok(());
        }
        let root = self.project.directory().unwrap_or_else(|| Path::new(""));
        let chosen: BTreeSet<PathBuf> = self.chosen().collect();
        let had = |path: &PathBuf| self.stamps.iter().any(|(old, _)| old == path);
        // A file that was read since and refused, or broken off, is new here and has not changed.
        let changed = stamps.iter().filter(|stamp| !self.stamps.contains(stamp)).map(|(path, _)| path);
        let changed = changed.filter(|path| had(path) || chosen.contains(*path));
        let gone = self.stamps.iter().map(|(path, _)| path).filter(|path| !stamps.iter().any(|(new, _)| new == *path));
        let names: BTreeSet<String> = changed
            .chain(gone)
            .map(|path| harmless(&path.strip_prefix(root).unwrap_or(path).to_string_lossy()))
            .collect();
        if names.is_empty() {
            self.stamps = stamps;
            return Ok(());
        }
        let names = match names.len() {
            0..=3 => names.into_iter().collect::<Vec<_>>().join(", "),
            count => format!("{count} files"),
        };
        self.stamps = stamps;
        write!(io.out, "{}", io.view.dim(&format!("{names} changed: ")))?;
        self.one(":reload", io).map(drop)
    }

    /// What a person is greeted with: what is loaded, and how to go on.
    #[must_use]
    pub fn banner(&self) -> String {
        let place = match self.project.directory() {
            Some(_) => "this project".to_owned(),
            None => "the rules and documents built in".to_owned(),
        };
        let scenario = self.selection.scenario.as_deref().or(self.project.manifest().scenario.as_deref());
        let scenario = match scenario {
            Some(name) if self.selection.facts.is_empty() || self.selection.scenario.is_some() => {
                format!(", scenario {name}")
            }
            _ => String::new(),
        };
        let tuples: usize = self
            .session
            .model()
            .map_or(0, |model| model.program().relation_ids().map(|id| model.relation(id).len()).sum());
        let version = env!("CARGO_PKG_VERSION");
        format!("onus {version}, {place}{scenario}: {tuples} tuples. `:help` tells what can be typed, `:quit` ends.")
    }

    /// Stops at the first error from now on.
    pub fn bail(&mut self) {
        self.bail = true;
    }

    /// Whether nothing more is to be carried out: `:quit`, or an error where that ends everything.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.finished
    }

    /// The current settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Takes the keys of vi.
    pub fn use_vi(&mut self) {
        self.settings.vi = true;
    }

    /// What was typed before, oldest first: for `:history`.
    pub fn remember(&mut self, line: &str) {
        self.history.push(line.to_owned());
    }

    /// Carries out a text: one line, or several that were entered together. Gives the worst outcome.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn run(&mut self, text: &str, io: &mut Io<'_>) -> std::io::Result<Outcome> {
        let mut worst = Outcome::Done;
        for text in split(text) {
            self.remember(text.trim());
            let outcome = self.one(&text, io)?;
            worst = worst.max(outcome);
            self.finished |= self.bail && outcome >= Outcome::Usage;
            if self.finished {
                break;
            }
        }
        Ok(worst)
    }

    fn one(&mut self, text: &str, io: &mut Io<'_>) -> std::io::Result<Outcome> {
        let clock = SystemClock::default();
        let budget = &mut self.session.options_mut().eval.budget;
        budget.clock = Some(Arc::new(clock));
        budget.interrupt.store(false, Ordering::Relaxed);
        let outcome = match self.execute(text, io) {
            Ok(outcome) => outcome,
            Err(Error::Failed(mut failure)) => {
                placed(&mut failure, text);
                if io.view.terminal && failure.has(code::INTERRUPTED) {
                    // The terminal has shown `^C` and stands behind it.
                    io.remark("")?;
                }
                io.report(&failure.diagnostics, &failure.sources)?;
                Outcome::of(&failure)
            }
            Err(Error::Output(error)) => return Err(error),
        };
        if self.settings.time {
            io.remark(&io.view.dim(&format!("time {}", duration(clock.elapsed()))))?;
        }
        Ok(outcome)
    }

    fn execute(&mut self, text: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
        match read(text) {
            Reading::Nothing => Ok(Outcome::Done),
            Reading::Command => command::execute(self, text.trim(), io),
            Reading::Goal => self.ask(text.trim(), io),
            Reading::Change => self.change(text.trim(), io),
            Reading::Program | Reading::Unfinished => {
                let mut worst = Outcome::Done;
                for part in parts(text) {
                    worst = worst.max(match part {
                        Part::Clauses(text) => self.change(&text, io)?,
                        Part::Goal(text) => self.ask(&text, io)?,
                    });
                }
                Ok(worst)
            }
        }
    }

    /// Answers a goal.
    pub(super) fn ask(&mut self, text: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
        let answer = self.session.ask(text)?;
        show::answer(&answer, self.settings.format, self.settings.rows, io)?;
        let holds = answer.holds();
        if let (false, Some(model)) = (holds, self.session.model()) {
            for remark in near::unknown_constants(model, text) {
                io.remark(&remark)?;
            }
        }
        self.last = Some(Last::Goal { text: text.to_owned(), answer });
        Ok(Outcome::answered(holds))
    }

    /// Makes a change, and tells what follows from it.
    pub(super) fn change(&mut self, text: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
        let known = self.session.warnings().to_vec();
        let before = self.session.model().cloned();
        let changes = parse_changes(&mut self.session, text)?;
        let after = self.session.apply(&changes)?;
        self.warn(&known, io)?;
        match before {
            Some(before) => self.tell(&before, &after, io),
            None => Ok(Outcome::Done),
        }
    }

    /// Tells how a model differs from the one before: in a line, and row by row where a relation is watched.
    pub(super) fn tell(&self, before: &Model, after: &Model, io: &mut Io<'_>) -> Result<Outcome, Error> {
        let deltas = between(before, after);
        let text = summary(&deltas);
        let rows = io.view.width.map_or_else(|| vec![text.clone()], |width| wrap(&text, width));
        rows.iter().try_for_each(|row| writeln!(io.out, "{row}"))?;
        let mut outcome = Outcome::Done;
        for delta in deltas.iter().filter(|delta| self.watched.contains(&delta.name)) {
            outcome = Outcome::No;
            let rows = delta.gained.iter().map(|row| ('+', row)).chain(delta.lost.iter().map(|row| ('-', row)));
            for (sign, row) in rows.clone().take(WATCHED_ROWS) {
                writeln!(io.out, "  {sign} {}", harmless(row))?;
            }
            let count = rows.count();
            if count > WATCHED_ROWS {
                writeln!(io.out, "    ... and {} more of {}", count - WATCHED_ROWS, delta.name)?;
            }
        }
        Ok(outcome)
    }

    /// Tells the warnings that were not there before.
    pub(super) fn warn(&self, known: &[Diagnostic], io: &mut Io<'_>) -> Result<(), Error> {
        let new: Vec<Diagnostic> =
            self.session.warnings().iter().filter(|warning| !known.contains(warning)).cloned().collect();
        if !new.is_empty() {
            io.report(&new, self.session.sources())?;
        }
        Ok(())
    }

    /// The current model.
    pub(super) fn model(&self) -> Result<Arc<Model>, Failure> {
        match self.session.model() {
            Some(model) => Ok(Arc::clone(model)),
            None => Err(self.session.failure(vec![
                Diagnostic::new(code::PROJECT, "nothing is loaded yet").help("mend it, then `:reload`"),
            ])),
        }
    }

    /// An error in the use of a command.
    pub(super) fn usage(&self, message: impl Into<String>, help: impl Into<String>) -> Error {
        self.session.failure(vec![Diagnostic::new(code::USAGE, message).help(help)]).into()
    }
}

/// Gives what is wrong a place in the line that was typed, where it has none yet: the part that the message quotes, else
/// the whole line.
fn placed(failure: &mut Failure, line: &str) {
    let line = line.trim();
    let kept = [code::INTERRUPTED, code::LIMIT];
    for found in &mut failure.diagnostics {
        if !found.labels.is_empty() || found.place.is_some() || kept.iter().any(|code| code.id == found.code.id) {
            continue;
        }
        let quoted = found.message.split('`').nth(1).filter(|part| !part.is_empty());
        let at =
            quoted.and_then(|part| line.find(part).map(|start| start..start + part.len())).unwrap_or(0..line.len());
        let source = Arc::make_mut(&mut failure.sources).add("<prompt>", line);
        found.labels.push(Label { span: Span::new(source, at.start, at.end), text: String::new() });
    }
}

/// A time as people read it.
pub(super) fn duration(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{:.1} ms", time.as_secs_f64() * 1e3)
    } else {
        format!("{:.2} s", time.as_secs_f64())
    }
}
