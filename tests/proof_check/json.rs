//! Proofs that are written, read back and checked; and documents that were tampered with.

use onus::eval::Options;
use onus::explain::NodeId;
use onus::model::Model;
use onus::report::proof::NoNotes;
use onus::report::proof::json::{CheckedProof, Refusal, check_json, json};
use onus_judge::schema::misfit;
use serde_json::{Value as Json, json as object};

use crate::{PROGRAMS, explained, model, tuples};

fn check(model: &Model, document: &str) -> Result<CheckedProof, Refusal> {
    check_json(model, "p.json", document, &Options::default()).unwrap()
}

/// The node that is blamed and why; the message where the document cannot be read.
fn blame(model: &Model, document: &Json) -> Option<(Option<NodeId>, String)> {
    match check(model, &document.to_string()) {
        Ok(_) => None,
        Err(Refusal::Flaw { flaw, .. }) => Some((flaw.node, flaw.reason)),
        Err(Refusal::Unreadable(found)) => panic!("{} in {document}", found.message),
    }
}

/// Without what people see and nobody vouches for.
fn bare(document: &str) -> Json {
    let mut document: Json = serde_json::from_str(document).unwrap();
    for node in document["nodes"].as_array_mut().unwrap() {
        for key in ["text", "place", "citation", "word"] {
            node.as_object_mut().unwrap().remove(key);
        }
    }
    document
}

#[test]
fn what_is_written_reads_back_and_is_accepted() {
    for text in PROGRAMS {
        let model = model(text);
        for tuple in tuples(&model) {
            let proof = explained(&model, &tuple);
            let document = json(&model, &proof, &NoNotes);
            let read = check(&model, &document).unwrap_or_else(|refusal| panic!("{refusal:?}\n{document}\n{text}"));
            assert!(!read.other_program && !read.other_facts);
            assert_eq!(read.checked.nodes, proof.nodes.len());
            assert_eq!(bare(&json(&model, &read.proof, &NoNotes)), bare(&document), "{text}");
        }
    }
}

/// Another value of the same shape.
fn other(value: &Json) -> Json {
    match value {
        Json::Number(number) if number.is_f64() => object!(-98.75),
        Json::Number(_) => object!(987_654_321_u32),
        Json::String(_) => object!("nobody says this"),
        Json::Null => object!([7, null]),
        Json::Array(_) => Json::Null,
        Json::Object(_) => object!({ "$Node": [{ "$Leaf": [] }, "nobody", { "$Leaf": [] }] }),
        Json::Bool(value) => object!(!value),
    }
}

#[test]
fn a_changed_argument_a_missing_premise_and_a_wrong_rule_are_refused_by_node() {
    let (mut arguments, mut missing, mut wrong) = (0, 0, 0);
    for text in PROGRAMS {
        let model = model(text);
        let all = tuples(&model);
        for tuple in all.iter().step_by(all.len().div_ceil(12)) {
            let document: Json = serde_json::from_str(&json(&model, &explained(&model, tuple), &NoNotes)).unwrap();
            let nodes = document["nodes"].as_array().unwrap();
            if nodes.len() > 40 {
                continue;
            }
            let refused = |at: usize, what: &str, changed: &Json| {
                let context = || format!("{what} of node {at} in\n{changed:#}\nof {text}");
                let (node, reason) = blame(&model, changed).unwrap_or_else(|| panic!("{}", context()));
                let node = node.unwrap_or_else(|| panic!("{reason}: {}", context())).0 as usize;
                assert!(node >= at && node < nodes.len(), "node {node} is blamed: {reason}: {}", context());
            };
            for (at, node) in nodes.iter().enumerate() {
                for column in 0..node["arguments"].as_array().map_or(0, Vec::len) {
                    let mut changed = document.clone();
                    let argument = &mut changed["nodes"][at]["arguments"][column];
                    let before = argument.clone();
                    *argument = other(&before);
                    if *argument != before {
                        refused(at, "an argument", &changed);
                        arguments += 1;
                    }
                }
                for premise in 0..node["premises"].as_array().map_or(0, Vec::len) {
                    let mut changed = document.clone();
                    changed["nodes"][at]["premises"].as_array_mut().unwrap().remove(premise);
                    refused(at, "a premise", &changed);
                    missing += 1;
                }
                let rules = document["rules"].as_array().unwrap();
                if node["kind"] == "derived" {
                    for (rule, _) in rules.iter().enumerate().filter(|(_, rule)| rule["relation"] != node["relation"]) {
                        let mut changed = document.clone();
                        changed["nodes"][at]["rule"] = object!(rule);
                        refused(at, "the rule", &changed);
                        wrong += 1;
                    }
                    let mut changed = document.clone();
                    changed["nodes"][at]["rule"] = object!(rules.len());
                    refused(at, "the rule", &changed);
                    let rule = usize::try_from(node["rule"].as_u64().unwrap()).unwrap();
                    let mut changed = document.clone();
                    changed["rules"][rule]["digest"] = object!("sha256:00");
                    refused(0, "the rule's digest", &changed);
                }
            }
        }
    }
    assert!(arguments > 400 && missing > 400 && wrong > 100, "{arguments} {missing} {wrong}");
}

