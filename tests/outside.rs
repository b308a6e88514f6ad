//! An outside judge: SQLite answers the same questions over the same random facts, its recursive queries included. Another
//! one, clingo, judges random programs by a command of its own: `tests/judged_by_clingo.py`.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::collections::BTreeSet;

use onus::session::{MemoryLoader, Options, Session};
use onus::value::Value;
use onus_judge::random::Random;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

type Row = Vec<Value>;

const DECLARATIONS: &str = ".decl edge(x: number, y: number)
.decl road(x: symbol, y: symbol, w: number)
.decl up(x: symbol, y: symbol)
";

/// What is asked: in the rule language, for a relation `answer`, and in SQL.
const QUESTIONS: &[(&str, &str, &str)] = &[
    (
        "closure, from the left",
        ".decl answer(x: number, y: number)
         answer(x, y) :- edge(x, y).
         answer(x, z) :- answer(x, y), edge(y, z).",
        "WITH RECURSIVE a(x, y) AS (SELECT x, y FROM edge UNION SELECT a.x, e.y FROM a JOIN edge e ON a.y = e.x)
         SELECT x, y FROM a",
    ),
    (
        "closure, non-linear, against linear",
        ".decl answer(x: number, y: number)
         answer(x, y) :- edge(x, y).
         answer(x, z) :- answer(x, y), answer(y, z).",
        "WITH RECURSIVE a(x, y) AS (SELECT x, y FROM edge UNION SELECT e.x, a.y FROM edge e JOIN a ON e.y = a.x)
         SELECT x, y FROM a",
    ),
    (
        "same generation",
        ".decl answer(x: symbol, y: symbol)
         answer(x, y) :- up(x, z), up(y, z).
         answer(x, y) :- up(x, u), answer(u, v), up(y, v).",
        "WITH RECURSIVE a(x, y) AS (SELECT l.x, r.x FROM up l JOIN up r ON l.y = r.y
            UNION SELECT l.x, r.x FROM a JOIN up l ON l.y = a.x JOIN up r ON r.y = a.y)
         SELECT x, y FROM a",
    ),
    (
        "lengths up to a bound, and the least by an aggregate",
        ".decl way(x: symbol, y: symbol, w: number)
         .decl answer(x: symbol, y: symbol, w: number)
         way(x, y, w) :- road(x, y, w).
         way(x, z, v + w) :- way(x, y, v), road(y, z, w), v + w < 30.
         answer(x, y, w) :- way(x, y, _), w = min v : { way(x, y, v) }.",
        "WITH RECURSIVE a(x, y, w) AS (SELECT x, y, w FROM road
            UNION SELECT a.x, r.y, a.w + r.w FROM a JOIN road r ON a.y = r.x WHERE a.w + r.w < 30)
         SELECT x, y, min(w) FROM a GROUP BY x, y",
    ),
    (
        "what a lattice keeps",
        ".lattice number<> { Lub -> min(_, _) }
         .decl answer(x: symbol, y: symbol, w: number<>)
         answer(x, y, w) :- road(x, y, w).
         answer(x, z, v + w) :- answer(x, y, v), road(y, z, w).",
        // Ways of more than twelve roads are never the shortest among eight places.
        "WITH RECURSIVE a(x, y, w, n) AS (SELECT x, y, w, 1 FROM road
            UNION SELECT a.x, r.y, a.w + r.w, a.n + 1 FROM a JOIN road r ON a.y = r.x WHERE a.n < 12)
         SELECT x, y, min(w) FROM a GROUP BY x, y",
    ),
    (
        "what is not reached",
        ".decl reach(x: number, y: number)
         .decl node(x: number)
         .decl answer(x: number, y: number)
         node(x) :- edge(x, _).
         node(y) :- edge(_, y).
         reach(x, y) :- edge(x, y).
         reach(x, z) :- reach(x, y), edge(y, z).
         answer(x, y) :- node(x), node(y), !reach(x, y), x != y.",
        "WITH RECURSIVE a(x, y) AS (SELECT x, y FROM edge UNION SELECT a.x, e.y FROM a JOIN edge e ON a.y = e.x),
            node(x) AS (SELECT x FROM edge UNION SELECT y FROM edge)
         SELECT n.x, m.x FROM node n, node m
         WHERE n.x <> m.x AND NOT EXISTS (SELECT 1 FROM a WHERE a.x = n.x AND a.y = m.x)",
    ),
    (
        "counts and sums of what is reached",
        ".decl reach(x: number, y: number)
         .decl answer(x: number, k: number, s: number, m: number)
         reach(x, y) :- edge(x, y).
         reach(x, z) :- edge(x, y), reach(y, z).
         answer(x, k, s, m) :- edge(x, _), k = count : { reach(x, _) }, s = sum y : { reach(x, y) },
             m = max y : { reach(x, y) }.",
        "WITH RECURSIVE a(x, y) AS (SELECT x, y FROM edge UNION SELECT a.x, e.y FROM a JOIN edge e ON a.y = e.x)
         SELECT x, count(*), sum(y), max(y) FROM a GROUP BY x",
    ),
    (
        "triangles",
        ".decl answer(x: number, y: number, z: number)
         answer(x, y, z) :- edge(x, y), edge(y, z), edge(z, x), x <= y, x <= z.",
        "SELECT DISTINCT a.x, a.y, b.y FROM edge a JOIN edge b ON a.y = b.x JOIN edge c ON b.y = c.x AND c.y = a.x
         WHERE a.x <= a.y AND a.x <= b.y",
    ),
    (
        "texts put together, their order and their length",
        ".decl walk(x: symbol, t: symbol)
         .decl answer(x: symbol, t: symbol, n: number)
         walk(x, cat(x, \"-\", y)) :- road(x, y, _).
         walk(x, cat(x, \"-\", t)) :- road(x, y, _), walk(y, t), strlen(t) < 7.
         answer(x, t, strlen(t)) :- walk(x, t), t > \"c\".",
        "WITH RECURSIVE a(x, t) AS (SELECT x, x || '-' || y FROM road
            UNION SELECT r.x, r.x || '-' || a.t FROM road r JOIN a ON r.y = a.x WHERE length(a.t) < 7)
         SELECT x, t, length(t) FROM a WHERE t > 'c'",
    ),
];

/// Random facts: of each relation its name and rows.
fn facts(random: &mut Random) -> Vec<(&'static str, BTreeSet<Row>)> {
    let number = |random: &mut Random, below: usize| Value::Number(i64::try_from(random.below(below)).unwrap());
    let place =
        |random: &mut Random| Value::Symbol(["a", "b", "c", "d", "e", "f", "g", "h"][random.below(8)].to_owned());
    let (edges, roads, ups) = (random.between(0, 25), random.between(0, 14), random.between(0, 14));
    let edges = (0..edges).map(|_| vec![number(random, 9), number(random, 9)]).collect();
    let roads = (0..roads)
        .map(|_| vec![place(random), place(random), Value::Number(i64::try_from(random.between(1, 9)).unwrap())])
        .collect();
    let ups = (0..ups).map(|_| vec![place(random), place(random)]).collect();
    vec![("edge", edges), ("road", roads), ("up", ups)]
}

fn of_onus(program: &str, facts: &[(&str, BTreeSet<Row>)]) -> BTreeSet<Row> {
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program("question.dl", &format!("{DECLARATIONS}{program}"));
    for (relation, rows) in facts {
        session.add_rows(relation, rows.iter().cloned().collect());
    }
    let model = session.evaluate().unwrap_or_else(|failure| panic!("{failure}"));
    let id = model.find("answer").unwrap();
    model.sorted(id).into_iter().collect()
}

fn of_sqlite(question: &str, facts: &[(&str, BTreeSet<Row>)]) -> BTreeSet<Row> {
    let database = Connection::open_in_memory().unwrap();
    database.execute_batch("CREATE TABLE edge(x, y); CREATE TABLE road(x, y, w); CREATE TABLE up(x, y);").unwrap();
    for (relation, rows) in facts {
        for row in rows {
            let values = row.iter().map(|value| match value {
                Value::Symbol(text) => format!("'{text}'"),
                other => other.to_string(),
            });
            let values = values.collect::<Vec<_>>().join(", ");
            database.execute(&format!("INSERT INTO {relation} VALUES ({values})"), []).unwrap();
        }
    }
    let mut statement = database.prepare(question).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        (0..columns)
            .map(|at| {
                Ok(match row.get_ref(at)? {
                    ValueRef::Integer(number) => Value::Number(number),
                    ValueRef::Text(text) => Value::Symbol(String::from_utf8_lossy(text).into_owned()),
                    other => panic!("{other:?}"),
                })
            })
            .collect::<Result<Row, rusqlite::Error>>()
    };
    statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn sqlite_gives_the_same_answers() {
    let mut rows = 0;
    for (at, (name, program, sql)) in QUESTIONS.iter().enumerate() {
        for index in 0..20 {
            let facts = facts(&mut Random::of_program(2026 + at as u64, index));
            let (ours, theirs) = (of_onus(program, &facts), of_sqlite(sql, &facts));
            assert_eq!(ours, theirs, "{name}, over {facts:?}");
            rows += ours.len();
        }
    }
    assert!(rows > 2_000, "hardly anything was asked: {rows} rows");
}
