//! Where the values of recursive relations come from.
//!
//! A column of a relation that its rules derive holds values that stand in columns of other relations, mostly: rules hand
//! them on. So the finished columns that they come from in the end bound what it can hold while it still grows.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::{Literal, Program, RelationId, Rule, Stratum, Term};

/// A column whose values may come from more columns than these counts as unknown: of thousands of rules that hand values
/// around, sets of all origins would take more room and time than evaluation, and so many leave out little.
const MOST: usize = 32;

/// A column of a relation.
type Column = (RelationId, usize);

/// Columns of relations.
pub type Columns = BTreeSet<Column>;

/// For columns of a stratum's relations the finished columns in one of which each of their values stands. Those of which
/// that is not known are left out. A column without any origin has no values: it waits for those of others of its stratum
/// that never come.
#[derive(Clone, Debug, Default)]
pub struct Origins(BTreeMap<Column, Columns>);

/// Where a rule has the value of a column of its head from.
enum Source {
    /// A column of a finished relation.
    Finished(Column),
    /// A column of the stratum.
    Growing(Column),
    /// It is given or computed.
    Unknown,
}

impl Origins {
    /// The origins of a stratum's columns. Of relations that are finished `rows` knows how many rows they have; those that
    /// have rows before any rule has run are `given`.
    #[must_use]
    pub fn of(
        program: &Program,
        stratum: &Stratum,
        rows: &dyn Fn(RelationId) -> Option<usize>,
        given: &dyn Fn(RelationId) -> bool,
    ) -> Self {
        let mut origins: BTreeMap<Column, Option<Columns>> = BTreeMap::new();
        for &relation in &stratum.relations {
            let origin = (!given(relation)).then(Columns::new);
            let columns = 0..program.relation(relation).arity();
            origins.extend(columns.map(|column| ((relation, column), origin.clone())));
        }
        let mut handed: BTreeMap<Column, Vec<Column>> = BTreeMap::new();
        for rule in stratum.rules.iter().map(|&id| program.rule(id)) {
            for (column, term) in rule.arguments.iter().enumerate() {
                let head = (rule.head, column);
                let origin = match source(rule, term, rows) {
                    Source::Finished(from) => Some(Columns::from([from])),
                    Source::Growing(from) => {
                        handed.entry(from).or_default().push(head);
                        continue;
                    }
                    Source::Unknown => None,
                };
                add(&mut origins, head, origin.as_ref());
            }
        }
        let mut open: Vec<Column> = handed.keys().copied().collect();
        while let Some(from) = open.pop() {
            let origin = origins.get(&from).cloned().flatten();
            for &to in handed.get(&from).into_iter().flatten() {
                if add(&mut origins, to, origin.as_ref()) {
                    open.push(to);
                }
            }
        }
        Self(origins.into_iter().filter_map(|(column, origin)| Some((column, origin?))).collect())
    }

    /// The origins of a column.
    #[must_use]
    pub fn column(&self, relation: RelationId, column: usize) -> Option<&Columns> {
        self.0.get(&(relation, column))
    }
}

/// Lets a column have values of some more origins, or of unknown ones. Gives whether that was not known of it.
fn add(origins: &mut BTreeMap<Column, Option<Columns>>, column: Column, more: Option<&Columns>) -> bool {
    let Some(origin @ Some(_)) = origins.get_mut(&column) else { return false };
    let before = origin.as_ref().map(Columns::len);
    *origin = origin.take().zip(more).map(|(known, more)| &known | more).filter(|columns| columns.len() <= MOST);
    origin.as_ref().map(Columns::len) != before
}

