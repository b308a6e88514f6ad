//! Transitive closure, left-linear: the delta probes the edges, which never change.

use datafrog::{Iteration, Relation};

use super::{Peer, run_ascent, run_crepe};
use crate::answer::{Answer, Outcome, Watch};
use crate::facts::Facts;

pub(super) const PEERS: &[Peer] = &[
    Peer { engine: "ascent", run: serial },
    Peer { engine: "ascent-par", run: parallel },
    Peer { engine: "crepe", run: with_crepe::run },
    Peer { engine: "datafrog", run: datafrog },
];

macro_rules! program {
    ($macro:ident, $name:ident) => {
        ascent::$macro! {
            struct $name;
            relation edge(u32, u32);
            relation path(u32, u32);
            path(x, y) <-- edge(x, y);
            path(x, z) <-- path(x, y), edge(y, z);
        }
    };
}

program!(ascent, Serial);
program!(ascent_par, Parallel);
run_ascent!(serial, Serial, [edge], [path]);
run_ascent!(parallel, Parallel, [edge], [path]);

mod with_crepe {
    use super::run_crepe;

    crepe::crepe! {
        @input
        struct Edge(u32, u32);
        @output
        struct Path(u32, u32);
        Path(x, y) <- Edge(x, y);
        Path(x, z) <- Path(x, y), Edge(y, z);
    }

    run_crepe!([Edge = edge(a, b)], [path(0, 1)]);
}

fn datafrog(facts: &Facts) -> Outcome {
    let mut watch = Watch::start();
    let edges = facts.pairs("edge");
    watch.loaded();
    let edge = Relation::from_vec(edges.clone());
    let mut iteration = Iteration::new();
    // path(x, y) is kept as (y, x).
    let path = iteration.variable::<(u32, u32)>("path");
    path.extend(edges.iter().map(|&(x, y)| (y, x)));
    while iteration.changed() {
        path.from_join(&path, &edge, |_, &x, &z| (z, x));
    }
    let path = path.complete();
    let (load, evaluate) = watch.times();
    let answer = Answer::of(path.iter().map(|&(y, x)| (x, y)));
    Outcome { load, evaluate, answers: vec![("path".to_owned(), answer)] }
}
