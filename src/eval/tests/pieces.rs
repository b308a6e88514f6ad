//! Small pieces: choices, subsumptions, folds, questions, calculators.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{database, lookup, model, rule, scan, slots, with_state};
use crate::eval::Options;
use crate::eval::batch::{Batch, State};
use crate::eval::choice::Choice;
use crate::eval::function::{Failure, FailureKind, Functions, Registry};
use crate::eval::goal::{Question, solve};
use crate::eval::limits::{Budget, Limit, Stop};
use crate::eval::subsume::{Context, Subsumption};
use crate::plan::Part;
use crate::program::{CompareOp, Functor, RelationId, Role, Signature};
use crate::value::{Kind, Value, Values, Word};

#[test]
fn of_given_tuples_a_choice_keeps_the_least_of_a_key() {
    let model = model(
        ".decl free(x: number, y: number)\n.decl one(x: number, y: number) choice-domain x, y
        .decl two(x: number, y: number) choice-domain (x, y)",
    );
    let mut values = Values::default();
    let mut numbers = |numbers: &[i64]| -> Vec<Word> { numbers.iter().map(|&number| values.number(number)).collect() };
    let words = numbers(&[2, 5, 1, 9, 1, -8, 3, -8, 2, 7, 4, 4]);
    let (kept, apart) = (numbers(&[1, -8, 2, 5, 4, 4]), numbers(&[1, 2, 3, 4]));
    let given = |name: &str, words: &[Word]| {
        let declared = model.program().relation(model.find(name).unwrap());
        let database = database(&[(2, words.to_vec())]);
        let relation = database.relation(RelationId(0));
        Choice::of(declared).map(|mut choice| {
            let left = choice.given(declared, relation, &model.program().types, &values);
            left.map(|left| left.words().to_vec())
        })
    };
    assert_eq!(given("free", &words), None);
    assert_eq!(given("one", &words), Some(Some(kept)));
    assert_eq!((given("one", &apart), given("one", &[]), given("two", &words)), (Some(None), Some(None), Some(None)));
}

/// What a subsumption leaves of rounds of tuples, one after another.
fn left(text: &str, rounds: &[&[[i64; 2]]]) -> Vec<Vec<[i64; 2]>> {
    let model = model(text);
    let program = model.program();
    let candidates = program.relation_ids().find(|&id| matches!(program.relation(id).role, Role::Candidates { .. }));
    let database = model.database().clone();
    let mut subsumption = Subsumption::of(program, candidates.unwrap(), &database).unwrap();
    let mut values = database.share_values();
    let options = Options::default();
    let mut functions = Functions::of(&options);
    let mut chosen = Vec::new();
    for (number, rows) in rounds.iter().enumerate() {
        let pool = Arc::make_mut(&mut values);
        let words: Vec<Word> = rows.as_flattened().iter().map(|&value| pool.number(value)).collect();
        if number == 0 && rounds.len() > 2 {
            subsumption.begin(words.chunks_exact(2));
            chosen.push(rows.to_vec());
            continue;
        }
        let context =
            &mut Context { database: &database, values: &mut values, functions: &mut functions, options: &options };
        let words = subsumption.choose(&words, context).unwrap();
        chosen.push(words.as_chunks::<2>().0.iter().map(|row| row.map(|word| values.get_number(word))).collect());
    }
    chosen
}

