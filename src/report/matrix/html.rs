//! The matrix as one page of HTML: no script, nothing fetched, every text escaped; reads well on screen and on paper.

use std::io::{self, Write};

use super::{GAPS, about, alarming, glyph, label, missing, standings, summary, tally};
use crate::report::escape::escape;
use crate::responsibility::matrix::{Cell, LayerRow, Matrix, ScopeTable};

/// Writes the page.
///
/// # Errors
/// As the writer's.
pub fn html(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    let title = match matrix.scopes.as_slice() {
        [one] => format!("{}: who answers for what", one.scope),
        _ => "Who answers for what".to_owned(),
    };
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">")?;
    writeln!(out, "<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>", text(&title))?;
    writeln!(out, "<h1>{}</h1>", text(&title))?;
    legend(matrix, out)?;
    if matrix.scopes.len() > 1 {
        overview(matrix, out)?;
    }
    for scope in &matrix.scopes {
        section(matrix, scope, out)?;
    }
    citations(matrix, out)?;
    writeln!(out, "</body>\n</html>")
}

/// Nothing is loaded from anywhere, and no script runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE: &str = "\
:root { --line: #c9ced6; --soft: #f3f5f8; --ink: #1b2330; --dim: #5b6675; --bad: #a3161f; }
* { box-sizing: border-box; }
body { margin: 2rem auto; padding: 0 1.5rem; max-width: 90rem; color: var(--ink); background: #fff;
  font: 15px/1.45 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .25rem; }
p { margin: .2rem 0 .8rem; color: var(--dim); }
p strong { color: var(--ink); }
table { border-collapse: separate; border-spacing: 0; width: 100%; border: 1px solid var(--line); border-width: 1px 0 0 1px; }
th, td { text-align: left; vertical-align: top; padding: .35rem .55rem; border: 1px solid var(--line); border-width: 0 1px 1px 0; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--soft); white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; background: #fff; }
th small, dt small { color: var(--dim); font-weight: 400; }
tr.alarm > th { box-shadow: inset 4px 0 0 var(--bad); }
tr:target > * { background: #fff6d6; }
.cell { white-space: nowrap; font-weight: 600; }
.ids { display: block; color: var(--dim); font-size: .85em; font-weight: 400; }
.ids a { color: inherit; }
.required { color: var(--dim); font-weight: 400; }
.confirmed { background: #dcf1e2; } .accepted { background: #eaf3fd; } .assigned { background: #f7f3e6; }
.one-sided { background: #fdf0d5; } .below { background: #eef0f3; } .disputed { background: #f9d9db; }
.gap { background: #fbe4e5; color: var(--bad); font-weight: 600; }
.note { color: var(--dim); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem .8rem; margin: 0; align-items: baseline; }
dt { padding: .05rem .5rem; border: 1px solid var(--line); white-space: nowrap; font-weight: 600; }
dd { margin: 0; color: var(--dim); }
details > summary { cursor: pointer; font-weight: 600; margin-bottom: .6rem; }
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  body { margin: 0; padding: 0; max-width: none; font-size: 9pt; }
  thead { display: table-header-group; }
  thead th { position: static; }
  tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  section.scope { break-before: page; }
  section.scope:first-of-type { break-before: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .ids a { text-decoration: none; }
}
";

/// A text with everything that HTML would understand written out, and nothing that turns the direction of reading.
fn text(raw: &str) -> String {
    let mut out = String::new();
    for character in escape(raw).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

/// A name as an anchor: what could end an attribute or start another is written as its number.
fn anchor(prefix: &str, name: &str) -> String {
    let mut out = prefix.to_owned();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | ':') {
            out.push(character);
        } else {
            out.push_str(&format!("~{:x}~", u32::from(character)));
        }
    }
    out
}

fn legend(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<details open><summary>Legend</summary>\n<dl>")?;
    for standing in standings(matrix) {
        let (word, meaning) = (standing.word(), standing.meaning());
        writeln!(out, "<dt class=\"{word}\">{} {word}</dt><dd>{meaning}</dd>", glyph(standing))?;
    }
    for (kind, meaning) in GAPS {
        if matrix.scopes.iter().any(|scope| scope.gaps().contains_key(kind)) {
            writeln!(out, "<dt class=\"gap\">∅ {kind}</dt><dd>nobody answers: {meaning}</dd>")?;
        }
    }
    writeln!(out, "<dt>*</dt><dd>required by a profile</dd>")?;
    writeln!(out, "</dl></details>")
}

fn overview(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section>\n<h2>Overview</h2>\n<table>\n<thead><tr><th scope=\"col\">layer</th>")?;
    for scope in &matrix.scopes {
        let (target, name) = (anchor("scope-", &scope.scope), text(&scope.scope));
        writeln!(out, "<th scope=\"col\"><a href=\"#{target}\">{name}</a></th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for layer in matrix.layers() {
        write!(out, "<tr><th scope=\"row\">{}</th>", text(layer))?;
        for scope in &matrix.scopes {
            let Some(row) = scope.rows.iter().find(|row| row.layer == layer) else {
                write!(out, "<td></td>")?;
                continue;
            };
            let parts = summary(row, &matrix.parties);
            let class = match parts.iter().map(|(standing, _)| *standing).min() {
                Some(None) => "gap",
                Some(Some(standing)) => standing.word(),
                None => "",
            };
            let parts: Vec<String> = parts
                .iter()
                .map(|(standing, name)| format!("{} {}", standing.map_or("∅", glyph), text(name)))
                .collect();
            write!(out, "<td class=\"{class}\">{}</td>", parts.join("<br>"))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</section>")
}

fn section(matrix: &Matrix, scope: &ScopeTable, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section class=\"scope\" id=\"{}\">", anchor("scope-", &scope.scope))?;
    writeln!(out, "<h2>{}</h2>", text(&scope.scope))?;
    writeln!(out, "<p>{}. <strong>{}.</strong></p>", text(&about(scope).join(" · ")), text(&tally(scope)))?;
    let here: Vec<&(String, String)> =
        matrix.parties.iter().filter(|(party, _)| scope.rows.iter().any(|row| row.cells.contains_key(party))).collect();
    write!(out, "<table>\n<thead><tr><th scope=\"col\">layer</th>")?;
    for (party, kind) in &here {
        write!(out, "<th scope=\"col\">{} <small>{}</small></th>", text(party), text(kind))?;
    }
    writeln!(out, "<th scope=\"col\">nobody</th></tr></thead>\n<tbody>")?;
    for row in &scope.rows {
        let class = if alarming(row) { " class=\"alarm\"" } else { "" };
        let star = if row.required { " <span class=\"required\">*</span>" } else { "" };
        write!(out, "<tr{class}><th scope=\"row\">{}{star}</th>", text(&row.layer))?;
        for (party, _) in &here {
            match row.cells.get(party) {
                Some(of) => write!(out, "{}", cell(of))?,
                None => write!(out, "<td></td>")?,
            }
        }
        writeln!(out, "{}</tr>", nobody(row))?;
    }
    writeln!(out, "</tbody>\n</table>\n</section>")
}

fn cell(cell: &Cell) -> String {
    let standing = cell.standing();
    let ids: Vec<String> = cell.statements().into_iter().map(link).collect();
    format!(
        "<td class=\"{}\"><span class=\"cell\">{} {}</span> <span class=\"ids\">{}</span></td>",
        standing.word(),
        glyph(standing),
        text(&label(cell)),
        ids.join(" ")
    )
}

fn link(statement: &str) -> String {
    format!("<a href=\"#{}\">{}</a>", anchor("statement-", statement), text(statement))
}

fn nobody(row: &LayerRow) -> String {
    let words = text(&missing(row));
    match (&row.gap, words.is_empty()) {
        (_, true) => "<td></td>".to_owned(),
        (Some(_), false) => format!("<td class=\"gap\">∅ {words}</td>"),
        (None, false) => format!("<td class=\"note\">{words}</td>"),
    }
}

fn citations(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section class=\"scope\">\n<h2>Citations</h2>\n<table>\n<thead><tr>")?;
    for name in ["statement", "document", "section", "lines", "facts"] {
        write!(out, "<th scope=\"col\">{name}</th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for citation in matrix.citations.values() {
        writeln!(
            out,
            "<tr id=\"{}\"><th scope=\"row\">{}</th><td>{} {} <small>({})</small></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            anchor("statement-", &citation.statement),
            text(&citation.statement),
            text(&citation.document),
            text(&citation.title),
            text(&citation.issuer),
            text(&citation.section),
            text(&citation.lines),
            text(&citation.place)
        )?;
    }
    writeln!(out, "</tbody>\n</table>\n</section>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::responsibility::matrix::Standing;

    #[test]
    fn nothing_in_a_name_becomes_markup() {
        assert_eq!(text("<script>'\"&\u{202e}"), "&lt;script&gt;&#39;&quot;&amp;\\u{202e}");
        assert_eq!(anchor("s-", "a b\"<x:1"), "s-a~20~b~22~~3c~x:1");
    }

    #[test]
    fn standings_have_signs_of_their_own() {
        let mut signs: Vec<&str> = Standing::ALL.into_iter().map(glyph).collect();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), Standing::ALL.len());
    }
}
