//! Flags of the commands that take a program of their own rather than a project.

use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use crate::diagnostic::{Diagnostic, Severity, all_codes, code, suggest};
use crate::repl::Error;
use crate::responsibility::{Project, Selection, stdin_text};
use crate::session::{Failure, Options, Session};
use crate::syntax::preprocess::bad_definition;

/// A program and how it is read.
#[derive(Debug, Args)]
pub(super) struct Program {
    /// The program; - for standard input
    #[arg(value_name = "PROGRAM")]
    program: PathBuf,
    #[command(flatten)]
    reading: Reading,
}

/// How a program is read.
#[derive(Debug, Args)]
pub(super) struct Reading {
    /// Where `.input` finds its files; here unless said otherwise
    #[arg(short = 'F', long = "fact-dir", value_name = "DIR")]
    fact_directory: Option<String>,
    /// Where `.include` looks too (repeatable)
    #[arg(short = 'I', long = "include-dir", value_name = "DIR")]
    include: Vec<String>,
    /// No warnings
    #[arg(short = 'w', long = "no-warn")]
    quiet: bool,
    /// No warning of this name or code (repeatable)
    #[arg(short = 'W', long = "no-warning", alias = "wno", value_name = "NAME", value_parser = warning)]
    off: Vec<String>,
    /// A warning of this name or code is an error (repeatable)
    #[arg(long, value_name = "NAME", value_parser = warning)]
    deny: Vec<String>,
    /// Let numbers wrap around where they do not fit 64 bits
    #[arg(long)]
    wrap: bool,
    /// A fact file that is not there is an empty one
    #[arg(long)]
    missing_facts_empty: bool,
    /// Macros that the program may use: NAME, NAME=BODY, NAME(x)=BODY; several between blanks (repeatable)
    #[arg(short = 'M', long = "macro", value_name = "MACROS", value_parser = macros)]
    macros: Vec<Macros>,
    /// Read the program as it stands, without looking for macros
    #[arg(long)]
    no_preprocessor: bool,
}

impl Program {
    /// Whether the program comes on standard input.
    pub(super) fn is_stdin(&self) -> bool {
        is_stdin(&self.program)
    }

    /// How a session reads it.
    pub(super) fn options(&self, context: &Context<'_>) -> Options {
        self.reading.options(&self.program, context)
    }

    /// The program with what `--facts` and its like add.
    pub(super) fn selection(&self, context: &Context<'_>) -> Selection {
        selection(&self.program, context)
    }

    /// A session with the program and what `--facts` and its like add, not evaluated yet.
    pub(super) fn session(&self, context: &Context<'_>) -> Result<Session, Error> {
        self.reading.session(&self.program, context)
    }
}

impl Reading {
    fn options(&self, program: &Path, context: &Context<'_>) -> Options {
        let mut options = context.options();
        options.inputs = true;
        options.fact_directory = Some(self.fact_directory.clone().unwrap_or_else(|| ".".to_owned()));
        options.include.clone_from(&self.include);
        options.macros = self.macros.iter().flat_map(|macros| macros.0.iter().cloned()).collect();
        options.no_preprocessor = self.no_preprocessor;
        options.stdin_taken = is_stdin(program);
        // As the other engine does it where one asks for its ways.
        options.missing_facts_empty = self.missing_facts_empty || self.quiet && context.souffle();
        options.eval.wrap |= self.wrap;
        options.check.warnings = !self.quiet;
        options.check.off.clone_from(&self.off);
        options.check.deny.clone_from(&self.deny);
        options
    }

    /// A session with a program and what `--facts` and its like add, not evaluated yet.
    pub(super) fn session(&self, program: &Path, context: &Context<'_>) -> Result<Session, Error> {
        let (options, selection) = (self.options(program, context), selection(program, context));
        let project = Project::none();
        if program.is_dir() {
            let message = format!("cannot read `{}`: it is a directory", program.display());
            return Err(Failure::from(Diagnostic::new(code::FILE_READ, message)).into());
        }
        let mut session = if is_stdin(program) {
            let mut session = project.load(&Selection::default(), options)?;
            session.add_program("<stdin>", &stdin_text()?);
            project.load_into(&selection, &mut session)?;
            session
        } else {
            project.load(&selection, options)?
        };
        self.heed(&mut session);
        Ok(session)
    }

    /// Lets pragmas of the program stand for flags that were not given.
    fn heed(&self, session: &mut Session) {
        let directory = session.pragma("fact-dir").filter(|_| self.fact_directory.is_none()).map(str::to_owned);
        let quiet = session.pragma("no-warn").is_some();
        let options = session.options_mut();
        options.check.warnings &= !quiet;
        if directory.is_some() {
            options.fact_directory = directory;
        }
    }
}

fn is_stdin(program: &Path) -> bool {
    program.as_os_str() == "-"
}

/// A program with what `--facts` and its like add.
fn selection(program: &Path, context: &Context<'_>) -> Selection {
    let mut selection = context.flags.selection();
    if !is_stdin(program) {
        selection.rules.insert(0, program.to_owned());
    }
    selection
}

/// Macros of one flag.
#[derive(Clone, Debug)]
struct Macros(Vec<String>);

fn macros(text: &str) -> Result<Macros, String> {
    // What starts them in the options of a preprocessor may stay.
    let all = text.split_whitespace().map(|one| one.strip_prefix("-D").unwrap_or(one).to_owned());
    let all: Vec<String> = all.filter(|one| !one.is_empty()).collect();
    match all.iter().find_map(|one| bad_definition(one)) {
        Some(wrong) => Err(wrong),
        None => Ok(Macros(all)),
    }
}

/// What Soufflé calls some warnings, and what they are called here. Those of things that onus does not warn of are none.
const SOUFFLE: [(&str, &str); 6] = [
    ("var-appears-once", "single-variable"),
    ("no-rules-nor-facts", "undefined-relation"),
    ("no-subsumptive-rule", ""),
    ("deprecated-type-decl", ""),
    ("deprecated-qualifier", ""),
    ("dollar-sign", ""),
];

/// The name of a warning.
fn warning(name: &str) -> Result<String, String> {
    let warnings = || all_codes().iter().filter(|code| code.severity() == Severity::Warning);
    if warnings().any(|code| code.name == name || code.id == name) {
        return Ok(name.to_owned());
    }
    if let Some((_, here)) = SOUFFLE.iter().find(|(there, _)| *there == name) {
        return Ok((*here).to_owned());
    }
    let known = warnings().map(|code| code.name).chain(SOUFFLE.iter().map(|(there, _)| *there));
    let near = suggest(name, known).map(|near| format!("; did you mean `{near}`?"));
    let all: Vec<&str> = warnings().map(|code| code.name).collect();
    Err(format!("there is no such warning{}", near.unwrap_or_else(|| format!("; there are {}", all.join(", ")))))
}
