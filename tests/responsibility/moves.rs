//! The what-ifs that a careful reader can answer from the documents: DOMAIN's list, each with what it says there.

use std::collections::BTreeSet;

use onus::responsibility::answers::{Accepted, Concentration, Confirmed, Disputed, Owner, Responsible, Unbound};
use onus::responsibility::conclusions::Conclusions;
use onus::responsibility::relocation::Relocation;
use onus::responsibility::{Answers, Gap};
use onus::session::Session;

use crate::support::{answers, session, what_if};

/// What changes in one scope by a move.
struct Moved {
    /// `layer: before -> after`, of owners.
    owners: BTreeSet<String>,
    /// `layer: before -> after`, of gaps.
    gaps: BTreeSet<String>,
    /// Layers whose confirmation is lost, and gained.
    lost: BTreeSet<String>,
    gained: BTreeSet<String>,
}

fn texts<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.map(str::to_owned).into()
}

fn moved(before: Answers<'_>, after: Answers<'_>, scope: &str) -> Moved {
    let mut changes = Conclusions::between(before, after);
    changes.restrict(&texts([scope]));
    let list = |parties: &[String]| if parties.is_empty() { "nobody".to_owned() } else { parties.join("+") };
    let owners =
        changes.owners.iter().map(|row| format!("{}: {} -> {}", row.layer, list(&row.before), list(&row.after)));
    let kind = |kind: &Option<String>| kind.clone().unwrap_or_else(|| "held".to_owned());
    let gaps = changes.gaps.iter().map(|row| format!("{}: {} -> {}", row.layer, kind(&row.before), kind(&row.after)));
    let layers = |rows: &[(String, String, String)]| rows.iter().map(|(_, layer, _)| layer.clone()).collect();
    Moved {
        owners: owners.collect(),
        gaps: gaps.collect(),
        lost: layers(&changes.confirmations.lost),
        gained: layers(&changes.confirmations.gained),
    }
}

/// The changes of a move, as the command makes them.
fn plan(session: &Session, scope: &str, target: &str) -> Vec<String> {
    let model = session.model().unwrap();
    Relocation::plan(answers(model), scope, target)
        .unwrap_or_else(|found| panic!("{}", found.diagnostics[0].message))
        .changes
}

const INFRASTRUCTURE: [&str; 5] = ["network_core", "physical", "servers", "storage_core", "virtualization"];

