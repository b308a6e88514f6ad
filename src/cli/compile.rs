//! `onus compile`: the rules as a program of crepe.

use clap::Args;

use super::context::Context;
use super::report::Output;
use crate::repl::{Error, Outcome};
use crate::responsibility::compile::{CORE, compile};

/// Turn rules into a program of crepe: Rust that derives the same tuples with other code
#[derive(Debug, Args)]
#[command(
    after_help = "Aggregates, functors, records and floats have no counterpart: relations that need them are left out.

Examples:
  onus compile -o twin.rs                      all that can be compiled
  onus compile relies gap                      these, with what they rest on
  onus compile --core                          ownership and reliance: what `onus audit` derives a second time"
)]
pub(super) struct Compile {
    /// The relations that it gives out; without one all that can be compiled
    #[arg(value_name = "RELATION")]
    relations: Vec<String>,
    /// The core of ownership and reliance
    #[arg(long, conflicts_with = "relations")]
    core: bool,
    #[command(flatten)]
    output: Output,
}

impl Compile {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let named: Vec<&str> = match self.core {
            true => CORE.to_vec(),
            false => self.relations.iter().map(String::as_str).collect(),
        };
        let compiled = compile(model.program(), model.values(), &named).map_err(|found| session.failure(found))?;
        self.output.write(context, |out| out.write_all(compiled.text.as_bytes()))?;
        for (name, why) in &compiled.left_out {
            context.io.remark(&format!("left out: {name}: {why}"))?;
        }
        Ok(Outcome::Done)
    }
}
