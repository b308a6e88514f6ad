//! Changes to a session, as they are written everywhere: `+fact.`, `-fact.`, `+rule.`, `-rule.`, `-label`.

use std::sync::Arc;

use super::{Failure, Inputs, Session, Version};
use crate::diagnostic::{Diagnostic, code};
use crate::syntax::{self, ast, print};

/// One change.
#[derive(Clone, Debug)]
pub enum Change {
    /// Clauses (facts, rules, declarations) to add.
    Add(Arc<ast::Program>),
    /// A fact to take away, as printed.
    Retract(String, crate::source::Span),
    /// A rule to take away: its label, or the rule as printed.
    Drop(String, crate::source::Span),
}

/// Reads a change. A text without a sign adds; the full stop may be left out.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_changes(session: &mut Session, text: &str) -> Result<Vec<Change>, Failure> {
    let trimmed = text.trim();
    let (adds, rest) = match trimmed.strip_prefix('-') {
        Some(rest) => (false, rest.trim_start()),
        None => (true, trimmed.strip_prefix('+').unwrap_or(trimmed).trim_start()),
    };
    let is_name = |character: char| character.is_alphanumeric() || character == '-' || character == '_';
    if !adds && !rest.is_empty() && rest.trim_end_matches('.').chars().all(is_name) {
        let source = session.sources_mut().add("<prompt>", text);
        let span = crate::source::Span::new(source, 0, text.len());
        return Ok(vec![Change::Drop(rest.trim_end_matches('.').to_owned(), span)]);
    }
    let mut scratch = crate::symbol::Interner::default();
    let source = crate::source::SourceMap::default().add("", "");
    let stopped = format!("{rest}.");
    let open = syntax::parse(source, rest, &mut scratch).incomplete
        && syntax::parse(source, &stopped, &mut scratch).diagnostics.is_empty();
    let whole = if open { stopped } else { rest.to_owned() };
    let (_, program, found) = session.parse_program("<prompt>", &whole);
    if found.iter().any(Diagnostic::is_error) {
        return Err(session.failure(found));
    }
    if adds {
        return Ok(vec![Change::Add(Arc::new(program))]);
    }
    let symbols = &session.values.symbols;
    let mut changes = Vec::new();
    for item in &program.items {
        let ast::ItemKind::Clause(clause) = &item.kind else {
            let found = Diagnostic::at(code::USAGE, "only facts and rules can be taken away", item.span, "not this");
            return Err(session.failure(vec![found]));
        };
        if clause.body.is_some() {
            changes.push(Change::Drop(print::print_clause(clause, symbols), clause.span));
        } else {
            let heads = clause.heads.iter();
            changes.extend(heads.map(|head| Change::Retract(print::print_atom(head, symbols), head.span)));
        }
    }
    Ok(changes)
}

impl Session {
    /// The version after some changes. The session's own version stays.
    pub(super) fn changed(&mut self, changes: &[Change]) -> Result<Version, Failure> {
        let mut inputs = self.inputs.clone();
        for change in changes {
            match change {
                Change::Add(program) => {
                    // What was taken away and is added again is back as it was.
                    let symbols = &self.values.symbols;
                    for head in facts(program) {
                        let printed = print::print_atom(head, symbols);
                        inputs.retracted.retain(|retracted| *retracted != printed);
                    }
                    inputs.overlay.push(Arc::clone(program));
                }
                Change::Retract(fact, span) => {
                    self.must_be_given(fact, *span, &inputs)?;
                    inputs.retracted.push(fact.clone());
                }
                Change::Drop(rule, span) => {
                    if !self.has_rule(rule, &inputs) {
                        let found = Diagnostic::at(code::NOT_A_FACT, format!("there is no rule `{rule}`"), *span, "")
                            .maybe_help(self.similar_label(rule, &inputs));
                        return Err(self.failure(vec![found]));
                    }
                    inputs.dropped.push(rule.clone());
                }
            }
        }
        self.build(Arc::new(inputs), Vec::new())
    }

    /// A fact can be taken away if it was given, or is about to be.
    fn must_be_given(&mut self, fact: &str, span: crate::source::Span, inputs: &Inputs) -> Result<(), Failure> {
        let added = inputs.overlay.iter().flat_map(|program| facts(program));
        if added.into_iter().any(|head| print::print_atom(head, &self.values.symbols) == fact) {
            return Ok(());
        }
        let Some(model) = self.model().cloned() else { return Ok(()) };
        let pattern = self.matching(fact)?;
        let tuples = pattern.tuples(&model);
        let message = match pattern.given(&model).or_else(|| tuples.first().cloned()).and_then(|it| model.rank(&it)) {
            Some(rank) if rank.round == 0 => return Ok(()),
            Some(_) => format!("`{fact}` is derived, not given: it goes when what it follows from goes"),
            None => format!("`{fact}` was never given"),
        };
        let help = format!("ask `why {fact}`");
        Err(self.failure(vec![Diagnostic::at(code::NOT_A_FACT, message, span, "").help(help)]))
    }

    fn has_rule(&self, rule: &str, inputs: &Inputs) -> bool {
        let items = inputs.programs.iter().chain(&inputs.overlay).flat_map(|program| &program.items);
        items.into_iter().any(|item| match &item.kind {
            ast::ItemKind::Clause(clause) => {
                super::build::label(item, &self.values) == Some(rule)
                    || print::print_clause(clause, &self.values.symbols) == rule
            }
            _ => false,
        })
    }

    fn similar_label(&self, rule: &str, inputs: &Inputs) -> Option<String> {
        let items = inputs.programs.iter().chain(&inputs.overlay).flat_map(|program| &program.items);
        let labels = items.filter_map(|item| super::build::label(item, &self.values));
        crate::diagnostic::suggest(rule, labels).map(|label| format!("did you mean the rule labelled `{label}`?"))
    }
}

fn facts(program: &ast::Program) -> Vec<&ast::Atom> {
    let heads = program.items.iter().filter_map(|item| match &item.kind {
        ast::ItemKind::Clause(clause) if clause.body.is_none() => Some(&clause.heads),
        _ => None,
    });
    heads.flatten().collect()
}
