//! `why`, `why-not`, `critical`, `witnesses`, `what-if`, `diff` over the shipped project, as a reviewer would ask.

use insta::assert_snapshot;

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
