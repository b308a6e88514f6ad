//! A stratum before, between and after its rounds.

use super::*;
use crate::eval::Observer;
use crate::eval::limits::Limit;
use crate::eval::tests::{lookup, model, rule, scan, slots};
use crate::model::Model;
use crate::plan::Part;
use crate::storage::Layout;

const FACTS: &str = ".decl e(x: number, y: number)\ne(1, 2). e(2, 3). e(3, 4). e(4, 1). e(2, 5).\n";

fn stratum_of<'m>(model: &'m Model, name: &str) -> &'m Stratum {
    &model.program().strata[model.stratum(model.find(name).unwrap())]
}

#[test]
fn the_column_that_most_recursive_atoms_hand_on_leads() {
    let cases = [
        ("p(x, y) :- e(x, y).\np(x, z) :- p(x, y), e(y, z).", Some(0)),
        ("p(x, y) :- e(x, y).\np(x, z) :- e(x, y), p(y, z).", Some(1)),
        ("p(x, y) :- e(x, y).\np(x, z) :- p(x, y), p(y, z).", Some(0)),
        (
            "p(x, y) :- e(x, y).\np(x, z) :- e(x, y), p(y, z).\np(x, z) :- e(y, x), p(y, z).\np(x, z) :- p(x, y), e(y, z).",
            Some(1),
        ),
        ("p(x, y) :- e(x, y).\np(z, w) :- p(x, y), e(x, z), e(y, w).", None),
        ("p(x, y) :- e(x, y).\np(y, x) :- p(x, y).\np(1, x) :- p(x, _), !e(x, x).", Some(1)),
        ("p(x, y) :- e(x, y).", None),
        (
            ".decl q(x: number, y: number)\nq(x, y) :- p(y, x).\np(x, y) :- e(x, y).\np(x, z) :- e(z, y), q(x, y).",
            Some(0),
        ),
    ];
    for (rules, expected) in cases {
        let model = model(&format!("{FACTS}.decl p(x: number, y: number)\n{rules}"));
        let found = lead(model.program(), stratum_of(&model, "p"), model.find("p").unwrap());
        assert_eq!(found, expected, "{rules}");
    }
}

#[test]
fn blocks_lie_along_the_column_that_one_atom_has_alone() {
    let cases = [
        // z comes from e alone, x from p alone: those of the stratum count twice.
        ("p(x, z) :- p(x, y), e(y, z).", Some(0)),
        ("p(x, z) :- e(x, y), p(y, z).", Some(1)),
        ("p(x, z) :- p(x, y), p(y, z).", Some(1)),
        // x stands in two atoms, and z in a comparison.
        ("p(x, z) :- p(x, y), e(y, z), e(_, x).", Some(1)),
        ("p(x, z) :- p(x, y), e(y, z), z != 3.", Some(0)),
        ("p(x, z) :- p(x, y), e(y, z), e(_, x), z != 3.", None),
        // Both stand in one atom.
        ("p(x, z) :- p(z, x), e(x, z).", None),
        ("p(x, x) :- p(x, y), e(y, x).", None),
        ("p(x, 3) :- p(x, y), e(y, _).", None),
        ("p(x, z) :- p(x, y), e(y, z).\np(x, z) :- e(x, y), p(y, z).\np(z, x) :- e(x, y), p(y, z).", Some(0)),
    ];
    for (rules, expected) in cases {
        let model = model(&format!("{FACTS}.decl p(x: number, y: number)\np(x, y) :- e(x, y).\n{rules}"));
        let found = along(model.program(), stratum_of(&model, "p"), model.find("p").unwrap());
        assert_eq!(found, expected, "{rules}");
    }
    let flat = model(&format!("{FACTS}.decl p(x: number, y: number)\np(x, z) :- e(x, y), e(y, z)."));
    assert_eq!(along(flat.program(), stratum_of(&flat, "p"), flat.find("p").unwrap()), None, "nothing recurs");
}

