//! `onus.toml`: what makes a directory a project.

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, code};
use crate::source::{SourceId, Span};

/// What a project says about itself. Every key has a default, and an unknown one is an error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Files and directories of rules.
    #[serde(default = "rules")]
    pub rules: Vec<String>,
    /// Files and directories of facts; a directory may hold scenarios in `scenario/`.
    #[serde(default = "facts")]
    pub facts: Vec<String>,
    /// Files and directories of questions.
    #[serde(default = "queries")]
    pub queries: Vec<String>,
    /// The scenario that counts where none is named.
    #[serde(default)]
    pub scenario: Option<String>,
    /// Relations whose changes reviews show, beside those marked `@[watch]`.
    #[serde(default)]
    pub watch: Vec<String>,
    /// Kinds of finding that fail `onus check`.
    #[serde(default)]
    pub gates: Vec<String>,
}

fn rules() -> Vec<String> {
    vec!["rules".to_owned()]
}

fn facts() -> Vec<String> {
    vec!["facts".to_owned()]
}

fn queries() -> Vec<String> {
    vec!["queries".to_owned()]
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            rules: rules(),
            facts: facts(),
            queries: queries(),
            scenario: None,
            watch: Vec::new(),
            gates: Vec::new(),
        }
    }
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// It is not TOML, has an unknown key, or a path that leads out of the project.
    pub fn parse(source: SourceId, text: &str) -> Result<Self, Box<Diagnostic>> {
        let manifest: Self = toml::from_str(text).map_err(|error| {
            let range = error.span().unwrap_or(0..0);
            let mut lines = error.message().lines();
            let message = lines.next().unwrap_or("not a manifest").to_owned();
            let diagnostic = Diagnostic::at(code::PROJECT, message, Span::new(source, range.start, range.end), "");
            Box::new(lines.fold(diagnostic, |diagnostic, line| diagnostic.note(line.to_owned())))
        })?;
        for path in manifest.rules.iter().chain(&manifest.facts).chain(&manifest.queries) {
            if leads_out(path) {
                let at = text.find(path.as_str()).unwrap_or(0);
                let span = Span::new(source, at, at + path.len());
                let message = format!("the path `{path}` leads out of the project");
                return Err(Diagnostic::at(code::PROJECT, message, span, "")
                    .help("name files outside with `--rules` and `--facts`")
                    .into());
            }
        }
        Ok(manifest)
    }
}

fn leads_out(path: &str) -> bool {
    use std::path::{Component, Path};
    !Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn parse(text: &str) -> Result<Manifest, Box<Diagnostic>> {
        Manifest::parse(SourceMap::default().add("onus.toml", text), text)
    }

    #[test]
    fn every_key_has_a_default() {
        assert_eq!(parse(""), Ok(Manifest::default()));
        let parsed = parse("scenario = \"acme\"\nrules = [\"mine.dl\"]\n").unwrap();
        assert_eq!((parsed.scenario.as_deref(), parsed.rules), (Some("acme"), vec!["mine.dl".to_owned()]));
    }

    #[test]
    fn unknown_keys_and_paths_out_of_the_project_are_errors() {
        assert!(parse("scenerio = \"acme\"").unwrap_err().message.contains("unknown field `scenerio`"));
        assert_eq!(parse("rules = [\"../x\"]").unwrap_err().message, "the path `../x` leads out of the project");
        assert!(parse("facts = [\"/etc\"]").is_err());
    }
}
