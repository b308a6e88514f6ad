//! Fixes, one property at a time: which facts are proposed, what was tried on the way, and where the search ends.

use std::fmt::Write as _;

use onus::explain::FixLimits;

use crate::support::Asked;

/// Each wanted atom with its fixes.
fn judge(text: &str, wanted: &str, fixes: &[&str]) {
    let found = Asked::of(text).fixes(wanted, FixLimits::default());
    assert_eq!(found, fixes, "{wanted} in\n{text}");
}

#[test]
fn goals_go_down_through_rules_to_facts() {
    // A relation without rules and without facts takes facts.
    judge(
        ".decl a(x: number) .decl b(x: number) b(x) :- a(x).",
        "b(1)",
        &["+a(1) by b(1) gives b(1); b +b(1)", "all, 1 tried"],
    );
    // So does one with rules that holds given facts.
    judge(
        ".decl a(x: number) .decl b(x: number) b(2). b(x) :- a(x).",
        "b(1)",
        &["+b(1) by  gives b(1)", "+a(1) by b(1) gives b(1); b +b(1)", "all, 2 tried"],
    );
    // One fact may serve two literals, whatever stands in the relation most often.
    judge(
        ".decl a(x: number, y: number) .decl r(x: number)
         a(2, 3). a(3, 4). a(4, 5). a(5, 2). a(3, 5). a(2, 4). a(5, 3). a(4, 2).
         r(x) :- a(x, y), a(y, x), x < 2.",
        "r(1)",
        &[
            "+a(1, 1) by r(1) gives r(1); r +r(1)",
            "+a(1, 2) +a(2, 1) by r(1) gives r(1); r +r(1)",
            "+a(1, 3) +a(3, 1) by r(1) gives r(1); r +r(1)",
            "all, 13 tried",
        ],
    );
    // What needs itself leads nowhere and is not tried; what another branch makes true needs nothing more.
    judge(
        ".decl a() .decl b() .decl c() .decl d() a() :- b(), c(). b() :- a(), d(). c(). d().",
        "a()",
        &["all, 0 tried"],
    );
    judge(".decl a() .decl b() .decl c() a() :- b(), c(). b() :- a().", "a()", &["all, 0 tried"]);
    judge(
        ".decl a() .decl b() .decl c() .decl d() .decl e() a() :- b(), c(). b() :- d(). c() :- d(). d() :- e().",
        "a()",
        &["+e() by a() b() d() c() gives a(); a +a(); b +b(); c +c(); d +d()", "all, 1 tried"],
    );
    // Constants of heads: what contradicts them is not followed, what was left open takes them.
    judge(
        ".decl a(x: number) .decl s(k: number, x: number) .decl t(k: number) .decl r(x: number)
         s(3, x) :- a(x). s(4, 2) :- a(7). t(3) :- a(8). r(x) :- s(k, x), t(k).",
        "r(1)",
        &["+a(1) +a(8) by r(1) s(3, 1) t(3) gives r(1); s +s(3, 1) +s(3, 8); t +t(3); r +r(1) +r(8)", "all, 3 tried"],
    );
}

#[test]
fn columns_that_were_left_open_agree() {
    judge(
        ".decl a(x: number, y: number) .decl b(x: number, y: number) .decl r(x: number, y: number)
         a(1, 2). a(3, 3). r(x, y) :- a(x, y), b(x, y).",
        "r(v, v)",
        &["+b(3, 3) by r(3, 3) gives r(3, 3); r +r(3, 3)", "all, 1 tried"],
    );
    judge(
        ".decl a(x: number, y: number) .decl b(x: number, y: number) .decl r(x: number, y: number)
         a(1, 2). r(x, y) :- a(x, y), b(x, y).",
        "r(_, _)",
        &["+b(1, 2) by r(1, 2) gives r(1, 2); r +r(1, 2)", "all, 1 tried"],
    );
}

#[test]
fn what_a_head_says_twice_of_an_open_column_is_the_same() {
    let text = ".decl a() .decl b() .decl r(x: number, y: number) r(1, 1) :- a(). r(1, 2) :- b().";
    judge(text, "r(v, v)", &["+a() by r(1, 1) gives r(1, 1); r +r(1, 1)", "all, 1 tried"]);
    judge(text, "r(_, 2)", &["+b() by r(1, 2) gives r(1, 2); r +r(1, 2)", "all, 1 tried"]);
}

