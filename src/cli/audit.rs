//! `onus audit`: whether the answers can be relied on.

use clap::Args;

use super::context::Context;
use super::report::Output;
use crate::repl::{Error, Outcome};
use crate::report::grid::Grid;
use crate::responsibility::Answers;
use crate::responsibility::audit::{Audit as Report, Twin};

/// Check the answers themselves: the certificate of the whole model, ownership and reliance derived a second time by
/// compiled code, and every citation
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  onus audit\n  onus audit --scenario relay -o audit.md")]
pub(super) struct Audit {
    #[command(flatten)]
    output: Output,
}

impl Audit {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let certificate = session.certify()?;
        let report = Report::of(Answers::of(&model)?, &certificate, Twin::standard());
        let verdict = |part: &str, well: &str| {
            let count = report.complaints.iter().filter(|complaint| complaint.part() == part).count();
            if count == 0 { well.to_owned() } else { format!("{count} complaints") }
        };
        let mut lead = vec![
            format!(
                "certificate: {} rows against {} rule instances: {}",
                report.rows,
                report.instances,
                verdict("certificate", "each follows from the facts, and nothing is missing")
            ),
            format!(
                "twin: {} tuples of ownership and reliance derived a second time by compiled code: {}",
                report.compared,
                verdict("twin", "the same")
            ),
            format!(
                "citations: {} statements of {} documents, named by {} facts: {}",
                report.statements,
                report.documents,
                report.cited,
                verdict("citations", "every one has its section and lines")
            ),
        ];
        lead.extend(report.waived.iter().map(|waived| format!("not certified: {waived}")));
        let mut grid = Grid::new("complaint", ["part", "complaint"]);
        for complaint in &report.complaints {
            grid.push([complaint.part().to_owned(), complaint.sentence()]);
        }
        self.output.told(context, &lead, &grid, &[])?;
        Ok(Outcome::answered(report.holds()))
    }
}
