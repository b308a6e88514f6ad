//! Files written whole or not at all: beside their target, then renamed.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Writes a file through `fill`: beside the target, synced, renamed. The target is as before where anything fails.
///
/// # Errors
/// As files do, and as `fill`.
pub fn atomically(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    Staged::new(path, fill)?.commit()
}

/// A whole file beside its target. It goes unless it is put in place.
#[derive(Debug)]
pub struct Staged {
    file: NamedTempFile,
    path: PathBuf,
}

impl Staged {
    /// Writes a file through `fill`, and syncs it. The target is as before.
    ///
    /// # Errors
    /// As files do, and as `fill`.
    pub fn new(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Self> {
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".onus-");
        #[cfg(unix)]
        {
            // As any new file: what the user's mask leaves of it.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(directory)?;
        let mut out = BufWriter::new(file.as_file_mut());
        fill(&mut out)?;
        out.flush()?;
        drop(out);
        file.as_file().sync_all()?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// The target.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file in the place of its target.
    ///
    /// # Errors
    /// As renaming does; the target is as before then.
    pub fn commit(self) -> io::Result<()> {
        self.file.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_finished_is_as_before() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.txt");
        atomically(&path, |out| out.write_all(b"one")).unwrap();
        let failed = atomically(&path, |out| {
            out.write_all(b"two")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        assert!(atomically(directory.path(), |_| Ok(())).is_err());
    }
}
