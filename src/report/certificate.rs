//! Certificates and checked proofs as tables of what is wrong, led by the verdict in words.

use super::grid::Grid;
use super::proof::json::{CheckedProof, Refusal};
use crate::explain::NodeId;
use crate::explain::certify::{Certificate, FAULTS};
use crate::model::Model;

/// The verdict of a certificate, and what it does not speak for.
#[must_use]
pub fn lead(certificate: &Certificate) -> Vec<String> {
    let faults = certificate.faults.len();
    let verdict = match faults {
        0 => "each row follows from the facts, and nothing is missing".to_owned(),
        1 => "1 fault".to_owned(),
        FAULTS.. => format!("{faults} faults and perhaps more"),
        _ => format!("{faults} faults"),
    };
    let counts = format!("{} rows against {} rule instances", certificate.rows, certificate.instances);
    let waived = certificate.waived.iter().map(|waived| format!("not certified: {waived}"));
    std::iter::once(format!("{counts}: {verdict}")).chain(waived).collect()
}

/// The faults of a certificate, each with the row at fault.
#[must_use]
pub fn grid(model: &Model, certificate: &Certificate) -> Grid {
    let mut grid = Grid::new("fault", ["kind", "row", "fault"]);
    for fault in &certificate.faults {
        let row = fault.tuple().map(|tuple| model.literal_with(&certificate.values, tuple)).unwrap_or_default();
        grid.push([fault.kind().to_owned(), row, fault.describe(model, &certificate.values)]);
    }
    grid
}

/// The verdict on a proof; the node at fault where it is refused.
#[must_use]
pub fn verdict(model: &Model, checked: &Result<CheckedProof, Refusal>) -> (Vec<String>, Grid) {
    let mut grid = Grid::new("flaw", ["node", "about", "flaw"]).number("node");
    let mut lead = Vec::new();
    let (other_program, other_facts) = match checked {
        Ok(CheckedProof { proof, checked, other_program, other_facts }) => {
            let conclusion = proof.node(proof.root()).tuple();
            let conclusion = conclusion.map(|tuple| model.literal_with(&proof.values, tuple)).unwrap_or_default();
            let nodes = if checked.nodes == 1 { "node" } else { "nodes" };
            lead.push(format!("the proof of {conclusion} holds: {} {nodes} checked", checked.nodes));
            if checked.cut > 0 {
                lead.push(format!("{} tuples hold in the model and are not followed further", checked.cut));
            }
            if checked.counters > 0 {
                lead.push(format!("{} values of autoinc() are taken as they are", checked.counters));
            }
            (*other_program, *other_facts)
        }
        Err(Refusal::Unreadable(found)) => {
            lead.push(format!("the proof cannot be read: {}", found.message));
            (false, false)
        }
        Err(Refusal::Flaw { flaw, other_program, other_facts }) => {
            let node = flaw.node.map(|NodeId(id)| id.to_string()).unwrap_or_default();
            let at = flaw.node.map(|NodeId(id)| format!(" at node {id}")).unwrap_or_default();
            lead.push(format!("the proof is refused{at}"));
            grid.push([node, flaw.about.clone().unwrap_or_default(), flaw.reason.clone()]);
            (*other_program, *other_facts)
        }
    };
    let remarks = [(other_program, "rules"), (other_facts, "facts")];
    let changed = remarks.iter().filter(|(other, _)| *other);
    lead.extend(changed.map(|(_, what)| format!("the {what} are not those that the proof was written for")));
    (lead, grid)
}
