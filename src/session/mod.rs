//! The session: sources and facts in, models out. Every change makes a new model and keeps the old one, and so undo,
//! reload and what-if are one mechanism.

mod basis;
mod bounds;
mod build;
mod change;
mod explain;
mod include;
mod input;
mod loader;
mod profile;
mod reuse;
mod state;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use basis::Basis;
pub use bounds::{Bounds, Outside};
pub use change::{Change, parse_changes};
pub use explain::Pattern;
pub use input::FactFormat;
pub use loader::{DiskLoader, Loader, MOST_BYTES, MemoryLoader, SystemClock, TooLarge, read_at_most};
pub use profile::{Joined, RuleProfile, Times};
pub use state::{Kept, Overlay};

use crate::check;
use crate::diagnostic::{Code, Diagnostic, code};
use crate::eval::{self, Stop};
use crate::facts::statements::{self, NamedFact, Names};
use crate::model::Model;
use crate::program::{Goal, Program, RuleId};
use crate::query::{Answer, query};
use crate::source::{SourceId, SourceMap, Span};
use crate::syntax::{self, ast};
use crate::value::{Value, Values};

/// How a session works.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How programs are evaluated.
    pub eval: eval::Options,
    /// Which warnings are given, and which are errors.
    pub check: check::Options,
    /// Whether `.input` directives are carried out.
    pub inputs: bool,
    /// Where `.input` looks for files whose path is relative.
    pub fact_directory: Option<String>,
    /// Directories in which `.include` and `#include` look after the including file's own.
    pub include: Vec<String>,
    /// Texts that stand for files that programs include, by path, before any are looked for.
    pub files: Vec<(String, String)>,
    /// Macros that every program file knows: `NAME`, `NAME=BODY`, `NAME(x)=BODY`.
    pub macros: Vec<String>,
    /// Whether programs are parsed as they stand, without looking for macros.
    pub no_preprocessor: bool,
    /// Whether standard input was read already, so that no `.input` can read it.
    pub stdin_taken: bool,
    /// A missing fact file is an empty one.
    pub missing_facts_empty: bool,
    /// Keep what each rule does and how long it takes, for [`Session::profile`].
    pub profile: bool,
    /// Evaluate only what `.output`, `.printsize` and goals need, if there are any.
    pub only_needed: bool,
}

/// Everything that a model is made of. Parts are shared between versions.
#[derive(Clone, Debug, Default)]
struct Inputs {
    /// Rule files and clause facts, in order.
    programs: Vec<Arc<ast::Program>>,
    /// Rows of statement files.
    named: Vec<Arc<[NamedFact]>>,
    /// Rows of relation files: relation, file, text.
    files: Vec<Arc<input::FactFile>>,
    /// Rows that the host program added.
    rows: Vec<Arc<input::GivenRows>>,
    /// What was added at the prompt, a change an entry.
    overlay: Vec<Arc<ast::Program>>,
    /// Facts that were taken away, as printed.
    retracted: Vec<String>,
    /// Rules that were taken away: labels, or rules as printed.
    dropped: Vec<String>,
}

/// One version.
#[derive(Clone, Debug)]
struct Version {
    inputs: Arc<Inputs>,
    model: Arc<Model>,
    warnings: Arc<[Diagnostic]>,
    /// Whether the program asks for arithmetic that wraps around.
    wraps: bool,
    /// How it was evaluated; none where the next version cannot build upon it.
    kind: Option<Kind>,
}

/// What an evaluation depends on besides its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    wrap: bool,
    lenient: bool,
}

/// A conversation with a program.
#[derive(Debug)]
pub struct Session {
    loader: Box<dyn Loader>,
    options: Options,
    sources: Arc<SourceMap>,
    values: Arc<Values>,
    /// What is being put together; becomes a version by [`Session::evaluate`].
    inputs: Inputs,
    names: Names,
    documents: Vec<statements::Document>,
    statements: Vec<statements::StatementInfo>,
    /// What was found while reading.
    found: Vec<Diagnostic>,
    /// How long the last model took, and what its rules did.
    times: Times,
    profile: BTreeMap<RuleId, RuleProfile>,
    /// Where macros are used, with where each is defined.
    uses: BTreeMap<Span, Span>,
    /// The goal for which alone the next version is evaluated.
    asked: Option<ast::Goal>,
    current: Option<Version>,
    past: Vec<Version>,
    future: Vec<Version>,
}

