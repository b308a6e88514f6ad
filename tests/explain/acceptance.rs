//! What is promised of explanations, each with its number in the design: 1 and 2 (every tuple is proved, in least height),
//! 4 (the same bytes), 5 (the same after any changes), 7 (counts list what they count). The others stand beside what
//! they are about: 3 in `critical.rs`, 6 in `proofs.rs`, 8 in `why_not.rs`, 9 in `benches/`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use onus::eval::Options;
use onus::explain::check::check_proof;
use onus::explain::{Explainer, Limits, NodeId, Proof, ProofNode};
use onus::model::Model;
use onus::program::AggregateOp;
use onus::session::{FactFormat, MemoryLoader, Options as How, Session, parse_changes};
use onus::value::{Float, Value};
use onus_judge::generate::{Settings, generate};
use onus_judge::random::Random;

use crate::support::{Mix, model, program, tuples};

/// How many random programs a test takes: a share of what `ONUS_PROGRAMS` says, else a few.
fn programs(share: u64) -> u64 {
    std::env::var("ONUS_PROGRAMS").ok().and_then(|number| number.parse().ok()).unwrap_or(100_u64).div_ceil(share)
}

fn evaluated(text: &str, how: How) -> Option<(Session, Arc<Model>)> {
    let mut session = Session::new(Box::new(MemoryLoader::default()), how);
    session.add_program("test.dl", text);
    let model = session.evaluate().ok()?;
    Some((session, model))
}

/// A proof as text in which nothing is left of numbers, places and the order of facts.
fn canonical(model: &Model, proof: &Proof) -> String {
    let program = model.program();
    let mut out = String::new();
    let text = |ty, word| proof.values.decode(&program.types, ty, word).literal();
    for node in &proof.nodes {
        let _ = match node {
            ProofNode::Given { tuple, .. } => write!(out, "given {}", model.literal_with(&proof.values, tuple)),
            ProofNode::Cut { tuple } => write!(out, "cut {}", model.literal_with(&proof.values, tuple)),
            ProofNode::Derived { tuple, rule, bindings, rank, .. } => {
                let rule = program.rule(*rule);
                let bindings: Vec<String> =
                    bindings.iter().map(|&(variable, word)| text(rule.variables[variable as usize].ty, word)).collect();
                let literal = model.literal_with(&proof.values, tuple);
                write!(out, "{literal} by {} with {bindings:?} at {rank:?}", model.text(rule.span))
            }
            ProofNode::Absent { relation, pattern, .. } => {
                let columns = &program.relation(*relation).columns;
                let pattern: Vec<Option<String>> =
                    pattern.iter().zip(columns).map(|(word, column)| word.map(|word| text(column.ty, word))).collect();
                write!(out, "no {} {pattern:?}", model.name(*relation))
            }
            ProofNode::Compared { left, right, ty, span, .. } => {
                write!(out, "{} as {} and {}", model.text(*span), text(*ty, *left), text(*ty, *right))
            }
            ProofNode::Counted { value, ty, span, rows, .. } => {
                let targets: Vec<Option<String>> =
                    rows.iter().map(|row| row.target.map(|target| text(*ty, target))).collect();
                write!(out, "{} is {} of {targets:?}", model.text(*span), text(*ty, *value))
            }
        };
        let _ = writeln!(out, " from {:?}", node.premises());
    }
    out
}

/// The proofs of all tuples, by the text of the tuple; each is checked.
fn proofs(model: &Model) -> Vec<(String, String)> {
    let options = Options::default();
    let mut explainer = Explainer::new(model, Limits::default(), &options);
    let mut all: Vec<(String, String)> = tuples(model)
        .into_iter()
        .map(|tuple| {
            let proof = explainer.why(&tuple).unwrap().unwrap();
            let checked = check_proof(model, &proof, None, &options).unwrap();
            assert!(checked.is_ok(), "{}: {checked:?}", model.literal(&tuple));
            (model.literal(&tuple), canonical(model, &proof))
        })
        .collect();
    all.sort();
    all
}

