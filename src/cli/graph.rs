//! `onus graph [SCOPE]`: the picture of a stack.

use clap::Args;

use super::context::Context;
use super::report::{Form, Output};
use crate::repl::{Error, Outcome};
use crate::report::graph;
use crate::responsibility::Answers;
use crate::responsibility::graph::Graph as Picture;

/// Draw what runs on what and who supplies it, as SVG, or for Graphviz (dot) or Mermaid
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  onus graph -o stack.svg                      everything that is checked, as a picture
  onus graph acme_yb | dot -Tpdf > stack.pdf
  onus graph acme_yb -o stack.mmd")]
pub(super) struct Graph {
    /// The deployment; without one everything that is checked
    #[arg(value_name = "SCOPE")]
    scope: Option<String>,
    #[command(flatten)]
    output: Output,
}

impl Graph {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let form = self.output.form(context, &[Form::Dot, Form::Mermaid, Form::Svg])?;
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let picture = Picture::of(Answers::of(&model)?, self.scope.as_deref())?;
        self.output.write(context, |out| match form {
            Form::Mermaid => graph::mermaid(&picture, out),
            Form::Svg => graph::svg(&picture, out),
            _ => graph::dot(&picture, out),
        })?;
        Ok(Outcome::Done)
    }
}
