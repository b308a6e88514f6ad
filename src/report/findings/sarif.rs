//! Findings as SARIF 2.1.0 (OASIS Standard, 2020), the form that code hosts and editors read.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Listing;
use crate::report::escape::write_json;
use crate::responsibility::findings::{FAMILIES, Finding, Severity, State};

/// Writes the findings. Places are the lines of fact files; what no statement says is placed where the scope is checked.
///
/// # Errors
/// As the writer's.
pub fn sarif(listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<Value> = FAMILIES
        .iter()
        .map(|family| {
            let members: Vec<&str> = family.members.iter().map(|(member, _)| *member).collect();
            json!({
                "id": family.name,
                "name": pascal(family.name),
                "shortDescription": { "text": family.meaning },
                "properties": { "kinds": members },
            })
        })
        .collect();
    let results: Vec<Value> = listing.findings.all.iter().map(|of| result(listing, of)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "onus",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "originalUriBaseIds": { BUILTIN: {
                "description": { "text": "Documents that are built into onus; `onus facts export DIR` writes them out." },
            } },
            "results": results,
            "columnKind": "unicodeCodePoints",
        }],
    });
    write_json(&document, out)?;
    writeln!(out)
}

/// What built-in files are relative to.
const BUILTIN: &str = "BUILTIN";

fn result(listing: &Listing, finding: &Finding) -> Value {
    let level = match finding.severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    };
    let rule = FAMILIES.iter().position(|family| family.name == finding.kind.family);
    let cited: Vec<Value> =
        listing.of(finding).map(|citation| location(&citation.place, Some(&citation.to_string()))).collect();
    let about = listing.places.get(&finding.id).map(|place| location(place, None));
    let mut locations: Vec<Value> = about.into_iter().chain(cited).collect();
    let related = if locations.len() > 1 { locations.split_off(1) } else { Vec::new() };
    let mut result = json!({
        "ruleId": finding.kind.family,
        "ruleIndex": rule,
        "level": level,
        "message": { "text": format!("{}. {}.", capital(&finding.sentence), capital(&finding.advice)) },
        "locations": locations,
        "relatedLocations": related,
        "partialFingerprints": { "onusFinding/v1": finding.id },
        "properties": { "kind": finding.kind.to_string() },
        "baselineState": if finding.state == State::Known { "unchanged" } else { "new" },
    });
    if let State::Waived(at) = finding.state
        && let Some(waiver) = listing.findings.waivers.get(at)
    {
        result["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": waiver.reason,
            "location": location(&waiver.place, None),
        }]);
    }
    result
}

/// A place `facts/aws.toml:27`, with what is there.
fn location(place: &str, says: Option<&str>) -> Value {
    let (file, line) = match place.rsplit_once(':') {
        Some((file, line)) => (file, line.parse::<u32>().unwrap_or(1)),
        None => (place, 1),
    };
    let artifact = match file.strip_prefix("builtin:") {
        Some(name) => json!({ "uri": uri(name), "uriBaseId": BUILTIN }),
        None => json!({ "uri": uri(file) }),
    };
    let mut location = json!({
        "physicalLocation": { "artifactLocation": artifact, "region": { "startLine": line.max(1) } },
    });
    if let Some(says) = says {
        location["message"] = json!({ "text": says });
    }
    location
}

/// A path as a relative reference: what has a meaning in URIs is written as its bytes.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// `bad_choice` as `BadChoice`.
fn pascal(name: &str) -> String {
    name.split('_').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_references_that_a_reader_can_follow() {
        let place = location("builtin:scenario/acme.toml:50", None);
        assert_eq!(place["physicalLocation"]["artifactLocation"]["uriBaseId"], "BUILTIN");
        assert_eq!(place["physicalLocation"]["region"]["startLine"], 50);
        assert_eq!(uri("my facts/a#b.toml"), "my%20facts/a%23b.toml");
        assert_eq!(pascal("bad_choice"), "BadChoice");
    }
}
