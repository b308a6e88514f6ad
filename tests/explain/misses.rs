//! Why not, one property at a time: which literals fail, what cannot be told, and what is near.

use onus::explain::WhyNotLimits;

use crate::support::Asked;

/// What is said of an atom, without the line that repeats it.
fn judge(text: &str, wanted: &str, lines: &[&str]) {
    let found = Asked::of(text).why_not(wanted, WhyNotLimits::default());
    let short: Vec<String> =
        found.iter().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(short, lines, "{wanted} in\n{text}");
}

#[test]
fn what_nothing_binds_cannot_be_told() {
    let open = "1 r(1) would follow by test.dl:1 but 1 of 2 literals fails";
    for literal in ["y < 5", "5 > y", "y != 5", "!b(y)", "!c([y, _])", "!match(\"5\", to_string(y))", "5 = y * y"] {
        judge(
            &format!(
                ".type P = [x: number, y: number] .decl a(x: number, y: number) .decl b(x: number) .decl c(p: P) \
                 .decl r(x: number) b(7). c([7, 8]). r(x) :- a(x, y), {literal}."
            ),
            "r(1)",
            &[open, "│ a(1, ?y) ✗ never given", &format!("│ {} cannot be told", literal.trim_start_matches('!'))],
        );
    }
    // What is bound later in the body, or by an equation with either side first, can.
    judge(
        ".decl a(x: number) .decl b(x: number, y: number) .decl c(x: number) .decl r(x: number)
         a(2). b(1, 3). c(9). r(x) :- !c(y), b(x, y), a(x).",
        "r(1)",
        &[
            "1 r(1) would follow by test.dl:2 but 1 of 3 literals fails",
            "│ a(1) ✗ never given",
            "│ a(2) ≈ near: other x",
        ],
    );
    for (equation, compared) in [("y = x + 1", "not 5 = 2"), ("x + 1 = y", "not 2 = 5")] {
        judge(
            &format!(
                ".decl a(x: number) .decl b(x: number) .decl r(x: number)
                 a(1). b(5). r(x) :- a(x), {equation}, b(y)."
            ),
            "r(1)",
            &[
                "1 r(1) would follow by test.dl:2 but 1 of 3 literals fails",
                &format!("│ {equation} ✗ compared {compared}"),
                "2 r(1) would follow by test.dl:2 but 1 of 3 literals fails",
                "│ b(2) ✗ never given",
                "│ b(5) ≈ near: other x",
            ],
        );
    }
}

