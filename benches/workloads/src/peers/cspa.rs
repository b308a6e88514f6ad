//! Context-sensitive pointer analysis: value flow, memory alias and value alias feed one another.

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
            relation assign(u32, u32);
            relation dereference(u32, u32);
            relation value_flow(u32, u32);
            relation memory_alias(u32, u32);
            relation value_alias(u32, u32);
            value_flow(y, x) <-- assign(y, x);
            value_flow(x, x) <-- assign(x, _);
            value_flow(x, x) <-- assign(_, x);
            memory_alias(x, x) <-- assign(x, _);
            memory_alias(x, x) <-- assign(_, x);
            value_flow(x, y) <-- memory_alias(z, y), assign(x, z);
            value_flow(x, y) <-- value_flow(x, z), value_flow(z, y);
            memory_alias(x, w) <-- value_alias(y, z), dereference(y, x), dereference(z, w);
            value_alias(x, y) <-- value_flow(z, x), value_flow(z, y);
            value_alias(x, y) <-- memory_alias(z, w), value_flow(z, x), value_flow(w, y);
        }
    };
}

program!(ascent, Serial);
program!(ascent_par, Parallel);
run_ascent!(serial, Serial, [assign, dereference], [value_flow, memory_alias, value_alias]);
run_ascent!(parallel, Parallel, [assign, dereference], [value_flow, memory_alias, value_alias]);

mod with_crepe {
    use super::run_crepe;

    crepe::crepe! {
        @input
        struct Assign(u32, u32);
        @input
        struct Dereference(u32, u32);
        @output
        struct ValueFlow(u32, u32);
        @output
        struct MemoryAlias(u32, u32);
        @output
        struct ValueAlias(u32, u32);
        ValueFlow(y, x) <- Assign(y, x);
        ValueFlow(x, x) <- Assign(x, _);
        ValueFlow(x, x) <- Assign(_, x);
        MemoryAlias(x, x) <- Assign(x, _);
        MemoryAlias(x, x) <- Assign(_, x);
        ValueFlow(x, y) <- MemoryAlias(z, y), Assign(x, z);
        ValueFlow(x, y) <- ValueFlow(x, z), ValueFlow(z, y);
        MemoryAlias(x, w) <- ValueAlias(y, z), Dereference(y, x), Dereference(z, w);
        ValueAlias(x, y) <- ValueFlow(z, x), ValueFlow(z, y);
        ValueAlias(x, y) <- MemoryAlias(z, w), ValueFlow(z, x), ValueFlow(w, y);
    }

    run_crepe!(
        [Assign = assign(a, b), Dereference = dereference(a, b)],
        [value_flow(0, 1), memory_alias(0, 1), value_alias(0, 1)]
    );
}

fn datafrog(facts: &Facts) -> Outcome {
    let mut watch = Watch::start();
    let [assign, dereference] = ["assign", "dereference"].map(|name| facts.pairs(name));
    watch.loaded();
    let assign_from = Relation::from_iter(assign.iter().map(|&(x, z)| (z, x)));
    let selves: Vec<(u32, u32)> = assign.iter().flat_map(|&(x, y)| [(x, x), (y, y)]).collect();
    let dereference = Relation::from_vec(dereference);
    let mut iteration = Iteration::new();
    let flow = iteration.variable::<(u32, u32)>("value_flow");
    let flow_to = iteration.variable::<(u32, u32)>("value_flow by its second column");
    let memory = iteration.variable::<(u32, u32)>("memory_alias");
    let value = iteration.variable::<(u32, u32)>("value_alias");
    let half_memory = iteration.variable::<(u32, u32)>("half of a memory alias");
    let half_value = iteration.variable::<(u32, u32)>("half of a value alias");
    flow.extend(assign.iter().chain(&selves).copied());
    memory.extend(selves.iter().copied());
    while iteration.changed() {
        flow_to.from_map(&flow, |&(x, z)| (z, x));
        flow.from_join(&memory, &assign_from, |_, &y, &x| (x, y));
        flow.from_join(&flow_to, &flow, |_, &x, &y| (x, y));
        half_memory.from_join(&value, &dereference, |_, &z, &x| (z, x));
        memory.from_join(&half_memory, &dereference, |_, &x, &w| (x, w));
        value.from_join(&flow, &flow, |_, &x, &y| (x, y));
        half_value.from_join(&memory, &flow, |_, &w, &x| (w, x));
        value.from_join(&half_value, &flow, |_, &x, &y| (x, y));
    }
    let (flow, memory, value) = (flow.complete(), memory.complete(), value.complete());
    let (load, evaluate) = watch.times();
    let answers = vec![
        ("value_flow".to_owned(), Answer::of(flow.iter().copied())),
        ("memory_alias".to_owned(), Answer::of(memory.iter().copied())),
        ("value_alias".to_owned(), Answer::of(value.iter().copied())),
    ];
    Outcome { load, evaluate, answers }
}
