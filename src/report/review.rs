//! What a check found: constraints that do not hold, snapshot files that are not as they were written, and answers that
//! changed, with the comparison that says why.

use std::fmt::Write;

use serde_json::json as object;

use super::diff::{self, Case, DiffView, escaped};
use super::escape::{escape, json_text};
use crate::diff::Diff;

/// An answer that is not the one under review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerChange {
    /// The file: `queries/conflicts.txt`.
    pub name: String,
    /// Lines that are no longer there.
    pub lost: Vec<String>,
    /// Lines that are new.
    pub gained: Vec<String>,
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Review {
    /// What is denied and holds, in words.
    pub denied: Vec<String>,
    /// Snapshot files that are missing, torn or edited, in words.
    pub problems: Vec<String>,
    /// Answers that changed.
    pub answers: Vec<AnswerChange>,
    /// How the model differs from the one that the snapshot was taken of.
    pub diff: Option<Diff>,
    /// What else a reader should know.
    pub notes: Vec<String>,
    /// All files that were compared.
    pub compared: Vec<String>,
}

impl Review {
    /// Whether nothing stands in the way.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.denied.is_empty() && self.problems.is_empty() && self.answers.is_empty()
    }

    /// The one line that says how it went.
    fn verdict(&self) -> String {
        if self.passes() {
            return match self.compared.len() {
                0 => "nothing is denied".to_owned(),
                1 => "1 answer is as it was reviewed".to_owned(),
                many => format!("{many} answers are as they were reviewed"),
            };
        }
        let mut parts = Vec::new();
        let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
        if !self.denied.is_empty() {
            parts.push(count(self.denied.len(), "thing that is denied holds", "things that are denied hold"));
        }
        if !self.problems.is_empty() {
            parts.push(count(self.problems.len(), "snapshot file is not sound", "snapshot files are not sound"));
        }
        if !self.answers.is_empty() {
            parts.push(count(self.answers.len(), "answer changed", "answers changed"));
        }
        parts.join(", ")
    }
}

/// Lines of an answer that are listed before the rest is counted.
const LISTED: usize = 12;

/// A review as text.
#[must_use]
pub fn text(review: &Review, view: &DiffView<'_>) -> String {
    let mut out = String::new();
    for denied in &review.denied {
        let _ = writeln!(out, "denied: {}", escape(denied));
    }
    for problem in &review.problems {
        let _ = writeln!(out, "snapshot: {}", escape(problem));
    }
    if let Some(found) = review.diff.as_ref().filter(|found| !found.is_empty()) {
        out.push_str(&diff::text(found, view));
        out.push('\n');
    }
    for answer in &review.answers {
        let _ = writeln!(out, "{} +{} -{}", escape(&answer.name), answer.gained.len(), answer.lost.len());
        // What a relation gained and lost stands in the comparison already.
        if review.diff.is_some() && answer.name.starts_with("relations/") {
            continue;
        }
        out.push_str(&listed(answer));
    }
    for note in &review.notes {
        let _ = writeln!(out, "{note}");
    }
    let _ = writeln!(out, "{}", review.verdict());
    out
}

/// The lines of an answer that changed; of many the first.
#[must_use]
pub fn listed(answer: &AnswerChange) -> String {
    let mut out = String::new();
    for (sign, lines) in [('-', &answer.lost), ('+', &answer.gained)] {
        for line in lines.iter().take(LISTED) {
            let _ = writeln!(out, "  {sign} {}", escape(line));
        }
        if lines.len() > LISTED {
            let _ = writeln!(out, "  {sign} ... and {} more", lines.len() - LISTED);
        }
    }
    out
}

/// A review as Markdown for a pull request.
#[must_use]
pub fn markdown(review: &Review, view: &DiffView<'_>) -> String {
    let mut out = String::new();
    let sign = if review.passes() { "✅" } else { "❌" };
    let _ = writeln!(out, "## onus check\n\n{sign} {}\n", escaped(&review.verdict()));
    for (heading, lines) in [("Denied", &review.denied), ("Snapshot files", &review.problems)] {
        if !lines.is_empty() {
            let _ = writeln!(out, "### {heading}\n");
            lines.iter().for_each(|line| {
                let _ = writeln!(out, "- {}", escaped(&escape(line)));
            });
            out.push('\n');
        }
    }
    if let Some(found) = review.diff.as_ref().filter(|found| !found.is_empty()) {
        out.push_str(&diff::markdown(found, view));
    }
    let queries: Vec<&AnswerChange> = review
        .answers
        .iter()
        .filter(|answer| review.diff.is_none() || !answer.name.starts_with("relations/"))
        .collect();
    if !queries.is_empty() {
        let _ = writeln!(out, "\n### Answers\n");
    }
    for answer in queries {
        let (gained, lost) = (answer.gained.len(), answer.lost.len());
        let _ = writeln!(out, "<details><summary>{} +{gained} -{lost}</summary>\n\n```diff", escaped(&answer.name));
        for (sign, lines) in [('-', &answer.lost), ('+', &answer.gained)] {
            lines.iter().for_each(|line| {
                let _ = writeln!(out, "{sign}{}", escape(line));
            });
        }
        let _ = writeln!(out, "```\n\n</details>");
    }
    for note in &review.notes {
        let _ = writeln!(out, "\n{}", escaped(note));
    }
    out
}

/// A review as one JSON document.
#[must_use]
pub fn json(review: &Review, view: &DiffView<'_>) -> String {
    let document = object!({
        "schema": "onus-check/1",
        "passes": review.passes(),
        "denied": review.denied,
        "problems": review.problems,
        "answers": review.answers.iter().map(|answer| object!({
            "name": answer.name,
            "lost": answer.lost,
            "gained": answer.gained,
        })).collect::<Vec<_>>(),
        "diff": review.diff.as_ref().map(|found| diff::document(found, view)),
        "notes": review.notes,
    });
    let mut text = json_text(serde_json::to_string_pretty(&document).unwrap_or_default());
    text.push('\n');
    text
}

/// A review as test cases: one an answer, one for the constraints, one for the files.
#[must_use]
pub fn cases(review: &Review, view: &DiffView<'_>) -> Vec<Case> {
    let whole = |name: &str, lines: &[String]| Case {
        name: name.to_owned(),
        failure: lines.first().map(|first| (first.clone(), lines.join("\n"))),
    };
    let mut cases = vec![whole("constraints", &review.denied), whole("snapshot files", &review.problems)];
    let why = review.diff.as_ref().map(|found| diff::text(found, view)).unwrap_or_default();
    let mut names: Vec<&String> = review.compared.iter().collect();
    names.extend(review.answers.iter().map(|answer| &answer.name));
    names.sort_unstable();
    names.dedup();
    for name in names {
        let changed = review.answers.iter().find(|answer| answer.name == *name);
        let failure = changed.map(|answer| {
            let lost = answer.lost.iter().map(|line| format!("- {line}\n"));
            let gained = answer.gained.iter().map(|line| format!("+ {line}\n"));
            let lines: String = lost.chain(gained).collect();
            (format!("{} gained, {} lost", answer.gained.len(), answer.lost.len()), format!("{lines}\n{why}"))
        });
        cases.push(Case { name: name.clone(), failure });
    }
    cases
}