/// What went wrong, with the sources that it speaks of.
#[derive(Clone, Debug)]
pub struct Failure {
    /// At least one error, perhaps warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// To render them.
    pub sources: Arc<SourceMap>,
}

impl std::fmt::Display for Failure {
    /// The diagnostics as text, with their places.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&crate::diagnostic::render_all(&self.diagnostics, &self.sources, false))
    }
}

impl std::error::Error for Failure {}

impl From<Diagnostic> for Failure {
    /// A failure that speaks of no source.
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], sources: Arc::default() }
    }
}

impl Failure {
    /// Whether a limit was met.
    #[must_use]
    pub fn has(&self, wanted: &Code) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.code.id == wanted.id)
    }
}

impl Session {
    /// An empty session that reads through `loader`.
    #[must_use]
    pub fn new(loader: Box<dyn Loader>, options: Options) -> Self {
        Self {
            loader,
            options,
            sources: Arc::default(),
            values: Arc::default(),
            inputs: Inputs::default(),
            names: Names::default(),
            documents: Vec::new(),
            statements: Vec::new(),
            found: Vec::new(),
            times: Times::default(),
            profile: BTreeMap::new(),
            uses: BTreeMap::new(),
            asked: None,
            current: None,
            past: Vec::new(),
            future: Vec::new(),
        }
    }

    /// How it works; changes count from the next evaluation on.
    pub fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// How it works.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// How the current version is evaluated: as the options say, or as a pragma of its program does.
    #[must_use]
    pub fn eval_options(&self) -> eval::Options {
        let mut eval = self.options.eval.clone();
        eval.wrap |= self.current.as_ref().is_some_and(|version| version.wraps);
        eval
    }

    /// All texts so far.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// All texts so far, to be shared.
    #[must_use]
    pub fn share_sources(&self) -> Arc<SourceMap> {
        Arc::clone(&self.sources)
    }

    /// The documents that were loaded.
    #[must_use]
    pub fn documents(&self) -> &[statements::Document] {
        &self.documents
    }

    /// The statements that were loaded, those without rows included.
    #[must_use]
    pub fn statements(&self) -> &[statements::StatementInfo] {
        &self.statements
    }

    /// Adds rules (or facts in clause form) from a text that the caller read. Included files are read too; their
    /// sources come after the one that is given back.
    pub fn add_program(&mut self, name: &str, text: &str) -> SourceId {
        let (source, program, found) = self.parse_program(name, text);
        self.found.extend(found);
        self.inputs.programs.push(Arc::new(program));
        source
    }

    /// Adds statement files, to be read together: (name, text).
    pub fn add_statements(&mut self, files: &[(String, String)]) {
        let sources = Arc::make_mut(&mut self.sources);
        let ids: Vec<_> = files.iter().map(|(name, text)| sources.add(name.as_str(), text.as_str())).collect();
        let files: Vec<_> = ids.iter().copied().zip(files.iter().map(|(_, text)| text.as_str())).collect();
        let mut names = self.names.clone();
        self.introduce(&mut names);
        let read = statements::load(&files, &names);
        self.names = read.names;
        self.documents.extend(read.documents);
        self.statements.extend(read.statements);
        self.found.extend(read.diagnostics);
        self.inputs.named.push(read.facts.into());
    }

    /// Lets facts in clause form introduce names for the statement files that come after them.
    fn introduce(&self, names: &mut Names) {
        let symbols = &self.values.symbols;
        for item in self.inputs.programs.iter().flat_map(|program| &program.items) {
            let ast::ItemKind::Clause(clause) = &item.kind else { continue };
            if clause.body.is_some() {
                continue;
            }
            for head in &clause.heads {
                let text = |term: &ast::Term| match term.kind {
                    ast::TermKind::String(symbol) => symbols.get(symbol),
                    _ => "",
                };
                let columns: Vec<&str> = head.arguments.iter().map(text).collect();
                names.add_fact(symbols.get(head.relation.symbol), &columns);
            }
        }
    }

    /// Adds the rows of a relation file.
    pub fn add_fact_file(&mut self, relation: &str, path: &str, format: FactFormat, bytes: Vec<u8>) {
        let source = Arc::make_mut(&mut self.sources).add_data(path);
        let relation = relation.to_owned();
        self.inputs.files.push(Arc::new(input::FactFile { relation, source, name: path.to_owned(), format, bytes }));
    }