/// The height of each node of a proof within the stratum of its own tuple.
fn heights(model: &Model, proof: &Proof) -> Vec<u32> {
    let mut heights: Vec<u32> = Vec::new();
    for node in &proof.nodes {
        heights.push(match node {
            ProofNode::Derived { tuple, premises, .. } => {
                let own = model.stratum(tuple.relation);
                1 + premises.iter().map(|&premise| height_in(model, proof, &heights, premise, own)).max().unwrap_or(0)
            }
            _ => 0,
        });
    }
    heights
}

/// The height of a premise within a stratum; of comparisons and aggregates that of what they count.
fn height_in(model: &Model, proof: &Proof, heights: &[u32], id: NodeId, stratum: usize) -> u32 {
    match proof.node(id).tuple() {
        Some(tuple) if model.stratum(tuple.relation) == stratum => heights[id.0 as usize],
        Some(_) => 0,
        None => {
            let below = proof.node(id).premises();
            below.iter().map(|&premise| height_in(model, proof, heights, premise, stratum)).max().unwrap_or(0)
        }
    }
}

/// Acceptance 1 and 2: of every tuple of random programs, aggregates and negation included, `why` finds a proof, the
/// checker accepts it, and inside a stratum it is as high as the round in which the tuple came.
#[test]
fn every_tuple_is_proved_in_least_height_and_the_checker_accepts() {
    let options = Options::default();
    let (mut checked, mut high) = (0, 0);
    for index in 0..programs(1) {
        let mut random = Random::of_program(41, index);
        let text = match index % 3 {
            0 => program(&mut random, Mix { negation: true, aggregates: true }),
            // What is made of `autoinc()` can be told from no other place: its proofs may end early.
            _ => generate(random, &Settings { counters: false, ..Settings::default() }).sample.text(),
        };
        let Some((_, model)) = evaluated(&text, How::default()) else { continue };
        let mut explainer = Explainer::new(&model, Limits::default(), &options);
        let all = tuples(&model);
        let step = all.len().div_ceil(60).max(1);
        for tuple in all.iter().step_by(step) {
            let proof = explainer.why(tuple).unwrap().unwrap();
            let name = model.literal(tuple);
            assert!(proof.complete, "{name} of program {index}\n{text}");
            let verdict = check_proof(&model, &proof, None, &options).unwrap();
            assert!(verdict.is_ok(), "{name} of program {index}: {verdict:?}\n{text}");
            for (node, height) in proof.nodes.iter().zip(heights(&model, &proof)) {
                if let ProofNode::Derived { rank, tuple, .. } = node {
                    assert_eq!(height, rank.round, "{} in {name} of program {index}\n{text}", model.literal(tuple));
                    high += usize::from(height > 2);
                }
            }
            checked += 1;
        }
    }
    assert!(checked > 1_000 && high > 100, "{checked} checked, {high} high");
}

/// The facts of a program apart from its rules.
fn apart(text: &str) -> (String, Vec<String>) {
    let (facts, rules): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| !line.contains(":-") && !line.starts_with('.') && line.ends_with(")."));
    (rules.join("\n"), facts.into_iter().map(|fact| fact.trim_end_matches('.').to_owned()).collect())
}