/// Where a rule has the value of a term of its head from: rather from a finished relation, and from the least.
fn source(rule: &Rule, term: &Term, rows: &dyn Fn(RelationId) -> Option<usize>) -> Source {
    let Term::Variable(variable) = term else { return Source::Unknown };
    let mut found = Source::Unknown;
    let mut least = usize::MAX;
    for literal in &rule.body {
        let Literal::Positive(atom) = literal else { continue };
        let is_it = |term: &Term| matches!(term, Term::Variable(other) if other == variable);
        let Some(column) = atom.arguments.iter().position(is_it) else { continue };
        match rows(atom.relation) {
            Some(rows) if rows < least => {
                least = rows;
                found = Source::Finished((atom.relation, column));
            }
            None if matches!(found, Source::Unknown) => found = Source::Growing((atom.relation, column)),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{MemoryLoader, Options, Session};

    /// Finished relations of five, three and one rows, and recursive ones.
    const DECLARED: &str = "
        .type pair = [x: number, y: number]
        .decl e(x: number, y: number)
        .decl f(x: number, y: number, z: number)
        .decl g(x: number)
        .decl t(p: pair)
        e(1, 2). e(2, 3). e(3, 4). e(4, 1). e(2, 5). f(1, 2, 3). f(2, 3, 4). f(3, 4, 1). g(2). t([1, 2]).
        .decl p(x: number, y: number)
        .decl q(x: number)
        .decl r(x: number)
        ";

    /// The origins of each column of a relation: `e.0 f.2`, or `?` where they are not known.
    fn origins(rules: &str, name: &str) -> Vec<String> {
        let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
        session.add_program("a.dl", &format!("{DECLARED}{rules}"));
        let model = session.evaluate().unwrap_or_else(|failure| panic!("{rules}: {:?}", failure.diagnostics));
        let program = model.program();
        let id = program.derives(model.find(name).unwrap());
        let stratum = &program.strata[model.stratum(id)];
        let rows = |id| (!stratum.relations.contains(&id)).then(|| model.relation(id).len());
        let found = Origins::of(program, stratum, &rows, &|id| !model.relation(id).given().is_empty());
        let column = |&(relation, column): &Column| format!("{}.{column}", model.name(relation));
        let told = |columns: &Columns| columns.iter().map(column).collect::<Vec<_>>().join(" ");
        let arity = program.relation(id).arity();
        (0..arity).map(|column| found.column(id, column).map_or_else(|| "?".to_owned(), told)).collect()
    }

    #[test]
    fn values_come_from_where_rules_have_them() {
        let base = "p(x, y) :- e(x, y).\n";
        for (rules, expected) in [
            ("p(x, z) :- p(x, y), e(y, z).", ["e.0", "e.1"]),
            ("p(y, x) :- p(x, y).", ["e.0 e.1", "e.0 e.1"]),
            ("p(x, x) :- p(x, _).", ["e.0", "e.0 e.1"]),
            ("p(x, x) :- p(_, x).", ["e.0 e.1", "e.1"]),
            // Of several atoms that tell, the one with the fewest rows does, wherever it stands.
            ("p(x, z) :- p(x, y), e(y, z), f(z, _, _).", ["e.0", "e.1 f.0"]),
            ("p(x, z) :- p(x, y), f(z, _, _), e(y, z).", ["e.0", "e.1 f.0"]),
            ("p(x, z) :- p(x, z), f(_, z, _), e(_, x).", ["e.0 e.1", "e.1 f.1"]),
            ("p(x, z) :- f(_, z, _), p(x, z).", ["e.0", "e.1 f.1"]),
            // Of equals, and of those that grow, the first; so of the columns of an atom.
            ("p(x, z) :- p(x, z), f(z, _, _), f(_, z, _).", ["e.0", "e.1 f.0"]),
            ("p(x, z) :- p(x, z), f(_, z, _), f(z, _, _).", ["e.0", "e.1 f.1"]),
            ("p(x, x) :- p(x, y), p(y, x).", ["e.0", "e.0 e.1"]),
            ("p(x, x) :- p(y, x), p(x, y).", ["e.0 e.1", "e.1"]),
            ("p(x, y) :- p(x, y), f(_, y, y).", ["e.0", "e.1 f.1"]),
            // What must not be there tells nothing.
            ("p(x, z) :- p(x, y), f(y, z, _), !g(z).", ["e.0", "e.1 f.1"]),
            ("p(x, z) :- !g(z), p(x, y), f(y, z, _).", ["e.0", "e.1 f.1"]),
            ("p(x, z) :- p(x, z), z < 9, t([_, z]).", ["e.0", "e.1"]),
        ] {
            assert_eq!(origins(&format!("{base}{rules}"), "p"), expected, "{rules}");
        }
    }

    #[test]
    fn values_go_round_in_a_stratum() {
        // Either way round, whatever the order of the rules.
        for rules in [
            "q(x) :- r(x). r(x) :- p(x, _). p(x, y) :- q(x), e(_, y).",
            "p(x, y) :- q(x), e(_, y). r(x) :- p(x, _). q(x) :- r(x).",
        ] {
            let from = |more: &str| ["p", "q", "r"].map(|name| origins(&format!("{rules}\n{more}"), name).join(", "));
            assert_eq!(from("r(x) :- g(x)."), ["g.0, e.1", "g.0", "g.0"]);
            assert_eq!(from("q(x) :- f(_, _, x). p(x, y) :- f(x, y, _)."), ["f.0 f.2, e.1 f.1", "f.0 f.2", "f.0 f.2"]);
            assert_eq!(from("r(x) :- g(x). q(7) :- r(_)."), ["?, e.1", "?", "?"]);
            // What comes from nowhere is not there.
            assert_eq!(from(""), [", e.1", "", ""]);
        }
    }

    #[test]
    fn what_is_computed_has_no_origin() {
        let base = "p(x, y) :- e(x, y).\n";
        for (rules, expected) in [
            ("p(x, 3) :- p(x, _).", ["e.0", "?"]),
            ("p(x, y + 1) :- p(x, y), y < 9.", ["e.0", "?"]),
            ("p(x, z) :- p(x, y), z = y + 1, z < 9.", ["e.0", "?"]),
            ("p(x, z) :- p(x, y), z = range(y, 7).", ["e.0", "?"]),
            ("p(x, z) :- p(x, _), t([_, z]).", ["e.0", "?"]),
            ("p(x, z) :- p(x, _), z = count : { e(_, _) }.", ["e.0", "?"]),
            ("p(x, count : { e(_, _) }) :- p(x, _).", ["e.0", "?"]),
            ("p(as(x, number), y) :- p(x, y).", ["?", "e.1"]),
            // It spreads, and what else is known of a column does not help.
            ("p(3, y) :- p(_, y).\np(y, x) :- p(x, y).", ["?", "?"]),
            ("p(y, x) :- p(x, y).\np(3, y) :- p(_, y).", ["?", "?"]),
            ("p(3, y) :- p(_, y).\np(x, y) :- p(x, _), p(_, y), e(x, y).", ["?", "e.1"]),
        ] {
            assert_eq!(origins(&format!("{base}{rules}"), "p"), expected, "{rules}");
        }
        let made = ".decl s(p: pair)\ns([x, y]) :- e(x, y).\ns(p) :- s(p), t(p).\ns([y, x]) :- s([x, y]).";
        assert_eq!(origins(made, "s"), ["?"]);
    }

    #[test]
    fn what_is_given_has_no_origin() {
        let rules = "p(x, y) :- q(x), e(x, y).\nq(x) :- p(_, x), r(x).\nr(x) :- q(x).\nr(x) :- g(x).\nq(x) :- g(x).";
        for (given, expected) in [
            ("", "e.0, e.1; e.1 g.0; e.1 g.0"),
            ("r(6).", "e.0, e.1; e.1 g.0; ?"),
            ("q(6).", "e.0, e.1; ?; ?"),
            ("p(6, 7).", "?, ?; ?; ?"),
        ] {
            let told = ["p", "q", "r"].map(|name| origins(&format!("{rules}\n{given}"), name).join(", "));
            assert_eq!(told.join("; "), expected, "{given}");
        }
    }

    #[test]
    fn constructs_that_are_rules() {
        let equal = ".decl same(x: number, y: number) eqrel\n";
        let told = |rules: &str| origins(&format!("{equal}{rules}"), "same");
        assert_eq!(told("same(x, y) :- e(x, y)."), ["e.0 e.1", "e.0 e.1"]);
        assert_eq!(told("same(x, y) :- e(x, y).\nsame(8, 9)."), ["?", "?"]);
        // What is replaced comes from where what replaces it does.
        let least = "p(x, y) :- e(x, y).\np(x, z) :- p(x, y), f(_, y, z).\np(x, y) <= p(x, z) :- z < y.";
        assert_eq!(origins(least, "p"), ["e.0", "e.1 f.2"]);
    }

    #[test]
    fn very_many_origins_count_as_unknown() {
        let from = |first: usize, most: usize, name: &str| {
            let one = |at| {
                format!(
                    ".decl b{at}(x: number)\nb{at}({at}).\n{}(x) :- b{at}(x).\n",
                    if at < first { "q" } else { "r" }
                )
            };
            let bases: String = (0..most).map(one).collect();
            origins(&format!("{bases}q(x) :- p(x, _), r(x).\nr(x) :- q(x).\np(x, y) :- e(x, y), q(x)."), name)
        };
        let count = |told: Vec<String>| told[0].split(' ').filter(|it| *it != "?").count();
        assert_eq!((count(from(MOST - 1, MOST - 1, "q")), count(from(MOST, MOST, "q"))), (MOST, 0));
        // What is handed on counts, and may be too much for some and not for others.
        assert_eq!((count(from(20, MOST - 1, "r")), count(from(20, MOST, "r"))), (MOST, 0));
        assert_eq!((count(from(20, MOST, "q")), count(from(20, MOST, "p"))), (21, 1));
    }
}
