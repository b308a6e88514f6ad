//! Small random programs in which everything can be tried, and sessions over the shipped project.

use std::fmt::Write;
use std::sync::Arc;

use onus::eval::Options;
use onus::explain::{
    Changes, CriticalLimits, FixLimits, WhyNotLimits, WitnessLimits, critical, fix, sibling, why_not, witnesses,
};
use onus::model::{Model, Tuple};
use onus::program::{RelationId, RuleId};
use onus::report::proof::TextOptions;
use onus::session::{MemoryLoader, Session};
use onus::value::{Values, Word};
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

/// A program and what is said of it, in lines that a test can compare.
pub(crate) struct Asked {
    session: Session,
    pub(crate) model: Arc<Model>,
}

impl Asked {
    pub(crate) fn of(text: &str) -> Self {
        let mut session = Session::new(Box::new(MemoryLoader::default()), onus::session::Options::default());
        session.add_program("test.dl", text);
        let model = session.evaluate().unwrap_or_else(|failure| {
            panic!("{}", onus::diagnostic::render_all(&failure.diagnostics, &failure.sources, false));
        });
        Self { session, model }
    }

    pub(crate) fn goal(&mut self, atom: &str) -> Tuple {
        let model = Arc::clone(&self.model);
        tuple(&mut self.session, &model, atom)
    }

    /// Fixes, each with the way down to its facts, what it gives and what was made up.
    pub(crate) fn fixes(&mut self, wanted: &str, limits: FixLimits) -> Vec<String> {
        let pattern = self.session.matching(wanted).unwrap();
        let found = fix(&self.model, &pattern.pattern, pattern.values(), limits, &Options::default()).unwrap();
        let (model, values) = (&self.model, &found.values);
        let text = |tuple: &Tuple| model.literal_with(values, tuple);
        let list = |tuples: &[Tuple]| tuples.iter().map(text).collect::<Vec<_>>().join(" ");
        let mut lines = Vec::new();
        for fix in &found.fixes {
            let add = fix.add.iter().map(|fact| format!("+{}", text(fact)));
            let facts: Vec<String> = add.chain(fix.remove.iter().map(|fact| format!("-{}", text(fact)))).collect();
            let way = fix.way.iter().map(|way| atom(model, values, way.relation, &way.columns));
            let mut line = format!("{} by {}", facts.join(" "), way.collect::<Vec<_>>().join(" "));
            write!(line, " gives {}", list(&fix.gives)).unwrap();
            for effect in &fix.effects {
                write!(line, "; {}", model.name(effect.relation)).unwrap();
                effect.gained.iter().for_each(|tuple| write!(line, " +{}", text(tuple)).unwrap());
                effect.lost.iter().for_each(|tuple| write!(line, " -{}", text(tuple)).unwrap());
            }
            if !fix.fresh.is_empty() {
                write!(line, "; {} made up", fix.fresh.len()).unwrap();
            }
            lines.push(line);
        }
        lines.push(format!("{}, {} tried", if found.complete { "all" } else { "cut" }, found.tried));
        lines
    }

    /// What a tuple cannot do without.
    pub(crate) fn critical(&mut self, goal: &str, limits: CriticalLimits) -> Vec<String> {
        let goal = self.goal(goal);
        let found = critical(&self.model, &goal, limits, &Options::default()).unwrap().unwrap();
        let model = &self.model;
        let rule = |id: &RuleId| model.sources().location(model.program().rule(*id).span).line.to_string();
        let absent = |it: &onus::explain::Needed| format!("!{}", atom(model, model.values(), it.relation, &it.pattern));
        let words = |words: Vec<String>| words.join(" ");
        let mut lines = vec![
            format!("facts {}", words(found.facts.iter().map(|(fact, _)| model.literal(fact)).collect())),
            format!("at hand {}", words(found.at_hand.iter().map(|fact| model.literal(fact)).collect())),
            format!("rules {}", words(found.rules.iter().map(rule).collect())),
            format!("absences {}", words(found.absences.iter().map(absent).collect())),
        ];
        for (one, other) in &found.pairs {
            lines.push(format!("{} or {}", model.literal(one), model.literal(other)));
        }
        let (tuples, steps) = found.slice;
        let much = if found.complete { "all" } else { "cut" };
        lines.push(format!("{much}, {} siblings, {tuples} tuples, {steps} steps", found.siblings));
        lines.iter().map(|line| line.trim_end().to_owned()).collect()
    }

    /// Witnesses, those that do not suffice by themselves marked.
    pub(crate) fn witnesses(&mut self, goal: &str, limits: WitnessLimits) -> Vec<String> {
        let goal = self.goal(goal);
        let found = witnesses(&self.model, &goal, limits, &Options::default()).unwrap().unwrap();
        let mut lines = Vec::new();
        for set in &found.sets {
            let facts: Vec<String> = set.facts.iter().map(|(fact, _)| self.model.literal(fact)).collect();
            lines.push(format!("{}{}", facts.join(" "), if set.alone { "" } else { " with others" }));
        }
        lines.push(if found.complete { "all" } else { "cut" }.to_owned());
        lines
    }

    /// Why nothing matches: the misses, each with what fails in it.
    pub(crate) fn why_not(&mut self, wanted: &str, limits: WhyNotLimits) -> Vec<String> {
        let pattern = self.session.matching(wanted).unwrap();
        let found = why_not(&self.model, &pattern.pattern, pattern.values(), limits, &Options::default()).unwrap();
        let Some(found) = found else { return vec!["it holds".to_owned()] };
        let text = onus::report::why_not::render(&self.model, &found, None, false, &TextOptions::default());
        text.lines().map(|line| line.trim_end().to_owned()).collect()
    }
}

/// An atom with `_` where any value will do.
fn atom(model: &Model, values: &Values, relation: RelationId, columns: &[Option<Word>]) -> String {
    let program = model.program();
    let columns = columns.iter().zip(&program.relation(relation).columns).map(|(word, column)| {
        word.map_or_else(|| "_".to_owned(), |word| values.decode(&program.types, column.ty, word).literal())
    });
    format!("{}({})", model.name(relation), columns.collect::<Vec<_>>().join(", "))
}