#[test]
fn flaws_of_documents_name_node_and_cause() {
    let model = model(
        ".decl e(x: number, y: number) .decl p(x: number, y: number) .decl q(x: number) .decl c(k: number)
        e(1, 2). e(2, 3). p(x, y) :- e(x, y). p(x, z) :- p(x, y), e(y, z).
        q(x) :- e(x, _), !e(_, x). c(k) :- k = count : { e(_, _) }.",
    );
    let document = |relation: &str, at: usize| {
        let all = tuples(&model);
        let tuple = all.iter().filter(|tuple| model.name(tuple.relation) == relation).nth(at).unwrap();
        serde_json::from_str::<Json>(&json(&model, &explained(&model, tuple), &NoNotes)).unwrap()
    };
    let mut found = Vec::new();
    let mut note = |change: &str, path: &str, document: &Json, value: Json| {
        let mut changed = document.clone();
        *changed.pointer_mut(path).unwrap() = value;
        let says = match check(&model, &changed.to_string()) {
            Ok(_) => "accepted".to_owned(),
            Err(Refusal::Flaw { flaw, .. }) => flaw.diagnostic().message,
            Err(Refusal::Unreadable(found)) => format!("unreadable: {}", found.message),
        };
        found.push(format!("{change}: {says}"));
    };
    let (p, q, c) = (document("p", 2), document("q", 0), document("c", 0));
    note("an argument", "/nodes/0/arguments/1", &p, object!(3));
    note("an argument of another type", "/nodes/0/arguments/1", &p, object!("2"));
    note("a relation", "/nodes/0/relation", &p, object!("edge"));
    note("a rule", "/nodes/3/rule", &p, object!(0));
    note("a premise", "/nodes/3/premises", &p, object!([1]));
    note("a binding", "/nodes/3/bindings/0/value", &p, object!(2));
    note("a binding's variable", "/nodes/3/bindings/0/variable", &p, object!(7));
    note("a binding's type", "/nodes/3/bindings/0/type", &p, object!("symbol"));
    note("the rank", "/nodes/3/rank/round", &p, object!(1));
    note("the number of a node", "/nodes/2/id", &p, object!(3));
    note("the conclusion", "/conclusion", &p, object!(1));
    note("the form", "/schema", &p, object!("onus-proof/0"));
    note("the kind of a node", "/nodes/0/kind", &p, object!("guessed"));
    note("completeness", "/complete", &p, object!("yes"));
    note("what is absent", "/nodes/1/pattern/0/value", &q, object!(2));
    note("how many are counted", "/nodes/2/value", &c, object!(1));
    note("what is counted", "/nodes/2/rows/1/premises", &c, object!([0]));
    note("the rows", "/nodes/2/rows", &c, object!([]));
    note("the operator", "/nodes/2/op", &c, object!("sum"));
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn texts_that_are_no_document_are_refused_with_their_place() {
    let model = model(".decl e(x: number) e(1).");
    let document = json(&model, &explained(&model, &tuples(&model)[0]), &NoNotes);
    let says = |text: &str| match check(&model, text) {
        Err(Refusal::Unreadable(found)) => format!("{} {}", found.place.unwrap(), found.message),
        other => panic!("{other:?}"),
    };
    let cases = [
        String::new(),
        "proof".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        format!("{document}{document}"),
        document.replace("\"complete\": true", "\"complete\": 1"),
        document.replace("\"kind\":\"given\"", "\"kind\":3"),
        document.replace("\"arguments\":[1],", ""),
        document.replace("\"alternatives\": 0", "\"alternatives\": -1"),
        document[..document.len() / 2].to_owned(),
    ];
    insta::assert_snapshot!(cases.map(|text| says(&text)).join("\n"));
}

#[test]
fn values_survive_exactly() {
    let model = model(
        r#".type L = [n: number, l: L] .type T = A {} | B {l: L, u: unsigned}
        .decl v(n: number, u: unsigned, f: float, s: symbol, l: L, t: T) .decl w(n: number, f: float)
        v(-9223372036854775808, 18446744073709551615u, 0.1, "\"\\\n\t\a é\r", [1, [2, nil]], $B(nil, 7u)).
        v(9223372036854775807, 0u, 123456789012345680000.0, "", nil, $A()).
        w(n, f * 0.1) :- v(n, _, f, _, _, _). w(1, 0.0 / 0.0). w(2, 1.0 / 0.0). w(3, -1.0 / 0.0)."#,
    );
    for tuple in tuples(&model) {
        let proof = explained(&model, &tuple);
        let read = check(&model, &json(&model, &proof, &NoNotes)).unwrap();
        assert_eq!(read.proof.node(read.proof.root()).tuple(), Some(&tuple));
    }
}

#[test]
fn the_schema_describes_what_is_written() {
    let schema: Json = serde_json::from_str(include_str!("../../docs/onus-proof-1.schema.json")).unwrap();
    for text in PROGRAMS {
        let model = model(text);
        for tuple in tuples(&model) {
            let document: Json = serde_json::from_str(&json(&model, &explained(&model, &tuple), &NoNotes)).unwrap();
            assert_eq!(misfit(&schema, &document), None);
        }
    }
    let wrong = object!({ "schema": "onus-proof/1", "nodes": [{ "id": 0, "kind": "given" }] });
    assert!(misfit(&schema, &wrong).is_some());
}
