//! The mutants that cargo-mutants lists, and what became of each.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

/// A place in a text; both from 1, columns in characters.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Span {
    pub start: Position,
    pub end: Position,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Function {
    pub return_type: String,
}

/// One mutant as `cargo mutants --list --json` writes it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Mutant {
    pub name: String,
    pub file: String,
    pub function: Option<Function>,
    pub span: Span,
    pub replacement: String,
    pub genre: String,
}

/// Asks cargo-mutants, which reads `.cargo/mutants.toml`.
pub fn list(root: &Path) -> Result<Vec<Mutant>> {
    let arguments = ["mutants", "--list", "--json"];
    let output = Command::new("cargo").args(arguments).current_dir(root).output().context("cargo mutants")?;
    ensure!(output.status.success(), "cargo mutants: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Names without lines and columns, which a change elsewhere in the file would move. Of several that are named alike the
/// later ones are numbered.
pub fn lasting_names(mutants: &[Mutant]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let name = |mutant: &Mutant| {
        let rest = mutant.name.splitn(4, ':').nth(3).unwrap_or(&mutant.name);
        let name = format!("{}:{rest}", mutant.file);
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name} ({count})") }
    };
    mutants.iter().map(name).collect()
}

/// Where a position is in a text, in bytes.
pub fn offset(text: &str, position: Position) -> usize {
    let before: usize = text.split_inclusive('\n').take(position.line - 1).map(str::len).sum();
    let within: usize = text[before..].chars().take(position.column - 1).map(char::len_utf8).sum();
    before + within
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// A test failed, or its process died.
    Caught,
    /// A test did not end in ten times its time.
    Timeout,
    /// Every test that reaches it passed.
    Missed,
    /// No test reaches it.
    Unreached,
}

/// One line of `outcomes.jsonl`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Outcome {
    pub name: String,
    pub fate: Fate,
    /// The test that failed.
    pub by: Option<String>,
    /// CPU seconds of all tests that were run.
    pub seconds: f64,
    /// Tests that reach it and were left out, for their length.
    pub left: usize,
}
