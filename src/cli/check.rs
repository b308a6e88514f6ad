//! `onus check`: constraints, and the answers under review.

use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use super::diff::save;
use super::findings::Gate;
use super::snapshot;
use crate::diagnostic::{Diagnostic, code, suggest};
use crate::diff::{DiffOptions, diff};
use crate::model::{Model, Tuple};
use crate::repl::{Error, Outcome};
use crate::report::diff::{DiffView, MOST, denial, junit};
use crate::report::proof::Theme;
use crate::report::review::{AnswerChange, Review, cases, json, markdown, text};
use crate::responsibility::cite::Citations;
use crate::responsibility::snapshot::{DIRECTORY, Snapshot, Stored, lines};
use crate::responsibility::{Answers, Finding, Project};

/// Check the project: errors and warnings, what rules deny, and the answers against those under snapshots/
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus check                          what changed, and by which fact, rule or literal
  onus check --accept                 take the answers of now as reviewed
  onus check --accept conflicts       those of one question or relation
  onus check --review                 one by one: accept, reject, skip, or ask why
  onus check --format markdown --junit check.xml
  onus check --deny gap:silent,conflict:hard,bad_choice

The kinds of finding that `gates` in onus.toml names are denied as well.

Exit code 1 where something is denied, or an answer is not the one that was reviewed."#)]
pub(super) struct Check {
    /// Take the answers of now as reviewed: all, or those of one question or relation
    #[arg(long, value_name = "QUERY", num_args = 0..=1, default_missing_value = "")]
    accept: Option<String>,
    /// Go through the changed answers one by one: accept, reject, skip, or ask why
    #[arg(long, conflicts_with_all = ["accept", "junit"])]
    review: bool,
    /// List every conclusion, however many
    #[arg(long)]
    all: bool,
    /// Write a JUnit file too, one test case an answer
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    gate: Gate,
}

impl Check {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let project = context.project()?;
        let now = Snapshot::take(&project, &context.flags.selection(), &context.options())?;
        let warnings = now.session.warnings().to_vec();
        context.io.report(&warnings, now.session.sources())?;
        let stored = project.directory().and_then(Stored::read);
        if let Some(wanted) = &self.accept {
            return accept(wanted, &project, stored.as_ref(), &now, context);
        }
        let mut review = Review { denied: denied(&now.model), ..Review::default() };
        let gates = self.gate.selectors(&project)?;
        if !gates.is_empty() {
            let found = self.gate.findings(Answers::of(&now.model)?, &project, context)?;
            let told = |finding: &Finding| format!("{} {}: {}", finding.kind, finding.id, finding.sentence);
            review.denied.extend(found.denied(&gates).into_iter().map(told));
        }
        match &stored {
            None => review
                .notes
                .push(format!("there are no answers under {DIRECTORY}/ to compare with; `onus snapshot` writes them")),
            Some(stored) => compare(&mut review, stored, &now, &project, context)?,
        }
        let theme = context.io.view.theme();
        let most = (!self.all).then_some(MOST);
        let view = DiffView { theme, most, notes: &Citations, names: None };
        if self.review {
            return self.walk(&review, stored.as_ref(), &now, &project, &view, context);
        }
        let plain = DiffView { theme: Theme::default(), ..view };
        let written = match crate::repl::show::format_name(context.format()?) {
            "json" | "jsonl" => json(&review, &view),
            "markdown" => markdown(&review, &view),
            _ => text(&review, &view),
        };
        context.io.out.write_all(written.as_bytes())?;
        if let Some(path) = &self.junit {
            save(path, &junit("onus check", &cases(&review, &plain)))?;
        }
        Ok(Outcome::answered(review.passes()))
    }
}

impl Check {
    /// Asks about each changed answer.
    fn walk(
        &self,
        review: &Review,
        stored: Option<&Stored>,
        now: &Snapshot,
        project: &Project,
        view: &DiffView<'_>,
        context: &mut Context<'_>,
    ) -> Result<Outcome, Error> {
        let Some(stored) = stored.filter(|_| !review.answers.is_empty() || !review.problems.is_empty()) else {
            context.io.out.write_all(text(review, view).as_bytes())?;
            return Ok(Outcome::answered(review.passes()));
        };
        sound(stored, now)?;
        for denied in &review.denied {
            writeln!(context.io.out, "denied: {}", crate::report::escape::escape(denied))?;
        }
        super::review::walk(review, stored, now, project, view, context, &mut std::io::stdin().lock())
    }
}

