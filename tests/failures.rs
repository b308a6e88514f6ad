//! Which error an evaluation ends with depends on the program and its facts, and on nothing else: not on the order of
//! literals, rules or facts, of joins, nor on how many bindings go through a step at once, nor on threads.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics

use onus::session::{MemoryLoader, Options, Session};

const FACTS: &str = r#"
.decl a(x: number, y: number)
.decl b(x: number, s: symbol)
.decl c(x: number)
a(1, 0). a(2, 0). a(6, 3). a(7, 9223372036854775807). a(8, 1). a(9, 0). a(10, 5).
b(1, "("). b(2, "12"). b(6, "[a"). b(7, "x7"). b(8, "["). b(10, "3").
c(2). c(6). c(7). c(8). c(10).
.decl p(x: number, y: number)
"#;

/// Heads with the literals of their bodies; which of them fails first is a matter of what is evaluated first.
const RULES: [(&str, &[&str]); 9] = [
    ("p(x / y, x)", &["a(x, y)", "c(x)", "b(x, _)"]),
    ("p(x, y)", &["a(x, y)", "x / y > 1", "c(x)"]),
    ("p(x, y)", &["a(x, y)", "b(x, s)", "match(s, \"a\")", "x / y > 0"]),
    ("p(x, n)", &["a(x, y)", "b(x, s)", "n = to_number(s)", "y * 2 > n", "c(x)"]),
    ("p(x, n)", &["a(x, y)", "n = x + y", "c(n)", "b(x, s)", "!match(s, \"b\")"]),
    ("p(x, y)", &["a(x, y)", "b(x, s)", "to_number(s) > 2", "10 / y > 1", "x % y = 0"]),
    ("p(x, z)", &["c(x)", "z = sum y : { a(x, y), y / x > 0 }", "b(x, s)", "to_number(s) = z"]),
    ("p(x, y)", &["a(x, y)", "x * 9223372036854775807 > y", "y - 1 > 9223372036854775807 / y", "c(x)"]),
    ("p(x, z)", &["a(x, y)", "z = range(0, 10 / y)", "b(x, s)", "!match(s, to_string(z))"]),
];

/// All orders of some things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for order in orders(count - 1) {
        for at in 0..count {
            let mut order = order.clone();
            order.insert(at, count - 1);
            all.push(order);
        }
    }
    all
}

/// The code and the message of the error, and the rows where there is none.
fn outcome(text: &str, options: Options) -> String {
    let mut session = Session::new(Box::new(MemoryLoader::default()), options);
    session.add_program("a.dl", text);
    match session.evaluate() {
        Ok(model) => format!("{:?}", model.sorted(model.find("p").unwrap())),
        Err(failure) => {
            let found: Vec<String> =
                failure.diagnostics.iter().map(|it| format!("{} {}", it.code.id, it.message)).collect();
            found.join("\n")
        }
    }
}

fn varied(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    options.check.warnings = false;
    change(&mut options);
    options
}

#[test]
fn errors_do_not_depend_on_the_order_of_literals_joins_or_facts() {
    let backwards: Vec<&str> = FACTS.lines().rev().filter(|line| !line.starts_with('.')).collect();
    let declarations: Vec<&str> = FACTS.lines().filter(|line| line.starts_with('.')).collect();
    let backwards = format!("{}\n{}\n", declarations.join("\n"), backwards.join("\n"));
    for (head, body) in RULES {
        let rule = |order: &[usize]| {
            let literals: Vec<&str> = order.iter().map(|&at| body[at]).collect();
            format!("{head} :- {}.", literals.join(", "))
        };
        let written: Vec<usize> = (0..body.len()).collect();
        let wanted = outcome(&format!("{FACTS}{}", rule(&written)), varied(|_| ()));
        assert!(wanted.starts_with("E07"), "{head}: {wanted}");
        for order in orders(body.len()) {
            let rule = rule(&order);
            let found = outcome(&format!("{FACTS}{rule}"), varied(|_| ()));
            assert_eq!(found, wanted, "{rule}");
        }
        for seed in 0..12 {
            let options = varied(|options| {
                options.eval.shuffle = Some(seed);
                options.eval.batch_size = [1, 2, 3, 1024][seed as usize % 4];
                options.eval.threads = [1, 2, 3, 8][seed as usize / 3];
                options.eval.wave = [1, 4, 1 << 20][seed as usize % 3];
            });
            let found = outcome(&format!("{backwards}{}", rule(&written)), options);
            assert_eq!(found, wanted, "{head}, seed {seed}");
        }
    }
}

#[test]
fn of_several_rules_the_first_is_named() {
    let rules = "p(x, x / y) :- a(x, y).\np(x, n) :- b(x, s), n = to_number(s).\n";
    let wanted = outcome(&format!("{FACTS}{rules}"), varied(|_| ()));
    assert_eq!(wanted, "E0701 `1 / 0` divides by zero");
    for size in [1, 5, 1024] {
        assert_eq!(outcome(&format!("{FACTS}{rules}"), varied(|options| options.eval.batch_size = size)), wanted);
    }
}

/// Rules without arithmetic run on all threads where there is much to do; here there is, a little at a time.
#[test]
fn errors_do_not_depend_on_threads() {
    let mut facts = String::from(".decl e(x: number, y: number)\n.decl s(x: number, t: symbol)\n");
    for x in 0..300 {
        facts.push_str(&format!("e({x}, {}). e({x}, {}).\n", (x * 7 + 3) % 300, (x * 11 + 1) % 300));
        let text = if x % 50 == 17 { format!("({x}") } else { format!("t{x}") };
        facts.push_str(&format!("s({x}, \"{text}\").\n"));
    }
    let rules = [
        // What fails is found in the middle of a join.
        ".decl p(x: number, y: number)\np(x, z) :- e(x, y), e(y, z), s(z, t), match(t, \"t1\").\n",
        // What fails is found in the second round.
        ".decl p(x: number, y: number)\np(x, y) :- e(x, y), x < 9.\np(x, z) :- p(x, y), e(y, z), s(z, t), !match(t, \"x\").\n",
        // Two rules fail, and the first is named.
        ".decl p(x: number, y: number)\np(x, y) :- e(x, y), s(y, t), match(t, \"t\").\np(x, y) :- s(x, t), e(x, y), match(t, \"t\").\n",
    ];
    for rules in rules {
        let text = format!("{facts}{rules}");
        let wanted = outcome(&text, varied(|options| options.eval.threads = 1));
        assert!(wanted.starts_with("E0704 \"(17\" is not a pattern"), "{wanted}");
        for threads in [2, 3, 8] {
            for (wave, direct) in [(1, true), (1, false), (64, true), (1024, false)] {
                let options = varied(|options| {
                    options.eval.threads = threads;
                    options.eval.wave = wave;
                    options.eval.direct = direct;
                });
                assert_eq!(outcome(&text, options), wanted, "{threads} threads, {wave}, {direct}: {rules}");
            }
            for overlap in [1, 16, 1024] {
                let options = varied(|options| {
                    options.eval.threads = threads;
                    options.eval.overlap = overlap;
                });
                assert_eq!(outcome(&text, options), wanted, "{threads} threads, side by side from {overlap}: {rules}");
            }
        }
    }
}
