//! Directed triangles: every engine but datafrog goes by two-way joins.

use datafrog::{Relation, RelationLeaper};

use super::{Peer, run_ascent, run_crepe};
use crate::answer::{Answer, Outcome, Watch};
use crate::facts::Facts;

pub(super) const PEERS: &[Peer] = &[
    Peer { engine: "ascent", run: serial },
    Peer { engine: "ascent-par", run: parallel },
    Peer { engine: "crepe", run: with_crepe::run },
    Peer { engine: "datafrog", run: datafrog },
];

/// Of the star only datafrog's version ends: it alone intersects.
pub(super) const STAR: &[Peer] = &[Peer { engine: "datafrog", run: datafrog }];

macro_rules! program {
    ($macro:ident, $name:ident) => {
        ascent::$macro! {
            struct $name;
            relation edge(u32, u32);
            relation triangle(u32, u32, u32);
            triangle(x, y, z) <-- edge(x, y), edge(y, z), edge(x, z);
        }
    };
}

program!(ascent, Serial);
program!(ascent_par, Parallel);
run_ascent!(serial, Serial, [edge], [triangle]);
run_ascent!(parallel, Parallel, [edge], [triangle]);

mod with_crepe {
    use super::run_crepe;

    crepe::crepe! {
        @input
        struct Edge(u32, u32);
        @output
        struct Triangle(u32, u32, u32);
        Triangle(x, y, z) <- Edge(x, y), Edge(y, z), Edge(x, z);
    }

    run_crepe!([Edge = edge(a, b)], [triangle(0, 1, 2)]);
}

fn datafrog(facts: &Facts) -> Outcome {
    let mut watch = Watch::start();
    let edges = facts.pairs("edge");
    watch.loaded();
    let edge = Relation::from_vec(edges);
    let leapers = (edge.extend_with(|&(_, y): &(u32, u32)| y), edge.extend_with(|&(x, _): &(u32, u32)| x));
    let triangle: Relation<(u32, u32, u32)> = Relation::from_leapjoin(&edge, leapers, |&(x, y), &z| (x, y, z));
    let (load, evaluate) = watch.times();
    Outcome { load, evaluate, answers: vec![("triangle".to_owned(), Answer::of(triangle.iter().copied()))] }
}
