//! What a command has at hand: the flags, where its output goes, and the project with its session.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::arguments::{Compat, Flags};
use super::output::Form;
use crate::diagnostic::{Diagnostic, render_all};
use crate::facts::date;
use crate::repl::Error;
use crate::repl::show::View;
use crate::report::rows::RowFormat;
use crate::responsibility::Project;
use crate::session::{Failure, Options, Session, SystemClock};
use crate::source::SourceMap;

/// What a command has at hand.
pub(super) struct Context<'a> {
    pub(super) flags: &'a Flags,
    pub(super) out: &'a mut dyn Write,
    pub(super) err: &'a mut dyn Write,
    /// How standard output may look.
    pub(super) view: View,
    /// Whether errors are coloured.
    pub(super) color_errors: bool,
    /// Set by Ctrl-C.
    pub(super) interrupt: Arc<AtomicBool>,
}

impl Context<'_> {
    /// How sessions work under these flags.
    pub(super) fn options(&self) -> Options {
        let mut options = Options::default();
        let lenient = self.flags.compat == Some(Compat::Souffle);
        options.eval.wrap = lenient;
        options.eval.lenient = lenient;
        let budget = &mut options.eval.budget;
        budget.rows = Some(self.flags.max_rows);
        budget.bytes = Some(self.flags.max_memory);
        budget.time = self.flags.max_time;
        budget.clock = Some(Arc::new(SystemClock::default()));
        budget.interrupt = Arc::clone(&self.interrupt);
        options
    }

    /// The project that the flags name, else that of this directory, else the one built in.
    pub(super) fn project(&self) -> Result<Project, Failure> {
        Project::find(self.flags.selection().project.as_deref(), Path::new("."))
    }

    /// A session with everything that the flags select, not evaluated yet.
    pub(super) fn session(&self) -> Result<Session, Failure> {
        self.project()?.load(&self.flags.selection(), self.options())
    }

    /// The form of reports that is asked for.
    pub(super) fn form(&self) -> Option<Form> {
        match RowFormat::find(self.flags.format.name()) {
            Some(RowFormat::Table) | None => None,
            Some(format) => Some(Form::Rows(format)),
        }
    }

    /// The day for which is asked: `--as-of`, or else today (UTC), as `YYYYMMDD`.
    pub(super) fn day(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let today = i64::try_from(since.as_secs() / 86_400).ok().and_then(|days| date::add_days(19_700_101, days));
        self.flags.selection().as_of.or(today).unwrap_or(19_700_101)
    }

    /// A remark that is no part of the answer.
    pub(super) fn remark(&mut self, text: &str) -> Result<(), Error> {
        self.out.flush()?;
        Ok(writeln!(self.err, "{text}")?)
    }

    /// Renders diagnostics on standard error.
    pub(super) fn report(&mut self, diagnostics: &[Diagnostic], sources: &SourceMap) -> Result<(), Error> {
        let text = render_all(diagnostics, sources, self.color_errors);
        Ok(self.err.write_all(text.as_bytes())?)
    }
}
