//! `onus explain-code [CODE]`: what a diagnostic code means.

use clap::Args;

use super::context::Context;
use crate::diagnostic::{Code, Diagnostic, all_codes, code, suggest};
use crate::repl::{Error, Outcome};
use crate::session::Failure;

/// Tell what a code such as E0201 means; without one, list them all
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  onus explain-code E0201\n  onus explain-code unknown-relation")]
pub(super) struct ExplainCode {
    /// A code, or its name: E0201, unknown-relation
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl ExplainCode {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let Some(wanted) = &self.code else {
            for code in all_codes() {
                writeln!(context.io.out, "{}  {}", code.id, code.name)?;
            }
            return Ok(Outcome::Done);
        };
        let is_it = |code: &&&'static Code| code.id.eq_ignore_ascii_case(wanted) || code.name == wanted;
        let Some(found) = all_codes().iter().find(is_it) else {
            let known = all_codes().iter().flat_map(|code| [code.id, code.name]);
            let near = suggest(wanted, known).map(|near| format!("did you mean `{near}`?"));
            let help = near.unwrap_or_else(|| "`onus explain-code` lists them".to_owned());
            let found = Diagnostic::new(code::UNKNOWN_CODE, format!("there is no code `{wanted}`")).help(help);
            return Err(Failure::from(found).into());
        };
        writeln!(context.io.out, "{}, {}\n\n{}", found.id, found.name, found.explanation)?;
        Ok(Outcome::Done)
    }
}
