//! Critical facts and rules, and pairs: the same as deleting each and looking.

use std::collections::BTreeSet;

use onus::eval::Options;
use onus::explain::{Changes, CriticalLimits, SliceLimits, WitnessLimits, critical, sibling};
use onus::model::{Model, Tuple};
use onus::report::critical::render;
use onus::report::proof::TextOptions;
use onus::responsibility::cite::Citations;
use onus_judge::random::Random;

use crate::support::{Asked, Mix, follows, given, model, program, shipped, tuple, tuples};

fn without(all: &[Tuple], gone: &[&Tuple]) -> Vec<Tuple> {
    all.iter().filter(|fact| !gone.contains(fact)).cloned().collect()
}

fn judge(text: &str, pick: &mut Random, pairs: bool) -> usize {
    let Some(model) = model(text) else { return 0 };
    let facts = given(&model);
    let mut derived = tuples(&model);
    derived.retain(|tuple| model.rank(tuple).is_some_and(|rank| rank.round > 0));
    let alone: Vec<Model> = facts.iter().map(|fact| follows(&model, without(&facts, &[fact]))).collect();
    let count = 3.min(derived.len());
    for _ in 0..count {
        let goal = pick.pick(&derived).unwrap().clone();
        let found = critical(&model, &goal, CriticalLimits::default(), &Options::default()).unwrap().unwrap();
        assert!(found.complete);
        let wanted: BTreeSet<&Tuple> =
            facts.iter().zip(&alone).filter(|(_, model)| model.row_of(&goal).is_none()).map(|(fact, _)| fact).collect();
        let single: BTreeSet<&Tuple> = found.facts.iter().map(|(fact, _)| fact).collect();
        let name = model.literal(&goal);
        assert_eq!(single, wanted, "facts of {name} in\n{text}");
        let rules: Vec<u32> = found.rules.iter().map(|&rule| model.program().rule(rule).clause).collect();
        for (id, rule) in model.program().rules() {
            let changes = Changes::dropping(vec![id]);
            let lost = sibling(&model, &changes, None, None, &Options::default()).unwrap().row_of(&goal).is_none();
            assert_eq!(rules.contains(&rule.clause), lost, "rule {} of {name} in\n{text}", model.text(rule.span));
        }
        if pairs {
            let mut wanted = BTreeSet::new();
            for (at, one) in facts.iter().enumerate().filter(|(_, fact)| !wanted_has(&single, fact)) {
                for other in facts[at + 1..].iter().filter(|fact| !wanted_has(&single, fact)) {
                    if follows(&model, without(&facts, &[one, other])).row_of(&goal).is_none() {
                        wanted.insert(BTreeSet::from([one, other]));
                    }
                }
            }
            let pairs: BTreeSet<BTreeSet<&Tuple>> =
                found.pairs.iter().map(|(one, other)| BTreeSet::from([one, other])).collect();
            assert_eq!(pairs, wanted, "pairs of {name} in\n{text}");
        }
    }
    count
}

fn wanted_has(single: &BTreeSet<&Tuple>, fact: &Tuple) -> bool {
    single.contains(fact)
}

fn run(seed: u64, programs: u64, mix: Mix, pairs: bool) {
    let mut judged = 0;
    for index in 0..programs {
        let mut random = Random::of_program(seed, index);
        let text = program(&mut random, mix);
        judged += judge(&text, &mut random, pairs);
    }
    assert!(judged as u64 > programs / 2, "only {judged} tuples judged");
}

/// Acceptance 3, here and in the next two: facts and rules by single deletion, pairs by double deletion.
#[test]
fn critical_equals_deletion_without_negation() {
    run(11, 60, Mix { negation: false, aggregates: false }, true);
}

#[test]
fn critical_equals_deletion_with_negation() {
    run(12, 60, Mix { negation: true, aggregates: false }, true);
}

#[test]
fn critical_equals_deletion_with_aggregates() {
    run(13, 40, Mix { negation: true, aggregates: true }, true);
}

