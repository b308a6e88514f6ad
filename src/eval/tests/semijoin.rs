//! What lookups can want at all, and postings that leave out the rest.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{database, lookup, model, rule, scan, slots};
use crate::eval::grown::Grown;
use crate::eval::sift::Sieves;
use crate::model::Model;
use crate::plan::{Columns, Expression, Operand, Origins, Part, RulePlan, Step, Wants, plan_rule, wants};
use crate::program::{CompareOp, Literal, RelationId};
use crate::session::{MemoryLoader, Options, Session};
use crate::storage::{Age, Database, Row, Switch};
use crate::value::{Kind, Word};

/// Whether some row of a relation has what some slots hold in some columns.
fn exists(relation: u32, key: &[(usize, usize)], negated: bool) -> Step {
    let (columns, key) = key.iter().map(|&(column, slot)| (column, Operand::Slot(slot))).unzip();
    Step::Exists { relation: RelationId(relation), part: Part::All, columns, key, negated }
}

fn filter(slot: usize) -> Step {
    let side = |operand| Expression::Operand(operand);
    let (left, right) = (side(Operand::Slot(slot)), side(Operand::Constant(7)));
    Step::Filter { op: CompareOp::NotEqual, negated: false, kind: Kind::Number, left, right }
}

/// What is wanted of the step at a place: relation 0 grows, others have ten times their number of rows.
fn wanted(steps: &[Step], at: usize) -> Vec<(usize, (u32, usize))> {
    let origins =
        |id: RelationId, column: usize| (id.0 > 0).then(|| (id.0 as usize * 10, Columns::from([(id, column)])));
    let told: Wants = wants(steps, at, &origins);
    let one = |columns: Columns| columns.into_iter().map(|(relation, column)| (relation.0, column)).next().unwrap();
    told.into_iter().map(|(column, columns)| (column, one(columns))).collect()
}

#[test]
fn values_of_a_key_stand_where_they_come_from() {
    let all = Part::All;
    let key = lookup(0, all, &[(0, 10), (2, 11)], &[(1, 12)]);
    // From a scan, from what a lookup finds or asks for, from what exists: of several the relation with the fewest rows.
    assert_eq!(wanted(&[scan(3, all, &[(1, 10), (0, 11)]), key.clone()], 1), [(0, (3, 1)), (2, (3, 0))]);
    let steps = [scan(3, all, &[(1, 10), (0, 9)]), lookup(4, all, &[(1, 9), (3, 10)], &[(2, 11)]), key.clone()];
    assert_eq!(wanted(&steps, 2), [(0, (3, 1)), (2, (4, 2))]);
    let steps = [scan(3, all, &[(1, 10), (0, 11)]), exists(2, &[(0, 9), (5, 10)], false), key.clone()];
    assert_eq!(wanted(&steps, 2), [(0, (2, 5)), (2, (3, 0))]);
    // What grows tells nothing, nor does what must not be there; whatever comes in between.
    let steps = [scan(0, Part::Delta, &[(1, 10), (0, 11)]), exists(2, &[(0, 10)], true), filter(10), key.clone()];
    assert_eq!(wanted(&steps, 3), []);
    let steps = [scan(3, all, &[(1, 10)]), filter(10), exists(0, &[(0, 10), (1, 8)], true)];
    assert_eq!(wanted(&steps, 2), [(0, (3, 1))]);
    // A constant comes from nowhere, and who reads row by row asks for no key.
    let constant = Step::Lookup {
        relation: RelationId(0),
        part: all,
        columns: vec![0, 1],
        key: vec![Operand::Constant(10), Operand::Slot(10)],
        same: Vec::new(),
        bind: Vec::new(),
    };
    let steps = [scan(3, all, &[(1, 10)]), constant, scan(0, all, &[(0, 12)]), exists(1, &[(0, 12)], false)];
    assert_eq!((wanted(&steps, 1), wanted(&steps, 2)), (vec![(1, (3, 1))], vec![]));
}

#[test]
fn values_that_are_found_have_to_stand_where_they_are_looked_up() {
    let all = Part::All;
    let found = lookup(0, all, &[(0, 10)], &[(1, 11), (3, 12)]);
    let before = scan(0, Part::Delta, &[(0, 10)]);
    let steps = [before.clone(), found.clone(), scan(5, all, &[(0, 13)]), lookup(2, all, &[(4, 12)], &[(0, 14)])];
    assert_eq!(wanted(&steps, 1), [(3, (2, 4))]);
    let steps = [before.clone(), found.clone(), exists(3, &[(1, 11)], false), exists(2, &[(2, 11), (0, 12)], false)];
    assert_eq!(wanted(&steps, 1), [(1, (2, 2)), (3, (2, 0))]);
    // What must not be there keeps what is not there, and what computes may fail before.
    let steps = [before.clone(), found.clone(), exists(3, &[(1, 11)], true), filter(12), exists(2, &[(0, 12)], false)];
    assert_eq!(wanted(&steps, 1), []);
    // What exists finds no values; and steps before have other business.
    let steps = [exists(3, &[(1, 11)], false), before, exists(0, &[(0, 10)], false), exists(2, &[(0, 11)], false)];
    assert_eq!(wanted(&steps, 2), []);
}

