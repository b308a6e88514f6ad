//! The library for Rust: what its documentation does not show, above all what is told where something is wrong.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use onus::library::Datalog;
use onus::value::Value;

const TYPES: &str = "
    .type Pair = [a: number, b: symbol]
    .decl row(n: number, u: unsigned, f: float, s: symbol, p: Pair)
    .decl back(n: number, u: unsigned, f: float, s: symbol, p: Pair)
    back(n, u, f, s, p) :- row(n, u, f, s, p).";

#[test]
fn every_type_goes_in_and_comes_back() {
    let mut datalog = Datalog::new(TYPES);
    let pair = Value::Record(vec![Value::Number(1), Value::Symbol("one".into())]);
    let rows: Vec<(i64, u64, f64, String, Value)> = vec![
        (i64::MIN, u64::MAX, -0.5, "tab\there, \"quotes\" and é".into(), pair),
        (i64::MAX, 0, f64::INFINITY, String::new(), Value::Nil),
    ];
    datalog.insert("row", rows.clone());
    datalog.run().unwrap();
    assert_eq!(datalog.rows::<(i64, u64, f64, String, Value)>("back").unwrap(), rows);
    let values: Vec<Vec<Value>> = datalog.rows("back").unwrap();
    assert_eq!(values[0][0], Value::Number(i64::MIN));
}

#[test]
fn wrong_rows_are_named() {
    let mut datalog = Datalog::new(TYPES);
    datalog.insert("rwo", [(1_i64,)]);
    let failure = datalog.run().unwrap_err().to_string();
    assert_eq!(
        failure,
        "error[E0201]: the rules have no relation `rwo` for these rows\n |\n = help: did you mean `row`?\n"
    );

    let mut datalog = Datalog::new(".decl a(x: number, y: symbol)");
    datalog.insert("a", [(1_i64, "one")]).insert("a", [vec![Value::Number(2)]]);
    let failure = datalog.run().unwrap_err().to_string();
    assert!(
        failure.starts_with("error[E0602]: row 1 of `a` has 1 values, and the relation has 2 columns"),
        "{failure}"
    );

    let mut datalog = Datalog::new(".decl a(x: number, y: symbol)");
    datalog.insert("a", [(1_i64, 2_i64)]);
    let failure = datalog.run().unwrap_err().to_string();
    assert!(failure.starts_with("error[E0603]: row 1 of `a` has 2 for `y`, which is no symbol"), "{failure}");
}

#[test]
fn rows_are_read_as_what_they_are() {
    let mut datalog = Datalog::new(".decl a(x: number, y: symbol)  a(1, \"one\").");
    assert!(datalog.rows::<(i64, String)>("a").unwrap_err().to_string().contains("nothing was run yet"));
    datalog.run().unwrap();
    let wrong = datalog.rows::<(i64, i64)>("a").unwrap_err().to_string();
    assert_eq!(wrong, "error[E0301]: column `y` of `a` is a symbol, and cannot be read as a number\n");
    let long = datalog.rows::<(i64, String, i64)>("a").unwrap_err().to_string();
    assert_eq!(long, "error[E0301]: `a` has 2 columns, and a number is to be read after them\n");
    let short = datalog.rows::<(i64,)>("a").unwrap_err().to_string();
    assert_eq!(short, "error[E0301]: column `y` of `a` is a symbol, and cannot be read as nothing\n");
    let unknown = datalog.rows::<(i64, String)>("aa").unwrap_err().to_string();
    assert_eq!(unknown, "error[E0201]: no relation is called `aa`\n |\n = help: did you mean `a`?\n");
    assert_eq!(datalog.ask::<(i64,)>("a(x, \"one\")").unwrap(), [(1,)]);
}

#[test]
fn functors_are_checked_like_those_of_the_language() {
    let text = ".decl a(x: number)  a(3).  .decl b(x: number, s: symbol)  b(@twice(x), @say(x)) :- a(x).";
    let mut datalog = Datalog::new(text);
    let unknown = datalog.run().unwrap_err().to_string();
    assert!(unknown.contains("error[E0205]: no functor is called `@twice`"), "{unknown}");
    datalog.functor("@twice", |x: i64| x * 2).functor("@say", |x: i64| format!("<{x}>"));
    datalog.run().unwrap();
    assert_eq!(datalog.rows::<(i64, String)>("b").unwrap(), [(6, "<3>".to_owned())]);
    assert_eq!(datalog.ask::<(i64, i64)>("y = @twice(x), a(x), y > 5").unwrap(), [(6, 3)]);
    assert!(datalog.session().certify().unwrap().holds());
    assert!(datalog.why("b(6, \"<3>\")").unwrap().unwrap().contains("a(3)"));

    datalog.functor("@twice", |x: String| x);
    let mistyped = datalog.run().unwrap_err().to_string();
    assert!(mistyped.contains("error[E0301]: `x` cannot be both a symbol and a number"), "{mistyped}");
    assert_eq!(datalog.rows::<(i64, String)>("b").unwrap().len(), 1, "what was there before stays");
}

#[test]
fn a_declared_functor_must_be_declared_as_it_is() {
    let mut datalog = Datalog::new(".functor half(x: number): number  .decl a(x: number)  a(@half(8)).");
    datalog.functor("@half", |x: i64| x / 2);
    datalog.run().unwrap();
    assert_eq!(datalog.rows::<(i64,)>("a").unwrap(), [(4,)]);
    datalog.functor("@half", |x: f64| x / 2.0);
    let wrong = datalog.run().unwrap_err().to_string();
    assert!(wrong.contains("`@half` is known with other types"), "{wrong}");
}

#[test]
fn the_tuple_that_replaces_most_others_is_found_in_one_go() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    // The greatest of each group comes last.
    let facts: String = (0..500).map(|c| format!("b({}, {c}). ", c % 2)).collect();
    let text = format!(".decl b(x: number, c: number)  {facts}  b(x, c) <= b(x, d) :- @less(c, d) = 1.");
    let mut datalog = Datalog::new(&text);
    datalog.functor("@less", move |left: i64, right: i64| {
        count.fetch_add(1, Ordering::Relaxed);
        i64::from(left < right)
    });
    datalog.run().unwrap();
    assert_eq!(datalog.rows::<(i64, i64)>("b").unwrap(), [(0, 498), (1, 499)]);
    // Each tuple is compared a few times, not with all of the others of its group.
    let asked = asked.load(Ordering::Relaxed);
    assert!((500..500 * 8).contains(&asked), "{asked} comparisons");
}

#[test]
fn a_registered_functor_joins_a_lattice() {
    let mut datalog = Datalog::new(
        ".lattice symbol<> { Lub -> @longest(_, _) }
         .decl said(who: symbol, what: symbol)
         .decl longest(who: symbol, what: symbol<>)
         longest(who, what) :- said(who, what).",
    );
    datalog.functor(
        "@longest",
        |left: String, right: String| {
            if (left.len(), &left) >= (right.len(), &right) { left } else { right }
        },
    );
    datalog.insert("said", [("ann", "yes"), ("ann", "perhaps"), ("bob", "no"), ("ann", "no")]);
    datalog.run().unwrap();
    let longest: Vec<(String, String)> = datalog.rows("longest").unwrap();
    assert_eq!(longest, [("ann".to_owned(), "perhaps".to_owned()), ("bob".to_owned(), "no".to_owned())]);
    assert!(datalog.session().certify().unwrap().holds());
}
