//! From a project and the flags of the command line to a session: rules first, then facts in clause form, then
//! statement files all together, then relation files.

use std::path::{Path, PathBuf};

use super::file::{Content, File, directory, read_stdin};
use super::project::Project;
use crate::diagnostic::{Diagnostic, code};
use crate::session::{Bounds, Failure, Loader, MOST_BYTES, Options, Session, read_at_most};
use crate::value::Value;

/// What the command line says about where rules and facts come from.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `--project`
    pub project: Option<PathBuf>,
    /// `--rules`: instead of the project's own.
    pub rules: Vec<PathBuf>,
    /// `--facts`: instead of the project's own, whose default scenario then does not count either.
    pub facts: Vec<PathBuf>,
    /// `--scenario`: a name, or a path.
    pub scenario: Option<String>,
    /// `--as-of`: a day as `YYYYMMDD`.
    pub as_of: Option<i64>,
    /// `--allow-path`: directories in which programs may name files, besides those that are theirs.
    pub allow: Vec<PathBuf>,
}

impl Selection {
    /// Where the files may lie that programs name: below the current directory, the project's, those of the files that
    /// were selected, those in which the options let look, and those that are allowed.
    fn bounds(&self, project: Option<&Path>, options: &Options) -> Bounds {
        let parent = |path: &PathBuf| path.parent().unwrap_or(Path::new("")).to_owned();
        let scenario = self.scenario.iter().map(|path| parent(&PathBuf::from(path)));
        let named = self.rules.iter().chain(&self.facts);
        let named = named.map(|path| if path.is_dir() { path.clone() } else { parent(path) });
        let looked = options.fact_directory.iter().chain(&options.include).map(PathBuf::from);
        let roots = [PathBuf::from(".")].into_iter().chain(project.map(Path::to_owned));
        Bounds::new(roots.chain(named).chain(scenario).chain(looked).chain(self.allow.iter().cloned()))
    }
}

/// Reads files that sources name: relative to the project, or to where the user is; `-` is standard input.
#[derive(Clone, Debug)]
struct Rooted {
    roots: Vec<PathBuf>,
    bounds: Bounds,
    /// How many bytes a file may hold.
    most: usize,
}

impl Loader for Rooted {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        if path.as_os_str() == "-" {
            return read_stdin(self.most);
        }
        let mut missing = None;
        for path in self.roots.iter().map(|root| root.join(path)) {
            if let Err(outside) = self.bounds.check(&path) {
                missing = Some(std::io::Error::new(std::io::ErrorKind::PermissionDenied, outside));
                continue;
            }
            match read_at_most(&path, self.most) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => missing = Some(error),
                other => return other,
            }
        }
        Err(missing.unwrap_or_else(|| std::io::ErrorKind::NotFound.into()))
    }
}

impl Project {
    /// Where files may lie that the programs of a selection name.
    #[must_use]
    pub fn bounds(&self, selection: &Selection, options: &Options) -> Bounds {
        selection.bounds(self.directory(), options)
    }

    /// A session with everything that was selected, not evaluated yet.
    ///
    /// # Errors
    /// A file cannot be read. What is wrong inside the files shows when the session evaluates.
    pub fn load(&self, selection: &Selection, options: Options) -> Result<Session, Failure> {
        let here = PathBuf::new();
        let mut roots = vec![here];
        if let Some(root) = self.directory() {
            // Rules that the user named lie where the user is; the project's own where the project is.
            let at = if selection.rules.is_empty() { 0 } else { 1 };
            roots.insert(at, root.to_owned());
        }
        let bounds = selection.bounds(self.directory(), &options);
        let most = options.eval.budget.bytes.unwrap_or(MOST_BYTES);
        let mut session = Session::new(Box::new(Rooted { roots, bounds, most }), options);
        self.load_into(selection, &mut session)?;
        Ok(session)
    }

    /// Adds everything that was selected to a session.
    ///
    /// # Errors
    /// A file cannot be read; the session may have got some of them then.
    pub fn load_into(&self, selection: &Selection, session: &mut Session) -> Result<(), Failure> {
        self.load_with(selection, session, &|file| file.text().map(std::borrow::Cow::into_owned))
    }

    /// The same with texts that the caller gives: an editor has newer ones than the disk.
    ///
    /// # Errors
    /// As [`Self::load_into`], and as `text`.
    pub fn load_with(
        &self,
        selection: &Selection,
        session: &mut Session,
        text: &dyn Fn(&File) -> Result<String, Failure>,
    ) -> Result<(), Failure> {
        for file in self.selected_rules(selection)? {
            session.add_program(&file.name, &text(&file)?);
        }
        let mut statements = Vec::new();
        let mut rows = Vec::new();
        for file in self.selected_facts(selection)? {
            match file.content() {
                Some(Content::Clauses) => {
                    session.add_program(&file.name, &text(&file)?);
                }
                Some(Content::Statements) => statements.push((file.name.clone(), text(&file)?)),
                Some(Content::Rows(format)) => rows.push((file, format)),
                None => {
                    let message = format!("`{}` is no file of facts", file.name);
                    return Err(Diagnostic::new(code::PROJECT, message)
                        .help(format!("its name must end in {}", Content::ENDINGS))
                        .into());
                }
            }
        }
        if let Some(profile) = &self.manifest().profile {
            let profile = Value::Symbol(profile.clone()).literal();
            let rule =
                format!("@[label = \"profile-of-the-project\"]\nchecked(scope, {profile}) :- consumes(_, scope).");
            session.add_program("onus.toml: profile", &rule);
        }
        if let Some(date) = selection.as_of {
            session.add_program("--as-of", &format!("as_of({date})."));
        }
        session.add_statements(&statements);
        for (file, format) in rows {
            session.add_fact_file(file.stem(), &file.name, format, file.bytes()?.into_owned());
        }
        Ok(())
    }

    /// The files that a selection comes down to, in the order in which they are read.
    ///
    /// # Errors
    /// A file or directory cannot be read.
    pub fn selected(&self, selection: &Selection) -> Result<Vec<File>, Failure> {
        let mut files = self.selected_rules(selection)?;
        files.extend(self.selected_facts(selection)?);
        Ok(files)
    }

    fn selected_rules(&self, selection: &Selection) -> Result<Vec<File>, Failure> {
        match selection.rules.as_slice() {
            [] => self.rules(),
            named => named_files(named, |content| content == Content::Clauses),
        }
    }

    fn selected_facts(&self, selection: &Selection) -> Result<Vec<File>, Failure> {
        let (mut files, default) = match selection.facts.as_slice() {
            [] => (self.facts()?, self.manifest().scenario.as_deref()),
            named => (named_files(named, |_| true)?, None),
        };
        if let Some(name) = selection.scenario.as_deref().or(default) {
            files.extend(self.scenario(name)?.files);
        }
        Ok(files)
    }
}

/// Files that the user named; of a directory those whose ending is known.
fn named_files(paths: &[PathBuf], wanted: fn(Content) -> bool) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let name = path.to_string_lossy();
        if path.is_dir() {
            files.extend(directory(&name, path)?.into_iter().filter(|file| file.content().is_some_and(wanted)));
        } else {
            files.push(File::on_disk(name, path));
        }
    }
    Ok(files)
}
