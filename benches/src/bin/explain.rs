//! Explanations on a closure of twenty million tuples: the first one, and one proof node after another.
//! `cargo run --release -p onus-benches --bin explain`. Reports times; asserts nothing about them.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use onus::eval::{Options as Eval, Stop};
use onus::explain::{Explainer, Limits, why};
use onus::model::{Model, Tuple};
use onus::report::proof::{NoNotes, TextOptions, render};
use onus::session::{MemoryLoader, Options, Session};

const CLOSURE: &str = "
.decl edge(x: number, y: number)
.decl path(x: number, y: number)
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
";

/// How many tuples are explained one after another.
const TUPLES: usize = 500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    // Two edges from each node: four fifths of the nodes reach each other.
    let random: Vec<(u64, u64)> =
        (0..5_600_u64).flat_map(|x| [(x, mix(x, 1) % 5_600), (x, mix(x, 2) % 5_600)]).collect();
    let chain: Vec<(u64, u64)> = (0..6_330).map(|x| (x, x + 1)).collect();
    for (name, edges) in [("random graph", random), ("chain", chain)] {
        let start = Instant::now();
        let model = evaluated(&edges)?;
        let path = model.find("path").ok_or("no path")?;
        let relation = model.relation(path);
        let took = start.elapsed();
        let (rows, rounds) = (relation.len(), relation.rounds().len());
        writeln!(
            out,
            "{name}: {rows} tuples in {rounds} rounds, evaluated in {}; bounds take {} bytes",
            ms(took),
            rounds * 8
        )?;
        let tuple = |row: usize| Tuple { relation: path, words: relation.row(u32::try_from(row).unwrap_or(0)).into() };
        let eval = Eval::default();
        // The last tuple of a middle round: as far from the facts as most.
        let deep = tuple(relation.rounds()[rounds / 2].1 as usize - 1);
        let start = Instant::now();
        let proof = why(&model, &deep, Limits::default(), &eval).map_err(stopped)?.ok_or("no proof")?;
        let first = start.elapsed();
        let text = render(&model, &proof, &TextOptions::default(), &NoNotes).text;
        writeln!(
            out,
            "  first explanation {}, {} nodes, {} lines",
            ms(first),
            proof.nodes.len(),
            text.lines().count()
        )?;
        let mut explainer = Explainer::new(&model, Limits::default(), &eval);
        let mut nodes: Vec<Duration> = Vec::new();
        for at in 0..TUPLES {
            let one = tuple(usize::try_from(mix(at as u64, 3))? % rows);
            let start = Instant::now();
            let proof = explainer.why(&one).map_err(stopped)?.ok_or("no proof")?;
            nodes.push(start.elapsed() / u32::try_from(proof.nodes.len())?);
            if start.elapsed() > Duration::from_secs(2) && at > 20 {
                break;
            }
        }
        nodes.sort_unstable();
        let (half, most) = (nodes[nodes.len() / 2], nodes[nodes.len() * 99 / 100]);
        writeln!(out, "  a proof node: median {}, p99 {} over {} proofs", ms(half), ms(most), nodes.len())?;
    }
    let short: Vec<(u64, u64)> = (0..500).map(|x| (x, x + 1)).collect();
    let model = evaluated(&short)?;
    let path = model.find("path").ok_or("no path")?;
    let last = model.relation(path).len() - 1;
    let tuple = Tuple { relation: path, words: model.relation(path).row(u32::try_from(last)?).into() };
    let start = Instant::now();
    let proof = why(&model, &tuple, Limits::default(), &Eval::default()).map_err(stopped)?.ok_or("no proof")?;
    let text = render(&model, &proof, &TextOptions::default(), &NoNotes).text;
    let took = start.elapsed();
    writeln!(out, "a chain of 500: proof and text {}, {} lines", ms(took), text.lines().count())?;
    Ok(())
}

fn evaluated(edges: &[(u64, u64)]) -> Result<Arc<Model>, Box<dyn std::error::Error>> {
    let mut text = CLOSURE.to_owned();
    for (x, y) in edges {
        writeln!(text, "edge({x}, {y}).")?;
    }
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program("closure.dl", &text);
    Ok(session.evaluate()?)
}

/// A number without pattern (splitmix64: Steele, Lea and Flood, 2014).
fn mix(x: u64, seed: u64) -> u64 {
    let mut z = x.wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

#[allow(clippy::needless_pass_by_value)] // as `map_err` gives it
fn stopped(stop: Stop) -> String {
    format!("{stop:?}")
}