#[test]
fn what_is_needed_and_who_reads_it_last() {
    let model = model(&format!(
        "{FACTS}.decl p(x: number, y: number)\n.decl q(x: number)\n.decl r(x: number)\n.decl s(x: number)
        p(x, y) :- e(x, y).\nq(x) :- p(x, _), !r(x).\nr(x) :- e(x, _), x > 2.\ns(k) :- k = count : {{ p(_, _) }}."
    ));
    let program = model.program();
    let id = |name: &str| model.find(name).unwrap();
    let names = |roots: &[&str]| {
        let roots: Vec<RelationId> = roots.iter().map(|name| id(name)).collect();
        let found = needed(program, &roots);
        ["e", "p", "q", "r", "s"].into_iter().filter(|name| found[id(name).0 as usize]).collect::<String>()
    };
    assert_eq!(
        (names(&["q"]), names(&["s"]), names(&["r", "e"]), names(&[])),
        ("epqr".into(), "eps".into(), "er".into(), String::new())
    );
    let last = last_reader(program);
    let stratum = |name: &str| model.stratum(id(name));
    let reader = |name: &str| last[id(name).0 as usize];
    assert_eq!(reader("p"), stratum("q").max(stratum("s")));
    assert_eq!(reader("e"), stratum("p").max(stratum("r")));
    assert_eq!((reader("r"), reader("q")), (stratum("q"), 0));
}

/// A recursive stratum of which the first round was run: `p` has what `e` has, and five more rows of their own.
fn begun(rules: &str) -> Arc<Model> {
    let facts: String = (0..300).map(|x| format!("e({}, {}). ", x % 20 + 10, x / 3 + 30)).collect();
    model(&format!("{FACTS}{facts}\n.decl p(x: number, y: number)\n{rules}"))
}

const BOTH: &str = "p(x, y) :- e(x, y).\np(x, z) :- p(x, y), p(y, z).";

#[test]
fn plans_are_made_anew_when_a_relation_has_outgrown_them() {
    let model = begun(BOTH);
    let rows = model.relation(model.find("p").unwrap()).len();
    assert_eq!(rows, 320);
    let mut database = model.database().clone();
    // Below 64 rows growth is no reason.
    for (then, replan, outgrown) in [
        (80, 4, false),
        (79, 4, true),
        (rows, 1, false),
        (rows - 1, 1, true),
        (0, 5, false),
        (0, 4, true),
        (63, 5, false),
        (100, usize::MAX, false),
    ] {
        let options = Options { replan, ..Options::default() };
        let mut run = Run::new(model.program(), stratum_of(&model, "p"), &mut database, &options);
        run.planned = vec![then];
        assert_eq!(run.outgrown(), outgrown, "{rows} of {then} by {replan}");
        let values = run.close(&|_| false);
        *database.values_arc_mut() = values;
    }
}

#[test]
fn ways_are_planned_as_switches_say() {
    let model = begun("p(x, y) :- e(x, y).\np(x, z) :- p(x, y), e(y, z), e(z, _).");
    let mut database = model.database().clone();
    let mut ways = |options: Options, surprise: Option<usize>| {
        let stratum = stratum_of(&model, "p");
        let mut run = Run::new(model.program(), stratum, &mut database, &options);
        run.surprising.extend(surprise.map(|at| (stratum.rules[1], at)));
        run.plan(false);
        assert_eq!(run.plans.len(), 2, "the first round runs all rules whole");
        assert!(run.plans.iter().all(|planned| planned.plans().all(|plan| plan.delta.is_none())));
        run.plan(true);
        let rows = run.database.relation(model.find("p").unwrap()).len();
        assert_eq!((run.plans.len(), run.planned.as_slice(), run.plans[0].rows), (1, &[rows][..], rows));
        let found = (run.plans[0].other.is_some(), run.plans[0].grouped.is_some());
        let laid = run.grown[0].postings.len();
        let values = run.close(&|_| false);
        *database.values_arc_mut() = values;
        (found, laid)
    };
    let drive = |drive| Options { drive, group: Switch::Off, ..Options::default() };
    assert_eq!(ways(drive(Switch::Off), Some(0)), ((false, false), 0));
    assert_eq!(ways(drive(Switch::Force), None), ((true, false), 1));
    let expected = ways(drive(Switch::Auto), None).0.0;
    assert!(ways(drive(Switch::Auto), Some(0)).0.0, "a surprise is worth another way");
    assert_eq!(ways(drive(Switch::Auto), Some(1)).0.0, expected, "that of another atom is not");
    let group = |group| Options { drive: Switch::Off, group, ..Options::default() };
    assert_eq!(ways(group(Switch::Force), None).0, (false, true));
    assert_eq!(ways(group(Switch::Off), None).0, (false, false));
    // z is asked about behind the lookup that finds it: nothing would come in blocks.
    let plain = begun("p(x, y) :- e(x, y).\np(x, z) :- p(x, y), e(y, z).");
    let mut database = plain.database().clone();
    let options = group(Switch::Auto);
    let mut run = Run::new(plain.program(), stratum_of(&plain, "p"), &mut database, &options);
    run.plan(true);
    assert!(run.plans[0].grouped.is_some());
}

