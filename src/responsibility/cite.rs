//! Who says so: the citation of a given fact, and whose word a derived duty is.

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
        let row = first(model, cites, &[("statement", *tuple.words.get(statement)?)])?;
        let text = |name: &str| {
            let at = column(model, cites, name)?;
            model.decode(cites, row).get(at).map(Value::to_string)
        };
        let (doc, section, lines) = (text("doc")?, text("section")?, text("lines")?);
        Some(format!("{doc} {section}, l. {lines}"))
    }

    /// Whose word it is that a party answers for a layer: its own (accepted), somebody else's (assigned), both
    /// (confirmed), or against its own (disputed).
    #[must_use]
    pub fn word(self, model: &Model, tuple: &Tuple) -> Option<&'static str> {
        // The columns of the tuple, by the names that they have where the word is kept.
        let names: &[(&str, &str)] = match model.name(tuple.relation) {
            "owner" => &[("scope", "scope"), ("layer", "layer"), ("party", "party"), ("statement", "statement")],
            "responsible" => &[("scope", "scope"), ("layer", "layer"), ("party", "party")],
            "relies" => &[("at", "scope"), ("layer", "layer"), ("b", "party")],
            _ => return None,
        };
        let mut key = Vec::new();
        for &(own, there) in names {
            let at = column(model, tuple.relation, own)?;
            key.push((there, *tuple.words.get(at)?));
        }
        let holds = |name: &&str| model.find(name).is_some_and(|relation| first(model, relation, &key).is_some());
        WORDS.into_iter().find(holds)
    }
}

fn column(model: &Model, relation: RelationId, name: &str) -> Option<usize> {
    let columns = &model.program().relation(relation).columns;
    columns.iter().position(|column| model.values().symbols.get(column.name) == name)
}

/// The first row with these values in these columns.
fn first<'a>(model: &'a Model, relation: RelationId, key: &[(&str, Word)]) -> Option<&'a [Word]> {
    let mut columns = Vec::new();
    for &(name, word) in key {
        columns.push((column(model, relation, name)?, word));
    }
    columns.sort_unstable();
    let (columns, words): (Vec<usize>, Vec<Word>) = columns.into_iter().unzip();
    let rows = model.relation(relation);
    let index = rows.index(&columns);
    index.rows(&words).first().map(|&row| rows.row(row))
}