/// Two relations: p(x, y), which grows, with rows [0, 1], [1, 2] ... and those that say what is wanted of it.
fn relations() -> Database {
    let rows = (0..40).flat_map(|row: Word| [row, row + 1]).collect();
    database(&[
        (2, rows),
        (1, vec![3, 5, 12]),
        (2, vec![7, 3, 8, 12]),
        (1, (9..10).chain(100..120).collect()),
        (1, vec![1_000_000]),
    ])
}

/// Lays postings for plans and brings them up to date. Gives the values of each key up to 40.
fn extended(grown: &mut Grown, database: &Database, plans: &[RulePlan], sift: bool) -> Vec<Vec<Vec<Word>>> {
    let relation = database.relation(RelationId(0));
    let sizes = crate::eval::Sizes::new(database, &[RelationId(0)]);
    grown.lay(relation, plans.iter(), Switch::Off, &sizes);
    if sift {
        grown.sift(plans.iter(), database, (&[RelationId(0)], &Origins::default()), &mut Sieves::new());
    }
    let told = |postings: &mut crate::storage::Growing| {
        postings.extend(2, relation.words(), grown.delta as usize, relation.len());
        let find = |key: Word| {
            let entries = postings.find(&[key], Age::All);
            postings.words()[entries.start as usize..][..entries.len as usize].to_vec()
        };
        (0..41).map(find).collect()
    };
    grown.postings.iter_mut().map(told).collect()
}

/// The keys that have values.
fn keys(found: &[Vec<Word>]) -> Vec<usize> {
    (0..found.len()).filter(|&key| !found[key].is_empty()).collect()
}

#[test]
fn postings_leave_out_what_nobody_wants() {
    let database = relations();
    let from = |relation, column| {
        rule(vec![scan(relation, Part::All, &[(column, 0)]), lookup(0, Part::All, &[(0, 0)], &[(1, 1)])], slots(&[1]))
    };
    let read = |plans: &[RulePlan]| {
        let mut grown = Grown::new(RelationId(0));
        grown.delta = 10;
        let found = extended(&mut grown, &database, plans, true);
        assert_eq!((found.len(), grown.postings[0].len()), (1, 40));
        keys(&found[0])
    };
    assert_eq!(read(&[from(1, 0)]), [3, 5, 12]);
    // Whatever one of the rules wants is there, if all of them want something.
    assert_eq!(read(&[from(1, 0), from(2, 0)]), [3, 5, 7, 8, 12]);
    assert_eq!(read(&[from(2, 1), from(2, 0)]), [3, 7, 8, 12]);
    let all: Vec<usize> = (0..40).collect();
    assert_eq!(read(&[from(1, 0), from(0, 1)]), all);
    assert_eq!(read(&[from(0, 1), from(1, 0)]), all);
    // Values that lie far apart are not told by bits.
    assert_eq!(read(&[from(4, 0)]), all);
    // By what is found: one column where all rules want something of it, the one with the fewest values.
    let found = |after: Step| {
        rule(vec![scan(0, Part::Delta, &[(1, 0)]), lookup(0, Part::All, &[(0, 0)], &[(1, 1)]), after], slots(&[1]))
    };
    assert_eq!(read(&[found(exists(1, &[(0, 1)], false))]), [2, 4, 11]);
    assert_eq!(read(&[found(exists(1, &[(0, 1)], false)), from(1, 0)]), all);
    let both = |few, many| {
        let after = exists(many, &[(0, 1)], false);
        rule(vec![scan(few, Part::All, &[(0, 0)]), lookup(0, Part::All, &[(0, 0)], &[(1, 1)]), after], slots(&[1]))
    };
    assert_eq!((read(&[both(1, 3)]), read(&[both(3, 1)])), (vec![3, 5, 12], vec![2, 4, 11]));
    // What an aggregate looks up stands alone.
    let (op, kind) = (crate::program::AggregateOp::Count, Kind::Number);
    let body = rule(vec![lookup(0, Part::All, &[(0, 0)], &[(1, 1)])], Vec::new()).body;
    let plan = crate::plan::AggregatePlan { op, kind, outer: vec![0], body, target: None, distinct: None };
    let aggregate = Step::Aggregate { slot: 2, plan: Box::new(plan) };
    assert_eq!(read(&[rule(vec![scan(1, Part::All, &[(0, 0)]), aggregate], slots(&[2]))]), all);
}

