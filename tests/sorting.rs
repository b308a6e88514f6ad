//! Large relations sort by integers and small ones by values: both in the same order.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use onus::session::{DiskLoader, Options, Session};
use onus::value::Value;

#[test]
fn rows_of_every_kind_sort_by_value_however_many_there_are() {
    let program = ".type pair = [a: number, b: symbol]\n\
        .decl s(n: number)\ns(0). s(n + 1) :- s(n), n < 999.\n\
        .decl one(n: number)\none((n - 500) * 7919) :- s(n).\n\
        .decl two(x: symbol, u: unsigned)\ntwo(to_string((n * 37) % 101), to_unsigned(n)) :- s(n).\n\
        .decl three(n: number, x: symbol, f: float)\n\
        three((500 - n) * 10000000000, cat(\"k\", to_string(n % 13)), to_float(n % 7) / 2.0) :- s(n).\n\
        .decl four(n: number, p: pair)\nfour(n % 3 - 1, [n % 17, to_string(n)]) :- s(n).\n";
    let mut session = Session::new(Box::new(DiskLoader), Options::default());
    session.add_program("sort.dl", program);
    let model = session.evaluate().unwrap();
    for name in ["one", "two", "three", "four"] {
        let id = model.find(name).unwrap();
        let sorted = model.sorted(id);
        let mut expected: Vec<Vec<Value>> = model.relation(id).rows().map(|row| model.decode(id, row)).collect();
        expected.sort_unstable();
        assert!(sorted.len() >= 900, "{name}");
        assert!(sorted == expected, "{name}");
    }
}