#[test]
fn what_astronomer_s_reliance_on_aws_hangs_on() {
    let (mut session, model) = shipped();
    let goal = tuple(&mut session, &model, r#"relies("astronomer", "aws", "physical", "acme_astro")"#);
    let options = Options::default();
    let found = critical(&model, &goal, CriticalLimits::default(), &options).unwrap().unwrap();
    let text = render(&model, &goal, &found, &TextOptions::default(), &Citations);
    insta::assert_snapshot!(text);
    for (fact, _) in &found.facts {
        let gone = sibling(&model, &Changes::removing(vec![fact.clone()]), None, None, &options).unwrap();
        assert!(gone.row_of(&goal).is_none(), "{}", model.literal(fact));
    }
}

/// What is said of tuples of small programs, with how many siblings it took to be sure.
fn judged(text: &str, goal: &str, lines: &[&str]) {
    assert_eq!(Asked::of(text).critical(goal, CriticalLimits::default()), lines, "{goal} in\n{text}");
}

#[test]
fn what_every_proof_needs_is_told_by_its_kind() {
    judged(
        ".decl a() .decl b() .decl c() .decl r() a(). b(). c().
r() :- a(), b().
r() :- a(), c().",
        "r()",
        &["facts a()", "at hand a()", "rules", "absences", "b() or c()", "all, 0 siblings, 4 tuples, 2 steps"],
    );
    // Several facts, rules and absences, of each kind some in every proof and some in one.
    judged(
        ".decl f(x: number) .decl m() .decl n() .decl o() .decl s() .decl t() .decl r() f(1). f(2). f(3).
r() :- s(), t().
s() :- f(1), !m().
t() :- f(2), !n().
t() :- f(3), !n(), !o().",
        "r()",
        &[
            "facts f(1)",
            "at hand f(1)",
            "rules 2 3",
            "absences !m() !n()",
            "f(2) or f(3)",
            "all, 0 siblings, 6 tuples, 4 steps",
        ],
    );
    judged(
        ".decl f(x: number) .decl m() .decl n() .decl o() .decl t() .decl r() f(1). f(2). f(3).
r() :- f(1), !n(), t().
t() :- f(2), !m().
t() :- f(3), !o().",
        "r()",
        &[
            "facts f(1)",
            "at hand f(1)",
            "rules 2",
            "absences !n()",
            "f(2) or f(3)",
            "all, 0 siblings, 5 tuples, 3 steps",
        ],
    );
    // As many absences as facts and rules.
    judged(
        ".decl a() .decl m() .decl n() .decl r() a().
r() :- a(), !m(), !n().",
        "r()",
        &["facts a()", "at hand a()", "rules 2", "absences !m() !n()", "all, 0 siblings, 2 tuples, 1 steps"],
    );
}

#[test]
fn a_proof_may_need_more_than_a_word_has_bits() {
    let facts: String = (0..70).map(|at| format!("e({at}, {}). ", at + 1)).collect();
    let rules = "p(x, y) :- e(x, y). p(x, z) :- p(x, y), e(y, z).";
    let text = format!(".decl e(x: number, y: number) .decl p(x: number, y: number) {facts} {rules}");
    let found = Asked::of(&text).critical("p(0, 70)", CriticalLimits::default());
    assert_eq!(found[0].split(" e").count(), 71, "{found:?}");
    assert_eq!(found[4], "all, 0 siblings, 140 tuples, 70 steps");
}

#[test]
fn what_is_counted_is_tried() {
    let text = ".decl a(x: number) .decl b(x: number) .decl d(x: number) .decl r(x: number) a(1). b(7).
d(y) :- b(y).
r(x) :- a(x), 1 <= count : { d(_) }.";
    judged(
        text,
        "r(1)",
        &["facts a(1) b(7)", "at hand a(1)", "rules 2 3", "absences", "all, 4 siblings, 4 tuples, 2 steps"],
    );
    // Each sibling less is one thing less that is sure.
    for (siblings, facts, rules) in
        [(0, "facts", "rules"), (1, "facts a(1)", "rules"), (3, "facts a(1) b(7)", "rules 2")]
    {
        let some = Asked::of(text).critical("r(1)", CriticalLimits { siblings, ..CriticalLimits::default() });
        let end = format!("cut, {siblings} siblings, 4 tuples, 2 steps");
        assert_eq!(some, [facts, "at hand a(1)", rules, "absences", end.as_str()]);
    }
    // What cannot be told, for a functor fails where both facts are gone, is not said to be all.
    judged(
        ".decl a(x: number) .decl b(x: number) .decl r(x: number) a(1). b(1). b(2).
r(x) :- a(x), n = count : { b(_) }, 6 / n > 0.",
        "r(1)",
        &["facts a(1)", "at hand a(1)", "rules 2", "absences", "cut, 12 siblings, 4 tuples, 1 steps"],
    );
    // Either of two rows, once.
    judged(
        ".decl b(x: number) .decl r() b(1). b(2).
r() :- 1 <= count : { b(_) }.",
        "r()",
        &["facts", "at hand", "rules 2", "absences", "b(1) or b(2)", "all, 9 siblings, 3 tuples, 1 steps"],
    );
    // What is absent inside an aggregate, itself or below what is counted: its loss is one more to be counted.
    judged(
        ".decl a() .decl b(x: number) .decl c(x: number) .decl r() a(). b(1). b(2). c(2). c(5).
r() :- a(), 1 >= count : { b(x), !c(x) }.",
        "r()",
        &["facts a() c(2)", "at hand a()", "rules 2", "absences", "all, 15 siblings, 5 tuples, 1 steps"],
    );
    judged(
        ".decl a() .decl b(x: number) .decl c(x: number) .decl d(x: number) .decl r() a(). b(1). b(2). c(2).
d(x) :- b(x), !c(x).
r() :- a(), 1 >= count : { d(_) }.",
        "r()",
        &["facts a() c(2)", "at hand a()", "rules 3", "absences", "all, 9 siblings, 5 tuples, 2 steps"],
    );
}

/// A sibling derives what the tuple needs; what would fail elsewhere is not asked.
#[test]
fn what_fails_elsewhere_leaves_nothing_open() {
    judged(
        ".decl a(x: number) .decl b(x: number) .decl r(x: number) .decl other(x: number) a(1). b(5).
r(x) :- a(x), 1 = count : { b(_) }.
other(6 / n) :- n = count : { b(_) }.",
        "r(1)",
        &["facts a(1) b(5)", "at hand a(1)", "rules 2", "absences", "all, 3 siblings, 3 tuples, 1 steps"],
    );
}

#[test]
fn a_slice_that_is_cut_holds_no_more_than_it_may() {
    let text = ".decl e(x: number, y: number) .decl p(x: number, y: number)
e(1, 2). e(2, 3). e(3, 4). e(1, 3). e(2, 4). e(1, 4).
p(x, y) :- e(x, y).
p(x, z) :- p(x, y), e(y, z).";
    let all = SliceLimits::default();
    for (slice, tuples, steps, complete) in [
        (SliceLimits { tuples: 0, ..all }, 1, 0, false),
        (SliceLimits { tuples: 1, ..all }, 6, 3, false),
        (SliceLimits { tuples: 3, ..all }, 7, 4, false),
        (SliceLimits { tuples: 9, ..all }, 9, 6, true),
        (SliceLimits { tuples: 8, ..all }, 9, 6, false),
        (SliceLimits { steps: 0, ..all }, 6, 3, false),
        (SliceLimits { steps: 2, ..all }, 6, 3, false),
        (SliceLimits { steps: 3, ..all }, 7, 4, false),
        (SliceLimits { steps: 6, ..all }, 9, 6, true),
        (SliceLimits { instances: 2, ..all }, 9, 6, false),
        (SliceLimits { instances: 3, ..all }, 9, 6, true),
    ] {
        let mut asked = Asked::of(text);
        let end =
            |complete| format!("{}, 0 siblings, {tuples} tuples, {steps} steps", if complete { "all" } else { "cut" });
        let found = asked.critical("p(1, 4)", CriticalLimits { slice, ..CriticalLimits::default() });
        assert_eq!(found.last(), Some(&end(complete)), "{slice:?}");
        let found = asked.witnesses("p(1, 4)", WitnessLimits { slice, ..WitnessLimits::default() });
        assert_eq!(found.last().map(String::as_str), Some(if complete { "all" } else { "cut" }), "{slice:?}");
        if slice.tuples == 0 {
            // Nothing given is in it.
            assert_eq!(found, [" with others", "cut"]);
        }
        if complete {
            assert_eq!(found, ["e(1, 4)", "e(1, 2) e(2, 4)", "e(1, 3) e(3, 4)", "e(1, 2) e(2, 3) e(3, 4)", "all"]);
        }
    }
}

/// Numbers of `autoinc()` depend on everything that was derived before.
#[test]
fn a_sibling_counts_as_a_fresh_run_does() {
    let text = ".decl a(x: number) .decl b(x: number) .decl p(k: number, x: number) .decl q(k: number, x: number)
        a(1). a(2). b(3). p(autoinc(), x) :- a(x). q(autoinc(), x) :- b(x).";
    let mut asked = Asked::of(text);
    let gone = asked.goal("a(1)");
    let facts = given(&asked.model);
    let fresh = follows(&asked.model, without(&facts, &[&gone]));
    let changed = sibling(&asked.model, &Changes::removing(vec![gone]), None, None, &Options::default()).unwrap();
    for id in fresh.program().relation_ids() {
        assert_eq!(changed.sorted(id), fresh.sorted(id), "{}", fresh.name(id));
    }
}

/// Without its `.limitsize` a relation of a sibling might never end.
#[test]
fn a_sibling_ends_where_the_program_says() {
    let mut asked = Asked::of(
        ".decl a(x: number) .decl n(x: number) .limitsize n(n = 5)
         a(0). a(500). n(x) :- a(x). n(x + 1) :- n(x), x < 1000.",
    );
    let gone = asked.goal("a(500)");
    for changes in
        [Changes::removing(vec![gone]), Changes { only: Some(vec![asked.goal("a(0)")]), ..Changes::default() }]
    {
        let changed = sibling(&asked.model, &changes, None, None, &Options::default()).unwrap();
        assert_eq!(changed.relation(changed.find("n").unwrap()).len(), 5, "{changes:?}");
    }
}
