//! The judge: runs random programs through an engine and through the reference, and through changes of which it is known
//! what they do, until something differs.

mod mismatch;
mod variation;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use crate::answers::{Answers, Failure, difference};
use crate::generate::{Generated, Settings, Shares, generate};
use crate::metamorphic;
use crate::opaque::Opaque;
use crate::random::Random;
use crate::reference::Limits;
use crate::sample::Sample;
use crate::walk;
pub use mismatch::Mismatch;
pub use variation::Variation;

/// What is judged.
pub trait Subject {
    /// The answers of a program, at least those of its `.output` relations. Facts from outside are in the variation.
    ///
    /// # Errors
    /// Why there are none. Every program that the judge makes has some.
    fn run(&self, text: &str, variation: &Variation) -> Result<Answers, Failure>;
}

/// What random programs do not tell anything about, and why.
pub const NOT_JUDGED: &[&str] = &[
    "which numbers autoinc() and ord(..) give: answers are compared up to a renaming of those numbers",
    "ord of records and branches, and `as` between texts or records and numbers: they show the engine's own ids",
    "recursive_iteration_cnt(): tests/constructs.rs compares it with rounds counted by hand",
    "--wrap, .pragma, .plan, .include, the preprocessor, parameters of .input and .output: their cases judge them",
    "subsumptions whose atoms hold patterns, or that ask for a third tuple of their relation: their cases judge them",
    "an equivalence in one cycle with a choice or a limit of size",
    "programs that fail: which error is told is judged by cases, and by the edges of the functors",
];

/// How much is judged.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many programs.
    pub programs: u64,
    /// What they follow from.
    pub seed: u64,
    /// The number of the first one: a program follows from seed and number alone.
    pub first: u64,
    /// Metamorphic relations tried on each.
    pub relations: usize,
    /// Random variations that each is run under, beside the plain one.
    pub variations: usize,
    /// Whether mismatches are made small.
    pub shrink: bool,
    /// After how many mismatches to stop.
    pub mismatches: usize,
    /// What programs are made of.
    pub settings: Settings,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            programs: 1_000,
            seed: 1,
            first: 0,
            relations: 3,
            variations: 1,
            shrink: true,
            mismatches: 1,
            settings: Settings::default(),
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// What the programs were like.
    pub shares: Shares,
    /// How often the subject ran.
    pub runs: usize,
    /// Rows that the subject and the reference agree on.
    pub rows: usize,
    /// How often each metamorphic relation held.
    pub relations: BTreeMap<&'static str, usize>,
    /// What differed.
    pub mismatches: Vec<Mismatch>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.shares)?;
        writeln!(formatter, "{} runs, {} rows agree", self.runs, self.rows)?;
        for (name, count) in &self.relations {
            writeln!(formatter, "{count:>8}  {name}")?;
        }
        for what in NOT_JUDGED {
            writeln!(formatter, "not judged: {what}")?;
        }
        writeln!(formatter, "{} mismatches", self.mismatches.len())
    }
}

/// Judges a subject; `progress` is called after each program.
pub fn judge(subject: &dyn Subject, plan: &Plan, progress: &mut dyn FnMut(u64, &Verdict)) -> Verdict {
    let mut verdict = Verdict::default();
    for index in plan.first..plan.first + plan.programs {
        let random = Random::of_program(plan.seed, index);
        let generated = generate(random.clone(), &plan.settings);
        verdict.shares.add(&generated.shares);
        let mut trial = Trial { subject, plan, index, random: random.fork(), verdict: &mut verdict };
        if let Some(found) = trial.program(&generated) {
            verdict.mismatches.push(found);
            if verdict.mismatches.len() >= plan.mismatches {
                break;
            }
        }
        progress(index, &verdict);
    }
    verdict
}

/// One program before the judge.
struct Trial<'a> {
    subject: &'a dyn Subject,
    plan: &'a Plan,
    index: u64,
    random: Random,
    verdict: &'a mut Verdict,
}