#[test]
fn essentials_for_pro_changes_tenancy_only() {
    let (mut session, before) = session();
    let changes = plan(&session, "acme_redis", "redis:essentials");
    assert_eq!(changes, [r#"-within("acme_redis", "redis:pro")."#, r#"+within("acme_redis", "redis:essentials")."#]);
    let after = what_if(&mut session, &changes);
    assert!(Conclusions::between(answers(&before), answers(&after)).is_empty());
    let tenancy = |model: &onus::model::Model| {
        let id = model.find("prop").unwrap();
        let rows = model.sorted(id).into_iter().filter(|row| row[0].to_string() == "acme_redis");
        rows.map(|row| format!("{}={}", row[1], row[2])).filter(|row| row.starts_with("tenancy")).collect::<Vec<_>>()
    };
    assert_ne!(tenancy(&before), tenancy(&after));
}

#[test]
fn redis_to_azure() {
    let (mut session, before) = session();
    let changes = plan(&session, "acme_redis", "azure:any");
    let after = what_if(&mut session, &changes);
    let moved = moved(answers(&before), answers(&after), "acme_redis");
    assert_eq!(moved.owners, INFRASTRUCTURE.map(|layer| format!("{layer}: aws -> azure")).into());
    assert_eq!((moved.lost, moved.gained), (texts(INFRASTRUCTURE), texts([])));
    let silent = ["environmental: held", "host_os: held", "enc_rest: limbo", "backup: limbo"];
    assert_eq!(moved.gaps, silent.map(|before| format!("{before} -> silent")).into());
}

#[test]
fn yugabyte_to_gcp() {
    let (mut session, before) = session();
    let changes = plan(&session, "acme_yb", "gcp:any");
    let after = what_if(&mut session, &changes);
    let moved = moved(answers(&before), answers(&after), "acme_yb");
    assert_eq!(moved.owners.len(), 15, "{:?}", moved.owners);
    assert!(moved.owners.iter().all(|change| change.contains("aws") && change.contains("gcp")), "{:?}", moved.owners);
    let parties: BTreeSet<String> =
        answers(&after).with::<Responsible>(&[("scope", "acme_yb")]).into_iter().map(|row| row.party).collect();
    assert!(parties.contains("gcp") && !parties.contains("aws"));
}

#[test]
fn yugabyte_to_azure_is_offered_by_no_document() {
    let (mut session, before) = session();
    let relocation = Relocation::plan(answers(&before), "acme_yb", "azure:any").unwrap();
    let after = what_if(&mut session, &relocation.changes);
    let offers = relocation.refused(answers(&after)).unwrap();
    let hosts: BTreeSet<&str> = offers.iter().map(|offer| offer.host.as_str()).collect();
    assert_eq!(hosts, BTreeSet::from(["aws:any", "gcp:any"]));
    // The choice is not applied, and the rest is computed.
    let owners = answers(&after).with::<Responsible>(&[("scope", "acme_yb"), ("party", "azure")]);
    assert!(owners.is_empty());
    assert!(!answers(&after).with::<Responsible>(&[("scope", "acme_redis")]).is_empty());
}

#[test]
fn astronomer_to_azure() {
    let (mut session, before) = session();
    let changes = plan(&session, "acme_astro", "azure:any");
    let after = what_if(&mut session, &changes);
    let moved = moved(answers(&before), answers(&after), "acme_astro");
    assert_eq!(moved.owners, texts(["environmental: aws -> azure", "physical: aws -> azure"]));
    assert_eq!(moved.lost, texts(["environmental", "physical"]));
}

#[test]
fn rds_to_ec2() {
    let (mut session, before) = session();
    let changes = plan(&session, "acme_rds", "aws:ec2");
    assert_eq!(changes, [r#"-within("acme_rds", "aws:rds")."#, r#"+within("acme_rds", "aws:ec2")."#]);
    let after = what_if(&mut session, &changes);
    let moved = moved(answers(&before), answers(&after), "acme_rds");
    let to_acme: BTreeSet<&str> = moved
        .owners
        .iter()
        .filter(|change| change.ends_with("-> acme"))
        .filter_map(|change| change.split(':').next())
        .collect();
    for layer in
        ["guest_os", "guest_os_patching", "platform", "platform_software", "platform_patching", "k8s", "runtime"]
    {
        assert!(to_acme.contains(layer), "{layer}: {:?}", moved.owners);
    }
    assert!(moved.owners.contains("firewall: acme -> nobody"), "{:?}", moved.owners);
    assert!(moved.gaps.contains("firewall: held -> silent"), "{:?}", moved.gaps);
}

#[test]
fn redis_on_ec2_has_redis_labs_as_customer_and_both_texts_agree() {
    let (mut session, _) = session();
    let changes = plan(&session, "acme_redis", "aws:ec2");
    let after = what_if(&mut session, &changes);
    let answers = answers(&after);
    let own = answers.with::<Accepted>(&[("scope", "acme_redis"), ("layer", "guest_os_patching")]);
    assert_eq!((own[0].party.as_str(), own[0].statement.as_str()), ("redis_labs", "S0-6"));
    let host = answers.with::<Owner>(&[("scope", "acme_redis@aws:ec2"), ("layer", "guest_os_patching")]);
    assert_eq!((host[0].party.as_str(), host[0].statement.as_str()), ("redis_labs", "S3-36"));
    assert!(answers.with::<Disputed>(&[("scope", "acme_redis")]).is_empty());
}

#[test]
fn yugabyte_on_ec2_is_disputed() {
    let (mut session, _) = session();
    let changes = plan(&session, "acme_yb", "aws:ec2");
    let after = what_if(&mut session, &changes);
    let disputed: BTreeSet<String> =
        answers(&after).with::<Disputed>(&[("scope", "acme_yb")]).into_iter().map(|row| row.layer).collect();
    assert_eq!(disputed, texts(["cluster_infra", "guest_os", "guest_os_patching", "k8s"]));
}

#[test]
fn no_cloud_for_redis_leaves_five_layers_unbound() {
    let (mut session, before) = session();
    let after = what_if(&mut session, &[r#"-chosen("acme_redis", "acme_redis_host")."#]);
    let unbound: BTreeSet<String> =
        answers(&after).with::<Unbound>(&[("scope", "acme_redis")]).into_iter().map(|row| row.layer).collect();
    assert_eq!(unbound, texts(INFRASTRUCTURE));
    let gaps = answers(&after).with::<Gap>(&[("scope", "acme_redis"), ("kind", "unbound")]);
    assert_eq!(gaps.len(), 5);
    let moved = moved(answers(&before), answers(&after), "acme_redis");
    assert_eq!(moved.owners, INFRASTRUCTURE.map(|layer| format!("{layer}: aws -> nobody")).into());
}

#[test]
fn everything_of_yugabyte_rests_on_gcp_after_the_move() {
    let (mut session, before) = session();
    let changes = plan(&session, "acme_yb", "gcp:any");
    let after = what_if(&mut session, &changes);
    let weight = |answers: Answers<'_>, party: &str| {
        answers.with::<Concentration>(&[("party", party)]).first().map_or(0, |row| row.deployments)
    };
    assert_eq!((weight(answers(&before), "aws"), weight(answers(&after), "aws")), (6, 5));
    assert!(answers(&after).with::<Confirmed>(&[("scope", "acme_yb")]).is_empty());
}

#[test]
fn moves_that_make_no_sense_are_told() {
    let (_, model) = session();
    let told = |scope: &str, target: &str| {
        Relocation::plan(answers(&model), scope, target).unwrap_err().diagnostics[0].message.clone()
    };
    assert_eq!(told("acme_redis", "acme_redis_host"), "`acme_redis` lives in `acme_redis_host` already");
    assert_eq!(told("acme_redis", "redis:pro"), "`acme_redis` is in `redis:pro` already");
    assert_eq!(told("redis", "redis:pro"), "`redis:pro` lies in `redis` itself");
    assert_eq!(told("acme_redis", "azur:any"), "there is no scope `azur:any`");
}