#[test]
fn postings_are_filled_anew_where_more_is_wanted() {
    let database = relations();
    let from = |relation| {
        rule(vec![scan(relation, Part::All, &[(0, 0)]), lookup(0, Part::All, &[(0, 0)], &[(1, 1)])], slots(&[1]))
    };
    let mut grown = Grown::new(RelationId(0));
    grown.delta = Row::try_from(10).unwrap();
    let mut read = |plans: &[RulePlan], sift| keys(&extended(&mut grown, &database, plans, sift)[0]);
    assert_eq!(read(&[from(1), from(2)], true), [3, 5, 7, 8, 12]);
    assert_eq!(read(&[from(2)], true), [3, 5, 7, 8, 12], "kept: they have what is wanted and more");
    assert_eq!(read(&[from(3)], true), [9]);
    assert_eq!(read(&[from(3), from(0)], true), (0..40).collect::<Vec<_>>());
    assert_eq!(read(&[from(3)], true), (0..40).collect::<Vec<_>>(), "kept: they have all");
    // The same of postings of the delta.
    let mut grown = Grown::new(RelationId(0));
    grown.delta = Row::try_from(4).unwrap();
    let delta = |relation| {
        rule(vec![scan(relation, Part::All, &[(0, 0)]), lookup(0, Part::Delta, &[(0, 0)], &[(1, 1)])], slots(&[1]))
    };
    let mut read = |plans: &[RulePlan]| {
        let found = keys(&extended(&mut grown, &database, plans, true)[0]);
        assert!(grown.postings[0].is_delta_only());
        found
    };
    assert_eq!((read(&[delta(1)]), read(&[delta(2)])), (vec![5, 12], vec![7, 8]));
    let mut grown = Grown::new(RelationId(0));
    assert_eq!(keys(&extended(&mut grown, &database, &[from(1)], false)[0]).len(), 40);
}

/// The postings of a recursive relation `p` for all rules of its stratum: by which columns, and of those that leave rows out
/// the values of the first column that they have.
fn laid(rules: &str) -> Vec<(Vec<usize>, Option<Vec<Word>>)> {
    let edges: String = (0..40).map(|x| format!("e({x}, {}). ", x + 1)).collect();
    let model = model(&format!(
        ".decl e(x: number, y: number)\n.decl seed(x: number)\n.decl p(x: number, y: number)\n.decl q(x: number)
        {edges} seed(3). seed(5). seed(12).\np(x, y) :- e(x, y).\n{rules}"
    ));
    let (program, database, id) = (model.program(), model.database(), model.find("p").unwrap());
    let stratum = &program.strata[model.stratum(id)];
    let grows = |id: RelationId| stratum.relations.contains(&id);
    let rows = |id: RelationId| (!grows(id)).then(|| database.relation(id).len());
    let origins = Origins::of(program, stratum, &rows, &|id| !database.relation(id).given().is_empty());
    let sizes = crate::eval::Sizes::new(database, &stratum.relations);
    let mut plans = Vec::new();
    for &rule in &stratum.rules {
        let body = program.rule(rule).body.iter().enumerate();
        let positions = body.filter(|(_, it)| matches!(it, Literal::Positive(atom) if grows(atom.relation)));
        plans.extend(positions.map(|(position, _)| plan_rule(program, rule, Some(position), &sizes)));
    }
    let relation = database.relation(id);
    let mut sieves = Sieves::new();
    let mut sifted = || {
        let mut grown = Grown::new(id);
        grown.lay(relation, plans.iter(), Switch::Off, &sizes);
        grown.sift(plans.iter(), database, (&stratum.relations, &origins), &mut sieves);
        grown
    };
    let (first, mut grown) = (sifted(), sifted());
    for (one, other) in first.postings.iter().zip(&grown.postings) {
        let (one, other) = (one.sieve(), other.sieve());
        assert!(one.is_none() == other.is_none() && one.zip(other).is_none_or(|(one, other)| one.shares(other)));
    }
    let told = |postings: &mut crate::storage::Growing| {
        postings.extend(2, relation.words(), 0, relation.len());
        let has = |key: &Word| postings.find(&[*key], Age::All).len > 0;
        (postings.columns().to_vec(), postings.sieve().map(|_| (0..50).filter(has).collect()))
    };
    grown.postings.iter_mut().map(told).collect()
}

