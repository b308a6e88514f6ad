//! `onus duties --of PARTY` and `onus who LAYER SCOPE`: who has to do what.

use std::collections::BTreeMap;

use clap::Args;

use super::context::Context;
use super::report::Output;
use crate::diagnostic::{Diagnostic, code};
use crate::facts::statements::StatementInfo;
use crate::repl::{Error, Outcome};
use crate::report::grid::Grid;
use crate::report::rows::RowFormat;
use crate::responsibility::answers::Residual;
use crate::responsibility::duties::{self, Which};
use crate::responsibility::matrix::{Cell, LayerRow};
use crate::responsibility::{Answers, Gap};
use crate::session::Failure;

/// List what a party has to do; for an end customer what is left to it
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  onus duties --of acme                        what is left to the customer, who says so, and what it comes to
  onus duties --of redis_labs                  what a vendor answers for
  onus duties --of acme -o duties.csv")]
pub(super) struct Duties {
    /// The party
    #[arg(long, value_name = "PARTY")]
    of: String,
    /// Only in this scope
    #[arg(value_name = "SCOPE")]
    scope: Option<String>,
    /// Also what is not checked
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    output: Output,
}

impl Duties {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let answers = Answers::of(&model)?;
        let customer = answers.any::<Residual>(&[("customer", &self.of)]);
        let which = if customer && !self.all { Which::Residual } else { Which::All };
        let scope = self.scope.as_deref().map(|scope| answers.scope(scope)).transpose()?;
        let mut duties = duties::duties(answers, &self.of, which)?;
        duties.retain(|duty| scope.as_ref().is_none_or(|scope| scope.scope == duty.scope));
        let notes: BTreeMap<&str, &StatementInfo> =
            session.statements().iter().map(|statement| (statement.id.as_str(), statement)).collect();
        let people = matches!(self.output.row_format(context)?, RowFormat::Table | RowFormat::Markdown);
        let mut lines: Vec<[String; 6]> = Vec::new();
        for duty in &duties {
            let own: Vec<&str> = duty.cell.words.iter().map(|word| word.statement.as_str()).collect();
            let note = own.iter().filter_map(|statement| notes.get(statement)?.note.as_deref());
            let line = [
                duty.scope.clone(),
                duty.layer.clone(),
                word(&duty.cell),
                duty.with.join(", "),
                cited(answers, &duty.cell),
                note.collect::<Vec<_>>().join(" "),
            ];
            // For people the layers of one statement are one line.
            let same = |other: &&mut [String; 6]| people && other[0] == line[0] && other[2..] == line[2..];
            match lines.iter_mut().find(same) {
                Some(other) => other[1].extend([", ", &line[1]]),
                None => lines.push(line),
            }
        }
        let mut grid = Grid::new("duty", ["scope", "layer", "word", "with", "who says so", "in other words"]);
        lines.into_iter().for_each(|line| grid.push(line));
        let mut after = Vec::new();
        if customer {
            let scopes: std::collections::BTreeSet<&str> = duties.iter().map(|duty| duty.scope.as_str()).collect();
            let gaps: usize = scopes.iter().map(|scope| answers.with::<Gap>(&[("scope", scope)]).len()).sum();
            if gaps > 0 {
                after.push(format!("nobody answers for {gaps} required layers of these deployments: onus findings"));
            }
        }
        self.output.told(context, &[], &grid, &after)?;
        Ok(Outcome::answered(!duties.is_empty()))
    }
}

/// Tell who answers for a layer in a scope, and by whose word
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  onus who physical acme_redis
  onus who guest_os_patching acme_ec2")]
pub(super) struct Who {
    /// The layer
    #[arg(value_name = "LAYER")]
    layer: String,
    /// The deployment, service or product
    #[arg(value_name = "SCOPE")]
    scope: String,
    #[command(flatten)]
    output: Output,
}

impl Who {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let answers = Answers::of(&model)?;
        let turned = || answers.scope(&self.layer).is_ok() && answers.layer(&self.scope).is_ok();
        if answers.layer(&self.layer).is_err() && turned() {
            let message = format!("`{}` is a scope, and the layer comes first", self.layer);
            let help = format!("`onus who {} {}`", self.scope, self.layer);
            return Err(Failure::from(Diagnostic::new(code::UNKNOWN_NAME, message).help(help)).into());
        }
        let found = duties::who(answers, &self.layer, &self.scope)?;
        let mut grid = Grid::new("who", ["party", "word", "statement", "document", "section", "lines", "facts"]);
        let mut line = |party: &str, word: &str, statement: &str| {
            let cited = answers.citation(statement);
            let cited = cited.map(|cited| [cited.document, cited.section, cited.lines, cited.place]);
            let [document, section, lines, place] = cited.unwrap_or_default();
            grid.push([party.to_owned(), word.to_owned(), statement.to_owned(), document, section, lines, place]);
        };
        for (party, cell) in &found.row.cells {
            for word in &cell.words {
                let mode = word.mode.as_deref().filter(|mode| *mode != "sole").map(|mode| format!(" ({mode})"));
                line(party, &format!("{}{}", word.standing.word(), mode.unwrap_or_default()), &word.statement);
                if let Some(other) = &word.other {
                    line(party, word.standing.word(), other);
                }
            }
        }
        for loose in &found.row.loose {
            line(loose.who.as_deref().unwrap_or("nobody"), loose.kind, &loose.statement);
        }
        for (statement, by) in &found.narrowed {
            line("nobody", &format!("narrowed by {by}"), statement);
        }
        self.output.told(context, &[verdict(&found.row, &found.scope)], &grid, &[])?;
        Ok(Outcome::answered(!found.row.cells.is_empty()))
    }
}

/// What it comes to, in a sentence.
fn verdict(row: &LayerRow, scope: &str) -> String {
    let layer = &row.layer;
    let owners: Vec<&str> = row.cells.iter().filter(|(_, cell)| cell.owns()).map(|(party, _)| party.as_str()).collect();
    let below: Vec<&str> = row.cells.iter().filter(|(_, cell)| !cell.owns()).map(|(party, _)| party.as_str()).collect();
    match (owners.as_slice(), below.as_slice(), &row.gap) {
        ([], [], Some(kind)) => format!("nobody answers for {layer} in {scope} ({kind})"),
        ([], [], None) => format!("nobody answers for {layer} in {scope}, and nothing requires it"),
        ([], below, _) => {
            format!("{} holds {layer} below {scope}; no text about {scope} says so", below.join(" and "))
        }
        (owners, _, _) => {
            let verb = if owners.len() == 1 { "answers" } else { "answer" };
            let conflict = row.conflict.as_ref().map(|kind| format!(" ({kind} conflict)")).unwrap_or_default();
            format!("{} {verb} for {layer} in {scope}{conflict}", owners.join(" and "))
        }
    }
}

/// A cell in a word.
pub(super) fn word(cell: &Cell) -> String {
    let word = cell.standing().word();
    if cell.is_joint() { format!("{word} jointly") } else { word.to_owned() }
}

/// The citations of a cell.
pub(super) fn cited(answers: Answers<'_>, cell: &Cell) -> String {
    let citations = cell.statements().into_iter().map(|statement| match answers.citation(statement) {
        Some(citation) => citation.to_string(),
        None => statement.to_owned(),
    });
    citations.collect::<Vec<_>>().join("; ")
}
