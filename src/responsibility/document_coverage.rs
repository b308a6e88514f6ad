//! What the facts say of each document, and what they leave out: the counts behind `onus facts check`.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::answers::{Answers, Claim, Effective, Layer, OpenPoint, UnderTopic};
use crate::facts::statements::{Document, StatementInfo, line_ranges};

/// What the facts take from one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentCoverage {
    /// The document.
    pub document: Document,
    /// How many statements are recorded.
    pub statements: usize,
    /// Those of them that have no rows.
    pub silent: Vec<String>,
    /// Those of them that have neither rows nor a note that says why.
    pub unexplained: Vec<String>,
}

/// A claim that makes nobody an owner anywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdleClaim {
    /// The statement.
    pub statement: String,
    /// Its scope.
    pub scope: String,
    /// Its layer.
    pub layer: String,
    /// Where it stands.
    pub place: String,
}

/// What the facts cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// By document, in the order of their files.
    pub documents: Vec<DocumentCoverage>,
    /// Claims without effect: narrower ones of the same issuer beat them everywhere, or they do not count today.
    pub idle: Vec<IdleClaim>,
    /// Layers of the vocabulary such that no statement bears on them, nor on any part of them.
    pub unmentioned: Vec<String>,
}

impl Coverage {
    /// The coverage of what was loaded.
    #[must_use]
    pub fn of(answers: Answers<'_>, documents: &[Document], statements: &[StatementInfo]) -> Self {
        let documents = documents.iter().map(|document| {
            let own = || statements.iter().filter(|statement| statement.document == document.id);
            let ids = |rows: &mut dyn Iterator<Item = &StatementInfo>| rows.map(|row| row.id.clone()).collect();
            DocumentCoverage {
                document: document.clone(),
                statements: own().count(),
                silent: ids(&mut own().filter(|statement| !statement.allocates)),
                unexplained: ids(&mut own().filter(|statement| !statement.allocates && !noted(statement))),
            }
        });
        let effective = answers.all::<Effective>();
        let in_force: BTreeSet<(&str, &str, &str)> = effective
            .iter()
            .map(|row| (row.statement.as_str(), row.claim_scope.as_str(), row.claim_layer.as_str()))
            .collect();
        let mut idle: Vec<IdleClaim> = answers
            .in_order::<Claim>(&[])
            .into_iter()
            .filter(|row| !in_force.contains(&(row.statement.as_str(), row.scope.as_str(), row.layer.as_str())))
            .map(|row| IdleClaim {
                place: answers.place(&row.tuple).unwrap_or_default(),
                statement: row.statement,
                scope: row.scope,
                layer: row.layer,
            })
            .collect();
        idle.dedup();
        let open = answers.all::<OpenPoint>();
        let mut mentioned: BTreeSet<String> =
            effective.iter().map(|row| row.layer.clone()).chain(open.iter().map(|row| row.layer.clone())).collect();
        // What is said of a part is said of what groups it.
        let grouped = answers.all::<UnderTopic>().into_iter().filter(|row| mentioned.contains(&row.layer));
        mentioned.extend(grouped.map(|row| row.topic).collect::<Vec<_>>());
        let layers = answers.in_order::<Layer>(&[]).into_iter().map(|row| row.layer);
        Self {
            documents: documents.collect(),
            idle,
            unmentioned: layers.filter(|layer| !mentioned.contains(layer)).collect(),
        }
    }
}

fn noted(statement: &StatementInfo) -> bool {
    statement.note.as_deref().is_some_and(|note| !note.trim().is_empty())
}

/// A document compared with the files at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The document's id.
    pub document: String,
    /// What became of its digest.
    pub digest: Match,
    /// Statements whose lines are not in the text: statement, lines, why.
    pub lines: Vec<(String, String, String)>,
}

/// Whether a document's text is at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// This file has the digest.
    File(String),
    /// No file has it: the text changed, or is not there.
    None,
    /// The facts name no digest.
    NoDigest,
}

impl Comparison {
    /// Whether digest and lines are as the facts say.
    #[must_use]
    pub fn holds(&self) -> bool {
        matches!(self.digest, Match::File(_)) && self.lines.is_empty()
    }
}

/// Compares documents with texts: (name, bytes).
#[must_use]
pub fn compare(documents: &[Document], statements: &[StatementInfo], texts: &[(String, Vec<u8>)]) -> Vec<Comparison> {
    let by_digest: BTreeMap<String, usize> =
        texts.iter().enumerate().map(|(at, (_, bytes))| (digest(bytes), at)).collect();
    let compare = |document: &Document| {
        let found = document.sha256.as_ref().map(|wanted| by_digest.get(&wanted.to_lowercase()));
        let (digest, lines) = match found {
            None => (Match::NoDigest, Vec::new()),
            Some(None) => (Match::None, Vec::new()),
            Some(Some(&at)) => {
                let (name, bytes) = &texts[at];
                let own = statements.iter().filter(|statement| statement.document == document.id);
                (Match::File(name.clone()), misplaced(own, &String::from_utf8_lossy(bytes)))
            }
        };
        Comparison { document: document.id.clone(), digest, lines }
    };
    documents.iter().map(compare).collect()
}

/// The statements whose lines a text does not have, or has empty.
fn misplaced<'a>(statements: impl Iterator<Item = &'a StatementInfo>, text: &str) -> Vec<(String, String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut wrong = Vec::new();
    for statement in statements {
        let Some(ranges) = line_ranges(&statement.lines) else { continue };
        let fault = ranges.iter().find_map(|&(first, last)| {
            let covered = lines.get(first as usize - 1..last as usize);
            match covered {
                None => Some(format!("the text has {} lines", lines.len())),
                Some(covered) if covered.iter().all(|line| line.trim().is_empty()) => {
                    Some("nothing stands there".to_owned())
                }
                Some(_) => None,
            }
        });
        wrong.extend(fault.map(|fault| (statement.id.clone(), statement.lines.clone(), fault)));
    }
    wrong
}

/// The SHA-256 of some bytes, in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceMap, Span};

    #[test]
    fn a_text_is_known_by_its_digest_and_lines_lie_in_it() {
        let span = Span::new(SourceMap::default().add("t", ""), 0, 0);
        let document = |id: &str, sha256: Option<&str>| Document {
            id: id.to_owned(),
            issuer: "a".to_owned(),
            title: "t".to_owned(),
            url: None,
            version: None,
            retrieved: None,
            sha256: sha256.map(str::to_owned),
            span,
        };
        let statement = |id: &str, lines: &str| StatementInfo {
            id: id.to_owned(),
            document: "D1".to_owned(),
            section: "s".to_owned(),
            lines: lines.to_owned(),
            note: None,
            allocates: true,
            span,
        };
        let digest = "98EA6E4F216F2FB4B69FFF9B3A44842C38686CA685F3F55DC48C5D3FB1107BE4"; // of "hi\n" in capitals
        let documents = [document("D1", Some(digest)), document("D2", Some(&"0".repeat(64))), document("D3", None)];
        let statements = [statement("S1", "1"), statement("S2", "1-2")];
        let found = compare(&documents, &statements, &[("a.txt".to_owned(), b"hi\n".to_vec())]);
        assert_eq!(found[0].digest, Match::File("a.txt".to_owned()));
        assert_eq!(found[0].lines, [("S2".to_owned(), "1-2".to_owned(), "the text has 1 lines".to_owned())]);
        assert_eq!((&found[1].digest, &found[2].digest), (&Match::None, &Match::NoDigest));
        assert!(!found[0].holds());
    }
}
