//! The engine as a subject: a session a program, its model certified.

use std::sync::Arc;
use std::time::Duration;

use onus::diagnostic::Diagnostic;
use onus::eval::function::Implementation;
use onus::eval::{self, Budget};
use onus::model::Model;
use onus::program::{RelationId, Signature};
use onus::session::{self, FactFormat, MemoryLoader, Session, SystemClock};
use onus::storage;
use onus::value::{Kind, Value};

use crate::answers::{Answers, Failure};
use crate::judge::{Subject, Variation};

/// onus through its session.
#[derive(Clone, Copy, Debug, Default)]
pub struct Engine {
    /// Whether each answer must also pass `certify`.
    pub certify: bool,
    /// A fault to evaluate with: the judge must notice.
    pub sabotage: Option<eval::Sabotage>,
}

impl Subject for Engine {
    fn run(&self, text: &str, variation: &Variation) -> Result<Answers, Failure> {
        let mut session = Session::new(Box::new(MemoryLoader::default()), options(variation, self.sabotage));
        for (at, piece) in pieces(text, variation.pieces).iter().enumerate() {
            session.add_program(&format!("piece{at}.dl"), piece);
        }
        give(&mut session, variation);
        let model = session.evaluate().map_err(|failure| failed(&failure))?;
        if self.certify {
            let certificate = session.certify().map_err(|failure| failed(&failure))?;
            if let Some(fault) = certificate.faults.first() {
                return Err(Failure::Uncertified(fault.describe(&model, &certificate.values)));
            }
        }
        Ok(answers(&model))
    }
}

/// Something of the engine that can be set this way or that, and must not change an answer.
pub struct Switch {
    /// What it is called.
    pub name: &'static str,
    /// What it may be set to; any number where nothing is listed.
    pub choices: &'static [u64],
    set: fn(&mut eval::Options, u64),
}

/// Every switch of the engine, a line each. A new one needs no more than its line.
pub const SWITCHES: &[Switch] = &[
    Switch { name: "batch size", choices: &[1, 2, 7, 1024], set: |options, size| options.batch_size = number(size) },
    Switch { name: "threads", choices: &[2, 3, 8], set: |options, threads| options.threads = number(threads) },
    // Work from so few expected tuples on is shared among threads.
    Switch { name: "wave", choices: &[1, 7, 64], set: |options, size| options.wave = number(size) },
    // Neighbouring rules from so few expected bindings on run side by side: on two threads at least.
    Switch {
        name: "side by side",
        choices: &[1, 2, 16, 300],
        set: |options, size| {
            options.overlap = number(size);
            options.threads = options.threads.max(2);
        },
    },
    Switch { name: "hash seed", choices: &[], set: |options, seed| options.layout.hashing.seed = seed },
    // One hash for all: every probe meets every tuple.
    Switch {
        name: "constant hash",
        choices: &[0, 0, 0, 1],
        set: |options, on| options.layout.hashing.constant = on > 0,
    },
    Switch { name: "bit matrices", choices: &[0, 1, 2], set: |options, way| options.layout.dense = way_of(way) },
    Switch { name: "blocks", choices: &[0, 1, 2], set: |options, way| options.layout.blocks = way_of(way) },
    // From so many tuples on a table is split into shards.
    Switch { name: "shards", choices: &[0, 1, 20], set: |options, size| options.layout.shard_from = number(size) },
    // Driving rows are dealt to shards, where they decide the shard of what they give.
    Switch { name: "direct", choices: &[0, 1], set: |options, on| options.direct = on > 0 },
    Switch { name: "intersection", choices: &[0, 1], set: |options, on| options.intersect = on > 0 },
    Switch { name: "semi-joins", choices: &[0, 1], set: |options, on| options.semijoin = on > 0 },
    // Rules that begin with another atom than the one that reads the delta.
    Switch { name: "drive", choices: &[0, 1, 2], set: |options, way| options.drive = way_of(way) },
    // Postings by fewer columns than a lookup knows, where others need them.
    Switch { name: "loose", choices: &[0, 1, 2], set: |options, way| options.loose = way_of(way) },
    // Deltas read a key at a time.
    Switch { name: "grouped", choices: &[0, 1, 2], set: |options, way| options.group = way_of(way) },
    Switch { name: "decomposed", choices: &[0, 1, 2], set: |options, way| options.decompose = way_of(way) },
    Switch { name: "drawn join orders", choices: &[], set: |options, seed| options.shuffle = Some(seed) },
    // Growth that calls for new plans: any, twofold, none.
    Switch { name: "replan", choices: &[0, 2, u64::MAX], set: |options, factor| options.replan = number(factor) },
];

