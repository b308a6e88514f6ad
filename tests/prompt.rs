//! The prompt as transcripts: what is typed after `onus> `, and what comes of it. Errors stand with the answers.

#![allow(clippy::unwrap_used)] // the helpers of tests are no tests to clippy

use std::io::Write;

use insta::assert_snapshot;
use onus::repl::show::View;
use onus::repl::{Io, Prompt, Settings};
use onus::responsibility::{Project, Selection};
use onus::session::Options;

/// Types some lines into a prompt; gives the transcript.
fn talk(prompt: &mut Prompt, lines: &str) -> String {
    talk_in(prompt, lines, View::default())
}

fn talk_in(prompt: &mut Prompt, lines: &str, view: View) -> String {
    let mut out = Vec::new();
    for line in lines.trim().lines() {
        let line = line.trim();
        writeln!(out, "onus> {line}").unwrap();
        let mut err = Vec::new();
        let mut io = Io { out: &mut out, err: &mut err, view, color_errors: false };
        prompt.run(line, &mut io).unwrap();
        out.extend(err);
    }
    String::from_utf8(out).unwrap()
}

fn embedded() -> Prompt {
    let project = Project::embedded().unwrap();
    let (prompt, failure) =
        Prompt::open(project, Selection::default(), Options::default(), Settings::default()).unwrap();
    assert!(failure.is_none());
    prompt
}

/// A prompt over nothing.
fn empty() -> Prompt {
    Prompt::open(Project::none(), Selection::default(), Options::default(), Settings::default()).unwrap().0
}

const ROADS: &str = r#"
.type City <: symbol
/// A road leads from one city to another.
@[says = "a road leads from {from} to {to}"]
.decl road(from: City, to: City, length: number)
.decl closed(city: City)
@[says = "one can go from {from} to {to}"]
.decl reach(from: City, to: City)
@[label = "by-road"]
reach(x, y) :- road(x, y, _), !closed(y).
@[label = "further"]
reach(x, z) :- reach(x, y), road(y, z, _), !closed(z).
.decl exits(city: City, n: number)
exits(x, n) :- road(x, _, _), n = count : { road(x, _, _) }.
road("bern", "basel", 100). road("basel", "chur", 200). road("bern", "chur", 240).
"#;

/// A prompt over a small program.
fn small() -> Prompt {
    let mut prompt = empty();
    let mut sink = Vec::new();
    let mut err = Vec::new();
    let mut io = Io { out: &mut sink, err: &mut err, view: View::default(), color_errors: false };
    prompt.run(ROADS, &mut io).unwrap();
    assert_eq!(String::from_utf8(err).unwrap(), "");
    prompt
}

