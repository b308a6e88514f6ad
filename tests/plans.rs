//! Plans as people read them: the rule, then its steps.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use onus::eval::Sizes;
use onus::plan::{plan_rule, print_plan};
use onus::program::RuleId;
use onus::session::{DiskLoader, Options, Session};

/// The plans of every rule, and of the rules of a recursive relation for each atom that reads the delta.
fn plans(text: &str) -> String {
    let mut session = Session::new(Box::new(DiskLoader), Options::default());
    session.add_program("plan.dl", text);
    let model = session.evaluate().unwrap();
    let program = model.program();
    let mut out = String::new();
    for stratum in &program.strata {
        let sizes = Sizes::new(model.database(), &stratum.relations);
        for &id in &stratum.rules {
            let rule = program.rule(id);
            let deltas = rule.body.iter().enumerate().filter_map(|(at, literal)| match literal {
                onus::program::Literal::Positive(atom) if stratum.relations.contains(&atom.relation) => Some(at),
                _ => None,
            });
            let versions = if stratum.recursive { deltas.map(Some).collect() } else { vec![None] };
            for delta in versions {
                let plan = plan_rule(program, RuleId(id.0), delta, &sizes);
                out += &print_plan(program, model.values(), &plan, model.text(rule.span));
            }
        }
    }
    out
}

#[test]
fn the_smaller_relation_goes_first_and_the_larger_is_looked_up() {
    insta::assert_snapshot!(plans(
        r#"
        .decl big(x: number, y: number)
        .decl small(x: number)
        .decl both(x: number, y: number)
        big(1, 2). big(2, 3). big(3, 4). big(4, 5). big(5, 6).
        small(3).
        both(x, y) :- big(x, y), small(y).
        "#
    ), @r"
    both(x, y) :- big(x, y), small(y).
      scan small(y)
      look up big(x, =y)
      emit both(x, y)
    ");
}

#[test]
fn the_delta_is_scanned_and_older_rows_are_not_joined_twice() {
    insta::assert_snapshot!(plans(
        r#"
        .decl edge(x: number, y: number)
        .decl path(x: number, y: number)
        edge(1, 2). edge(2, 3).
        path(x, y) :- edge(x, y).
        path(x, z) :- path(x, y), path(y, z).
        "#
    ), @r"
    path(x, z) :- path(x, y), path(y, z).
      scan path(x, y) (delta)
      look up path(=y, z)
      emit path(x, z)
    path(x, z) :- path(x, y), path(y, z).
      scan path(y, z) (delta)
      look up path(x, =y) (old)
      emit path(x, z)
    ");
}

#[test]
fn tests_come_as_soon_as_they_can_and_what_may_fail_comes_last() {
    insta::assert_snapshot!(plans(
        r#"
        .decl item(name: symbol, price: number, kind: symbol)
        .decl banned(name: symbol)
        .decl half(name: symbol, price: number, others: number)
        item("a", 10, "x"). item("b", 7, "x"). item("c", 3, "y"). banned("b").
        half(name, price / 2, n) :-
            n = count : { item(_, _, kind) }, price > 5, item(name, price, kind), !banned(name), kind = "x".
        "#
    ), @r#"
    half(name, price / 2, n) :-
                n = count : { item(_, _, kind) }, price > 5, item(name, price, kind), !banned(name), kind = "x".
      let kind = "x"
      look up item(name, price, =kind)
      filter price > 5
      absent banned(=name)
      let #1 = count over { look up item(_1, _2, =kind) } for each kind
      let n = #1
      emit half(name, (price / 2), n)
    "#);
}
