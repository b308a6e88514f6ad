//! `onus coverage`: what of the rules is in use.

use clap::Args;

use super::context::Context;
use crate::repl::cases::{Ground, worlds as worlds_of};
use crate::repl::{Error, Outcome};
use crate::responsibility::Selection;
use crate::responsibility::coverage::{Idle, coverage};

/// Find rules that never fire on any scenario or rule test, and literals whose removal changes nothing
#[derive(Debug, Args)]
#[command(after_help = "Exit code 1 where there is one. With --scenario only that scenario is tried.

Examples:
  onus coverage
  onus coverage --scenario relay")]
pub(super) struct Coverage {}

impl Coverage {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut options = context.options();
        // Rules are changed here only to be tried.
        options.check = crate::check::Options::default();
        let (project, selection) = (context.project()?, context.flags.selection());
        let mut scenarios = match &selection.scenario {
            Some(one) => vec![Some(one.clone())],
            None => project.scenarios()?.into_iter().map(|scenario| Some(scenario.name)).collect(),
        };
        if scenarios.is_empty() {
            scenarios.push(None);
        }
        let mut worlds = Vec::new();
        let mut names = Vec::new();
        for scenario in scenarios {
            names.extend(scenario.clone());
            let name = scenario.clone().unwrap_or_default();
            worlds.push((name, project.load(&Selection { scenario, ..selection.clone() }, options.clone())?));
        }
        if selection.scenario.is_none() {
            let ground = Ground { project: project.clone(), selection, options };
            let mut cases = Vec::new();
            for file in project.tests()? {
                cases.extend(worlds_of(&file.text()?, &ground));
            }
            match cases.len() {
                0 => {}
                1 => names.push("1 rule test".to_owned()),
                many => names.push(format!("{many} rule tests")),
            }
            worlds.extend(cases.into_iter().map(|session| (String::new(), session)));
        }
        let found = coverage(worlds)?;
        let out = &mut context.io.out;
        for (heading, idle) in
            [("rules that never fire", &found.dead), ("literals whose removal changes nothing", &found.redundant)]
        {
            if !idle.is_empty() {
                writeln!(out, "{heading}")?;
                idle.iter().try_for_each(|one| writeln!(out, "  {}", line(one)))?;
            }
        }
        let on = if names.is_empty() { String::new() } else { format!(", on {}", names.join(", ")) };
        let (dead, redundant) = (found.dead.len(), found.redundant.len());
        writeln!(
            out,
            "{} rules, {dead} never fire; {} literals, {redundant} change nothing{on}",
            found.rules, found.literals
        )?;
        Ok(Outcome::answered(dead + redundant == 0))
    }
}

fn line(idle: &Idle) -> String {
    let label = idle.label.as_ref().map(|label| format!("[{label}] ")).unwrap_or_default();
    let text: Vec<&str> = idle.text.split_whitespace().collect();
    crate::report::escape::escape(&format!("{label}{}   {}", text.join(" "), idle.place)).into_owned()
}
