//! The audit sees one tuple, one citation and one generated rule that was tampered with.

use std::sync::Arc;

use onus::explain::certify::certify;
use onus::model::Model;
use onus::responsibility::audit::{Audit, Complaint, Derived, Rows, Twin};
use onus::storage::Database;

use crate::support::{answers, session};

/// The given rows of a model.
fn given(model: &Model) -> Database {
    let mut given = model.database().clone();
    for id in model.program().relation_ids() {
        given.set_relation(id, Arc::new(model.relation(id).given()));
    }
    given
}

fn audit(model: &Model, given: &Database, twin: Twin<'_>) -> Audit {
    let certificate = certify(model, given, &onus::eval::Options::default()).unwrap();
    Audit::of(answers(model), &certificate, twin)
}

fn sentences(audit: &Audit) -> Vec<String> {
    audit.complaints.iter().map(Complaint::sentence).collect()
}

/// A model with one tuple more, as if it had been derived.
fn with(model: &Model, relation: &str, like: &[&str]) -> Model {
    let id = model.find(relation).unwrap();
    let symbols = &model.values().symbols;
    let words: Vec<u32> = like
        .iter()
        .map(|text| {
            let known = model.program().relation_ids().find_map(|id| {
                let rows = model.relation(id).rows();
                rows.flat_map(|row| row.iter().copied().zip(model.decode(id, row)))
                    .find_map(|(word, value)| (value.to_string() == *text).then_some(word))
            });
            known.unwrap_or_else(|| panic!("{text} occurs nowhere, {:?}", symbols.find(text)))
        })
        .collect();
    let mut database = model.database().clone();
    assert_eq!(database.relation_mut(id).extend(1, &words, 1), 1, "it was there already");
    Model::new(model.share_program(), database, model.share_sources())
}

#[test]
fn what_nobody_touched_passes() {
    let (_, model) = session();
    let audit = audit(&model, &given(&model), Twin::standard());
    assert_eq!(sentences(&audit), [] as [&str; 0]);
    assert!(audit.holds() && audit.compared > 1000 && audit.statements == 205, "{audit:?}");
}

#[test]
fn a_tuple_that_was_slipped_in_is_seen_twice() {
    let (_, model) = session();
    let tampered = with(&model, "relies", &["acme", "gcp", "physical", "acme_redis"]);
    let audit = audit(&tampered, &given(&model), Twin::standard());
    let told = sentences(&audit);
    let tuple = r#"relies("acme", "gcp", "physical", "acme_redis")"#;
    assert!(told.contains(&format!("{tuple}: the model has it, and no rule derives it")), "{told:?}");
    assert!(told.contains(&format!("{tuple}: the model has it, and the twin does not derive it")), "{told:?}");
    let parts: Vec<&str> = audit.complaints.iter().map(Complaint::part).collect();
    assert!(parts.contains(&"certificate") && parts.contains(&"twin"), "{told:?}");
}

#[test]
fn a_given_tuple_that_nobody_gave_is_seen() {
    let (_, model) = session();
    let mut less = given(&model);
    let id = model.find("chosen").unwrap();
    less.retain_given(id, |row| model.decode(id, row)[0].to_string() != "acme_redis");
    let told = sentences(&audit(&model, &less, Twin::standard()));
    assert_eq!(told, [r#"chosen("acme_redis", "acme_redis_host"): it counts as given, and nobody gave it"#]);
}

#[test]
fn a_generated_rule_that_was_changed_is_named_by_its_line() {
    let (_, model) = session();
    let twin = Twin::standard();
    let at = twin.text.lines().position(|line| line.contains("Relies(") && line.contains("<-")).unwrap();
    let line = twin.text.lines().nth(at).unwrap();
    let text = twin.text.replacen(line, &line.replacen("Relies(", "Relies( ", 1), 1);
    let told = sentences(&audit(&model, &given(&model), Twin { text: &text, ..twin }));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with(&format!("the twin was generated from other rules: in line {}", at + 1)), "{told:?}");
}

/// A twin that forgets one tuple and invents another.
fn unfaithful<'a>(rows: Rows<'a, '_>) -> Derived<'a> {
    let mut derived = (Twin::standard().derive)(rows);
    let relies = derived.get_mut("relies").unwrap();
    let mut first = relies.pop_first().unwrap();
    first.reverse();
    relies.insert(first);
    derived
}

#[test]
fn a_twin_that_derives_something_else_is_seen() {
    let (_, model) = session();
    let audit = audit(&model, &given(&model), Twin { derive: unfaithful, ..Twin::standard() });
    let told = sentences(&audit);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].ends_with("the twin derives it, and the model does not have it"), "{told:?}");
    assert!(told[1].ends_with("the model has it, and the twin does not derive it"), "{told:?}");
}