#[test]
fn of_tuples_that_come_at_once_those_stay_that_nothing_replaces() {
    let with = |clause: &str, rounds: &[&[[i64; 2]]]| {
        left(
            &format!(
                ".decl b(x: number, c: number)\n.decl e(x: number, m: number)\ne(1, 3). e(1, 5). e(2, 9).\nb(1, 1).\n{clause}"
            ),
            rounds,
        )
    };
    let all = &[[1, 9], [1, 4], [1, 6], [2, 8], [2, 7]][..];
    // The least and the greatest c of an x, whether a tuple replaces itself or not.
    for clause in ["b(x, c) <= b(x, d) :- d < c.", "b(x, c) <= b(x, d) :- d <= c."] {
        assert_eq!(with(clause, &[all]), [[[1, 4], [2, 7]]], "{clause}");
        assert_eq!(with(clause, &[all, &[[1, 5], [1, 3], [2, 7], [3, 0]]])[1], [[1, 3], [3, 0]], "{clause}");
    }
    for clause in ["b(x, c) <= b(x, d) :- c < d.", "b(x, c) <= b(x, d) :- c <= d."] {
        assert_eq!(with(clause, &[all]), [[[1, 9], [2, 8]]], "{clause}");
    }
    // What was there from the start replaces too, until it is replaced.
    let three = with(
        "b(x, c) <= b(x, d) :- d < c.",
        &[&[[1, 5], [2, 5]], &[[1, 7], [1, 5], [2, 3], [3, 1]], &[[2, 4], [1, 4]]],
    );
    assert_eq!(three[1..], [vec![[2, 3], [3, 1]], vec![[1, 4]]]);
    // Those that replace each other: the least by value. In a circle of three something stays, too.
    assert_eq!(
        with("b(x, c) <= b(x, d) :- (c + d) % 2 = 0.", &[&[[1, 8], [1, 3], [1, 4], [1, 5]]]),
        [[[1, 3], [1, 4]]]
    );
    let circle = with("b(x, c) <= b(x, d) :- (d - c + 3) % 3 = 1.", &[&[[1, 0], [1, 1], [1, 2]]]);
    assert!(!circle[0].is_empty() && circle[0].len() < 3, "{circle:?}");
    // It changes nothing for tuples that differ in what all have to agree in.
    let two = "b(x, c) <= b(x, d) :- x = 1, (d - c + 3) % 3 = 1.\nb(x, c) <= b(x, d) :- x = 2, c < d.";
    let others = with(two, &[&[[1, 0], [1, 1], [1, 2], [2, 5], [2, 6], [2, 7]]]);
    assert_eq!(others[0].iter().filter(|row| row[0] == 2).collect::<Vec<_>>(), [&[2, 7]]);
    // Of those that were there only what is replaced is forgotten.
    let parity =
        with("b(x, c) <= b(x, d) :- d < c, (c - d) % 2 = 0.", &[&[[1, 5], [1, 8]], &[[1, 3]], &[[1, 10], [1, 7]]]);
    assert_eq!(parity[1..], [vec![[1, 3]], vec![]]);
    // Nor are those that are of another parity than the best of all.
    let four = &[[1, 1], [1, 2], [1, 3], [1, 4]];
    assert_eq!(with("b(x, c) <= b(x, d) :- c < d, (d - c) % 2 = 0.", &[four]), [[[1, 3], [1, 4]]]);
    // Constants in the two tuples, and columns in which they need not agree.
    assert_eq!(
        with("b(x, 1) <= b(x, 0) :- true.", &[&[[1, 1], [1, 0], [2, 1], [3, 0], [4, 2]]]),
        [[[1, 0], [2, 1], [3, 0], [4, 2]]]
    );
    assert_eq!(with("b(x, c) <= b(y, c) :- y < x.", &[&[[3, 1], [2, 1], [2, 2], [1, 5]]]), [[[1, 5], [2, 1], [2, 2]]]);
    // Conditions that only a body can tell: relations, and values that the two tuples do not hold.
    assert_eq!(
        with("b(x, c) <= b(x, d) :- e(x, m), c < m, m < d.", &[&[[1, 2], [1, 4], [1, 6], [2, 2], [2, 8]]]),
        [[[1, 6], [2, 2], [2, 8]]]
    );
    assert_eq!(
        with("b(x, c) <= b(x, d) :- c = range(0, d).", &[&[[1, 0], [1, 2], [1, 5], [2, 1]]]),
        [[[1, 5], [2, 1]]]
    );
    for clause in ["b(x, c) <= b(x, d) :- k = d + 2, k < c.", "b(x, c) <= b(x, d) :- d + 2 = k, c > k."] {
        assert_eq!(with(clause, &[&[[1, 1], [1, 3], [1, 4], [2, 0], [2, 9]]]), [[[1, 1], [1, 3], [2, 0]]], "{clause}");
    }
}