    /// Adds rows of a relation, one value a column. What is wrong with them is told by the next evaluation.
    pub fn add_rows(&mut self, relation: &str, rows: Vec<Vec<Value>>) {
        let source = Arc::make_mut(&mut self.sources).add_data(format!("<rows of {relation}>"));
        self.inputs.rows.push(Arc::new(input::GivenRows { relation: relation.to_owned(), source, rows }));
    }

    /// Makes the model of everything that was added, as a new version.
    ///
    /// # Errors
    /// All that is wrong with the sources, or why evaluation stopped. The version before stays.
    pub fn evaluate(&mut self) -> Result<Arc<Model>, Failure> {
        let inputs = Arc::new(self.inputs.clone());
        let found = self.found.clone();
        let version = self.build(inputs, found)?;
        let model = Arc::clone(&version.model);
        self.past.extend(self.current.replace(version));
        self.future.clear();
        Ok(model)
    }

    /// The current model; none before the first evaluation.
    #[must_use]
    pub fn model(&self) -> Option<&Arc<Model>> {
        self.current.as_ref().map(|version| &version.model)
    }

    /// How long the parts of making the last model took.
    #[must_use]
    pub fn times(&self) -> Times {
        self.times
    }

    /// What each rule did in the last evaluation, where [`Options::profile`] asks for it.
    #[must_use]
    pub fn profile(&self) -> &BTreeMap<RuleId, RuleProfile> {
        &self.profile
    }

