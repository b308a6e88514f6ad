//! What a careful reader of the five documents answers about the acme scenario.

use std::collections::{BTreeMap, BTreeSet};

use onus::responsibility::answers::{BadChoice, Conflict, Disputed, Responsible};
use onus::responsibility::matrix::{Extent, Matrix, Standing};
use onus::responsibility::reliance::{concentration, evidence, leanings};
use onus::responsibility::{Answers, Findings, Gap};

use crate::support::{answers, session};

const INFRASTRUCTURE: [&str; 5] = ["physical", "network_core", "storage_core", "servers", "virtualization"];

fn owners(answers: Answers<'_>, scope: &str, layer: &str) -> Vec<String> {
    let rows = answers.with::<Responsible>(&[("scope", scope), ("layer", layer)]);
    rows.into_iter().map(|row| row.party).collect()
}

#[test]
fn owners_in_acme_redis() {
    let (_, model) = session();
    let answers = answers(&model);
    let owned = |layers: &[&str], party: &str| {
        for layer in layers {
            assert_eq!(owners(answers, "acme_redis", layer), [party], "{layer}");
        }
    };
    owned(&["guest_os_patching", "platform_patching"], "redis_labs");
    owned(&INFRASTRUCTURE, "aws");
    owned(&["app", "app_code", "data", "data_security"], "acme");
}

#[test]
fn physical_is_confirmed_under_all_three_vendors() {
    let (_, model) = session();
    let answers = answers(&model);
    let scopes = ["acme_redis", "acme_yb", "acme_astro"].map(str::to_owned);
    let matrix = Matrix::of(answers, &scopes, Extent::default()).unwrap();
    for scope in &matrix.scopes {
        let row = scope.rows.iter().find(|row| row.layer == "physical").unwrap();
        assert_eq!(row.cells["aws"].standing(), Standing::Confirmed, "{}", scope.scope);
    }
    let confirmed = matrix.scopes[0]
        .rows
        .iter()
        .filter(|row| row.cells.values().any(|cell| cell.standing() == Standing::Confirmed));
    let confirmed: BTreeSet<&str> = confirmed.map(|row| row.layer.as_str()).collect();
    assert_eq!(confirmed, BTreeSet::from(INFRASTRUCTURE));
}

#[test]
fn six_deployments_rest_on_aws_and_one_on_gcp() {
    let (_, model) = session();
    let (weights, checked) = concentration(answers(&model));
    let clouds: Vec<(&str, i64)> = weights
        .iter()
        .filter(|weight| ["aws", "gcp", "azure"].contains(&weight.party.as_str()))
        .map(|weight| (weight.party.as_str(), weight.deployments))
        .collect();
    assert_eq!((clouds, checked), (vec![("aws", 6), ("gcp", 1)], 6));
    assert_eq!(weights[0].scopes.len(), 6);
}

#[test]
fn two_soft_conflicts_on_the_management_plane() {
    let (_, model) = session();
    let answers = answers(&model);
    let conflicts: Vec<(String, String, String)> =
        answers.all::<Conflict>().into_iter().map(|row| (row.scope, row.layer, row.severity)).collect();
    let at = |layer: &str| ("yb:mgmt".to_owned(), layer.to_owned(), "soft".to_owned());
    assert_eq!(conflicts, [at("api_server"), at("vm")]);
    assert_eq!((answers.all::<Disputed>(), answers.all::<BadChoice>()), (vec![], vec![]));
}

#[test]
fn ten_gaps_in_redis_and_fifty_six_in_all() {
    let (_, model) = session();
    let answers = answers(&model);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for gap in answers.with::<Gap>(&[("scope", "acme_redis")]) {
        *kinds.entry(gap.kind).or_default() += 1;
    }
    assert_eq!(kinds, BTreeMap::from([("limbo".to_owned(), 2), ("silent".to_owned(), 8)]));
    assert_eq!(answers.all::<Gap>().len(), 56);
    let findings = Findings::of(answers);
    assert_eq!(findings.all.iter().filter(|finding| finding.kind.family == "gap").count(), 56);
}

#[test]
fn reliance_comes_with_whose_word_it_is_and_what_proof_there_is() {
    let (_, model) = session();
    let answers = answers(&model);
    let leanings = leanings(answers, "astronomer", false).unwrap();
    let physical = leanings.iter().find(|row| row.b == "aws" && row.layer == "physical").unwrap();
    assert_eq!(physical.cell.as_ref().map(onus::responsibility::matrix::Cell::standing), Some(Standing::Confirmed));
    let evidence = evidence(answers, "acme").unwrap();
    let parties: Vec<&str> = evidence.iter().map(|evidence| evidence.party.as_str()).collect();
    assert_eq!(parties, ["astronomer", "aws", "gcp", "redis_labs", "yugabyte"]);
    // Whether the holder speaks itself makes the difference between proof and hearsay.
    let own = |party: &str| {
        let found = evidence.iter().find(|evidence| evidence.party == party).unwrap();
        found.attestations.iter().any(|attestation| attestation.own_word)
    };
    assert_eq!((own("aws"), own("gcp"), own("redis_labs")), (false, false, false));
}

#[test]
fn unknown_names_are_suggested() {
    let (_, model) = session();
    let answers = answers(&model);
    let wrong = Matrix::of(answers, &["acme_rediz".to_owned()], Extent::default()).unwrap_err();
    assert_eq!(
        (wrong.diagnostics[0].message.as_str(), wrong.diagnostics[0].help.as_deref()),
        ("there is no scope `acme_rediz`", Some("did you mean `acme_redis`?"))
    );
    assert!(leanings(answers, "awz", false).is_err());
}
