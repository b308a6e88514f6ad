//! `onus test [PATH...]`: what the rules must and must not conclude, as Markdown.

use std::path::PathBuf;

use clap::Args;

use super::context::Context;
use super::diff::save;
use super::report::{failed, usage};
use crate::repl::cases::{self, Check, Ground};
use crate::repl::show::harmless;
use crate::repl::{Error, Outcome};
use crate::report::diff::{Case, junit};
use crate::responsibility::File;

/// Run the project's rule tests: Markdown files that say what must follow from the rules, and what must not
#[derive(Debug, Args)]
#[command(after_help = r#"A heading starts afresh, on top of the project's rules, facts and scenario. In a test stand
  ```datalog           clauses, and `facts RELATION` with rows, `toml` with statements: they are added
  ```with rules        instead of the whole project only its rules; or `with scenario NAME`, `with nothing`
  ```holds             goals that must have an answer, one a line; what is missing is told
  ```holds-not         goals that must have none; else their proof is told
  ```query GOAL        and any other command of the prompt, with the answer that must come

Examples:
  onus test
  onus test tests/duties.md --junit rules.xml
  onus test --update                  write the answers that came; read the diff

Exit code 1 where something is not as it must be."#)]
pub(super) struct Test {
    /// Files and directories; without one those that `tests` in onus.toml names
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write the answers that came into the files
    #[arg(long)]
    update: bool,
    /// Write a JUnit file too, one test case a check
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

impl Test {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let project = context.project()?;
        let files = match self.paths.as_slice() {
            [] => project.tests()?,
            paths => File::below(paths, "md")?,
        };
        if files.is_empty() {
            let found = usage("there are no rule tests here".to_owned());
            return Err(failed(found.help("they are Markdown files in tests/, or where `tests` in onus.toml says")));
        }
        if self.update && std::env::var_os("CI").is_some() {
            return Err(failed(usage("answers are not rewritten where CI is set".to_owned())));
        }
        let ground = Ground { project, selection: context.flags.selection(), options: context.options() };
        let mut all = Vec::new();
        let mut cases = Vec::new();
        for file in &files {
            let text = file.text()?.replace("\r\n", "\n");
            let ran = cases::run(&text, &ground)?;
            if let (true, Some(path)) = (self.update && ran.text != text, file.path()) {
                save(path, &ran.text)?;
                writeln!(context.io.out, "{}: answers written", file.name)?;
            }
            for check in &ran.checks {
                let failure = check.failure.as_ref().filter(|_| !self.update || is_claim(check));
                if let Some(failure) = failure {
                    tell(&file.name, check, failure, context)?;
                }
                cases.push(case(&file.name, check));
            }
            all.push(ran);
        }
        if let Some(path) = &self.junit {
            save(path, &junit("onus test", &cases))?;
        }
        let checks = || all.iter().flat_map(|ran| &ran.checks);
        let bad = checks().filter(|check| check.failure.is_some() && (!self.update || is_claim(check))).count();
        let (good, files) = (checks().count() - bad, files.len());
        let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let failed = if bad == 0 { String::new() } else { format!(", {bad} failed") };
        writeln!(context.io.out, "{} held{failed}, in {}", count(good, "check"), count(files, "file"))?;
        Ok(Outcome::answered(bad == 0))
    }
}

/// Whether a check says itself what must be: no answer can be written in its place.
fn is_claim(check: &Check) -> bool {
    check.what.starts_with("holds") || check.failure.as_ref().is_some_and(|failure| failure.starts_with("there is no"))
}

fn tell(file: &str, check: &Check, failure: &str, context: &mut Context<'_>) -> Result<(), Error> {
    let out = &mut context.io.out;
    let heading = if check.heading.is_empty() { String::new() } else { format!("{}: ", check.heading) };
    writeln!(out, "{}", harmless(&format!("FAILED {file}:{}  {heading}{}", check.line, check.what)))?;
    for line in harmless(failure).lines() {
        writeln!(out, "{}", format!("    {line}").trim_end())?;
    }
    writeln!(out)?;
    Ok(())
}

fn case(file: &str, check: &Check) -> Case {
    let first = |failure: &String| failure.lines().next().unwrap_or_default().to_owned();
    Case {
        name: format!("{file}:{} {}", check.line, check.what),
        failure: check.failure.as_ref().map(|failure| (first(failure), failure.clone())),
    }
}
