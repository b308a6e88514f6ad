//! Findings as one JSON document.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::Listing;
use crate::facts::date;
use crate::report::escape::write_json;
use crate::responsibility::findings::{Finding, State};

/// Writes the findings. `schema` names the document's shape and changes when that does.
///
/// # Errors
/// As the writer's.
pub fn json(listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<Value> = listing.findings.all.iter().map(|of| finding(listing, of)).collect();
    let document = json!({ "schema": "onus.findings/1", "findings": findings });
    write_json(&document, out)?;
    writeln!(out)
}

fn finding(listing: &Listing, finding: &Finding) -> Value {
    let key: Map<String, Value> =
        finding.key.iter().map(|(column, value)| ((*column).to_owned(), json!(value))).collect();
    let citations: Vec<Value> = listing
        .of(finding)
        .map(|citation| {
            json!({
                "statement": citation.statement,
                "document": citation.document,
                "section": citation.section,
                "lines": citation.lines,
                "facts": citation.place,
            })
        })
        .collect();
    let (state, waiver) = match finding.state {
        State::Open => ("open", None),
        State::Known => ("known", None),
        State::Waived(at) => ("waived", Some(at)),
        State::Expired(at) => ("expired", Some(at)),
    };
    let waiver = waiver
        .and_then(|at| listing.findings.waivers.get(at))
        .map(|waiver| json!({ "reason": waiver.reason, "expires": date::text(waiver.expires), "place": waiver.place }));
    json!({
        "id": finding.id,
        "kind": finding.kind.to_string(),
        "severity": finding.severity.word(),
        "key": key,
        "sentence": finding.sentence,
        "advice": finding.advice,
        "citations": citations,
        "about": listing.places.get(&finding.id),
        "state": state,
        "waiver": waiver,
    })
}
