//! The answers to a project's questions as text.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Project;
use crate::model::Model;
use crate::program::Goal;
use crate::query::Answer;
use crate::responsibility::{File, Selection};
use crate::session::{Failure, Options};
use crate::source::SourceMap;
use crate::symbol::Interner;
use crate::syntax::{ast, parse};
use crate::value::Value;

/// A question with its answer as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name of its file, without ending.
    pub name: String,
    /// Its answer.
    pub text: String,
}

/// Answers all questions of a project, by name.
pub(super) fn answers(project: &Project, selection: &Selection, options: &Options) -> Result<Vec<Question>, Failure> {
    let files = project.queries()?;
    let mut waiting = Vec::new();
    for file in files {
        let text = file.text()?.into_owned();
        waiting.push((declared(&text), file, text));
    }
    let mut questions = Vec::new();
    // Questions are evaluated together as long as they do not declare the same names.
    while !waiting.is_empty() {
        let mut names = BTreeSet::new();
        let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(declared, ..)| {
            let free = declared.is_disjoint(&names);
            if free {
                names.extend(declared.iter().cloned());
            }
            free
        });
        waiting = later;
        questions.extend(together(project, selection, options, &now)?);
    }
    questions.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(questions)
}

type Waiting = (BTreeSet<String>, File, String);

fn together(
    project: &Project,
    selection: &Selection,
    options: &Options,
    files: &[Waiting],
) -> Result<Vec<Question>, Failure> {
    let mut session = project.load(selection, options.clone())?;
    let sources: Vec<_> =
        files.iter().map(|(_, file, text)| (file.stem().to_owned(), session.add_program(&file.name, text))).collect();
    let model = session.evaluate()?;
    let mut questions = Vec::new();
    for (at, (name, source)) in sources.iter().enumerate() {
        // Files that a question includes come right after it.
        let end = sources.get(at + 1).map(|(_, next)| *next);
        let own = |goal: &&Goal| goal.span.source >= *source && end.is_none_or(|end| goal.span.source < end);
        let mut text = String::new();
        for goal in model.program().goals.iter().filter(own) {
            write_answer(&mut text, &model, goal, &session.answer(goal)?);
        }
        questions.push(Question { name: name.clone(), text });
    }
    Ok(questions)
}

fn write_answer(out: &mut String, model: &Model, goal: &Goal, answer: &Answer) {
    for line in goal.doc.map(|doc| model.values().symbols.get(doc)).unwrap_or_default().lines() {
        let _ = writeln!(out, "# {}", line.trim());
    }
    if answer.columns.is_empty() {
        let _ = writeln!(out, "{}", answer.holds());
        return;
    }
    let columns: Vec<&str> = answer.columns.iter().map(|(name, _)| name.as_str()).collect();
    let _ = writeln!(out, "# {}", columns.join(", "));
    for row in &answer.rows {
        let values: Vec<String> = row.iter().map(Value::literal).collect();
        let _ = writeln!(out, "{}", values.join(", "));
    }
}

/// The names that a question declares.
fn declared(text: &str) -> BTreeSet<String> {
    let mut symbols = Interner::default();
    let source = SourceMap::default().add("", text);
    let parsed = parse(source, text, &mut symbols);
    let mut names = BTreeSet::new();
    for item in &parsed.program.items {
        match &item.kind {
            ast::ItemKind::Relation(relation) => {
                names.extend(relation.names.iter().map(|name| symbols.get(name.symbol).to_owned()));
            }
            ast::ItemKind::Type(declared) => {
                names.insert(symbols.get(declared.name.symbol).to_owned());
            }
            ast::ItemKind::Component(component) => {
                names.insert(symbols.get(component.head.name.symbol).to_owned());
            }
            ast::ItemKind::Init(init) => {
                names.insert(symbols.get(init.name.symbol).to_owned());
            }
            // A rule for a relation of the project would change other answers: it is asked on its own.
            ast::ItemKind::Clause(clause) => {
                names.extend(clause.heads.iter().map(|head| symbols.get(head.relation.symbol).to_owned()));
            }
            _ => {}
        }
    }
    names
}
