//! A change costs what follows from it: relations that it cannot reach are shared with the version before, and all others
//! come out as in a fresh run, with the same ranks.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::collections::BTreeMap;
use std::sync::Arc;

use onus::model::{Model, Tuple};
use onus::session::{MemoryLoader, Options, Session, parse_changes};
use onus::storage::Relation;

const PROGRAM: &[&str] = &[
    ".decl edge(a: symbol, b: symbol)",
    ".decl path(a: symbol, b: symbol)",
    ".decl closed(a: symbol)",
    ".decl open(a: symbol)",
    ".decl degree(a: symbol, n: number)",
    ".decl far(a: symbol, b: symbol)",
    ".decl same(a: symbol, b: symbol) eqrel",
    ".decl number_of(n: number)",
    "edge(\"a\", \"b\").",
    "edge(\"b\", \"c\").",
    "edge(\"c\", \"a\").",
    "edge(\"c\", \"d\").",
    "closed(\"d\").",
    "path(x, y) :- edge(x, y).",
    "path(x, z) :- path(x, y), edge(y, z).",
    "open(x) :- edge(_, x), !closed(x).",
    "degree(x, n) :- edge(x, _), n = count : { edge(x, _) }.",
    "far(x, y) :- path(x, y), !edge(x, y).",
    "same(x, y) :- edge(x, y), closed(y).",
    "number_of(0).",
    "number_of(n + 1) :- number_of(n), n < 9.",
];

fn session(clauses: &[String]) -> Session {
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program("p.dl", &clauses.join("\n"));
    session.evaluate().unwrap();
    session
}

/// Every tuple with the round in which it came, by relation.
fn tuples(model: &Model) -> BTreeMap<String, Vec<(String, u32)>> {
    let of = |id| {
        let tuple = |row: &[u32]| Tuple { relation: id, words: row.into() };
        let one = |row| (model.literal(&tuple(row)), model.rank(&tuple(row)).unwrap().round);
        let mut found: Vec<_> = model.relation(id).rows().map(one).collect();
        found.sort();
        (model.name(id).to_owned(), found)
    };
    model.program().relation_ids().map(of).collect()
}

fn shared(model: &Model, name: &str) -> Arc<Relation> {
    model.database().share(model.find(name).unwrap())
}

/// Makes a change, a clause with its sign, in a session and in the clauses of a fresh one.
fn change(session: &mut Session, clauses: &mut Vec<String>, text: &str) {
    let changes = parse_changes(session, text).unwrap();
    session.apply(&changes).unwrap();
    let clause = &text[1..];
    match text.starts_with('+') {
        true => clauses.push(clause.to_owned()),
        false => clauses.retain(|known| known != clause),
    }
}

#[test]
fn what_a_change_cannot_reach_is_shared_and_all_is_as_in_a_fresh_run() {
    let mut clauses: Vec<String> = PROGRAM.iter().map(|&clause| clause.to_owned()).collect();
    let mut session = session(&clauses);
    let steps: &[(&str, &[&str])] = &[
        // What the step leaves alone.
        ("+closed(\"b\").", &["edge", "path", "degree", "far", "number_of"]),
        ("+edge(\"d\", \"e\").", &["closed", "number_of"]),
        ("+.decl near(a: symbol)", &["edge", "path", "open", "degree", "far", "same", "number_of", "closed"]),
        ("+near(x) :- far(x, _), open(x).", &["edge", "path", "open", "degree", "far", "same", "number_of", "closed"]),
        ("-edge(\"c\", \"a\").", &["closed", "number_of"]),
        // A fact of a relation that is derived too, and one that is known already.
        ("+path(\"x\", \"y\").", &["edge", "open", "degree", "same", "number_of"]),
        ("+edge(\"a\", \"b\").", &["closed", "number_of"]),
        ("-path(x, z) :- path(x, y), edge(y, z).", &["edge", "open", "degree", "number_of"]),
        ("+open(x) :- degree(x, n), n > 1.", &["edge", "path", "degree", "far", "same", "number_of"]),
        ("-closed(\"b\").", &["number_of"]),
        ("+number_of(-5).", &["edge", "path", "open", "far", "same"]),
    ];
    for (text, left_alone) in steps {
        let before = Arc::clone(session.model().unwrap());
        change(&mut session, &mut clauses, text);
        let model = Arc::clone(session.model().unwrap());
        let fresh = self::session(&clauses);
        assert_eq!(tuples(&model), tuples(fresh.model().unwrap()), "{text}");
        for name in *left_alone {
            assert!(Arc::ptr_eq(&shared(&before, name), &shared(&model, name)), "{text}: {name} was derived again");
        }
        assert!(session.certify().unwrap().faults.is_empty(), "{text}");
        for id in model.program().relation_ids() {
            for row in model.relation(id).rows() {
                let tuple = Tuple { relation: id, words: row.into() };
                assert!(session.why(&tuple).unwrap().is_some(), "{text}: {}", model.literal(&tuple));
            }
        }
    }
    while session.undo() {}
    let first: Vec<String> = PROGRAM.iter().map(|&clause| clause.to_owned()).collect();
    assert_eq!(tuples(session.model().unwrap()), tuples(self::session(&first).model().unwrap()));
}

#[test]
fn rows_from_files_are_read_once() {
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program(
        "p.dl",
        ".decl big(n: number)\n.decl other(n: number)\n.decl both(n: number)\nboth(n) :- big(n), other(n).",
    );
    let rows: String = (0..1000).map(|n| format!("{n}\n")).collect();
    session.add_fact_file("big", "big.facts", onus::session::FactFormat::Facts, rows.into_bytes());
    let before = session.evaluate().unwrap();
    let changes = parse_changes(&mut session, "+other(7).").unwrap();
    let after = session.apply(&changes).unwrap();
    assert!(Arc::ptr_eq(&shared(&before, "big"), &shared(&after, "big")));
    assert_eq!(shared(&after, "both").len(), 1);
    let changes = parse_changes(&mut session, "-big(7).").unwrap();
    let after = session.apply(&changes).unwrap();
    assert_eq!((shared(&after, "big").len(), shared(&after, "both").len()), (999, 0));
}
