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
    let (layers, width) = (12, size.pick(20, 20_000));
    let mut facts = Facts::default();
    let edges = (0..layers - 1).flat_map(|layer| (0..width).map(move |at| (layer, at))).flat_map(|(layer, at)| {
        let near = |random: &mut Random| (at + random.below(8)) % width;
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

/// `address_of`, `assign`, `load`, `store`: (to, from) statements over the variables of modules, few of which cross from
/// one module to another.
#[must_use]
pub fn pointers(size: Size) -> Facts {
    /// Variables of a module.
    const LOCALS: u32 = 400;
    let mut random = Random::new(5);
    let random = &mut random;
    let variables = size.pick(1, 150) * LOCALS;
    let near = |variable: u32, random: &mut Random| variable - variable % LOCALS + random.below(LOCALS);
    let mut facts = Facts::default();
    let mut statements = |name, count, to: f64, random: &mut Random| {
        let rows = pairs(random, count, |random| {
            let from = random.below(variables);
            // Some variables are assigned to far more often than others.
            let to = from - from % LOCALS + random.skewed(LOCALS, to);
            if random.once_in(1_500) { [random.below(variables), from] } else { [to, from] }
        });
        facts.add(name, rows);
    };
    statements("assign", variables, 1.3, random);
    statements("load", variables / 16, 1.0, random);
    statements("store", variables / 32, 1.2, random);
    facts.add(
        "address_of",
        pairs(random, variables / 2, |random| {
            let object = random.below(variables);
            [near(object, random), object]
        }),
    );
    facts
}

/// `assign`, `dereference`: functions of a C program, each with assignments of its own, and few values that pass from
/// one to another.
#[must_use]
pub fn value_flow(size: Size) -> Facts {
    /// Variables of a function.
    const LOCALS: u32 = 24;
    let mut random = Random::new(6);
    let functions = size.pick(15, 10_000);
    let mut assign = Vec::new();
    let mut dereference = Vec::new();
    for node in 0..functions * LOCALS {
        let (at, first) = (node % LOCALS, node - node % LOCALS);
        if at > 0 && !random.once_in(4) {
            assign.push([node, node - 1 - random.below(at.min(6))]);
        }
        if random.once_in(60) {
            assign.push([node, random.below(functions * LOCALS)]);
        }
        if random.once_in(5) {
            dereference.push([node, first + random.below(LOCALS)]);
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