fn way_of(way: u64) -> storage::Switch {
    match way {
        0 => storage::Switch::Off,
        1 => storage::Switch::Auto,
        _ => storage::Switch::Force,
    }
}

fn number(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn options(variation: &Variation, sabotage: Option<eval::Sabotage>) -> session::Options {
    let clock = Arc::new(SystemClock::default());
    // Far more time than anything takes: the clock goes on while the machine has other things to do.
    let budget =
        Budget { rows: Some(1_000_000), time: Some(Duration::from_secs(600)), clock: Some(clock), ..Budget::default() };
    let mut eval = eval::Options { budget, sabotage, threads: 1, ..eval::Options::default() };
    for &(at, value) in &variation.switches {
        (SWITCHES[at].set)(&mut eval, value);
    }
    let mut options = session::Options { eval, ..session::Options::default() };
    for (signature, implementation) in registered() {
        options.check.functors.push(signature);
        options.eval.functors.register(signature, implementation);
    }
    options
}

/// Functors as a host program brings them along.
fn registered() -> [(Signature, Implementation); 2] {
    const MIDDLE: Signature =
        Signature { name: "@middle", parameters: &[Kind::Number, Kind::Number], result: Kind::Number };
    const TURN: Signature = Signature { name: "@turn", parameters: &[Kind::Symbol], result: Kind::Symbol };
    let misfit = || Err("other arguments than declared".to_owned());
    let middle: Implementation = Arc::new(move |arguments: &[Value]| match arguments {
        [Value::Number(left), Value::Number(right)] => {
            // Rounds towards zero.
            let middle = (i128::from(*left) + i128::from(*right)) / 2;
            i64::try_from(middle).map(Value::Number).map_err(|error| error.to_string())
        }
        _ => misfit(),
    });
    let turn: Implementation = Arc::new(move |arguments: &[Value]| match arguments {
        [Value::Symbol(text)] => {
            let split = text.chars().next().map_or(0, char::len_utf8);
            Ok(Value::Symbol(format!("{}{}", &text[split..], &text[..split])))
        }
        _ => misfit(),
    });
    [(MIDDLE, middle), (TURN, turn)]
}

fn give(session: &mut Session, variation: &Variation) {
    let plain = variation.given.iter().flat_map(|(_, rows)| rows).flatten().all(|value| !value.literal().contains('"'));
    if variation.files && plain {
        for (relation, rows) in &variation.given {
            let line = |row: &Vec<onus::value::Value>| {
                row.iter().map(ToString::to_string).collect::<Vec<_>>().join("\t") + "\n"
            };
            let text: String = rows.iter().map(line).collect();
            session.add_fact_file(relation, &format!("{relation}.facts"), FactFormat::Facts, text.into_bytes());
        }
    } else if !variation.given.is_empty() {
        session.add_program("given.dl", &variation.given_text());
    }
}

/// The text in about so many pieces, cut where a clause or declaration ends.
fn pieces(text: &str, count: usize) -> Vec<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let size = lines.len().div_ceil(count.max(1)).max(1);
    let mut pieces = vec![String::new()];
    let (mut in_piece, mut annotation) = (0, false);
    for line in lines {
        // What is printed over several lines has its later ones indented; a component ends in a bracket; an annotation
        // belongs to the clause below it.
        if in_piece >= size && !line.starts_with([' ', '}']) && !annotation {
            pieces.push(String::new());
            in_piece = 0;
        }
        annotation = line.trim_start().starts_with("@[");
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(line);
        }
        in_piece += 1;
    }
    pieces
}

fn answers(model: &Model) -> Answers {
    let program = model.program();
    // Of a relation whose tuples replace others the author sees what is left.
    let declared = |id: &RelationId| !program.relation(*id).made;
    let ids = program.relation_ids().filter(declared);
    ids.map(|id| (model.name(id).to_owned(), model.sorted(id).into_iter().collect())).collect()
}

fn failed(failure: &session::Failure) -> Failure {
    let Some(first) = failure.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) else {
        return Failure::Crashed("a failure without an error".to_owned());
    };
    let text = describe(first, failure);
    match first.code.id {
        "E0199" => Failure::Unsupported(text),
        "E0801" => Failure::TooBig(text),
        id if id.starts_with("E07") => Failure::Arithmetic(text),
        _ => Failure::Rejected(text),
    }
}

/// Code, message and the place's text, in one line.
fn describe(diagnostic: &Diagnostic, failure: &session::Failure) -> String {
    let place = diagnostic.labels.first().map(|label| failure.sources.text(label.span)).unwrap_or_default();
    format!("{} {}: {place}", diagnostic.code.id, diagnostic.message)
}
