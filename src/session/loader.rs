//! The only way from a session to files and time. Everything below takes what is read here.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::eval::Clock;

/// Reads files for a session.
pub trait Loader: std::fmt::Debug {
    /// The bytes of a file.
    ///
    /// # Errors
    /// As reading files does.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// How many bytes a file may hold where no limit is set.
pub const MOST_BYTES: usize = 16 << 30;

/// Why a file is not read: it holds more bytes than it may, or never ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge(pub usize);

impl fmt::Display for TooLarge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "it holds more than {} bytes", self.0)
    }
}

impl std::error::Error for TooLarge {}

/// Reads a file of at most so many bytes.
///
/// # Errors
/// As reading files does; [`TooLarge`] inside the error where there are more.
pub fn read_at_most(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, TooLarge(most));
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    let mut file = std::fs::File::open(path)?;
    let length = file.metadata()?.len();
    if length > limit {
        return Err(too_large());
    }
    // A device may say that it holds nothing, and never end.
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.by_ref().take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > most { Err(too_large()) } else { Ok(bytes) }
}

/// Reads the disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskLoader;

impl Loader for DiskLoader {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        read_at_most(path, MOST_BYTES)
    }
}

/// Reads files that lie in memory: for tests, and for programs that are not on disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryLoader {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemoryLoader {
    /// Adds a file.
    pub fn add(&mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }
}

impl Loader for MemoryLoader {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.get(path).cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

/// The time since it was made.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