#[test]
fn groups_of_none_have_counts_and_sums_but_no_means() {
    let model = model(
        ".decl e(x: number, y: number)\n.decl f(x: number, y: float)\n.decl none(what: symbol)\n.decl some(what: symbol, x: number)
        .decl no_mean(m: float)
        .decl no_least(m: number)
        e(1, 2). e(1, 4). f(1, 0.5). f(1, 1.5). f(2, 4.0).
        none(\"count\") :- 0 = count : { e(9, _) }.
        none(\"sum\") :- 0 = sum y : { e(9, y) }.
        no_mean(m) :- m = mean y : { f(9, y) }.
        no_least(m) :- m = min y : { e(9, y) }.
        some(\"mean\", x) :- e(x, _), 1.0 = mean y : { f(x, y) }.
        some(\"max\", x) :- e(x, _), 4 = max y : { e(x, y) }.",
    );
    let rows = |name: &str| model.relation(model.find(name).unwrap()).len();
    assert_eq!((rows("none"), rows("some")), (2, 2));
    assert_eq!((rows("no_mean"), rows("no_least")), (0, 0));
}

#[test]
fn questions_end_with_enough_answers_and_tell_who_interrupts() {
    let e: Vec<Word> = (0..200).flat_map(|x| [x / 10, x]).collect();
    let database = database(&[(2, e)]);
    let plan = rule(vec![scan(0, Part::All, &[(0, 0)]), lookup(0, Part::All, &[(0, 0)], &[(1, 1)])], slots(&[0, 1]));
    let ask = |limit: usize, cuts: &[(RelationId, u32)], bound: &[(usize, Word)], options: &Options| {
        let question = Question { database: &database, body: &plan.body, head: &plan.head, bound, cuts, limit };
        solve(question, &mut Arc::default(), options).map(|answers| answers.words().to_vec())
    };
    let small = Options { batch_size: 8, ..Options::default() };
    let all: Vec<Word> = database.relation(RelationId(0)).words().to_vec();
    assert_eq!(ask(usize::MAX, &[], &[], &small), Ok(all.clone()));
    assert_eq!(ask(usize::MAX, &[(RelationId(0), 57)], &[], &small), Ok(all[..114].to_vec()));
    let enough = ask(1, &[], &[], &small).unwrap();
    assert!(!enough.is_empty() && enough.len() <= all.len() && all.starts_with(&enough));
    let stopped = Options::default();
    stopped.budget.interrupt.store(true, Ordering::Relaxed);
    assert_eq!(ask(1, &[], &[], &stopped), Err(Stop::Interrupted));
    assert_eq!(Limit::Rows(1).flag(), "--max-rows");
}

#[test]
fn a_calculator_is_as_the_options_say() {
    let mut registry = Registry::default();
    let signature = Signature { name: "@twice", parameters: &[Kind::Number], result: Kind::Number };
    let twice = |arguments: &[Value]| match arguments {
        [Value::Number(number)] => Ok(Value::Number(number * 2)),
        _ => Err("no number".to_owned()),
    };
    registry.register(signature, Arc::new(twice));
    let plain = Options::default();
    let options = Options { wrap: true, lenient: true, functors: registry, ..Options::default() };
    let calculate = |options: &Options| {
        let mut functions = Functions::of(options);
        let mut values = Values::default();
        let (most, one, four) = (values.number(i64::MAX), values.number(1), values.number(4));
        let (text, bad) = (values.symbol("5abc"), values.symbol("a("));
        let wrapped = functions.call(Functor::Add, &[Kind::Number; 2], Kind::Number, &[most, one], &mut values);
        let lenient = functions.call(Functor::ToNumber, &[Kind::Symbol], Kind::Number, &[text], &mut values);
        let matches = functions.compare(CompareOp::Match, Kind::Symbol, bad, text, &values);
        let registered = functions.user("twice", &[four], &mut values);
        let number = |word: Result<Word, Failure>| word.ok().map(|word| values.get_number(word));
        (number(wrapped), number(lenient), matches.ok(), number(registered))
    };
    assert_eq!(calculate(&options), (Some(i64::MIN), Some(5), Some(false), Some(8)));
    assert_eq!(calculate(&plain), (None, None, None, None));
}

#[test]
fn of_the_failures_of_a_rule_the_least_is_kept_and_told_once() {
    let failure = |text: &str| Failure::new(FailureKind::Overflow, text.to_owned());
    with_state(Values::default(), &Budget::default(), |state| {
        for (told, least) in [("m", "m"), ("x", "m"), ("a", "a"), ("b", "a")] {
            state.fail(failure(told));
            assert_eq!(state.failure, Some(failure(least)));
        }
        assert_eq!(state.finish(), Err(Stop::Failed { rule: None, failure: failure("a") }));
        assert_eq!(state.finish(), Ok(()));
        // A batch that comes from the spare ones is an empty one.
        let mut batch = state.take(2);
        batch.columns[1].extend([1, 2]);
        batch.len = 2;
        state.give_back(batch);
        let batch: Batch = state.take(3);
        assert_eq!((batch.len, batch.columns), (0, vec![Vec::<Word>::new(); 3]));
        let mut keys = State::take_keys(state);
        keys.words.push(7);
        state.give_back_keys(keys);
        assert!(state.take_keys().words.is_empty());
    });
}
