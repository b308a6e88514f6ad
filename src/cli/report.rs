//! Where a report goes and in which form: `--format`, or the ending of `--output FILE`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use crate::diagnostic::{Diagnostic, code};
use crate::repl::show::View;
use crate::repl::{Error, atomically, clear_left, directory_of};
use crate::report::escape::escape;
use crate::report::grid::Grid;
use crate::report::rows::RowFormat;
use crate::session::Failure;
use crate::source::SourceMap;

impl Default for Form {
    fn default() -> Self {
        Self::Rows(RowFormat::Table)
    }
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One that all rows have.
    Rows(RowFormat),
    /// A page.
    Html,
    /// A workbook.
    Xlsx,
    /// Findings for code hosts and editors.
    Sarif,
    /// A graph for Graphviz.
    Dot,
    /// A graph for Mermaid.
    Mermaid,
    /// A graph as a picture.
    Svg,
}

impl Form {
    /// Every form with its name and the endings of its files.
    const ALL: &'static [(&'static str, &'static [&'static str], Self)] = &[
        ("table", &["txt"], Self::Rows(RowFormat::Table)),
        ("csv", &["csv"], Self::Rows(RowFormat::Csv)),
        ("json", &["json"], Self::Rows(RowFormat::Json)),
        ("ndjson", &["ndjson"], Self::Rows(RowFormat::JsonLines)),
        ("markdown", &["md", "markdown"], Self::Rows(RowFormat::Markdown)),
        ("facts", &["dl"], Self::Rows(RowFormat::Facts)),
        ("html", &["html", "htm"], Self::Html),
        ("xlsx", &["xlsx"], Self::Xlsx),
        ("sarif", &["sarif"], Self::Sarif),
        ("dot", &["dot", "gv"], Self::Dot),
        ("mermaid", &["mmd"], Self::Mermaid),
        ("svg", &["svg"], Self::Svg),
    ];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, _, form)| *form == self).map_or("", |(name, _, _)| name)
    }

    /// The names of all forms.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|(name, _, _)| *name)
    }

    /// The form of a name.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _, _)| *known == name).map(|&(_, _, form)| form)
    }

    fn of_file(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        Self::ALL.iter().find(|(_, endings, _)| endings.contains(&ending.as_str())).map(|&(_, _, form)| form)
    }
}

/// Where a report goes.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Output {
    /// Write to a file instead of standard output; its ending tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Output {
    /// The form that is asked for. One that the report does not have is refused.
    pub(super) fn form(&self, context: &Context<'_>, has: &[Form]) -> Result<Form, Error> {
        let form = match (context.flags.format, &self.output) {
            (Some(form), _) => form,
            (None, Some(path)) => Form::of_file(path)
                .ok_or_else(|| {
                    let endings: Vec<&str> = has.iter().flat_map(|form| endings(*form)).copied().collect();
                    usage(format!("the ending of `{}` tells no form", path.display()))
                        .help(format!("known here: {}; or say --format", endings.join(", ")))
                })
                .map_err(failed)?,
            (None, None) => has.first().copied().unwrap_or(Form::Rows(RowFormat::Table)),
        };
        if !has.contains(&form) {
            let names: Vec<&str> = has.iter().map(|form| form.name()).collect();
            let found = usage(format!("this report has no form `{}`", form.name()));
            return Err(failed(found.help(format!("its forms are {}", names.join(", ")))));
        }
        if form == Form::Xlsx && self.output.is_none() && context.io.view.terminal {
            return Err(failed(usage("a workbook is no text".to_owned()).help("write it to a file: -o matrix.xlsx")));
        }
        Ok(form)
    }

    /// Writes a report, to the file as a whole or not at all.
    pub(super) fn write(
        &self,
        context: &mut Context<'_>,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        match &self.output {
            None => Ok(fill(&mut *context.io.out)?),
            Some(path) => write_file(path, fill),
        }
    }

    /// The form of a small table, which has any that rows have.
    pub(super) fn row_format(&self, context: &Context<'_>) -> Result<RowFormat, Error> {
        let has: Vec<Form> = RowFormat::ALL.iter().map(|(_, format)| Form::Rows(*format)).collect();
        match self.form(context, &has)? {
            Form::Rows(format) => Ok(format),
            Form::Html | Form::Xlsx | Form::Sarif | Form::Dot | Form::Mermaid | Form::Svg => Ok(RowFormat::Table),
        }
    }

    /// Writes a small table.
    pub(super) fn grid(&self, context: &mut Context<'_>, grid: &Grid) -> Result<(), Error> {
        self.told(context, &[], grid, &[])
    }

    /// Writes a small table; for people with sentences before it and after it.
    pub(super) fn told(
        &self,
        context: &mut Context<'_>,
        before: &[String],
        grid: &Grid,
        after: &[String],
    ) -> Result<(), Error> {
        let format = self.row_format(context)?;
        let width = self.width(context);
        let people = format == RowFormat::Table;
        self.write(context, |out| {
            for line in before.iter().filter(|_| people) {
                writeln!(out, "{}", escape(line))?;
            }
            if !people || !grid.is_empty() {
                if people && !before.is_empty() {
                    writeln!(out)?;
                }
                grid.write(format, width, &mut &mut *out)?;
                if people && !after.is_empty() {
                    writeln!(out)?;
                }
            }
            after.iter().filter(|_| people).try_for_each(|line| writeln!(out, "{}", escape(line)))
        })
    }

    /// How text may look where it goes: nothing of the terminal is in a file.
    pub(super) fn view(&self, context: &Context<'_>) -> View {
        let view = context.io.view;
        match &self.output {
            None => view,
            Some(_) => View { unicode: true, ..View::default() },
        }
    }

    /// Columns of the terminal, if that is where it goes.
    pub(super) fn width(&self, context: &Context<'_>) -> Option<usize> {
        context.io.view.width.filter(|_| self.output.is_none())
    }
}

fn endings(form: Form) -> &'static [&'static str] {
    Form::ALL.iter().find(|(_, _, other)| *other == form).map_or(&[], |(_, endings, _)| endings)
}

/// Writes a file as a whole or not at all.
pub(super) fn write_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    clear_left(directory_of(path));
    atomically(path, fill).map_err(|error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        failed(Diagnostic::new(code::FILE_WRITE, message))
    })
}

/// A finding about the command line.
pub(super) fn usage(message: String) -> Diagnostic {
    Diagnostic::new(code::USAGE, message)
}

/// A failure without sources.
pub(super) fn failed(found: Diagnostic) -> Error {
    Error::Failed(Failure { diagnostics: vec![found], sources: std::sync::Arc::new(SourceMap::default()) })
}
