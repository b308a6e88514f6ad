//! A line on the terminal that says how far a long evaluation is; nothing in a pipe.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::arguments::Flags;
use super::context::Context;
use crate::eval::Observer;
use crate::plan::RulePlan;
use crate::program::RuleId;
use crate::storage::Round;

/// What takes less shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// The line; it goes when this is dropped.
pub(super) struct Progress(Arc<Line>);

#[derive(Debug)]
struct Line {
    bar: ProgressBar,
    /// Tuples found since the last round ended.
    found: AtomicUsize,
    limit: usize,
}

impl Progress {
    /// Begins to watch, where standard error is a terminal.
    pub(super) fn start(context: &Context<'_>) -> Option<Self> {
        let Flags { max_rows: limit, .. } = *context.flags;
        stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
                bar.set_style(style);
            }
            Self(Arc::new(Line { bar, found: AtomicUsize::new(0), limit }))
        })
    }

    /// Who listens to the evaluation.
    pub(super) fn observer(&self) -> Arc<dyn Observer> {
        Arc::clone(&self.0) as Arc<dyn Observer>
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.bar.finish_and_clear();
    }
}

impl Observer for Line {
    fn begins(&self, _: RuleId) {}

    fn ran(&self, _: &RulePlan, _: usize, added: usize) {
        self.found.fetch_add(added, Ordering::Relaxed);
    }

    fn round(&self, round: Round, rows: usize) {
        if self.bar.elapsed() >= PATIENCE {
            let found = self.found.swap(0, Ordering::Relaxed);
            self.bar.set_message(format!("{rows} rows of at most {}, {found} new in round {round}", self.limit));
            self.bar.tick();
        } else {
            self.found.store(0, Ordering::Relaxed);
        }
    }
}
