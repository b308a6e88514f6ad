//! What `.output` and `.printsize` ask for: planned for all directives, then written, each file whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::context::Context;
use crate::diagnostic::{Diagnostic, code};
use crate::model::Model;
use crate::program::{Directive, RelationId};
use crate::repl::{Error, atomically};
use crate::report::rows::{self, Csv, Plain, Table};
use crate::session::Session;
use crate::source::Span;
use crate::syntax::ast::DirectiveKind;
use crate::value::Kind;

/// One thing to write.
struct Output {
    relation: RelationId,
    place: Place,
    form: Form,
    span: Span,
}

enum Place {
    File(PathBuf),
    Stdout,
}

enum Form {
    Plain(Plain),
    Csv(Csv),
    Json { objects: bool },
    Size,
}

/// Carries out the directives of a model's program; `-` as the directory sends everything to standard output.
pub(super) fn write_all(
    session: &Session,
    model: &Model,
    directory: &str,
    context: &mut Context<'_>,
) -> Result<(), Error> {
    let directives = model.program().directives.iter();
    let mut outputs = Vec::new();
    let mut wrong = Vec::new();
    for directive in directives.filter(|it| matches!(it.kind, DirectiveKind::Output | DirectiveKind::Printsize)) {
        match plan(model, directive, directory, context.souffle()) {
            Ok(output) => outputs.push(output),
            Err(diagnostic) => wrong.push(*diagnostic),
        }
    }
    wrong.extend(clashes(&outputs));
    if !wrong.is_empty() {
        return Err(session.failure(wrong).into());
    }
    for output in &outputs {
        match &output.place {
            Place::Stdout => to_stdout(model, output, &mut context.io.out)?,
            Place::File(path) => {
                let written = atomically(path, |out| write(model, output, out));
                written.map_err(|error| unwritable(session, path, output.span, &error))?;
            }
        }
    }
    Ok(())
}

fn unwritable(session: &Session, path: &Path, span: Span, error: &io::Error) -> Error {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "its directory does not exist".to_owned(),
        _ => error.to_string(),
    };
    let message = format!("cannot write `{}`: {reason}", path.display());
    session.failure(vec![Diagnostic::at(code::FILE_WRITE, message, span, "for this directive")]).into()
}

/// Two outputs to one file: the second would take the place of the first.
fn clashes(outputs: &[Output]) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for (at, output) in outputs.iter().enumerate() {
        let Place::File(path) = &output.place else { continue };
        let before = outputs[..at].iter().find(|other| matches!(&other.place, Place::File(other) if other == path));
        if let Some(before) = before {
            let message = format!("two outputs go to `{}`", path.display());
            wrong.push(
                Diagnostic::at(code::BAD_PARAMETER, message, output.span, "the second")
                    .label(before.span, "the first")
                    .help("give one of them another `filename`"),
            );
        }
    }
    wrong
}

fn plan(model: &Model, directive: &Directive, directory: &str, souffle: bool) -> Result<Output, Box<Diagnostic>> {
    let symbols = &model.values().symbols;
    let (relation, span) = (directive.relation, directive.span);
    if directive.kind == DirectiveKind::Printsize {
        return Ok(Output { relation, place: Place::Stdout, form: Form::Size, span });
    }
    let get = |wanted: &str| {
        let found = directive.parameters.iter().find(|(key, _)| symbols.get(*key) == wanted);
        found.map(|&(_, value)| symbols.get(value))
    };
    let bad = |message: String| Box::new(Diagnostic::at(code::BAD_PARAMETER, message, span, ""));
    let truth = |key: &str| match get(key) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(other) => Err(bad(format!("`{key}` is `true` or `false`, not `{other}`"))),
    };
    let (file, json) = match get("IO").unwrap_or("file") {
        "file" => (true, false),
        "stdout" => (false, false),
        "json" => (false, true),
        "jsonfile" => (true, true),
        "stdoutprintsize" => return Ok(Output { relation, place: Place::Stdout, form: Form::Size, span }),
        other => {
            let help = "output goes to `file`, `stdout`, `jsonfile` or `json`";
            return Err(Box::new(bad(format!("there is no output of kind `{other}`")).help(help)));
        }
    };
    // What goes to standard output as a whole has its columns named.
    let all = directory == "-";
    let headers = truth("headers")? || all;
    let quoted = truth("rfc4180")?;
    let delimiter = get("delimiter").map(str::to_owned);
    let form = if json {
        Form::Json { objects: get("format") == Some("object") }
    } else if quoted {
        Form::Csv(Csv { delimiter: delimiter.unwrap_or_else(|| ",".to_owned()), headers, ..Csv::default() })
    } else {
        let delimiter = delimiter.unwrap_or_else(|| "\t".to_owned());
        Form::Plain(Plain { delimiter, headers, verbatim: souffle })
    };
    let place = if file && !all {
        let ending = if json { "json" } else { "csv" };
        let name = get("filename").map_or_else(|| format!("{}.{ending}", model.name(relation)), str::to_owned);
        Place::File(Path::new(directory).join(name))
    } else {
        Place::Stdout
    };
    Ok(Output { relation, place, form, span })
}

fn to_stdout(model: &Model, output: &Output, out: &mut dyn Write) -> io::Result<()> {
    match output.form {
        Form::Plain(_) | Form::Csv(_) => {
            writeln!(out, "---------------\n{}\n===============", model.name(output.relation))?;
            write(model, output, out)?;
            writeln!(out, "===============")
        }
        Form::Json { .. } | Form::Size => write(model, output, out),
    }
}

fn write(model: &Model, output: &Output, out: &mut dyn Write) -> io::Result<()> {
    let mut out = out;
    let id = output.relation;
    let declared = model.program().relation(id);
    let types = &model.program().types;
    match &output.form {
        Form::Size => writeln!(out, "{}\t{}", model.name(id), model.relation(id).len()),
        Form::Plain(format) => {
            let rows = model.sorted_rows(id);
            rows::plain_words(rows, &declared.columns, types, model.values(), format, &mut out)
        }
        Form::Csv(_) | Form::Json { .. } => {
            let column = |column: &crate::program::Column| {
                (model.values().symbols.get(column.name).to_owned(), types.kind(column.ty))
            };
            let columns: Vec<(String, Kind)> = declared.columns.iter().map(column).collect();
            let rows = model.sorted(id);
            let table = Table { columns: &columns, rows: &rows };
            match &output.form {
                Form::Csv(format) => rows::csv(table, format, &mut out),
                Form::Json { objects } => rows::json(table, *objects, &mut out),
                Form::Plain(_) | Form::Size => Ok(()),
            }
        }
    }
}