#[test]
fn goals_are_answered() {
    assert_snapshot!(talk(&mut small(), r#"
        reach("bern", to)?
        ?- reach(x, "chur"), !road(x, "chur", _).
        exits(city, n), n > 1?
        reach("bern", "chur")?
        reach("chur", _)?
        reach("brn", to)?
        n = sum l : { road(_, _, l) }?
    "#), @r#"
    onus> reach("bern", to)?
    to
    "basel"
    "chur"
    onus> ?- reach(x, "chur"), !road(x, "chur", _).
    x
    onus> exits(city, n), n > 1?
    city    n
    "bern"  2
    onus> reach("bern", "chur")?
    yes
    onus> reach("chur", _)?
    no
    onus> reach("brn", to)?
    to
    no City is called "brn"; did you mean "bern"?
    onus> n = sum l : { road(_, _, l) }?
      n
    540
    "#);
}

#[test]
fn changes_are_made_and_undone() {
    assert_snapshot!(talk(&mut small(), r#"
        road("chur", "arosa", 30). road("arosa", "davos", 50).
        reach("bern", to)?
        closed("chur")
        closed("chur").
        :undo
        -road("bern", "chur", 240).
        -further
        :undo
        :undo
        :undo
        :redo
        +reach(x, x) :- road(x, _, _).
        :what-if -road("bern", "basel", 100). +road("bern", "zug", 3).
        :retract road("bern", "basel", 100)
        :retract reach("bern", "basel")
        :insert closed("zug")
    "#), @r#"
    onus> road("chur", "arosa", 30). road("arosa", "davos", 50).
    road +2, reach +7, exits +2
    onus> reach("bern", to)?
    to
    "arosa"
    "basel"
    "chur"
    "davos"
    onus> closed("chur")
    no
    onus> closed("chur").
    closed +1, reach -6
    onus> :undo
    closed -1, reach +6
    onus> -road("bern", "chur", 240).
    road -1, exits +1 -1
    onus> -further
    reach -6
    onus> :undo
    reach +6
    onus> :undo
    road +1, exits +1 -1
    onus> :undo
    road -2, reach -7, exits -2
    onus> :redo
    road +2, reach +7, exits +2
    onus> +reach(x, x) :- road(x, _, _).
    reach +4
    onus> :what-if -road("bern", "basel", 100). +road("bern", "zug", 3).
    2 facts changed; 2 conclusions: 1 gained, 1 lost

    facts
      - a road leads from bern to basel   <prompt>:14
      + a road leads from bern to zug   <prompt>:1

    because the fact road("bern", "zug", 3) is new
      ~ one can go from bern to zug (was basel)   [by-road] road(x, y, _)

    1 other relation changed: road +1 -1
    onus> :retract road("bern", "basel", 100)
    road -1, reach -1, exits +1 -1
    onus> :retract reach("bern", "basel")
    error[E0903]: `reach("bern", "basel")` was never given
     --> <prompt>:1:1
      |
    1 | reach("bern", "basel").
      | ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: ask `why reach("bern", "basel")`
    onus> :insert closed("zug")
    closed +1
    "#);
}

#[test]
fn explanations_follow_answers() {
    assert_snapshot!(talk(&mut small(), r#"
        :why
        reach("bern", to)?
        :why #2
        :why 1
        :why reach("bern", "chur")
        :why #9
        :why 7.7
        :why reach("chur", "bern")
        exits("bern", n), n > 1?
        :why
        :facts road
        :why #3
        :why rech("a", "b")
    "#), @r#"
    onus> :why
    error[E0901]: there is no last answer
     --> <prompt>:1:1
      |
    1 | :why
      | ^^^^
      |
      = help: ask a goal first, then `:why #2` for its second row
    onus> reach("bern", to)?
    to
    "basel"
    "chur"
    onus> :why #2
     1 one can go from bern to chur     [by-road] <prompt>:9
     `- a road leads from bern to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :why 1
     1 one can go from bern to chur     [by-road] <prompt>:9
     |- a road leads from bern to chur  * given <prompt>:14
     `- 1.1 !closed("chur")             ! absent
     3 steps
    onus> :why reach("bern", "chur")
     1 one can go from bern to chur     [by-road] <prompt>:9
     `- a road leads from bern to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :why #9
    error[E0901]: there is no row 9
     --> <prompt>:1:1
      |
    1 | :why #9
      | ^^^^^^^
      |
      = help: the last answer has 2 rows
    onus> :why 7.7
    error[E0901]: the proof has no step 7.7
     --> <prompt>:1:1
      |
    1 | :why 7.7
      | ^^^^^^^^
      |
      = help: its steps are 1
    onus> :why reach("chur", "bern")
     !reach("chur", "bern")                x does not hold
     1 one can go from chur to bern        would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  a road leads from chur to bern     x never given
     2 one can go from chur to bern        would follow by [further] <prompt>:11 but 2 of 3 literals fail
     |  one can go from chur to ?y         x missing
     |    one can go from bern to basel    ~ near: other from
     |    one can go from bern to chur     ~ near: other from
     |  a road leads from ?y to bern       x never given
     |    a road leads from basel to chur  ~ near: other to
     |    a road leads from bern to basel  ~ near: other to
     missing +road("chur", "bern", 100)  a road leads from chur to bern
     tried: this would make it true, and so would others - next  :why-not --fix
    onus> exits("bern", n), n > 1?
    n
    2
    onus> :why
     1 exits("bern", 2)                             <prompt>:13
     |- a road leads from bern to basel             * given <prompt>:14
     `- 2 count : { road(x, _, _) } for x = "bern"  # counted 2
        |- a road leads from bern to basel          * given <prompt>:14
        `- a road leads from bern to chur           * given <prompt>:14
     5 steps - folded: 1 comparison - 1 other way - next  :why 2   :critical   :why --all
    onus> :facts road
    from     to       length
    "basel"  "chur"      200
    "bern"   "basel"     100
    "bern"   "chur"      240
    onus> :why #3
     1 a road leads from bern to chur  * given <prompt>:14
     a given fact
    onus> :why rech("a", "b")
    error[E0201]: no relation is called `rech`
     --> <atom>:1:1
      |
    1 | rech("a", "b")
      | ^^^^ not declared
      |
      = help: did you mean `reach`?
    "#);
}

#[test]
fn a_program_can_be_looked_at() {
    assert_snapshot!(talk(&mut small(), r#"
        :schema
        :schema reach
        :rules reach
        :plan reach
        :facts
        :facts reach
        :set format csv
        :facts road
        :stats
        :schema road
    "#), @r#"
    onus> :schema
            3  road(from: City, to: City, length: number)
            0  closed(city: City)
            3  reach(from: City, to: City)
            2  exits(city: City, n: number)
    onus> :schema reach
    @[says = "one can go from {from} to {to}"]
    .decl reach(from: City, to: City)
      .type City <: symbol
      3 tuples, 0 given
      follows by by-road, further
      read by reach
      declared at <prompt>:7
    onus> :rules reach
    // [by-road] <prompt>:9
    reach(x, y) :- road(x, y, _), !closed(y).
    // [further] <prompt>:11
    reach(x, z) :- reach(x, y), road(y, z, _), !closed(z).
    onus> :plan reach
    reach(x, y) :- road(x, y, _), !closed(y).
      scan road(x, y, _)
      absent closed(=y)
      emit reach(x, y)

    reach(x, z) :- reach(x, y), road(y, z, _), !closed(z).
      scan reach(x, y) (delta)
      look up road(=y, z, _)
      absent closed(=z)
      emit reach(x, z)
    onus> :facts
            3  road(from: City, to: City, length: number)
    onus> :facts reach
    no fact of `reach` was given; 3 tuples follow from others
    onus> :set format csv
    onus> :facts road
    from,to,length
    basel,chur,200
    bern,basel,100
    bern,chur,240
    onus> :stats
    relation,tuples,given,stratum,bytes
    reach,3,0,4,200
    road,3,3,2,192
    exits,2,0,3,184
    8 tuples in 576 bytes, 3 rules in 4 strata, 29 symbols
    onus> :schema road
    column,type,kind
    from,City,symbol
    to,City,symbol
    length,number,number
    "#);
}

#[test]
fn faults_are_placed_and_the_session_goes_on() {
    assert_snapshot!(talk(&mut small(), r#"
        road("a", "b").
        rod(x, y, z)?
        road(x, y, z
        p(x) :- road(x, y, z).
        reach(x, y) :- road(x, _, _).
        reach(x, y) :- road(x, y, "far").
        reach(x, y) :- road(x, y, _), !reach(y, x).
        road("a", "b", 99999999999999999999).
        -road("a", "b", 1).
        -nothing-like-it
        road("bern", x, l), y = l / 0?
        :nonsense
        :s
        :schema rech
        :set format xml
        :set colour on
        :load nowhere.dl
        :load notes.txt
        reach("bern", "basel")?
    "#), @r#"
    onus> road("a", "b").
    error[E0204]: `road` has 3 columns, not 2
     --> <prompt>:1:1
      |
    1 | road("a", "b").
      | ^^^^^^^^^^^^^^ 2 arguments here
      |
     ::: <prompt>:4:7
      |
    4 | .decl road(from: City, to: City, length: number)
      |       ---- declared here as road(from: City, to: City, length: number)
    onus> rod(x, y, z)?
    error[E0201]: no relation is called `rod`
     --> <goal>:1:1
      |
    1 | rod(x, y, z)?
      | ^^^ not declared
      |
      = help: did you mean `road`?
    onus> road(x, y, z
    error[E0102]: the bracket `(` is never closed
     --> <prompt>:1:5
      |
    1 | road(x, y, z
      |     ^ opened here
    onus> p(x) :- road(x, y, z).
    error[E0201]: no relation is called `p`
     --> <prompt>:1:1
      |
    1 | p(x) :- road(x, y, z).
      | ^ not declared
      |
      = help: declare it: `.decl p(...)`; there are `closed`, `exits`, `reach`, `road`

    warning[W0204]: `y` occurs once
     --> <prompt>:1:17
      |
    1 | p(x) :- road(x, y, z).
      |                 ^ any value will do
      |
      = help: write `_` or `_y` if that is meant

    warning[W0204]: `z` occurs once
     --> <prompt>:1:20
      |
    1 | p(x) :- road(x, y, z).
      |                    ^ any value will do
      |
      = help: write `_` or `_z` if that is meant
    onus> reach(x, y) :- road(x, _, _).
    error[E0401]: nothing gives `y` a value
     --> <prompt>:1:10
      |
    1 | reach(x, y) :- road(x, _, _).
      |          ^ the head takes its value from the body
      |
      = help: make `y` an argument of a positive atom such as `closed(y)`, or equal to an expression of known values
    onus> reach(x, y) :- road(x, y, "far").
    error[E0301]: a number is wanted, not a symbol
     --> <prompt>:1:27
      |
    1 | reach(x, y) :- road(x, y, "far").
      |                           ^^^^^ this is a symbol, and column `length` of `road` is a number
      |
     ::: <prompt>:4:7
      |
    4 | .decl road(from: City, to: City, length: number)
      |       ---- declared here
    onus> reach(x, y) :- road(x, y, _), !reach(y, x).
    error[E0501]: `reach` depends on itself through a negation
     --> <prompt>:1:32
      |
    1 | reach(x, y) :- road(x, y, _), !reach(y, x).
      |                                ^^^^^^^^^^^ `reach` needs that `reach` does not hold
      |
      = note: reach -> reach (negated)
      = help: no order of evaluation decides such a cycle: split a relation, so that what is negated is complete first
    onus> road("a", "b", 99999999999999999999).
    error[E0104]: `99999999999999999999` is out of range
     --> <prompt>:1:16
      |
    1 | road("a", "b", 99999999999999999999).
      |                ^^^^^^^^^^^^^^^^^^^^
      |
      = help: the largest number is 9223372036854775807, the largest unsigned 18446744073709551615
    onus> -road("a", "b", 1).
    error[E0903]: `road("a", "b", 1)` was never given
     --> <prompt>:1:1
      |
    1 | road("a", "b", 1).
      | ^^^^^^^^^^^^^^^^^
      |
      = help: ask `why road("a", "b", 1)`
    onus> -nothing-like-it
    error[E0903]: there is no rule `nothing-like-it`
     --> <prompt>:1:1
      |
    1 | -nothing-like-it
      | ^^^^^^^^^^^^^^^^
    onus> road("bern", x, l), y = l / 0?
    error[E0701]: `100 / 0` divides by zero
     --> <prompt>:1:1
      |
    1 | road("bern", x, l), y = l / 0?
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: test the divisor with `!= 0` in the same rule
    onus> :nonsense
    error[E0901]: there is no command `:nonsense`
     --> <prompt>:1:1
      |
    1 | :nonsense
      | ^^^^^^^^^
      |
      = help: `:help` lists the commands
    onus> :s
    error[E0901]: `:s` may be `:schema`, `:stats`, `:save` or `:set`
     --> <prompt>:1:1
      |
    1 | :s
      | ^^
      |
      = help: type more of it
    onus> :schema rech
    error[E0201]: no relation is called `rech`
     --> <prompt>:1:9
      |
    1 | :schema rech
      |         ^^^^
      |
      = help: did you mean `reach`?
    onus> :set format xml
    error[E0901]: `xml` is no value of `format`
     --> <prompt>:1:13
      |
    1 | :set format xml
      |             ^^^
      |
      = help: it takes table, csv, json, ndjson, markdown, facts
    onus> :set colour on
    error[E0901]: there is no setting `colour`
     --> <prompt>:1:6
      |
    1 | :set colour on
      |      ^^^^^^
      |
      = help: `:set` lists them
    onus> :load nowhere.dl
    error[E0601]: cannot read `nowhere.dl`: there is no such file
     --> <prompt>:1:7
      |
    1 | :load nowhere.dl
      |       ^^^^^^^^^^
    onus> :load notes.txt
    error[E0901]: `notes.txt` is no file of rules or facts
     --> <prompt>:1:7
      |
    1 | :load notes.txt
      |       ^^^^^^^^^
      |
      = help: its name must end in .toml, .dl, .facts, .csv, .tsv or .json (the last four also with .gz)
    onus> reach("bern", "basel")?
    yes
    "#);
}

#[test]
fn limits_end_a_command_and_not_the_session() {
    let mut options = Options::default();
    options.eval.budget.rows = Some(1_000);
    let (mut prompt, _) = Prompt::open(Project::none(), Selection::default(), options, Settings::default()).unwrap();
    assert_snapshot!(talk(&mut prompt, r#"
        .decl n(x: number)
        n(0).
        n(x + 1) :- n(x).
        n(x)?
    "#), @r"
    onus> .decl n(x: number)
    no tuple has changed
    onus> n(0).
    n +1
    onus> n(x + 1) :- n(x).
    error[E0801]: the evaluation needs more than 1000 rows
     --> <prompt>:1:1
      |
    1 | n(x + 1) :- n(x).
      | ^^^^^^^^^^^^^^^^^ this rule was running
      |
      = help: the program may not end; else raise --max-rows, --max-time or --max-memory
    onus> n(x)?
    x
    0
    ");
}

#[test]
fn what_is_asked_about_tuples_is_asked_in_the_same_words_as_on_the_command_line() {
    assert_snapshot!(talk(&mut small(), r#"
        :critical
        :why reach("bern", "chur")
        :critical
        :witnesses
        :why --all reach("bern", "chur")
        :why --smallest --whole reach("basel", x)
        :why --format=mermaid reach("basel", x)
        :why --format=pdf reach("basel", x)
        :why --al reach("basel", x)
        :why-not
        :why-not reach("chur", "basel")
        :why-not --fix
        :why-not reach("bern", x)
        closed("chur").
        :why-not reach("bern", "chur") --fix
        :critical reach("bern", "chur")
        :undo
        :why reach("bern", "basel")
        :why 1
        :why 1.1
        :why 1.7
    "#), @r#"
    onus> :critical
    error[E0901]: there is no last proof
     --> <prompt>:1:1
      |
    1 | :critical
      | ^^^^^^^^^
      |
      = help: `:critical FACT` names the tuple
    onus> :why reach("bern", "chur")
     1 one can go from bern to chur     [by-road] <prompt>:9
     `- a road leads from bern to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :critical
     one can go from bern to chur
       rule    [by-road]           <prompt>:9
       absence !closed("chur")     ! must stay so
       one of  a road leads from basel to chur or a road leads from bern to chur
       one of  a road leads from bern to basel or a road leads from bern to chur
     0 facts and 1 rule in every proof - 2 pairs of which one suffices - 5 tuples, 3 rule instances bear on it
    onus> :witnesses
     one can go from bern to chur
       1       1 fact suffices
               a road leads from bern to chur   <prompt>:14
       2       2 facts together suffice
               a road leads from basel to chur  <prompt>:14
               a road leads from bern to basel  <prompt>:14
     2 minimal sets - there are no others - what is absent or counted is taken as it is
    onus> :why --all reach("bern", "chur")
    proof 1 of 2, size 3
     1 one can go from bern to chur     [by-road] <prompt>:9
     `- a road leads from bern to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence

    proof 2 of 2, size 6
     1 one can go from bern to chur         [further] <prompt>:11
     |- a road leads from basel to chur     * given <prompt>:14
     `- 2 one can go from bern to basel     [by-road] <prompt>:9
        `- a road leads from bern to basel  * given <prompt>:14
     6 steps, shown in 4 - folded: 2 routine absences

    2 proofs, and there are no others; steps are those of proof 1
    onus> :why --smallest --whole reach("basel", x)
     1 one can go from basel to chur     [by-road] <prompt>:9
     |- a road leads from basel to chur  * given <prompt>:14
     `- 2 !closed("chur")                ! absent
     3 steps - next  :critical   :witnesses
    onus> :why --format=mermaid reach("basel", x)
    flowchart TB
      n2("one can go from basel to chur<br/>#91;by-road#93;")
      n0["a road leads from basel to chur<br/>given, #60;prompt#62;:14"]
      n2 --> n0
    onus> :why --format=pdf reach("basel", x)
    error[E0901]: a proof has no form `pdf`
     --> <prompt>:1:15
      |
    1 | :why --format=pdf reach("basel", x)
      |               ^^^
      |
      = help: its forms are table, json, dot, mermaid, facts
    onus> :why --al reach("basel", x)
    error[E0901]: there is no `--al` here
     --> <prompt>:1:6
      |
    1 | :why --al reach("basel", x)
      |      ^^^^
      |
      = help: did you mean `--all`?
    onus> :why-not
    reach("basel", "chur") holds:
     1 one can go from basel to chur     [by-road] <prompt>:9
     `- a road leads from basel to chur  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :why-not reach("chur", "basel")
     !reach("chur", "basel")               x does not hold
     1 one can go from chur to basel       would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  a road leads from chur to basel    x never given
     |    a road leads from bern to basel  ~ near: other from
     2 one can go from chur to basel       would follow by [further] <prompt>:11 but 1 of 3 literals fails
     |  one can go from chur to bern       x missing
     missing +road("chur", "basel", 100)  a road leads from chur to basel
     tried: this would make it true, and so would others - next  :why-not --fix
    onus> :why-not --fix
     !reach("chur", "basel")               x does not hold
     1 one can go from chur to basel       would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  a road leads from chur to basel    x never given
     |    a road leads from bern to basel  ~ near: other from
     2 one can go from chur to basel       would follow by [further] <prompt>:11 but 1 of 3 literals fails
     |  one can go from chur to bern       x missing
     fix 1 +road("chur", "basel", 100)      a road leads from chur to basel
     |  one can go from chur to basel       holds [by-road] <prompt>:9
     |    also changes: reach +3, exits +1
     fix 2 +road("chur", "basel", 200)      a road leads from chur to basel
     |  one can go from chur to basel       holds [by-road] <prompt>:9
     |    also changes: reach +3, exits +1
     fix 3 +road("chur", "basel", 240)      a road leads from chur to basel
     |  one can go from chur to basel       holds [by-road] <prompt>:9
     |    also changes: reach +3, exits +1
     each fix was tried and works; no part of it does - next  :what-if +road("chur", "basel", 100).
    onus> :why-not reach("bern", x)
    reach("bern", "basel") holds:
     1 one can go from bern to basel     [by-road] <prompt>:9
     `- a road leads from bern to basel  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
     1 of 2 tuples that match reach("bern", x)
    onus> closed("chur").
    closed +1, reach -2
    onus> :why-not reach("bern", "chur") --fix
     !reach("bern", "chur")          x does not hold
     1 one can go from bern to chur  would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  closed("chur")               x blocks closed(y)
     2 one can go from bern to chur  would follow by [further] <prompt>:11 but 1 of 3 literals fails
     |  closed("chur")               x blocks closed(z)
     fix 1 -closed("chur")
     |  one can go from bern to chur  holds [by-road] <prompt>:9
     |    also changes: reach +2
     each fix was tried and works; no part of it does - next  :what-if -closed("chur").
    onus> :critical reach("bern", "chur")
     !reach("bern", "chur")          x does not hold
     1 one can go from bern to chur  would follow by [by-road] <prompt>:9 but 1 of 2 literals fails
     |  closed("chur")               x blocks closed(y)
     2 one can go from bern to chur  would follow by [further] <prompt>:11 but 1 of 3 literals fails
     |  closed("chur")               x blocks closed(z)
     missing -closed("chur")
     tried: this would make it true - next  :why-not --fix
    onus> :undo
    closed -1, reach +2
    onus> :why reach("bern", "basel")
     1 one can go from bern to basel     [by-road] <prompt>:9
     `- a road leads from bern to basel  * given <prompt>:14
     3 steps, shown in 2 - folded: 1 routine absence - next  :critical   :witnesses
    onus> :why 1
     1 one can go from bern to basel     [by-road] <prompt>:9
     |- a road leads from bern to basel  * given <prompt>:14
     `- 1.1 !closed("basel")             ! absent
     3 steps
    onus> :why 1.1
     !closed("basel")  x was never given
    onus> :why 1.7
    error[E0901]: the proof has no step 1.7
     --> <prompt>:1:1
      |
    1 | :why 1.7
      | ^^^^^^^^
      |
      = help: did you mean 1.1?
    "#);
}

#[test]
fn settings_and_help() {
    assert_snapshot!(talk(&mut small(), r#"
        :set
        :set rows 2
        :set rows
        :set format json
        reach("bern", to)?
        :set format markdown
        reach("bern", to)?
        :set format facts
        reach("bern", to)?
        :help why
        :help
        :history 2
        :quit
    "#), @r#"
    onus> :set
    format  table     table, csv, json, ndjson, markdown, facts
    rows    200       all, a number
    time    off       on, off
    keys    emacs     emacs, vi
    onus> :set rows 2
    onus> :set rows
    2
    onus> :set format json
    onus> reach("bern", to)?
    [
      {"to": "basel"},
      {"to": "chur"}
    ]
    onus> :set format markdown
    onus> reach("bern", to)?
    | to |
    | --- |
    | basel |
    | chur |
    onus> :set format facts
    onus> reach("bern", to)?
    answer("basel").
    answer("chur").
    onus> :help why
    :why [FACT|#ROW|STEP]
    why a tuple holds: by which rules and facts, and who says so
      :why relies("astronomer", "aws", "physical", at)   the first tuple that matches
      :why #2                                           row 2 of the last answer
      :why 2.1                                          step 2.1 of the last proof
      :why                                              the first row of the last answer
      :why --smallest FACT     a proof with the fewest nodes, instead of one of least height
      :why --all FACT          further proofs, the smallest first; --all=20 for twenty
      :why --whole FACT        nothing folded
      :why --format=dot FACT   dot, mermaid or facts
    onus> :help
    gap(at, layer, kind)?       ask: which bindings make it true
    gap(at, l, _), l != "sso"?  several conditions, negation, comparison, count
    fact.   rule :- body.       add facts, rules and declarations
    -fact.  -rule.  -label      take a given fact or a rule away
    :why [FACT|#ROW|STEP]       why a tuple holds: by which rules and facts, and who says so
    :why-not [--fix] FACT       why nothing matches: which rules come nearest, and what is missing; --fix: what would help
    :critical [FACT]            what a tuple hangs on: facts and rules in every proof, pairs of which one suffices
    :witnesses [FACT]           minimal sets of given facts that suffice for a tuple
    :what-if CHANGE...          what would change: +clause. and -clause., nothing is changed
    :diff [REVISION|DIRECTORY]  what differs from the files as they are, from a revision, or from another project
    :insert CLAUSE...           add facts, rules or declarations; a clause alone does the same
    :retract FACT|RULE|LABEL    take a given fact or a rule away; -FACT does the same
    :undo                       go back before the last change
    :redo                       make the change again that was undone
    :watch [RELATION|off]       tell the rows that each change gains and loses in a relation
    :schema [RELATION]          the relations, or one with its columns and what it says
    :rules [RELATION]           the rules, or those of one relation, as written
    :facts [RELATION]           the given facts of a relation, or how many each has
    :plan RELATION              how the rules of a relation are carried out
    :stats                      how many tuples each relation has, and what they take
    :load FILE                  add a file: .dl clauses and goals, .toml statements, .csv .tsv .json .facts rows
    :reload                     read the project's files again; what was typed stays
    :save FILE                  write what was added at the prompt as clauses
    :set [NAME [VALUE]]         show or change a setting: format, rows, time, keys
    :time                       tell how long each command takes, or stop it
    :history [N]                the last N lines that were typed (20)
    :help [COMMAND]             what can be typed
    :quit                       end the session (Ctrl-D)
    A name may be cut short (`:sch`). `:help why` tells more. Tab completes.
    onus> :history 2
    :help
    :history 2
    onus> :quit
    "#);
}

#[test]
fn rows_are_numbered_and_cut_on_a_terminal() {
    let view = View { terminal: true, unicode: true, width: Some(80), color: false };
    let mut prompt = small();
    assert_snapshot!(talk_in(&mut prompt, r#"
        :set rows 2
        reach(from, to)?
        reach("bern", "basel")?
        reach("chur", to)?
        road(a, "basel", length)?
    "#, view), @r#"
    onus> :set rows 2
    onus> reach(from, to)?
    #  from     to
    1  "basel"  "chur"
    2  "bern"   "basel"
    2 of 3 rows; `:set rows all` shows the others
    onus> reach("bern", "basel")?
    yes
    onus> reach("chur", to)?
    no answer
    onus> road(a, "basel", length)?
    #  a       length
    1  "bern"     100
    1 row
    "#);
}

#[test]
fn what_facts_hold_cannot_steer_the_terminal() {
    let mut prompt = small();
    let shown =
        talk(&mut prompt, "road(\"\u{1b}[31mred\", \"a\u{202e}b\", 1).\nroad(x, y, 1)?\n:why #1\n:facts road\n");
    assert!(!shown.lines().filter(|line| !line.starts_with("onus> ")).any(|line| line.contains('\u{1b}')), "{shown}");
    assert!(!shown.lines().filter(|line| !line.starts_with("onus> ")).any(|line| line.contains('\u{202e}')), "{shown}");
}

#[test]
fn the_front_page() {
    assert_snapshot!(talk(&mut embedded(), r#"
        relies("astronomer", who, "physical", at)?
        gap("acme_redis", layer, kind)?
        conflict(x, l, s, p, a, q, b)?
        gap("acme_reddis", layer, kind)?
    "#), @r#"
    onus> relies("astronomer", who, "physical", at)?
    who    at
    "aws"  "acme_astro"
    "aws"  "acme_astro_host"
    onus> gap("acme_redis", layer, kind)?
    layer           kind
    "audit_log_db"  "silent"
    "backup"        "limbo"
    "ddos"          "silent"
    "dependencies"  "silent"
    "enc_rest"      "limbo"
    "enc_transit"   "silent"
    "firewall"      "silent"
    "key_mgmt"      "silent"
    "sso"           "silent"
    "user_roles"    "silent"
    onus> conflict(x, l, s, p, a, q, b)?
    x          l             s       p           a        q      b
    "yb:mgmt"  "api_server"  "soft"  "yugabyte"  "S2-10"  "gcp"  "S2-26"
    "yb:mgmt"  "vm"          "soft"  "yugabyte"  "S2-10"  "gcp"  "S2-26"
    onus> gap("acme_reddis", layer, kind)?
    layer  kind
    no Scope is called "acme_reddis"; did you mean "acme_redis"?
    "#);
}

#[test]
fn the_front_page_is_explained() {
    let shown = talk(&mut embedded(), "relies(\"astronomer\", who, \"physical\", at)?\n:why #1\n:why 3\n");
    assert!(shown.contains("D4 Cloud Provider Security Responsibilities, l. 39"), "{shown}");
    assert!(shown.contains("scenario/acme.toml"), "{shown}");
}

#[test]
fn what_was_typed_is_saved_and_loaded() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mine.dl");
    let path = path.to_str().unwrap();
    let shown = talk(
        &mut small(),
        &format!("closed(\"chur\").\n-road(\"bern\", \"basel\", 100).\n:save {path}\n:save {path}/x\n"),
    );
    assert!(shown.contains("1 taken away as comments") && shown.contains("E0608"), "{shown}");
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("closed(\"chur\").") && text.starts_with("// taken away"), "{text}");
    let loaded = talk(&mut empty(), &format!(":load {path}\nclosed(c)?\n:undo\nclosed(c)?\n"));
    assert_eq!((loaded.matches("\"chur\"").count(), loaded.matches("E0201").count()), (1, 1), "{loaded}");
}

#[test]
fn files_that_change_are_read_again() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("rules/p.dl", ".decl p(x: number)\np(1).\n");
    write("facts/p.csv", "x\n2\n");
    let selection = Selection { project: Some(place.path().to_owned()), ..Selection::default() };
    let project = Project::open(place.path()).unwrap();
    let (mut prompt, _) = Prompt::open(project, selection, Options::default(), Settings::default()).unwrap();
    assert_snapshot!(talk(&mut prompt, "p(3).\n:reload\n"), @r"
    onus> p(3).
    p +1
    onus> :reload
    no tuple has changed
    ");
    write("facts/p.csv", "x\n2\n5\n7\n");
    let mut out = Vec::new();
    let mut err = Vec::new();
    prompt.refresh(&mut Io { out: &mut out, err: &mut err, view: View::default(), color_errors: false }).unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap(), @"facts/p.csv changed: p +2");
    write("rules/p.dl", ".decl p(x: number)\np(1) :- q(x).\n");
    assert_snapshot!(talk(&mut prompt, ":reload\np(x)?\n:undo\np(x)?"), @r"
    onus> :reload
    error[E0201]: no relation is called `q`
     --> rules/p.dl:2:9
      |
    2 | p(1) :- q(x).
      |         ^ not declared
      |
      = note: everything stays as it was before
      = help: declare it: `.decl q(...)`; there is only `p`

    warning[W0204]: `x` occurs once
     --> rules/p.dl:2:11
      |
    2 | p(1) :- q(x).
      |           ^ any value will do
      |
      = help: write `_` or `_x` if that is meant
    onus> p(x)?
    x
    1
    2
    3
    5
    7
    onus> :undo
    p -2
    onus> p(x)?
    x
    1
    2
    3
    ");
}

#[test]
fn watched_relations_tell_their_rows() {
    assert_snapshot!(talk(&mut small(), r#"
        :watch
        :watch reach
        :watch raech
        closed("basel").
        :undo
        :watch
        :watch off
        closed("basel").
    "#), @r#"
    onus> :watch
    nothing is watched
    onus> :watch reach
    onus> :watch raech
    error[E0201]: no relation is called `raech`
     --> <prompt>:1:8
      |
    1 | :watch raech
      |        ^^^^^
      |
      = help: did you mean `reach`?
    onus> closed("basel").
    closed +1, reach -1
      - reach("bern", "basel")
    onus> :undo
    closed -1, reach +1
      + reach("bern", "basel")
    onus> :watch
    reach
    onus> :watch off
    onus> closed("basel").
    closed +1, reach -1
    "#);
}
