//! Who says so: the citation of a given fact, and whose word a derived duty is.

use std::collections::BTreeSet;

use crate::model::{Model, Tuple};
use crate::program::RelationId;
use crate::value::{Value, Word};

/// Looks up citations and words in a model's own relations. Programs without them simply have none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Citations;

/// What a duty can be by the word of the parties, first that applies.
const WORDS: [&str; 4] = ["disputed", "confirmed", "accepted", "assigned"];

impl Citations {
    /// The citation of a given tuple that comes from a statement: document, section and lines.
    #[must_use]
    pub fn citation(self, model: &Model, tuple: &Tuple) -> Option<String> {
        let cites = model.find("cites").filter(|&cites| cites != tuple.relation)?;
        let types = &model.program().types;
        let columns = &model.program().relation(tuple.relation).columns;
        let statement = columns.iter().position(|column| types.name(column.ty) == "Statement")?;
        let row = *rows(model, cites, &[("statement", *tuple.words.get(statement)?)]).first()?;
        let text = |name: &str| {
            let at = column(model, cites, name)?;
            model.decode(cites, row).get(at).map(Value::to_string)
        };
        let (doc, section, lines) = (text("doc")?, text("section")?, text("lines")?);
        Some(format!("{doc} {section}, l. {lines}"))
    }

    /// Who made the statement that a tuple speaks of.
    #[must_use]
    pub fn issuer(self, model: &Model, tuple: &Tuple) -> Option<String> {
        let [statement] = of_type(model, tuple.relation, "Statement")[..] else { return None };
        issuer(model, *tuple.words.get(statement)?)
    }

    /// Whose word it is that a party answers for a layer: its own (accepted), somebody else's (assigned by whom), both
    /// (confirmed), or against its own (disputed). Nothing for tuples that speak of no duty.
    #[must_use]
    pub fn word(self, model: &Model, tuple: &Tuple) -> Option<String> {
        let name = model.name(tuple.relation);
        if WORDS.contains(&name) {
            // The sentence says it.
            return None;
        }
        let ([scope], [layer]) =
            (&of_type(model, tuple.relation, "Scope")[..], &of_type(model, tuple.relation, "Layer")[..])
        else {
            return None;
        };
        let party = match DUTY_OF.iter().find(|(relation, _)| *relation == name) {
            Some((_, holder)) => column(model, tuple.relation, holder)?,
            None => match of_type(model, tuple.relation, "Party")[..] {
                [party] => party,
                _ => return None,
            },
        };
        let mut key = vec![
            ("scope", *tuple.words.get(*scope)?),
            ("layer", *tuple.words.get(*layer)?),
            ("party", *tuple.words.get(party)?),
        ];
        if let [statement] = of_type(model, tuple.relation, "Statement")[..] {
            key.push(("statement", *tuple.words.get(statement)?));
        }
        for word in WORDS {
            let Some(relation) = model.find(word) else { continue };
            let rows = rows(model, relation, &key);
            if rows.is_empty() {
                continue;
            }
            if word != "assigned" {
                return Some(word.to_owned());
            }
            let statement = column(model, relation, "statement")?;
            let by: BTreeSet<String> = rows.iter().filter_map(|row| issuer(model, *row.get(statement)?)).collect();
            let by: Vec<String> = by.into_iter().collect();
            return Some(if by.is_empty() { word.to_owned() } else { format!("{word} by {}", by.join(", ")) });
        }
        None
    }
}

/// Relations that name several parties, with the column of the one whose duty it is.
const DUTY_OF: [(&str, &str); 4] =
    [("relies", "b"), ("unverified", "b"), ("opaque", "b"), ("counts_on_customer", "customer")];

/// Who published the document in which a statement stands.
fn issuer(model: &Model, statement: Word) -> Option<String> {
    let (cites, doc) = (model.find("cites")?, model.find("doc")?);
    let cited = *rows(model, cites, &[("statement", statement)]).first()?;
    let document = *cited.get(column(model, cites, "doc")?)?;
    let published = *rows(model, doc, &[("doc", document)]).first()?;
    model.decode(doc, published).get(column(model, doc, "issuer")?).map(Value::to_string)
}

/// The columns of a type.
fn of_type(model: &Model, relation: RelationId, name: &str) -> Vec<usize> {
    let program = model.program();
    let columns = program.relation(relation).columns.iter().enumerate();
    columns.filter(|(_, column)| program.types.name(column.ty) == name).map(|(at, _)| at).collect()
}

fn column(model: &Model, relation: RelationId, name: &str) -> Option<usize> {
    let columns = &model.program().relation(relation).columns;
    columns.iter().position(|column| model.values().symbols.get(column.name) == name)
}

/// The rows with these values in these columns; none where the relation has other columns.
fn rows<'a>(model: &'a Model, relation: RelationId, key: &[(&str, Word)]) -> Vec<&'a [Word]> {
    let mut columns = Vec::new();
    for &(name, word) in key {
        let Some(at) = column(model, relation, name) else { return Vec::new() };
        columns.push((at, word));
    }
    columns.sort_unstable();
    let (columns, words): (Vec<usize>, Vec<Word>) = columns.into_iter().unzip();
    let rows = model.relation(relation);
    rows.index(&columns).rows(&words).iter().map(|&row| rows.row(row)).collect()
}
