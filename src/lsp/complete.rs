//! What can be typed at a place in a rule file.

use std::collections::BTreeSet;

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, InsertTextFormat, MarkupContent, MarkupKind,
    TextEdit,
};

use super::hover::described;
use super::index::{Declaration, Index, Kind};
use super::text::Lines;
use crate::model::Model;
use crate::repl::{Piece, Place, column_constants, pieces, place};

const DIRECTIVES: &[(&str, &str)] = &[
    ("comp", "a component: declarations and rules to be instantiated"),
    ("decl", "a relation and its columns"),
    ("functor", "a functor that a library provides"),
    ("include", "another file, in this place"),
    ("init", "an instance of a component"),
    ("input", "a relation whose rows are read from a file"),
    ("limitsize", "a relation that is full at a size"),
    ("output", "a relation that is written to a file"),
    ("override", "replaces an inherited relation's rules"),
    ("plan", "the order in which a rule's atoms are joined"),
    ("pragma", "an option"),
    ("printsize", "a relation whose size is printed"),
    ("type", "a type"),
];

const ANNOTATIONS: &[(&str, bool, &str)] = &[
    ("adjustable", false, "people decide these facts: they are proposed first where something is missing"),
    ("alarm", false, "its growth is never folded away"),
    ("deny", true, "the relation must stay empty; what to say of each tuple"),
    ("label", true, "the rule's name"),
    ("quiet", false, "proofs fold these steps"),
    ("says", true, "a tuple as a sentence, with {column} for values"),
    ("says_not", true, "its absence as a sentence"),
    ("watch", false, "reviews show how the relation changes"),
];

const PRIMITIVES: &[&str] = &["float", "number", "symbol", "unsigned"];

/// More constants than these are no help.
const MOST: usize = 400;

/// What can be typed at a byte of a text; `snippets` says whether the editor fills in arguments one by one.
pub(super) fn complete(
    text: &str,
    offset: usize,
    lines: &Lines<'_>,
    index: &Index,
    model: Option<&Model>,
    snippets: bool,
) -> Vec<CompletionItem> {
    let before = &text[..offset];
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let edit = |start: usize, end: usize, new: String| {
        Some(CompletionTextEdit::Edit(TextEdit::new(lines.range(start..end), new)))
    };
    let word = |text: &str| text.len() - text.trim_end_matches(|one: char| one.is_alphanumeric() || one == '_').len();
    let start = offset - word(before);
    if let Some(typed) = line.trim_start().strip_prefix('.')
        && typed.len() == word(typed)
    {
        let directive = |&(name, about): &(&str, &str)| CompletionItem {
            label: format!(".{name}"),
            kind: Some(CompletionItemKind::KEYWORD),
            detail: Some(about.to_owned()),
            filter_text: Some(format!(".{name}")),
            text_edit: edit(start - 1, offset, format!(".{name}{}", if name == "plan" { " 0: " } else { " " })),
            ..CompletionItem::default()
        };
        return DIRECTIVES.iter().map(directive).collect();
    }
    if line.rfind("@[").is_some_and(|at| !line[at..].contains([']', '"'])) {
        let annotation = |&(name, valued, about): &(&str, bool, &str)| CompletionItem {
            label: name.to_owned(),
            kind: Some(CompletionItemKind::PROPERTY),
            detail: Some(about.to_owned()),
            text_edit: edit(start, offset, format!("{name}{}", if valued { " = \"" } else { "" })),
            ..CompletionItem::default()
        };
        return ANNOTATIONS.iter().map(annotation).collect();
    }
    // Only the item at hand matters, and a text may be long.
    let item = &before[item_start(before)..];
    if wants_type(item) {
        return types(index, &|name| edit(start, offset, name.to_owned()));
    }
    match place(item, item.len()) {
        Place::Nowhere => Vec::new(),
        Place::Name { start, .. } => {
            let start = offset - (item.len() - start);
            let known = |text: &str, snippet: bool| (edit(start, offset, text.to_owned()), snippet);
            let mut found = relations(index, snippets, &known);
            found.extend(variables(text, offset, item, index, &|name| edit(start, offset, name.to_owned())));
            found
        }
        Place::Argument { relation, index: at, start, quoted, .. } => {
            let start = offset - (item.len() - start);
            // The editor may have closed the quote already.
            let end = if quoted && text[offset..].starts_with('"') { offset + 1 } else { offset };
            let plain = |name: &str| edit(start, offset, name.to_owned());
            let mut found = Vec::new();
            if !quoted {
                let column = index.relation(relation).and_then(|relation| relation.columns.get(at));
                found.extend(column.map(|(name, ty)| variable(name, Some(format!("{name}: {ty}")), plain(name))));
                found.extend(variables(text, offset, item, index, &plain));
            }
            let constants = model.map(|model| column_constants(model, relation, at, "", MOST)).unwrap_or_default();
            found.extend(constants.into_iter().map(|literal| CompletionItem {
                kind: Some(CompletionItemKind::ENUM_MEMBER),
                filter_text: Some(literal.clone()),
                text_edit: edit(start, end, literal.clone()),
                label: literal,
                ..CompletionItem::default()
            }));
            let mut seen = BTreeSet::new();
            found.retain(|item| seen.insert(item.label.clone()));
            found
        }
    }
}

