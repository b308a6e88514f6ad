use proptest::prelude::*;

use super::*;
use crate::diagnostic::render_all;
use crate::source::SourceMap;

const VOCABULARY: &str = r#"
party = [{ party = "aws", kind = "csp" }, { party = "gcp", kind = "csp" }, { party = "astronomer", kind = "vendor" }]
alias = [{ name = "Amazon Web Services", party = "aws" }]
scope = [{ scope = "astro", kind = "service" }, { scope = "astro:data", kind = "plane" }]
within = [{ child = "astro:data", parent = "astro" }]
layer = [{ layer = "physical" }, { layer = "infra" }]
part_of = [{ child = "physical", parent = "infra", how = "whole" }]
required = [{ profile = "baseline", layer = "physical" }]
"#;

const DOCUMENT: &str = r#"
[document]
id = "D4"
issuer = "Astronomer"
title = "Shared Responsibility Model"

[[statement]]
id = "S4-35"
section = "Cloud Provider Security Responsibilities"
lines = "39"
claim = [{ scope = "astro", layer = "physical", who = "@host", mode = "entirely" }]
valid = { from = 2024-01-01, until = "2025-01-01" }
"#;

fn load_texts(texts: &[&str]) -> (Statements, SourceMap) {
    let mut sources = SourceMap::default();
    let files: Vec<(SourceId, &str)> =
        texts.iter().enumerate().map(|(at, text)| (sources.add(format!("{at}.toml"), *text), *text)).collect();
    (load(&files, &Names::default()), sources)
}

fn shown(fact: &NamedFact) -> String {
    let columns: Vec<String> = fact.columns.iter().map(|(name, value)| format!("{name}={}", value.literal())).collect();
    format!("{}({})", fact.relation, columns.join(", "))
}

fn facts(texts: &[&str]) -> Vec<String> {
    let (statements, sources) = load_texts(texts);
    assert!(statements.diagnostics.is_empty(), "{}", render_all(&statements.diagnostics, &sources, false));
    statements.facts.iter().map(shown).collect()
}

/// The diagnostics of a vocabulary and one more file.
fn complaints(text: &str) -> String {
    let (statements, sources) = load_texts(&[VOCABULARY, text]);
    render_all(&statements.diagnostics, &sources, false)
}

