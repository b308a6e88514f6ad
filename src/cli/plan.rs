//! `onus plan PROGRAM`: how its rules are carried out.

use clap::Args;

use super::context::Context;
use super::program::Program;
use crate::repl::command::look;
use crate::repl::{Error, Outcome};

/// Show how the rules of a program are carried out, each plan below its rule
#[derive(Debug, Args)]
#[command(after_help = "The program is evaluated first: the order of joins follows from the sizes of its relations.

Examples:
  onus plan my.dl
  onus plan my.dl --relation path")]
pub(super) struct Plan {
    #[command(flatten)]
    program: Program,
    /// Only the rules of this relation
    #[arg(long, value_name = "NAME")]
    relation: Option<String>,
}

impl Plan {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = self.program.session(context)?;
        session.options_mut().only_needed = true;
        let model = session.evaluate()?;
        let wanted = self.relation.as_deref().map(|name| look::relation(&model, name)).transpose()?;
        look::plan(&model, wanted, context.io.out)?;
        Ok(Outcome::Done)
    }
}
