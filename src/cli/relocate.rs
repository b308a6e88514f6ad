//! `onus move SCOPE --to HOST`: what would change if a deployment moved.

use std::collections::BTreeSet;

use clap::Args;

use super::context::Context;
use super::report::Output;
use crate::repl::{Error, Outcome};
use crate::report::grid::Grid;
use crate::responsibility::Answers;
use crate::responsibility::answers::Property;
use crate::responsibility::conclusions::{Conclusions, checked_scopes};
use crate::responsibility::relocation::{Kind, Relocation};
use crate::session::parse_changes;

/// Tell what would change if a deployment moved: owners, gaps, confirmations, reliance. Nothing is changed
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  onus move acme_redis --to azure:any          another cloud
  onus move acme_rds --to aws:ec2              another product of the same provider
  onus move acme_yb --to azure:any             refused, with what is offered")]
pub(super) struct Move {
    /// What moves
    #[arg(value_name = "SCOPE")]
    scope: String,
    /// Where to: a cloud, a product, a plan, or an account that exists
    #[arg(long, value_name = "HOST")]
    to: String,
    /// Also what changes in scopes that are not checked
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    output: Output,
}

impl Move {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let before = session.evaluate()?;
        let plan = Relocation::plan(Answers::of(&before)?, &self.scope, &self.to)?;
        let mut changes = Vec::new();
        for text in &plan.changes {
            changes.extend(parse_changes(&mut session, text)?);
        }
        let after = session.what_if(&changes)?;
        let (before, after) = (Answers::of(&before)?, Answers::of(&after)?);
        if let Some(offers) = plan.refused(after) {
            let refused = format!("refused: no document offers {} on {}", plan.scope, plan.target);
            let mut grid = Grid::new("offer", ["offered", "how", "who says so"]);
            for offer in &offers {
                let cited = after.citation(&offer.statement);
                let cited = cited.map_or_else(|| offer.statement.clone(), |citation| citation.to_string());
                grid.push([offer.host.clone(), offer.how.clone(), cited]);
            }
            self.output.told(context, &[refused], &grid, &[])?;
            return Ok(Outcome::No);
        }
        let mut conclusions = Conclusions::between(before, after);
        let mut shown = checked_scopes(after);
        shown.insert(plan.scope.clone());
        let hidden = conclusions.scopes().difference(&shown).count();
        if !self.all {
            conclusions.restrict(&shown);
        }
        let how = match &plan.kind {
            Kind::Host { account } if *account == plan.target => String::new(),
            Kind::Host { account } => format!(", in an account of its own ({account})"),
            Kind::Product => ", as another product of the same provider".to_owned(),
        };
        let words: Vec<String> = plan.changes.iter().map(|change| format!("'{change}'")).collect();
        let lead = [
            format!("{} moves to {}{how}", plan.scope, plan.target),
            format!("the same as: onus what-if {}", words.join(" ")),
        ];
        let mut after_words = properties(before, after, &plan.scope);
        if conclusions.is_empty() {
            after_words.push("no owner, gap, confirmation or reliance changes".to_owned());
        } else if hidden > 0 && !self.all {
            let scopes = if hidden == 1 { "1 scope that is" } else { &format!("{hidden} scopes that are") };
            after_words.push(format!("more changes in {scopes} not checked: --all"));
        }
        self.output.told(context, &lead, &table(&conclusions), &after_words)?;
        Ok(Outcome::Done)
    }
}

/// What changes, a line each.
fn table(of: &Conclusions) -> Grid {
    let mut grid = Grid::new("change", ["what", "scope", "layer", "before", "after"]);
    let list = |parties: &[String]| if parties.is_empty() { "nobody".to_owned() } else { parties.join(", ") };
    let mut line = |what: &str, scope: &str, layer: &str, before: String, after: String| {
        grid.push([what.to_owned(), scope.to_owned(), layer.to_owned(), before, after]);
    };
    for row in &of.owners {
        line("owner", &row.scope, &row.layer, list(&row.before), list(&row.after));
    }
    for row in &of.gaps {
        let kind =
            |kind: &Option<String>| kind.as_ref().map_or_else(|| "held".to_owned(), |kind| format!("gap:{kind}"));
        line("gap", &row.scope, &row.layer, kind(&row.before), kind(&row.after));
    }
    let turnovers = [
        ("confirmation", &of.confirmations),
        ("dispute", &of.disputes),
        ("unfilled role", &of.unbound),
        ("conflict", &of.conflicts),
    ];
    for (what, turnover) in turnovers {
        for (scope, layer, party) in &turnover.lost {
            line(what, scope, layer, party.clone(), "none".to_owned());
        }
        for (scope, layer, party) in &turnover.gained {
            line(what, scope, layer, "none".to_owned(), party.clone());
        }
    }
    for (a, b, before, after) in &of.reliance {
        line(&format!("{a} relies on {b}"), "", "", layers(*before), layers(*after));
    }
    for (party, before, after) in &of.concentration {
        let deployments =
            |count: i64| if count == 1 { "1 deployment".to_owned() } else { format!("{count} deployments") };
        line(&format!("rests on {party}"), "", "", deployments(*before), deployments(*after));
    }
    grid
}

fn layers(count: usize) -> String {
    if count == 1 { "1 layer".to_owned() } else { format!("{count} layers") }
}

/// Properties of the scope that change.
fn properties(before: Answers<'_>, after: Answers<'_>, scope: &str) -> Vec<String> {
    let of = |answers: Answers<'_>| -> BTreeSet<(String, String)> {
        answers.with::<Property>(&[("scope", scope)]).into_iter().map(|row| (row.key, row.value)).collect()
    };
    let (before, after) = (of(before), of(after));
    let gained = after.difference(&before).map(|(key, value)| format!("{key} of {scope} would be {value}"));
    let lost = before.difference(&after).filter(|(key, _)| !after.iter().any(|(other, _)| other == key));
    gained.chain(lost.map(|(key, value)| format!("{key} of {scope} would no longer be {value}"))).collect()
}
