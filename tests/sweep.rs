//! Every rule of the standard rules is needed, and every negated literal: without it some shipped answer changes. What
//! can go without changing one is listed with the reason why it is there.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::collections::BTreeMap;

use onus::diagnostic::render_all;
use onus::model::Model;
use onus::query::query;
use onus::responsibility::coverage::{Rule, rules};
use onus::responsibility::{Project, Selection};
use onus::session::{Options, Session, parse_changes};
use onus::value::Value;

/// Rows by question, and by relation under watch.
type Answers = BTreeMap<String, Vec<Vec<Value>>>;

/// Rules and literals (`label: literal`) whose loss no shipped answer shows, each with the reason why it is there.
const SURVIVORS: &[(&str, &str)] = &[
    ("needs-through", "nothing that a shipped scenario needs has needs of its own"),
    (
        "plays-provider",
        "the shipped documents call their issuers by name; `onus new` writes `@provider` into its template",
    ),
    (
        "named-party: !is_role(who)",
        "no vocabulary has a party that is called like a role, and should one have it, it is none",
    ),
    (
        "role-unfilled: !plays(scope, who, _)",
        "a gap asks besides that nobody covers the layer; no question asks for `unbound`",
    ),
    (
        "owed-not-promised: !covered(scope, layer)",
        "a gap asks the same again; `limbo` is for proofs, which should be short",
    ),
    (
        "gap-limbo: !covered(scope, layer)",
        "`limbo` asks the same; the four kinds are written alike, so that they exclude each other",
    ),
    ("gap-unbound: !covered(scope, layer)", "no shipped layer has a role that nobody fills and an owner besides"),
    (
        "gap-unbound: !open_point(scope, layer, _)",
        "no shipped layer has a role that nobody fills and is left open besides",
    ),
    (
        "gap-unbound: !limbo(scope, layer, _, _)",
        "no shipped layer has a role that nobody fills and is in limbo besides",
    ),
    ("two-answer", "`shared` is for one's own questions: no shipped one asks for it"),
];

/// The worlds in which questions are asked: scenarios, and days.
const WORLDS: &[(&str, Option<i64>)] = &[("acme", None), ("relay", None), ("relay", Some(20_220_601))];

fn session(scenario: &str, as_of: Option<i64>) -> Session {
    let project = Project::embedded().unwrap();
    let selection = Selection { scenario: Some(scenario.to_owned()), as_of, ..Selection::default() };
    let mut session = project.load(&selection, Options::default()).unwrap();
    for file in project.queries().unwrap() {
        session.add_program(&file.name, &file.text().unwrap());
    }
    session
}

/// The shipped answers: every goal of every question, and every relation under watch.
fn answers(model: &Model) -> Answers {
    let options = onus::eval::Options::default();
    let mut answers = Answers::new();
    for goal in &model.program().goals {
        let answer = query(model, goal, model.database().share_values(), &options).unwrap();
        let location = model.sources().location(goal.span);
        answers.insert(format!("{}:{}", location.source, location.line), answer.rows);
    }
    for id in model.program().relation_ids() {
        let declared = model.program().relation(id);
        if declared.watch || declared.alarm {
            answers.insert(model.name(id).to_owned(), model.sorted(id));
        }
    }
    answers
}

/// Whether some answer changes when a rule gives way to another one, or to nothing.
fn shows(session: &mut Session, before: &Answers, rule: &Rule, weaker: Option<&str>) -> bool {
    let mut changes = Vec::new();
    for text in std::iter::once(format!("-{}", rule.text)).chain(weaker.map(|weaker| format!("+{weaker}"))) {
        changes.extend(parse_changes(session, &text).unwrap_or_else(|failure| {
            panic!("{text}\n{}", render_all(&failure.diagnostics, &failure.sources, false));
        }));
    }
    match session.what_if(&changes) {
        Ok(after) => answers(&after) != *before,
        // A variable that only the literal bound: without it the rule is none.
        Err(_) => true,
    }
}

#[test]
fn every_rule_and_every_negation_shows_in_some_shipped_answer() {
    let mut sessions: Vec<(Session, Answers)> = Vec::new();
    let mut found: Option<Vec<Rule>> = None;
    for &(scenario, as_of) in WORLDS {
        let mut session = session(scenario, as_of);
        let model = session.evaluate().unwrap_or_else(|failure| {
            panic!("{}", render_all(&failure.diagnostics, &failure.sources, false));
        });
        found.get_or_insert_with(|| rules(&model));
        let answers = answers(&model);
        sessions.push((session, answers));
    }
    let found = found.unwrap();
    let standard = found.iter().filter(|rule| rule.place.starts_with("builtin:responsibility.dl"));
    let mut survivors = Vec::new();
    let mut tried = 0;
    for rule in standard {
        let label = rule.label.clone().unwrap_or_else(|| rule.text.clone());
        let negated = rule.without.iter().filter(|(literal, _)| literal.starts_with('!'));
        let tries = std::iter::once((label.clone(), None))
            .chain(negated.map(|(literal, weaker)| (format!("{label}: {literal}"), Some(weaker.as_str()))));
        for (name, weaker) in tries {
            tried += 1;
            if !sessions.iter_mut().any(|(session, before)| shows(session, before, rule, weaker)) {
                survivors.push(name);
            }
        }
    }
    assert!(tried > 100, "only {tried} were tried");
    assert!(SURVIVORS.iter().all(|(_, reason)| !reason.is_empty()));
    let known: Vec<&str> = SURVIVORS.iter().map(|(name, _)| *name).collect();
    assert_eq!(survivors, known, "{tried} were tried");
}
