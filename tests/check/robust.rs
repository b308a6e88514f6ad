//! Whatever parses, the checks neither panic nor hang, and what they pass keeps the promises of `Program`.

use onus::check::Options;
use onus::program::{Atom, Literal, Program, Rule, Term, Variable};
use proptest::prelude::*;

use crate::support::session;

/// Programs of a small vocabulary, so that names often meet: most are wrong, some are right.
fn programs() -> impl Strategy<Value = String> {
    prop::collection::vec(item(), 1..12).prop_map(|items| {
        format!(
            ".decl p(x: number) .decl q(x: number, y: symbol) .decl r(x: T, y: R) .type T <: symbol \
             .type R = [a: number, b: R] .type E = A {{}} | B {{x: number, y: E}} .decl e(x: E) \
             .decl i(x: number, y: number) inline i(x, y) :- x < y, y != z, z = 3. \
             .lattice number<> {{ Lub -> max(_, _) }} .decl l(x: number, v: number<>)\n{}",
            items.join("\n")
        )
    })
}

fn word(words: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(words).prop_map(str::to_owned).boxed()
}

fn term() -> BoxedStrategy<String> {
    let leaf = word(&[
        "x",
        "y",
        "z",
        "_",
        "1",
        "-1",
        "2u",
        "1.5",
        "\"a\"",
        "nil",
        "$A()",
        "autoinc()",
        "18446744073709551615",
        "_x",
    ]);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let many = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            (word(&["+", "-", "*", "/", "%", "^", "band", "bshl", "land"]), inner.clone(), inner.clone())
                .prop_map(|(op, left, right)| format!("({left} {op} {right})")),
            (
                word(&[
                    "cat",
                    "min",
                    "max",
                    "strlen",
                    "substr",
                    "ord",
                    "range",
                    "to_number",
                    "to_string",
                    "@lower",
                    "$B",
                    "@date",
                    "to_float"
                ]),
                many.clone()
            )
                .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(", "))),
            many.prop_map(|fields| format!("[{}]", fields.join(", "))),
            (inner.clone(), word(&["number", "T", "symbol", "R", "E", "Nope"]))
                .prop_map(|(inner, ty)| format!("as({inner}, {ty})")),
            (word(&["count", "sum x", "min y", "max (x + y)", "mean z"]), body_of(inner.boxed()))
                .prop_map(|(op, body)| format!("{op} : {{ {body} }}")),
        ]
    })
    .boxed()
}

fn body_of(term: BoxedStrategy<String>) -> BoxedStrategy<String> {
    prop::collection::vec(literal_of(term), 1..4).prop_map(|literals| literals.join(", ")).boxed()
}

fn literal_of(term: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let atom = (word(&["p", "q", "r", "e", "i", "l", "nope", "c.p"]), prop::collection::vec(term.clone(), 0..4))
        .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(", ")));
    prop_oneof![
        4 => atom.clone(),
        1 => atom.prop_map(|atom| format!("!{atom}")),
        3 => (term.clone(), word(&["=", "=", "!=", "<", ">="]), term.clone())
            .prop_map(|(left, op, right)| format!("{left} {op} {right}")),
        1 => (term.clone(), term).prop_map(|(left, right)| format!("!match({left}, {right})")),
        1 => word(&["true", "false"]),
    ]
    .boxed()
}

fn item() -> BoxedStrategy<String> {
    let atom = (word(&["p", "q", "r", "e", "i", "l", "nope", "c.p"]), prop::collection::vec(term(), 1..3))
        .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(", ")));
    let body = prop::collection::vec(literal_of(term()), 1..5);
    prop_oneof![
        6 => (atom.clone(), body.clone()).prop_map(|(head, body)| format!("{head} :- {}.", body.join(", "))),
        2 => (atom.clone(), body.clone()).prop_map(|(head, body)| format!("{head} :- {}.", body.join(" ; "))),
        2 => (atom.clone(), atom.clone(), body.clone())
            .prop_map(|(low, high, body)| format!("{low} <= {high} :- {}.", body.join(", "))),
        1 => (atom.clone(), body.clone()).prop_map(|(head, body)| format!("@[monotone] {head} :- {}.", body.join(", "))),
        2 => atom.prop_map(|head| format!("{head}.")),
        1 => body.prop_map(|body| format!("?- {}.", body.join(", "))),
        1 => word(&[
            ".type T2 = T | number", ".type E2 = A {}", ".type U = U | T", ".decl p(x: Nope)", ".output p", ".input zz",
            ".comp C<X> { .decl p(x: X) p(x) :- q(x, _). .init d = C<X> }", ".init c = C<number>", ".init c = D",
            ".comp D : D { .override p }", ".decl eq(x: T, y: T) eqrel", "@[label = \"l\"] p(1) :- true.",
            ".decl ch(x: number) choice-domain y", "i(x, x + 1) :- true.", ".lattice T<> { Lub -> @lower(_, _) }",
            ".decl l2(x: T<>)", "p(x) <= p(y) :- x < y.", ".limitsize l(n=3)", "@[says = \"{x} {y}\"] .decl s(x: number)",
        ]),
    ]
    .boxed()
}

