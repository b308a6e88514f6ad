//! Andersen's points-to analysis: address-of, copy, load and store.

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
            relation address_of(u32, u32);
            relation assign(u32, u32);
            relation load(u32, u32);
            relation store(u32, u32);
            relation points_to(u32, u32);
            points_to(y, x) <-- address_of(y, x);
            points_to(y, x) <-- assign(y, z), points_to(z, x);
            points_to(y, w) <-- load(y, x), points_to(x, z), points_to(z, w);
            points_to(z, w) <-- store(y, x), points_to(y, z), points_to(x, w);
        }
    };
}

program!(ascent, Serial);
program!(ascent_par, Parallel);
run_ascent!(serial, Serial, [address_of, assign, load, store], [points_to]);
run_ascent!(parallel, Parallel, [address_of, assign, load, store], [points_to]);

mod with_crepe {
    use super::run_crepe;

    crepe::crepe! {
        @input
        struct AddressOf(u32, u32);
        @input
        struct Assign(u32, u32);
        @input
        struct Load(u32, u32);
        @input
        struct Store(u32, u32);
        @output
        struct PointsTo(u32, u32);
        PointsTo(y, x) <- AddressOf(y, x);
        PointsTo(y, x) <- PointsTo(z, x), Assign(y, z);
        PointsTo(y, w) <- Load(y, x), PointsTo(x, z), PointsTo(z, w);
        PointsTo(z, w) <- Store(y, x), PointsTo(y, z), PointsTo(x, w);
    }

    run_crepe!(
        [AddressOf = address_of(a, b), Assign = assign(a, b), Load = load(a, b), Store = store(a, b)],
        [points_to(0, 1)]
    );
}

fn datafrog(facts: &Facts) -> Outcome {
    let mut watch = Watch::start();
    let [address_of, assign, load, store] = ["address_of", "assign", "load", "store"].map(|name| facts.pairs(name));
    watch.loaded();
    let swap = |rows: &[(u32, u32)]| Relation::from_iter(rows.iter().map(|&(a, b)| (b, a)));
    let assign_from = swap(&assign);
    let load_from = swap(&load);
    let store_to = Relation::from_vec(store);
    let mut iteration = Iteration::new();
    let points_to = iteration.variable::<(u32, u32)>("points_to");
    // into(z, y): what z points to flows into y, be it by a copy, a load or a store.
    let loads = iteration.variable::<(u32, u32)>("loads");
    let stores = iteration.variable::<(u32, u32)>("stores");
    points_to.insert(Relation::from_vec(address_of));
    while iteration.changed() {
        points_to.from_join(&points_to, &assign_from, |_, &x, &y| (y, x));
        loads.from_join(&points_to, &load_from, |_, &z, &y| (z, y));
        points_to.from_join(&loads, &points_to, |_, &y, &w| (y, w));
        stores.from_join(&points_to, &store_to, |_, &z, &x| (x, z));
        points_to.from_join(&stores, &points_to, |_, &z, &w| (z, w));
    }
    let points_to = points_to.complete();
    let (load, evaluate) = watch.times();
    Outcome { load, evaluate, answers: vec![("points_to".to_owned(), Answer::of(points_to.iter().copied()))] }
}
