//! Proofs as people read them, under snapshot.

#![allow(clippy::unwrap_used)] // a test that cannot go on stops

use std::fmt::Write;
use std::sync::Arc;

use onus::explain::check::check_proof;
use onus::explain::{Limits, Proof, why};
use onus::model::Model;
use onus::report::proof::{NoNotes, TextOptions, Theme, render};
use onus::responsibility::cite::Citations;
use onus::session::{DiskLoader, Options, Session};

fn evaluated(session: &mut Session) -> Arc<Model> {
    session.evaluate().unwrap_or_else(|failure| {
        panic!("{}", onus::diagnostic::render_all(&failure.diagnostics, &failure.sources, false));
    })
}

/// The proof of the first tuple that matches an atom.
fn explained(session: &mut Session, atom: &str) -> (Arc<Model>, Proof) {
    let model = evaluated(session);
    let tuple = session.matching(atom).unwrap().tuples(&model).remove(0);
    let options = onus::eval::Options::default();
    let proof = why(&model, &tuple, Limits::default(), &options).unwrap().unwrap();
    // Whatever is printed here has passed the checker.
    assert_eq!(check_proof(&model, &proof, None, &options).unwrap().err(), None);
    (model, proof)
}

fn program(text: &str) -> Session {
    let mut session = Session::new(Box::new(DiskLoader), Options::default());
    session.add_program("p.dl", text);
    session
}

/// A program and the proofs of some atoms, as a page.
fn page(text: &str, atoms: &[&str], options: &TextOptions) -> String {
    let mut page = format!("{}\n", text.trim());
    for atom in atoms {
        let (model, proof) = explained(&mut program(text), atom);
        let view = render(&model, &proof, options, &NoNotes);
        let _ = write!(page, "\n> why {atom}\n{}", view.text);
    }
    page
}

fn wide() -> TextOptions {
    TextOptions { width: Some(100), ..TextOptions::default() }
}

fn shipped() -> Session {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let mut session = Session::new(Box::new(DiskLoader), Options::default());
    session.add_program("rules/responsibility.dl", &read("rules/responsibility.dl"));
    let names =
        ["vocabulary", "redis_cloud", "yugabyte_model", "yugabyte_security", "aws", "astronomer", "scenario/acme"];
    let files: Vec<(String, String)> =
        names.iter().map(|name| format!("facts/{name}.toml")).map(|path| (path.clone(), read(&path))).collect();
    session.add_statements(&files);
    session
}

const REACHABLE: &str = r#"
.decl edge(from: symbol, to: symbol)
@[says = "{to} can be reached from {from}"]
.decl reach(from: symbol, to: symbol)
edge("a", "b").
edge("b", "c").
edge("c", "d").
edge("d", "e").
edge("e", "f").
@[label = "direct"]
reach(x, y) :- edge(x, y).
@[label = "onwards"]
reach(x, z) :- reach(x, y), edge(y, z).
"#;

