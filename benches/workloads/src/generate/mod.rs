//! Seeded facts, at two sizes: small enough to compare answers in moments, and large enough to measure.

mod objects;
mod ownership;

pub use objects::objects;
pub use ownership::ownership;

use crate::facts::Facts;
use crate::random::Random;

/// How much work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Thousands of tuples.
    Small,
    /// Millions.
    Full,
}

impl Size {
    fn pick(self, small: u32, full: u32) -> u32 {
        match self {
            Self::Small => small,
            Self::Full => full,
        }
    }
}

fn pairs(random: &mut Random, count: u32, mut draw: impl FnMut(&mut Random) -> [u32; 2]) -> Vec<[u32; 2]> {
    (0..count).map(|_| draw(random)).collect()
}

/// `edge`: a random graph whose giant component makes most pairs reachable.
#[must_use]
pub fn random_graph(size: Size) -> Facts {
    let mut random = Random::new(1);
    let nodes = size.pick(200, 4_500);
    let mut facts = Facts::default();
    facts.add("edge", pairs(&mut random, 2 * nodes, |random| [random.below(nodes), random.below(nodes)]));
    facts
}

/// `edge`: one long chain.
#[must_use]
pub fn chain(size: Size) -> Facts {
    let mut facts = Facts::default();
    facts.add("edge", (0..size.pick(100, 4_000)).map(|node| [node, node + 1]));
    facts
}

/// `edge`: few nodes, many edges; nearly all pairs hold and each is derived over and over.
#[must_use]
pub fn dense_graph(size: Size) -> Facts {
    let mut random = Random::new(2);
    let nodes = size.pick(40, 1_500);
    let mut facts = Facts::default();
    facts.add("edge", pairs(&mut random, 40 * nodes, |random| [random.below(nodes), random.below(nodes)]));
    facts
}

/// `edge`: many small graphs in layers, so that groups stay small.
#[must_use]
pub fn sparse_graph(size: Size) -> Facts {
    let mut random = Random::new(3);
    let (layers, width) = (20, size.pick(20, 10_000));
    let mut facts = Facts::default();
    let edges = (0..layers - 1).flat_map(|layer| (0..width).map(move |at| (layer, at))).flat_map(|(layer, at)| {
        let near = |random: &mut Random| (at + random.below(50)) % width;
        [near(&mut random), near(&mut random)].map(|to| [layer * width + at, (layer + 1) * width + to])
    });
    facts.add("edge", edges.collect::<Vec<_>>());
    facts
}

/// `parent`: (parent, child), generations of equal size with two or three parents each.
#[must_use]
pub fn generations(size: Size) -> Facts {
    let mut random = Random::new(4);
    let (generations, width) = (size.pick(5, 10), size.pick(30, 1_100));
    let mut rows = Vec::new();
    for generation in 1..generations {
        for at in 0..width {
            for _ in 0..1 + random.below(2) {
                let parent = (generation - 1) * width + random.below(width);
                rows.push([parent, generation * width + at]);
            }
        }
    }
    let mut facts = Facts::default();
    facts.add("parent", rows);
    facts
}

/// `address_of`, `assign`, `load`, `store`: (to, from) statements over variables, popular ones far more often.
#[must_use]
pub fn pointers(size: Size) -> Facts {
    let mut random = Random::new(5);
    let variables = size.pick(300, 20_000);
    let mut facts = Facts::default();
    let mut statements = |name, count, from: f64, to: f64| {
        let rows = pairs(&mut random, count, |random| [random.skewed(variables, to), random.skewed(variables, from)]);
        facts.add(name, rows);
    };
    statements("address_of", variables, 1.0, 1.0);
    statements("assign", variables, 1.6, 1.0);
    statements("load", variables / 8, 1.0, 1.0);
    statements("store", variables / 16, 1.0, 1.2);
    facts
}

/// `assign`, `dereference`: chains of assignments with branches, as functions of a C program have them.
#[must_use]
pub fn value_flow(size: Size) -> Facts {
    let mut random = Random::new(6);
    let nodes = size.pick(300, 60_000);
    let mut assign = Vec::new();
    let mut dereference = Vec::new();
    for node in 1..nodes {
        let back = 1 + random.below(node.min(40));
        if !random.once_in(4) {
            assign.push([node, node - back]);
        }
        if random.once_in(12) {
            assign.push([node, random.below(nodes)]);
        }
        if random.once_in(3) {
            dereference.push([node - back, random.below(nodes)]);
        }
    }
    let mut facts = Facts::default();
    facts.add("assign", assign);
    facts.add("dereference", dereference);
    facts
}

/// `edge`: a graph with hubs, for triangles.
#[must_use]
pub fn hubs(size: Size) -> Facts {
    let mut random = Random::new(7);
    let nodes = size.pick(100, 60_000);
    let mut facts = Facts::default();
    let rows = pairs(&mut random, 12 * nodes, |random| [random.skewed(nodes, 1.7), random.skewed(nodes, 1.7)]);
    facts.add("edge", rows);
    facts
}

/// `edge`: a hub with many spokes both ways, and a few triangles at its rim.
#[must_use]
pub fn star(size: Size) -> Facts {
    let spokes = size.pick(100, 1_000_000);
    let mut facts = Facts::default();
    let rim = (1..spokes).step_by(1_000).map(|spoke| [spoke, spoke + 1]);
    facts.add("edge", (1..=spokes).flat_map(|spoke| [[0, spoke], [spoke, 0]]).chain(rim));
    facts
}
