//! A comparison as Markdown for a pull request: alarms in sight, long lists behind a fold.

use std::fmt::Write;

use super::{DiffView, count, words};
use crate::diff::{Change, Diff, RuleEvent};
use crate::report::rows::unmarked;

/// Conclusions of one cause that stand in sight; more are put behind a fold.
const IN_SIGHT: usize = 12;

/// A comparison as Markdown. Nothing is left out: what is long can be unfolded.
#[must_use]
pub fn markdown(diff: &Diff, view: &DiffView<'_>) -> String {
    let mut out = String::new();
    let heading = match view.names {
        Some((old, new)) => format!("What changes from `{}` to `{}`", code(old), code(new)),
        None => "What changes".to_owned(),
    };
    let _ = writeln!(out, "### {heading}\n\n**{}**", escaped(&words::summary(diff)));
    if !diff.facts.is_empty() {
        let _ = writeln!(out, "\n#### Facts\n");
        for fact in &diff.facts {
            let (said, place) = words::fact(diff, fact, view.notes);
            let _ = writeln!(out, "- `{}` {} — {}", fact.side.sign(), escaped(&said), escaped(&place));
        }
    }
    if !diff.rules.is_empty() {
        let _ = writeln!(out, "\n#### Rules\n");
        for rule in &diff.rules {
            let _ = writeln!(out, "- {} — {}", escaped(&words::rule_event(rule)), escaped(&rule.place));
            let _ = writeln!(out, "\n  ```diff");
            for (sign, text, event) in [('-', &rule.old, RuleEvent::Gained), ('+', &rule.new, RuleEvent::Lost)] {
                if rule.event != event {
                    for line in text.lines() {
                        let _ = writeln!(out, "  {sign} {}", crate::report::escape::escape(line));
                    }
                }
            }
            let _ = writeln!(out, "  ```");
        }
    }
    for (cause, changes) in diff.groups() {
        let _ = writeln!(out, "\n#### {}\n", escaped(&capital(&words::cause(diff, cause))));
        let (mut seen, mut hidden): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| change.alarm);
        if seen.len() + hidden.len() <= IN_SIGHT {
            seen.append(&mut hidden);
        }
        seen.iter().for_each(|change| conclusion(&mut out, diff, change));
        if !hidden.is_empty() {
            let summary = count(hidden.len(), "conclusion");
            let _ = writeln!(out, "\n<details><summary>{summary}</summary>\n");
            hidden.iter().for_each(|change| conclusion(&mut out, diff, change));
            let _ = writeln!(out, "\n</details>");
        }
    }
    let counted = words::unlisted(diff);
    if !counted.is_empty() {
        let relations = count(counted.len(), "other relation");
        let _ = writeln!(
            out,
            "\n<details><summary>{relations} changed</summary>\n\n{}\n\n</details>",
            escaped(&counted.join(", "))
        );
    }
    out
}

fn conclusion(out: &mut String, diff: &Diff, change: &Change) {
    let alarm = if change.alarm { "⚠ " } else { "" };
    let _ = write!(out, "- {alarm}`{}` {}", words::sign(change), escaped(&words::change(diff, change)));
    match words::broken(diff, change) {
        Some(broken) => {
            let _ = writeln!(out, " — `{}`", code(&broken));
        }
        None => out.push('\n'),
    }
}

/// A text in which no mark of Markdown or HTML means anything, apart from code in backticks, which stays code.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (at, part) in text.split('`').enumerate() {
        if at > 0 {
            out.push('`');
        }
        if at % 2 == 1 {
            out.push_str(part);
            continue;
        }
        out.push_str(&unmarked(part));
    }
    if text.matches('`').count() % 2 == 1 { out.replace('`', "\\`") } else { out }
}

/// A text between backticks.
fn code(text: &str) -> String {
    text.replace('`', "'")
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
