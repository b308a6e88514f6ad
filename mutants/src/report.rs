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

/// The names that `survivors.md` lists, each as an item `` - `name` `` below the heading that is its reason.
fn reasons(root: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root.join("mutants/survivors.md")).unwrap_or_default();
    let mut heading = String::new();
    let mut reasons = BTreeMap::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut heading);
        } else if let Some(name) = line.strip_prefix("- `").and_then(|rest| rest.strip_suffix('`')) {
            reasons.insert(name.to_owned(), heading.clone());
        }
    }
    reasons
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
        let share = |of: usize| 100.0 * *caught as f64 / of.max(1) as f64;
        let (plain, fair) = (share(caught + missed), share(caught + missed - explained));
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
                    count.explained += usize::from(reasons.contains_key(name));
                }
                None => {}
            }
        }
        if let Some(outcome @ Outcome { fate: Fate::Missed | Fate::Unreached, .. }) = outcomes.get(name)
            && !reasons.contains_key(name)
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
