use super::*;
use crate::session::{MemoryLoader, Options as SessionOptions, Session};

fn model(text: &str) -> Model {
    let mut session = Session::new(Box::new(MemoryLoader::default()), SessionOptions::default());
    session.add_program("p.dl", text);
    (*session.evaluate().unwrap()).clone()
}

fn compare(old: &str, new: &str) -> Diff {
    diff(&model(old), &model(new), &DiffOptions::default()).unwrap()
}

/// Each change with its causes.
fn told(diff: &Diff) -> Vec<String> {
    let tell = |change: &Change| {
        let causes = change.causes.iter().map(|&cause| match &diff.causes[cause] {
            Cause::Fact(at) => {
                let fact = &diff.facts[*at];
                format!("{}{}", fact.side.sign(), diff.model(fact.side).literal(&fact.tuple))
            }
            Cause::Rule(at) => {
                let rule = &diff.rules[*at];
                let literals = rule.literals.iter().map(|(side, text)| format!(" {}{text}", side.sign()));
                format!("{:?} {}{}", rule.event, rule.name(), literals.collect::<String>())
            }
            Cause::Other => "other".to_owned(),
        });
        let text = diff.model(change.at.side).literal(&change.at.tuple);
        format!("{}{text} by {}", change.at.side.sign(), causes.collect::<Vec<_>>().join(", "))
    };
    diff.changes.iter().map(tell).collect()
}

