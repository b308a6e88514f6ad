//! `why`, `why-not`, `critical`, `witnesses`, `what-if`, `diff` over the shipped project, as a reviewer would ask.

use insta::assert_snapshot;
use onus_judge::schema::misfit;
use serde_json::Value as Json;

use crate::support::Place;

const PHYSICAL: &str = r#"relies("astronomer", "aws", "physical", "acme_astro")"#;

#[test]
fn steps_open_by_their_numbers_and_absences_into_why_nothing_is_there() {
    let place = Place::new();
    assert_snapshot!("why", place.onus(&["why", PHYSICAL]));
    assert_snapshot!("why_step", place.onus(&["why", PHYSICAL, "--step", "3"]));
    assert_snapshot!("why_step_within", place.onus(&["why", PHYSICAL, "--step", "3.3"]));
    assert_snapshot!("why_step_absent", place.onus(&["why", PHYSICAL, "--step", "2"]));
    assert_snapshot!(place.onus(&["why", PHYSICAL, "--step", "77"]));
}

#[test]
fn further_proofs_come_by_size() {
    let place = Place::new();
    let found = r#"relies("acme", "aws", "physical", "acme_astro")"#;
    assert_snapshot!("why_all", place.onus(&["why", "--all", found]));
    assert_snapshot!("why_smallest", place.onus(&["why", "--smallest", found]));
    let (_, err, code) = place.run(&["why", "--all", "--step", "2", found], "");
    assert!(code == 2 && err.contains("--step"), "{err}");
}

#[test]
fn proofs_are_graphs_and_clauses_too() {
    let place = Place::new();
    assert_snapshot!("why_dot", place.onus(&["why", PHYSICAL, "--format", "dot"]));
    assert_snapshot!("why_mermaid", place.onus(&["why", PHYSICAL, "--format", "mermaid"]));
    assert_snapshot!(place.onus(&["why", PHYSICAL, "-o", "proof.dl"]), @"--- exit 0");
    // What the conclusion rests on in the end, asked of the proof itself.
    place.file(
        "ask.dl",
        ".decl leaf(text: symbol, citation: symbol)\n\
         leaf(text, citation) :- proof_node(node, \"given\", text), proof_citation(node, citation).\n\
         .output leaf(IO=stdout)\n.include \"proof.dl\"\n",
    );
    assert_snapshot!(place.onus(&["run", "-w", "ask.dl"]));
}

