//! `onus findings`: what a reviewer should act on, and the gate.

use std::path::PathBuf;

use clap::Args;

use super::context::Context;
use super::report::{Form, Output, failed, usage, write_file};
use crate::diagnostic::{Diagnostic, code};
use crate::repl::{Error, Outcome};
use crate::report::findings::{self, Listing};
use crate::report::rows::RowFormat;
use crate::responsibility::findings::{Findings as All, Selector, baseline, read_baseline};
use crate::responsibility::{Answers, File, Project};

/// List what a reviewer should act on; with --deny, fail on it
#[derive(Debug, Args)]
#[command(
    after_help = "Kinds: bad_choice, cycle, conflict (hard, soft), disputed, gap (limbo, silent, unbound, open), opaque,
unverified (no-attestation, hearsay-only), concentration. A family stands for all of its kinds.

A waiver stands in onus.toml, or in the file that its `waivers` names:
  [[waiver]]
  finding = \"gap:silent\"            # a kind, or an id
  scope = \"acme_redis\"              # if wanted: scope, layer, party
  layer = \"ddos\"
  reason = \"our own proxy does it\"
  expires = 2027-01-31              # on that day it no longer counts

Examples:
  onus findings --deny gap:silent,conflict:hard,bad_choice
  onus findings --write-baseline known.txt
  onus findings --deny gap --baseline known.txt        fails on new gaps only
  onus findings -o findings.sarif"
)]
pub(super) struct Findings {
    #[command(flatten)]
    gate: Gate,
    /// Show findings of these kinds only
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    only: Vec<String>,
    /// Write all findings that are not waived to this file, as a baseline
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// Also those that are waived or known, and each of those that are only counted
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    output: Output,
}

/// What fails on findings.
#[derive(Debug, Args)]
pub(super) struct Gate {
    /// Fail (exit code 1) on findings of these kinds
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    deny: Vec<String>,
    /// Findings in this file are known and do not fail
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

impl Gate {
    /// The kinds that are denied: those asked for, and those that a project names.
    pub(super) fn selectors(&self, project: &Project) -> Result<Vec<Selector>, Error> {
        let mut gates = selectors(&self.deny)?;
        gates.extend(project.manifest().gates.iter().cloned());
        Ok(gates)
    }

    /// The findings of a model, the project's waivers and the baseline applied.
    pub(super) fn findings(
        &self,
        answers: Answers<'_>,
        project: &Project,
        context: &Context<'_>,
    ) -> Result<All, Error> {
        let mut found = All::of(answers);
        found.waive(project.waivers()?, context.day());
        if let Some(path) = &self.baseline {
            let name = path.to_string_lossy();
            let text = File::on_disk(name.clone(), path).text()?;
            let known = read_baseline(&text).map_err(|line| {
                let found = Diagnostic::new(code::USAGE, "this line does not start with the id of a finding");
                failed(found.place(format!("{name}:{line}")).help("`onus findings --write-baseline FILE` writes one"))
            })?;
            found.know(&known);
        }
        Ok(found)
    }
}

const FORMS: &[Form] = &[
    Form::Rows(RowFormat::Table),
    Form::Rows(RowFormat::Markdown),
    Form::Rows(RowFormat::Csv),
    Form::Rows(RowFormat::Json),
    Form::Sarif,
];

impl Findings {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let form = self.output.form(context, FORMS)?;
        let (deny, only) = (selectors(&self.gate.deny)?, selectors(&self.only)?);
        let project = context.project()?;
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let answers = Answers::of(&model)?;
        let mut found = self.gate.findings(answers, &project, context)?;
        for waiver in found.idle.iter().filter_map(|at| found.waivers.get(*at)) {
            context.io.remark(&format!("{}: this waiver is about no finding: take it away", waiver.place))?;
        }
        if let Some(path) = &self.write_baseline {
            write_file(path, |out| out.write_all(baseline(&found).as_bytes()))?;
        }
        let mut denied: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        for finding in found.denied(&deny) {
            *denied.entry(finding.kind.to_string()).or_default() += 1;
        }
        let whole = self.all || !only.is_empty();
        found.all.retain(|finding| only.is_empty() || only.iter().any(|only| only.takes(&finding.kind)));
        let listing = Listing::new(answers, found);
        let width = self.output.width(context);
        self.output.write(context, |out| match form {
            Form::Rows(RowFormat::Markdown) => findings::markdown(&listing, out),
            Form::Rows(RowFormat::Csv) => findings::csv(&listing, out),
            Form::Rows(RowFormat::Json) => findings::json(&listing, out),
            Form::Sarif => findings::sarif(&listing, out),
            Form::Rows(_) | Form::Html | Form::Xlsx | Form::Dot | Form::Mermaid | Form::Svg => {
                findings::text(&listing, whole, width, out)
            }
        })?;
        if !denied.is_empty() {
            let kinds: Vec<String> = denied.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
            context.io.remark(&format!("denied: {}", kinds.join(", ")))?;
        }
        Ok(Outcome::answered(denied.is_empty()))
    }
}

fn selectors(texts: &[String]) -> Result<Vec<Selector>, Error> {
    texts.iter().map(|text| Selector::parse(text.trim()).map_err(|message| failed(usage(message)))).collect()
}
