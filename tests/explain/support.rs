//! Small random programs in which everything can be tried, and sessions over the shipped project.

use std::fmt::Write;
use std::sync::Arc;

use onus::eval::Options;
use onus::explain::{Changes, sibling};
use onus::model::{Model, Tuple};
use onus::session::{MemoryLoader, Session};
use onus_judge::random::Random;

/// What programs may hold.
#[derive(Clone, Copy)]
pub(crate) struct Mix {
    pub(crate) negation: bool,
    pub(crate) aggregates: bool,
}

const VARIABLES: [&str; 4] = ["x", "y", "z", "w"];

/// A program over the numbers 0 to 3: three relations of facts, up to five of rules.
pub(crate) fn program(random: &mut Random, mix: Mix) -> String {
    let base = [("a", 1), ("b", 2), ("c", 2)];
    let mut out = String::new();
    let mut declared: Vec<(String, usize)> = base.iter().map(|&(name, arity)| (name.to_owned(), arity)).collect();
    for (name, arity) in &declared {
        declare(&mut out, name, *arity);
        let mut facts = std::collections::BTreeSet::new();
        for _ in 0..random.between(2, if *arity == 1 { 3 } else { 5 }) {
            let columns: Vec<String> = (0..*arity).map(|_| random.below(4).to_string()).collect();
            facts.insert(columns.join(", "));
        }
        facts.iter().for_each(|fact| writeln!(out, "{name}({fact}).").unwrap());
    }
    for number in 0..random.between(2, 5) {
        let (name, arity) = (format!("r{number}"), random.between(1, 2));
        declare(&mut out, &name, arity);
        if random.percent(20) {
            let columns: Vec<String> = (0..arity).map(|_| random.below(4).to_string()).collect();
            writeln!(out, "{name}({}).", columns.join(", ")).unwrap();
        }
        for _ in 0..random.between(1, 3) {
            let rule = rule(random, mix, &name, arity, &declared);
            writeln!(out, "{rule}").unwrap();
        }
        declared.push((name, arity));
    }
    out
}

fn declare(out: &mut String, name: &str, arity: usize) {
    let columns: Vec<String> = (0..arity).map(|at| format!("c{at}: number")).collect();
    writeln!(out, ".decl {name}({})", columns.join(", ")).unwrap();
}

fn rule(random: &mut Random, mix: Mix, name: &str, arity: usize, declared: &[(String, usize)]) -> String {
    let mut known: Vec<&str> = Vec::new();
    let mut body = Vec::new();
    for at in 0..random.between(1, 3) {
        // Now and then the relation itself: recursion.
        let own = (name.to_owned(), arity);
        let (relation, width) = if at > 0 && random.percent(25) { &own } else { random.pick(declared).unwrap() };
        let mut columns = Vec::new();
        for _ in 0..*width {
            let column = match random.below(10) {
                0 => "_".to_owned(),
                1 => random.below(4).to_string(),
                2..=6 if !known.is_empty() => (*random.pick(&known).unwrap()).to_owned(),
                _ => {
                    let variable = VARIABLES[random.below(4)];
                    if !known.contains(&variable) {
                        known.push(variable);
                    }
                    variable.to_owned()
                }
            };
            columns.push(column);
        }
        body.push(format!("{relation}({})", columns.join(", ")));
    }
    let term = |random: &mut Random| match random.pick(&known) {
        Some(variable) if random.percent(85) => (*variable).to_owned(),
        _ => random.below(4).to_string(),
    };
    if mix.negation && random.percent(40) {
        let (relation, width) = random.pick(declared).unwrap();
        let columns: Vec<String> =
            (0..*width).map(|_| if random.percent(20) { "_".to_owned() } else { term(random) }).collect();
        body.push(format!("!{relation}({})", columns.join(", ")));
    }
    if mix.aggregates && random.percent(35) {
        body.push(aggregate(random, &known, declared));
    }
    if random.percent(20) {
        body.push(format!("{} != {}", term(random), term(random)));
    }
    let head: Vec<String> = (0..arity).map(|_| term(random)).collect();
    format!("{name}({}) :- {}.", head.join(", "), body.join(", "))
}

/// A comparison with an aggregate: over a relation, what is absent beside it, unequal to something or counted in turn.
fn aggregate(random: &mut Random, known: &[&str], declared: &[(String, usize)]) -> String {
    let term = |random: &mut Random| match random.pick(known) {
        Some(variable) if random.percent(85) => (*variable).to_owned(),
        _ => random.below(4).to_string(),
    };
    let (relation, width) = random.pick(declared).unwrap();
    let columns = if *width == 1 { "v".to_owned() } else { format!("{}, v", term(random)) };
    let mut inside = vec![format!("{relation}({columns})")];
    if random.percent(50) {
        let (other, width) = random.pick(declared).unwrap();
        let columns = if *width == 1 { "v" } else { "v, _" };
        inside.push(match random.below(3) {
            0 => format!("!{other}({columns})"),
            1 => format!("v != {}", term(random)),
            _ => format!("{} <= count : {{ {other}({columns}) }}", random.below(2)),
        });
    }
    let (left, op) = (random.below(3), random.pick(&["<", "=", "<="]).unwrap());
    let function = random.pick(&["count", "count", "max v", "min v", "sum v"]).unwrap();
    format!("{left} {op} {function} : {{ {} }}", inside.join(", "))
}

/// The model of a program; nothing where the checks refuse it.
pub(crate) fn model(text: &str) -> Option<Arc<Model>> {
    let mut session = Session::new(Box::new(MemoryLoader::default()), onus::session::Options::default());
    session.add_program("test.dl", text);
    session.evaluate().ok()
}

/// All given facts.
pub(crate) fn given(model: &Model) -> Vec<Tuple> {
    tuples(model).into_iter().filter(|tuple| model.rank(tuple).is_some_and(|rank| rank.round == 0)).collect()
}

/// All tuples.
pub(crate) fn tuples(model: &Model) -> Vec<Tuple> {
    let mut all = Vec::new();
    for id in model.program().relation_ids() {
        all.extend(model.relation(id).rows().map(|row| Tuple { relation: id, words: row.into() }));
    }
    all
}

/// The tuples that hold if only these facts are given; everything is derived anew.
pub(crate) fn follows(model: &Model, facts: Vec<Tuple>) -> Model {
    let changes = Changes { only: Some(Vec::new()), add: facts, ..Changes::default() };
    sibling(model, &changes, None, None, &Options::default()).unwrap()
}

/// The shipped project.
pub(crate) fn shipped() -> (Session, Arc<Model>) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = onus::responsibility::Project::find(Some(root), root).unwrap();
    let selection = onus::responsibility::Selection::default();
    let mut session = project.load(&selection, onus::session::Options::default()).unwrap();
    let model = session.evaluate().unwrap();
    (session, model)
}

/// The tuple of an atom without variables.
pub(crate) fn tuple(session: &mut Session, model: &Model, text: &str) -> Tuple {
    session.matching(text).unwrap().tuples(model).remove(0)
}
