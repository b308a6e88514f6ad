//! A comparison as text: what changed in facts and rules, then the conclusions by cause.

use std::fmt::Write;

use anstyle::Style;

use super::{DiffView, count, folded, words};
use crate::diff::{Change, Diff, RuleEvent, Side};

/// Columns up to which a line may be filled with a list.
const WIDTH: usize = 110;

/// A comparison as text, each line ending in a line break.
#[must_use]
pub fn text(diff: &Diff, view: &DiffView<'_>) -> String {
    let mut out = String::new();
    let bold = view.theme.conclusion;
    if let Some((old, new)) = view.names {
        line(&mut out, view.theme.dim, &format!("{old} -> {new}"));
    }
    line(&mut out, bold, &words::summary(diff));
    if !diff.facts.is_empty() {
        let _ = writeln!(out, "\nfacts");
        for fact in &diff.facts {
            let (said, place) = words::fact(diff, fact, view.notes);
            let sign = format!("{} {said}", fact.side.sign());
            let _ = writeln!(out, "  {}   {}", styled(of(view, fact.side), &sign), styled(view.theme.citation, &place));
        }
    }
    if !diff.rules.is_empty() {
        let _ = writeln!(out, "\nrules");
        for rule in &diff.rules {
            let sign = match rule.event {
                RuleEvent::Lost => '-',
                RuleEvent::Gained => '+',
                RuleEvent::Changed => '~',
            };
            let said = format!("{sign} {}", words::rule_event(rule));
            let place = crate::report::escape::escape(&rule.place);
            let _ = writeln!(out, "  {}   {}", styled(view.theme.rule, &said), styled(view.theme.dim, &place));
        }
    }
    for (cause, changes) in diff.groups() {
        let _ = writeln!(out);
        line(&mut out, bold, &words::cause(diff, cause));
        for (part, rest) in folded(diff, &changes, view.most) {
            for change in part {
                conclusion(&mut out, diff, change, view);
            }
            if let Some((name, number)) = rest {
                line(&mut out, view.theme.dim, &format!("    ... and {number} more of {name}"));
            }
        }
    }
    let counted = words::unlisted(diff);
    if !counted.is_empty() {
        let _ = writeln!(out);
        let relations = count(counted.len(), "other relation");
        let mut row = format!("{relations} changed:");
        for (at, part) in counted.iter().enumerate() {
            if row.len() + part.len() > WIDTH {
                line(&mut out, view.theme.dim, &row);
                row = "   ".to_owned();
            }
            let comma = if at + 1 < counted.len() { "," } else { "" };
            let _ = write!(row, " {part}{comma}");
        }
        line(&mut out, view.theme.dim, &row);
    }
    out
}

fn conclusion(out: &mut String, diff: &Diff, change: &Change, view: &DiffView<'_>) {
    let alarm = if change.alarm { "! " } else { "  " };
    let said = format!("{} {}", words::sign(change), words::change(diff, change));
    let style = of(view, change.at.side);
    let _ = write!(out, "{alarm}{}", styled(style, &said));
    if let Some(broken) = words::broken(diff, change) {
        let _ = write!(out, "   {}", styled(view.theme.dim, &broken));
    }
    let _ = writeln!(out);
}

fn of(view: &DiffView<'_>, side: Side) -> Style {
    match side {
        Side::Old => view.theme.missing,
        Side::New => view.theme.given,
    }
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn line(out: &mut String, style: Style, text: &str) {
    let _ = writeln!(out, "{style}{text}{style:#}");
}
