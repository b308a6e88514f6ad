//! A project as it was at a revision: read through git itself, without touching the work tree.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::file::Content;
use super::project::Project;
use crate::diagnostic::{Diagnostic, code};
use crate::session::Failure;

/// The files of a project at a revision, in a directory of their own that goes when this goes.
#[derive(Debug)]
pub struct Revision {
    /// What was asked for: `HEAD~1`.
    pub name: String,
    directory: TempDir,
}

impl Revision {
    /// Reads what lies in `here` (and below) at a revision.
    ///
    /// # Errors
    /// There is no git, no repository, no such revision, or no project in it.
    pub fn read(here: &Path, name: &str) -> Result<Self, Failure> {
        Self::unpack(here, name).map_err(Failure::from)
    }

    /// The project as it was.
    ///
    /// # Errors
    /// The revision holds no project here, or its manifest is wrong.
    pub fn project(&self) -> Result<Project, Failure> {
        if !Project::is_project(self.directory.path()) {
            let message = format!("there is no project here at `{}`", self.name);
            let help = "a project has an `onus.toml`, or directories `rules` and `facts`";
            return Err(Diagnostic::new(code::PROJECT, message).help(help).into());
        }
        Project::open(self.directory.path())
    }

    fn unpack(here: &Path, name: &str) -> Result<Self, Diagnostic> {
        let commit = commit(here, name)?;
        let directory = TempDir::new().map_err(|error| {
            Diagnostic::new(code::FILE_WRITE, format!("cannot make a directory for `{name}`: {error}"))
        })?;
        let wrong = |error: std::io::Error| {
            Diagnostic::new(code::FILE_READ, format!("cannot read `{name}` through git: {error}"))
        };
        let blobs = blobs(here, &commit)?;
        let mut child = git(here)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(wrong)?;
        let (Some(mut ask), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(wrong(std::io::ErrorKind::BrokenPipe.into()));
        };
        let mut answers = BufReader::new(answers);
        for (object, path) in blobs {
            // One question, one answer: neither side waits for the other's pipe to drain.
            writeln!(ask, "{object}").and_then(|()| ask.flush()).map_err(wrong)?;
            let bytes = answer(&mut answers).map_err(wrong)?;
            let target = directory.path().join(&path);
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent).map_err(wrong)?;
            }
            std::fs::write(&target, bytes).map_err(wrong)?;
        }
        drop(ask);
        child.wait().map_err(wrong)?;
        Ok(Self { name: name.to_owned(), directory })
    }
}

/// One answer of `git cat-file --batch`: `object blob size`, the bytes, a line break.
fn answer(answers: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut head = String::new();
    answers.read_line(&mut head)?;
    let size = head.split_whitespace().nth(2).and_then(|size| size.parse::<u64>().ok());
    let size = size.ok_or_else(|| std::io::Error::other(format!("unexpected answer `{}`", head.trim_end())))?;
    let mut bytes = Vec::new();
    answers.by_ref().take(size).read_to_end(&mut bytes)?;
    let mut end = [0];
    answers.read_exact(&mut end)?;
    Ok(bytes)
}

fn git(here: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(here);
    git
}

/// The commit of a revision.
fn commit(here: &Path, name: &str) -> Result<String, Diagnostic> {
    let unknown = |reason: &str| {
        let message = format!("`{name}` is neither a project's directory nor a revision");
        let found = Diagnostic::new(code::PROJECT, message).help("name two directories, or revisions such as `HEAD~1`");
        if reason.is_empty() { found } else { found.note(format!("git: {reason}")) }
    };
    let asked = format!("{name}^{{commit}}");
    let words = ["rev-parse", "--verify", "--quiet", "--end-of-options", asked.as_str()];
    let output = git(here).args(words).stdin(Stdio::null()).output().map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no `git` to ask".to_owned(),
            _ => error.to_string(),
        };
        unknown(&reason)
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(unknown(said.lines().next().unwrap_or_default()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The files below `here` that a project can be made of, with their objects.
fn blobs(here: &Path, commit: &str) -> Result<Vec<(String, PathBuf)>, Diagnostic> {
    let wrong =
        |reason: String| Diagnostic::new(code::PROJECT, format!("cannot list the files of `{commit}`: {reason}"));
    let words = ["ls-tree", "-r", "-z", commit];
    let output = git(here).args(words).stdin(Stdio::null()).output().map_err(|error| wrong(error.to_string()))?;
    if !output.status.success() {
        return Err(wrong(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let mut blobs = Vec::new();
    for entry in output.stdout.split(|&byte| byte == 0) {
        // mode SP type SP object TAB path
        let Ok(entry) = std::str::from_utf8(entry) else { continue };
        let Some((about, path)) = entry.split_once('\t') else { continue };
        let about: Vec<&str> = about.split(' ').collect();
        let &[mode, "blob", object] = about.as_slice() else { continue };
        let path = Path::new(path);
        let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
        let wanted = path.to_str().is_some_and(|name| Content::of(name).is_some());
        if mode != "120000" && inside && wanted {
            blobs.push((object.to_owned(), path.to_owned()));
        }
    }
    Ok(blobs)
}