#[test]
fn a_statement_gives_its_citation_and_its_rows() {
    let found = facts(&[VOCABULARY, DOCUMENT]);
    assert_eq!(
        found[found.len() - 4..],
        [
            r#"doc(doc="D4", issuer="astronomer", title="Shared Responsibility Model")"#,
            r#"cites(statement="S4-35", doc="D4", section="Cloud Provider Security Responsibilities", lines="39")"#,
            r#"claim(statement="S4-35", scope="astro", layer="physical", who="@host", mode="entirely")"#,
            r#"valid(statement="S4-35", from=20240101, until=20250101)"#,
        ]
    );
    assert_eq!(found[0], r#"party(party="aws", kind="csp")"#);
    assert_eq!(found.len(), 15);
}

#[test]
fn statements_without_rows_are_counted_too() {
    let (statements, _) = load_texts(&[VOCABULARY, DOCUMENT, "scenario = { name = \"x\", title = \"An x\" }"]);
    assert!(statements.statements[0].allocates);
    assert_eq!(statements.documents[0].issuer, "astronomer");
    assert_eq!(statements.scenarios[0].title.as_deref(), Some("An x"));
    let bare = DOCUMENT.replace("claim", "#");
    let (statements, _) = load_texts(&[VOCABULARY, &bare]);
    assert!(!statements.statements[0].allocates);
}

#[test]
fn aliases_stand_for_parties_whatever_the_capitals() {
    let text = DOCUMENT.replace("@host", "amazon web services");
    assert!(facts(&[VOCABULARY, &text]).iter().any(|fact| fact.contains(r#"who="aws""#)));
}

#[test]
fn unknown_keys_and_words_have_a_place_and_a_suggestion() {
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("claim =", "claims =")), @r#"
    error[E0604]: the statement has no key `claims`
      --> 1.toml:11:1
       |
    11 | claims = [{ scope = "astro", layer = "physical", who = "@host", mode = "entirely" }]
       | ^^^^^^ unknown key
       |
       = help: did you mean `claim`?
    "#);
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("mode =", "mod =")), @r#"
    error[E0604]: `claim` has no key `mod`
      --> 1.toml:11:64
       |
    11 | claim = [{ scope = "astro", layer = "physical", who = "@host", mod = "entirely" }]
       |                                                                ^^^ unknown key
       |
       = help: did you mean `mode`?
    "#);
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("\"entirely\"", "\"entirly\"")), @r#"
    error[E0604]: `mode` cannot be "entirly"
      --> 1.toml:11:71
       |
    11 | claim = [{ scope = "astro", layer = "physical", who = "@host", mode = "entirly" }]
       |                                                                       ^^^^^^^^^
       |
       = help: did you mean `entirely`? It is one of `sole`, `joint`, `entirely`
    "#);
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("issuer", "isuer")), @r#"
    error[E0604]: the document has no key `isuer`
     --> 1.toml:4:1
      |
    4 | isuer = "Astronomer"
      | ^^^^^ unknown key
      |
      = help: did you mean `issuer`?
    "#);
    insta::assert_snapshot!(complaints("claim = []"), @r"
    error[E0604]: `claim` belongs to a statement
     --> 1.toml:1:1
      |
    1 | claim = []
      | ^^^^^ unknown key
      |
      = help: put it under the `[[statement]]` that says it: `claim` needs its citation
    ");
    insta::assert_snapshot!(complaints(&format!("{DOCUMENT}layer = []\nidd = 1")), @r"
    error[E0604]: `layer` does not belong here
      --> 1.toml:13:1
       |
    13 | layer = []
       | ^^^^^ unknown key
       |
       = help: vocabulary and scenarios stand before all `[[statement]]`, or in a file of their own

    error[E0604]: the statement has no key `idd`
      --> 1.toml:14:1
       |
    14 | idd = 1
       | ^^^ unknown key
       |
       = help: did you mean `id`?
    ");
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("lines =", "line =")), @r#"
    error[E0604]: the statement has no key `line`
      --> 1.toml:10:1
       |
    10 | line = "39"
       | ^^^^ unknown key
       |
       = help: did you mean `lines`?
    "#);
    insta::assert_snapshot!(complaints("layers = []"), @r"
    error[E0604]: a statement file has no key `layers`
     --> 1.toml:1:1
      |
    1 | layers = []
      | ^^^^^^ unknown key
      |
      = help: did you mean `layer`?
    ");
}

#[test]
fn unknown_names_have_a_suggestion() {
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("\"physical\"", "\"phisical\"")), @r#"
    error[E0605]: no layer is called `phisical`
      --> 1.toml:11:37
       |
    11 | claim = [{ scope = "astro", layer = "phisical", who = "@host", mode = "entirely" }]
       |                                     ^^^^^^^^^^ unknown layer
       |
       = help: did you mean `physical`?
    "#);
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("\"@host\"", "\"@hosts\"")), @r#"
    error[E0605]: no role is called `@hosts`
      --> 1.toml:11:55
       |
    11 | claim = [{ scope = "astro", layer = "physical", who = "@hosts", mode = "entirely" }]
       |                                                       ^^^^^^^^ unknown role
       |
       = help: did you mean `@host`?
    "#);
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("\"astro\"", "\"aws\"")), @r#"
    error[E0605]: no scope is called `aws`
      --> 1.toml:11:20
       |
    11 | claim = [{ scope = "aws", layer = "physical", who = "@host", mode = "entirely" }]
       |                    ^^^^^ unknown scope
       |
       = help: `aws` is a party
    "#);
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("\"@host\"", "\"Cloudwell\"")), @r#"
    error[E0605]: no party is called `Cloudwell`
      --> 1.toml:11:55
       |
    11 | claim = [{ scope = "astro", layer = "physical", who = "Cloudwell", mode = "entirely" }]
       |                                                       ^^^^^^^^^^^ unknown party
       |
       = help: the vocabulary introduces it: `party = [{ party = "Cloudwell", kind = "vendor" }]`
    "#);
    insta::assert_snapshot!(complaints("checked = [{ scope = \"astro\", profile = \"base\" }]"), @r#"
    error[E0605]: no profile is called `base`
     --> 1.toml:1:41
      |
    1 | checked = [{ scope = "astro", profile = "base" }]
      |                                         ^^^^^^ unknown profile
      |
      = help: the vocabulary introduces it: `required = [{ profile = "base", layer = ... }]`
    "#);
}

