//! What is known about the name or constant at a place.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::index::{Declaration, Index, Kind, Meaning};
use super::text::Lines;
use super::workspace::Analysis;
use crate::model::Model;
use crate::repl::{Place, place};

/// What there is to say at a byte of the text.
pub(super) fn hover(
    analysis: &Analysis,
    text: &str,
    offset: usize,
    lines: &Lines<'_>,
    model: Option<&Model>,
) -> Option<Hover> {
    if let Some(found) = analysis.index.at(analysis.place(offset)?)
        && let Meaning::Declared(span) = found.meaning
        && let Some(declaration) = analysis.index.declaration(span)
    {
        let mut value = format!("```datalog\n{}\n```", declaration.text);
        let more = described(declaration);
        if !more.is_empty() {
            value.push_str("\n\n");
            value.push_str(&more);
        }
        if let Some(count) = size(declaration, model) {
            value.push_str(&format!("\n\n{count}"));
        }
        return Some(markdown(value, Some(lines.range(found.span.range()))));
    }
    column(&analysis.index, text, offset).map(|value| markdown(value, None))
}

fn markdown(value: String, range: Option<lsp_types::Range>) -> Hover {
    Hover { contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }), range }
}

/// The documentation of a declaration, and the sentence of a relation.
pub(super) fn described(declaration: &Declaration) -> String {
    let doc = declaration.doc.clone();
    let says = declaration.says.as_ref().map(|says| format!("*{says}*"));
    doc.into_iter().chain(says).collect::<Vec<_>>().join("\n\n")
}

/// How many tuples a relation has.
fn size(declaration: &Declaration, model: Option<&Model>) -> Option<String> {
    let model = model.filter(|_| declaration.kind == Kind::Relation && declaration.top)?;
    match model.relation(model.find(&declaration.name)?).len() {
        1 => Some("1 tuple".to_owned()),
        count => Some(format!("{count} tuples")),
    }
}

/// The column in which an argument stands.
fn column(index: &Index, text: &str, offset: usize) -> Option<String> {
    let is_word = |one: char| one.is_alphanumeric() || one == '_' || one == '?';
    let rest = &text[offset..];
    let end = offset + rest.find(|one| !is_word(one)).unwrap_or(rest.len());
    let before = &text[..end];
    // Columns are named inside one clause, which begins no further up than the last empty line.
    let start = before.rfind("\n\n").map_or(0, |at| at + 2);
    let Place::Argument { relation, index: at, prefix, quoted, .. } = place(&before[start..], end - start) else {
        return None;
    };
    let found = index.relation(relation)?;
    let (name, ty) = found.columns.get(at).filter(|_| quoted || !prefix.is_empty())?;
    Some(format!("`{name}: {ty}` of `{relation}`"))
}
