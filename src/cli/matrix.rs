//! `onus matrix [SCOPE...]`: who answers for which layer.

use clap::Args;

use super::context::Context;
use super::report::{Form, Output};
use crate::repl::{Error, Outcome};
use crate::report::matrix;
use crate::report::rows::RowFormat;
use crate::responsibility::Answers;
use crate::responsibility::matrix::{Extent, Matrix as Layers};

/// Show who answers for which layer: layers by parties
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  onus matrix                                  everything that is checked
  onus matrix acme_redis --stack               with what it stands on and needs
  onus matrix acme_redis -o redis.html         a page; .xlsx .md .csv .json as well")]
pub(super) struct Matrix {
    /// Deployments, services or products; without one all that is checked
    #[arg(value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Also what they stand on and need
    #[arg(long)]
    stack: bool,
    /// Also layers of which no text speaks and that nothing requires
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    output: Output,
}

const FORMS: &[Form] = &[
    Form::Rows(RowFormat::Table),
    Form::Rows(RowFormat::Markdown),
    Form::Rows(RowFormat::Csv),
    Form::Rows(RowFormat::Json),
    Form::Html,
    Form::Xlsx,
];

impl Matrix {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let form = self.output.form(context, FORMS)?;
        let mut session = context.session()?;
        let model = session.evaluate()?;
        let extent = Extent { stack: self.stack, all_layers: self.all };
        let layers = Layers::of(Answers::of(&model)?, &self.scopes, extent)?;
        let (width, unicode) = (self.output.width(context), context.io.view.unicode);
        self.output.write(context, |out| match form {
            Form::Rows(RowFormat::Markdown) => matrix::markdown(&layers, out),
            Form::Rows(RowFormat::Csv) => matrix::csv(&layers, out),
            Form::Rows(RowFormat::Json) => matrix::json(&layers, out),
            Form::Html => matrix::html(&layers, out),
            Form::Xlsx => matrix::xlsx(&layers, out),
            Form::Rows(_) | Form::Sarif | Form::Dot | Form::Mermaid | Form::Svg => {
                matrix::text(&layers, width, unicode, out)
            }
        })?;
        Ok(Outcome::Done)
    }
}