/// Acceptance 4: with 1, 2 and 8 threads, shuffled facts and other join orders, proofs are the same, byte for byte.
#[test]
fn proofs_do_not_depend_on_the_order_of_facts_or_work() {
    let mut compared = 0;
    for index in 0..programs(3) {
        let mut random = Random::of_program(42, index);
        let text = program(&mut random, Mix { negation: index % 2 == 0, aggregates: index % 3 == 0 });
        let (rules, mut facts) = apart(&text);
        let with = |facts: &[String], threads: usize, batch_size: usize, shuffle: Option<u64>| {
            let mut how = How::default();
            how.eval.threads = threads;
            how.eval.batch_size = batch_size;
            how.eval.shuffle = shuffle;
            // Waves so small that even these programs are shared out.
            how.eval.wave = 2;
            let mut session = Session::new(Box::new(MemoryLoader::default()), how);
            session.add_program("test.dl", &rules);
            for fact in facts {
                let (name, columns) = fact.trim_end_matches(')').split_once('(').unwrap();
                let row = format!("{}\n", columns.replace(", ", "\t"));
                session.add_fact_file(name, "facts", FactFormat::Facts, row.into_bytes());
            }
            session.evaluate().ok()
        };
        let Some(first) = with(&facts, 1, 1_024, None) else { continue };
        let expected = proofs(&first);
        for (threads, batch_size, shuffle) in [(2, 1, None), (8, 3, Some(index)), (8, 1_024, None)] {
            random.shuffle(&mut facts);
            let other = with(&facts, threads, batch_size, shuffle).unwrap();
            assert_eq!(proofs(&other), expected, "program {index}\n{text}");
        }
        compared += expected.len();
    }
    assert!(compared > 300, "{compared} compared");
}

/// Acceptance 5: after any assertions, retractions, undos and reloads, models and proofs are those of a fresh run.
#[test]
fn after_any_changes_proofs_are_those_of_a_fresh_run() {
    let mut compared = 0;
    for index in 0..programs(5) {
        let mut random = Random::of_program(43, index);
        let text = program(&mut random, Mix { negation: index % 2 == 0, aggregates: index % 3 == 0 });
        let (rules, facts) = apart(&text);
        let fresh = |facts: &BTreeSet<String>| {
            let facts: String = facts.iter().map(|fact| format!("{fact}.\n")).collect();
            model(&format!("{rules}\n{facts}"))
        };
        let Some((mut session, _)) = evaluated(&text, How::default()) else { continue };
        let mut states = vec![facts.iter().cloned().collect::<BTreeSet<String>>()];
        let mut undone: Vec<BTreeSet<String>> = Vec::new();
        for _ in 0..8 {
            let mut now = states.last().unwrap().clone();
            match random.below(5) {
                0 | 1 => {
                    let fact = match random.below(2) {
                        0 => format!("a({})", random.below(4)),
                        _ => format!("b({}, {})", random.below(4), random.below(4)),
                    };
                    let changes = parse_changes(&mut session, &format!("+{fact}.")).unwrap();
                    session.apply(&changes).unwrap();
                    now.insert(fact);
                    states.push(now);
                    undone.clear();
                }
                2 => {
                    let known: Vec<String> = now.iter().cloned().collect();
                    let Some(fact) = random.pick(&known).cloned() else { continue };
                    let changes = parse_changes(&mut session, &format!("-{fact}.")).unwrap();
                    session.apply(&changes).unwrap();
                    now.remove(&fact);
                    states.push(now);
                    undone.clear();
                }
                3 if states.len() > 1 => {
                    assert!(session.undo());
                    undone.extend(states.pop());
                }
                3 => continue,
                _ if !undone.is_empty() => {
                    assert!(session.redo());
                    states.extend(undone.pop());
                }
                _ => {
                    // Everything is read again, as `:reload` does.
                    session.evaluate().unwrap();
                    states.push(now);
                    undone.clear();
                }
            }
            let model = session.model().cloned().unwrap();
            let expected = fresh(states.last().unwrap()).unwrap();
            let (found, expected) = (proofs(&model), proofs(&expected));
            compared += expected.len();
            assert_eq!(found, expected, "program {index}: {:?}\n{text}", states.last());
        }
    }
    assert!(compared > 1_000, "{compared} compared");
}

