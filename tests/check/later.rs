//! What a finished program tells and is asked: strata, facts, directives, goals, patterns.

use onus::check::{self, Argument, Options};
use onus::diagnostic::{self, Diagnostic};
use onus::program::Program;
use onus::syntax;

use crate::support::{Printer, Session, rules, session, types};

const PROGRAM: &str = r#"
.type Party <: symbol
.type Name = Party
.type Pair = [a: Party, n: number]
/// a relies on b
@[says = "{a} relies on {b}"]
.decl relies(a: Party, b: Party)
.decl size(a: Party, n: number)
.decl pairs(p: Pair)
@[alarm] @[quiet]
.decl lonely(a: Party)
.decl same(a: Party, b: Party) eqrel
.decl first(a: Party, n: number) choice-domain a
.input relies
.output lonely(IO="stdout")
relies("a", "b"). size("a", 1). relies("b", "c"). size("b", 70000000000).
pairs(["a", 1]). pairs(nil). size("c", 1 + 1). size("d", count : { relies(_, _) }).
@[label = "alone"] @[quiet]
lonely(a) :- relies(a, _), !relies(_, a), !size(a, 0).
size(a, n + 1) :- relies(a, b), size(b, n), n < 10. .plan 1: (2, 1)
same(a, b) :- relies(a, b).
first(a, n) :- size(a, n).
/// who?
?- relies(who, _) ; size(who, 0).
"#;

fn good(text: &str) -> Session {
    let session = session(text, &Options { warnings: false, ..Options::default() });
    assert_eq!(diagnostic::render_all(&session.checked.diagnostics, &session.sources, false), "");
    session
}

fn program(session: &Session) -> &Program {
    session.checked.program.as_ref().expect("no errors")
}