/// A file that is not as it was written must not pass as reviewed because another one was.
fn sound(stored: &Stored, now: &Snapshot) -> Result<(), Error> {
    let Some(problem) = stored.problems.first() else { return Ok(()) };
    let found = Diagnostic::new(code::PROJECT, problem.text())
        .help("restore it from version control, or accept everything with `onus check --accept`");
    Err(now.session.failure(vec![found]).into())
}

/// What `@[deny]` forbids and yet holds.
fn denied(model: &Model) -> Vec<String> {
    let mut denied = Vec::new();
    for id in model.program().relation_ids().filter(|&id| model.program().relation(id).deny.is_some()) {
        let mut rows: Vec<&[u32]> = model.relation(id).rows().collect();
        rows.sort_by_cached_key(|row| model.decode(id, row));
        denied.extend(rows.iter().map(|&row| denial(model, &Tuple { relation: id, words: row.into() })));
    }
    denied
}

fn compare(
    review: &mut Review,
    stored: &Stored,
    now: &Snapshot,
    project: &Project,
    context: &Context<'_>,
) -> Result<(), Error> {
    review.problems = stored.problems.iter().map(crate::responsibility::snapshot::Problem::text).collect();
    review.compared = now.files.keys().filter(|name| !name.starts_with("basis/")).cloned().collect();
    for name in stored.changed(&now.files) {
        let text = |files: &std::collections::BTreeMap<String, String>| files.get(&name).cloned().unwrap_or_default();
        let (lost, gained) = lines(&text(&stored.files), &text(&now.files));
        // Heads may say something else: that is documentation.
        if !lost.is_empty() || !gained.is_empty() || !stored.files.contains_key(&name) {
            review.answers.push(AnswerChange { name, lost, gained });
        }
    }
    let (rules, facts) = stored.same_basis(&now.files);
    let changed = match (rules, facts) {
        (true, true) => None,
        (false, true) => Some("rules"),
        (true, false) => Some("facts"),
        (false, false) => Some("rules and facts"),
    };
    if review.answers.is_empty() {
        if let Some(changed) = changed {
            review.notes.push(format!("{changed} changed since the snapshot, and no answer did"));
        }
        return Ok(());
    }
    if changed.is_none() {
        let ours = env!("CARGO_PKG_VERSION");
        let theirs = stored.manifest.as_ref().map_or("", |manifest| manifest.version.as_str());
        let by = if theirs == ours || theirs.is_empty() {
            "questions or snapshot files changed".to_owned()
        } else {
            format!("the snapshot is by onus {theirs}, and this is {ours}")
        };
        review.notes.push(format!("rules and facts are those of the snapshot: {by}"));
        return Ok(());
    }
    let mut options = context.options();
    options.check.off.extend(["unused-relation", "undefined-relation", "empty-relation"].map(str::to_owned));
    match stored.model(&options) {
        Ok(before) => {
            let options = DiffOptions { watch: project.manifest().watch.clone(), eval: now.session.eval_options() };
            let found = diff(&before, &now.model, &options).map_err(|stop| now.session.stopped(&stop))?;
            review.diff = Some(found);
        }
        Err(_) => {
            review
                .notes
                .push(format!("what {DIRECTORY}/basis keeps of rules and facts cannot be evaluated: no causes"));
        }
    }
    Ok(())
}

fn accept(
    wanted: &str,
    project: &Project,
    stored: Option<&Stored>,
    now: &Snapshot,
    context: &mut Context<'_>,
) -> Result<Outcome, Error> {
    let root = snapshot::root(project)?;
    let mut files = now.files.clone();
    if !wanted.is_empty() {
        // Everything else stays as it was reviewed, what it was derived from included.
        let is_wanted = |name: &str| Path::new(name).file_stem().is_some_and(|stem| stem == wanted) || name == wanted;
        let names: Vec<&String> = files.keys().filter(|name| is_wanted(name)).collect();
        if names.is_empty() {
            let known = files.keys().filter_map(|name| Path::new(name).file_stem()?.to_str());
            let near = suggest(wanted, known);
            let message = format!("no question and no watched relation is called `{wanted}`");
            let found =
                Diagnostic::new(code::USAGE, message).maybe_help(near.map(|near| format!("did you mean `{near}`?")));
            return Err(now.session.failure(vec![found]).into());
        }
        if let Some(stored) = stored {
            sound(stored, now)?;
        }
        let mut kept = stored.map(|stored| stored.files.clone()).unwrap_or_default();
        for name in names {
            kept.insert(name.clone(), now.files[name].clone());
        }
        files = kept;
    }
    let written = snapshot::write(&root, &files)?;
    writeln!(context.io.out, "accepted: {written} files written under {DIRECTORY}/")?;
    Ok(Outcome::Done)
}
