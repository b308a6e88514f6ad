//! `query` and `why` over what is built in.

use insta::assert_snapshot;

use crate::support::Place;

#[test]
fn the_front_page_question_names_aws() {
    assert_snapshot!(Place::new().onus(&["query", r#"relies("astronomer", who, "physical", at)"#]), @r#"
    who    at
    "aws"  "acme_astro"
    "aws"  "acme_astro_host"
    --- exit 0
    "#);
}

#[test]
fn the_gaps_of_redis_are_ten() {
    assert_snapshot!(Place::new().onus(&["query", r#"gap("acme_redis", layer, kind)"#]), @r#"
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
    --- exit 0
    "#);
}

#[test]
fn gcp_is_reached_through_the_management_plane() {
    let (out, _, code) = Place::new().run(&["query", r#"relies("acme", who, layer, at)"#], "");
    assert!(code == 0 && out.lines().any(|line| line.contains("gcp") && line.contains("yb:mgmt")), "{out}");
}

#[test]
fn a_goal_without_variables_is_true_or_false() {
    assert_snapshot!(Place::new().onus(&["query", r#"doc("D4", "astronomer", _)"#]), @r"
    yes
    --- exit 0
    ");
    assert_snapshot!(Place::new().onus(&["query", r#"doc("D4", "aws", _)"#]), @r"
    no
    --- exit 1
    ");
}

#[test]
fn no_answer_exits_with_one() {
    assert_snapshot!(Place::new().onus(&["query", r#"gap("nowhere", layer, kind)"#]), @r#"
    layer  kind
    --- stderr
    no Scope is called "nowhere"
    --- exit 1
    "#);
}

#[test]
fn a_question_of_the_project_is_asked_by_name() {
    assert_snapshot!(Place::new().onus(&["query", "conflicts"]), @r#"
    scope      layer         severity  party       statement  other  other_statement  section           lines  other_section     other_lines
    "yb:mgmt"  "api_server"  "soft"    "yugabyte"  "S2-10"    "gcp"  "S2-26"          "(introduction)"  "19"   "(introduction)"  "23,25"
    "yb:mgmt"  "vm"          "soft"    "yugabyte"  "S2-10"    "gcp"  "S2-26"          "(introduction)"  "19"   "(introduction)"  "23,25"
    --- exit 0
    "#);
    assert_snapshot!(Place::new().onus(&["query", "conflict"]), @r"
    --- stderr
    error[E0902]: the project has no question `conflict`
     |
     = help: did you mean `conflicts`?
    --- exit 3
    ");
}

#[test]
fn a_file_brings_its_own_rules() {
    let place = Place::new();
    place.file("mine.dl", ".decl on(who: Party)\non(w) :- relies(\"acme\", w, _, _).\n?- on(who).\n");
    assert_snapshot!(place.onus(&["query", "mine.dl"]), @r#"
    who
    "astronomer"
    "aws"
    "gcp"
    "redis_labs"
    "yugabyte"
    --- exit 0
    "#);
    assert_snapshot!(place.onus_with(&["query", "-"], "?- party(p, \"customer\").\n"), @r#"
    p
    "acme"
    --- exit 0
    "#);
    assert_snapshot!(place.file("silent.dl", "party(\"x\", \"vendor\").").onus(&["query", "silent.dl"]), @r"
    --- stderr
    error[E0901]: `silent.dl` asks nothing
     |
     = help: a goal is written `?- gap(at, layer, kind).`
    --- exit 2
    ");
    assert_snapshot!(place.onus(&["query", "missing.dl"]), @r"
    --- stderr
    error[E0601]: cannot read `missing.dl`: there is no such file
    --- exit 3
    ");
}

fn hosts() -> Place {
    let place = Place::new();
    place.file("rules/hosts.dl", ".decl host(name: symbol, port: number)\n.decl next(port: number)\nnext(p + 1) :- host(_, p).\nnext(p + 1) :- next(p).\n");
    place.file("facts/host.csv", "name,port\nweb,80\ndb,5432\n");
    place
}

#[test]
fn errors_are_coded_and_placed() {
    let place = hosts();
    assert_snapshot!(place.onus(&["query", "hots(a, b)"]), @r"
    --- stderr
    error[E0201]: no relation is called `hots`
     --> <goal>:1:1
      |
    1 | hots(a, b)
      | ^^^^ not declared
      |
      = help: did you mean `host`?
    --- exit 3
    ");
    assert_snapshot!(place.onus(&["query", "host(a)"]), @r"
    --- stderr
    error[E0204]: `host` has 2 columns, not 1
     --> <goal>:1:1
      |
    1 | host(a)
      | ^^^^^^^ 1 argument here
      |
     ::: rules/hosts.dl:1:7
      |
    1 | .decl host(name: symbol, port: number)
      |       ---- declared here as host(name: symbol, port: number)
    --- exit 3
    ");
    assert_snapshot!(place.onus(&["query", "host(a, "]), @r"
    --- stderr
    error[E0101]: expected a term, found the end of the text
     --> <goal>:1:8
      |
    1 | host(a, 
      |        ^ expected a term
    --- exit 3
    ");
    assert_snapshot!(place.onus(&["query", "host(a, p), p < q"]), @r"
    --- stderr
    error[E0401]: nothing gives `q` a value
     --> <goal>:1:17
      |
    1 | host(a, p), p < q
      |                 ^ a comparison binds nothing
      |
      = help: make `q` an argument of a positive atom, or equal to an expression of known values
    --- exit 3
    ");
}

#[test]
fn a_limit_exits_with_four() {
    assert_snapshot!(hosts().onus(&["query", "next(p)", "--max-rows", "1k"]), @r"
    --- stderr
    error[E0801]: the evaluation needs more than 1000 rows
     --> rules/hosts.dl:4:1
      |
    4 | next(p + 1) :- next(p).
      | ^^^^^^^^^^^^^^^^^^^^^^^ this rule was running
      |
      = help: the program may not end; else raise --max-rows
    --- exit 4
    ");
}

#[test]
fn usage_exits_with_two() {
    let place = Place::new();
    let (_, err, code) = place.run(&["qery"], "");
    assert!(code == 2 && err.contains("query"), "{err}");
    assert_eq!(place.run(&["query", "x(a)", "--as-of", "yesterday"], "").2, 2);
    assert_eq!(place.run(&["qery", "--compat", "souffle"], "").2, 1);
    assert_eq!(place.run(&["query", "relys(a)", "--compat=souffle"], "").2, 1);
    assert_eq!(place.run(&["--help"], "").2, 0);
    assert_eq!(place.run(&["--version"], "").2, 0);
}

#[test]
fn why_ends_in_section_and_line() {
    let (out, err, code) = Place::new().run(&["why", r#"relies("astronomer", "aws", "physical", at)"#], "");
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("Cloud Provider Security Responsibilities") && out.contains("scenario/acme.toml"), "{out}");
    assert!(out.contains("1 of 2 tuples"), "{out}");
}

#[test]
fn why_of_what_does_not_hold_says_so() {
    assert_snapshot!(Place::new().onus(&["why", r#"relies("aws", "astronomer", "physical", at)"#]), @r#"
     aws does not rely on astronomer for physical in ?at  ∄ does not hold
     1 aws relies on astronomer for physical in ?at       would follow by [supplier-leans] builtin:responsibility.dl:610 but 1 of 4 literals fails
     │  astronomer answers for physical in ?at            ✗ missing
     │    aws answers for physical in acme_ec2            ≈ near: other party
     │    aws answers for physical in acme_rds            ≈ near: other party
     │  ?at is any of "acme_ec2", "acme_rds", "acme_redis_host", "acme_s3", "acme_yb_host", …  12 values
     2 aws relies on astronomer for physical in ?at       would follow by [customer-relies] builtin:responsibility.dl:613 but 2 of 3 literals fail
     │  aws is the customer of ?at                        ✗ missing
     │    acme is the customer of acme_astro              ≈ near: other party
     │    acme is the customer of acme_ec2                ≈ near: other party
     │  astronomer holds physical for ?at                 ✗ missing
     │    astronomer holds app for acme_astro_host        ≈ near: other layer
     │    astronomer holds data for acme_astro_host       ≈ near: other layer
     3 aws relies on astronomer for physical in yb:mgmt   would follow by [customer-relies-on-what-is-needed] builtin:responsibility.dl:616 but 2 of 4 literals fail
     │  aws is the customer of ?at                        ✗ missing
     │    acme is the customer of acme_yb                 ≈ near: other party
     │  astronomer holds physical for yb:mgmt             ✗ missing
     │    gcp holds physical for yb:mgmt                  ≈ near: other party
     │  ?at is any of "acme_yb", "yb:data"                2 values
     missing +claim("S3-9", "aws:any", "physical", "astronomer", "sole")  S3-9 says that astronomer answers for physical in aws:any (sole) (no choice: it would have to be so)
     tried: this would make it true, and so would others · next  why-not --fix
    --- exit 1
    "#);
    assert_snapshot!(Place::new().onus(&["why", "a(b), c(d)"]), @r"
    --- stderr
    error[E0101]: expected one atom
     --> <atom>:1:1
      |
    1 | a(b), c(d)
      | ^^^^^^^^^^
      |
      = help: an atom is a relation and its arguments, such as `edge(1, 2)`
    --- exit 3
    ");
}
