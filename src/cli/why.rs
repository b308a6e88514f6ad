//! `onus why FACT`, `onus why-not FACT`, `onus critical FACT`, `onus witnesses FACT`: explanations.

use clap::Args;

use super::context::Context;
use super::report::{Form, Output};
use crate::repl::asked::{self, Asked, Place, Rests, SEVERAL, Telling, Which};
use crate::repl::{Error, Io, Outcome};

/// Explain a tuple: by which rules and facts it holds, and who says so
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus why 'relies("astronomer", "aws", "physical", at)'
  onus why 'relies("astronomer", "aws", "physical", at)' --step 3      the third step, opened
  onus why 'owner("acme_redis", _, "redis_labs", _, _)' --all          further proofs, by size
  onus why 'gap("acme_redis", "backup", kind)' -o gap.dot              a graph
  onus why 'gap("acme_redis", "backup", kind)' -o gap.json             to keep, and to check again: onus check-proof

Of several tuples that match, the first is explained. Where none does, the answer is that of why-not, and the exit code 1.
docs/explanations.md tells how proofs read, and what the documents hold."#)]
pub(super) struct Why {
    /// An atom such as 'gap("acme_redis", layer, kind)'
    #[arg(value_name = "FACT")]
    fact: String,
    /// A proof with the fewest nodes, instead of one of least height
    #[arg(long, conflicts_with = "all")]
    smallest: bool,
    /// Further proofs, the smallest first, N at most [10 unless given]
    #[arg(long, value_name = "N", require_equals = true, num_args = 0..=1, default_missing_value = "10", value_parser = several)]
    all: Option<usize>,
    /// Fold nothing
    #[arg(long)]
    whole: bool,
    /// Open a step by its number; of a step that was opened 2.1, and so on
    #[arg(long, value_name = "STEP", conflicts_with = "all")]
    step: Option<String>,
    #[command(flatten)]
    output: Output,
}

fn several(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or_else(|| format!("a number of proofs, such as {SEVERAL}"))
}

impl Why {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let form = form(context, &self.output, asked::Form::ALL)?;
        let which = match self.all {
            Some(count) => Which::Several(count),
            None if self.smallest => Which::Smallest,
            None => Which::Shortest,
        };
        let telling = Telling { which, whole: self.whole, step: self.step.clone(), form };
        ask(context, &self.output, |asked| Ok(asked.why(&self.fact, &telling)?.0))
    }
}

/// Say why nothing matches: which rules come nearest, which of their literals fail, and what is near
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus why-not 'relies("acme", "azure", layer, at)'
  onus why-not 'relies("acme", "azure", layer, at)' --fix    the fewest facts that would make it true, each tried
  onus why-not 'relies("acme", "azure", layer, at)' -o missing.json    a document for programs

Where something matches, its proof is the answer, and the exit code 1."#)]
pub(super) struct WhyNot {
    /// An atom such as 'relies("acme", "azure", layer, at)'
    #[arg(value_name = "FACT")]
    fact: String,
    /// The smallest sets of facts, up to three, that would make it true; each is tried, with what else would change
    #[arg(long)]
    fix: bool,
    #[command(flatten)]
    output: Output,
}

impl WhyNot {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let form = form(context, &self.output, asked::Form::DOCUMENTS)?;
        ask(context, &self.output, |asked| Ok(asked.why_not(&self.fact, self.fix, form)?.0))
    }
}

/// List what a tuple hangs on: facts and rules in every proof, absences that must stay, pairs of which one suffices
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus critical 'relies("astronomer", "aws", "physical", at)'
  onus critical 'relies("astronomer", "aws", "physical", at)' --format json

Where nothing matches, the answer is that of why-not, and the exit code 1."#)]
pub(super) struct Critical {
    /// An atom such as 'gap("acme_redis", layer, kind)'; of several tuples that match, the first
    #[arg(value_name = "FACT")]
    fact: String,
    #[command(flatten)]
    output: Output,
}

impl Critical {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let form = form(context, &self.output, asked::Form::DOCUMENTS)?;
        ask(context, &self.output, |asked| asked.rests(&self.fact, Rests::Critical, form))
    }
}

/// List the minimal sets of given facts that suffice for a tuple, each fact with its citation
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus witnesses 'relies("acme", "aws", "physical", at)'
  onus witnesses 'relies("acme", "aws", "physical", at)' --format json

Where nothing matches, the answer is that of why-not, and the exit code 1."#)]
pub(super) struct Witnesses {
    /// An atom such as 'gap("acme_redis", layer, kind)'; of several tuples that match, the first
    #[arg(value_name = "FACT")]
    fact: String,
    #[command(flatten)]
    output: Output,
}

impl Witnesses {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let form = form(context, &self.output, asked::Form::DOCUMENTS)?;
        ask(context, &self.output, |asked| asked.rests(&self.fact, Rests::Witnesses, form))
    }
}

/// The form that is asked for, among those of an answer.
fn form(
    context: &Context<'_>,
    output: &Output,
    among: &'static [(&'static str, asked::Form)],
) -> Result<asked::Form, Error> {
    let forms: Vec<Form> = among.iter().filter_map(|(name, _)| Form::find(name)).collect();
    let form = output.form(context, &forms)?;
    Ok(among.iter().find(|(name, _)| *name == form.name()).map_or_else(Default::default, |it| it.1))
}

/// Puts a question to the project, and writes the answer where it is to go.
fn ask(
    context: &mut Context<'_>,
    output: &Output,
    question: impl FnOnce(&mut Asked<'_, '_, '_>) -> Result<Outcome, Error>,
) -> Result<Outcome, Error> {
    let mut session = context.session()?;
    session.evaluate()?;
    let mut text = Vec::new();
    let view = output.view(context);
    let outcome = {
        let mut io = Io { out: &mut text, err: &mut *context.io.err, view, color_errors: context.io.color_errors };
        question(&mut Asked { session: &mut session, io: &mut io, place: Place::Shell })?
    };
    // No file stands for an answer that there is not.
    if !text.is_empty() {
        output.write(context, |out| out.write_all(&text))?;
    }
    Ok(outcome)
}