#[test]
fn origins_are_sought_where_they_are_of_use() {
    let known = |rules: &str, semijoin| {
        let model = begun(rules);
        let mut database = model.database().clone();
        for id in model.program().relation_ids() {
            let given = database.relation(id).given();
            database.set_relation(id, Arc::new(given));
        }
        let options = Options { semijoin, ..Options::default() };
        let run = Run::new(model.program(), stratum_of(&model, "p"), &mut database, &options);
        [0, 1].map(|column| run.origins.column(model.find("p").unwrap(), column).is_some())
    };
    assert_eq!(known(BOTH, true), [true, true]);
    assert_eq!(known(&format!("{BOTH}\np(x, 1) :- p(x, _)."), true), [true, false]);
    assert_eq!(known(&format!("{BOTH}\np(7, 8)."), true), [false, false], "some are given");
    assert_eq!(known(BOTH, false), [false, false]);
    assert_eq!(known("p(x, y) :- e(x, y).", true), [false, false], "nothing grows");
}

#[test]
fn sets_and_postings_are_left_to_those_who_read_on() {
    let model = begun(BOTH);
    let id = model.find("p").unwrap();
    for (read, stale) in [(true, false), (false, false), (true, true)] {
        let mut database = model.database().clone();
        let options = Options::default();
        let mut run = Run::new(model.program(), stratum_of(&model, "p"), &mut database, &options);
        run.stale = stale;
        let relation = run.database.relation(id);
        let rows = relation.len();
        let whole = |delta_only: bool, columns: &[usize]| {
            let mut postings = Growing::new(columns, &[1 - columns[0]], 2, relation.words());
            if delta_only {
                postings = postings.delta_only();
            }
            postings.extend(2, relation.words(), 0, rows);
            postings
        };
        run.grown[0].postings = vec![whole(false, &[0]), whole(true, &[1])];
        let mut sifted = Growing::new(&[1], &[0], 2, relation.words());
        sifted.sift(crate::storage::Sieve::new(1, [1, 2, 3].into_iter()));
        sifted.extend(2, relation.words(), 0, rows);
        run.grown[0].postings.push(sifted);
        let _ = run.close(&|relation| relation == id && read);
        let relation = database.relation(id);
        assert_eq!(relation.kept(&[0], &[1]).is_some(), read && !stale, "{read} {stale}");
        assert!(relation.kept(&[1], &[0]).is_none(), "postings of a delta, or of some rows, tell nothing later");
        assert_eq!(relation.kind() == "none", stale, "{read} {stale}");
    }
}

#[test]
fn postings_that_are_read_are_brought_up_to_the_round() {
    let model = begun(BOTH);
    let id = model.find("p").unwrap();
    let relation = model.relation(id);
    let rows = relation.len();
    let by = |column: usize| Growing::new(&[column], &[1 - column], 2, relation.words());
    let plan = rule(
        vec![scan(0, Part::All, &[(0, 0), (1, 1)]), lookup(id.0, Part::All, &[(0, 1)], &[(1, 2)])],
        slots(&[0, 2]),
    );
    for (threads, shared) in [(1, 0), (3, 0), (3, 1 << 30)] {
        let mut grown = Grown::new(id);
        grown.delta = Row::try_from(rows - 10).unwrap();
        grown.postings = vec![by(0), by(1)];
        let mut grown = [grown];
        extend_postings(&mut grown, model.database(), &[&plan], (threads, shared));
        let lens: Vec<usize> = grown[0].postings.iter().map(Growing::len).collect();
        assert_eq!(lens, [rows, 0]);
        let [x, _] = *relation.row(Row::try_from(rows - 1).unwrap()) else { unreachable!() };
        let count = |age| grown[0].postings[0].find(&[x], age).len as usize;
        let of = |rows: std::ops::Range<usize>| {
            rows.filter(|&row| relation.row(Row::try_from(row).unwrap())[0] == x).count()
        };
        assert_eq!(
            (count(crate::storage::Age::Old), count(crate::storage::Age::New)),
            (of(0..rows - 10), of(rows - 10..rows))
        );
    }
}

