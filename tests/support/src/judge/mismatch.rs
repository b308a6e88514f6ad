//! A mismatch, as small as it gets, as a case to keep.

use super::{Complaint, Plan, Subject, Variation, check, run};
use crate::answers::Answers;
use crate::case::case;
use crate::metamorphic::given_rows;
use crate::opaque::Opaque;
use crate::reference::Limits;
use crate::sample::Sample;
use crate::shrink::shrink;

/// Where a subject is wrong, or the reference.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// The program's number; with the seed it gives the program.
    pub index: u64,
    /// Which program failed: the random one, or its change.
    pub what: String,
    /// How it was run.
    pub variation: Variation,
    /// What is wrong with the answer.
    pub complaint: String,
    /// The program, shrunk if that was asked for.
    pub sample: Sample,
    /// The case in Markdown, with the reference's answers.
    pub case: String,
}

impl Mismatch {
    pub(super) fn new(
        subject: &dyn Subject,
        plan: &Plan,
        index: u64,
        what: &str,
        sample: &Sample,
        variation: Variation,
        complaint: &Complaint,
    ) -> Self {
        let given = given_rows(&variation.given);
        let complain = |candidate: &Sample, variation: &Variation| {
            let expected = candidate.answers_with(&given, &Limits::default()).ok()?;
            check(subject, candidate, &expected, variation).err()
        };
        let class = complaint.class();
        let fails = |candidate: &Sample, variation: &Variation| {
            complain(candidate, variation).is_some_and(|complaint| complaint.class() == class)
        };
        // What also fails the plain way is easier to look at; else the fewest switches that it takes.
        let plain = Variation { given: variation.given.clone(), ..Variation::default() };
        let mut variation = if fails(sample, &plain) { plain } else { variation };
        while let Some(plainer) = variation.plainer().into_iter().find(|plainer| fails(sample, plainer)) {
            variation = plainer;
        }
        let small = if plan.shrink && fails(sample, &variation) {
            shrink(sample, &mut |candidate| fails(candidate, &variation))
        } else {
            sample.clone()
        };
        let complaint = complain(&small, &variation).unwrap_or_else(|| complaint.clone()).to_string();
        let expected = small.answers_with(&given, &Limits::default()).unwrap_or_default();
        let actual = run(subject, &small.text(), &variation).unwrap_or_else(|_| Answers::new());
        let actual = Opaque::of(&small).aligned(&expected, actual);
        let differing: Answers = expected
            .iter()
            .filter(|(name, rows)| actual.get(*name) != Some(*rows))
            .map(|(name, rows)| (name.clone(), rows.clone()))
            .collect();
        let title = format!("Seed {}, program {index}: {what}", plan.seed);
        let case = case(&title, &format!("{variation}: {complaint}"), &small, &variation.given_text(), &differing);
        Self { index, what: what.to_owned(), variation, complaint, sample: small, case }
    }
}
