//! `onus completions SHELL`: completion scripts.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::arguments::Arguments;
use super::context::Context;
use crate::repl::{Error, Outcome};

/// Print a script that completes commands and flags in a shell
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  onus completions bash > ~/.local/share/bash-completion/completions/onus")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "onus", &mut script);
        context.io.out.write_all(&script)?;
        Ok(Outcome::Done)
    }
}