#[test]
fn rounds_and_rows_of_a_stratum_are_limited() {
    let model = begun(BOTH);
    let rows = model.relation(model.find("p").unwrap()).len();
    let mut database = model.database().clone();
    let mut within = |rounds, relation_rows, round| {
        let mut options = Options::default();
        (options.budget.rounds, options.budget.relation_rows) = (rounds, relation_rows);
        let run = Run::new(model.program(), stratum_of(&model, "p"), &mut database, &options);
        let result = run.within(round);
        let values = run.close(&|_| false);
        *database.values_arc_mut() = values;
        result
    };
    let first = Some(RuleId(0));
    assert_eq!((within(Some(3), Some(rows), 3), within(None, None, 1 << 20)), (Ok(()), Ok(())));
    assert_eq!(within(Some(3), None, 4), Err(Stop::Limit(Limit::Rounds(3), first)));
    assert_eq!(within(None, Some(rows - 1), 1), Err(Stop::Limit(Limit::RelationRows(rows - 1), first)));
}

#[test]
fn the_delta_of_a_round_begins_where_the_rows_before_end() {
    let model = begun(BOTH);
    let rows = model.relation(model.find("p").unwrap()).len();
    for (sabotage, late) in [(None, 0), (Some(Sabotage::LateDelta), 1)] {
        let mut database = model.database().clone();
        let options = Options { sabotage, ..Options::default() };
        let mut run = Run::new(model.program(), stratum_of(&model, "p"), &mut database, &options);
        assert_eq!((run.commit(1), run.grown[0].delta as usize), (0, rows + late));
    }
}

#[test]
fn what_is_held_is_rows_and_their_sets() {
    let model = begun(BOTH);
    let id = model.find("p").unwrap();
    let mut database = model.database().clone();
    let options = Options::default();
    let run = Run::new(model.program(), stratum_of(&model, "p"), &mut database, &options);
    let (e, p) = (run.database.relation(model.find("e").unwrap()), run.database.relation(id));
    let bytes = e.bytes() + p.len() * 2 * size_of::<Word>() + run.staging[0].set.bytes();
    assert_eq!(run.outside, (e.len(), e.bytes()));
    assert_eq!(run.held(), (e.len() + p.len(), bytes));
}

