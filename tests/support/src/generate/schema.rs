//! Types, base relations and their facts.

use std::collections::BTreeSet;

use onus::syntax::ast::TypeDefinition;
use onus::value::{Float, Kind, Value};

use super::world::{FLOAT, NUMBER, Relation, SYMBOL, Type, TypeIndex, UNSIGNED, World};
use crate::answers::Row;

impl World<'_> {
    /// Declares types and base relations, and gives the relations facts.
    pub(super) fn schema(&mut self) {
        let mut usable = vec![NUMBER, NUMBER, NUMBER, SYMBOL, SYMBOL];
        if self.settings.unsigned && self.random.percent(20) {
            usable.push(UNSIGNED);
        }
        if self.settings.floats && self.random.percent(25) {
            usable.push(FLOAT);
        }
        if self.settings.subtypes && self.random.percent(30) {
            let parent = if self.random.percent(60) { SYMBOL } else { NUMBER };
            for name in ["Name", "Nick"] {
                let child = self.subtype(name, parent);
                usable.extend([child, child]);
                if self.random.percent(50) {
                    break;
                }
            }
        }
        if self.settings.records && self.random.percent(15) {
            usable.push(self.composite("Pair", &[None], &usable));
        }
        if self.settings.adts && self.random.percent(15) {
            usable.push(self.composite("Choice", &[Some("None"), Some("One"), Some("Two")], &usable));
        }

        self.opaque_types();
        self.lattices();
        let count = self.random.between(3, 8);
        let preferred = usable[self.random.below(usable.len())];
        for at in 0..count {
            let arity = [0, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4][self.random.below(11)];
            let columns: Vec<TypeIndex> = (0..arity)
                .map(|_| if self.random.percent(45) { preferred } else { usable[self.random.below(usable.len())] })
                .collect();
            self.base(format!("b{at}"), columns);
        }
    }

    fn subtype(&mut self, name: &str, parent: TypeIndex) -> TypeIndex {
        // The second may be a subtype of the first.
        let parent = match self.types.last() {
            Some(last) if last.parent == Some(parent) && self.random.percent(50) => self.types.len() - 1,
            _ => parent,
        };
        let base = self.types[parent].name.clone();
        let base = self.build.name(&base);
        let item = self.build.ty(name, TypeDefinition::Subtype(base));
        self.declarations.push(item);
        let kind = self.kind(parent);
        self.types.push(Type { name: name.to_owned(), kind, parent: Some(parent), alternatives: Vec::new() });
        self.types.len() - 1
    }

    fn composite(&mut self, name: &str, branches: &[Option<&str>], usable: &[TypeIndex]) -> TypeIndex {
        let mut alternatives = Vec::new();
        for (at, branch) in branches.iter().enumerate() {
            let fields = if branch.is_some() { at } else { 2 };
            let fields: Vec<TypeIndex> = (0..fields).map(|_| usable[self.random.below(usable.len())]).collect();
            alternatives.push((branch.map(str::to_owned), fields));
        }
        let mut definition = TypeDefinition::Adt(Vec::new());
        for (branch, fields) in &alternatives {
            let names = self.type_names(fields);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            match (branch, &mut definition) {
                (Some(branch), TypeDefinition::Adt(branches)) => branches.push(self.build.adt_branch(branch, &names)),
                _ => definition = TypeDefinition::Record(self.build.attributes(&names)),
            }
        }
        let kind = if branches[0].is_some() { Kind::Adt } else { Kind::Record };
        let item = self.build.ty(name, definition);
        self.declarations.push(item);
        self.types.push(Type { name: name.to_owned(), kind, parent: None, alternatives });
        self.types.len() - 1
    }

    fn base(&mut self, name: String, columns: Vec<TypeIndex>) {
        self.declare(&name, &columns, &[]);
        let mut rows = BTreeSet::new();
        let most = if columns.len() == 1 { 8 } else { 22 };
        let count = if columns.is_empty() { self.random.below(2) } else { self.random.between(1, most) };
        for _ in 0..count {
            let row: Row = columns.iter().map(|&ty| self.value(ty)).collect();
            let item = self.build.fact(&name, &row);
            self.facts.push(item);
            // Some facts are given twice.
            if self.random.percent(3) {
                let item = self.build.fact(&name, &row);
                self.facts.push(item);
            }
            rows.insert(row);
        }
        self.answers.insert(name.clone(), rows);
        self.relations.push(Relation { name, columns });
    }

    /// Declares a relation.
    pub(super) fn declare(&mut self, name: &str, columns: &[TypeIndex], qualifiers: &[&str]) {
        let names = self.type_names(columns);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let item = self.build.relation(name, &names, qualifiers);
        self.declarations.push(item);
    }

    /// A value of a type: few different ones, small ones more often.
    pub(super) fn value(&mut self, ty: TypeIndex) -> Value {
        let skewed = self.random.below(12).min(self.random.below(12));
        let small = u8::try_from(skewed).unwrap_or(0);
        match self.kind(ty) {
            Kind::Number if self.random.percent(6) => Value::Number(-i64::from(small)),
            Kind::Number => Value::Number(i64::from(small)),
            Kind::Unsigned => Value::Unsigned(u64::from(small)),
            // Multiples of a quarter: sums are exact in any order.
            Kind::Float => Value::Float(Float::new(f64::from(small) / 4.0 - 0.5)),
            Kind::Symbol => {
                let texts = ["a", "b", "c", "d", "ab", "ba", "e", "abc", "", "x y", "1", "f"];
                Value::Symbol(texts[skewed].to_owned())
            }
            Kind::Record if self.random.percent(12) => Value::Nil,
            Kind::Record | Kind::Adt => {
                let at = self.random.below(self.types[ty].alternatives.len());
                let (branch, fields) = self.types[ty].alternatives[at].clone();
                let values = fields.into_iter().map(|field| self.value(field)).collect();
                match branch {
                    Some(branch) => Value::Branch(branch, values),
                    None => Value::Record(values),
                }
            }
        }
    }
}
