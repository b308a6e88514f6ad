//! `onus new DIR`: a project of one's own.

use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use super::report::{failed, usage, write_file};
use crate::diagnostic::{Diagnostic, code};
use crate::repl::{Error, Outcome};
use crate::responsibility::template::{self, NewFile};

/// Make a project of your own, with a scenario to change: it runs at once
#[derive(Debug, Args)]
#[command(after_help = "Example:
  onus new demo && cd demo && onus findings")]
pub(super) struct New {
    /// A directory that does not exist yet, or is empty
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

impl New {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let shown = self.directory.display();
        let used = self.directory.is_file()
            || std::fs::read_dir(&self.directory).is_ok_and(|mut entries| entries.next().is_some());
        if used {
            return Err(failed(usage(format!("`{shown}` is there already, and not empty"))));
        }
        let absolute = std::path::absolute(&self.directory).unwrap_or_else(|_| self.directory.clone());
        let name = absolute.file_name().and_then(|name| name.to_str()).unwrap_or("ours");
        let (files, name) = template::project(name);
        write_all(&self.directory, &files)?;
        let out = &mut context.io.out;
        writeln!(out, "{shown} is a project; its scenario is facts/scenario/{name}.toml")?;
        writeln!(out)?;
        writeln!(out, "  cd {shown}")?;
        let duties = format!("onus duties --of {name}");
        let next = [
            ("onus findings", "what to act on"),
            ("onus matrix", "who answers for what"),
            (duties.as_str(), "what is left to you"),
        ];
        for (command, what) in next {
            writeln!(out, "  {command:width$}   {what}", width = duties.len())?;
        }
        Ok(Outcome::Done)
    }
}

/// Writes files below a directory, and the directories that they lie in.
pub(super) fn write_all(root: &Path, files: &[NewFile]) -> Result<(), Error> {
    for file in files {
        let path = root.join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| {
                let message = format!("cannot make the directory `{}`: {error}", parent.display());
                failed(Diagnostic::new(code::FILE_WRITE, message))
            })?;
        }
        write_file(&path, |out| out.write_all(file.text.as_bytes()))?;
    }
    Ok(())
}
