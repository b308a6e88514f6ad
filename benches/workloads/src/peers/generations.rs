//! Same generation.

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
            relation parent(u32, u32);
            relation same(u32, u32);
            same(x, y) <-- parent(p, x), parent(p, y), if x != y;
            same(x, y) <-- same(a, b), parent(a, x), parent(b, y);
        }
    };
}

program!(ascent, Serial);
program!(ascent_par, Parallel);
run_ascent!(serial, Serial, [parent], [same]);
run_ascent!(parallel, Parallel, [parent], [same]);

mod with_crepe {
    use super::run_crepe;

    crepe::crepe! {
        @input
        struct Parent(u32, u32);
        @output
        struct Same(u32, u32);
        Same(x, y) <- Parent(p, x), Parent(p, y), (x != y);
        Same(x, y) <- Same(a, b), Parent(a, x), Parent(b, y);
    }

    run_crepe!([Parent = parent(a, b)], [same(0, 1)]);
}

fn datafrog(facts: &Facts) -> Outcome {
    let mut watch = Watch::start();
    let parents = facts.pairs("parent");
    watch.loaded();
    let parent = Relation::from_vec(parents);
    let mut iteration = Iteration::new();
    let same = iteration.variable::<(u32, u32)>("same");
    // half(b, x): some a of b's generation is a parent of x.
    let half = iteration.variable::<(u32, u32)>("half");
    let siblings = Relation::from_join(&parent, &parent, |_, &x, &y| (x, y));
    same.extend(siblings.iter().filter(|(x, y)| x != y).copied());
    while iteration.changed() {
        half.from_join(&same, &parent, |_, &b, &x| (b, x));
        same.from_join(&half, &parent, |_, &x, &y| (x, y));
    }
    let same = same.complete();
    let (load, evaluate) = watch.times();
    Outcome { load, evaluate, answers: vec![("same".to_owned(), Answer::of(same.iter().copied()))] }
}
