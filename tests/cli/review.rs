//! Change review: comparisons of revisions and directories, what-if, and answers under snapshot.

use std::process::Command;

use insta::assert_snapshot;
use onus_judge::case::below;

use crate::support::Place;

const RULES: &str = "\
/// `issuer` says in `statement` that `who` answers for `layer`.
.decl claim(statement: symbol, issuer: symbol, layer: symbol, who: symbol)
.decl part(child: symbol, parent: symbol)
/// `statement` speaks of `layer`, or of what it is part of.
.decl bears(statement: symbol, layer: symbol)
@[label = \"as-said\"]
bears(s, l) :- claim(s, _, l, _).
@[label = \"passed-down\"]
bears(s, m) :- bears(s, l), part(m, l).
/// For `layer`, `statement` gives way to a narrower one of the same issuer.
.decl beaten(statement: symbol, layer: symbol)
@[label = \"narrower\"]
beaten(s, l) :- bears(s, l), bears(t, l), claim(s, i, wide, _), claim(t, i, narrow, _), part(narrow, wide).
/// `who` answers for `layer`.
@[watch]
@[says = \"{who} answers for {layer}\"]
.decl owner(layer: symbol, who: symbol)
@[label = \"override\"]
owner(l, w) :- bears(s, l), claim(s, _, _, w), !beaten(s, l).
/// Nobody answers for `layer`.
@[alarm]
@[says = \"nobody answers for {layer}\"]
.decl gap(layer: symbol)
@[label = \"vacant\"]
gap(l) :- wanted(l), !owner(l, _).
.decl wanted(layer: symbol)
";

const CLAIMS: &str = "statement,issuer,layer,who\ns1,aws,compute,aws\ns2,aws,os,customer\ns3,redis,data,customer\n";

fn project() -> Place {
    let place = Place::new();
    place.file("rules/own.dl", RULES);
    place.file("facts/claim.csv", CLAIMS);
    place.file("facts/part.csv", "child,parent\nos,compute\nhypervisor,compute\n");
    place.file("facts/wanted.csv", "layer\ncompute\nos\nhypervisor\ndata\n");
    place.file("queries/who_has_os.dl", "/// Who answers for the operating system?\n?- owner(\"os\", who).\n");
    place
}

fn edit(place: &Place, name: &str, from: &str, to: &str) {
    let text = place.read(name);
    assert!(text.contains(from), "{name} has no `{from}`");
    place.file(name, &text.replace(from, to));
}

fn git(place: &Place, words: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
        .args(words)
        .current_dir(place.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_weakened_rule_is_named_with_its_literal() {
    let place = project();
    assert_snapshot!(place.onus(&["snapshot"]), @r"
    3 answers in snapshots/, 6 files written
    --- exit 0
    ");
    assert_snapshot!(place.onus(&["check"]), @r"
    3 answers are as they were reviewed
    --- exit 0
    ");
    edit(&place, "rules/own.dl", "claim(s, _, _, w), !beaten(s, l)", "claim(s, _, _, w)");
    assert_snapshot!(place.onus(&["check"]), @r#"
    1 rule changed; 1 conclusion: 1 gained, 0 lost

    rules
      ~ the rule [override] no longer asks for `!beaten(s, l)`   rules/own.dl:19

    because the rule [override] no longer asks for `!beaten(s, l)`
      + aws answers for os   [override]

    queries/who_has_os.txt +1 -0
      + "aws"
    relations/owner.txt +1 -0
    2 answers changed
    --- exit 1
    "#);
    assert_snapshot!(place.onus(&["check", "--format", "markdown"]), @r#"
    ## onus check

    ❌ 2 answers changed

    ### What changes

    **1 rule changed; 1 conclusion: 1 gained, 0 lost**

    #### Rules

    - the rule \[override\] no longer asks for `!beaten(s, l)` — rules/own.dl:19

      ```diff
      - owner(l, w) :- !beaten(s, l), bears(s, l), claim(s, _, _, w).
      + owner(l, w) :- bears(s, l), claim(s, _, _, w).
      ```

    #### Because the rule \[override\] no longer asks for `!beaten(s, l)`

    - `+` aws answers for os — `[override]`

    ### Answers

    <details><summary>queries/who_has_os.txt +1 -0</summary>

    ```diff
    +"aws"
    ```

    </details>
    --- exit 1
    "#);
    let before = place.read("snapshots/relations/owner.txt");
    assert_snapshot!(place.onus(&["check", "--accept"]), @r"
    accepted: 4 files written under snapshots/
    --- exit 0
    ");
    assert_snapshot!(before.as_str(), @r#"
    # owner(layer, who)
    # `who` answers for `layer`.
    owner("compute", "aws")
    owner("data", "customer")
    owner("hypervisor", "aws")
    owner("os", "customer")
    "#);
    assert_snapshot!(place.read("snapshots/relations/owner.txt"), @r#"
    # owner(layer, who)
    # `who` answers for `layer`.
    owner("compute", "aws")
    owner("data", "customer")
    owner("hypervisor", "aws")
    owner("os", "aws")
    owner("os", "customer")
    "#);
    assert_snapshot!(place.read("snapshots/queries/who_has_os.txt"), @r#"
    # Who answers for the operating system?
    # who
    "aws"
    "customer"
    "#);
    assert!(place.onus(&["check"]).ends_with("--- exit 0\n"));
}

#[test]
fn comments_and_order_change_nothing() {
    let place = project();
    place.onus(&["snapshot"]);
    let files =
        || ["manifest.json", "basis/rules.dl", "basis/facts.dl"].map(|name| place.read(&format!("snapshots/{name}")));
    let before = files();
    let (declared, rules) = RULES.split_once("@[label = \"override\"]").unwrap();
    place.file("rules/own.dl", declared);
    place.file("rules/a.dl", &format!("// Moved to a file of its own.\n@[label = \"override\"]{rules}"));
    edit(
        &place,
        "rules/own.dl",
        "bears(s, l), bears(t, l), claim(s, i, wide, _)",
        "claim(s,i,wide,_), /* of the same */ bears(t, l), bears(s, l)",
    );
    place.file("facts/part.csv", "child,parent\r\nhypervisor,compute\r\nos,compute\r\n");
    assert_snapshot!(place.onus(&["check"]), @r"
    3 answers are as they were reviewed
    --- exit 0
    ");
    place.onus(&["snapshot", "-j", "2"]);
    assert_eq!(files(), before);
}

#[test]
fn torn_and_edited_snapshots_are_told_apart_from_changes() {
    let place = project();
    place.onus(&["snapshot"]);
    let owner = place.read("snapshots/relations/owner.txt");
    // Line ends of another platform are no edit.
    place.file("snapshots/relations/owner.txt", &owner.replace('\n', "\r\n"));
    assert!(place.onus(&["check"]).ends_with("--- exit 0\n"));
    place.file("snapshots/relations/owner.txt", &owner[..owner.len() / 2]);
    place.file("snapshots/relations/stray.txt", "");
    std::fs::remove_file(place.path().join("snapshots/queries/who_has_os.txt")).unwrap();
    assert_snapshot!(place.onus(&["check"]), @r#"
    snapshot: snapshots/queries/who_has_os.txt is missing
    snapshot: snapshots/relations/owner.txt is not as it was written: it is torn, was edited, or merged by hand
    snapshot: snapshots/relations/stray.txt is not listed in manifest.json
    queries/who_has_os.txt +1 -0
      + "customer"
    relations/owner.txt +3 -1
      - ow
      + owner("data", "customer")
      + owner("hypervisor", "aws")
      + owner("os", "customer")
    rules and facts are those of the snapshot: questions or snapshot files changed
    3 snapshot files are not sound, 2 answers changed
    --- exit 1
    "#);
    assert_snapshot!(place.onus(&["check", "--accept", "gap"]), @r"
    --- stderr
    error[E0902]: snapshots/queries/who_has_os.txt is missing
     |
     = help: restore it from version control, or accept everything with `onus check --accept`
    --- exit 3
    ");
    place.file("snapshots/manifest.json", "<<<<<<< HEAD");
    assert_snapshot!(place.onus(&["check"]).lines().next().unwrap(), @"snapshot: snapshots/manifest.json cannot be read: expected value at line 1 column 1");
    place.onus(&["check", "--accept"]);
    assert!(place.onus(&["check"]).ends_with("--- exit 0\n"));
}

#[test]
fn one_answer_can_be_accepted_alone() {
    let place = project();
    place.onus(&["snapshot"]);
    edit(&place, "facts/claim.csv", "s2,aws,os,customer", "s2,aws,os,vendor");
    place.onus(&["check", "--accept", "who_has_os"]);
    assert_snapshot!(place.onus(&["check", "--junit", "check.xml"]), @r#"
    2 facts changed; 2 conclusions: 1 gained, 1 lost

    facts
      - claim("s2", "aws", "os", "customer")   snapshots/basis/facts.dl:2
      + claim("s2", "aws", "os", "vendor")   facts/claim.csv:3

    because the fact claim("s2", "aws", "os", "vendor") is new
      ~ vendor answers for os (was customer)   [override] claim(s, _, _, w)

    1 other relation changed: claim +1 -1

    relations/owner.txt +1 -1
    1 answer changed
    --- exit 1
    "#);
    assert!(place.read("check.xml").contains("tests=\"5\" failures=\"1\""), "{}", place.read("check.xml"));
    assert_snapshot!(place.onus(&["check", "--accept", "owners"]), @r"
    --- stderr
    error[E0901]: no question and no watched relation is called `owners`
     |
     = help: did you mean `owner`?
    --- exit 2
    ");
}

#[test]
fn what_is_denied_fails_the_check() {
    let place = project();
    place.file("rules/deny.dl", "@[deny = \"{who} has both {a} and {b}\"]\n.decl both(who: symbol, a: symbol, b: symbol)\nboth(w, a, b) :- owner(a, w), owner(b, w), a < b.\n");
    assert_snapshot!(place.onus(&["check"]), @r"
    denied: aws has both compute and hypervisor
    denied: customer has both data and os
    there are no answers under snapshots/ to compare with; `onus snapshot` writes them
    2 things that are denied hold
    --- exit 1
    ");
}

#[test]
fn revisions_are_compared_without_touching_the_work_tree() {
    let place = project();
    git(&place, &["init", "-q", "-b", "main"]);
    git(&place, &["add", "."]);
    git(&place, &["commit", "-q", "-m", "one"]);
    edit(&place, "facts/claim.csv", "s1,aws,compute,aws\n", "");
    git(&place, &["commit", "-q", "-a", "-m", "two"]);
    edit(&place, "facts/wanted.csv", "data\n", "data\nnetwork\n");
    assert_snapshot!(place.onus(&["diff", "HEAD~1", "HEAD"]), @r#"
    HEAD~1 -> HEAD
    1 fact changed; 4 conclusions: 2 gained, 2 lost, 2 alarms among them

    facts
      - claim("s1", "aws", "compute", "aws")   facts/claim.csv:2

    because the fact claim("s1", "aws", "compute", "aws") is gone
    ! + nobody answers for compute   [vacant] !owner(l, _)
    ! + nobody answers for hypervisor   [vacant] !owner(l, _)
      - aws answers for compute   [override] bears(s, l)
      - aws answers for hypervisor   [override] bears(s, l)

    3 other relations changed: bears -3, beaten -1, claim -1
    --- exit 1
    "#);
    assert_snapshot!(place.onus(&["diff", "HEAD"]), @r#"
    HEAD -> here
    1 fact changed; 1 conclusion: 1 gained, 0 lost, 1 alarm among them

    facts
      + wanted("network")   facts/wanted.csv:6

    because the fact wanted("network") is new
    ! + nobody answers for network   [vacant] wanted(l)

    1 other relation changed: wanted +1
    --- exit 1
    "#);
    assert_snapshot!(place.onus(&["diff", "main", "HEAD"]), @r"
    main -> HEAD
    nothing changed
    --- exit 0
    ");
    assert_snapshot!(place.onus(&["diff", "--", "--output=x"]), @r"
    --- stderr
    error[E0902]: `--output=x` is neither a project's directory nor a revision
     |
     = help: name two directories, or revisions such as `HEAD~1`
    --- exit 3
    ");
    assert!(place.read("facts/wanted.csv").contains("network"));
    let json = place.onus(&["diff", "HEAD", "--format", "json"]);
    assert!(json.contains("\"schema\": \"onus-diff/1\"") && json.contains("\"relation\": \"gap\""), "{json}");
}

#[test]
fn directories_are_compared() {
    let (one, two) = (project(), project());
    edit(&two, "rules/own.dl", ", !beaten(s, l)", "");
    let words = [one.path().to_str().unwrap(), two.path().to_str().unwrap()];
    let text = one.onus(&["diff", words[0], words[1]]);
    let text = text.replace(words[0], "ONE").replace(words[1], "TWO");
    assert_snapshot!(text, @r"
    ONE -> TWO
    1 rule changed; 1 conclusion: 1 gained, 0 lost

    rules
      ~ the rule [override] no longer asks for `!beaten(s, l)`   rules/own.dl:19

    because the rule [override] no longer asks for `!beaten(s, l)`
      + aws answers for os   [override]
    --- exit 1
    ");
}

#[test]
fn astronomer_moves_to_azure() {
    let place = Place::new();
    let text = place.onus(&[
        "what-if",
        "-within(\"acme_astro_host\",\"aws:any\")",
        "+within(\"acme_astro_host\",\"azure:any\")",
    ]);
    let says = |what: &str| assert!(text.contains(what), "{what} is not in\n{text}");
    says("~ azure answers for physical in acme_astro (was aws)");
    says("~ acme relies on azure for physical in acme_astro (was aws)");
    says("- aws confirms physical in acme_astro");
    says("! + nobody answers for virtualization in acme_astro (silent)");
    says("- aws answers for availability_zones in acme_astro_host");
    says("nothing in the project was changed");
    says("--- exit 1");
}

#[test]
fn every_literal_that_is_taken_from_a_rule_is_named() {
    let place = project();
    place.onus(&["snapshot"]);
    for (literal, named) in [
        (", !beaten(s, l)", "the rule [override] no longer asks for `!beaten(s, l)`"),
        (", bears(t, l)", "the rule [narrower] no longer asks for `bears(t, l)`"),
        (", part(narrow, wide).", "the rule [narrower] no longer asks for `part(narrow, wide)`"),
        (", !owner(l, _)", "the rule [vacant] no longer asks for `!owner(l, _)`"),
    ] {
        let with = if literal.ends_with('.') { "." } else { "" };
        edit(&place, "rules/own.dl", literal, with);
        let text = place.onus(&["check"]);
        let causes: Vec<&str> = text.lines().filter(|line| line.starts_with("because ")).collect();
        assert_eq!(causes, [format!("because {named}")], "{text}");
        place.file("rules/own.dl", RULES);
    }
}

#[test]
fn dead_rules_and_redundant_literals_are_found() {
    let place = project();
    assert_snapshot!(place.onus(&["coverage"]), @r"
    rules that never fire
      [vacant] gap(l) :- wanted(l), !owner(l, _).   rules/own.dl:25
    literals whose removal changes nothing
      [narrower] bears(s, l)   rules/own.dl:13
    5 rules, 1 never fire; 12 literals, 1 change nothing
    --- exit 1
    ");
    let planted = "@[label = \"planted\"]\ngap(l) :- wanted(l), part(l, l).\n@[label = \"again\"]\ngap(l) :- wanted(l), !owner(l, \"aws\"), !owner(l, _).\n";
    place.file("rules/planted.dl", planted);
    place.file("facts/wanted.csv", "layer\ncompute\nos\nhypervisor\ndata\nnetwork\n");
    assert_snapshot!(place.onus(&["coverage"]), @r#"
    rules that never fire
      [planted] gap(l) :- wanted(l), part(l, l).   rules/planted.dl:2
    literals whose removal changes nothing
      [narrower] bears(s, l)   rules/own.dl:13
      [again] !owner(l, "aws")   rules/planted.dl:4
    7 rules, 1 never fire; 17 literals, 2 change nothing
    --- exit 1
    "#);
}

#[test]
fn changed_answers_are_reviewed_one_by_one() {
    let place = project();
    place.onus(&["snapshot"]);
    edit(&place, "rules/own.dl", "claim(s, _, _, w), !beaten(s, l)", "claim(s, _, _, w)");
    let before = place.read("snapshots/relations/owner.txt");
    assert_snapshot!(place.onus_with(&["check", "--review"], "w\na\nr\n"), @r#"
    1 rule changed; 1 conclusion: 1 gained, 0 lost

    rules
      ~ the rule [override] no longer asks for `!beaten(s, l)`   rules/own.dl:19

    because the rule [override] no longer asks for `!beaten(s, l)`
      + aws answers for os   [override]

    [1 of 2] queries/who_has_os.txt +1 -0
      + "aws"
    accept, reject, skip, why? (a r s w) w
     1 aws answers for os                     [override] rules/own.dl:19
     |- claim("s1", "aws", "compute", "aws")  * given facts/claim.csv:2
     `- 2 bears("s1", "os")                   [passed-down] rules/own.dl:9
        `- part("os", "compute")              * given facts/part.csv:2
     5 steps, shown in 4 - folded: 1 renaming, 1 repetition - next  :why 2   :critical   :witnesses
    accept, reject, skip, why? (a r s w) a

    [2 of 2] relations/owner.txt +1 -0
      + owner("os", "aws")
    accept, reject, skip, why? (a r s w) r

    accepted: queries/who_has_os.txt
    rejected: relations/owner.txt
    snapshots/ keeps what was rejected as it was reviewed: mend rules/own.dl:19
    --- exit 1
    "#);
    assert!(place.read("snapshots/queries/who_has_os.txt").contains("\"aws\""));
    assert_eq!(place.read("snapshots/relations/owner.txt"), before, "what was rejected stays as it was reviewed");
    // What is left: put off, then asked why, then accepted; the question is settled.
    assert_snapshot!(place.onus_with(&["check", "--review"], "?\n"), @r#"
    1 rule changed; 1 conclusion: 1 gained, 0 lost

    rules
      ~ the rule [override] no longer asks for `!beaten(s, l)`   rules/own.dl:19

    because the rule [override] no longer asks for `!beaten(s, l)`
      + aws answers for os   [override]

    [1 of 1] relations/owner.txt +1 -0
      + owner("os", "aws")
    accept, reject, skip, why? (a r s w) ?
      a        accept: this is the answer from now on
      r        reject: the answer that was reviewed stays, and what changed it is to be mended
      s        skip: decide later
      w        why: the proof of what is new, and what is missing for the rest
      A, R, S  the same for this one and all that follow; q is S
    accept, reject, skip, why? (a r s w) 

    not decided: relations/owner.txt
    --- exit 1
    "#);
    assert_snapshot!(place.onus_with(&["check", "--review"], "w\nA\n"), @r#"
    1 rule changed; 1 conclusion: 1 gained, 0 lost

    rules
      ~ the rule [override] no longer asks for `!beaten(s, l)`   rules/own.dl:19

    because the rule [override] no longer asks for `!beaten(s, l)`
      + aws answers for os   [override]

    [1 of 1] relations/owner.txt +1 -0
      + owner("os", "aws")
    accept, reject, skip, why? (a r s w) w
     1 aws answers for os                     [override] rules/own.dl:19
     |- claim("s1", "aws", "compute", "aws")  * given facts/claim.csv:2
     `- 2 bears("s1", "os")                   [passed-down] rules/own.dl:9
        `- part("os", "compute")              * given facts/part.csv:2
     5 steps, shown in 4 - folded: 1 renaming, 1 repetition - next  :why 2   :critical   :witnesses
    accept, reject, skip, why? (a r s w) A

    accepted: relations/owner.txt
    --- exit 0
    "#);
    assert!(place.onus(&["check"]).ends_with("--- exit 0\n"));
    assert_snapshot!(place.onus_with(&["check", "--review"], ""), @r"
    3 answers are as they were reviewed
    --- exit 0
    ");
    place.file("snapshots/relations/owner.txt", &before);
    assert_snapshot!(place.onus_with(&["check", "--review"], "A\n"), @r"
    --- stderr
    error[E0902]: snapshots/relations/owner.txt is not as it was written: it is torn, was edited, or merged by hand
     |
     = help: restore it from version control, or accept everything with `onus check --accept`
    --- exit 3
    ");
}

#[test]
fn snapshots_are_the_same_bytes_for_any_number_of_threads() {
    let place = Place::new();
    place.onus(&["new", "demo"]);
    let files = |jobs: &str| {
        assert!(place.onus(&["snapshot", "--project", "demo", "-j", jobs]).ends_with("--- exit 0\n"));
        let files: std::collections::BTreeMap<_, _> = below(&place.path().join("demo/snapshots"))
            .into_iter()
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        std::fs::remove_dir_all(place.path().join("demo/snapshots")).unwrap();
        files
    };
    let one = files("1");
    assert!(one.len() > 30 && one.values().all(|bytes| !bytes.contains(&b'\r')));
    assert!(["2", "3", "8"].into_iter().all(|jobs| files(jobs) == one));
}

/// On the standard rules: who changes hands, because of which literal of which rule.
#[test]
fn a_weakened_override_of_the_standard_rules_lists_the_owners_that_change() {
    let place = Place::new();
    place.onus(&["new", "."]);
    place.onus(&["facts", "export", "rules", "responsibility"]);
    edit(&place, "onus.toml", "[\"builtin:rules\"]", "[\"builtin:rules\", \"rules\"]");
    let manifest = place.read("onus.toml");
    let scenario = manifest.lines().find(|line| line.starts_with("scenario")).unwrap();
    place.file("onus.toml", &manifest.replace(scenario, "scenario = \"relay\""));
    place.onus(&["snapshot"]);
    edit(&place, "rules/responsibility.dl", ",\n    !beaten(scope, layer, statement, claim_scope, claim_layer, _)", "");
    let text = place.onus(&["check"]);
    assert_snapshot!(text.lines().filter(|line| line.contains("answers for") || line.contains("no longer asks")).collect::<Vec<_>>().join("\n"), @r"
      ~ the rule [not-beaten] no longer asks for `!beaten(scope, layer, statement, claim_scope, claim_layer, _)`   rules/responsibility.dl:377
    because the rule [not-beaten] no longer asks for `!beaten(scope, layer, statement, claim_scope, claim_layer, _)`
      + fable_pods answers for guest_os_patching in books_compute   [owner-answers] owner(scope, layer, party, _, _)
      + fable_pods answers for guest_os_patching in pods:compute   [owner-answers] owner(scope, layer, party, _, _)
      + fable_pods answers for guest_os_patching in tables_console_home   [owner-answers] owner(scope, layer, party, _, _)
    ");
    assert!(text.ends_with("--- exit 1\n"), "{text}");
    place.onus(&["check", "--accept"]);
    assert!(place.onus(&["check"]).ends_with("--- exit 0\n"));
}

#[test]
fn rule_tests_are_markdown() {
    let place = project();
    place.file(
        "tests/owners.md",
        "# Owners\n\n```holds\nowner(\"data\", \"customer\")\n```\n\n```holds-not gap(\"os\")\n```\n\n\
         # A layer that nobody has\n\n```datalog\nwanted(\"network\").\n```\n\n```query gap(l)\nl\n\"network\"\n```\n",
    );
    assert_snapshot!(place.onus(&["test"]), @r"
    3 checks held, in 1 file
    --- exit 0
    ");
    edit(&place, "rules/own.dl", ", !beaten(s, l)", "");
    edit(&place, "facts/claim.csv", "s3,redis,data,customer\n", "");
    place.file(
        "tests/more.md",
        "# More\n\n```holds-not\nowner(\"os\", \"aws\")\n```\n\n```query gap(l)\nl\n```\n\n```hold gap(\"os\")\n```\n",
    );
    assert_snapshot!(place.onus(&["test", "--junit", "rules.xml"]), @r#"
    FAILED tests/more.md:4  More: holds-not owner("os", "aws")
         1 aws answers for os                     [override] rules/own.dl:19
         |- claim("s1", "aws", "compute", "aws")  * given facts/claim.csv:2
         `- 2 bears("s1", "os")                   [passed-down] rules/own.dl:9
            `- part("os", "compute")              * given facts/part.csv:2
         5 steps, shown in 4 - folded: 1 renaming, 1 repetition - next  :why 2   :critical   :witnesses

    FAILED tests/more.md:7  More: query gap(l)
          ... 1 as expected
        + "data"

    FAILED tests/more.md:11  More: hold gap("os")
        there is no fence `hold`: did you mean `holds`? text for people stands in `text`

    FAILED tests/owners.md:4  Owners: holds owner("data", "customer")
         !owner("data", "customer")   x does not hold
         1 customer answers for data  would follow by [override] rules/own.dl:19 but 1 of 2 literals fails
         |  bears("s2", "data")       x missing
         |    bears("s2", "os")       ~ near: other layer
         missing +claim("s2", "aws", "data", "customer")
         tried: this would make it true, and so would others - next  :why-not --fix

    FAILED tests/owners.md:16  A layer that nobody has: query gap(l)
          ... 1 as expected
        + "data"
          ... 1 as expected

    1 check held, 5 failed, in 2 files
    --- exit 1
    "#);
    assert!(place.read("rules.xml").contains("tests=\"6\" failures=\"5\""), "{}", place.read("rules.xml"));
    assert_snapshot!(place.onus(&["test", "tests/more.md", "--update"]), @r#"
    tests/more.md: answers written
    FAILED tests/more.md:4  More: holds-not owner("os", "aws")
         1 aws answers for os                     [override] rules/own.dl:19
         |- claim("s1", "aws", "compute", "aws")  * given facts/claim.csv:2
         `- 2 bears("s1", "os")                   [passed-down] rules/own.dl:9
            `- part("os", "compute")              * given facts/part.csv:2
         5 steps, shown in 4 - folded: 1 renaming, 1 repetition - next  :why 2   :critical   :witnesses

    FAILED tests/more.md:11  More: hold gap("os")
        there is no fence `hold`: did you mean `holds`? text for people stands in `text`

    1 check held, 2 failed, in 1 file
    --- exit 1
    "#);
    assert!(
        place.read("tests/more.md").contains("```query gap(l)\nl\n\"data\"\n```"),
        "{}",
        place.read("tests/more.md")
    );
    assert_snapshot!(place.onus(&["test", "--project", "facts"]).lines().nth(1).unwrap(), @"error[E0902]: `facts` is no project");
    std::fs::remove_dir_all(place.path().join("tests")).unwrap();
    assert_snapshot!(place.onus(&["test"]), @r"
    --- stderr
    error[E0901]: there are no rule tests here
     |
     = help: they are Markdown files in tests/, or where `tests` in onus.toml says
    --- exit 2
    ");
}

#[test]
fn rule_tests_are_worlds_in_which_rules_fire() {
    let place = project();
    assert!(place.onus(&["coverage"]).contains("[vacant]"), "nothing is vacant here");
    place.file(
        "tests/vacant.md",
        "# Vacant\n\n```datalog\nwanted(\"network\").\n```\n\n```holds gap(\"network\")\n```\n",
    );
    assert_snapshot!(place.onus(&["coverage"]), @r"
    literals whose removal changes nothing
      [narrower] bears(s, l)   rules/own.dl:13
    5 rules, 0 never fire; 12 literals, 1 change nothing, on 1 rule test
    --- exit 1
    ");
}

#[test]
fn the_standard_rules_pass_their_tests() {
    let root = env!("CARGO_MANIFEST_DIR");
    assert_snapshot!(Place::new().onus(&["test", "--project", root]), @r"
    59 checks held, in 1 file
    --- exit 0
    ");
}
