//! Where the output of commands goes, and how it may look there.

use std::io::{self, Write};

use super::show::View;
use crate::diagnostic::{Diagnostic, render_all};
use crate::source::SourceMap;

/// Where answers and errors go.
pub struct Io<'a> {
    /// Answers.
    pub out: &'a mut dyn Write,
    /// Errors, warnings, remarks.
    pub err: &'a mut dyn Write,
    /// How answers may look.
    pub view: View,
    /// Whether errors are coloured.
    pub color_errors: bool,
}

impl Io<'_> {
    /// Renders diagnostics where errors go, after everything that was answered before.
    ///
    /// # Errors
    /// As the writers'.
    pub fn report(&mut self, diagnostics: &[Diagnostic], sources: &SourceMap) -> io::Result<()> {
        self.out.flush()?;
        self.err.write_all(render_all(diagnostics, sources, self.color_errors).as_bytes())
    }

    /// A remark that is no part of the answer.
    ///
    /// # Errors
    /// As the writers'.
    pub fn remark(&mut self, text: &str) -> io::Result<()> {
        self.out.flush()?;
        writeln!(self.err, "{text}")
    }
}
