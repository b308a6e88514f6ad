//! Findings for people, and for spreadsheets.

use std::collections::BTreeMap;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::Listing;
use crate::report::escape::escape;
use crate::report::grid::{Grid, wrap};
use crate::report::rows::RowFormat;
use crate::responsibility::findings::{Finding, Kind, Severity};

/// Above so many findings of one kind and low severity they are counted, and not listed.
const MOST_LOW: usize = 8;

/// For a terminal: by kind; each with what to do and who says so. With `whole`, nothing is left out.
///
/// # Errors
/// As the writer's.
pub fn text(listing: &Listing, whole: bool, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let room = width.unwrap_or(usize::MAX).max(40);
    let paragraph = |out: &mut dyn Write, indent: usize, text: &str| -> io::Result<()> {
        for line in wrap(&escape(text), room - indent.min(room)) {
            writeln!(out, "{:indent$}{line}", "")?;
        }
        Ok(())
    };
    for (kind, findings) in by_kind(listing, whole) {
        let (open, quiet): (Vec<&Finding>, Vec<&Finding>) =
            findings.into_iter().partition(|finding| whole || finding.counts());
        let severity = open.first().or(quiet.first()).map_or(Severity::Low, |finding| finding.severity);
        let mut head = format!("{kind}: {}, {}", count(open.len(), "finding"), severity.word());
        if !quiet.is_empty() {
            head.push_str(&format!(" ({} waived or known)", quiet.len()));
        }
        writeln!(out, "{}", escape(&head))?;
        paragraph(out, 2, kind.meaning())?;
        if severity == Severity::Low && open.len() > MOST_LOW && !whole {
            for (pair, count) in pairs(&open) {
                paragraph(out, 4, &format!("{pair}: {count}"))?;
            }
            writeln!(out, "  each of them: onus findings --only {kind}")?;
        } else if kind.family == "gap" && !whole {
            for (head, findings) in by_scope(&open) {
                paragraph(out, 2, &head)?;
                let widest = findings.iter().filter_map(|finding| finding.column("layer")).map(UnicodeWidthStr::width);
                let widest = widest.max().unwrap_or(0);
                for finding in findings {
                    let layer = finding.column("layer").unwrap_or("");
                    let padding = " ".repeat(widest.saturating_sub(layer.width()));
                    let cited: Vec<String> = listing.of(finding).map(ToString::to_string).collect();
                    let line = format!("{}  {layer}{padding}  {}", finding.id, cited.join("; "));
                    writeln!(out, "    {}", escape(line.trim_end()))?;
                    if let Some(state) = listing.state(finding) {
                        paragraph(out, 6, &state)?;
                    }
                }
            }
        } else {
            for finding in open {
                writeln!(out, "  {}", finding.id)?;
                paragraph(out, 4, &finding.sentence)?;
                paragraph(out, 4, &format!("-> {}", finding.advice))?;
                if let Some(state) = listing.state(finding) {
                    paragraph(out, 4, &state)?;
                }
                for citation in listing.of(finding) {
                    paragraph(out, 4, &format!("• {citation}  {}", citation.place))?;
                }
            }
        }
        writeln!(out)?;
    }
    let total = listing.findings.all.len();
    let counting = listing.findings.all.iter().filter(|finding| finding.counts()).count();
    match total - counting {
        0 => writeln!(out, "{}", count(total, "finding")),
        quiet => writeln!(out, "{} and {quiet} waived or known", count(counting, "finding")),
    }
}

/// As a document of Markdown, every finding in it.
///
/// # Errors
/// As the writer's.
pub fn markdown(listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
    let mut out = out;
    writeln!(out, "# Findings")?;
    for (kind, findings) in by_kind(listing, true) {
        writeln!(out, "\n## {kind}: {}\n\n{}\n", findings.len(), kind.meaning())?;
        let mut grid = Grid::new("finding", ["id", "what", "what to do", "who says so", "state"]);
        for finding in findings {
            grid.push([
                finding.id.clone(),
                finding.sentence.clone(),
                finding.advice.clone(),
                listing.of(finding).map(ToString::to_string).collect::<Vec<_>>().join("; "),
                listing.state(finding).unwrap_or_else(|| "open".to_owned()),
            ]);
        }
        grid.markdown(&mut out)?;
    }
    Ok(())
}

/// For spreadsheets: a line a finding.
///
/// # Errors
/// As the writer's.
pub fn csv(listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
    let columns = ["id", "kind", "severity", "state", "scope", "layer", "party", "sentence", "advice", "citations"];
    let mut grid = Grid::new("finding", columns);
    for finding in &listing.findings.all {
        let column = |names: &[&str]| {
            let found = names.iter().find_map(|name| finding.column(name));
            found.map(str::to_owned).unwrap_or_default()
        };
        grid.push([
            finding.id.clone(),
            finding.kind.to_string(),
            finding.severity.word().to_owned(),
            listing.state(finding).unwrap_or_else(|| "open".to_owned()),
            column(&["scope", "at"]),
            column(&["layer"]),
            column(&["party", "b"]),
            finding.sentence.clone(),
            finding.advice.clone(),
            listing.of(finding).map(ToString::to_string).collect::<Vec<_>>().join("; "),
        ]);
    }
    let mut out = out;
    grid.write(RowFormat::Csv, None, &mut out)
}

/// The findings by kind, in order. Kinds all of whose findings are waived or known count only for the `whole`.
fn by_kind(listing: &Listing, whole: bool) -> Vec<(Kind, Vec<&Finding>)> {
    let mut kinds: Vec<(Kind, Vec<&Finding>)> = Vec::new();
    for finding in &listing.findings.all {
        match kinds.last_mut().filter(|(kind, _)| *kind == finding.kind) {
            Some((_, findings)) => findings.push(finding),
            None => kinds.push((finding.kind.clone(), vec![finding])),
        }
    }
    kinds.retain(|(_, findings)| whole || findings.iter().any(|finding| finding.counts()));
    kinds
}

/// Gaps by scope and what to do about them.
fn by_scope<'a>(findings: &[&'a Finding]) -> Vec<(String, Vec<&'a Finding>)> {
    let mut groups: Vec<(String, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let head = format!("{}: {}", finding.column("scope").unwrap_or(""), finding.advice);
        match groups.iter_mut().find(|(other, _)| *other == head) {
            Some((_, findings)) => findings.push(finding),
            None => groups.push((head, vec![finding])),
        }
    }
    groups
}

/// How many findings there are of each pair: who relies on whom.
fn pairs(findings: &[&Finding]) -> BTreeMap<String, usize> {
    let mut pairs = BTreeMap::new();
    for finding in findings {
        let parts: Vec<&str> = finding.key.iter().take(2).map(|(_, value)| value.as_str()).collect();
        *pairs.entry(parts.join(" on ")).or_default() += 1;
    }
    pairs
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
