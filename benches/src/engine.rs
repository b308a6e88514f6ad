//! The engines that can run a program: onus in its variants, the peers, the search by hand.

use std::io;
use std::sync::Arc;

use onus::check;
use onus::eval::{self, evaluate};
use onus::program::RelationId;
use onus::source::SourceMap;
use onus::storage::{Database, Origin};
use onus::syntax;
use onus::value::Values;
use onus_workloads::{Answer, Facts, Outcome, Random, Watch};

use crate::arguments::Arguments;
use crate::programs::Program;

/// Loads facts and evaluates.
type Run = Box<dyn Fn(&Facts) -> io::Result<Outcome>>;

/// Something that runs a program.
pub(crate) struct Engine {
    /// Its name: `onus`, `onus ~1` with literals shuffled, `ascent`, ...
    pub(crate) name: String,
    /// What it stands for in a comparison.
    pub(crate) kind: EngineKind,
    run: Run,
}

/// What an engine is to a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EngineKind {
    /// onus on one thread.
    Onus,
    /// onus otherwise: more threads, or shuffled.
    Variant,
    /// A peer on one thread.
    #[cfg_attr(not(feature = "peers"), allow(dead_code))] // the table speaks of peers whether there are any or not
    Peer,
    /// A peer on several threads.
    #[cfg(feature = "peers")]
    ParallelPeer,
    /// By hand.
    Floor,
}

impl Engine {
    /// Runs it.
    pub(crate) fn run(&self, facts: &Facts) -> io::Result<Outcome> {
        (self.run)(facts)
    }
}

/// All engines for a program that the flags want.
pub(crate) fn engines(program: &'static Program, arguments: &Arguments) -> Vec<Engine> {
    let mut all = Vec::new();
    let mut add = |name: String, kind, run: Run| {
        if arguments.runs(&name) {
            all.push(Engine { name, kind, run });
        }
    };
    add("onus".into(), EngineKind::Onus, Box::new(move |facts| onus(program, facts, None)));
    for seed in 1..=arguments.shuffled {
        let run = move |facts: &Facts| onus(program, facts, Some(seed));
        add(format!("onus ~{seed}"), EngineKind::Variant, Box::new(run));
    }
    #[cfg(feature = "peers")]
    for peer in onus_workloads::peers::of(program.name) {
        if peer.engine.ends_with("-par") {
            for &threads in &arguments.threads {
                let run = move |facts: &Facts| Ok(onus_workloads::peers::on_threads(threads, || (peer.run)(facts)));
                add(format!("{} -j{threads}", peer.engine), EngineKind::ParallelPeer, Box::new(run));
            }
        } else {
            add(peer.engine.into(), EngineKind::Peer, Box::new(|facts| Ok((peer.run)(facts))));
        }
    }
    if let Some(floor) = program.floor {
        add("floor".into(), EngineKind::Floor, Box::new(move |facts| Ok(floor(facts))));
    }
    all
}

/// Runs onus; with a seed the literals of each rule are shuffled first.
fn onus(program: &Program, facts: &Facts, shuffle: Option<u64>) -> io::Result<Outcome> {
    let mut sources = SourceMap::default();
    let mut values = Values::default();
    let source = sources.add(program.name, program.text);
    let data = sources.add_data("generated");
    let parsed = syntax::parse(source, program.text, &mut values.symbols);
    let inputs = facts.tables.iter().map(|table| table.name.to_owned()).collect();
    let options = check::Options { warnings: false, inputs, ..check::Options::default() };
    let mut checked = check::check(&[&parsed.program], &mut values, &options)
        .program
        .ok_or_else(|| io::Error::other(format!("{} is no valid program", program.name)))?;
    if let Some(seed) = shuffle {
        let mut random = Random::new(seed);
        for rule in &mut checked.rules {
            for at in (1..rule.body.len()).rev() {
                rule.body.swap(at, random.below(u32::try_from(at + 1).unwrap_or(1)) as usize);
            }
        }
    }
    let find = |name: &str, values: &Values| -> io::Result<RelationId> {
        let found = values.symbols.find(name).and_then(|symbol| checked.find(symbol));
        found.ok_or_else(|| io::Error::other(format!("{} has no relation {name}", program.name)))
    };
    let mut watch = Watch::start();
    let arities = checked.relations.iter().map(onus::program::RelationDecl::arity);
    let mut database = Database::new(arities, Arc::new(values));
    for table in &facts.tables {
        let id = find(table.name, database.values())?;
        let rows = u32::try_from(table.words.len() / table.arity).unwrap_or(u32::MAX);
        let words: Vec<u32> = table.words.iter().map(|&word| database.values_mut().number(i64::from(word))).collect();
        database.give_all(id, &words, (1..=rows).map(|line| Origin::Line(data, line)));
    }
    watch.loaded();
    let database = evaluate(&checked, database, &eval::Options::default())
        .map_err(|stop| io::Error::other(format!("{} stopped: {stop:?}", program.name)))?;
    let (load, evaluate) = watch.times();
    let mut answers = Vec::new();
    for id in checked.relation_ids() {
        let name = database.values().symbols.get(checked.relation(id).name).to_owned();
        if facts.tables.iter().all(|table| table.name != name) {
            answers.push((name, Answer::of_rows(database.relation(id).rows())));
        }
    }
    Ok(Outcome { load, evaluate, answers })
}