#[test]
fn strata_follow_what_they_need() {
    let session = good(PROGRAM);
    let program = program(&session);
    let name = |id| session.values.symbols.get(program.relation(id).name);
    let strata: Vec<String> = program
        .strata
        .iter()
        .map(|stratum| {
            let names: Vec<&str> = stratum.relations.iter().map(|&id| name(id)).collect();
            let rules: Vec<u32> = stratum.rules.iter().map(|id| id.0).collect();
            format!("{} {rules:?}{}", names.join(" "), if stratum.recursive { " recursive" } else { "" })
        })
        .collect();
    insta::assert_snapshot!(strata.join("\n"), @r#"
    pairs []
    relies []
    same [4, 6, 7] recursive
    size [0, 1, 3] recursive
    first [5]
    lonely [2]
    "#);
    let clauses: Vec<u32> = program.rules.iter().map(|rule| rule.clause).collect();
    assert_eq!(clauses[..6], [6, 7, 8, 9, 10, 11]);
    assert_eq!(program.rules[3].plan, [(1, vec![1, 0])]);
    assert_eq!(program.rules[2].label.map(|label| session.values.symbols.get(label)), Some("alone"));
    assert!(program.rules[2].quiet);
}

#[test]
fn facts_lie_in_blocks() {
    let session = good(PROGRAM);
    let program = program(&session);
    let blocks: Vec<String> = program
        .facts
        .iter()
        .map(|block| {
            let decl = program.relation(block.relation);
            let rows: Vec<String> = block
                .words
                .chunks(decl.arity())
                .map(|row| {
                    let values = row.iter().zip(&decl.columns);
                    let values = values.map(|(&word, column)| session.values.decode(&program.types, column.ty, word));
                    values.map(|value| value.literal()).collect::<Vec<_>>().join(", ")
                })
                .collect();
            assert_eq!(block.spans.len(), rows.len());
            format!("{}: {}", session.values.symbols.get(decl.name), rows.join("; "))
        })
        .collect();
    insta::assert_snapshot!(blocks.join("\n"), @r#"
    relies: "a", "b"; "b", "c"
    size: "a", 1; "b", 70000000000
    pairs: ["a", 1]; nil
    "#);
}

#[test]
fn goals_can_be_asked_later() {
    let mut session = good(PROGRAM);
    let program = program(&session).clone();
    let mut ask = |text: &str| {
        let id = session.sources.add("goal", text);
        let parse = syntax::parse_goal(id, text, &mut session.values.symbols);
        let goal = parse.goal.expect("it parses");
        match check::goal(&program, &goal, &mut session.values) {
            Ok(goal) => Printer { program: &program, values: &session.values }.goal(&goal),
            Err(faults) => diagnostic::render_all(&faults, &session.sources, false),
        }
    };
    let answers = [
        ask("relies(x, \"b\"), size(x, n), n > 1"),
        ask("relies(x, _) ; size(x, 1)"),
        ask("!relies(\"a\", \"c\")"),
        ask("n = max k : { size(p, k) }, p != as(\"a\", Name)"),
        ask("pairs([x, n])"),
        ask("relys(x, _)"),
        ask("relies(x, _) ; size(y, 1)"),
        ask("relies(x, 1)"),
        ask("relies(x), relies(y, z, u)"),
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    ?- x: Party, n: number
       (x, n) :- relies(x, "b"), size(x, n), n > 1.

    ?- x: Party
       (x) :- relies(x, _).
       (x) :- size(x, 1).

    ?- 
       () :- !relies("a", "c").

    ?- n: number, p: Party
       (n, p) :- n = max k : number{ size(p', k) }||k p'|, size(p, n), p != "a".

    ?- x: Party, n: number
       (x, n) :- pairs(Pair[x, n]).

    error[E0201]: no relation is called `relys`
     --> goal:1:1
      |
    1 | relys(x, _)
      | ^^^^^ not declared
      |
      = help: did you mean `relies`?

    error[E0401]: not every alternative gives `y` a value
     --> goal:1:1
      |
    1 | relies(x, _) ; size(y, 1)
      | ^^^^^^^^^^^^        - a column of the answer
      | |
      | says nothing of `y`

    error[E0401]: not every alternative gives `x` a value
     --> goal:1:16
      |
    1 | relies(x, _) ; size(y, 1)
      |        -       ^^^^^^^^^^ says nothing of `x`
      |        |
      |        a column of the answer

    error[E0301]: a symbol is wanted, not a number
     --> goal:1:11
      |
    1 | relies(x, 1)
      |           ^ this is a number, and column `b` of `relies` is a symbol
      |
     ::: p.dl:7:7
      |
    7 | .decl relies(a: Party, b: Party)
      |       ------ declared here

    error[E0204]: `relies` has 2 columns, not 1
     --> goal:1:1
      |
    1 | relies(x), relies(y, z, u)
      | ^^^^^^^^^ 1 argument here
      |
     ::: p.dl:7:7
      |
    7 | .decl relies(a: Party, b: Party)
      |       ------ declared here as relies(a: Party, b: Party)

    error[E0204]: `relies` has 2 columns, not 3
     --> goal:1:12
      |
    1 | relies(x), relies(y, z, u)
      |            ^^^^^^^^^^^^^^^ 3 arguments here
      |
     ::: p.dl:7:7
      |
    7 | .decl relies(a: Party, b: Party)
      |       ------ declared here as relies(a: Party, b: Party)
    "#);
}

#[test]
fn one_atom_is_a_pattern() {
    let mut session = good(PROGRAM);
    let program = program(&session).clone();
    let mut ask = |text: &str| {
        let id = session.sources.add("atom", text);
        let parse = syntax::parse_atom(id, text, &mut session.values.symbols);
        let atom = parse.atom.expect("it parses");
        match check::pattern(&program, &atom, &mut session.values) {
            Ok(pattern) => {
                let decl = program.relation(pattern.relation);
                let arguments = pattern.arguments.iter().zip(&decl.columns).map(|(argument, column)| match argument {
                    Argument::Constant(word) => session.values.decode(&program.types, column.ty, *word).literal(),
                    Argument::Variable(name) => session.values.symbols.get(*name).to_owned(),
                    Argument::Any => "_".to_owned(),
                });
                let arguments: Vec<String> = arguments.collect();
                format!("{}({})\n", session.values.symbols.get(decl.name), arguments.join(" | "))
            }
            Err(faults) => diagnostic::render_all(&faults, &session.sources, false),
        }
    };
    let answers = [
        ask("relies(\"a\", x)"),
        ask("relies(x, x)"),
        ask("size(_, -3)"),
        ask("pairs([\"a\", 2])"),
        ask("pairs(nil)"),
        ask("size(x, 1 + 1)"),
        ask("pairs([x, 1])"),
        ask("relis(x, _)"),
        ask("relies(x)"),
        ask("size(\"a\", \"b\")"),
        ask("size(\"a\", count : { relies(_, _) })"),
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    relies("a" | x)

    relies(x | x)

    size(_ | -3)

    pairs(["a", 2])

    pairs(nil)

    error[E0903]: an argument here is a constant, a variable or `_`
     --> atom:1:9
      |
    1 | size(x, 1 + 1)
      |         ^^^^^ an expression
      |
      = help: write its value

    error[E0903]: an argument here is a constant, a variable or `_`
     --> atom:1:7
      |
    1 | pairs([x, 1])
      |       ^^^^^^ an expression
      |
      = help: write its value

    error[E0201]: no relation is called `relis`
     --> atom:1:1
      |
    1 | relis(x, _)
      | ^^^^^ not declared
      |
      = help: did you mean `relies`?

    error[E0204]: `relies` has 2 columns, not 1
     --> atom:1:1
      |
    1 | relies(x)
      | ^^^^^^^^^ 1 argument here
      |
     ::: p.dl:7:7
      |
    7 | .decl relies(a: Party, b: Party)
      |       ------ declared here as relies(a: Party, b: Party)

    error[E0301]: a number is wanted, not a symbol
     --> atom:1:11
      |
    1 | size("a", "b")
      |           ^^^ this is a symbol, and column `n` of `size` is a number
      |
     ::: p.dl:8:7
      |
    8 | .decl size(a: Party, n: number)
      |       ---- declared here

    error[E0903]: an argument here is a constant, a variable or `_`
     --> atom:1:11
      |
    1 | size("a", count : { relies(_, _) })
      |           ^^^^^^^^^^^^^^^^^^^^^^^^ an expression
      |
      = help: write its value
    "#);
}

#[test]
fn sources_are_one_program() {
    let mut session = good("");
    let mut parse = |name: &str, text: &str| {
        let id = session.sources.add(name, text);
        syntax::parse(id, text, &mut session.values.symbols).program
    };
    let rules = parse("rules.dl", ".decl a(x: number) .decl b(x: number) b(x) :- a(x), c(x).");
    let queries = parse("queries.dl", ".decl a(x: symbol) ?- b(x), d(x).");
    let prompt = parse("<prompt>", "a(1). .decl c(x: number) b(\"x\").");
    let checked = check::check(&[&rules, &queries, &prompt], &mut session.values, &Options::default());
    assert!(checked.program.is_none());
    let errors: Vec<Diagnostic> = checked.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
    insta::assert_snapshot!(diagnostic::render_all(&errors, &session.sources, false), @r#"
    error[E0203]: the name `a` is declared twice
     --> queries.dl:1:7
      |
    1 | .decl a(x: symbol) ?- b(x), d(x).
      |       ^ declared again
      |
     ::: rules.dl:1:7
      |
    1 | .decl a(x: number) .decl b(x: number) b(x) :- a(x), c(x).
      |       - first declared here

    error[E0201]: no relation is called `d`
     --> queries.dl:1:29
      |
    1 | .decl a(x: symbol) ?- b(x), d(x).
      |                             ^ not declared
      |
      = help: declare it: `.decl d(...)`; there are `a`, `b`, `c`

    error[E0301]: a number is wanted, not a symbol
     --> <prompt>:1:28
      |
    1 | a(1). .decl c(x: number) b("x").
      |                            ^^^ this is a symbol, and column `x` of `b` is a number
      |
     ::: rules.dl:1:26
      |
    1 | .decl a(x: number) .decl b(x: number) b(x) :- a(x), c(x).
      |                          - declared here
    "#);
}

#[test]
fn ownership_rules_check() {
    let text = r#"
        .type Party <: symbol
        .type Scope <: symbol
        .type Who <: symbol
        .decl within(child: Scope, parent: Scope)
        .decl scope(scope: Scope)
        .decl claim(scope: Scope, who: Who)
        .decl is_role(who: Who)
        .decl party(party: Party)
        .decl plays(scope: Scope, who: Who, party: Party)
        .decl narrower(scope: Scope, wider: Scope)
        .decl owner(scope: Scope, party: Party)
        .decl concentration(party: Party, n: number)
        is_role("@customer"). is_role("@host").
        narrower(x, x) :- scope(x).
        narrower(x, z) :- narrower(x, y), within(y, z).
        owner(x, as(w, Party)) :- narrower(x, y), claim(y, w), party(as(w, Party)), !is_role(w).
        owner(x, p) :- narrower(x, y), claim(y, w), is_role(w), plays(x, w, p).
        concentration(p, n) :- owner(_, p), n = count : { owner(d, p) }.
    "#;
    insta::assert_snapshot!(rules(text), @r#"
    narrower(x, x) :- scope(x).
    narrower(x, z) :- narrower(x, y), within(y, z).
    owner(x, as(w, symbol -> Party)) :- narrower(x, y), claim(y, w), party(as(w, symbol -> Party)), !is_role(w).
    owner(x, p) :- narrower(x, y), claim(y, w), is_role(w), plays(x, w, p).
    concentration(p, n) :- owner(_, p), n = count : number{ owner(d, p) }|p|d|.
    "#);
    insta::assert_snapshot!(types(text), @r#"
    x: Scope
    x: Scope, z: Scope, y: Scope
    x: Scope, w: Who, y: Scope
    x: Scope, p: Party, y: Scope, w: Who
    p: Party, n: number, d: Scope
    "#);
}
