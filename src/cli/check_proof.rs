//! `onus check-proof FILE`: whether a proof that was kept still proves its conclusion.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;

use super::context::Context;
use super::report::Output;
use crate::diagnostic::{Diagnostic, code};
use crate::repl::{Error, Outcome};
use crate::report::certificate;
use crate::report::proof::json::{Refusal, check_json};

/// Check a proof that `onus why FACT --format json` wrote, node by node, against the rules and facts of now
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus why 'gap("acme_redis", layer, kind)' -o proof.json
  onus check-proof proof.json
  onus check-proof --rules closure.dl --facts edge.csv proof.json

Nothing that the file says is believed. Exit code 0 where the proof holds, 1 where it is refused, naming the node, 3 where
the file is no proof."#)]
pub(super) struct CheckProof {
    /// The proof; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    output: Output,
}

impl CheckProof {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let name = self.file.display().to_string();
        let mut bytes = Vec::new();
        let read = match self.file.as_os_str() == "-" {
            true => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()),
            false => std::fs::read(&self.file).map(|read| bytes = read),
        };
        let failed = |found: Diagnostic| Error::from(session.failure(vec![found]));
        read.map_err(|error| failed(Diagnostic::new(code::FILE_READ, format!("cannot read `{name}`: {error}"))))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| failed(Diagnostic::new(code::PROOF_FILE, format!("`{name}` is not UTF-8 text"))))?;
        let model = session.evaluate()?;
        let options = session.eval_options();
        let checked = check_json(&model, &name, &text, &options).map_err(|stop| session.stopped(&stop))?;
        if let Err(Refusal::Unreadable(found)) = checked {
            return Err(session.failure(vec![*found]).into());
        }
        let (lead, grid) = certificate::verdict(&model, &checked);
        self.output.told(context, &lead, &grid, &[])?;
        Ok(Outcome::answered(checked.is_ok()))
    }
}
