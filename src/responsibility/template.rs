//! A project of one's own: the files that `onus new` writes.

use super::embedded;

/// A file of a new project: its path and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Where it lies in the project.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// The files of a project of this name, and the name itself as facts write it.
#[must_use]
pub fn project(name: &str) -> (Vec<NewFile>, String) {
    let name = identifier(name);
    let party = if is_taken(&name) { format!("{name}_ourselves") } else { name.clone() };
    let file =
        |path: String, text: &str| NewFile { path, text: text.replace("@NAME@", &name).replace("@PARTY@", &party) };
    let files = vec![
        file("onus.toml".to_owned(), include_str!("template/onus.toml")),
        file(format!("facts/scenario/{name}.toml"), include_str!("template/scenario.toml")),
        file("facts/provider.toml".to_owned(), include_str!("template/provider.toml")),
        file("queries/open_gaps.dl".to_owned(), include_str!("template/question.dl")),
        file(format!("tests/{name}.md"), include_str!("template/duties.md")),
    ];
    (files, name)
}

/// The files that are built in, as `onus facts export` writes them: the documents, the vocabulary, the scenarios and the
/// rules.
#[must_use]
pub fn exported() -> Vec<NewFile> {
    let scenarios = embedded::SCENARIOS.iter().flat_map(|(_, files)| files.iter());
    let files = embedded::FACTS.iter().chain(scenarios).chain(embedded::RULES);
    let file = |builtin: &embedded::Builtin| NewFile {
        path: builtin.name.trim_start_matches("builtin:").to_owned(),
        text: builtin.text.to_owned(),
    };
    files.map(file).collect()
}

/// A name as facts write names: lower case, without spaces and marks.
fn identifier(name: &str) -> String {
    let mut out = String::new();
    for character in name.chars() {
        if character.is_alphanumeric() {
            out.extend(character.to_lowercase());
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    let out = out.trim_matches('_');
    if out.is_empty() { "ours".to_owned() } else { out.to_owned() }
}

/// Whether the built-in vocabulary uses a name for something.
fn is_taken(name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    let lower = |text: &str| text.to_lowercase().contains(&quoted);
    embedded::FACTS.iter().any(|file| lower(file.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers_and_do_not_meet_others() {
        assert_eq!(identifier("My Shop (EU)"), "my_shop_eu");
        assert_eq!(identifier("..."), "ours");
        let party =
            |name: &str| project(name).0[1].text.lines().find(|line| line.starts_with("party")).map(str::to_owned);
        assert_eq!(party("demo").as_deref(), Some("party = [{ party = \"demo\", kind = \"customer\" }]"));
        assert!(party("Redis").is_some_and(|line| line.contains("\"redis_ourselves\"")));
        assert!(project("demo").0.iter().all(|file| !file.text.contains('@') || file.text.contains("@customer")));
    }
}
