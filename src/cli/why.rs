//! `onus why FACT`: the proof of a tuple.

use clap::Args;

use super::context::Context;
use crate::repl::{Error, Outcome, unknown_constants};
use crate::report::escape::escape;
use crate::report::proof::render;
use crate::responsibility::cite::Citations;

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
            writeln!(context.io.out, "{} does not hold", escape(&pattern.literal(&model)))?;
            for remark in unknown_constants(&model, &self.fact) {
                context.io.remark(&remark)?;
            }
            return Ok(Outcome::No);
        };
        let Some(proof) = session.why(tuple)? else { return Ok(Outcome::No) };
        let view = render(&model, &proof, &context.io.view.proof(), &Citations);
        write!(context.io.out, "{}", view.text)?;
        if tuples.len() > 1 {
            let text = format!("1 of {} tuples that match {}", tuples.len(), escape(&pattern.literal(&model)));
            writeln!(context.io.out, " {}", context.io.view.dim(&text))?;
        }
        Ok(Outcome::Done)
    }
}
