//! The matrix as one JSON document.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::report::escape::write_json;
use crate::responsibility::matrix::{Cell, LayerRow, Matrix, ScopeTable};

/// Writes the matrix. `schema` names its shape and changes when that does.
///
/// # Errors
/// As the writer's.
pub fn json(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    let citations: Map<String, Value> = matrix
        .citations
        .iter()
        .map(|(statement, citation)| {
            let value = json!({
                "document": citation.document,
                "issuer": citation.issuer,
                "title": citation.title,
                "section": citation.section,
                "lines": citation.lines,
                "facts": citation.place,
            });
            (statement.clone(), value)
        })
        .collect();
    let parties: Vec<Value> =
        matrix.parties.iter().map(|(party, kind)| json!({ "party": party, "kind": kind })).collect();
    let scopes: Vec<Value> = matrix.scopes.iter().map(scope).collect();
    let document = json!({ "schema": "onus.matrix/1", "parties": parties, "scopes": scopes, "citations": citations });
    write_json(&document, out)?;
    writeln!(out)
}

fn scope(scope: &ScopeTable) -> Value {
    json!({
        "scope": scope.scope,
        "kind": scope.kind,
        "within": scope.within,
        "suppliers": scope.suppliers,
        "customers": scope.customers,
        "hosts": scope.hosts,
        "needs": scope.needs,
        "profiles": scope.profiles,
        "not_offered": scope.refused,
        "layers": scope.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(row: &LayerRow) -> Value {
    let cells: Map<String, Value> = row.cells.iter().map(|(party, of)| (party.clone(), cell(of))).collect();
    let loose: Vec<Value> = row
        .loose
        .iter()
        .map(|loose| json!({ "kind": loose.kind, "who": loose.who, "statement": loose.statement }))
        .collect();
    json!({
        "layer": row.layer,
        "required": row.required,
        "parties": cells,
        "gap": row.gap,
        "conflict": row.conflict,
        "notes": loose,
    })
}

fn cell(cell: &Cell) -> Value {
    let words: Vec<Value> = cell
        .words
        .iter()
        .map(|word| {
            json!({
                "standing": word.standing.word(),
                "mode": word.mode,
                "statement": word.statement,
                "other_statement": word.other,
            })
        })
        .collect();
    json!({ "standing": cell.standing().word(), "joint": cell.is_joint(), "words": words })
}
