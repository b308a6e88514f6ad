//! `onus man [DIR]`: manual pages.

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};

use super::arguments::Arguments;
use super::context::Context;
use super::report::write_file;
use crate::repl::{Error, Outcome};

/// Print the manual page, or write the pages of all commands into a directory
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  onus man | man -l -\n  onus man ~/.local/share/man/man1")]
pub(super) struct Man {
    /// Where `onus.1`, `onus-query.1` and so on are written; it must exist
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut command = Arguments::command();
        command.build();
        match &self.directory {
            None => {
                clap_mangen::Man::new(command).render(&mut context.io.out)?;
            }
            Some(directory) => {
                page(directory, "onus", &command)?;
                for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
                    page(directory, &format!("onus-{}", inner.get_name()), inner)?;
                }
            }
        }
        Ok(Outcome::Done)
    }
}

fn page(directory: &Path, name: &str, command: &clap::Command) -> Result<(), Error> {
    let page = clap_mangen::Man::new(command.clone());
    write_file(&directory.join(format!("{name}.1")), |out| page.render(&mut { out }))
}