#[test]
fn what_is_made_up_stands_nowhere() {
    let rest = ".decl r(x: number) r(x) :- a(x, y), !b(y).";
    for (ty, taken, new) in [
        ("number", ["0", "1"], "2"),
        ("unsigned", ["0u", "1u"], "2u"),
        ("symbol", ["\"z\"", "\"new_y\""], "\"new_y_1\""),
    ] {
        let [one, other] = taken;
        judge(
            &format!(".decl a(x: number, y: {ty}) .decl b(y: {ty}) b({one}). b({other}). {rest}"),
            "r(7)",
            &[&format!("+a(7, {new}) by r(7) gives r(7); r +r(7); 1 made up"), "all, 3 tried"],
        );
    }
    // While something that exists will do, nothing is made up.
    judge(
        ".decl a(x: number, y: number) .decl r(x: number) a(1, 2). a(3, 2). a(3, 4). r(x) :- a(x, y).",
        "r(5)",
        &["+a(5, 2) by r(5) gives r(5); r +r(5)", "+a(5, 4) by r(5) gives r(5); r +r(5)", "all, 2 tried"],
    );
    // Facts like those that exist come first.
    judge(
        ".decl a(x: number) .decl b(x: number) .decl r(x: number) b(5). r(x) :- a(x). r(x) :- b(x).",
        "r(1)",
        &["+b(1) by r(1) gives r(1); r +r(1)", "+a(1) by r(1) gives r(1); r +r(1)", "all, 2 tried"],
    );
}

#[test]
fn no_part_of_a_fix_is_enough() {
    judge(
        ".decl a(x: number) .decl b(x: number) .decl c(x: number) .decl r(x: number) r(x) :- a(x), b(x), c(x).",
        "r(1)",
        &["+a(1) +b(1) +c(1) by r(1) gives r(1); r +r(1)", "all, 7 tried"],
    );
    // With a(1) and b(1) it holds, but so it does with b(1), which is one more to be counted.
    judge(
        ".decl a(x: number) .decl b(x: number) .decl r(x: number)
         b(2). r(x) :- a(x), b(x). r(1) :- 2 = count : { b(_) }.",
        "r(1)",
        &["+b(0) by r(1) gives r(1); r +r(1); 1 made up", "cut, 6 tried"],
    );
}