#[test]
fn linear_recursion_is_a_list() {
    insta::assert_snapshot!(page(
        REACHABLE,
        &[r#"reach("a", "b")"#, r#"reach("a", "d")"#, r#"reach("a", "f")"#],
        &wide()
    ));
}

#[test]
fn a_chain_of_five_hundred_steps_fits_on_a_page() {
    let text = "
.decl edge(x: number, y: number)
.decl path(x: number, y: number)
edge(x, x + 1) :- x = range(0, 500).
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
";
    let mut long = page(text, &["path(0, 500)"], &wide());
    assert!(long.lines().count() <= 40 + text.lines().count());
    // The other way round, and with facts at hand.
    let mut right = ".decl edge(x: number, y: number)\n.decl path(x: number, y: number)\n".to_owned();
    right.push_str("path(x, y) :- edge(x, y).\npath(x, z) :- edge(x, y), path(y, z).\n");
    let facts: String = (0..500).map(|at| format!("edge({at}, {}).\n", at + 1)).collect();
    let (model, proof) = explained(&mut program(&format!("{right}{facts}")), "path(0, 500)");
    let text = render(&model, &proof, &wide(), &NoNotes).text;
    assert!(text.lines().count() <= 40);
    let _ = write!(long, "\n{right}\n> why path(0, 500)\n{text}");
    insta::assert_snapshot!(long);
    let all = render(&model, &proof, &TextOptions { all: true, ..wide() }, &NoNotes).text;
    assert!(all.contains("path(250, 500)"));
}

#[test]
fn deep_recursion_that_is_no_chain_is_opened_by_handles() {
    let text = "
.decl n(x: number)
.decl even(x: number)
.decl odd(x: number)
even(0).
n(x) :- x = range(0, 400).
odd(x + 1) :- even(x), n(x).
even(x + 1) :- odd(x), n(x).
";
    let (model, proof) = explained(&mut program(text), "even(400)");
    let first = render(&model, &proof, &wide(), &NoNotes);
    let handle = &first.handles.iter().rev().find(|(_, id)| proof.node(*id).premises().len() > 1).unwrap().0;
    let options = TextOptions { from: first.node(handle), handle: Some(handle.clone()), ..wide() };
    let second = render(&model, &proof, &options, &NoNotes);
    let all = render(&model, &proof, &TextOptions { all: true, ..wide() }, &NoNotes).text;
    assert!(all.lines().count() < 1_000);
    insta::assert_snapshot!(format!("{}\n{}\n> :why {handle}\n{}", text.trim(), first.text, second.text));
}

#[test]
fn negations_are_shown_where_a_sentence_speaks_of_them() {
    let text = r#"
.decl post(name: symbol, duty: symbol)
@[says = "{who} holds the post of {name}"]
@[says_not = "{who} does not hold the post of {name}"]
.decl holds(who: symbol, name: symbol)
.decl retired(who: symbol)
.decl vacant(duty: symbol, who: symbol)
post("dpo", "breach notice").
holds("ann", "cto").
@[label = "nobody-there"]
vacant(duty, who) :- post(name, duty), holds(who, _), !holds(who, name), !retired(who).
@[label = "at-all"]
vacant(duty, "all") :- post(name, duty), !holds(_, name).
"#;
    insta::assert_snapshot!(page(text, &[r#"vacant(_, "ann")"#, r#"vacant(_, "all")"#], &wide()));
}

#[test]
fn aggregates_list_what_they_count() {
    let text = r#"
.decl n(x: number)
.decl smaller(x: number, k: number)
.decl largest(x: number)
.decl sums(x: number)
.decl none(x: number)
.decl many(x: number)
.decl twice(x: number)
n(1). n(2). n(3). n(4).
smaller(x, k) :- n(x), k = count : { n(y), y < x }.
largest(max x : { n(x) }).
sums(k) :- k = sum x * y : { n(x), n(y), x < y }.
none(count : { n(x), x > 9 }).
many(k) :- k = count : { n(x), n(y), n(z) }.
twice(x) :- n(x), count : { smaller(_, y), y < x } > count : { n(y), y > x }.
"#;
    let atoms = ["n(1)", "smaller(3, _)", "largest(_)", "sums(_)", "none(_)", "many(_)", "twice(_)"];
    insta::assert_snapshot!(page(text, &atoms, &wide()));
}

#[test]
fn arithmetic_records_and_branches_show_their_values() {
    let text = r#"
.type List = [head: number, tail: List]
.type Shape = Dot {} | Box {width: float, label: symbol}
.decl list(l: List, length: number)
.decl shape(s: Shape)
.decl named(s: Shape, name: symbol)
list(nil, 0).
list([n, l], n + 1) :- list(l, n), n < 3.
shape($Box(1.5, "a b")).
shape($Dot()).
named(s, cat(label, "!")) :- shape(s), s = $Box(_, label), match("a.*", label), !match("b.*", label).
"#;
    let mut pages = page(text, &["list(_, 2)", "named(_, _)"], &wide());
    let all = TextOptions { all: true, ..wide() };
    for atom in ["list(_, 2)", "named(_, _)"] {
        let (model, proof) = explained(&mut program(text), atom);
        let _ = write!(pages, "\n> why {atom}, all\n{}", render(&model, &proof, &all, &NoNotes).text);
    }
    insta::assert_snapshot!(pages);
}

#[test]
fn tuples_that_come_again_are_shown_once() {
    let text = r#"
.decl base(x: number)
.decl low(x: number, y: number)
.decl mid(x: number, y: number)
.decl top(x: number)
base(1). base(2).
@[label = "low"]
low(x, y) :- base(x), base(y), x < y.
@[label = "mid"]
mid(x, y) :- low(x, y), base(x), base(y).
@[label = "top"]
top(x) :- mid(x, y), low(x, y), mid(x, y), base(y).
"#;
    insta::assert_snapshot!(page(text, &["top(_)"], &wide()));
}

#[test]
fn quiet_rules_and_facts_and_renamings_are_folded_and_can_be_opened() {
    let text = r#"
@[quiet]
.decl kind(x: symbol, k: symbol)
.decl inside(x: symbol, y: symbol)
.decl within(x: symbol, y: symbol)
.decl home(x: symbol, y: symbol)
.decl lives(x: symbol, y: symbol)
kind("bob", "person").
inside("flat", "house").
inside("house", "street").
home("bob", "flat").
@[quiet] @[label = "itself"]
within(x, x) :- inside(x, _).
@[quiet] @[label = "deeper"]
within(x, z) :- within(x, y), inside(y, z).
@[label = "same"]
.decl abode(x: symbol, y: symbol)
abode(x, y) :- home(x, y).
@[label = "lives"]
lives(x, z) :- kind(x, "person"), abode(x, y), within(y, z).
"#;
    let text = text.replace("@[label = \"same\"]\n", "");
    let (model, proof) = explained(&mut program(&text), r#"lives("bob", "street")"#);
    let mut page = format!("{}\n", text.trim());
    let options = TextOptions { next: vec![":why {}".into(), ":critical".into()], ..wide() };
    let view = render(&model, &proof, &options, &NoNotes);
    let _ = write!(page, "\n{}", view.text);
    let options = TextOptions { from: view.node("1"), handle: Some("1".into()), ..options };
    let opened = render(&model, &proof, &options, &NoNotes);
    let _ = write!(page, "\n> :why 1\n{}", opened.text);
    let deeper = TextOptions { from: opened.node("1.2"), handle: Some("1.2".into()), ..options };
    let _ = write!(page, "\n> :why 1.2\n{}", render(&model, &proof, &deeper, &NoNotes).text);
    insta::assert_snapshot!(page);
}

#[test]
fn wide_values_are_wrapped_and_hostile_ones_escaped() {
    let words = "wide ".repeat(30);
    let solid = "x".repeat(1_000);
    let text = format!(
        "@[says = \"we hold {{text}}\"]\n.decl p(text: symbol)\n.decl r(text: symbol)\n.decl s(text: symbol)\n\
         .decl t(text: symbol)\np(\"{words}\").\nr(x) :- p(x), 1 < 2.\np(\"{solid}\").\ns(x) :- p(x), !r(cat(x, \"a\")).\n\
         t(\"\u{1b}[31m red \u{202e} turned\\r\").\np(x) :- t(x), 1 < 2."
    );
    let mut page = String::new();
    for atom in ["r(_)", "s(_)", "s(x)", "p(_)"] {
        let mut session = program(&text);
        let model = evaluated(&mut session);
        let tuples = session.matching(atom).unwrap().tuples(&model);
        let tuple = if atom == "s(x)" { tuples.last() } else { tuples.first() }.unwrap();
        let proof = why(&model, tuple, Limits::default(), &onus::eval::Options::default()).unwrap().unwrap();
        for options in [TextOptions { width: Some(60), ..TextOptions::default() }, TextOptions::default()] {
            let text = render(&model, &proof, &options, &NoNotes).text;
            if let Some(width) = options.width {
                assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
                let _ = write!(page, "> {atom}\n{text}\n");
            }
            assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains('\r'));
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn ascii_draws_without_other_characters_and_colour_adds_only_styles() {
    let options = TextOptions { ascii: true, ..wide() };
    let (model, proof) = explained(&mut program(REACHABLE), r#"reach("a", "f")"#);
    let plain = render(&model, &proof, &options, &NoNotes).text;
    assert!(plain.is_ascii());
    let options = TextOptions { theme: Theme::color(), ..options };
    let colored = render(&model, &proof, &options, &NoNotes).text;
    assert_ne!(plain, colored);
    let stripped = anstream::adapter::strip_str(&colored).to_string();
    let trim = |text: &str| text.lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>();
    assert_eq!(trim(&stripped), plain);
    insta::assert_snapshot!(plain);
}

#[test]
fn the_shipped_model_says_who_says_so() {
    let mut session = shipped();
    let next: Vec<String> = vec![":why {}".into(), ":critical".into(), ":what-if".into()];
    let mut page = String::new();
    let atoms = [
        r#"relies("astronomer", "aws", "physical", "acme_astro")"#,
        r#"relies("acme", "aws", "physical", "acme_redis")"#,
        "disputed(_, _, _, _, _)",
        r#"gap("acme_astro", _, _)"#,
        r#"concentration("aws", _)"#,
        r#"residual("acme_redis", _, _)"#,
        "bad_choice(_, _)",
    ];
    for atom in atoms {
        let model = evaluated(&mut session);
        let Some(tuple) = session.matching(atom).unwrap().tuples(&model).into_iter().next() else { continue };
        let proof = why(&model, &tuple, Limits::default(), &onus::eval::Options::default()).unwrap().unwrap();
        let view = render(&model, &proof, &TextOptions { next: next.clone(), ..wide() }, &Citations);
        let _ = write!(page, "> why {atom}\n{}\n", view.text);
        if page.len() == view.text.len() + atom.len() + 8 {
            let options = TextOptions { from: view.node("3"), handle: Some("3".into()), next: next.clone(), ..wide() };
            let _ = write!(page, "> :why 3\n{}\n", render(&model, &proof, &options, &Citations).text);
        }
    }
    insta::assert_snapshot!(page);
}