    /// The warnings about the current version.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        self.current.as_ref().map_or(&[], |version| &version.warnings)
    }

    /// Makes changes, as one new version.
    ///
    /// # Errors
    /// All that is wrong with them; nothing has changed then.
    pub fn apply(&mut self, changes: &[Change]) -> Result<Arc<Model>, Failure> {
        let version = self.changed(changes)?;
        self.inputs = (*version.inputs).clone();
        let model = Arc::clone(&version.model);
        self.past.extend(self.current.replace(version));
        self.future.clear();
        Ok(model)
    }

    /// The model as it would be after some changes; the session stays as it is.
    ///
    /// ```
    /// # use onus::session::{MemoryLoader, Options, Session, parse_changes};
    /// # let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    /// # session.add_program("reach.dl", r#"
    /// #     .decl edge(from: symbol, to: symbol)
    /// #     .decl reach(from: symbol, to: symbol)
    /// #     edge("a", "b").  edge("b", "c").  edge("a", "c").
    /// #     @[label = "direct"]
    /// #     reach(x, y) :- edge(x, y).
    /// #     @[label = "onwards"]
    /// #     reach(x, z) :- reach(x, y), edge(y, z).
    /// # "#);
    /// # let failed = |failure: onus::session::Failure| format!("{:?}", failure.diagnostics);
    /// # let model = session.evaluate().map_err(failed)?;
    /// use onus::diff::{DiffOptions, diff};
    ///
    /// let changes = parse_changes(&mut session, r#"-edge("b", "c")."#).map_err(failed)?;
    /// let after = session.what_if(&changes).map_err(failed)?;
    /// let found = diff(&model, &after, &DiffOptions::default()).map_err(|stop| format!("{stop:?}"))?;
    /// // One fact goes, and with it one conclusion; from a to c there is a direct edge.
    /// assert_eq!((found.facts.len(), found.changes.len()), (1, 1));
    /// assert_eq!(model.literal(&found.changes[0].at.tuple), r#"reach("b", "c")"#);
    /// // The session is as it was.
    /// assert_eq!(session.model().map(|now| now.literal(&found.facts[0].tuple)), Some(r#"edge("b", "c")"#.to_owned()));
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn what_if(&mut self, changes: &[Change]) -> Result<Arc<Model>, Failure> {
        self.changed(changes).map(|version| version.model)
    }

    /// Goes back one version. Gives whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(version) = self.past.pop() else { return false };
        self.inputs = (*version.inputs).clone();
        self.future.extend(self.current.replace(version));
        true
    }

    /// Goes forward again after an undo. Gives whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(version) = self.future.pop() else { return false };
        self.inputs = (*version.inputs).clone();
        self.past.extend(self.current.replace(version));
        true
    }

    /// Answers a goal, written `?- body.`, `body?` or `body`.
    ///
    /// # Errors
    /// What is wrong with the goal, or why its evaluation stopped.
    pub fn ask(&mut self, text: &str) -> Result<Answer, Failure> {
        let source = Arc::make_mut(&mut self.sources).add("<goal>", text);
        let mut values = Arc::clone(&self.values);
        let parsed = syntax::parse_goal(source, text, &mut Arc::make_mut(&mut values).symbols);
        let Some(goal) = parsed.goal else { return Err(self.failure(parsed.diagnostics)) };
        self.ask_goal(&goal, values)
    }

    /// Answers a goal of everything that was added, evaluating no more than it needs. What is wrong with the goal is
    /// told before.
    ///
    /// # Errors
    /// What is wrong with the sources or the goal, or why the evaluation stopped.
    pub fn ask_only(&mut self, text: &str) -> Result<Answer, Failure> {
        let source = Arc::make_mut(&mut self.sources).add("<goal>", text);
        let parsed = syntax::parse_goal(source, text, &mut Arc::make_mut(&mut self.values).symbols);
        let Some(goal) = parsed.goal else { return Err(self.failure(parsed.diagnostics)) };
        self.asked = Some(goal.clone());
        let evaluated = self.evaluate();
        self.asked = None;
        evaluated?;
        self.ask_goal(&goal, Arc::clone(&self.values))
    }

    /// Answers a goal of the program itself.
    ///
    /// # Errors
    /// Why its evaluation stopped.
    pub fn answer(&self, goal: &Goal) -> Result<Answer, Failure> {
        let model = self.current_model()?;
        query(&model, goal, model.database().share_values(), &self.eval_options())
            .map_err(|stop| self.failure(vec![stop_diagnostic(model.program(), &stop)]))
    }

    /// Answers a parsed goal whose symbols are those of `values`.
    fn ask_goal(&mut self, goal: &ast::Goal, values: Arc<Values>) -> Result<Answer, Failure> {
        let model = self.current_model()?;
        let mut values = values;
        let goal =
            check::goal(model.program(), goal, Arc::make_mut(&mut values)).map_err(|found| self.failure(found))?;
        query(&model, &goal, values, &self.eval_options())
            .map_err(|stop| self.failure(vec![stop_diagnostic(model.program(), &stop)]))
    }

    /// Checks everything that was added without evaluating it, and gives the warnings.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn lint(&mut self) -> Result<Vec<Diagnostic>, Failure> {
        let inputs = self.inputs.clone();
        let found = self.found.clone();
        self.check(&inputs, found).map(|(_, warnings)| warnings)
    }

    fn current_model(&self) -> Result<Arc<Model>, Failure> {
        match &self.current {
            Some(version) => Ok(Arc::clone(&version.model)),
            None => Err(self.failure(vec![Diagnostic::new(code::PROJECT, "nothing is loaded yet")])),
        }
    }

    fn current_inputs(&self) -> Arc<Inputs> {
        self.current.as_ref().map_or_else(Arc::default, |version| Arc::clone(&version.inputs))
    }

    /// Some diagnostics with the sources that they speak of.
    #[must_use]
    pub fn failure(&self, diagnostics: Vec<Diagnostic>) -> Failure {
        Failure { diagnostics, sources: Arc::clone(&self.sources) }
    }

    /// Why an evaluation stopped, as a failure.
    #[must_use]
    pub fn stopped(&self, stop: &Stop) -> Failure {
        let program = self.current.as_ref().map(|version| Arc::clone(&version.model));
        let found = match program {
            Some(model) => stop_diagnostic(model.program(), stop),
            None => stop_diagnostic(&Program::default(), stop),
        };
        self.failure(vec![found])
    }
}

/// Why an evaluation stopped, with the rule at fault.
pub(crate) fn stop_diagnostic(program: &Program, stop: &Stop) -> Diagnostic {
    let at_rule = |diagnostic: Diagnostic, rule: Option<crate::program::RuleId>, text: &str| match rule {
        Some(rule) => diagnostic.label(program.rule(rule).span, text),
        None => diagnostic,
    };
    match stop {
        Stop::Interrupted => Diagnostic::new(code::INTERRUPTED, "interrupted; nothing has changed"),
        Stop::Limit(limit, rule) => {
            let found = Diagnostic::new(code::LIMIT, format!("the evaluation needs {limit}"));
            at_rule(found, *rule, "this rule was running")
                .help(format!("the program may not end; else raise {}", limit.flag()))
        }
        Stop::Failed { rule, failure } => {
            let found = Diagnostic::new(failure.code(), failure.message());
            at_rule(found, *rule, "in this rule").maybe_help(failure.help().map(str::to_owned))
        }
    }
}