#[test]
fn given_tuples_keep_to_choices_and_subsumptions_before_rules_read_them() {
    let model = model(
        ".decl one(x: number, y: number) choice-domain x\none(1, 5). one(1, 3). one(2, 4).
        .decl least(x: number, y: number)\nleast(1, 5). least(1, 3). least(1, 4). least(2, 9).
        least(x, c) <= least(x, d) :- d < c.\n.decl read(y: number)\nread(y) :- one(_, y).",
    );
    let rows = |id: RelationId| {
        let rows = model.sorted(id).into_iter();
        rows.map(|row| row.iter().map(crate::value::Value::literal).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(rows(model.find("one").unwrap()), ["1 3", "2 4"]);
    assert_eq!(rows(model.find("read").unwrap()), ["3", "4"]);
    let role = |id: &RelationId| matches!(model.program().relation(*id).role, crate::program::Role::Candidates { .. });
    let candidates = model.program().relation_ids().find(role).unwrap();
    assert_eq!(rows(candidates), ["1 3", "2 9"], "what others replace does not come in");
}

/// Keeps each round with the rows at its end.
#[derive(Debug, Default)]
struct Rounds(std::sync::Mutex<Vec<(Round, usize)>>);

impl Observer for Rounds {
    fn begins(&self, _: RuleId) {}

    fn ran(&self, _: &RulePlan, _: usize, _: usize) {}

    fn round(&self, round: Round, rows: usize) {
        self.0.lock().unwrap().push((round, rows));
    }
}

/// The rounds of an evaluation, with the rows at the end of each.
fn rounds(text: &str) -> Vec<(Round, usize)> {
    let model = model(text);
    let mut database = model.database().clone();
    for id in model.program().relation_ids() {
        let given = database.relation(id).given();
        database.set_relation(id, Arc::new(given));
    }
    let heard = Arc::new(Rounds::default());
    let options = Options { decompose: Switch::Off, observer: Some(Arc::clone(&heard) as _), ..Options::default() };
    evaluate(model.program(), database, &options).unwrap();
    heard.0.lock().unwrap().clone()
}

#[test]
fn rounds_end_with_what_does_not_recur_or_is_full_or_new_no_more() {
    let decl = ".decl e(x: number, y: number)\n.decl p(x: number, y: number)\ne(1, 2). e(2, 3). e(3, 4). e(4, 5).\n";
    let of = |rules: &str| rounds(&format!("{decl}{rules}"));
    let path = "p(x, y) :- e(x, y).\np(x, z) :- p(x, y), e(y, z).";
    assert_eq!(of("p(x, y) :- e(x, y)."), [(1, 8)]);
    assert_eq!(of(path), [(1, 8), (2, 11), (3, 13), (4, 14), (5, 14)]);
    assert_eq!(of(&format!("{path}\n.limitsize p(n = 6)")), [(1, 8), (2, 11)]);
    assert_eq!(of(&format!("{path}\n.limitsize p(n = 8)")), [(1, 8), (2, 11), (3, 13)]);
}

#[test]
fn a_rule_that_takes_far_more_work_than_expected_is_planned_anew() {
    let model = model(
        ".decl e(y: number, z: number)\n.decl p(x: number, y: number)\ne(1, 1). p(1, 1).
        p(x, x) :- e(x, x).\np(0, z) :- p(x, y), e(y, z).",
    );
    let (e, p) = (model.find("e").unwrap(), model.find("p").unwrap());
    for (drive, surprised) in [(Switch::Auto, true), (Switch::Off, false)] {
        let mut database = model.database().clone();
        // One key of 513 has most of the rows, and it is that of the whole delta.
        let words: Vec<Word> = (0..1_536).flat_map(|row: Word| [5 + row.saturating_sub(1_023), row + 9]).collect();
        database.relation_mut(e).extend(0, &words, 1_536);
        let words: Vec<Word> = (0..260).flat_map(|row| [row + 9, 5]).collect();
        database.relation_mut(p).extend(1, &words, 260);
        let options = Options { drive, threads: 1, ..Options::default() };
        let stratum = stratum_of(&model, "p");
        let mut run = Run::new(model.program(), stratum, &mut database, &options);
        run.plan(true);
        assert!(run.plans.iter().all(|planned| planned.other.is_none()));
        run.round(&mut Functions::of(&options), &mut 0).unwrap();
        let expected: BTreeSet<(RuleId, usize)> = if surprised { [(stratum.rules[1], 0)].into() } else { [].into() };
        assert_eq!((run.surprised, &run.surprising), (surprised, &expected));
    }
}

#[test]
fn what_falls_apart_tells_of_two_rounds() {
    let chain: String = (0..9).map(|x| format!("e({x}, {}). ", x + 1)).collect();
    for (text, rounds) in [
        (chain.as_str(), vec![(1, 18), (2, 9 + 45)]),
        // Nothing new: the sets are still those of the rows, and a round that finds nothing is one.
        ("e(1, 1). e(2, 2).", vec![(1, 4), (2, 4)]),
    ] {
        let program = format!(
            ".decl e(x: number, y: number)\n{text}\n.decl p(x: number, y: number)\np(x, y) :- e(x, y).\np(x, z) :- p(x, y), e(y, z)."
        );
        let model = model(&program);
        let mut database = model.database().clone();
        let id = model.find("p").unwrap();
        database.set_relation(id, Arc::new(Relation::laid_out(2, Layout::default())));
        let heard = Arc::new(Rounds::default());
        let options =
            Options { decompose: Switch::Force, observer: Some(Arc::clone(&heard) as _), ..Options::default() };
        let found = evaluate(model.program(), database, &options).unwrap();
        assert_eq!(*heard.0.lock().unwrap(), rounds);
        assert_eq!(found.relation(id).len(), model.relation(id).len());
        assert_eq!(found.relation(id).kind() == "none", text.len() > 20, "a set that knows all rows is kept");
    }
}
