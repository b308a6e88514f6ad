//! The matrix in its forms: text, Markdown and CSV; JSON; a page of HTML; a workbook.

mod html;
mod json;
mod table;
mod xlsx;

pub use html::html;
pub use json::json;
pub use table::{csv, markdown, text};
pub use xlsx::xlsx;

use crate::responsibility::matrix::{Cell, LayerRow, Matrix, ScopeTable, Standing};

/// The sign of a standing. Each has its own, so that nothing depends on colour.
fn glyph(standing: Standing) -> &'static str {
    match standing {
        Standing::Disputed => "✗",
        Standing::Confirmed => "✓",
        Standing::Accepted => "●",
        Standing::OneSided => "◐",
        Standing::Assigned => "○",
        Standing::Below => "↓",
    }
}

/// A cell in words: `confirmed`, `accepted jointly`, `disputed`.
fn label(cell: &Cell) -> String {
    let word = cell.standing().word();
    if cell.is_joint() {
        format!("{word} jointly")
    } else if cell.words.iter().any(|word| word.mode.as_deref() == Some("entirely")) {
        format!("{word} entirely")
    } else {
        word.to_owned()
    }
}

/// What is missing in a row, in words: the kind of gap; else what texts say without making anybody an owner.
fn missing(row: &LayerRow) -> String {
    let mut parts = Vec::new();
    if let Some(gap) = &row.gap {
        parts.push(gap.clone());
    } else if row.required && row.cells.is_empty() {
        parts.push("nobody".to_owned());
    }
    let mut before: Option<(&str, Option<&str>)> = None;
    for loose in &row.loose {
        // Statements that say the same of the same party follow each other.
        let says = (loose.kind, loose.who.as_deref());
        if before != Some(says) {
            if row.gap.as_deref() != Some(loose.kind) {
                parts.push(loose.kind.to_owned());
            }
            parts.extend(loose.who.clone());
        }
        before = Some(says);
        if !parts.contains(&loose.statement) {
            parts.push(loose.statement.clone());
        }
    }
    if let Some(conflict) = &row.conflict {
        parts.push(format!("{conflict} conflict"));
    }
    parts.join(" ")
}

/// Whether a row asks for attention: a gap, a conflict, a dispute.
fn alarming(row: &LayerRow) -> bool {
    row.gap.is_some() || row.conflict.is_some() || row.cells.values().any(|cell| cell.standing() == Standing::Disputed)
}

/// What a scope is, in a few phrases.
fn about(scope: &ScopeTable) -> Vec<String> {
    let list = |names: &[String]| names.join(", ");
    let mut parts = Vec::new();
    parts.push(match scope.within.as_slice() {
        [] => format!("a {}", scope.kind),
        within => format!("a {} of {}", scope.kind, list(within)),
    });
    let mut phrase = |words: &str, names: &[String]| {
        if !names.is_empty() {
            parts.push(format!("{words} {}", list(names)));
        }
    };
    phrase("supplied by", &scope.suppliers);
    phrase("for", &scope.customers);
    phrase("on", &scope.hosts);
    phrase("needs", &scope.needs);
    phrase("checked against", &scope.profiles);
    phrase("not offered:", &scope.refused);
    parts
}

/// How much of what is required nobody holds, in a phrase.
fn tally(scope: &ScopeTable) -> String {
    let required = scope.rows.iter().filter(|row| row.required).count();
    let gaps = scope.gaps();
    let total: usize = gaps.values().sum();
    if required == 0 {
        return format!("{} layers, none of them required", scope.rows.len());
    }
    if total == 0 {
        return format!("somebody answers for each of the {required} required layers");
    }
    let kinds: Vec<String> = gaps.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!("nobody answers for {total} of {required} required layers ({})", kinds.join(", "))
}

/// The cell of an overview: who answers, or what kind of gap it is.
fn summary(row: &LayerRow, parties: &[(String, String)]) -> Vec<(Option<Standing>, String)> {
    if let Some(gap) = &row.gap {
        return vec![(None, gap.clone())];
    }
    let owners = parties.iter().filter_map(|(party, _)| Some((party, row.cells.get(party)?)));
    owners.map(|(party, cell)| (Some(cell.standing()), party.clone())).collect()
}

/// The standings that occur.
fn standings(matrix: &Matrix) -> Vec<Standing> {
    let cells = || matrix.scopes.iter().flat_map(|scope| &scope.rows).flat_map(|row| row.cells.values());
    Standing::ALL.into_iter().filter(|standing| cells().any(|cell| cell.standing() == *standing)).collect()
}

/// What the kinds of gap mean.
const GAPS: [(&str, &str); 4] = [
    ("silent", "no text speaks of the layer"),
    ("limbo", "a host lays it on a vendor, who promises nothing to its own customer"),
    ("unbound", "a text gives it to a role that nobody fills yet"),
    ("open", "a text says that it is divided, and not how"),
];