/// Acceptance 7: an aggregate lists every row that it runs over, and they make its value again.
#[test]
fn aggregates_list_all_rows_and_they_aggregate_again() {
    let mut counted = 0;
    for index in 0..programs(1) {
        let random = Random::of_program(44, index);
        let text = generate(random, &Settings::default()).sample.text();
        let Some((_, model)) = evaluated(&text, How::default()) else { continue };
        let options = Options::default();
        let mut explainer = Explainer::new(&model, Limits::default(), &options);
        let all = tuples(&model);
        let step = all.len().div_ceil(40).max(1);
        for tuple in all.iter().step_by(step) {
            let proof = explainer.why(tuple).unwrap().unwrap();
            for node in &proof.nodes {
                let ProofNode::Counted { op, value, ty, rows, .. } = node else { continue };
                let decode = |word| proof.values.decode(&model.program().types, *ty, word);
                let targets: Vec<Value> = rows.iter().filter_map(|row| row.target.map(decode)).collect();
                let again = aggregate(*op, rows.len(), &targets);
                let name = model.literal(tuple);
                // Of no rows the sum is nought, whatever its type.
                let nought = rows.is_empty() && decode(*value).to_string() == "0";
                assert!(nought || alike(&again, &decode(*value)), "{again:?} in {name} of program {index}\n{text}");
                counted += 1;
            }
        }
    }
    assert!(counted > 20, "{counted} counted");
}

/// Whether values are equal; sums of floats depend on the order in the last place.
fn alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => {
            let (left, right) = (left.get(), right.get());
            left == right
                || left.is_nan() && right.is_nan()
                || (left - right).abs() <= 1e-9 * left.abs().max(right.abs())
        }
        _ => left == right,
    }
}

fn aggregate(op: AggregateOp, rows: usize, targets: &[Value]) -> Value {
    let numbers = || targets.iter().filter_map(|value| if let Value::Number(it) = value { Some(*it) } else { None });
    let unsigned = || targets.iter().filter_map(|value| if let Value::Unsigned(it) = value { Some(*it) } else { None });
    let floats = || {
        let float = |value: &Value| if let Value::Float(it) = value { Some(it.get()) } else { None };
        targets.iter().filter_map(float)
    };
    match op {
        AggregateOp::Count => Value::Number(i64::try_from(rows).unwrap()),
        AggregateOp::Min => targets.iter().min().unwrap().clone(),
        AggregateOp::Max => targets.iter().max().unwrap().clone(),
        AggregateOp::Sum if floats().next().is_some() => Value::Float(Float::new(floats().sum::<f64>())),
        AggregateOp::Sum if unsigned().next().is_some() => Value::Unsigned(unsigned().fold(0, u64::wrapping_add)),
        AggregateOp::Sum => Value::Number(numbers().fold(0, i64::wrapping_add)),
        AggregateOp::Mean => {
            let count = u32::try_from(rows).unwrap();
            Value::Float(Float::new(floats().sum::<f64>() / f64::from(count)))
        }
    }
}

/// Acceptance 7, with the rows told one by one: what is counted is what the body gives when it is asked for.
#[test]
fn what_is_counted_is_what_the_body_gives() {
    let text = "
.decl owns(who: symbol, what: symbol)
.decl closed(what: symbol)
.decl big(who: symbol, n: number)
owns(\"aws\", \"power\").  owns(\"aws\", \"doors\").  owns(\"aws\", \"racks\").  owns(\"gcp\", \"doors\").
closed(\"racks\").
big(who, n) :- owns(who, _), n = count : { owns(who, what), !closed(what) }.
";
    let (mut session, model) = evaluated(text, How::default()).unwrap();
    let tuple = session.matching("big(\"aws\", 2)").unwrap().tuples(&model).remove(0);
    let proof = session.why(&tuple).unwrap().unwrap();
    let asked = session.ask("owns(\"aws\", what), !closed(what)").unwrap();
    let rows = proof.nodes.iter().find_map(|node| match node {
        ProofNode::Counted { rows, .. } => Some(rows),
        _ => None,
    });
    let listed: BTreeSet<String> = rows
        .unwrap()
        .iter()
        .filter_map(|row| proof.node(row.premises[0]).tuple().map(|tuple| model.literal(tuple)))
        .collect();
    let expected: BTreeSet<String> =
        asked.rows.iter().map(|row| format!("owns(\"aws\", {})", row[0].literal())).collect();
    assert_eq!(listed, expected);
    assert_eq!(listed.len(), 2);
}