#[test]
fn what_has_several_values_is_asked_once() {
    let text = ".decl a(x: number) .decl b(x: number) .decl r(x: number, y: number)
        a(1). r(x, y) :- a(x), y = range(0, 3), b(y).";
    judge(
        text,
        "r(1, 7)",
        &[
            "1 r(1, 7) would follow by test.dl:2 but 2 of 3 literals fail",
            "│ y = range(0, 3) ✗ compared",
            "│ b(7) ✗ never given",
        ],
    );
    judge(
        ".decl a(x: number) .decl b(x: number) .decl r(x: number, y: number)
         a(1). b(7). r(x, y) :- a(x), y = range(0, 1), b(y).",
        "r(1, 7)",
        &["1 r(1, 7) would follow by test.dl:2 but 1 of 3 literals fails", "│ y = range(0, 1) ✗ compared"],
    );
    judge(
        text,
        "r(1, _)",
        &[
            "1 r(1, ?y) would follow by test.dl:2 but 1 of 3 literals fails",
            "│ b(?y) ✗ never given",
            "│ ?y is any of 0, 1, 2 3 values",
        ],
    );
    // What is computed has no name, but a column.
    judge(
        ".decl a(x: number) .decl b(c: number, z: number) .decl r(z: number)
         a(1). a(2). r(z) :- a(x), b(x + 1, z).",
        "r(5)",
        &["1 r(5) would follow by test.dl:2 but 1 of 2 literals fails", "│ b(?c, 5) ✗ never given"],
    );
    // A pattern with `_` has no value of its own.
    judge(
        ".type P = [x: number, y: number] .decl a(x: number, p: P) .decl b(p: P) .decl r(x: number)
         a(1, [1, 5]). a(1, [2, 6]). b([9, 9]). r(x) :- a(x, p), p = [x, _], b(p).",
        "r(1)",
        &[
            "1 r(1) would follow by test.dl:2 but 1 of 3 literals fails",
            "│ b([1, 5]) ✗ never given",
            "│ b([9, 9]) ≈ near: other p",
        ],
    );
    // Branches and constants inside are those that it says.
    judge(
        ".type T = A {x: number, y: number, z: number} | B {x: number, y: number, z: number}
         .decl a(x: number, y: number) .decl b(t: T) .decl r(x: number)
         a(1, 2). b($A(2, 7, 0)). b($A(2, 8, 0)). b($A(3, 7, 0)). b($B(2, 7, 0)). r(x) :- a(x, y), !b($A(y, 7, _)), y > 1.",
        "r(1)",
        &[
            "1 r(1) would follow by test.dl:3 but 1 of 3 literals fails",
            "│ b($A(2, 7, 0)) ✗ blocks b($A(y, 7, _))",
            "2 r(1) would follow by test.dl:3 but 1 of 3 literals fails",
            "│ a(1, ?y) ✗ never given",
            "│ a(1, 2) ≈ near: holds, but not together with the others",
            "│ b($A(y, 7, _)) cannot be told",
            "│ y > 1 cannot be told",
        ],
    );
    // What stands in its way is there, whatever stands in place of the `_`.
    judge(
        ".type P = [x: number, y: number] .decl a(x: number, y: number) .decl b(p: P) .decl r(x: number)
         a(1, 2). b([2, 3]). b([2, 4]). b([3, 4]). r(x) :- a(x, y), !b([y, _]).",
        "r(1)",
        &[
            "1 r(1) would follow by test.dl:2 but 1 of 2 literals fails",
            "│ b([2, 3]) ✗ blocks b([y, _])",
            "│ b([2, 4]) ✗ blocks b([y, _])",
            "2 r(1) would follow by test.dl:2 but 1 of 2 literals fails",
            "│ a(1, ?y) ✗ never given",
            "│ a(1, 2) ≈ near: holds, but not together with the others",
            "│ b([y, _]) cannot be told",
        ],
    );
}

/// Of rules that miss it by equally many literals, those come first to which something is near.
#[test]
fn what_is_near_comes_before_what_is_not() {
    judge(
        ".decl a(x: number) .decl b(x: number) .decl r(x: number) b(2). r(x) :- a(x). r(x) :- b(x).",
        "r(1)",
        &[
            "1 r(1) would follow by test.dl:1 but 1 of 1 literal fails",
            "│ b(1) ✗ never given",
            "│ b(2) ≈ near: other x",
            "2 r(1) would follow by test.dl:1 but 1 of 1 literal fails",
            "│ a(1) ✗ never given",
        ],
    );
}

