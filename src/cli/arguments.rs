//! The one table of commands and flags.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::report::Form;
use super::{
    audit, certify, check, check_proof, compile, completions, coverage, diff, duties, explain_code, facts, findings,
    graph, lint, matrix, new, plan, profile, query, relies, relocate, run, schema, snapshot, test, what_if, why,
};
use crate::facts::date;
use crate::responsibility::Selection;

/// Who answers for what in a stack of cloud services, who says so, and why.
///
/// Without a command: the prompt, over the project in this directory, else over the rules and documents built in.
#[derive(Debug, Parser)]
#[command(name = "onus", version, disable_help_subcommand = true, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) flags: Flags,
    /// Without a terminal: stop at the first error
    #[arg(long)]
    pub(super) bail: bool,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const EXAMPLES: &str = r#"Examples:
  onus                                                 the prompt
  onus query 'gap("acme_redis", layer, kind)'          what nobody answers for
  onus query 'relies("acme", who, "physical", at)'     on whom acme leans for the buildings
  onus why 'relies("astronomer", "aws", "physical", at)'   who says so, down to the line
  onus why-not 'relies("acme", "azure", layer, at)'    what is missing for it, and with --fix what would help

Exit codes: 0 true or done, 1 no answer, 2 usage, 3 error in program or input, 4 limit, 130 interrupted"#;

/// The commands. Each has its file; here is its one line.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Query(query::Query),
    Why(why::Why),
    WhyNot(why::WhyNot),
    Critical(why::Critical),
    Witnesses(why::Witnesses),
    WhatIf(what_if::WhatIf),
    Diff(diff::Diff),
    Snapshot(snapshot::Write),
    Check(check::Check),
    Test(test::Test),
    Coverage(coverage::Coverage),
    Run(Box<run::Run>),
    Lint(lint::Lint),
    Fmt(super::fmt::Fmt),
    Lsp(super::lsp::Lsp),
    Man(super::man::Man),
    Tutorial(super::tutorial::Tutorial),
    Plan(plan::Plan),
    Profile(profile::Profile),
    Schema(schema::Schema),
    ExplainCode(explain_code::ExplainCode),
    Completions(completions::Completions),
    Matrix(matrix::Matrix),
    Duties(duties::Duties),
    Who(duties::Who),
    Relies(relies::Relies),
    Evidence(relies::Evidence),
    Concentration(relies::Concentration),
    Findings(findings::Findings),
    Move(relocate::Move),
    Graph(graph::Graph),
    Compile(compile::Compile),
    Audit(audit::Audit),
    Certify(certify::Certify),
    CheckProof(check_proof::CheckProof),
    Facts(facts::Facts),
    New(new::New),
}

/// Flags that every command takes.
#[derive(Debug, Args)]
pub(super) struct Flags {
    /// The project's directory, instead of this one
    #[arg(long, value_name = "DIR", global = true, help_heading = "Project")]
    project: Option<PathBuf>,
    /// Rules, instead of the project's own (repeatable)
    #[arg(long, value_name = "PATH", global = true, help_heading = "Project")]
    rules: Vec<PathBuf>,
    /// Facts, instead of the project's own (repeatable): .toml statements, .dl clauses, .facts .csv .tsv .json rows of
    /// the relation that the file is named after
    #[arg(long, value_name = "PATH", global = true, help_heading = "Project")]
    facts: Vec<PathBuf>,
    /// The scenario: a name, or a file or directory of facts
    #[arg(long, value_name = "NAME|FILE", global = true, help_heading = "Project")]
    scenario: Option<String>,
    /// Ask for this day: statements that are no longer, or not yet, valid do not count
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, global = true, help_heading = "Project")]
    as_of: Option<i64>,
    /// A directory in which programs may name files, besides their own, this one, and those that other flags name
    /// (repeatable)
    #[arg(long, value_name = "DIR", global = true, help_heading = "Project")]
    allow_path: Vec<PathBuf>,
    /// The form of answers; a table unless a report has another one of its own
    #[arg(long, value_name = "FORMAT", value_parser = forms(), global = true, help_heading = "Output")]
    pub(super) format: Option<Form>,
    /// Colours; ONUS_COLORS says which, such as given=blue:citation=bold magenta
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Output")]
    pub(super) color: Color,
    /// Threads that evaluate; `auto` is one a core
    #[arg(short = 'j', long = "jobs", value_name = "N", value_parser = threads, default_value = "auto", allow_hyphen_values = true, global = true, help_heading = "Evaluation")]
    pub(super) jobs: usize,
    /// Rows that may be derived, such as 5M
    #[arg(long, value_name = "N", value_parser = count, default_value = "100M", global = true, help_heading = "Evaluation")]
    pub(super) max_rows: usize,
    /// Rows that one relation may hold
    #[arg(long, value_name = "N", value_parser = count, global = true, help_heading = "Evaluation")]
    pub(super) max_relation_rows: Option<usize>,
    /// Rounds that the rules of a cycle may run
    #[arg(long, value_name = "N", value_parser = rounds, global = true, help_heading = "Evaluation")]
    pub(super) max_rounds: Option<u32>,
    /// Seconds that an evaluation may take
    #[arg(long, value_name = "S", value_parser = seconds, global = true, help_heading = "Evaluation")]
    pub(super) max_time: Option<Duration>,
    /// Memory that rows may take, such as 512MiB
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "16GiB", global = true, help_heading = "Evaluation")]
    pub(super) max_memory: usize,
    /// Be as lenient as another engine where onus is stricter
    #[arg(long, value_name = "ENGINE", global = true, help_heading = "Evaluation")]
    pub(super) compat: Option<Compat>,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb
    Auto,
    /// Also where it is no terminal
    Always,
    /// Not at all
    Never,
}

