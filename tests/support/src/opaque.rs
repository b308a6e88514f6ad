//! Values that mean nothing but themselves: what `autoinc()` and `ord(..)` give. Two answers that differ in nothing but
//! which they are, are the same. Programs of the judge keep such values in columns of the types [`COUNTED`] and
//! [`ORDINAL`], and do nothing with them but compare them for equality.
//!
//! Whether one answer can be made the other by renaming is decided by colours: values are told apart by the rows that they
//! stand in, then by the colours of the others in those rows, until nothing more is told apart; what still looks alike is
//! tried one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use onus::syntax::ast::ItemKind;
use onus::value::Value;

use crate::answers::{Answers, Row, Rows};
use crate::reference::without_components;
use crate::sample::Sample;

/// The type of what `autoinc()` gives.
pub const COUNTED: &str = "Id";
/// The type of what `ord(..)` gives.
pub const ORDINAL: &str = "Ord";

/// Colourings that are tried at most.
const TRIES: usize = 5_000;

/// For each relation the types of those columns that hold such values, nothing for the others.
#[derive(Clone, Debug, Default)]
pub struct Opaque(BTreeMap<String, Vec<Option<&'static str>>>);

/// A value with its type.
type Node = (&'static str, Value);
type Colours = BTreeMap<Node, u64>;

impl Opaque {
    /// The columns of a program.
    #[must_use]
    pub fn of(sample: &Sample) -> Self {
        let kinds = [COUNTED, ORDINAL];
        let declares = |item: &onus::syntax::ast::Item| match &item.kind {
            ItemKind::Type(decl) => kinds.contains(&sample.symbols.get(decl.name.symbol)),
            _ => false,
        };
        if !sample.program.items.iter().any(declares) {
            return Self::default();
        }
        let mut symbols = sample.symbols.clone();
        let Ok(program) = without_components(&sample.program, &mut symbols) else { return Self::default() };
        let mut columns = BTreeMap::new();
        for item in &program.items {
            let ItemKind::Relation(decl) = &item.kind else { continue };
            let kind = |attribute: &onus::syntax::ast::Attribute| {
                kinds.into_iter().find(|kind| *kind == symbols.get(attribute.ty.symbol))
            };
            let of: Vec<Option<&'static str>> = decl.attributes.iter().map(kind).collect();
            if of.iter().any(Option::is_some) {
                columns.extend(decl.names.iter().map(|name| (symbols.get(name.symbol).to_owned(), of.clone())));
            }
        }
        Self(columns)
    }

    /// Whether there are any.
    #[must_use]
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// The second answer with such values renamed to those of the first, if that makes the two the same in the relations
    /// of the first; else as it is.
    #[must_use]
    pub fn aligned(&self, expected: &Answers, actual: Answers) -> Answers {
        if !self.any() {
            return actual;
        }
        let none = Rows::new();
        let mine: Vec<(&str, &Rows)> = self.relations(expected);
        let theirs: Vec<(&str, &Rows)> =
            mine.iter().map(|&(name, _)| (name, actual.get(name).unwrap_or(&none))).collect();
        let mut tries = TRIES;
        let (left, right) = (self.start(&mine), self.start(&theirs));
        let Some(renaming) = self.renaming([&mine, &theirs], left, right, &mut tries) else { return actual };
        let renamed = actual.into_iter().map(|(name, rows)| match self.0.get(&name) {
            None => (name, rows),
            Some(columns) => {
                let rows = rows.into_iter().map(|row| rename(columns, row, &renaming)).collect();
                (name, rows)
            }
        });
        renamed.collect()
    }

    fn relations<'a>(&self, answers: &'a Answers) -> Vec<(&'a str, &'a Rows)> {
        let named = |name: &String| self.0.contains_key(name);
        answers.iter().filter(|(name, _)| named(name)).map(|(name, rows)| (name.as_str(), rows)).collect()
    }

    fn start(&self, relations: &[(&str, &Rows)]) -> Colours {
        let mut colours = Colours::new();
        for (name, rows) in relations {
            for row in *rows {
                for (kind, value) in self.0[*name].iter().zip(row) {
                    if let Some(kind) = kind {
                        colours.insert((kind, value.clone()), hash(kind));
                    }
                }
            }
        }
        colours
    }

    /// What the values of the right are called on the left.
    fn renaming(
        &self,
        sides: [&[(&str, &Rows)]; 2],
        left: Colours,
        right: Colours,
        tries: &mut usize,
    ) -> Option<BTreeMap<Node, Value>> {
        *tries = tries.checked_sub(1)?;
        let (left, right) = (self.refined(sides[0], left), self.refined(sides[1], right));
        let (left_classes, right_classes) = (classes(&left), classes(&right));
        let sizes = |classes: &BTreeMap<u64, Vec<Node>>| -> Vec<(u64, usize)> {
            classes.iter().map(|(&colour, nodes)| (colour, nodes.len())).collect()
        };
        if sizes(&left_classes) != sizes(&right_classes) {
            return None;
        }
        let several = left_classes.iter().filter(|(_, nodes)| nodes.len() > 1).min_by_key(|(_, nodes)| nodes.len());
        let Some((colour, nodes)) = several else {
            let pairs = left_classes.into_values().flatten().zip(right_classes.into_values().flatten());
            let renaming: BTreeMap<Node, Value> = pairs.map(|((_, mine), theirs)| (theirs, mine)).collect();
            return self.holds(sides, &renaming).then_some(renaming);
        };
        let marked = |colours: &Colours, node: &Node| {
            let mut colours = colours.clone();
            colours.insert(node.clone(), hash(&(colour, "this one")));
            colours
        };
        let with_mark = marked(&left, &nodes[0]);
        right_classes[colour]
            .iter()
            .find_map(|node| self.renaming(sides, with_mark.clone(), marked(&right, node), tries))
    }

    fn holds(&self, [mine, theirs]: [&[(&str, &Rows)]; 2], renaming: &BTreeMap<Node, Value>) -> bool {
        mine.iter().zip(theirs).all(|((name, mine), (_, theirs))| {
            let renamed: BTreeSet<Row> =
                theirs.iter().map(|row| rename(&self.0[*name], row.clone(), renaming)).collect();
            renamed == **mine
        })
    }

    /// Tells apart what stands in different rows.
    fn refined(&self, relations: &[(&str, &Rows)], mut colours: Colours) -> Colours {
        let mut count = classes(&colours).len();
        loop {
            let mut places: BTreeMap<Node, Vec<u64>> = BTreeMap::new();
            for (name, rows) in relations {
                let columns = &self.0[*name];
                for row in *rows {
                    let shown: Vec<(u64, usize)> = columns
                        .iter()
                        .zip(row)
                        .map(|(kind, value)| match kind {
                            None => (hash(&value.literal()), 0),
                            Some(kind) => {
                                // The first of those columns of its type that hold the same.
                                let mut others = columns.iter().zip(row);
                                let same = others.position(|other| other == (&Some(*kind), value)).unwrap_or(0);
                                (colours[&(*kind, value.clone())], same)
                            }
                        })
                        .collect();
                    for (at, (kind, value)) in columns.iter().zip(row).enumerate() {
                        if let Some(kind) = kind {
                            places.entry((kind, value.clone())).or_default().push(hash(&(name, at, &shown)));
                        }
                    }
                }
            }
            for (node, mut places) in places {
                places.sort_unstable();
                if let Some(colour) = colours.get_mut(&node) {
                    *colour = hash(&(*colour, places));
                }
            }
            let now = classes(&colours).len();
            if now == count {
                return colours;
            }
            count = now;
        }
    }
}

fn classes(colours: &Colours) -> BTreeMap<u64, Vec<Node>> {
    let mut classes: BTreeMap<u64, Vec<Node>> = BTreeMap::new();
    for (node, &colour) in colours {
        classes.entry(colour).or_default().push(node.clone());
    }
    classes
}

fn rename(columns: &[Option<&'static str>], row: Row, renaming: &BTreeMap<Node, Value>) -> Row {
    let each = row.into_iter().zip(columns).map(|(value, kind)| match kind {
        None => value,
        Some(kind) => renaming.get(&(*kind, value.clone())).cloned().unwrap_or(value),
    });
    each.collect()
}

fn hash(thing: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::difference;
    use crate::reference::Limits;

    fn answers(text: &str) -> (Opaque, Answers) {
        let text = format!(
            ".type Id <: number .decl edge(x: Id, y: Id) .decl named(x: Id, n: symbol)
            .decl sized(x: Id, n: number) {text}"
        );
        let sample = Sample::parse(&text).unwrap();
        (Opaque::of(&sample), sample.answers(&Limits::default()).unwrap())
    }

    fn same(left: &str, right: &str) -> bool {
        let ((opaque, left), (_, right)) = (answers(left), answers(right));
        difference(&left, &opaque.aligned(&left, right)).is_none()
    }

    #[test]
    fn only_which_numbers_they_are_may_differ() {
        assert!(same("named(1, \"a\"). named(2, \"b\").", "named(7, \"b\"). named(9, \"a\")."));
        assert!(!same("named(1, \"a\"). named(2, \"b\").", "named(7, \"b\"). named(7, \"a\")."));
        assert!(!same("named(1, \"a\"). named(2, \"a\").", "named(7, \"a\")."));
        // A ring of six is not two of three, though all look alike.
        let ring = "edge(1, 2). edge(2, 3). edge(3, 4). edge(4, 5). edge(5, 6). edge(6, 1).";
        let two = "edge(1, 2). edge(2, 3). edge(3, 1). edge(4, 5). edge(5, 6). edge(6, 4).";
        let turned = "edge(12, 13). edge(13, 5). edge(5, 6). edge(6, 8). edge(8, 9). edge(9, 12).";
        assert!(same(ring, turned));
        assert!(!same(ring, two));
        // What is the same number in two relations stays so.
        assert!(same("sized(1, 1). sized(2, 3).", "sized(4, 3). sized(3, 1)."));
        assert!(same("edge(1, 1). named(1, \"a\").", "edge(2, 2). named(2, \"a\")."));
        assert!(!same("edge(1, 1). named(1, \"a\").", "edge(2, 2). named(3, \"a\")."));
    }
}
