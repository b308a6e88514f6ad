//! The figures, and which survivors have a reason.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use crate::build::State;
use crate::mutant::{Fate, Outcome, lasting_names};

/// What became of each mutant last, by its lasting name.
pub fn outcomes(place: &Path) -> Result<BTreeMap<String, Outcome>> {
    let text = std::fs::read_to_string(place.join("outcomes.jsonl")).unwrap_or_default();
    let parse = |line: &str| serde_json::from_str(line).map(|outcome: Outcome| (outcome.name.clone(), outcome));
    text.lines().map(parse).collect::<Result<_, _>>().context("outcomes.jsonl")
}

/// The names that `survivors.md` lists, each as an item `` - `name` `` below the heading that is its reason. An `@` stands
/// for any text, since `*` is an operator.
fn reasons(root: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(root.join("mutants/survivors.md")).unwrap_or_default();
    let name = |line: &str| line.strip_prefix("- `").and_then(|rest| rest.strip_suffix('`')).map(str::to_owned);
    text.lines().filter_map(name).collect()
}

/// Whether a name is of a pattern.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('@');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut open = false;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        open = part.is_empty();
    }
    open || rest.is_empty()
}

#[derive(Default)]
struct Count {
    listed: usize,
    unviable: usize,
    apart: usize,
    caught: usize,
    timeout: usize,
    missed: usize,
    explained: usize,
}

impl Count {
    fn row(&self, name: &str) {
        let Count { listed, unviable, apart, caught, timeout, missed, explained } = self;
        let run = caught + timeout + missed;
        // Whoever waits for a test that does not end knows as well.
        let share = |of: usize| 100.0 * (caught + timeout) as f64 / of.max(1) as f64;
        let (plain, fair) = (share(run), share(run - explained));
        println!(
            "{name:14} {listed:6} listed {unviable:5} unviable {apart:4} apart {run:5} run: {caught:5} caught {timeout:4} \
             timeouts {missed:4} missed ({explained} explained): {plain:.1} %, {fair:.1} % without the explained"
        );
    }
}

/// Prints all of it.
pub fn report(root: &Path, place: &Path) -> Result<()> {
    let state: State = serde_json::from_slice(&std::fs::read(place.join("woven.json")).context("weave first")?)?;
    let names = lasting_names(&state.mutants);
    let (outcomes, reasons) = (outcomes(place)?, reasons(root));
    let explained = |name: &str| reasons.iter().any(|pattern| fits(pattern, name));
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut open = Vec::new();
    for (at, mutant) in state.mutants.iter().enumerate() {
        let directory: Vec<&str> = mutant.file.split('/').take(2).collect();
        let name = &names[at];
        for key in [directory.join("/"), "all".to_owned()] {
            let count = counts.entry(key).or_default();
            count.listed += 1;
            if state.unviable.contains(&(at + 1)) {
                count.unviable += 1;
            } else if state.apart.contains(&(at + 1)) {
                count.apart += 1;
            }
            match outcomes.get(name).map(|outcome| outcome.fate) {
                Some(Fate::Caught) => count.caught += 1,
                Some(Fate::Timeout) => count.timeout += 1,
                Some(Fate::Missed | Fate::Unreached) => {
                    count.missed += 1;
                    count.explained += usize::from(explained(name));
                }
                None => {}
            }
        }
        if let Some(outcome @ Outcome { fate: Fate::Missed | Fate::Unreached, .. }) = outcomes.get(name)
            && !explained(name)
        {
            open.push((name, outcome, mutant));
        }
    }
    for (name, count) in &counts {
        count.row(name);
    }
    println!("\nSurvivors without a reason:");
    for (name, outcome, mutant) in open {
        let left = if outcome.left > 0 { format!(", {} tests left out", outcome.left) } else { String::new() };
        println!("{:?}{left} {name} @{}:{}", outcome.fate, mutant.span.start.line, mutant.span.start.column);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_stand_for_names() {
        let name = "src/a.rs: replace * with / in home (2)";
        for pattern in [
            name,
            "src/a.rs: @",
            "src/a.rs: replace @ in home@",
            "@ in home (2)",
            "src/a.rs: replace * with @ in home (2)",
        ] {
            assert!(fits(pattern, name), "{pattern}");
        }
        for pattern in
            ["src/a.rs: replace * with / in home", "src/b.rs: @", "@ in home", "src/a.rs: replace @ in hom@x"]
        {
            assert!(!fits(pattern, name), "{pattern}");
        }
    }
}
