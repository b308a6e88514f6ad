//! The engine as a subject: a session a program, its model certified.

use std::sync::Arc;
use std::time::Duration;

use onus::diagnostic::Diagnostic;
use onus::eval::{self, Budget};
use onus::model::Model;
use onus::session::{self, FactFormat, MemoryLoader, Session, SystemClock};
use onus::storage::{Hashing, Layout, Switch};

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
                return Err(Failure::Uncertified(fault.describe(&model)));
            }
        }
        Ok(answers(&model))
    }
}

fn options(variation: &Variation, sabotage: Option<eval::Sabotage>) -> session::Options {
    let clock = Arc::new(SystemClock::default());
    let budget =
        Budget { rows: Some(1_000_000), time: Some(Duration::from_secs(60)), clock: Some(clock), ..Budget::default() };
    let off = |switch: u64| variation.switched_off & 1 << switch != 0;
    let eval = eval::Options {
        budget,
        batch_size: variation.batch,
        layout: layout(variation),
        threads: 1 + pick(variation, 1, 3),
        wave: [1, 64, 1 << 20][pick(variation, 2, 3)],
        // Switched off: orders chosen from sizes (they are drawn), and planning but once or ever anew.
        shuffle: off(0).then_some(variation.hash_seed),
        replan: if off(1) {
            usize::MAX
        } else if off(2) {
            0
        } else {
            8
        },
        sabotage,
        ..eval::Options::default()
    };
    session::Options { eval, ..session::Options::default() }
}

/// One of `count` choices that a variation makes by its seed, for a purpose of a number.
fn pick(variation: &Variation, purpose: u64, count: u64) -> usize {
    let mixed = (variation.hash_seed ^ purpose).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from((mixed >> 33) % count).unwrap_or(0)
}

/// How the sets of a variation are laid out.
fn layout(variation: &Variation) -> Layout {
    Layout {
        hashing: Hashing { seed: variation.hash_seed, constant: variation.constant_hash },
        dense: [Switch::Off, Switch::Auto, Switch::Force][pick(variation, 3, 3)],
        shard_from: [0, 20, 1 << 16][pick(variation, 4, 3)],
    }
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
    let mut in_piece = 0;
    for line in lines {
        // A rule that is printed over several lines has its later ones indented.
        if in_piece >= size && !line.starts_with(' ') {
            pieces.push(String::new());
            in_piece = 0;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(line);
        }
        in_piece += 1;
    }
    pieces
}

fn answers(model: &Model) -> Answers {
    let program = model.program();
    program.relation_ids().map(|id| (model.name(id).to_owned(), model.sorted(id).into_iter().collect())).collect()
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
