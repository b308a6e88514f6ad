//! What a session holds, to be kept and put back, and what was typed into it.

use super::{Inputs, Session};
use crate::diagnostic::Diagnostic;
use crate::facts::statements::{Document, Names, StatementInfo};
use crate::symbol::Interner;
use crate::syntax::{ast, print};

/// Everything that was added to a session, see [`Session::keep`].
#[derive(Clone, Debug)]
pub struct Kept {
    inputs: Inputs,
    names: Names,
    documents: Vec<Document>,
    statements: Vec<StatementInfo>,
    found: Vec<Diagnostic>,
}

/// What was typed into a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay {
    /// Declarations, facts and rules that were added, as text that reads back; one change an entry.
    pub added: Vec<String>,
    /// Facts that were taken away.
    pub retracted: Vec<String>,
    /// Rules that were taken away: labels, or rules as printed.
    pub dropped: Vec<String>,
}

impl Overlay {
    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.retracted.is_empty() && self.dropped.is_empty()
    }
}

impl Session {
    /// What the session holds now, in case what is added next does not work out.
    #[must_use]
    pub fn keep(&self) -> Kept {
        Kept {
            inputs: self.inputs.clone(),
            names: self.names.clone(),
            documents: self.documents.clone(),
            statements: self.statements.clone(),
            found: self.found.clone(),
        }
    }

    /// Puts back what was kept. Versions that were evaluated since stay in the past.
    pub fn put_back(&mut self, kept: Kept) {
        let Kept { inputs, names, documents, statements, found } = kept;
        self.inputs = inputs;
        self.names = names;
        self.documents = documents;
        self.statements = statements;
        self.found = found;
    }

    /// Forgets all programs, statements and fact files, so that they can be read anew. What was typed stays.
    pub fn clear_files(&mut self) {
        let Inputs { overlay, retracted, dropped, .. } = std::mem::take(&mut self.inputs);
        self.inputs = Inputs { overlay, retracted, dropped, ..Inputs::default() };
        self.names = Names::default();
        self.documents.clear();
        self.statements.clear();
        self.found.clear();
    }

    /// The value of a pragma of the programs that were added, the empty text where it has none; of several the first
    /// counts.
    #[must_use]
    pub fn pragma(&self, wanted: &str) -> Option<&str> {
        let symbols = &self.values.symbols;
        let wanted = symbols.find(wanted)?;
        let mut items = self.inputs.programs.iter().flat_map(|program| &program.items);
        items.find_map(|item| match &item.kind {
            ast::ItemKind::Pragma { key, value } if key.symbol == wanted => {
                Some(value.map_or("", |value| symbols.get(value.symbol)))
            }
            _ => None,
        })
    }

    /// The programs that were added, as they were read, and the names in them.
    pub fn programs(&self) -> (impl Iterator<Item = &ast::Program>, &Interner) {
        (self.inputs.programs.iter().map(std::convert::AsRef::as_ref), &self.values.symbols)
    }

    /// Reads a program without adding it: to be looked at beside those that were added.
    pub fn read_aside(&mut self, name: &str, text: &str) -> ast::Program {
        self.parse_program(name, text).1
    }

    /// What was typed into the session and still counts.
    #[must_use]
    pub fn overlay(&self) -> Overlay {
        let symbols = &self.values.symbols;
        let text = |program: &std::sync::Arc<ast::Program>| print::print_program(program, symbols);
        Overlay {
            added: self.inputs.overlay.iter().map(text).collect(),
            retracted: self.inputs.retracted.clone(),
            dropped: self.inputs.dropped.clone(),
        }
    }
}
