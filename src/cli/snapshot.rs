//! `onus snapshot`: the answers under review, as text.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;

use super::context::Context;
use super::diff::save;
use crate::diagnostic::{Diagnostic, code};
use crate::repl::{Error, Outcome, clear_left};
use crate::responsibility::Project;
use crate::responsibility::snapshot::{DIRECTORY, MANIFEST, Snapshot, manifest};
use crate::session::Failure;

/// Write the watched relations and the answers to the project's questions under snapshots/, to be reviewed
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus snapshot && git add snapshots
  onus check                           compares, and says which change caused what"#)]
pub(super) struct Write {}

impl Write {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let project = context.project()?;
        let root = root(&project)?;
        let snapshot = Snapshot::take(&project, &context.flags.selection(), &context.options())?;
        let written = write(&root, &snapshot.files)?;
        let answers = snapshot.files.keys().filter(|name| !name.starts_with("basis/")).count();
        writeln!(context.io.out, "{answers} answers in {DIRECTORY}/, {written} files written")?;
        Ok(Outcome::Done)
    }
}

/// The directory of a project, which one that is built in does not have.
pub(super) fn root(project: &Project) -> Result<std::path::PathBuf, Failure> {
    project.directory().map(Path::to_owned).ok_or_else(|| {
        Diagnostic::new(code::PROJECT, "snapshots lie in a project, and there is none here")
            .help("a project has an `onus.toml`, or directories `rules` and `facts`")
            .into()
    })
}

/// Writes the files of a snapshot, then its manifest, and takes away what is no part of it. Gives how many files were
/// not the same before.
pub(super) fn write(root: &Path, files: &BTreeMap<String, String>) -> Result<usize, Error> {
    let root = root.join(DIRECTORY);
    let failed = |path: &Path, error: &std::io::Error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        Error::from(Failure::from(Diagnostic::new(code::FILE_WRITE, message)))
    };
    for directory in ["", "basis", "queries", "relations"] {
        let path = root.join(directory);
        std::fs::create_dir_all(&path).map_err(|error| failed(&path, &error))?;
        clear_left(&path);
        for entry in std::fs::read_dir(&path).map_err(|error| failed(&path, &error))?.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let ours = !name.starts_with('.') && !directory.is_empty();
            if ours && !files.contains_key(&format!("{directory}/{name}")) && entry.path().is_file() {
                std::fs::remove_file(entry.path()).map_err(|error| failed(&entry.path(), &error))?;
            }
        }
    }
    let mut written = 0;
    let manifest = (MANIFEST.to_owned(), manifest(files));
    // The manifest comes last: until it is there, whatever was torn shows.
    for (name, text) in files.iter().map(|(name, text)| (name.clone(), text.clone())).chain([manifest]) {
        let path = root.join(name);
        if std::fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        save(&path, &text)?;
        written += 1;
    }
    Ok(written)
}