#[test]
fn a_row_more_or_less_is_counted() {
    // What is counted follows from a fact: the row must be one that is not there.
    judge(
        ".decl e(x: number, y: number) .decl d(x: number, y: number) .decl big(x: number)
         e(1, 5). e(2, 5). e(2, 6). d(x, y) :- e(x, y). big(x) :- d(x, _), 2 <= count : { d(x, _) }.",
        "big(1)",
        &["+e(1, 6) by big(1) d(1, 6) gives big(1); d +d(1, 6); big +big(1)", "cut, 3 tried"],
    );
    judge(
        ".decl e(x: number, y: number) .decl small(x: number)
         e(1, 5). e(1, 6). small(x) :- e(x, _), count : { e(x, _) } < 2.",
        "small(1)",
        &[
            "-e(1, 5) by small(1) gives small(1); small +small(1)",
            "-e(1, 6) by small(1) gives small(1); small +small(1)",
            "cut, 4 tried",
        ],
    );
    // A row of several tuples is new where one of them is; what is there already serves as the other.
    judge(
        ".decl p(x: number) .decl q(x: number) .decl two(k: symbol) p(1). p(2). q(1). q(7).
         two(\"two\") :- 2 = count : { p(x), q(x) }.",
        "two(\"two\")",
        &[
            "+p(7) by two(\"two\") gives two(\"two\"); two +two(\"two\")",
            "+q(2) by two(\"two\") gives two(\"two\"); two +two(\"two\")",
            "cut, 9 tried",
        ],
    );
    // Two rows less are not thought of, and nobody says that there is nothing.
    judge(
        ".decl e(x: number, y: number) .decl small(x: number)
         e(1, 5). e(1, 6). e(1, 7). small(x) :- e(x, _), count : { e(x, _) } < 2.",
        "small(1)",
        &["cut, 7 tried"],
    );
}

#[test]
fn what_blocks_goes_with_the_facts_that_it_needs() {
    let rest =
        ".decl on(x: number) .decl n(x: number) .decl b(x: number, y: number) .decl a(x: number) .decl r(x: number)
        on(1). a(1). b(x, y) :- on(x), n(y). r(x) :- a(x), !b(x, _).";
    judge(
        &format!("{rest} n(1). n(2)."),
        "r(1)",
        &[
            "-on(1) by r(1) gives r(1); b -b(1, 1) -b(1, 2); r +r(1)",
            "-n(1) -n(2) by r(1) gives r(1); b -b(1, 1) -b(1, 2); r +r(1)",
            "all, 4 tried",
        ],
    );
    // However many tuples block, one fact may bear them all.
    judge(
        &format!("{rest} n(1). n(2). n(3). n(4)."),
        "r(1)",
        &["-on(1) by r(1) gives r(1); b -b(1, 1) -b(1, 2) -b(1, 3) -b(1, 4); r +r(1)", "all, 1 tried"],
    );
    let given =
        ".decl b(x: number, y: number) .decl a(x: number) .decl r(x: number) a(1). a(2). r(x) :- a(x), !b(x, _).
        b(1, 2). b(1, 3). b(1, 4). b(2, 1). b(2, 2). b(2, 3). b(2, 4).";
    judge(given, "r(1)", &["-b(1, 2) -b(1, 3) -b(1, 4) by r(1) gives r(1); r +r(1)", "all, 7 tried"]);
    judge(given, "r(2)", &["all, 0 tried"]);
    // Of a pattern with `_` inside, only what it fits.
    judge(
        ".type P = [x: number, y: number] .decl a(x: number, y: number) .decl b(p: P) .decl r(x: number)
         a(1, 2). b([2, 3]). b([2, 4]). b([3, 4]). r(x) :- a(x, y), !b([y, _]), y > 1.",
        "r(1)",
        &["-b([2, 3]) -b([2, 4]) by r(1) gives r(1); r +r(1)", "all, 5 tried"],
    );
    // Of two proofs a fact each would have to go: that is not looked for, and said.
    judge(
        ".decl f() .decl g() .decl b() .decl r() f(). g(). b() :- f(). b() :- g(). r() :- !b().",
        "r()",
        &["cut, 0 tried"],
    );
    // What a proof says is absent could be given.
    judge(
        ".decl f() .decl g() .decl b() .decl r() f(). b() :- f(), !g(). r() :- !b().",
        "r()",
        &["-f() by r() gives r(); b -b(); r +r()", "cut, 1 tried"],
    );
}

#[test]
fn the_search_says_where_it_was_cut() {
    // Rules on the way to a fact.
    for (rules, found) in [(24, true), (25, false)] {
        let mut text = String::from(".decl r0()\n");
        for at in 1..=rules {
            writeln!(text, ".decl r{at}()\nr{at}() :- r{}().", at - 1).unwrap();
        }
        let lines = Asked::of(&text).fixes(&format!("r{rules}()"), FixLimits::default());
        assert_eq!(lines.len(), if found { 2 } else { 1 }, "{rules} rules: {lines:?}");
        assert_eq!(lines[lines.len() - 1], if found { "all, 1 tried" } else { "cut, 0 tried" });
    }
    // Bindings of one rule.
    for (bindings, end) in [(60, "all, 9 tried"), (61, "cut, 9 tried")] {
        let mut text = String::from(
            ".decl a(y: number) .decl b(y: number, x: number) .decl r(x: number) r(x) :- a(y), b(y, x).\n",
        );
        (1..=bindings).for_each(|at| writeln!(text, "a({at}).").unwrap());
        let lines = Asked::of(&text).fixes("r(500)", FixLimits::default());
        assert_eq!(lines.last().unwrap(), end, "{bindings} bindings");
    }
    // Questions: no more are asked than could lead to so few facts.
    // Goals that are open count as facts, and so do facts that are to be given.
    for body in ["s(x), b(x)", "b(x), s(x)"] {
        let text = format!(
            ".decl b(x: number) .decl c(x: number) .decl d(x: number) .decl e(x: number) .decl s(x: number)
             .decl r(x: number) r(x) :- {body}. s(x) :- c(x), d(x), e(x)."
        );
        let mut asked = Asked::of(&text);
        let mut told = |questions| asked.fixes("r(1)", FixLimits { questions, ..FixLimits::default() });
        assert_eq!((0..60).find(|&questions| told(questions) == ["all, 0 tried"]), Some(11), "{body}");
    }
    // Fixes: worse ones are not tried once there are enough.
    let text = ".decl a(x: number) .decl b(x: number) .decl c(x: number) .decl s(x: number) .decl r(x: number)
        c(1). r(x) :- a(x). r(x) :- b(x), c(x). r(x) :- s(x), b(x), a(x). r(x) :- d(x), e(x). s(x) :- c(x), a(x).
        .decl d(x: number) .decl e(x: number)";
    let mut asked = Asked::of(text);
    let mut told = |fixes| asked.fixes("r(1)", FixLimits { fixes, ..FixLimits::default() });
    assert_eq!(told(1), ["+b(1) by r(1) gives r(1); r +r(1)", "all, 2 tried"]);
    let both = ["+b(1) by r(1) gives r(1); r +r(1)", "+a(1) by r(1) gives r(1); s +s(1); r +r(1)"];
    assert_eq!(told(2), [both[0], both[1], "all, 2 tried"]);
    assert_eq!(told(3), [both[0], both[1], "+d(1) +e(1) by r(1) gives r(1); r +r(1)", "all, 5 tried"]);
    // Of fixes that are equally good at first sight thrice as many as are told, whether or not there are better ones.
    let text = ".decl a(x: number) .decl b(x: number) .decl c(x: number) .decl d(x: number) .decl e(x: number)
        .decl f(x: number) .decl g(x: number) @[adjustable] .decl h(x: number) .decl r(x: number)
        r(x) :- a(x). r(x) :- b(x). r(x) :- c(x). r(x) :- d(x). r(x) :- e(x). r(x) :- f(x). r(x) :- g(x). r(x) :- h(x).";
    for (fixes, tried) in [(1, 1), (2, 7), (3, 8)] {
        let lines = Asked::of(text).fixes("r(1)", FixLimits { fixes, ..FixLimits::default() });
        assert_eq!(lines[0], "+h(1) by r(1) gives r(1); r +r(1)");
        assert_eq!(lines[fixes], format!("all, {tried} tried"));
    }
}

/// Four goals, or two facts and two tuples that block, are more than three facts serve, unless they rest on the same ones.
#[test]
fn goals_that_may_share_a_fact_are_not_said_to_be_too_many() {
    let rest = ".decl a() .decl b() .decl c() .decl d() .decl e() .decl f() .decl r() r() :- a(), b(), c(), d().";
    judge(rest, "r()", &["all, 0 tried"]);
    judge(&format!("{rest} a() :- e(). b() :- f()."), "r()", &["all, 0 tried"]);
    judge(
        &format!("{rest} .decl w() a() :- w(). b() :- w(). c() :- w(). d() :- w(). w() :- e()."),
        "r()",
        &["cut, 0 tried"],
    );
    judge(
        ".decl b() .decl c() .decl d() .decl e() .decl s() .decl t() .decl r()
         b(). s() :- !b(). t() :- c(), d(), e(). r() :- s(), t().",
        "r()",
        &["all, 0 tried"],
    );
    // Three of them are all that is missing, or one is.
    judge(
        &format!("{rest} a() :- e(). b() :- e(). c() :- e(). d() :- e(). d()."),
        "r()",
        &["+e() by r() a() b() c() gives r(); a +a(); b +b(); c +c(); r +r()", "all, 1 tried"],
    );
    let rest = ".decl e() .decl b() .decl c() .decl f(x: number) .decl s() .decl r() e(). b() :- e().
        s() :- !b(), !c(). r() :- f(1), f(2), s().";
    judge(&format!("{rest} c() :- e()."), "r()", &["cut, 0 tried"]);
    judge(rest, "r()", &["+f(1) +f(2) -e() by r() s() gives r(); b -b(); s +s(); r +r()", "all, 7 tried"]);
}

/// The same where several tuples block one literal.
#[test]
fn what_is_taken_away_counts_beside_goals_that_may_share_a_fact() {
    let text = ".decl a() .decl c() .decl e() .decl f() .decl g() .decl b(x: number) .decl r() b(1). b(2).";
    let (apart, shared) = ("r() :- f(), g(), !b(_).", "r() :- a(), c(), !b(_). a() :- e(). c() :- e().");
    judge(&format!("{text} b(3). b(4). r() :- !b(_)."), "r()", &["all, 0 tried"]);
    judge(&format!("{text} {apart}"), "r()", &["all, 0 tried"]);
    judge(&format!("{text} {shared}"), "r()", &["cut, 0 tried"]);
    judge(&format!("{text} {shared} {apart}"), "r()", &["cut, 0 tried"]);
}

/// Alarms first, then watched relations, then the others in order of declaration.
#[test]
fn effects_come_in_order_of_their_weight() {
    judge(
        ".decl a(x: number) .decl p(x: number) .decl q(x: number)
         @[watch] .decl w(x: number) @[alarm] .decl m(x: number) .decl z(x: number) .decl b(x: number) .decl r(x: number)
         b(1). z(x) :- b(x), !a(x). r(x) :- a(x). p(x) :- a(x). q(x) :- a(x), x > 3. w(x) :- a(x). m(x) :- a(x).",
        "r(1)",
        &["+a(1) by r(1) gives r(1); m +m(1); w +w(1); p +p(1); z -z(1); r +r(1)", "all, 1 tried"],
    );
    // Of fixes that are equally good at first sight, those with the fewest alarms, then those that change least.
    judge(
        "@[alarm] .decl m(x: number) .decl a(x: number) .decl b(x: number) .decl c(x: number) .decl z(x: number)
         .decl r(x: number) a(5). b(5). c(5). r(x) :- a(x). r(x) :- b(x). r(x) :- c(x). m(x) :- a(x). z(x) :- b(x).",
        "r(1)",
        &[
            "+c(1) by r(1) gives r(1); r +r(1)",
            "+b(1) by r(1) gives r(1); z +z(1); r +r(1)",
            "+a(1) by r(1) gives r(1); m +m(1); r +r(1)",
            "all, 3 tried",
        ],
    );
}

#[test]
fn values_are_those_that_other_goals_allow_and_that_stand_most_often() {
    // What the body of one goal leaves of y is what the other one is about.
    judge(
        ".decl p(x: number) .decl q(y: number) .decl u(y: number) .decl s(x: number, y: number) .decl t(y: number)
         .decl z(x: number) .decl r(x: number) q(100). z(1). z(2). z(3). z(4).
         s(x, y) :- p(x), q(y). t(y) :- u(y). r(x) :- s(x, y), t(y).",
        "r(7)",
        &["+p(7) +u(100) by r(7) s(7, 100) t(100) gives r(7); s +s(7, 100); t +t(100); r +r(7)", "all, 3 tried"],
    );
    judge(
        ".decl a(x: number, y: number) .decl r(x: number)
         a(1, 1). a(1, 2). a(1, 3). a(1, 4). a(1, 9). a(2, 9). r(x) :- a(x, y), y > 8.",
        "r(5)",
        &["+a(5, 9) by r(5) gives r(5); r +r(5)", "all, 4 tried"],
    );
}

#[test]
fn goals_are_taken_apart_one_by_one() {
    let text = ".decl a(x: number) .decl b(x: number) .decl c(x: number) .decl s(x: number) .decl r(x: number)
        r(x) :- s(x), b(x). s(x) :- a(x), c(x).";
    let mut asked = Asked::of(text);
    let all = ["+a(1) +b(1) +c(1) by r(1) s(1) gives r(1); s +s(1); r +r(1)", "all, 7 tried"];
    // Five goals; how many are open at once does not matter.
    for (goals, found) in [(4, &["cut, 0 tried"][..]), (5, &all), (6, &all)] {
        assert_eq!(asked.fixes("r(1)", FixLimits { goals, ..FixLimits::default() }), found, "{goals} goals");
    }
}