/// Whose leniency to restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Compat {
    /// Arithmetic wraps, extra columns are ignored, every error exits with 1
    Souffle,
}

impl Flags {
    /// What the flags say about where rules and facts come from.
    pub(super) fn selection(&self) -> Selection {
        Selection {
            project: self.project.clone(),
            rules: self.rules.clone(),
            facts: self.facts.clone(),
            scenario: self.scenario.clone(),
            as_of: self.as_of,
            allow: self.allow_path.clone(),
        }
    }
}

fn forms() -> impl TypedValueParser<Value = Form> {
    PossibleValuesParser::new(Form::names()).map(|name| Form::find(&name).unwrap_or_default())
}

fn day(text: &str) -> Result<i64, String> {
    date::parse(text).ok_or_else(|| "a day is written 2026-01-31".to_owned())
}

/// How many threads; 0 stands for one a core.
fn threads(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=1024).contains(number));
    if text == "auto" { Ok(0) } else { number.ok_or_else(|| "a number from 1 to 1024, or auto".to_owned()) }
}

fn count(text: &str) -> Result<usize, String> {
    scaled(text, &[("k", 1_000), ("m", 1_000_000), ("g", 1_000_000_000)])
}

fn rounds(text: &str) -> Result<u32, String> {
    count(text).and_then(|number| u32::try_from(number).map_err(|_| "too large".to_owned()))
}

fn size(text: &str) -> Result<usize, String> {
    let units: &[(&str, usize)] = &[
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("k", 1 << 10),
        ("m", 1 << 20),
        ("g", 1 << 30),
        ("b", 1),
    ];
    scaled(text, units)
}

/// A whole number with a unit, whatever its case.
fn scaled(text: &str, units: &[(&str, usize)]) -> Result<usize, String> {
    let lower = text.trim().to_lowercase().replace('_', "");
    let unit = units.iter().find_map(|(unit, factor)| lower.strip_suffix(unit).map(|digits| (digits, *factor)));
    let (digits, factor) = unit.unwrap_or((&lower, 1));
    let number: usize = digits.trim().parse().map_err(|_| {
        let units: Vec<&str> = units.iter().map(|(unit, _)| *unit).collect();
        format!("a whole number, perhaps with a unit ({})", units.join(", "))
    })?;
    number.checked_mul(factor).ok_or_else(|| "too large".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || "a number of seconds, such as 30 or 0.5".to_owned();
    let seconds: f64 = text.trim().trim_end_matches('s').parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_table_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn numbers_take_units() {
        assert_eq!((count("5M"), count("1_000")), (Ok(5_000_000), Ok(1_000)));
        assert_eq!((size("512MiB"), size("2k"), size("7")), (Ok(512 << 20), Ok(2048), Ok(7)));
        assert!(size("99999999999999999999").is_err() && size("99999999999GiB").is_err() && count("many").is_err());
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert!(seconds("-1").is_err() && seconds("nan").is_err());
    }
}
