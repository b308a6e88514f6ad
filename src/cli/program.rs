//! Flags of the commands that take a program of their own rather than a project.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use crate::diagnostic::{Severity, all_codes, suggest};
use crate::repl::Error;
use crate::responsibility::{Project, Selection};
use crate::session::Session;

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
    /// Where `.input` finds its files
    #[arg(short = 'F', long = "fact-dir", value_name = "DIR", default_value = ".")]
    fact_directory: String,
    /// Where `.include` looks too (repeatable)
    #[arg(short = 'I', long = "include-dir", value_name = "DIR")]
    include: Vec<String>,
    /// No warnings
    #[arg(short = 'w', long = "no-warn")]
    quiet: bool,
    /// No warning of this name or code (repeatable)
    #[arg(short = 'W', long = "no-warning", value_name = "NAME", value_parser = warning)]
    off: Vec<String>,
    /// A warning of this name or code is an error (repeatable)
    #[arg(long, value_name = "NAME", value_parser = warning)]
    deny: Vec<String>,
    /// A fact file that is not there is an empty one
    #[arg(long)]
    missing_facts_empty: bool,
    /// Accepted and ignored: macros are part of the language
    #[arg(long, hide = true)]
    no_preprocessor: bool,
}

impl Program {
    /// A session with the program and what `--facts` and its like add, not evaluated yet.
    pub(super) fn session(&self, context: &Context<'_>) -> Result<Session, Error> {
        self.reading.session(&self.program, context)
    }
}

impl Reading {
    /// A session with a program and what `--facts` and its like add, not evaluated yet.
    pub(super) fn session(&self, program: &Path, context: &Context<'_>) -> Result<Session, Error> {
        let mut options = context.options();
        options.inputs = true;
        options.fact_directory = Some(self.fact_directory.clone());
        options.include.clone_from(&self.include);
        // As the other engine does it where one asks for its ways.
        options.missing_facts_empty = self.missing_facts_empty || self.quiet && context.souffle();
        options.check.warnings = !self.quiet;
        options.check.off.clone_from(&self.off);
        options.check.deny.clone_from(&self.deny);
        let mut selection = context.flags.selection();
        if program.as_os_str() == "-" {
            let project = Project::none();
            let mut session = project.load(&Selection::default(), options)?;
            let mut text = String::new();
            std::io::stdin().lock().read_to_string(&mut text)?;
            session.add_program("<stdin>", &text);
            project.load_into(&selection, &mut session)?;
            return Ok(session);
        }
        selection.rules.insert(0, program.to_owned());
        Ok(Project::none().load(&selection, options)?)
    }
}

/// The name of a warning.
fn warning(name: &str) -> Result<String, String> {
    let warnings = || all_codes().iter().filter(|code| code.severity() == Severity::Warning);
    if warnings().any(|code| code.name == name || code.id == name) {
        return Ok(name.to_owned());
    }
    let near = suggest(name, warnings().map(|code| code.name)).map(|near| format!("; did you mean `{near}`?"));
    Err(format!("there is no such warning{}", near.unwrap_or_default()))
}