impl Trial<'_> {
    fn program(&mut self, generated: &Generated) -> Option<Mismatch> {
        let Generated { sample, answers, .. } = generated;
        for round in 0..=self.plan.variations {
            let variation = if round == 0 { Variation::default() } else { Variation::random(&mut self.random) };
            self.verdict.runs += 1;
            if let Err(complaint) = check(self.subject, sample, answers, &variation) {
                return Some(self.mismatch("the program", sample, variation, &complaint));
            }
            self.verdict.rows += asked(sample, answers).values().map(std::collections::BTreeSet::len).sum::<usize>();
        }
        for _ in 0..self.plan.relations {
            let found = self.relation(sample, answers);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// A random change of the program, under a random variation.
    fn relation(&mut self, sample: &Sample, answers: &Answers) -> Option<Mismatch> {
        let relation = *self.random.pick(metamorphic::ALL)?;
        let variant = relation.variant(sample, answers, &mut self.random)?;
        let variation = Variation { given: variant.given.clone(), ..Variation::random(&mut self.random) };
        self.verdict.runs += 1;
        let complaint = match run(self.subject, &variant.sample.text(), &variation) {
            Err(failure) => Complaint::Failure(failure),
            Ok(after) => match variant.broken(&asked(sample, answers), after) {
                Some(broken) => Complaint::Difference(broken),
                None => {
                    *self.verdict.relations.entry(relation.name).or_default() += 1;
                    return None;
                }
            },
        };
        // What the reference says of the variant tells whether the subject or the relation is at fault.
        let what = match variant.sample.answers_with(&variant.given_rows(), &Limits::default()) {
            // A changed program may need more than the reference allows itself; then nothing is known.
            Err(Failure::TooBig(_)) => return None,
            Err(failure) => format!("{} (of which the reference says: {failure})", relation.name),
            Ok(_) => relation.name.to_owned(),
        };
        Some(self.mismatch(&what, &variant.sample, variation, &complaint))
    }

    fn mismatch(&self, what: &str, sample: &Sample, variation: Variation, complaint: &Complaint) -> Mismatch {
        Mismatch::new(self.subject, self.plan, self.index, what, sample, variation, complaint)
    }
}

/// What is wrong with what a subject says.
#[derive(Clone, Debug)]
enum Complaint {
    Difference(crate::answers::Difference),
    Failure(Failure),
}

impl fmt::Display for Complaint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Difference(difference) => difference.fmt(formatter),
            Self::Failure(failure) => failure.fmt(formatter),
        }
    }
}

impl Complaint {
    /// What two complaints must share to be about the same thing.
    fn class(&self) -> String {
        match self {
            Self::Difference(_) => "difference".to_owned(),
            Self::Failure(failure) => failure.to_string().split_whitespace().take(6).collect::<Vec<_>>().join(" "),
        }
    }
}

/// Whether the subject agrees with what the reference says.
fn check(subject: &dyn Subject, sample: &Sample, expected: &Answers, variation: &Variation) -> Result<(), Complaint> {
    let actual = run(subject, &sample.text(), variation).map_err(Complaint::Failure)?;
    let wanted = expected.iter().filter(|(name, _)| actual.contains_key(*name));
    let mut wanted: Answers = wanted.map(|(name, rows)| (name.clone(), rows.clone())).collect();
    wanted.append(&mut asked(sample, expected));
    let actual = Opaque::of(sample).aligned(&wanted, actual);
    match difference(&wanted, &actual) {
        Some(difference) => Err(Complaint::Difference(difference)),
        None => Ok(()),
    }
}

fn run(subject: &dyn Subject, text: &str, variation: &Variation) -> Result<Answers, Failure> {
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| subject.run(text, variation)));
    caught.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Err(Failure::Crashed(text.unwrap_or("a panic").to_owned()))
    })
}

/// The answers of the relations that the program puts out; all of them where it puts out none.
fn asked(sample: &Sample, answers: &Answers) -> Answers {
    let outputs = walk::outputs(sample);
    answers
        .iter()
        .filter(|(name, _)| outputs.is_empty() || outputs.contains(name.as_str()))
        .map(|(name, rows)| (name.clone(), rows.clone()))
        .collect()
}
