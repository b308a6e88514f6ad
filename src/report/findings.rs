//! Findings as text, Markdown, JSON and SARIF.

mod json;
mod sarif;
mod text;

pub use json::json;
pub use sarif::sarif;
pub use text::{csv, markdown, text};

use std::collections::BTreeMap;

use crate::responsibility::findings::{Finding, Findings, State};
use crate::responsibility::{Answers, Citation};

/// Findings with what they cite: everything that a report shows of them.
#[derive(Clone, Debug)]
pub struct Listing {
    /// All of them.
    pub findings: Findings,
    /// Their citations, by statement.
    pub citations: BTreeMap<String, Citation>,
    /// Where the fact is that a finding is about, by id.
    pub places: BTreeMap<String, String>,
}

impl Listing {
    /// Looks up the citations of findings.
    #[must_use]
    pub fn new(answers: Answers<'_>, findings: Findings) -> Self {
        let mut citations = BTreeMap::new();
        let mut places = BTreeMap::new();
        for finding in &findings.all {
            for statement in &finding.statements {
                if !citations.contains_key(statement)
                    && let Some(citation) = answers.citation(statement)
                {
                    citations.insert(statement.clone(), citation);
                }
            }
            if let Some(place) = finding.about.as_ref().and_then(|tuple| answers.place(tuple)) {
                places.insert(finding.id.clone(), place);
            }
        }
        Self { findings, citations, places }
    }

    /// The citations of a finding that are known.
    fn of<'a>(&'a self, finding: &'a Finding) -> impl Iterator<Item = &'a Citation> {
        finding.statements.iter().filter_map(|statement| self.citations.get(statement))
    }

    /// Where a finding stands, in words.
    fn state(&self, finding: &Finding) -> Option<String> {
        let waiver = |at: usize| self.findings.waivers.get(at);
        let day = |day: i64| crate::facts::date::text(day).unwrap_or_default();
        match finding.state {
            State::Open => None,
            State::Known => Some("known: in the baseline".to_owned()),
            State::Waived(at) => {
                waiver(at).map(|waiver| format!("waived until {}: {}", day(waiver.expires), waiver.reason))
            }
            State::Expired(at) => {
                waiver(at).map(|waiver| format!("no longer waived since {}: {}", day(waiver.expires), waiver.reason))
            }
        }
    }
}
