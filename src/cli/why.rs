//! `onus why FACT`: the proof of a tuple.

use clap::Args;

use super::context::Context;
use crate::explain::{Limits, why};
use crate::repl::show;
use crate::repl::{Error, Outcome};

/// Explain a tuple: by which rules and facts it holds, and who says so
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus why 'relies("astronomer", "aws", "physical", at)'
  onus why 'owner("acme_redis", _, "redis_labs", _, _)'      the first of those that match"#)]
pub(super) struct Why {
    /// An atom such as 'gap("acme_redis", layer, kind)'; of several tuples that match, the first is explained
    #[arg(value_name = "FACT")]
    fact: String,
}

impl Why {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let pattern = session.matching(&self.fact)?;
        let tuples = pattern.tuples(&model);
        let Some(tuple) = tuples.first() else {
            writeln!(context.out, "{} does not hold", pattern.literal(&model))?;
            return Ok(Outcome::No);
        };
        let options = context.options();
        let proof = why(&model, tuple, Limits::default(), &options.eval).map_err(|stop| session.stopped(&stop))?;
        let Some(proof) = proof else { return Ok(Outcome::No) };
        let mut notes = Vec::new();
        if tuples.len() > 1 {
            notes.push(format!("1 of {} tuples that match {}", tuples.len(), pattern.literal(&model)));
        }
        show::proof(&model, &proof, &notes, context.out)?;
        Ok(Outcome::Done)
    }
}
