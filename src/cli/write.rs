//! Files that are written whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::diagnostic::{Diagnostic, code};
use crate::repl::Error;
use crate::session::Failure;

/// Writes a file beside its target and then renames it: a reader sees the old text or the new, never half of it.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let wrong = |error: std::io::Error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        Error::from(Failure {
            diagnostics: vec![Diagnostic::new(code::FILE_WRITE, message)],
            sources: Default::default(),
        })
    };
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(wrong)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(wrong)?;
    file.persist(path).map_err(|error| wrong(error.error))?;
    Ok(())
}
