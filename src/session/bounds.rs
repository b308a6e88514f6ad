//! Where files may lie that programs name: a program from elsewhere must not read or write whatever it likes.

use std::ffi::OsString;
use std::fmt;
use std::path::{Component, Path, PathBuf};

/// The directories in which files may lie that programs name, in `.include`, `.input` and `.output`.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// As they are on disk, without links.
    roots: Vec<PathBuf>,
}

/// A path that leads out of the [`Bounds`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside(String);

impl Outside {
    /// What to do about it.
    pub const HELP: &'static str = "programs read and write below their own directory, the current one, and those that \
         the command line names; `--allow-path DIR` adds another";
}

impl fmt::Display for Outside {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` leads out of the directories that the program may use", self.0)
    }
}

impl std::error::Error for Outside {}

impl Bounds {
    /// Everything below some directories. Those that do not exist count for nothing.
    #[must_use]
    pub fn new(roots: impl IntoIterator<Item = PathBuf>) -> Self {
        let here = |root: PathBuf| if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
        let mut roots: Vec<PathBuf> =
            roots.into_iter().filter_map(|root| std::fs::canonicalize(here(root)).ok()).collect();
        roots.sort();
        roots.dedup();
        Self { roots }
    }

    /// With another directory.
    #[must_use]
    pub fn and(mut self, root: impl Into<PathBuf>) -> Self {
        self.roots.extend(Self::new([root.into()]).roots);
        self
    }

    /// Whether a path lies in them, links followed. A file that does not exist yet lies where its directory does.
    ///
    /// # Errors
    /// It leads out.
    pub fn check(&self, path: &Path) -> Result<(), Outside> {
        let inside = |real: &Path| self.roots.iter().any(|root| real.starts_with(root));
        if resolve(path, MOST_LINKS).is_some_and(|real| inside(&real)) {
            Ok(())
        } else {
            Err(Outside(path.display().to_string()))
        }
    }
}

/// How many links may lead to links that lead nowhere yet.
const MOST_LINKS: usize = 32;

/// Where a path leads, links followed as far as there is something. Nothing where what is not there has a `..` behind it.
fn resolve(path: &Path, links: usize) -> Option<PathBuf> {
    let mut known = if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() };
    let mut rest: Vec<OsString> = Vec::new();
    let with = |known: PathBuf, rest: &[OsString]| rest.iter().rev().fold(known, |path, part| path.join(part));
    loop {
        if let Ok(real) = std::fs::canonicalize(&known) {
            return Some(with(real, &rest));
        }
        let parent = known.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Ok(link) = std::fs::read_link(&known) {
            // A link that leads nowhere yet is followed when the file is made.
            let target = resolve(&parent.join(link), links.checked_sub(1)?)?;
            return Some(with(target, &rest));
        }
        match known.components().next_back()? {
            Component::Normal(part) => rest.push(part.to_owned()),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
        known = parent.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_and_dots_are_followed_and_what_is_not_there_lies_where_its_directory_does() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let (tree, away) = (place.path().join("tree"), place.path().join("away"));
        std::fs::create_dir_all(tree.join("below")).unwrap();
        std::fs::create_dir_all(&away).unwrap();
        std::fs::write(tree.join("a.dl"), "").unwrap();
        std::fs::write(away.join("b.dl"), "").unwrap();
        symlink(&away, tree.join("out")).unwrap();
        symlink("below", tree.join("in")).unwrap();
        symlink("../away/new.csv", tree.join("nowhere")).unwrap();
        symlink("circle", tree.join("circle")).unwrap();
        let bounds = Bounds::new([tree.clone(), place.path().join("there is none")]);
        let may = |path: &str| bounds.check(&tree.join(path)).is_ok();
        for path in ["", "a.dl", "new.csv", "below/../a.dl", "in/new.csv", "new/deeper/x.csv", "./a.dl", "../tree/a.dl"]
        {
            assert!(may(path), "{path}");
        }
        for path in
            ["..", "../away/b.dl", "out/b.dl", "out/new.csv", "nowhere", "new/../../away/b.dl", "circle", "/etc/hosts"]
        {
            assert!(!may(path), "{path}");
        }
        assert!(bounds.and(&away).check(&tree.join("out/b.dl")).is_ok());
        assert!(Bounds::default().check(&tree).is_err());
    }
}
