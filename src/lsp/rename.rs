//! Other names for what is declared, and for variables.

use super::index::{Kind, Meaning, Occurrence};
use super::workspace::Analysis;
use crate::facts::statements::{OF_FILES, OF_STATEMENTS};
use crate::source::Span;
use crate::syntax::is_name;

/// What can be renamed at a place: its name there, and what it means.
///
/// # Errors
/// Why it cannot.
pub(super) fn renamed(analysis: &Analysis, offset: usize) -> Result<Occurrence, String> {
    let found = analysis.place(offset).and_then(|place| analysis.index.at(place));
    let found = found.ok_or("there is no name here that could be another")?;
    if let Meaning::Declared(span) = found.meaning {
        let elsewhere = analysis.index.all(found.meaning).any(|found| analysis.path(found.span.source).is_none());
        let declaration = analysis.index.declaration(span);
        if elsewhere {
            return Err("it is declared or used in rules that are built in".to_owned());
        }
        let fixed = OF_STATEMENTS.iter().chain(OF_FILES).map(|relation| relation.name);
        let named = declaration.filter(|found| found.kind == Kind::Relation && analysis.fixed);
        if let Some(named) = named.filter(|named| fixed.clone().any(|name| name == named.name)) {
            return Err(format!("statement files name `{}`, and they would not find it any more", named.name));
        }
    }
    Ok(found)
}

/// The places to be written anew.
///
/// # Errors
/// Why the new name will not do.
pub(super) fn rename(analysis: &Analysis, found: Occurrence, new: &str) -> Result<Vec<Span>, String> {
    if !is_name(new) {
        return Err(format!("`{new}` is no name: it has letters, digits, `_` and `?`, and is no word of the language"));
    }
    let places: Vec<Span> = analysis.index.all(found.meaning).map(|found| found.span).collect();
    match found.meaning {
        Meaning::Declared(span) => {
            let kind = analysis.index.declaration(span).map(|declaration| declaration.kind);
            let taken = |(_, other): &(Span, &super::index::Declaration)| other.name == new && Some(other.kind) == kind;
            if analysis.index.declarations().any(|other| taken(&other)) {
                return Err(format!("`{new}` is declared already"));
            }
        }
        Meaning::Variable(item, _) => {
            let taken = |(span, meaning): (Span, Meaning)| {
                let same = matches!(meaning, Meaning::Variable(other, _) if other == item);
                same && meaning != found.meaning && analysis.sources.text(span) == new
            };
            if analysis.index.within(item).any(|other| taken((other.span, other.meaning))) {
                return Err(format!("`{new}` is another variable of this clause"));
            }
        }
    }
    Ok(places)
}
