//! Closures by hand: one search a source, with a bitmap. What no engine with tuples can be faster than by much.

use crate::answer::{Answer, Outcome, Watch};
use crate::facts::Facts;

/// The closure of `edge` as `path`: pairs are written out, as an engine would have them.
#[must_use]
pub fn closure(facts: &Facts) -> Outcome {
    let mut watch = Watch::start();
    let edges = facts.pairs("edge");
    watch.loaded();
    let nodes = edges.iter().map(|&(from, to)| from.max(to) as usize + 1).max().unwrap_or(0);
    let mut starts = vec![0_u32; nodes + 1];
    for &(from, _) in &edges {
        starts[from as usize + 1] += 1;
    }
    for node in 0..nodes {
        starts[node + 1] += starts[node];
    }
    let mut next = starts.clone();
    let mut targets = vec![0_u32; edges.len()];
    for &(from, to) in &edges {
        targets[next[from as usize] as usize] = to;
        next[from as usize] += 1;
    }
    let mut reached: Vec<u64> = vec![0; nodes.div_ceil(64)];
    let mut open: Vec<u32> = Vec::new();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for source in 0..u32::try_from(nodes).unwrap_or(u32::MAX) {
        open.push(source);
        while let Some(node) = open.pop() {
            let node = node as usize;
            for &to in &targets[starts[node] as usize..starts[node + 1] as usize] {
                let (word, bit) = (to as usize / 64, 1 << (to % 64));
                if reached[word] & bit == 0 {
                    reached[word] |= bit;
                    pairs.push((source, to));
                    open.push(to);
                }
            }
        }
        let from = pairs.iter().rposition(|pair| pair.0 != source).map_or(0, |at| at + 1);
        for &(_, to) in &pairs[from..] {
            reached[to as usize / 64] = 0;
        }
    }
    let (load, evaluate) = watch.times();
    Outcome { load, evaluate, answers: vec![("path".to_owned(), Answer::of(pairs))] }
}