/// What ends an item that may lack its full stop: the full stop, an empty line, and what begins another item.
const BETWEEN_ITEMS: [&str; 5] = [".\n", ".\r\n", "\n\n", "\n.", "\n@["];

/// Where the item around the end of a text begins.
fn item_start(before: &str) -> usize {
    let ends = BETWEEN_ITEMS.iter().filter_map(|between| before.rfind(between));
    ends.max().map_or(0, |at| at + 1)
}

/// Where the item around the beginning of a text ends.
fn item_end(rest: &str) -> usize {
    BETWEEN_ITEMS.iter().filter_map(|between| rest.find(between)).min().unwrap_or(rest.len())
}

/// Whether a type is named at the end of a text: after the colon of a column, or in a `.type`.
fn wants_type(item: &str) -> bool {
    let typed = item.trim_end_matches(|one: char| one.is_alphanumeric() || one == '_').trim_end();
    // Lines before a directive may lack their full stop: directives have none.
    let directive = item.lines().rev().find_map(|line| line.trim_start().strip_prefix('.'));
    let Some(directive) = directive else { return false };
    if directive.starts_with("decl ") || directive.starts_with("functor ") {
        return typed.ends_with(':');
    }
    directive.starts_with("type ") && typed.ends_with(['=', ':', '|']) || typed.ends_with("<:")
}

fn types(index: &Index, edit: &dyn Fn(&str) -> Option<CompletionTextEdit>) -> Vec<CompletionItem> {
    let item = |name: &str, detail: Option<String>, documentation| CompletionItem {
        label: name.to_owned(),
        kind: Some(CompletionItemKind::STRUCT),
        detail,
        documentation,
        text_edit: edit(name),
        ..CompletionItem::default()
    };
    let declared = index.declarations().filter(|(_, declaration)| declaration.kind == Kind::Type);
    let mut found: Vec<CompletionItem> = declared
        .map(|(_, declaration)| item(&declaration.name, Some(declaration.text.clone()), documentation(declaration)))
        .collect();
    found.extend(PRIMITIVES.iter().map(|name| item(name, None, None)));
    found
}

/// What replaces the word that is being written, given a text and whether it is a snippet; and whether it stays one.
type Edit<'e> = dyn Fn(&str, bool) -> (Option<CompletionTextEdit>, bool) + 'e;

fn relations(index: &Index, snippets: bool, edit: &Edit<'_>) -> Vec<CompletionItem> {
    let relations = index.declarations().filter(|(_, found)| found.kind == Kind::Relation && found.top);
    let item = |(_, relation): (_, &Declaration)| {
        let columns: Vec<String> = relation.columns.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let written = if snippets {
            let stops = relation.columns.iter().enumerate().map(|(at, (name, _))| format!("${{{}:{name}}}", at + 1));
            format!("{}({})", relation.name, stops.collect::<Vec<_>>().join(", "))
        } else {
            format!("{}(", relation.name)
        };
        let (text_edit, snippet) = edit(&written, snippets);
        CompletionItem {
            label: relation.name.clone(),
            kind: Some(CompletionItemKind::FUNCTION),
            detail: Some(format!("({})", columns.join(", "))),
            documentation: documentation(relation),
            text_edit,
            insert_text_format: snippet.then_some(InsertTextFormat::SNIPPET),
            ..CompletionItem::default()
        }
    };
    relations.map(item).collect()
}

fn variable(name: &str, detail: Option<String>, text_edit: Option<CompletionTextEdit>) -> CompletionItem {
    CompletionItem {
        label: name.to_owned(),
        kind: Some(CompletionItemKind::VARIABLE),
        detail,
        text_edit,
        ..CompletionItem::default()
    }
}

/// The other variables of the clause around a place.
fn variables(
    text: &str,
    offset: usize,
    item: &str,
    index: &Index,
    edit: &dyn Fn(&str) -> Option<CompletionTextEdit>,
) -> Vec<CompletionItem> {
    let rest = &text[offset..];
    let end = item_end(rest);
    let mut names = BTreeSet::new();
    for part in [item, &rest[..end]] {
        let pieces = pieces(part);
        for (at, (piece, range)) in pieces.iter().enumerate() {
            let called = pieces.get(at + 1).is_some_and(|(next, _)| *next == Piece::Sign('('));
            // The word at the cursor is the one being typed.
            let typed = range.end == part.len() && part.as_ptr() == item.as_ptr() || range.start == 0 && at == 0;
            let name = &part[range.clone()];
            let begins = name.starts_with(|one: char| one.is_alphabetic() || one == '?');
            if *piece == Piece::Word && !called && !typed && begins {
                names.insert(name);
            }
        }
    }
    names.retain(|name| index.relation(name).is_none() && !is_word_of_language(name));
    names.into_iter().map(|name| variable(name, None, edit(name))).collect()
}

fn is_word_of_language(name: &str) -> bool {
    !crate::syntax::is_name(name) || DIRECTIVES.iter().any(|(directive, _)| *directive == name)
}

fn documentation(declaration: &Declaration) -> Option<Documentation> {
    let value = described(declaration);
    (!value.is_empty()).then_some(Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value }))
}
