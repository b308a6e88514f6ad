//! `onus.toml`: what makes a directory a project.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::findings::Selector;
use super::waiver::{RawWaiver, Waiver};
use crate::diagnostic::{Diagnostic, code};
use crate::source::{SourceId, Span};

/// What a project says about itself. Every key has a default, and an unknown one is an error.
///
/// Files and directories lie in the project. `builtin:rules`, `builtin:facts` and `builtin:queries` stand for those that
/// are built in; a file of the project replaces the built-in one of its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Files and directories of rules.
    pub rules: Vec<String>,
    /// Files and directories of facts; a directory may hold scenarios in `scenario/`.
    pub facts: Vec<String>,
    /// Files and directories of questions.
    pub queries: Vec<String>,
    /// Files and directories of rule tests.
    pub tests: Vec<String>,
    /// The scenario that counts where none is named.
    pub scenario: Option<String>,
    /// The profile that everything which somebody consumes is checked against.
    pub profile: Option<String>,
    /// Relations whose changes reviews show, beside those marked `@[watch]`.
    pub watch: Vec<String>,
    /// Kinds of finding that fail `onus check`.
    pub gates: Vec<Selector>,
    /// A file of waivers.
    pub waiver_file: Option<String>,
    /// The waivers that stand in the manifest itself.
    pub waivers: Vec<Waiver>,
}

/// As written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawManifest {
    #[serde(default = "rules")]
    rules: Vec<String>,
    #[serde(default = "facts")]
    facts: Vec<String>,
    #[serde(default = "queries")]
    queries: Vec<String>,
    #[serde(default = "tests")]
    tests: Vec<String>,
    #[serde(default)]
    scenario: Option<String>,
    #[serde(default)]
    profile: Option<String>,
    #[serde(default)]
    watch: Vec<String>,
    #[serde(default)]
    gates: Vec<toml::Spanned<String>>,
    #[serde(default)]
    waivers: Option<String>,
    #[serde(default)]
    waiver: Vec<RawWaiver>,
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

fn tests() -> Vec<String> {
    vec!["tests".to_owned()]
}

/// What a path of a manifest starts with that names what is built in.
pub(super) const BUILTIN: &str = "builtin:";

impl Manifest {
    /// What a directory without a manifest says about itself.
    #[must_use]
    pub fn standard() -> Self {
        Self { rules: rules(), facts: facts(), queries: queries(), tests: tests(), ..Self::default() }
    }

    /// Reads a manifest, known by a name.
    ///
    /// # Errors
    /// It is not TOML, has an unknown key, a path that leads out of the project, or a waiver that makes no sense.
    pub fn parse(source: SourceId, name: &str, text: &str) -> Result<Self, Box<Diagnostic>> {
        let raw: RawManifest = from_toml(source, text)?;
        let gate = |raw: &toml::Spanned<String>| {
            let span = Span::new(source, raw.span().start, raw.span().end);
            let wrong = |message| Box::new(Diagnostic::at(code::PROJECT, message, span, ""));
            Selector::parse(raw.get_ref()).map_err(wrong)
        };
        let gates = raw.gates.iter().map(gate).collect::<Result<_, Box<Diagnostic>>>()?;
        let waivers = raw.waiver.into_iter().map(|raw| Waiver::read(raw, source, name, text));
        let manifest = Self {
            waivers: waivers.collect::<Result<_, _>>()?,
            rules: raw.rules,
            facts: raw.facts,
            queries: raw.queries,
            tests: raw.tests,
            scenario: raw.scenario,
            profile: raw.profile,
            watch: raw.watch,
            gates,
            waiver_file: raw.waivers,
        };
        let wrong = |path: &str, message: String| {
            let at = text.find(path).unwrap_or(0);
            Diagnostic::at(code::PROJECT, message, Span::new(source, at, at + path.len()), "")
        };
        let lists = [
            ("rules", &manifest.rules),
            ("facts", &manifest.facts),
            ("queries", &manifest.queries),
            ("tests", &manifest.tests),
        ];
        for (key, path) in lists.into_iter().flat_map(|(key, paths)| paths.iter().map(move |path| (key, path))) {
            if let Some(what) = path.strip_prefix(BUILTIN) {
                if what != key || key == "tests" {
                    let found = wrong(path, format!("`{key}` cannot be `{path}`"));
                    let help = (key != "tests").then(|| format!("what is built in is `{BUILTIN}{key}`"));
                    return Err(found.maybe_help(help).into());
                }
            } else if leads_out(path) {
                let found = wrong(path, format!("the path `{path}` leads out of the project"));
                return Err(found.help("name files outside with `--rules` and `--facts`").into());
            }
        }
        if let Some(path) = manifest.waiver_file.as_deref().filter(|path| leads_out(path)) {
            return Err(wrong(path, format!("the path `{path}` leads out of the project")).into());
        }
        Ok(manifest)
    }
}

/// Reads TOML; what is wrong with it, at its place.
pub(super) fn from_toml<T: DeserializeOwned>(source: SourceId, text: &str) -> Result<T, Box<Diagnostic>> {
    toml::from_str(text).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        let mut lines = error.message().lines();
        let message = lines.next().unwrap_or("this is not TOML").to_owned();
        let diagnostic = Diagnostic::at(code::PROJECT, message, Span::new(source, range.start, range.end), "");
        Box::new(lines.fold(diagnostic, |diagnostic, line| diagnostic.note(line.to_owned())))
    })
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
        Manifest::parse(SourceMap::default().add("onus.toml", text), "onus.toml", text)
    }

    #[test]
    fn every_key_has_a_default() {
        assert_eq!(parse(""), Ok(Manifest::standard()));
        let parsed = parse("scenario = \"acme\"\nrules = [\"mine.dl\"]\n").unwrap();
        assert_eq!((parsed.scenario.as_deref(), parsed.rules), (Some("acme"), vec!["mine.dl".to_owned()]));
    }

    #[test]
    fn unknown_keys_and_paths_out_of_the_project_are_errors() {
        assert!(parse("scenerio = \"acme\"").unwrap_err().message.contains("unknown field `scenerio`"));
        assert_eq!(parse("rules = [\"../x\"]").unwrap_err().message, "the path `../x` leads out of the project");
        assert!(parse("facts = [\"/etc\"]").is_err());
        assert!(parse("waivers = \"../w.toml\"").is_err());
        assert_eq!(parse("gates = [\"gap\", \"conflict:hard\"]").unwrap().gates.len(), 2);
        assert_eq!(
            parse("gates = [\"gap:silence\"]").unwrap_err().message,
            "there is no kind `gap:silence`; `gap` has gap:limbo, gap:silent, gap:unbound, gap:open"
        );
        assert_eq!(parse("rules = [\"builtin:facts\"]").unwrap_err().message, "`rules` cannot be `builtin:facts`");
        assert!(parse("rules = [\"builtin:rules\", \"mine\"]").is_ok());
    }
}
