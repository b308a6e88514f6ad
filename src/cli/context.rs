//! What a command has at hand: the flags, where its output goes, and the project with its session.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::arguments::{Compat, Flags};
use super::report::{Form, failed, usage};
use crate::facts::date;
use crate::repl::{Error, Io};
use crate::report::rows::RowFormat;
use crate::responsibility::Project;
use crate::session::{Failure, Options, Session, SystemClock};

/// What a command has at hand.
pub(super) struct Context<'a> {
    pub(super) flags: &'a Flags,
    pub(super) io: Io<'a>,
    /// Set by Ctrl-C.
    pub(super) interrupt: Arc<AtomicBool>,
}

impl Context<'_> {
    /// Whether the other engine's ways are asked for.
    pub(super) fn souffle(&self) -> bool {
        self.flags.compat == Some(Compat::Souffle)
    }

    /// How sessions work under these flags.
    pub(super) fn options(&self) -> Options {
        let mut options = Options::default();
        let lenient = self.souffle();
        options.eval.wrap = lenient;
        options.eval.lenient = lenient;
        options.eval.threads = self.flags.jobs;
        let budget = &mut options.eval.budget;
        budget.rows = Some(self.flags.max_rows);
        budget.relation_rows = self.flags.max_relation_rows;
        budget.rounds = self.flags.max_rounds;
        budget.bytes = Some(self.flags.max_memory);
        budget.time = self.flags.max_time;
        budget.clock = Some(Arc::new(SystemClock::default()));
        budget.interrupt = Arc::clone(&self.interrupt);
        options
    }

    /// The form of rows: of answers that have no other form.
    pub(super) fn format(&self) -> Result<RowFormat, Error> {
        match self.flags.format {
            None => Ok(RowFormat::Table),
            Some(Form::Rows(format)) => Ok(format),
            Some(form) => {
                let names: Vec<&str> = RowFormat::ALL.iter().map(|(name, _)| *name).collect();
                let found = usage(format!("rows have no form `{}`", form.name()));
                Err(failed(found.help(format!("their forms are {}", names.join(", ")))))
            }
        }
    }

    /// The day for which is asked: `--as-of`, or else today (UTC), as `YYYYMMDD`.
    pub(super) fn day(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let today = i64::try_from(since.as_secs() / 86_400).ok().and_then(|days| date::add_days(19_700_101, days));
        self.flags.selection().as_of.or(today).unwrap_or(19_700_101)
    }

    /// The project that the flags name, else that of this directory, else the one built in.
    pub(super) fn project(&self) -> Result<Project, Failure> {
        Project::find(self.flags.selection().project.as_deref(), Path::new("."))
    }

    /// A session with everything that the flags select, not evaluated yet.
    pub(super) fn session(&self) -> Result<Session, Failure> {
        self.project()?.load(&self.flags.selection(), self.options())
    }
}
