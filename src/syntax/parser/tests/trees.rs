//! What well-written programs parse to.

use super::{EVERYTHING, well};
use crate::symbol::Interner;
use crate::syntax::ast::{Formula, ItemKind, Term, TermKind};
use crate::syntax::print::{print_formula, print_program, print_term};
use insta::assert_snapshot;

#[test]
fn the_whole_language_parses() {
    let (program, _) = well(EVERYTHING);
    assert_eq!(program.items.len(), 38);
}

/// A term with every operator in parentheses, so that the tree can be read off.
fn shape(term: &Term, symbols: &Interner) -> String {
    let all = |terms: &[Term]| terms.iter().map(|term| shape(term, symbols)).collect::<Vec<_>>().join(" ");
    match &term.kind {
        TermKind::Call { functor, arguments } => format!("({} {})", functor.name(), all(arguments)),
        TermKind::Aggregate(aggregate) => {
            let target = aggregate.target.as_ref().map_or(String::new(), |target| shape(target, symbols) + " ");
            format!("({} {target}: {})", aggregate.op.name(), print_formula(&aggregate.body, symbols))
        }
        _ => print_term(term, symbols),
    }
}

#[test]
fn operators_bind_as_in_souffle() {
    let shapes = |text: &str| {
        let mut lines = String::new();
        for term in text.lines() {
            let (program, symbols) = well(&format!("t({term})."));
            let ItemKind::Clause(clause) = &program.items[0].kind else { panic!("no clause") };
            lines.push_str(&format!("{term}  =>  {}\n", shape(&clause.heads[0].arguments[0], &symbols)));
        }
        lines
    };
    let arithmetic = "a - b - c\na + b * c\na * b + c\na ^ b ^ c\n-2 ^ 2\n(-2) ^ 2\n2 ^ -2\n2 ^ -a ^ b\n-a * b\n- 5\n--5\n-(5)\na - -5\na -5\na % b / c";
    assert_snapshot!(shapes(arithmetic), @r"
    a - b - c  =>  (- (- a b) c)
    a + b * c  =>  (+ a (* b c))
    a * b + c  =>  (+ (* a b) c)
    a ^ b ^ c  =>  (^ a (^ b c))
    -2 ^ 2  =>  (- (^ 2 2))
    (-2) ^ 2  =>  (^ -2 2)
    2 ^ -2  =>  (^ 2 -2)
    2 ^ -a ^ b  =>  (^ 2 (- (^ a b)))
    -a * b  =>  (* (- a) b)
    - 5  =>  -5
    --5  =>  (- -5)
    -(5)  =>  (- 5)
    a - -5  =>  (- a -5)
    a -5  =>  (- a 5)
    a % b / c  =>  (/ (% a b) c)
    ");
    let words = "a lor b lxor c land d bor e bxor f band g bshl h + i\na bshl b bshr c bshru d\nbnot a band lnot b\nbnot -a ^ b\na + b bshl c + d";
    assert_snapshot!(shapes(words), @r"
    a lor b lxor c land d bor e bxor f band g bshl h + i  =>  (lor a (lxor b (land c (bor d (bxor e (band f (bshl g (+ h i))))))))
    a bshl b bshr c bshru d  =>  (bshru (bshr (bshl a b) c) d)
    bnot a band lnot b  =>  (band (bnot a) (lnot b))
    bnot -a ^ b  =>  (bnot (- (^ a b)))
    a + b bshl c + d  =>  (bshl (+ a b) (+ c d))
    ");
    let aggregates = "count : p(_) + 1\nsum x + 1 : p(x)\nmax (x) * 2 : { p(x), x < 3 }\nmin(x, y)\nmax(x, y, z) + 1\nmax x : p(x) * 2\n-count : p(_)\nmax max(x, y) : p(x, y)";
    assert_snapshot!(shapes(aggregates), @r"
    count : p(_) + 1  =>  (+ (count : p(_)) 1)
    sum x + 1 : p(x)  =>  (sum (+ x 1) : p(x))
    max (x) * 2 : { p(x), x < 3 }  =>  (max (* x 2) : p(x), x < 3)
    min(x, y)  =>  (min x y)
    max(x, y, z) + 1  =>  (+ (max x y z) 1)
    max x : p(x) * 2  =>  (* (max x : p(x)) 2)
    -count : p(_)  =>  (- (count : p(_)))
    max max(x, y) : p(x, y)  =>  (max (max x y) : p(x, y))
    ");
}

#[test]
fn bodies_group_as_they_are_written() {
    let bodies = |text: &str| {
        let mut lines = String::new();
        for body in text.lines() {
            let (program, symbols) = well(&format!("?- {body}."));
            let ItemKind::Goal(goal) = &program.items[0].kind else { panic!("no goal") };
            lines.push_str(&format!("{body}  =>  {}\n", tree(&goal.body, &symbols)));
        }
        lines
    };
    let text = "a(), b(); c()\na(), (b(); c())\n(a(), b()), c()\n!(a(), b()), !!c()\n!x = y, z()\n((x)) = 1\n((a()))\n(x + 1) * 2 < y\n((x + 1) ^ 2 < y ; true)\n!((x) = y)";
    assert_snapshot!(bodies(text), @r"
    a(), b(); c()  =>  (or (and a() b()) c())
    a(), (b(); c())  =>  (and a() (or b() c()))
    (a(), b()), c()  =>  (and (and a() b()) c())
    !(a(), b()), !!c()  =>  (and (not (and a() b())) (not (not c())))
    !x = y, z()  =>  (and (not x = y) z())
    ((x)) = 1  =>  x = 1
    ((a()))  =>  a()
    (x + 1) * 2 < y  =>  (x + 1) * 2 < y
    ((x + 1) ^ 2 < y ; true)  =>  (or (x + 1) ^ 2 < y true)
    !((x) = y)  =>  (not x = y)
    ");
}

fn tree(formula: &Formula, symbols: &Interner) -> String {
    let all = |parts: &[Formula]| parts.iter().map(|part| tree(part, symbols)).collect::<Vec<_>>().join(" ");
    match formula {
        Formula::And(parts) => format!("(and {})", all(parts)),
        Formula::Or(parts) => format!("(or {})", all(parts)),
        Formula::Not(inner, _) => format!("(not {})", tree(inner, symbols)),
        _ => print_formula(formula, symbols),
    }
}

#[test]
fn constants_have_the_values_they_show() {
    let (program, symbols) = well("t(007, 0x1fu, 0b11, 1).");
    assert_eq!(print_program(&program, &symbols), "t(7, 31u, 3, 1).\n");
    let (program, symbols) =
        well("t(18446744073709551615, -9223372036854775808, 10.0.0.1, 255.255.255.255, 0.10, -0.0).");
    assert_eq!(
        print_program(&program, &symbols),
        "t(18446744073709551615, -9223372036854775808, 167772161, 4294967295, 0.1, -0.0).\n"
    );
    let (program, symbols) = well("t(\"\\\"\\'\\\\\\a\\b\\f\\n\\r\\t\\v\", \"ä\n\").");
    assert_eq!(print_program(&program, &symbols), "t(\"\\\"'\\\\\\a\\b\\f\\n\\r\\t\\v\", \"ä\\n\").\n");
}

#[test]
fn documentation_and_annotations_belong_to_the_next_item() {
    let text = "/// Edges,\n/// directed.\n@[label = \"e\"] /// More.\n@[quiet, watch = yes, other(a, (b), \"c\")]\n.decl edge(x: number /// inside\n)\n\
                .decl path(x: number) /// late\n// plain\n/** Block\n * text */ edge(1).";
    let (program, symbols) = well(text);
    assert_snapshot!(print_program(&program, &symbols), @r#"
    /// Edges,
    /// directed.
    /// More.
    @[label = "e"]
    @[quiet]
    @[watch = "yes"]
    @[other]
    .decl edge(x: number)
    .decl path(x: number)
    /// late
    /// Block
    /// text
    edge(1).
    "#);
}

#[test]
fn a_full_stop_before_a_name_joins_a_path() {
    let (program, symbols) = well("x.y(a) :- u.v.w(a), b = a.\nc(1).d(2).\n.input x.y");
    assert_snapshot!(print_program(&program, &symbols), @r"
    x.y(a) :- u.v.w(a), b = a.
    c(1).
    d(2).
    .input x.y
    ");
}
