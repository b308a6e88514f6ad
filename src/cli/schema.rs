//! `onus schema [RELATION]`: the relations of the project.

use clap::Args;

use super::context::Context;
use crate::repl::command::look;
use crate::repl::{Error, Outcome};

/// List the relations, or describe one: its columns, what a row says, which rules give it
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  onus schema\n  onus schema relies\n  onus schema --format json")]
pub(super) struct Schema {
    /// The relation to describe
    #[arg(value_name = "RELATION")]
    relation: Option<String>,
}

impl Schema {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let model = session.evaluate()?;
        look::schema(&model, self.relation.as_deref(), context.format()?, &mut context.io)
    }
}