#[test]
fn shapes_and_days_are_checked() {
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("2024-01-01", "\"2024-02-30\"")), @r#"
    error[E0604]: `from` is not a day
      --> 1.toml:12:18
       |
    12 | valid = { from = "2024-02-30", until = "2025-01-01" }
       |                  ^^^^^^^^^^^^ no such day
       |
       = help: days are written `"2024-02-29"`
    "#);
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("2024-01-01", "2026-01-01")), @r#"
    error[E0604]: the statement never holds: `from` is not before `until`
      --> 1.toml:12:9
       |
    12 | valid = { from = 2026-01-01, until = "2025-01-01" }
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("\"39\"", "39")), @r"
    error[E0604]: `lines` wants a text in quotes, and this is a number
      --> 1.toml:10:9
       |
    10 | lines = 39
       |         ^^
    ");
    insta::assert_snapshot!(complaints(&DOCUMENT.replace("\"39\"", "\"9-3\"")), @r#"
    error[E0604]: "9-3" are not lines
      --> 1.toml:10:9
       |
    10 | lines = "9-3"
       |         ^^^^^
       |
       = help: lines are numbers and ranges: `"39"`, `"24,26"`, `"16-17"`
    "#);
    insta::assert_snapshot!(complaints("within = { child = \"astro\", parent = \"astro:data\" }"), @r#"
    error[E0604]: `within` wants a list of tables, and this is one table
     --> 1.toml:1:10
      |
    1 | within = { child = "astro", parent = "astro:data" }
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `within = [{ ... }]`
    "#);
    insta::assert_snapshot!(complaints("[[statement]]\nid = \"S1\"\nsection = \"x\"\nlines = \"1\""), @r"
    error[E0604]: statements without a document
     --> 1.toml:1:1
      |
    1 | [[statement]]
      | ^^^^^^^^^^^^^
      |
      = help: say what they are cited from: `[document]` with `id`, `issuer` and `title`
    ");
    insta::assert_snapshot!(complaints("party = [{ party = \"aws\", kind = \"vendor\" }]"), @r#"
    error[E0604]: party `aws` is of two kinds
     --> 1.toml:1:34
      |
    1 | party = [{ party = "aws", kind = "vendor" }]
      |                                  ^^^^^^^^ here `vendor`
      |
     ::: 0.toml:2:34
      |
    2 | party = [{ party = "aws", kind = "csp" }, { party = "gcp", kind = "csp" }, { party = "astronomer", kind = "vendor" }]
      |                                  ----- first `csp`
    "#);
    insta::assert_snapshot!(complaints("layer = [{ layer = \"x\" }"), @r#"
    error[E0604]: this is not TOML: unclosed array, expected `]`
     --> 1.toml:1:25
      |
    1 | layer = [{ layer = "x" }
      |                         ^
    "#);
}

#[test]
fn a_statement_id_is_given_once() {
    let text = format!("{DOCUMENT}\n[[statement]]\nid = \"S4-35\"\nsection = \"x\"\nlines = \"1\"\n");
    insta::assert_snapshot!(complaints(&text), @r#"
    error[E0606]: statement `S4-35` is given twice
      --> 1.toml:15:6
       |
     8 | id = "S4-35"
       |      ------- first given here
    ...
    15 | id = "S4-35"
       |      ^^^^^^^ given again here
       |
       = help: proofs cite statements by their id: give each its own
    "#);
    let other = DOCUMENT.replace("D4", "D5");
    let (statements, _) = load_texts(&[VOCABULARY, DOCUMENT, &other]);
    assert_eq!(statements.diagnostics[0].message, "statement `S4-35` is in two documents, `D4` and `D5`");
}

#[test]
fn versions_of_a_document_stand_side_by_side() {
    let versioned = |version: &str| DOCUMENT.replace("id = \"D4\"", &format!("id = \"D4\"\nversion = \"{version}\""));
    let found = facts(&[VOCABULARY, &versioned("2023"), &versioned("2024")]);
    assert!(found.iter().any(|fact| fact.starts_with(r#"cites(statement="S4-35@2023", doc="D4@2023""#)));
    assert!(found.iter().any(|fact| fact.starts_with(r#"cites(statement="S4-35@2024", doc="D4@2024""#)));
    let found = facts(&[VOCABULARY, &versioned("2023")]);
    assert!(found.iter().any(|fact| fact.starts_with(r#"cites(statement="S4-35", doc="D4""#)));
}

#[test]
fn orders_have_no_circles() {
    insta::assert_snapshot!(complaints("within = [{ child = \"astro\", parent = \"astro:data\" }]"), @r#"
    error[E0607]: `within` goes in a circle: astro:data -> astro -> astro:data
     --> 0.toml:5:11
      |
    5 | within = [{ child = "astro:data", parent = "astro" }]
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ astro:data -> astro
      |
     ::: 1.toml:1:11
      |
    1 | within = [{ child = "astro", parent = "astro:data" }]
      |           ------------------------------------------ astro -> astro:data
      |
      = help: take one of these rows out
    "#);
    let (statements, _) =
        load_texts(&[VOCABULARY, "part_of = [{ child = \"infra\", parent = \"infra\", how = \"topic\" }]"]);
    assert_eq!(statements.diagnostics[0].message, "`part_of` goes in a circle: infra -> infra");
}

#[test]
fn a_broken_vocabulary_does_not_make_every_name_unknown() {
    let broken = VOCABULARY.replace("layer = [{ layer", "layer = [{ layer layer");
    let (statements, _) = load_texts(&[&broken, DOCUMENT]);
    assert!(!statements.diagnostics.is_empty());
    assert!(statements.diagnostics.iter().all(|diagnostic| diagnostic.message.starts_with("this is not TOML")));
}

#[test]
fn names_given_elsewhere_count() {
    let mut sources = SourceMap::default();
    let id = sources.add("d.toml", DOCUMENT);
    let mut names = Names::default();
    names.add_fact("party", &["astronomer", "vendor"]);
    names.add_fact("scope", &["astro", "service"]);
    names.add_fact("layer", &["physical"]);
    assert_eq!(load(&[(id, DOCUMENT)], &names).diagnostics, []);
}

#[test]
fn a_document_is_described_once() {
    let other = DOCUMENT.replace("Model", "Modell").replace("S4-35", "S4-36");
    let (statements, _) = load_texts(&[VOCABULARY, DOCUMENT, &other]);
    assert_eq!(statements.diagnostics[0].message, "document `D4` is described twice, in different words");
    let other = DOCUMENT.replace("S4-35", "S4-36");
    assert_eq!(facts(&[VOCABULARY, DOCUMENT, &other]).iter().filter(|fact| fact.starts_with("doc(")).count(), 1);
}

#[test]
fn aliases_stand_for_one_party() {
    let (statements, _) = load_texts(&[VOCABULARY, "alias = [{ name = \"Amazon Web Services\", party = \"gcp\" }]"]);
    assert_eq!(statements.diagnostics[0].message, "alias `Amazon Web Services` stands for two parties");
    let (statements, _) = load_texts(&[VOCABULARY, "alias = [{ name = \"aws\", party = \"gcp\" }]"]);
    assert_eq!(statements.diagnostics[0].message, "alias `aws` is the name of another party");
}

#[test]
fn lines_are_numbers_and_ranges() {
    assert_eq!(line_ranges("2,6"), Some(vec![(2, 2), (6, 6)]));
    assert_eq!(line_ranges("16-17, 20"), Some(vec![(16, 17), (20, 20)]));
    for lines in ["", "0", "a", "3-1", "1--2", "1,"] {
        assert_eq!(line_ranges(lines), None, "{lines}");
    }
}

proptest! {
    /// Whatever is done to a file, loading it ends, and every diagnostic can be shown.
    #[test]
    fn no_text_makes_loading_fail(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, "[\\[\\]{}=,\"@a-z0-9é\n .-]{0,6}"), 1..5),
    ) {
        let mut text = format!("{VOCABULARY}{DOCUMENT}");
        for (at, length, instead) in cuts {
            let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let at = at.index(starts.len());
            let end = starts.get(at + length).copied().unwrap_or(text.len());
            text.replace_range(starts[at]..end, &instead);
            prop_assume!(!text.is_empty());
        }
        let (statements, sources) = load_texts(&[VOCABULARY, &text]);
        let shown = render_all(&statements.diagnostics, &sources, false);
        prop_assert_eq!(shown.is_empty(), statements.diagnostics.is_empty());
    }
}
