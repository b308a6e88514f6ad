//! Files that rules and facts are read from: on disk, or built in.

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::embedded::Builtin;
use crate::diagnostic::{Diagnostic, code};
use crate::session::{FactFormat, Failure, MOST_BYTES, TooLarge, read_at_most};

/// How many bytes a text may hold: places in it are numbers of 32 bits. Facts by the gigabyte belong into fact files.
const MOST_TEXT: usize = 1 << 30;

/// A file of a project, or one that the user named.
#[derive(Clone, Debug)]
pub struct File {
    /// As places show it: relative to the project, or as the user gave it.
    pub name: String,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Disk(PathBuf),
    Builtin(&'static str),
}

/// What a file holds, by its ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// `.dl`: declarations, rules, facts.
    Clauses,
    /// `.toml`: statements, vocabulary, scenarios.
    Statements,
    /// `.facts`, `.csv`, `.tsv`, `.json`, or one of them with `.gz` behind it: the rows of the relation that the file is
    /// named after.
    Rows(FactFormat),
}

impl Content {
    /// The endings that are known, for messages.
    pub const ENDINGS: &'static str = ".toml, .dl, .facts, .csv, .tsv or .json (the last four also with .gz)";

    /// What a file of this name holds; nothing where its ending is not known.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match Path::new(name).extension()?.to_str()? {
            "dl" => Some(Self::Clauses),
            "toml" => Some(Self::Statements),
            _ => FactFormat::of(Path::new(name)).map(Self::Rows),
        }
    }
}

impl From<&Builtin> for File {
    fn from(builtin: &Builtin) -> Self {
        Self { name: builtin.name.to_owned(), place: Place::Builtin(builtin.text) }
    }
}

impl File {
    /// A file on disk, known by a name.
    #[must_use]
    pub fn on_disk(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), place: Place::Disk(path.into()) }
    }

    /// The files of an ending that are named, or lie at any depth in directories that are.
    ///
    /// # Errors
    /// A directory cannot be read.
    pub fn below(paths: &[PathBuf], ending: &str) -> Result<Vec<Self>, Failure> {
        let mut files = Vec::new();
        for path in paths {
            gather(&path.to_string_lossy(), path, ending, &mut files)?;
        }
        Ok(files)
    }

    /// Where it lies, if it is not built in.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Disk(path) => Some(path),
            Place::Builtin(_) => None,
        }
    }

    /// What it holds.
    #[must_use]
    pub fn content(&self) -> Option<Content> {
        Content::of(&self.name)
    }

    /// Its name without directory and `builtin:`.
    #[must_use]
    pub fn base(&self) -> &str {
        let name = self.name.strip_prefix("builtin:").unwrap_or(&self.name);
        Path::new(name).file_name().and_then(|base| base.to_str()).unwrap_or(name)
    }

    /// Its name without directory, ending and `builtin:`; of `a.csv.gz` that is `a`.
    #[must_use]
    pub fn stem(&self) -> &str {
        let name = self.name.strip_prefix("builtin:").unwrap_or(&self.name);
        let name = name.strip_suffix(".gz").unwrap_or(name);
        Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name)
    }

    /// What lies in it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn bytes(&self) -> Result<Cow<'static, [u8]>, Failure> {
        match &self.place {
            Place::Builtin(text) => Ok(Cow::Borrowed(text.as_bytes())),
            Place::Disk(path) => self.read(path, MOST_BYTES).map(Cow::Owned),
        }
    }

    /// Its text.
    ///
    /// # Errors
    /// It cannot be read, or is not UTF-8.
    pub fn text(&self) -> Result<Cow<'static, str>, Failure> {
        match &self.place {
            Place::Builtin(text) => Ok(Cow::Borrowed(text)),
            Place::Disk(path) => decode(&self.name, self.read(path, MOST_TEXT)?).map(Cow::Owned),
        }
    }

    fn read(&self, path: &Path, most: usize) -> Result<Vec<u8>, Failure> {
        read_at_most(path, most).map_err(|error| unreadable(&self.name, &error))
    }
}