const REACH: &str = "
    .decl edge(x: number, y: number)
    @[watch] .decl path(x: number, y: number)
    @[label = \"step\"] path(x, y) :- edge(x, y).
    @[label = \"far\"] path(x, z) :- path(x, y), edge(y, z).
    .decl node(x: number)
    node(1). node(2). node(3).
    @[alarm] .decl alone(x: number)
    @[label = \"unreached\"] alone(x) :- node(x), !path(1, x).
";

#[test]
fn a_fact_that_goes_takes_its_conclusions_along() {
    let old = format!("{REACH} edge(1, 2). edge(2, 3).");
    let new = format!("{REACH} edge(2, 3).");
    let found = compare(&old, &new);
    assert_eq!(
        told(&found),
        [
            "+alone(2) by -edge(1, 2)",
            "+alone(3) by -edge(1, 2)",
            "-path(1, 2) by -edge(1, 2)",
            "-path(1, 3) by -edge(1, 2)",
        ]
    );
    assert!(found.rules.is_empty() && found.is_watched() && found.changes[0].alarm);
    let broken = found.changes[0].broken.as_ref().unwrap();
    assert_eq!(
        (broken.name(&found.new).as_str(), broken.text(&found.new).as_deref()),
        ("unreached", Some("!path(1, x)"))
    );
}

#[test]
fn the_other_way_round_everything_is_gained() {
    let old = format!("{REACH} edge(2, 3).");
    let new = format!("{REACH} edge(1, 2). edge(2, 3).");
    assert_eq!(
        told(&compare(&old, &new)),
        [
            "-alone(2) by +edge(1, 2)",
            "-alone(3) by +edge(1, 2)",
            "+path(1, 2) by +edge(1, 2)",
            "+path(1, 3) by +edge(1, 2)",
        ]
    );
}

#[test]
fn comments_places_and_order_do_not_count() {
    let old = format!("{REACH} edge(1, 2). edge(2, 3).");
    let new = "
        // Everything is somewhere else.
        .decl node(x: number)
        node(3). node(1). node(2). edge(2, 3). edge(1, 2).
        .decl edge(x: number, y: number)
        @[alarm] .decl alone(x: number)
        @[label = \"unreached\"] alone(x) :- !path(1, /* from the first */ x), node(x).
        @[label = \"far\"] path(x, z) :- edge(y,z), path(x,y).
        @[watch] .decl path(x: number, y: number)
        @[label = \"step\"] path(x, y) :-
            edge(x, y).
    ";
    let found = compare(&old, new);
    assert!(found.is_empty(), "{:?} {:?}", found.rules, found.relations);
}

#[test]
fn a_rule_without_one_literal_is_named_with_it() {
    let rules = |body: &str| {
        format!(
            ".decl claim(x: symbol, by: symbol)
            .decl beaten(x: symbol, by: symbol)
            @[watch] .decl owner(x: symbol, by: symbol)
            claim(\"a\", \"p\"). claim(\"a\", \"q\"). beaten(\"a\", \"q\").
            @[label = \"unbeaten\"] owner(x, by) :- {body}."
        )
    };
    let whole = rules("claim(x, by), !beaten(x, by)");
    let weak = rules("claim(x, by)");
    assert_eq!(told(&compare(&whole, &weak)), ["+owner(\"a\", \"q\") by Changed [unbeaten] -!beaten(x, by)"]);
    assert_eq!(told(&compare(&weak, &whole)), ["-owner(\"a\", \"q\") by Changed [unbeaten] +!beaten(x, by)"]);
    let none = rules("claim(x, by), x != x");
    assert_eq!(compare(&whole, &none).rules[0].literals.len(), 2);
}

#[test]
fn rules_come_and_go() {
    let base = ".decl a(x: number) a(1). @[watch] .decl b(x: number) @[watch] .decl c(x: number) c(x) :- b(x).";
    let with = format!("{base} @[label = \"same\"] b(x) :- a(x).");
    assert_eq!(told(&compare(base, &with)), ["+b(1) by Gained [same]", "+c(1) by Gained [same]"]);
    assert_eq!(told(&compare(&with, base)), ["-b(1) by Lost [same]", "-c(1) by Lost [same]"]);
}

#[test]
fn counts_change_by_what_is_counted() {
    let base = ".decl a(x: number, y: symbol) a(1, \"p\"). a(2, \"p\"). a(1, \"q\").
        @[watch] .decl many(y: symbol, n: number)
        many(y, n) :- a(_, y), n = count : a(_, y).";
    let more = format!("{base} a(3, \"p\").");
    let told_ = told(&compare(base, &more));
    assert_eq!(told_, ["-many(\"p\", 2) by +a(3, \"p\")", "+many(\"p\", 3) by +a(3, \"p\")"]);
    let found = compare(base, &more);
    assert_eq!((found.changes[0].instead, found.changes[1].instead), (Some(1), Some(0)));
}

#[test]
fn two_causes_are_both_named() {
    let rules = ".decl a(x: number) .decl b(x: number) @[watch] .decl c(x: number) c(x) :- a(x), b(x).";
    let old = format!("{rules} a(1). b(1).");
    assert_eq!(told(&compare(&old, rules)), ["-c(1) by -a(1), -b(1)"]);
}

#[test]
fn words_of_two_models_need_not_agree() {
    let rules = "@[watch] .decl s(x: symbol) .decl r(x: symbol, n: [a: symbol, b: number]) ";
    let rules = rules.replace("[a: symbol, b: number]", "P");
    let rules = format!(".type P = [a: symbol, b: number] {rules} s(x) :- r(x, _).");
    let old = format!("{rules} r(\"x\", [\"k\", 5000000000]). r(\"y\", nil).");
    let new = format!("{rules} r(\"z\", nil). r(\"y\", nil). r(\"x\", [\"k\", 5000000000]).");
    assert_eq!(told(&compare(&old, &new)), ["+s(\"z\") by +r(\"z\", nil)"]);
}

#[test]
fn what_is_chosen_instead_is_the_cause() {
    let rules = ".decl offer(x: number, to: symbol) @[watch] .decl taken(x: number, to: symbol) choice-domain x
        taken(x, to) :- offer(x, to).";
    let old = format!("{rules} offer(1, \"b\").");
    let new = format!("{rules} offer(1, \"a\"). offer(1, \"b\").");
    let found = compare(&old, &new);
    assert_eq!(told(&found), ["+taken(1, \"a\") by +offer(1, \"a\")", "-taken(1, \"b\") by +offer(1, \"a\")"],);
}

#[test]
fn long_chains_are_followed() {
    let edges: String = (0..3000).map(|at| format!("edge({at}, {}).\n", at + 1)).collect();
    let rules = ".decl edge(x: number, y: number) @[watch] .decl reached(x: number) .decl start(x: number)
        reached(x) :- start(x). reached(y) :- reached(x), edge(x, y).";
    let found = compare(&format!("{rules} {edges} start(2000)."), &format!("{rules} {edges}"));
    assert_eq!(found.changes.len(), 1001);
    assert!(told(&found).iter().all(|told| told.ends_with(" by -start(2000)")));
}
