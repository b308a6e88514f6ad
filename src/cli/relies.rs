//! `onus relies`, `onus evidence`, `onus concentration`: on whom one leans, and with what proof.

use clap::Args;

use super::context::Context;
use super::duties::{cited, word};
use super::report::Output;
use crate::repl::{Error, Outcome};
use crate::report::grid::Grid;
use crate::report::rows::RowFormat;
use crate::responsibility::Answers;
use crate::responsibility::reliance;

/// List on whom a party relies, for what, and whether anything proves it
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  onus relies astronomer
  onus relies aws --by-others                  who relies on aws
  onus relies acme --on gcp")]
pub(super) struct Relies {
    /// The party
    #[arg(value_name = "PARTY")]
    party: String,
    /// Who relies on it, instead
    #[arg(long)]
    by_others: bool,
    /// Only on this party
    #[arg(long, value_name = "PARTY")]
    on: Option<String>,
    #[command(flatten)]
    output: Output,
}

impl Relies {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let answers = Answers::of(&model)?;
        let on = self.on.as_deref().map(|on| answers.party(on)).transpose()?;
        let mut rows = reliance::leanings(answers, &self.party, self.by_others)?;
        rows.retain(|row| on.as_ref().is_none_or(|on| on.party == row.b));
        let columns = ["party", "on", "for", "in", "word", "proof", "audit", "who says so"];
        let mut grid = Grid::new("relies", columns);
        for row in &rows {
            let proof = row.unverified.clone().unwrap_or_else(|| "own word".to_owned());
            let audit = if row.opaque.is_empty() { String::new() } else { format!("no: {}", row.opaque.join(" ")) };
            grid.push([
                row.a.clone(),
                row.b.clone(),
                row.layer.clone(),
                row.at.clone(),
                row.cell.as_ref().map(word).unwrap_or_default(),
                proof,
                audit,
                row.cell.as_ref().map(|cell| cited(answers, cell)).unwrap_or_default(),
            ]);
        }
        self.output.grid(context, &grid)?;
        Ok(Outcome::answered(!rows.is_empty()))
    }
}

/// List what proves that those on whom a party relies do their part
#[derive(Debug, Args)]
#[command(after_help = "Example:
  onus evidence acme")]
pub(super) struct Evidence {
    /// The party that relies on others
    #[arg(value_name = "PARTY")]
    party: String,
    #[command(flatten)]
    output: Output,
}

impl Evidence {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let answers = Answers::of(&model)?;
        let found = reliance::evidence(answers, &self.party)?;
        let columns = ["relied on", "reliances", "proof", "whose word", "who says so", "layers"];
        let mut grid = Grid::new("evidence", columns).number("reliances");
        let cite = |statement: &str| {
            answers.citation(statement).map_or_else(|| statement.to_owned(), |citation| citation.to_string())
        };
        let people = self.output.row_format(context)? == RowFormat::Table;
        for evidence in &found {
            let mut line = |proof: String, word: String, layers: String, cited: String| {
                grid.push([evidence.party.clone(), evidence.reliances.to_string(), proof, word, cited, layers]);
            };
            if evidence.attestations.is_empty() {
                line("none".to_owned(), String::new(), String::new(), String::new());
            }
            for of in &evidence.attestations {
                let word = if of.own_word { "its own".to_owned() } else { format!("hearsay, by {}", of.issuer) };
                let layers = match of.layers.len() {
                    count if people && count > MOST_LAYERS => format!("{count} layers"),
                    _ => of.layers.join(", "),
                };
                line(of.what.clone(), word, layers, cite(&of.statement));
            }
            for (place, statement) in &evidence.places {
                line(format!("see {place}"), String::new(), String::new(), cite(statement));
            }
        }
        self.output.grid(context, &grid)?;
        Ok(Outcome::answered(!found.is_empty()))
    }
}

/// Above so many layers people are told how many.
const MOST_LAYERS: usize = 4;

/// Count on whom how many of the checked deployments rest
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  onus concentration
  onus concentration --format csv")]
pub(super) struct Concentration {
    #[command(flatten)]
    output: Output,
}

impl Concentration {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let (weights, checked) = reliance::concentration(Answers::of(&model)?);
        let mut grid =
            Grid::new("concentration", ["party", "deployments", "of", "which"]).number("deployments").number("of");
        for weight in &weights {
            let which = weight.scopes.join(", ");
            grid.push([weight.party.clone(), weight.deployments.to_string(), checked.to_string(), which]);
        }
        self.output.grid(context, &grid)?;
        Ok(Outcome::answered(!weights.is_empty()))
    }
}
