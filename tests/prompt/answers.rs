//! What is asked: goals, the program, tables.

use insta::assert_snapshot;
use onus::repl::show::View;

use crate::support::{embedded, small, talk, talk_in};

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
fn rows_are_numbered_and_cut_on_a_terminal() {
    let view = View { terminal: true, unicode: true, width: Some(80), ..View::default() };
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
      :why --step 3 FACT       its third step, opened
      :why --format dot FACT   json, dot, mermaid or facts
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
    :diff [REVISION|PATH|DAY]   what differs from the files as they are, a revision, another project or a snapshot
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