/// The text on standard input.
///
/// # Errors
/// It cannot be read, is not UTF-8, or is larger than a text may be.
pub fn stdin_text() -> Result<String, Failure> {
    let bytes = read_stdin(MOST_TEXT).map_err(|error| unreadable("<stdin>", &error))?;
    decode("<stdin>", bytes)
}

/// Reads standard input whole, if it is not more than so many bytes.
pub(super) fn read_stdin(most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, TooLarge(most)));
    }
    Ok(bytes)
}

/// The files of an ending in a directory, at any depth, by name; a file itself whatever its ending. What is hidden is
/// left out, and so are links to directories, which may lead round.
pub(super) fn gather(name: &str, path: &Path, ending: &str, files: &mut Vec<File>) -> Result<(), Failure> {
    if !path.is_dir() {
        files.push(File::on_disk(name, path));
        return Ok(());
    }
    let wrong = |error: io::Error| unreadable(name, &error);
    let mut entries: Vec<_> = std::fs::read_dir(path).map_err(wrong)?.collect::<Result<_, _>>().map_err(wrong)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let Ok(base) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_err(wrong)?;
        let is_wanted = Path::new(&base).extension().is_some_and(|found| found == ending);
        if !base.starts_with('.') && (kind.is_dir() || is_wanted && entry.path().is_file()) {
            gather(&Path::new(name).join(&base).to_string_lossy(), &entry.path(), ending, files)?;
        }
    }
    Ok(())
}

/// The files of a directory by name, hidden ones left out.
///
/// # Errors
/// The directory cannot be read.
pub(super) fn directory(name: &str, path: &Path) -> Result<Vec<File>, Failure> {
    let wrong = |error: io::Error| unreadable(name, &error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let Ok(file) = entry.file_name().into_string() else { continue };
        if !file.starts_with('.') && entry.path().is_file() {
            files.push(File::on_disk(Path::new(name).join(&file).to_string_lossy(), entry.path()));
        }
    }
    files.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(files)
}

/// A file or directory that cannot be read.
pub(super) fn unreadable(name: &str, error: &io::Error) -> Failure {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    Diagnostic::new(code::FILE_READ, format!("cannot read `{name}`: {reason}")).into()
}

const UTF_16: &str = "it looks like UTF-16; save it as UTF-8";

fn decode(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    // Plain text of two bytes a character is valid UTF-8, with a NUL beside each.
    if let [0, _, 0, _, ..] | [_, 0, _, 0, ..] = bytes.as_slice() {
        let found = Diagnostic::new(code::BAD_ENCODING, "the file is not UTF-8: every other byte is NUL");
        return Err(found.place(format!("{name}:1")).help(UTF_16).into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        let message = format!("the file is not UTF-8: byte {:#04x} at offset {at}", bytes.get(at).unwrap_or(&0));
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let found = Diagnostic::new(code::BAD_ENCODING, message).place(format!("{name}:{line}"));
        found.maybe_help(utf16.then(|| UTF_16.to_owned())).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_tells_what_a_file_holds() {
        assert_eq!(Content::of("facts/aws.toml"), Some(Content::Statements));
        assert_eq!(Content::of("a.b/owner.csv"), Some(Content::Rows(FactFormat::Csv)));
        assert_eq!((Content::of("README"), Content::of("x.txt")), (None, None));
        assert_eq!(Content::of("owner.csv.gz"), Some(Content::Rows(FactFormat::Csv)));
        assert_eq!((Content::of("a.gz"), Content::of("a.toml.gz"), Content::of("a.csv.gz.gz")), (None, None, None));
        assert_eq!(File::on_disk("facts/owner.tsv", "/x/facts/owner.tsv").stem(), "owner");
        assert_eq!(File::on_disk("facts/owner.facts.gz", "/x/facts/owner.facts.gz").stem(), "owner");
    }

    #[test]
    fn bytes_that_are_no_text_are_placed() {
        let wrong = decode("a.dl", b"a\nb\xff".to_vec()).unwrap_err().diagnostics.remove(0);
        assert_eq!((wrong.place.as_deref(), wrong.code.id), (Some("a.dl:2"), "E0107"));
        assert!(decode("a.dl", vec![0xff, 0xfe, b'a', 0]).unwrap_err().diagnostics[0].help.is_some());
    }
}