#[test]
fn heads_are_told_from_bodies() {
    // Nothing has the same value twice.
    let lines =
        Asked::of(".decl a(x: number, y: number) .decl r(x: number, y: number) a(1, 2). a(2, 1). r(x, y) :- a(x, y).")
            .why_not("r(v, v)", WhyNotLimits::default());
    assert!(lines[0].contains("r(?v, ?v)") && lines[0].contains("does not hold"), "{lines:?}");
    // Rules whose head has another constant, and one that has it.
    let text = ".decl a(x: number) .decl r(k: symbol, x: number)
        a(1). a(2). r(\"k\", x) :- a(x). r(\"l\", x) :- a(x), x > 1.";
    let excluded = "│ k would be \"k\" ✗ excluded test.dl:2";
    judge(
        text,
        "r(\"l\", 1)",
        &[
            excluded,
            "1 r(\"l\", 1) would follow by test.dl:2 but 1 of 2 literals fails",
            "│ x > 1 ✗ compared not 1 > 1",
        ],
    );
    judge(text, "r(\"m\", 1)", &[excluded, "│ k would be \"l\" ✗ excluded test.dl:2", "│ r(\"k\", 1) ≈ near: other k"]);
}

#[test]
fn what_stands_in_its_place_is_told() {
    let text = ".decl c(who: symbol, n: number) .decl best(who: symbol, n: number)
        c(\"a\", 1). c(\"a\", 2). c(\"a\", 3). c(\"b\", 7).
        best(w, n) :- c(w, n).
        best(w, n) <= best(w, m) :- n < m.";
    // It was derived, and misses nothing.
    judge(text, "best(\"a\", 1)", &["│ best(\"a\", 3) ✗ replaces it test.dl:4"]);
    judge(
        text,
        "best(\"a\", 0)",
        &[
            "│ best(\"a\", 3) ✗ replaces it test.dl:4",
            "1 best(\"a\", 0) would follow by test.dl:3 but 1 of 1 literal fails",
            "│ c(\"a\", 0) ✗ never given",
            "│ c(\"a\", 1) ≈ near: other n",
            "│ c(\"a\", 2) ≈ near: other n",
        ],
    );
    judge(
        text,
        "best(\"b\", 9)",
        &[
            "1 best(\"b\", 9) would follow by test.dl:3 but 1 of 1 literal fails",
            "│ c(\"b\", 9) ✗ never given",
            "│ c(\"b\", 7) ≈ near: other n",
        ],
    );
    // In a later round: it was there for a while.
    judge(
        ".decl s(n: number) .decl d(n: number)
         s(1). s(2). d(n) :- s(n). d(n + 1) :- d(n), n < 5.
         d(n) <= d(m) :- n < m.",
        "d(1)",
        &["│ d(5) ✗ replaces it test.dl:3"],
    );
    // The first of a choice.
    judge(
        ".decl s(x: number, y: number) .decl pick(x: number, y: number) choice-domain x
         s(1, 2). s(1, 3). s(2, 2). pick(x, y) :- s(x, y).",
        "pick(1, 3)",
        &["│ pick(1, 2) ✗ was chosen first"],
    );
}

#[test]
fn what_is_near_agrees_in_a_column() {
    let text = ".decl one(x: number) .decl two(x: symbol, y: symbol) one(3). one(9).
        two(\"ab\", \"cd\"). two(\"ab\", \"ce\"). two(\"xx\", \"yy\").";
    judge(text, "one(4)", &["│ one(3) ≈ near: other x", "│ one(9) ≈ near: other x"]);
    judge(
        text,
        "two(\"ab\", \"cf\")",
        &[
            "│ nothing is called \"cf\": did you mean \"cd\"?",
            "│ two(\"ab\", \"cd\") ≈ near: other y",
            "│ two(\"ab\", \"ce\") ≈ near: other y",
        ],
    );
    judge(text, "two(\"qq\", \"zz\")", &[]);
    // What differs in fewer columns comes first, then what is spelt more alike.
    judge(
        ".decl t(x: number, y: number, z: symbol) t(1, 2, \"wide\"). t(1, 2, \"ward\"). t(1, 3, \"word\").",
        "t(1, 2, \"words\")",
        &[
            "│ nothing is called \"words\": did you mean \"word\"?",
            "│ t(1, 2, \"ward\") ≈ near: other z",
            "│ t(1, 2, \"wide\") ≈ near: other z",
        ],
    );
    // Of bindings that fail alike so many are looked at for what is near.
    let rows = |last: usize| (1..=last).map(|at| format!("a({at}). ")).collect::<String>();
    for (last, first) in [(16, "│ b(16, 5, 4) ≈ near: other z"), (17, "│ b(17, 5, 4) ≈ near: other x, z")] {
        judge(
            &format!(
                ".decl a(x: number) .decl b(x: number, y: number, z: number) .decl r(z: number)
                 {} b({last}, 5, 4). b(90, 5, 4). r(z) :- a(x), b(x, 5, z), x > 0.",
                rows(last)
            ),
            "r(3)",
            &[
                "1 r(3) would follow by test.dl:2 but 1 of 3 literals fails",
                "│ b(?x, 5, 3) ✗ never given",
                first,
                "│ b(90, 5, 4) ≈ near: other x, z",
                &format!("│ ?x is any of 1, 2, 3, 4, 5, … {last} values"),
            ],
        );
    }
}
