//! The responsibility tool as people use it: a project of one's own, the gate on findings, matrices, pictures, the audit.

use insta::assert_snapshot;

use crate::support::Place;

/// The lines of a text that contain a word.
fn lines<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    text.lines().filter(|line| line.contains(word)).collect()
}

/// A new project `demo`, from inside.
fn demo() -> Place {
    let place = Place::new();
    place.onus(&["new", "demo"]);
    for entry in std::fs::read_dir(place.path().join("demo")).unwrap() {
        let entry = entry.unwrap();
        std::fs::rename(entry.path(), place.path().join(entry.file_name())).unwrap();
    }
    std::fs::remove_dir(place.path().join("demo")).unwrap();
    place
}

#[test]
fn a_new_project_runs_at_once() {
    let place = Place::new();
    assert_snapshot!(place.onus(&["new", "demo"]), @r"
    demo is a project; its scenario is facts/scenario/demo.toml

      cd demo
      onus findings           what to act on
      onus matrix             who answers for what
      onus duties --of demo   what is left to you
    --- exit 0
    ");
    for words in [
        &["findings"][..],
        &["matrix"],
        &["duties", "--of", "demo"],
        &["who", "physical", "demo_cache"],
        &["relies", "demo"],
        &["evidence", "demo"],
        &["concentration"],
        &["graph"],
        &["facts", "check"],
        &["audit"],
        &["query", "open_gaps"],
        &["snapshot"],
        &["check"],
    ] {
        let (out, err, code) = place.run(&[words, &["--project", "demo"]].concat(), "");
        assert_eq!((err.as_str(), code), ("", 0), "{words:?}: {out}");
        assert!(!out.is_empty(), "{words:?}");
    }
    assert_snapshot!(place.onus(&["new", "demo"]), @r"
    --- stderr
    error[E0901]: `demo` is there already, and not empty
    --- exit 2
    ");
}

#[test]
fn the_gate_fails_until_waived_and_again_when_the_waiver_has_expired() {
    let place = demo();
    let gate = &["findings", "--deny", "gap:silent", "--only", "gap:silent"];
    let told = |words: &[&str]| {
        let (_, err, code) = place.run(words, "");
        format!("{err}{code}")
    };
    assert_snapshot!(told(gate), @r"
    denied: gap:silent 17
    1
    ");
    let manifest = place.read("onus.toml");
    let waiver = |scope: &str| {
        format!(
            "\n[[waiver]]\nfinding = \"gap:silent\"\nscope = \"{scope}\"\nreason = \"asked, answer by May\"\nexpires = 2027-05-01\n"
        )
    };
    place.file("onus.toml", &format!("{manifest}{}", waiver("demo_cache")));
    assert_snapshot!(told(&[gate, &["--as-of", "2027-04-30"][..]].concat()), @r"
    denied: gap:silent 9
    1
    ");
    place.file("onus.toml", &format!("{manifest}{}{}", waiver("demo_cache"), waiver("demo_machines")));
    assert_snapshot!(told(&[gate, &["--as-of", "2027-04-30"][..]].concat()), @"0");
    // On the day itself it no longer counts.
    assert_snapshot!(told(&[gate, &["--as-of", "2027-05-01"][..]].concat()), @r"
    denied: gap:silent 17
    1
    ");
    let text = place.onus(&["findings", "--only", "gap:silent", "--as-of", "2027-05-01"]);
    assert_snapshot!(lines(&text, "waived")[0], @"    no longer waived since 2027-05-01: asked, answer by May");
    place.file("onus.toml", &format!("{manifest}{}", waiver("demo_cash")));
    assert_snapshot!(lines(&told(gate), "waiver")[0], @"onus.toml:23: this waiver is about no finding: take it away");
}

#[test]
fn with_a_baseline_only_new_findings_fail() {
    let place = demo();
    place.onus(&["findings", "--write-baseline", "known.txt"]);
    assert!(place.read("known.txt").starts_with("# Findings that are known."));
    let gate = &["findings", "--deny", "gap", "--baseline", "known.txt"];
    assert_eq!(place.run(gate, "").2, 0);
    let scenario = place.read("facts/scenario/demo.toml");
    let more = scenario.replace("checked = [", "checked = [\n  { scope = \"demo_bucket\", profile = \"baseline\" },");
    let more = more.replace("consumes = [", "consumes = [\n  { party = \"demo\", scope = \"demo_bucket\" },");
    let more = more.replace("within = [", "within = [\n  { child = \"demo_bucket\", parent = \"aws:s3\" },");
    let more = more.replace("\nscope = [", "\nscope = [\n  { scope = \"demo_bucket\", kind = \"deployment\" },");
    place.file("facts/scenario/demo.toml", &more);
    let (out, err, code) = place.run(gate, "");
    assert_eq!((err.lines().next().unwrap(), code), ("denied: gap:silent 9", 1));
    assert!(
        out.contains("demo_bucket") && !lines(&out, "gap:").iter().any(|line| line.contains("demo_cache")),
        "{out}"
    );
    place.file("known.txt", "one\ttwo\n");
    assert_snapshot!(place.onus(gate), @r"
    --- stderr
    error[E0901]: this line does not start with the id of a finding
    --> known.txt:1
     = help: `onus findings --write-baseline FILE` writes one
    --- exit 2
    ");
}

#[test]
fn the_gates_of_a_project_are_part_of_its_check() {
    let place = demo();
    assert_eq!(place.run(&["check"], "").2, 0, "findings fail it only when asked");
    assert_snapshot!(place.onus(&["check", "--deny", "gap:limbo"]), @r"
    denied: gap:limbo gap-6a623de1: nobody answers for backup in demo_cache: the host lays it on redis_labs, who promises nothing
    denied: gap:limbo gap-79e66be1: nobody answers for enc_rest in demo_cache: the host lays it on redis_labs, who promises nothing
    there are no answers under snapshots/ to compare with; `onus snapshot` writes them
    2 things that are denied hold
    --- exit 1
    ");
    let manifest = place.read("onus.toml");
    place.file("onus.toml", &format!("gates = [\"gap:limbo\"]\n{manifest}"));
    assert_eq!(place.run(&["check"], "").2, 1);
    let waiver = "\n[[waiver]]\nfinding = \"gap:limbo\"\nreason = \"asked\"\nexpires = 2999-01-01\n";
    place.file("onus.toml", &format!("gates = [\"gap:limbo\"]\n{manifest}{waiver}"));
    assert_eq!(place.run(&["check"], "").2, 0);
    place.file("onus.toml", "gates = [\"gap:lambo\"]\n");
    assert_snapshot!(place.onus(&["check"]), @r#"
    --- stderr
    error[E0902]: there is no kind `gap:lambo`; `gap` has gap:limbo, gap:silent, gap:unbound, gap:open
     --> onus.toml:1:10
      |
    1 | gates = ["gap:lambo"]
      |          ^^^^^^^^^^^
    --- exit 3
    "#);
}

#[test]
fn a_project_overrides_what_is_built_in_file_by_file() {
    let place = demo();
    assert_snapshot!(place.onus(&["facts", "export", "facts", "redis_cloud"]), @r"
    facts/redis_cloud.toml
    --- exit 0
    ");
    let who = |place: &Place| place.onus(&["who", "platform_patching", "demo_cache", "--format", "csv"]);
    assert_snapshot!(who(&place), @r"
    party,word,statement,document,section,lines,facts
    redis_labs,accepted,S0-7,D0,Redis Labs' responsibility,17,facts/redis_cloud.toml:54
    --- exit 0
    ");
    let text = place.read("facts/redis_cloud.toml");
    place.file("facts/redis_cloud.toml", &text.replace("id = \"S0-7\"\nsection", "id = \"S0-7b\"\nsection"));
    assert_snapshot!(lines(&who(&place), "S0")[0], @"redis_labs,accepted,S0-7b,D0,Redis Labs' responsibility,17,facts/redis_cloud.toml:54");
}

#[test]
fn a_provider_of_ones_own_starts_from_the_template() {
    let place = demo();
    // The template with its marks taken away is a provider that works.
    let template = place.read("facts/provider.toml");
    let (names, rest) = template.split_once("# Names first").unwrap();
    assert!(names.starts_with("# A provider of your own"));
    let uncommented: String = rest
        .lines()
        .skip(1)
        .map(|line| line.strip_prefix("# ").unwrap_or(if line == "#" { "" } else { line }))
        .filter(|line| line.is_empty() || line.contains('=') || line.starts_with(['[', ']', ' ']))
        .filter(|line| !line.starts_with("sha256"))
        .map(|line| format!("{line}\n"))
        .collect();
    place.file("facts/provider.toml", &uncommented);
    let told = place.onus(&["facts", "check"]);
    assert_snapshot!(lines(&told, "P1").join("\n"), @"P1        parcels     Parcels: shared responsibility                    2026-03           1          1        0");
}

#[test]
fn facts_that_are_wrong_are_told_with_their_place() {
    let place = demo();
    place.file(
        "facts/parcels.toml",
        r#"party = [{ party = "parcels", kind = "vendor" }]
scope = [{ scope = "parcels", kind = "service" }, { scope = "parcels:queue", kind = "product" }]
within = [{ child = "parcels:queue", parent = "parcels" }, { child = "parcels", parent = "parcels:queue" }]
offers = [{ party = "parcels", scope = "parcels" }]

[document]
id = "P1"
issuer = "parcels"
title = "Parcels"

[[statement]]
id = "P1-1"
section = "Duties"
lines = "3"
claim = [{ scope = "parcels", layer = "physicl", who = "Amazon", mode = "sole" }]

[[statement]]
id = "P1-1"
section = "Duties"
lines = "4"
claim = [{ scope = "parcels", layer = "physical", who = "@hosst", mode = "sole" }]
"#,
    );
    assert_snapshot!(place.onus(&["facts", "check"]), @r#"
    --- stderr
    error[E0607]: `within` goes in a circle: parcels:queue -> parcels -> parcels:queue
     --> facts/parcels.toml:3:11
      |
    3 | within = [{ child = "parcels:queue", parent = "parcels" }, { child = "parcels", parent = "parcels:queue" }]
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^  ----------------------------------------------- parcels -> parcels:queue
      |           |
      |           parcels:queue -> parcels
      |
      = help: take one of these rows out

    error[E0605]: no layer is called `physicl`
      --> facts/parcels.toml:15:39
       |
    15 | claim = [{ scope = "parcels", layer = "physicl", who = "Amazon", mode = "sole" }]
       |                                       ^^^^^^^^^ unknown layer
       |
       = help: did you mean `physical`?

    error[E0606]: statement `P1-1` is given twice
      --> facts/parcels.toml:18:6
       |
    12 | id = "P1-1"
       |      ------ first given here
    ...
    18 | id = "P1-1"
       |      ^^^^^^ given again here
       |
       = help: proofs cite statements by their id: give each its own
    --- exit 3
    "#);
}

#[test]
fn coverage_counts_what_documents_say_and_names_what_is_left_out() {
    let place = demo();
    place.file(
        "facts/parcels.toml",
        r#"party = [{ party = "parcels", kind = "vendor" }]
scope = [{ scope = "parcels", kind = "service" }]
offers = [{ party = "parcels", scope = "parcels" }]
layer = [{ layer = "carrier_pigeons" }]

[document]
id = "P1"
issuer = "parcels"
title = "Parcels"
sha256 = "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4"

[[statement]]
id = "P1-1"
section = "Duties"
lines = "1"
claim = [{ scope = "parcels", layer = "physical", who = "@provider", mode = "sole" }]

[[statement]]
id = "P1-2"
section = "Duties"
lines = "2"
"#,
    );
    let told = place.onus(&["facts", "check"]);
    let told: Vec<&str> = told.lines().filter(|line| line.contains("P1") || line.contains("pigeons")).collect();
    assert_snapshot!(told.join("\n"), @r"
    P1        parcels     Parcels                                                             2          1        1
    P1: neither rows nor a note that says why: P1-2
    layers of which no statement speaks: carrier_pigeons
    ");
    place.file("texts/parcels.txt", "hi\n");
    let told = place.onus(&["facts", "check", "--against", "texts"]);
    assert_snapshot!(lines(&told, "P1").join("\n"), @r"
    P1        parcels     Parcels                                                             2          1        1
    P1: neither rows nor a note that says why: P1-2
    P1: texts/parcels.txt is this text, but lines are wrong
    P1: P1-2 cites l. 2: the text has 1 lines
    ");
    place.file("texts/parcels.txt", "hello\n");
    let told = place.onus(&["facts", "check", "--against", "texts"]);
    assert_snapshot!(lines(&told, "P1:").join("\n"), @r"
    P1: neither rows nor a note that says why: P1-2
    P1: no file has its digest: the text changed, or is not there
    ");
}

#[test]
fn a_move_is_tried_and_a_refused_one_explained() {
    let place = Place::new();
    assert_snapshot!(place.onus(&["move", "acme_yb", "--to", "azure:any"]), @r"
    refused: no document offers acme_yb on azure:any

    offered  how     who says so
    aws:any  one_of  S2-3: D2 (introduction), l. 15
    gcp:any  one_of  S2-3: D2 (introduction), l. 15
    --- exit 1
    ");
    assert_snapshot!(place.onus(&["move", "acme_redis", "--to", "azure:any"]), @r#"
    acme_redis moves to azure:any, in an account of its own (acme_redis@azure:any)
    the same as: onus what-if '-chosen("acme_redis", "acme_redis_host").' '+scope("acme_redis@azure:any", "deployment").' '+within("acme_redis@azure:any", "azure:any").' '+chosen("acme_redis", "acme_redis@azure:any").'

    what                        scope       layer           before         after
    owner                       acme_redis  network_core    aws            azure
    owner                       acme_redis  physical        aws            azure
    owner                       acme_redis  servers         aws            azure
    owner                       acme_redis  storage_core    aws            azure
    owner                       acme_redis  virtualization  aws            azure
    gap                         acme_redis  backup          gap:limbo      gap:silent
    gap                         acme_redis  enc_rest        gap:limbo      gap:silent
    gap                         acme_redis  environmental   held           gap:silent
    gap                         acme_redis  host_os         held           gap:silent
    confirmation                acme_redis  network_core    aws            none
    confirmation                acme_redis  physical        aws            none
    confirmation                acme_redis  servers         aws            none
    confirmation                acme_redis  storage_core    aws            none
    confirmation                acme_redis  virtualization  aws            none
    acme relies on aws                                      95 layers      84 layers
    acme relies on azure                                    0 layers       5 layers
    redis_labs relies on aws                                16 layers      0 layers
    redis_labs relies on azure                              0 layers       5 layers
    rests on aws                                            6 deployments  5 deployments
    rests on azure                                          0 deployments  1 deployment

    more changes in 1 scope that is not checked: --all
    --- exit 0
    "#);
}

#[test]
fn a_matrix_has_every_form_that_people_ask_for() {
    let place = Place::new();
    for ending in ["txt", "md", "csv", "json", "html", "xlsx"] {
        let file = format!("matrix.{ending}");
        assert_eq!(place.onus(&["matrix", "acme_redis", "--stack", "-o", &file]), "--- exit 0\n");
    }
    let html = place.read("matrix.html");
    assert!(html.contains("default-src 'none'") && !html.contains("<script") && !html.contains("http://"), "{html}");
    let csv = place.read("matrix.csv");
    assert_snapshot!(lines(&csv, ",physical,").join("\n"), @r#"
    acme_redis,physical,yes,"","","","",confirmed S0-8 S3-9,"","S0-8: D0 Cloud provider responsibility, l. 21; S3-9: D3 WHAT IS AWS RESPONSIBLE FOR?, l. 9"
    acme_redis_host,physical,no,"","","","",accepted S3-9,"","S3-9: D3 WHAT IS AWS RESPONSIBLE FOR?, l. 9"
    "#);
    assert!(std::fs::read(place.path().join("matrix.xlsx")).unwrap().starts_with(b"PK"));
}

#[test]
fn the_picture_of_a_stack_has_three_forms() {
    let place = Place::new();
    assert_snapshot!(place.onus(&["graph", "acme_yb"]), @r##"
    digraph stack {
      rankdir=TB;
      node [fontname="sans-serif", fontsize=11];
      edge [fontname="sans-serif", fontsize=9];
      s0 [shape=box, label="acme_yb\nyb:data\n9 gaps"];
      s1 [shape=box, label="acme_yb_host\naws:any"];
      s2 [shape=box, label="yb_mgmt_host\ngcp:any"];
      s3 [shape=box, label="yb:mgmt\nyb"];
      p0 [shape=ellipse, style=filled, fillcolor="#eef0f3", label="aws\ncsp"];
      p1 [shape=ellipse, style=filled, fillcolor="#eef0f3", label="gcp\ncsp"];
      p2 [shape=ellipse, style=filled, fillcolor="#eef0f3", label="yugabyte\nvendor"];
      p3 [shape=ellipse, style=filled, fillcolor="#eef0f3", label="acme\ncustomer"];
      s0 -> s1 [label="runs on", style=bold];
      s3 -> s2 [label="runs on", style=bold];
      s0 -> s3 [label="needs", style=dashed];
      s0 -> p2 [label="supplied by", style=solid, arrowhead=odot];
      s1 -> p0 [label="supplied by", style=solid, arrowhead=odot];
      s3 -> p2 [label="supplied by", style=solid, arrowhead=odot];
      s2 -> p1 [label="supplied by", style=solid, arrowhead=odot];
      s0 -> p3 [label="used by", style=dotted, arrowhead=obox];
    }
    --- exit 0
    "##);
    assert_snapshot!(place.onus(&["graph", "acme_yb", "--format", "mermaid"]), @r#"
    flowchart TB
      s0["acme_yb<br/>yb:data<br/>9 gaps"]
      s1["acme_yb_host<br/>aws:any"]
      s2["yb_mgmt_host<br/>gcp:any"]
      s3["yb:mgmt<br/>yb"]
      p0(["aws<br/>csp"])
      p1(["gcp<br/>csp"])
      p2(["yugabyte<br/>vendor"])
      p3(["acme<br/>customer"])
      s0 ==>|runs on| s1
      s3 ==>|runs on| s2
      s0 -.->|needs| s3
      s0 -->|supplied by| p2
      s1 -->|supplied by| p0
      s3 -->|supplied by| p2
      s2 -->|supplied by| p1
      s0 -.->|used by| p3
    --- exit 0
    "#);
    assert_eq!(place.onus(&["graph", "-o", "stack.svg"]), "--- exit 0\n");
    let svg = place.read("stack.svg");
    assert!(svg.contains("<title>acme_yb runs on acme_yb_host</title>"), "{svg}");
    assert_eq!(svg.matches("<rect class=\"scope\"").count(), 11, "{svg}");
}

#[test]
fn the_audit_tells_what_was_tampered_with() {
    let place = demo();
    assert_snapshot!(place.onus(&["audit"]), @r"
    certificate: 5558 rows against 5037 rule instances: each follows from the facts, and nothing is missing
    twin: 1645 tuples of ownership and reliance derived a second time by compiled code: the same
    citations: 205 statements of 5 documents, named by 218 facts: every one has its section and lines
    --- exit 0
    ");
    place.file("facts/slipped_in.dl", "claim(\"S9-9\", \"redis\", \"ddos\", \"aws\", \"sole\").\n");
    let told = place.onus(&["audit"]);
    assert_snapshot!(lines(&told, "S9-9").join("\n"), @r#"citations  claim("S9-9", "redis", "ddos", "aws", "sole") at facts/slipped_in.dl:1: no document holds the statement S9-9"#);
    assert!(told.ends_with("--- exit 1\n"), "{told}");
    place.file("facts/slipped_in.dl", "cites(\"S9-9\", \"D9\", \" \", \"some\").\n");
    let told = place.onus(&["audit"]);
    assert_snapshot!(lines(&told, "S9-9").join("\n"), @r#"
    citations  S9-9 at facts/slipped_in.dl:1: there is no document D9
    citations  S9-9 at facts/slipped_in.dl:1: "some" are no lines
    citations  S9-9 at facts/slipped_in.dl:1: no section is named
    "#);
    std::fs::remove_file(place.path().join("facts/slipped_in.dl")).unwrap();
    let rules = include_str!("../../rules/responsibility.dl");
    let weaker = rules.replace(",\n    !beaten(scope, layer, statement, claim_scope, claim_layer, _)", "");
    assert_ne!(weaker, rules);
    place.file("rules/responsibility.dl", &weaker);
    place.file("onus.toml", &place.read("onus.toml").replace("[\"builtin:rules\"]", "[\"builtin:rules\", \"rules\"]"));
    let told = place.onus(&["audit"]);
    assert_snapshot!(lines(&told, "generated from other rules").join("\n"), @"twin  the twin was generated from other rules: in line 101 the rules give `struct GivenEffective<'a>(&'a str, &'a str, &'a str, &'a str, &'a str);`, it has `struct GivenBeaten<'a>(&'a str, &'a str, &'a str, &'a str, &'a str, &'a str);`");
    assert!(told.ends_with("--- exit 1\n"), "{told}");
}

#[test]
fn two_days_are_compared_as_two_versions_of_a_document() {
    let place = Place::new();
    let text = place.onus(&["diff", "2022-06-01", "2024-06-01", "--scenario", "relay"]);
    assert_snapshot!(text, @r"
    2022-06-01 -> 2024-06-01
    2 facts changed; 9 conclusions: 6 gained, 3 lost, 3 alarms among them

    facts
      - the question is asked for 20220601   --as-of:1
      + the question is asked for 20240601   --as-of:1

    because the fact as_of(20240601) is new
    ! ~ R3-5 gives key_mgmt in pods_tables to fable_tables, R5-1 to fable_pods (hard) (was R4-1)   [exclusive-yet-another] owner(scope, layer, other, _, other_statement)
    ! - nobody answers for audit_log_db in bakery_books (open)   [gap-open] !covered(scope, layer)
      + fable_bakery relies on fable_tables for audit_log_db in bakery_books   [customer-relies] held(at, layer, b)
      + fable_ledger relies on fable_tables for audit_log_db in books_state   [customer-relies] held(at, layer, b)
      + fable_pods relies on fable_tables for audit_log_db in pods_tables   [customer-relies] held(at, layer, b)
      ~ fable_tables answers for audit_log_db in pods_tables (was fable_pods)   [owner-answers] owner(scope, layer, party, _, _)
      + fable_tables answers for audit_log_db in tables:engine   [owner-answers] owner(scope, layer, party, _, _)

    14 other relations changed: accepted +2, as_of +1 -1, assigned +1 -2, cand +4 -4, counts_on_customer -1,
        covered +4, effective +4 -4, held +5 -1, host_accepts +3, limbo -2, live +2 -2, may_cite +3, owner +3 -2,
        unbound +1 -2
    --- exit 1
    ");
}
