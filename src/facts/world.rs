//! For tests: a small world of types, with rows and diagnostics as text.

use super::rows::Rows;
use crate::diagnostic::Diagnostic;
use crate::program::Column;
use crate::source::{SourceMap, Span};
use crate::value::{Branch, Field, Type, TypeId, TypeTable, Values};

/// The primitives, a pair of number and symbol, a list of numbers, a tree of symbols.
pub(crate) struct World {
    pub(crate) types: TypeTable,
    pub(crate) values: Values,
    pub(crate) pair: TypeId,
    pub(crate) list: TypeId,
    pub(crate) tree: TypeId,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut values = Values::default();
        let mut types = TypeTable::default();
        let mut sources = SourceMap::default();
        let span = Span::new(sources.add("t.dl", ""), 0, 0);
        let mut field = |name: &str, ty: TypeId| Field { name: values.symbols.intern(name), ty };
        let pair = types.add(
            "Pair",
            Type::Record { fields: vec![field("a", TypeId::NUMBER), field("b", TypeId::SYMBOL)] },
            span,
        );
        let list = types.add("List", Type::Record { fields: vec![] }, span);
        types.define(list, Type::Record { fields: vec![field("head", TypeId::NUMBER), field("tail", list)] });
        let tree = types.add("Tree", Type::Adt { branches: vec![] }, span);
        let fields = vec![field("left", tree), field("name", TypeId::SYMBOL)];
        let names = ["Leaf", "Node"].map(|name| values.symbols.intern(name));
        let branches = vec![Branch { name: names[0], fields: vec![] }, Branch { name: names[1], fields }];
        types.define(tree, Type::Adt { branches });
        Self { types, values, pair, list, tree }
    }

    pub(crate) fn columns(&mut self, columns: &[(&str, TypeId)]) -> Vec<Column> {
        columns.iter().map(|&(name, ty)| Column { name: self.values.symbols.intern(name), ty }).collect()
    }

    /// Each row as its line and its values.
    pub(crate) fn shown(&self, columns: &[Column], rows: &Rows) -> Vec<String> {
        (0..rows.lines.len())
            .map(|row| {
                let words = &rows.words[row * columns.len()..][..columns.len()];
                let values = columns.iter().zip(words);
                let texts = values.map(|(column, &word)| self.values.decode(&self.types, column.ty, word).literal());
                format!("{}: {}", rows.lines[row], texts.collect::<Vec<_>>().join(" "))
            })
            .collect()
    }

    /// Each diagnostic on a line: place, code, message, help.
    pub(crate) fn told(diagnostics: &[Diagnostic]) -> Vec<String> {
        diagnostics
            .iter()
            .map(|diagnostic| {
                let help = diagnostic.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
                let place = diagnostic.place.as_deref().unwrap_or_default();
                format!("{place} {}: {}{help}", diagnostic.code.id, diagnostic.message)
            })
            .collect()
    }
}
