//! What a proof was made of, as digests: so that one who reads it later can tell what has changed since.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::model::Model;
use crate::program::{RelationDecl, RuleId};
use crate::source::SourceMap;
use crate::symbol::Interner;
use crate::syntax::ast::ItemKind;
use crate::syntax::{parse, print};
use crate::value::Value;

/// The digest of every rule, by its number: of the relation that it derives and its clause as the printer writes it.
/// Blanks, comments and the place of a rule do not count.
pub(in crate::report) fn rules(model: &Model) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let one = |(id, rule): (RuleId, &crate::program::Rule)| {
        let text = format!("{}\n{}", model.name(rule.head), clause(model, id));
        // One clause with several heads or alternatives gives several rules.
        let ordinal = seen.entry(text.clone()).or_default();
        *ordinal += 1;
        hexadecimal(Sha256::new().chain_update(text).chain_update(format!("\n{ordinal}")))
    };
    model.program().rules().map(one).collect()
}

/// A rule's clause as the printer writes it; of a rule that a declaration stands for, the declaration's text.
pub(in crate::report) fn clause(model: &Model, id: RuleId) -> String {
    let text = model.text(model.program().rule(id).span);
    let mut symbols = Interner::default();
    let source = SourceMap::default().add("", text);
    let parsed = parse(source, text, &mut symbols);
    let clause = parsed.program.items.iter().find_map(|item| match &item.kind {
        ItemKind::Clause(clause) => Some(print::print_clause(clause, &symbols)),
        _ => None,
    });
    clause.unwrap_or_else(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The digest of a program: of its declarations and rules, in any order.
pub(in crate::report) fn program(model: &Model, rules: &[String]) -> String {
    let types = &model.program().types;
    let declared = |relation: &RelationDecl| {
        let columns: Vec<&str> = relation.columns.iter().map(|column| types.name(column.ty)).collect();
        format!("{}({})", model.values().symbols.get(relation.name), columns.join(", "))
    };
    let mut lines: Vec<String> = model.program().relations.iter().map(declared).collect();
    lines.extend(rules.iter().cloned());
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line);
        hash.update("\n");
    }
    hexadecimal(hash)
}

/// The digest of the given tuples, in the order of output.
pub(in crate::report) fn facts(model: &Model) -> String {
    let mut hash = Sha256::new();
    let mut ids: Vec<_> = model.program().relation_ids().collect();
    ids.sort_by_key(|id| model.name(*id));
    for id in ids {
        let relation = model.relation(id);
        let given = relation.end_of(0) as usize;
        let mut rows: Vec<Vec<Value>> = relation.rows().take(given).map(|row| model.decode(id, row)).collect();
        rows.sort_unstable();
        for row in rows {
            let values: Vec<String> = row.iter().map(Value::literal).collect();
            hash.update(format!("{}({})\n", model.name(id), values.join(", ")));
        }
    }
    hexadecimal(hash)
}

fn hexadecimal(hash: Sha256) -> String {
    let mut out = String::from("sha256:");
    for byte in hash.finalize() {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
