//! The standard rules, documents, vocabulary, scenarios and queries, built into the program: what is asked where there
//! is no project. The tables list every file of the directories (a test compares).

/// A file that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// Its name, as places show it: `builtin:aws.toml`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Files of one directory: `builtin_files!("facts": "aws.toml")`.
macro_rules! builtin_files {
    ($directory:literal: $($file:literal)*) => {
        &[$(Builtin {
            name: concat!("builtin:", $file),
            text: include_str!(concat!("../../", $directory, "/", $file)),
        }),*]
    };
}

/// `onus.toml`, with the defaults.
pub const MANIFEST: Builtin = Builtin { name: "builtin:onus.toml", text: include_str!("../../onus.toml") };

/// The standard rules.
pub const RULES: &[Builtin] = builtin_files!("rules":
    "responsibility.dl"
);

/// The documents and the vocabulary.
pub const FACTS: &[Builtin] = builtin_files!("facts":
    "astronomer.toml"
    "aws.toml"
    "redis_cloud.toml"
    "vocabulary.toml"
    "yugabyte_model.toml"
    "yugabyte_security.toml"
);

/// The scenarios, each with its files.
pub const SCENARIOS: &[(&str, &[Builtin])] = &[
    ("acme", builtin_files!("facts": "scenario/acme.toml")),
    (
        "relay",
        builtin_files!("facts":
            "scenario/relay/ledger.toml"
            "scenario/relay/pods.toml"
            "scenario/relay/relay.toml"
            "scenario/relay/tables.toml"
            "scenario/relay/tables_terms_2021.toml"
            "scenario/relay/tables_terms_2023.toml"
        ),
    ),
];

/// The questions.
pub const QUERIES: &[Builtin] = builtin_files!("queries":
    "attestations_acme_may_cite.dl"
    "bad_choices.dl"
    "concentration.dl"
    "confirmed.dl"
    "conflicts.dl"
    "counts_on_customer.dl"
    "disputed.dl"
    "duties_in_limbo.dl"
    "evidence_list.dl"
    "evidence_missing.dl"
    "foundations.dl"
    "gap_counts.dl"
    "gaps_by_kind.dl"
    "guest_os_patching.dl"
    "joint_duties.dl"
    "narrowed_overrides.dl"
    "one_sided.dl"
    "opaque_reliance.dl"
    "open_points.dl"
    "overlap_in_topic.dl"
    "owned_by_aws.dl"
    "owners_acme_redis.dl"
    "physical_security.dl"
    "reliance_below.dl"
    "reliance_on_aws.dl"
    "reliance_on_gcp_via_management_plane.dl"
    "residual_acme.dl"
    "silent_statements.dl"
    "supply_chain.dl"
    "supply_cycles.dl"
    "tenancy_by_plan.dl"
    "unverified_reliance.dl"
    "what_stands_on_what.dl"
);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn on_disk(directory: &str, below: &str, found: &mut BTreeSet<String>) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
        for entry in std::fs::read_dir(root.join(below)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{below}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                on_disk(directory, &format!("{path}/"), found);
            } else {
                found.insert(path);
            }
        }
    }

    #[test]
    fn every_shipped_file_is_built_in() {
        let scenarios = SCENARIOS.iter().flat_map(|(_, files)| files.iter());
        let tables: [(&str, Vec<&Builtin>); 3] = [
            ("rules", RULES.iter().collect()),
            ("facts", FACTS.iter().chain(scenarios).collect()),
            ("queries", QUERIES.iter().collect()),
        ];
        for (directory, table) in tables {
            let built_in: BTreeSet<String> =
                table.iter().filter_map(|file| file.name.strip_prefix("builtin:")).map(str::to_owned).collect();
            let mut found = BTreeSet::new();
            on_disk(directory, "", &mut found);
            assert_eq!(built_in, found, "{directory}");
        }
    }
}
