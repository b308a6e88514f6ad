//! `onus lsp`: the language server.

use clap::Args;

use crate::repl::Outcome;

/// Serve an editor: diagnostics, hover, completion, definitions, renaming, formatting
///
/// Speaks the Language Server Protocol over standard input and output. docs/editors.md tells how VS Code, Neovim and
/// Helix start it.
#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// Accepted and ignored: there is no other way
    #[arg(long, hide = true)]
    stdio: bool,
}

impl Lsp {
    pub(super) fn serve(&self) -> Outcome {
        match crate::lsp::serve() {
            // The protocol asks for 1 where the editor leaves without a goodbye.
            Ok(goodbye) => Outcome::answered(goodbye),
            Err(reason) => {
                use std::io::Write;
                // Whoever started it may read why it ended; the exit code says that it did.
                let _ = writeln!(std::io::stderr(), "onus lsp: {reason}");
                Outcome::Wrong
            }
        }
    }
}
