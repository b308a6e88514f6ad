//! The matrix as text, Markdown and CSV.

use std::io::{self, Write};

use super::{about, glyph, label, missing, standings, summary, tally};
use crate::report::escape::escape;
use crate::report::grid::Grid;
use crate::report::rows::RowFormat;
use crate::responsibility::matrix::{Cell, Matrix, ScopeTable};

/// For a terminal: a table a scope; for several scopes first who answers where.
///
/// # Errors
/// As the writer's.
pub fn text(matrix: &Matrix, width: Option<usize>, unicode: bool, out: &mut dyn Write) -> io::Result<()> {
    if matrix.scopes.len() > 1 {
        write!(out, "{}", overview(matrix, unicode).text(width))?;
        writeln!(out)?;
    }
    for scope in &matrix.scopes {
        writeln!(out, "{}: {}", escape(&scope.scope), escape(&about(scope).join(" · ")))?;
        writeln!(out, "{}", escape(&tally(scope)))?;
        writeln!(out)?;
        write!(out, "{}", grid(matrix, scope, unicode, true).text(width))?;
        writeln!(out)?;
    }
    writeln!(out, "* required by a profile")?;
    for standing in standings(matrix) {
        let sign = if unicode { format!("{} ", glyph(standing)) } else { String::new() };
        writeln!(out, "{sign}{}: {}", standing.word(), standing.meaning())?;
    }
    Ok(())
}

/// For documents: headings, tables, and at the end every citation.
///
/// # Errors
/// As the writer's.
pub fn markdown(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    let mut out = out;
    writeln!(out, "# Who answers for what")?;
    if matrix.scopes.len() > 1 {
        writeln!(out, "\n## Overview\n")?;
        overview(matrix, true).markdown(&mut out)?;
    }
    for scope in &matrix.scopes {
        writeln!(out, "\n## {}\n", inline(&scope.scope))?;
        writeln!(out, "{}. {}.\n", inline(&capital(&about(scope).join(", "))), inline(&capital(&tally(scope))))?;
        grid(matrix, scope, true, true).markdown(&mut out)?;
    }
    writeln!(out, "\n## Legend\n")?;
    writeln!(out, "- \\*: required by a profile")?;
    for standing in standings(matrix) {
        writeln!(out, "- {} {}: {}", glyph(standing), standing.word(), standing.meaning())?;
    }
    for (kind, meaning) in super::GAPS {
        if matrix.scopes.iter().any(|scope| scope.gaps().contains_key(kind)) {
            writeln!(out, "- {kind}: {meaning}")?;
        }
    }
    writeln!(out, "\n## Citations\n")?;
    let mut citations = Grid::new("citation", ["statement", "document", "section", "lines", "facts"]);
    for citation in matrix.citations.values() {
        let document = format!("{} {} ({})", citation.document, citation.title, citation.issuer);
        let (section, lines) = (citation.section.clone(), citation.lines.clone());
        citations.push([citation.statement.clone(), document, section, lines, citation.place.clone()]);
    }
    citations.markdown(&mut out)
}

/// For spreadsheets: a line a scope and layer.
///
/// # Errors
/// As the writer's.
pub fn csv(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    let fixed = ["scope", "layer", "required", "gap", "conflict"];
    let parties = matrix.parties.iter().map(|(party, _)| party.as_str());
    let mut grid = Grid::new("matrix", fixed.into_iter().chain(parties).chain(["notes", "citations"]));
    for scope in &matrix.scopes {
        for row in &scope.rows {
            let mut cells = vec![scope.scope.clone(), row.layer.clone()];
            cells.push(if row.required { "yes" } else { "no" }.to_owned());
            cells.push(row.gap.clone().unwrap_or_default());
            cells.push(row.conflict.clone().unwrap_or_default());
            cells.extend(matrix.parties.iter().map(|(party, _)| row.cells.get(party).map(cited).unwrap_or_default()));
            let notes = row.loose.iter().map(|loose| {
                let who = loose.who.as_deref().map(|who| format!(" {who}")).unwrap_or_default();
                format!("{}{who} {}", loose.kind, loose.statement)
            });
            cells.push(notes.collect::<Vec<_>>().join("; "));
            let citations = row.statements().into_iter().filter_map(|statement| matrix.citations.get(statement));
            cells.push(citations.map(ToString::to_string).collect::<Vec<_>>().join("; "));
            grid.push(cells);
        }
    }
    let mut out = out;
    grid.write(RowFormat::Csv, None, &mut out)
}

/// A cell with its statements: `confirmed S0-8 S3-9`.
fn cited(cell: &Cell) -> String {
    format!("{} {}", label(cell), cell.statements().join(" "))
}

fn grid(matrix: &Matrix, scope: &ScopeTable, unicode: bool, stars: bool) -> Grid {
    // Parties that have nothing to do here would be empty columns.
    let here: Vec<&str> = matrix
        .parties
        .iter()
        .map(|(party, _)| party.as_str())
        .filter(|party| scope.rows.iter().any(|row| row.cells.contains_key(*party)))
        .collect();
    let mut grid = Grid::new("matrix", ["layer"].into_iter().chain(here.iter().copied()).chain(["nobody"]));
    for row in &scope.rows {
        let star = if stars && row.required { " *" } else { "" };
        let mut cells = vec![format!("{}{star}", row.layer)];
        for party in &here {
            cells.push(match row.cells.get(*party) {
                Some(cell) if unicode => format!("{} {}", glyph(cell.standing()), cited(cell)),
                Some(cell) => cited(cell),
                None => String::new(),
            });
        }
        cells.push(missing(row));
        grid.push(cells);
    }
    grid
}

/// Layers by scopes: who answers, or the kind of gap.
fn overview(matrix: &Matrix, unicode: bool) -> Grid {
    let scopes = matrix.scopes.iter().map(|scope| scope.scope.as_str());
    let mut grid = Grid::new("overview", ["layer"].into_iter().chain(scopes));
    for layer in matrix.layers() {
        let mut cells = vec![layer.to_owned()];
        for scope in &matrix.scopes {
            let row = scope.rows.iter().find(|row| row.layer == layer);
            let parts = row.map(|row| summary(row, &matrix.parties)).unwrap_or_default();
            let parts = parts.into_iter().map(|(standing, text)| match standing {
                Some(standing) if unicode => format!("{} {text}", glyph(standing)),
                Some(_) => text,
                None => format!("({text})"),
            });
            cells.push(parts.collect::<Vec<_>>().join(", "));
        }
        grid.push(cells);
    }
    grid
}

/// A text inside a paragraph of Markdown.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for character in escape(text).chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '#' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