#[test]
fn what_does_not_hold_is_answered_with_why_not_and_the_other_way_round() {
    let place = Place::new();
    assert_snapshot!("why_missing", place.onus(&["why", r#"relies("acme", "azur", layer, at)"#]));
    assert_snapshot!("why_not_holds", place.onus(&["why-not", PHYSICAL]));
    assert_snapshot!(place.onus(&["why", r#"rely("acme", "azure", layer, at)"#]));
}

/// Shows 3: the choice that is missing is named, and what `--fix` says works when applied.
#[test]
fn why_acme_does_not_rely_on_azure() {
    let place = Place::new();
    let wanted = r#"relies("acme", "azure", layer, at)"#;
    assert_snapshot!("why_not", place.onus(&["why-not", wanted]));
    let fixed = place.onus(&["why-not", wanted, "--fix"]);
    assert_snapshot!("why_not_fix", fixed);
    let change = fixed.split("what-if '").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    assert_eq!(change, r#"+chosen("acme_astro", "azure:any")"#);
    let clause = format!("{}.\n", change.trim_start_matches('+'));
    let applied = place.onus_with(&[], &format!("{clause}{wanted}?\n"));
    assert!(applied.contains("\"physical\"") && applied.contains("\"acme_astro\""), "{applied}");
}

/// Shows 4: what it hangs on; without any one of the facts it is gone.
#[test]
fn what_the_reliance_on_aws_hangs_on() {
    let place = Place::new();
    let told = place.onus(&["critical", PHYSICAL]);
    assert_snapshot!("critical", told);
    assert_snapshot!("witnesses", place.onus(&["witnesses", PHYSICAL]));
    for gone in
        [r#"-chosen("acme_astro", "acme_astro_host")"#, r#"-claim("S4-35", "astro", "physical", "@host", "entirely")"#]
    {
        let (out, _, code) = place.run(&["what-if", "--all", gone], "");
        let lost = out.lines().any(|line| {
            line.contains("astronomer relies on aws for physical in acme_astro") && line.trim_start().starts_with('-')
        });
        assert!(lost && code == 1, "{gone}: {out}");
    }
}

/// Shows 2: Astronomer moves to Azure.
#[test]
fn what_if_astronomer_moved_to_azure() {
    let place = Place::new();
    let changes = [r#"-within("acme_astro_host","aws:any")"#, r#"+within("acme_astro_host","azure:any")"#];
    let told = place.onus(&["what-if", changes[0], changes[1]]);
    assert_snapshot!("what_if", told);
    for said in [
        "azure answers for physical in acme_astro (was aws)",
        "aws confirms physical in acme_astro: S4-35 assigns it and S3-9 accepts it",
        "nobody answers for host_os in acme_astro (silent)",
        "nothing in the project was changed",
    ] {
        assert!(told.contains(said), "{said}");
    }
}

/// Shows 5: a literal that is removed from a rule is the cause of each change.
#[test]
fn a_removed_literal_is_the_cause_of_each_change() {
    let place = Place::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for side in ["before", "after"] {
        for part in ["rules", "facts", "facts/scenario"] {
            for entry in std::fs::read_dir(root.join(part)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let name = path.file_name().unwrap().to_str().unwrap();
                    place.file(&format!("{side}/{part}/{name}"), &text);
                }
            }
        }
        place.file(&format!("{side}/onus.toml"), &std::fs::read_to_string(root.join("onus.toml")).unwrap());
    }
    let rules = place.read("after/rules/responsibility.dl");
    let weaker = rules.replace("a != b, !customer(at, b).", "a != b.");
    assert_ne!(rules, weaker);
    place.file("after/rules/responsibility.dl", &weaker);
    let told = place.onus(&["diff", "before", "after"]);
    assert_snapshot!("diff", told);
    let causes: Vec<&str> = told.lines().filter(|line| line.starts_with("because")).collect();
    assert_eq!(causes, ["because the rule [supplier-leans] no longer asks for `!customer(at, b)`"]);
}

/// A document that a command wrote, which fits the schema that it names.
fn document(place: &Place, words: &[&str], code: u8) -> Json {
    let (out, err, exit) = place.run(words, "");
    assert_eq!(exit, i32::from(code), "{words:?}: {err}");
    let document: Json = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{words:?}: {error}: {out}"));
    let name = document["schema"].as_str().unwrap().replace('/', "-");
    let path = format!("{}/docs/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(misfit(&schema, &document), None, "{words:?}");
    document
}

#[test]
fn every_answer_is_a_document_too() {
    let place = Place::new();
    let ask = |words: &[&str], code: u8| document(&place, &[words, &["--format", "json"]].concat(), code);
    let critical = ask(&["critical", PHYSICAL], 0);
    assert_eq!(critical["conclusion"]["arguments"][1], "aws");
    let needed = critical["needed"]["facts"].as_array().unwrap();
    assert!(needed.iter().any(|fact| fact["relation"] == "claim" && fact["citation"].is_string()), "{needed:?}");
    assert!(critical["needed"]["rules"].as_array().unwrap().iter().any(|rule| rule["label"] == "role-filled"));
    let witnesses = ask(&["witnesses", PHYSICAL], 0);
    assert!(!witnesses["sets"][0]["facts"].as_array().unwrap().is_empty());
    let wanted = r#"relies("acme", "azure", layer, at)"#;
    let missing = ask(&["why-not", wanted, "--fix"], 0);
    assert_eq!(missing["fixes"]["fixes"][0]["add"][0]["clause"], r#"+chosen("acme_astro", "azure:any")."#);
    assert_eq!(missing["wanted"]["pattern"][2]["variable"], "layer");
    assert!(missing["misses"].as_array().unwrap().iter().all(|miss| miss["rule"].is_u64()));
    let azur = ask(&["why", r#"relies("acme", "azur", layer, at)"#], 1);
    assert_eq!(azur["suggestions"][0]["near"], "azure");
    assert_eq!(ask(&["critical", wanted], 1)["schema"], "onus-why-not/1");
    assert_eq!(ask(&["why-not", PHYSICAL], 1)["schema"], "onus-proof/1");
    let blocked = ask(&["why-not", r#"gap("acme_redis", "physical", kind)"#], 0);
    let failing = blocked["misses"].as_array().unwrap().iter().flat_map(|miss| miss["failing"].as_array().unwrap());
    assert!(failing.into_iter().any(|failing| failing["kind"] == "blocked"));
    let all = ask(&["why", "--all", r#"relies("acme", "aws", "physical", "acme_astro")"#], 0);
    assert!(all["proofs"].as_array().unwrap().len() > 1);
    let changes = [r#"-within("acme_astro_host","aws:any")"#, r#"+within("acme_astro_host","azure:any")"#];
    let changed = ask(&["what-if", changes[0], changes[1]], 1);
    assert_eq!(changed["facts"].as_array().unwrap().len(), 2);
}

#[test]
fn documents_hold_every_construct() {
    let place = Place::new();
    place.file(
        "p.dl",
        ".type L = [head: number, tail: L] .type T = A {} | B {n: float}\n\
         .decl e(x: number, y: number) .decl far(x: number, y: number, d: number) .decl odd(l: L, t: T)\n\
         .decl few(x: number) .decl pick(x: number, y: number) choice-domain x .decl not_one(x: number)\n\
         e(1, 2). e(2, 3). e(1, 3). e(3, 4). odd([1, nil], $B(0.5)).\n\
         far(x, y, 1) :- e(x, y).\nfar(x, z, d + 1) :- far(x, y, d), e(y, z).\n\
         far(x, y, d) <= far(x, y, c) :- c < d.\nfew(x) :- e(x, _), 1 = count : { e(x, _) }.\n\
         pick(x, y) :- e(x, y).\nnot_one(x) :- e(x, _), !few(x), x != 2.\n",
    );
    place.file("none.dl", "");
    let ask = |words: &[&str], code: u8| {
        document(&place, &[words, &["--format", "json", "--rules", "p.dl", "--facts", "none.dl"]].concat(), code)
    };
    for fact in ["far(1, 4, d)", "few(2)", "pick(1, y)", "odd(l, t)", "not_one(1)"] {
        for command in ["why", "critical", "witnesses"] {
            ask(&[command, fact], 0);
        }
    }
    for fact in
        ["far(1, 4, 3)", "few(1)", "pick(1, 3)", "odd(nil, $A())", "odd([1, nil], $B(1.0))", "not_one(2)", "not_one(3)"]
    {
        ask(&["why-not", fact], 0);
        ask(&["why-not", "--fix", fact], 0);
        let told = place.onus(&["why-not", "--fix", fact, "--rules", "p.dl", "--facts", "none.dl"]);
        assert!(!told.contains(".replaced"), "{told}");
    }
}

#[test]
fn snapshots_and_programs_are_compared_too() {
    let place = Place::new();
    place.file(
        "old.dl",
        ".decl e(x: number)\n@[watch] .decl p(x: number)\n.decl q(x: number)\np(x) :- e(x), !q(x).\nq(2).\n",
    );
    place.file("new.dl", ".decl e(x: number)\n@[watch] .decl p(x: number)\n.decl q(x: number)\np(x) :- e(x).\nq(2).\n");
    place.file("e.facts", "1\n2\n");
    assert_snapshot!(place.onus(&["diff", "old.dl", "new.dl", "--facts", "e.facts"]), @r"
    old.dl -> new.dl
    1 rule changed; 1 conclusion: 1 gained, 0 lost

    rules
      ~ the rule `p(x) :- e(x).` no longer asks for `!q(x)`   new.dl:4

    because the rule `p(x) :- e(x).` no longer asks for `!q(x)`
      + p(2)   [new.dl:4]
    --- exit 1
    ");
    place.file("ours/onus.toml", "rules = [\"rules\"]\nfacts = [\"facts\"]\n");
    place.file("ours/rules/r.dl", &place.read("old.dl"));
    place.file("ours/facts/e.facts", "1\n2\n");
    assert!(place.onus(&["--project", "ours", "snapshot"]).ends_with("--- exit 0\n"));
    place.file("ours/facts/e.facts", "1\n2\n3\n");
    for name in ["ours/snapshots", "ours/snapshots/manifest.json"] {
        let told = place.onus(&["--project", "ours", "diff", name]);
        assert!(told.contains("+ p(3)") && told.contains("because the fact e(3) is new"), "{told}");
    }
    place.file("ours/snapshots/basis/facts.dl", "e(7).");
    let told = place.onus(&["--project", "ours", "diff", "ours/snapshots"]);
    assert!(told.contains("is not as it was written") && told.ends_with("--- exit 3\n"), "{told}");
    let told = place.onus(&["--project", "ours", "diff", "e.facts"]);
    assert!(told.contains("is no program, and no project") && told.ends_with("--- exit 3\n"), "{told}");
    let told = place.onus(&["--project", "ours", "diff", "ours", "-o", "change.md"]);
    assert!(told == "--- exit 0\n" && place.read("change.md").contains("nothing changed"), "{told}");
    let told = place.onus(&["diff", "old.dl", "new.dl", "--facts", "e.facts", "--format", "csv"]);
    assert!(told.contains("its forms are table, json, markdown") && told.ends_with("--- exit 2\n"), "{told}");
}

#[test]
fn colours_are_what_the_user_wants() {
    let place = Place::new();
    let run = |colors: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_onus"))
            .args(["why", PHYSICAL, "--color", "always"])
            .current_dir(place.path())
            .env_clear()
            .env("ONUS_COLORS", colors)
            .output()
            .unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (plain, err) = run("");
    assert!(plain.contains("\u{1b}[32m") && err.is_empty(), "{err}");
    let (changed, err) = run("given=bold red:citation=");
    assert!(changed.contains("\u{1b}[31m") && !changed.contains("\u{1b}[32m") && err.is_empty(), "{err}");
    let (wrong, err) = run("givn=red");
    assert!(wrong == plain && err.contains("there is no role `givn`"), "{err}");
}
