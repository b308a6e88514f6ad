//! `onus why FACT`: the proof of a tuple.

use clap::Args;

use super::context::Context;
use super::report::{Form, Output};
use crate::repl::{Error, Outcome, unknown_constants};
use crate::report::escape::escape;
use crate::report::proof::{json, render};
use crate::report::rows::RowFormat;
use crate::responsibility::cite::Citations;

/// Explain a tuple: by which rules and facts it holds, and who says so
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus why 'relies("astronomer", "aws", "physical", at)'
  onus why 'owner("acme_redis", _, "redis_labs", _, _)'      the first of those that match
  onus why 'gap("acme_redis", layer, kind)' -o proof.json     to keep, and to check again: onus check-proof proof.json"#)]
pub(super) struct Why {
    /// An atom such as 'gap("acme_redis", layer, kind)'; of several tuples that match, the first is explained
    #[arg(value_name = "FACT")]
    fact: String,
    #[command(flatten)]
    output: Output,
}

impl Why {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let people = Form::Rows(RowFormat::Table);
        let form = self.output.form(context, &[people, Form::Rows(RowFormat::Json)])?;
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let pattern = session.matching(&self.fact)?;
        let tuples = pattern.tuples(&model);
        let Some(tuple) = tuples.first() else {
            let answer = format!("{} does not hold", escape(&pattern.literal(&model)));
            if form == people {
                writeln!(context.io.out, "{answer}")?;
            } else {
                context.io.remark(&answer)?;
            }
            for remark in unknown_constants(&model, &self.fact) {
                context.io.remark(&remark)?;
            }
            return Ok(Outcome::No);
        };
        let Some(proof) = session.why(tuple)? else { return Ok(Outcome::No) };
        let of = (tuples.len() > 1)
            .then(|| format!("1 of {} tuples that match {}", tuples.len(), escape(&pattern.literal(&model))));
        if form != people {
            let document = json::json(&model, &proof, &Citations);
            self.output.write(context, |out| out.write_all(document.as_bytes()))?;
            return match of {
                Some(of) => Ok(context.io.remark(&of).map(|()| Outcome::Done)?),
                None => Ok(Outcome::Done),
            };
        }
        let view = render(&model, &proof, &context.io.view.proof(), &Citations);
        let of = of.map(|of| format!(" {}\n", context.io.view.dim(&of))).unwrap_or_default();
        self.output.write(context, |out| write!(out, "{}{of}", view.text))?;
        Ok(Outcome::Done)
    }
}