#[test]
fn growing_relations_tell_by_where_their_values_come_from() {
    let some = |column: usize, values: &[Word]| (vec![column], Some(values.to_vec()));
    let rules = "q(x) :- seed(x).\nq(x) :- q(y), p(y, _), seed(x).\np(x, z) :- p(x, y), q(y), e(x, z).\n";
    let few = [some(0, &[3, 5, 12]), some(1, &[3, 5, 12])];
    assert_eq!(laid(rules), few);
    assert_eq!(laid(&format!("{rules}q(x) :- q(x), p(_, x).\np(x, x) :- p(x, x).")), few);
    assert_eq!(laid(&format!("{rules}p(x, x) :- seed(x).")), few, "not all that p can hold is wanted");
    // Nothing is left out where values of q are given or computed.
    let all = [(vec![0], None), (vec![1], None)];
    assert_eq!(laid(&format!("{rules}q(7).")), all);
    assert_eq!(laid(&format!("{rules}q(x + 1) :- q(x), x < 9.")), all);
    // Or where all that p can hold is wanted.
    assert_eq!(laid("p(y, z) :- p(x, y), p(x, z)."), [(vec![0], None)]);
    let values: Vec<Word> = (1..40).collect();
    assert_eq!(laid("p(x, z) :- p(x, y), p(y, z)."), [some(0, &values), some(1, &values)]);
    // What never comes looks nothing up.
    assert_eq!(laid("q(y) :- q(y), p(y, _).\np(x, y) :- q(x), p(_, y)."), [some(0, &[])]);
}

/// The rows of all relations, each with its round.
fn ranked(model: &Model) -> BTreeSet<(RelationId, Vec<Word>, u32)> {
    let of = |id| {
        let relation = model.relation(id);
        let rows = 0..Row::try_from(relation.len()).unwrap();
        rows.map(move |row| (id, relation.row(row).to_vec(), relation.round_of(row)))
    };
    model.program().relation_ids().flat_map(of).collect()
}

#[test]
fn rows_and_rounds_are_the_same_with_and_without() {
    let mut facts =
        ".decl e(x: number, y: number)\n.decl s(x: number)\n.decl f(x: number, k: number, y: number)\n".to_owned();
    let mut random = 7_u32;
    let mut below = |most: u32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) % most
    };
    for _ in 0..60 {
        writeln!(facts, "e({}, {}). f({}, {}, {}).", below(40), below(40), below(40), below(3), below(40)).unwrap();
    }
    facts += "s(1). s(4). s(9). s(30). e(50, 51). e(51, 2). e(60, 61).
        .decl p(x: number, y: number)\n.decl q(x: number)\n.decl r(x: number)\np(x, y) :- e(x, y).\n";
    for rules in [
        // Two relations that feed each other, from few values on.
        "q(x) :- s(x).\nq(y) :- q(x), p(x, y), s(y).\np(x, z) :- p(x, y), q(y), p(y, z).",
        // Some are given, and handed on before they are looked up.
        "r(50).\nr(x) :- s(x).\nq(x) :- r(x).\nr(x) :- q(x).\nq(y) :- q(x), p(x, y).\np(x, z) :- q(x), p(x, y), e(y, z).",
        // Some are computed.
        "q(x) :- s(x).\nr(x + 20) :- q(x), x < 60.\nq(x) :- r(x).\nq(y) :- q(x), p(x, y).\np(x, z) :- q(x), p(x, y), e(y, z).",
        // One never comes.
        "q(x) :- r(x), p(x, _).\nr(x) :- q(x).\np(x, y) :- q(x), p(y, x).\np(x, z) :- p(x, y), p(y, z), s(z).",
        // Pointers: what variables and fields point to.
        ".decl h(x: number, k: number, y: number)\np(x, z) :- e(y, x), p(y, z).
        h(a, k, b) :- f(x, k, y), p(x, a), p(y, b), a != b.\np(x, b) :- f(y, k, x), p(y, a), h(a, k, b).",
        ".decl same(x: number, y: number) eqrel\nsame(x, y) :- e(x, y), s(x).\nsame(x, y) :- same(x, _), p(x, y), q(y).
        q(x) :- s(x).\nq(x) :- same(x, _).\np(x, z) :- p(x, y), same(y, z), q(z).",
        ".decl near(x: number, d: number)\nnear(x, 0) :- s(x).\nnear(y, d + 1) :- near(x, d), p(x, y).
        near(x, d) <= near(x, c) :- c <= d.\np(x, z) :- near(x, _), p(x, y), e(y, z), near(z, _).",
    ] {
        let run = |semijoin, more: &str| {
            let mut options = Options::default();
            options.eval.semijoin = semijoin;
            let mut session = Session::new(Box::new(MemoryLoader::default()), options);
            let mut evaluated = |name: &str, text: &str| {
                session.add_program(name, text);
                let model = session.evaluate().unwrap_or_else(|failure| panic!("{text}: {:?}", failure.diagnostics));
                ranked(&model)
            };
            (evaluated("a.dl", &format!("{facts}{rules}")), evaluated("b.dl", more))
        };
        for more in ["q(60).", "p(9, 70).", "r(51)."] {
            assert!(run(true, more) == run(false, more), "{more} and\n{rules}");
        }
    }
}
