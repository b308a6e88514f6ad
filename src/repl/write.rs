//! Files written whole or not at all: beside their target, synced, then renamed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// What the names of files begin with that are not in their place yet. Whoever is killed while writing leaves one, until
/// [`clear_left`].
const ASIDE: &str = ".onus-";

/// Writes a file through `fill`: beside the target, synced, renamed. The target is as before where anything fails.
///
/// # Errors
/// As files do, and as `fill`.
pub fn atomically(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    Staged::new(path, fill)?.commit()
}

/// What writing asks of the disk. There is one, and those of the tests, whose steps fail.
trait Disk {
    fn write(&mut self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    fn sync(&mut self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&mut self, file: NamedTempFile, path: &Path) -> io::Result<()> {
        file.persist(path).map(drop).map_err(|error| error.error)
    }
}

/// The disk.
struct Real;

impl Disk for Real {}

/// A file that is written through a disk.
struct Through<'a> {
    disk: &'a mut dyn Disk,
    file: &'a mut File,
}

impl Write for Through<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.write(self.file, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A whole file beside its target. It goes unless it is put in place.
#[derive(Debug)]
pub struct Staged {
    whole: Whole,
    path: PathBuf,
}

#[derive(Debug)]
enum Whole {
    /// Beside the file whose place it takes: the target, or what a link stands for.
    Beside(NamedTempFile, PathBuf),
    /// For a device or a pipe, in whose place nothing is put.
    Into(Vec<u8>),
}

impl Staged {
    /// Writes a file through `fill`, and syncs it. The target is as before.
    ///
    /// # Errors
    /// As files do, and as `fill`.
    pub fn new(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Self> {
        Self::on(&mut Real, path, fill)
    }

    fn on(disk: &mut dyn Disk, path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Self> {
        let there = std::fs::metadata(path).ok();
        if there.as_ref().is_some_and(std::fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            let mut bytes = Vec::new();
            fill(&mut bytes)?;
            return Ok(Self { whole: Whole::Into(bytes), path: path.to_owned() });
        }
        // A link stays a link: what it stands for is written anew.
        let target = match there {
            Some(_) => std::fs::canonicalize(path)?,
            None => followed(path),
        };
        let directory = directory_of(&target);
        let mut builder = tempfile::Builder::new();
        builder.prefix(ASIDE);
        #[cfg(unix)]
        {
            // As any new file: what the user's mask leaves of it.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut file = begun(&builder, directory)?;
        if let Some(there) = there {
            // Whoever could not read the old file cannot read the new one.
            file.as_file().set_permissions(there.permissions())?;
        }
        let mut out = BufWriter::new(Through { disk, file: file.as_file_mut() });
        fill(&mut out)?;
        out.flush()?;
        drop(out);
        disk.sync(file.as_file())?;
        Ok(Self { whole: Whole::Beside(file, target), path: path.to_owned() })
    }

    /// The target.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file in the place of its target.
    ///
    /// # Errors
    /// As renaming does; the target is as before then. As writing to a device or a pipe does, which may have got a part.
    pub fn commit(self) -> io::Result<()> {
        self.commit_on(&mut Real)
    }

    fn commit_on(self, disk: &mut dyn Disk) -> io::Result<()> {
        match self.whole {
            Whole::Into(bytes) => {
                let mut file = File::options().write(true).open(&self.path)?;
                Through { disk, file: &mut file }.write_all(&bytes)
            }
            Whole::Beside(file, target) => {
                disk.rename(file, &target)?;
                // So that the new name outlives a power cut. Where directories cannot be synced the file is in place all the same.
                let _ = File::open(directory_of(&target)).and_then(|directory| directory.sync_all());
                Ok(())
            }
        }
    }
}

/// A new file aside. Whoever writes holds its lock, so that nobody takes it for one that was left.
fn begun(builder: &tempfile::Builder<'_, '_>, directory: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = builder.tempfile_in(directory)?;
        // Someone may have cleared it away before it was locked. Where there are no locks nobody clears anything away.
        if file.as_file().lock().is_err() || file.path().exists() {
            return Ok(file);
        }
    }
}

/// Clears away what was left aside in a directory by those who were killed while they wrote. What cannot be cleared away
/// stays.
pub fn clear_left(directory: &Path) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let left = entry.file_name().to_string_lossy().starts_with(ASIDE);
        if !left || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        // The lock ends with the program that held it.
        if let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// The directory of a file.
pub fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Where a link leads that leads nowhere yet; any other path as it is.
fn followed(path: &Path) -> PathBuf {
    let mut target = path.to_owned();
    for _ in 0..32 {
        let Ok(link) = std::fs::read_link(&target) else { break };
        target = target.parent().unwrap_or(Path::new("")).join(link);
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk whose steps are counted, and one of them fails. It takes a few bytes at a time.
    struct Faulty {
        steps: usize,
        fails: usize,
        error: io::ErrorKind,
    }

    impl Faulty {
        fn step(&mut self) -> io::Result<()> {
            self.steps += 1;
            if self.steps == self.fails { Err(self.error.into()) } else { Ok(()) }
        }
    }

    impl Disk for Faulty {
        fn write(&mut self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
            self.step()?;
            // A short write is no error: the rest is asked for again.
            file.write(&bytes[..bytes.len().min(61)])
        }

        fn sync(&mut self, file: &File) -> io::Result<()> {
            self.step()?;
            file.sync_all()
        }

        fn rename(&mut self, file: NamedTempFile, path: &Path) -> io::Result<()> {
            self.step()?;
            file.persist(path).map(drop).map_err(|error| error.error)
        }
    }

    /// Writes through a disk that fails at a step. Gives what came of it and how many steps there were.
    fn attempt(path: &Path, text: &str, fails: usize, error: io::ErrorKind) -> (io::Result<()>, usize) {
        let mut disk = Faulty { steps: 0, fails, error };
        let fill = |out: &mut dyn Write| text.lines().try_for_each(|line| writeln!(out, "{line}"));
        let written = Staged::on(&mut disk, path, fill).and_then(|staged| staged.commit_on(&mut disk));
        (written, disk.steps)
    }

    #[test]
    fn whichever_step_fails_the_file_is_the_old_one_or_the_new_one() {
        let old = "what was there before\n".repeat(9);
        let new = "what is to be there, and is longer than the other\n".repeat(400);
        for before in [None, Some(&old)] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("a.txt");
            if let Some(text) = before {
                std::fs::write(&path, text).unwrap();
            }
            let mut fails = 1;
            loop {
                let kinds = [io::ErrorKind::StorageFull, io::ErrorKind::PermissionDenied, io::ErrorKind::WriteZero];
                let error = kinds[fails % kinds.len()];
                let (written, steps) = attempt(&path, &new, fails, error);
                if fails > steps {
                    written.unwrap();
                    break;
                }
                assert_eq!(written.unwrap_err().kind(), error);
                assert_eq!(std::fs::read_to_string(&path).ok().as_ref(), before, "step {fails}");
                let left = std::fs::read_dir(directory.path()).unwrap().count();
                assert_eq!(left, usize::from(before.is_some()), "step {fails}");
                fails += 1;
            }
            // Each write, the sync and the rename.
            assert!(fails > new.len() / 61, "{fails}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), new);
            assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        }
    }

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

    #[test]
    fn what_was_left_is_cleared_away_and_what_is_being_written_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.txt");
        let staged = Staged::new(&path, |out| out.write_all(b"whole")).unwrap();
        let left = directory.path().join(".onus-left");
        std::fs::write(&left, "ha").unwrap();
        std::fs::write(directory.path().join(".onusrc"), "").unwrap();
        std::fs::create_dir(directory.path().join(".onus-directory")).unwrap();
        clear_left(directory.path());
        assert!(!left.exists());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 3);
        staged.commit().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "whole");
        // Nor is there anything to be done where nothing can be read.
        clear_left(&directory.path().join("nowhere"));
    }

    #[test]
    fn many_who_write_and_clear_at_once_lose_nothing() {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let path = directory.path().join(format!("{writer}.txt"));
                scope.spawn(move || {
                    for time in 0..20 {
                        clear_left(directory_of(&path));
                        atomically(&path, |out| write!(out, "{time}")).unwrap();
                    }
                    assert_eq!(std::fs::read_to_string(&path).unwrap(), "19");
                });
            }
        });
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 4);
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_modes_stay() {
        use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (path, link) = (directory.path().join("a.txt"), directory.path().join("link"));
        std::fs::write(&path, "one").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        symlink("a.txt", &link).unwrap();
        atomically(&link, |out| out.write_all(b"two")).unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        atomically(Path::new("/dev/null"), |out| out.write_all(b"nothing")).unwrap();
        assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        let full = atomically(Path::new("/dev/full"), |out| out.write_all(b"too much"));
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