/// The promises of [`Program`] about its ids.
fn in_range(program: &Program) {
    let strata = program.stratum_of();
    let mut owned = vec![0; program.relations.len()];
    for stratum in &program.strata {
        for relation in &stratum.relations {
            owned[relation.0 as usize] += 1;
        }
    }
    assert!(owned.iter().all(|&times| times == 1), "each relation is in exactly one stratum");
    for rule in &program.rules {
        let head = rule.head.0 as usize;
        assert_eq!(rule.arguments.len(), program.relation(rule.head).arity());
        conjunction(program, rule, &rule.body, &mut |atom, weak| {
            let on = strata[atom.relation.0 as usize];
            let here = on == strata[head] && (!weak || rule.monotone);
            assert!(on < strata[head] || here, "negation reaches down");
        });
        for argument in &rule.arguments {
            variables(rule, argument);
        }
    }
    for rule in program.goals.iter().flat_map(|goal| &goal.alternatives) {
        conjunction(program, rule, &rule.body, &mut |_, _| {});
    }
    for block in &program.facts {
        assert_eq!(block.words.len(), block.spans.len() * program.relation(block.relation).arity());
    }
}

fn conjunction(program: &Program, rule: &Rule, body: &[Literal], seen: &mut dyn FnMut(&Atom, bool)) {
    for literal in body {
        match literal {
            Literal::Positive(atom) | Literal::Negative(atom) => {
                assert_eq!(atom.arguments.len(), program.relation(atom.relation).arity());
                seen(atom, matches!(literal, Literal::Negative(_)));
                for argument in &atom.arguments {
                    assert!(!matches!(argument, Term::Aggregate(_)), "aggregates stand beside `=`");
                    variables(rule, argument);
                }
            }
            Literal::Compare(compare) => {
                for side in [&compare.left, &compare.right] {
                    if let Term::Aggregate(aggregate) = side {
                        conjunction(program, rule, &aggregate.body, &mut |atom, _| seen(atom, true));
                        let all = aggregate.outer.iter().chain(&aggregate.local);
                        assert!(all.clone().all(|variable| (variable.0 as usize) < rule.variables.len()));
                        assert!(aggregate.outer.iter().all(|variable| !aggregate.local.contains(variable)));
                    } else {
                        variables(rule, side);
                    }
                }
            }
        }
    }
}

fn variables(rule: &Rule, term: &Term) {
    let known = |variable: Variable| assert!((variable.0 as usize) < rule.variables.len());
    match term {
        Term::Variable(variable) => known(*variable),
        Term::Call(call) => {
            assert_eq!(call.kinds.len(), call.arguments.len());
            call.arguments.iter().for_each(|argument| variables(rule, argument));
        }
        Term::Record(_, parts) | Term::Branch(_, _, parts) => parts.iter().for_each(|part| variables(rule, part)),
        Term::As { term, .. } => variables(rule, term),
        Term::Aggregate(_) => panic!("an aggregate inside a term"),
        Term::Wildcard | Term::Constant(..) | Term::Autoinc => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn checking_is_total(text in programs()) {
        let session = session(&text, &Options::default());
        if let Some(program) = &session.checked.program {
            in_range(program);
        }
        let again = crate::support::session(&text, &Options::default());
        prop_assert_eq!(&again.checked.diagnostics, &session.checked.diagnostics);
    }

    #[test]
    fn single_clauses_are_total(clause in item()) {
        let text = format!(
            ".decl p(x: number) .decl q(x: number, y: symbol) .decl r(x: T, y: R) .type T <: symbol \
             .type R = [a: number, b: R] .type E = A {{}} | B {{x: number, y: E}} .decl e(x: E) \
             .decl i(x: number, y: number) inline i(x, y) :- x < y, y != z, z = 3. \
             .lattice number<> {{ Lub -> max(_, _) }} .decl l(x: number, v: number<>)\n{clause}"
        );
        let session = session(&text, &Options::default());
        if let Some(program) = &session.checked.program {
            in_range(program);
        }
    }
}
