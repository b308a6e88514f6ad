//! The answers to an editor's requests.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_server::ErrorCode;
use lsp_types::request::{
    Completion, DocumentSymbolRequest, Formatting, GotoDefinition, HoverRequest, PrepareRenameRequest, References,
    Rename, Request as _,
};
use lsp_types::{
    DiagnosticRelatedInformation, DiagnosticSeverity, DocumentSymbol, DocumentSymbolResponse, GotoDefinitionResponse,
    Location, NumberOrString, Position, PrepareRenameResponse, Range, SymbolKind, TextDocumentPositionParams, TextEdit,
    Uri, WorkspaceEdit,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::complete::complete;
use super::hover::hover;
use super::index::{Kind, Occurrence};
use super::rename::{rename, renamed};
use super::text::{Encoding, Lines};
use super::workspace::Analysis;
use super::{Refusal, Server};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{SourceMap, Span};
use crate::syntax::format::{format, format_markdown};

/// A place in an open text.
struct At {
    path: PathBuf,
    text: String,
    offset: usize,
    analysis: Arc<Analysis>,
}

impl Server<'_> {
    /// Answers a request.
    pub(super) fn answer(&mut self, method: &str, params: Value) -> Result<Value, Refusal> {
        match method {
            HoverRequest::METHOD => {
                let params: lsp_types::HoverParams = parameters(params)?;
                let at = self.at(&params.text_document_position_params)?;
                let lines = Lines::new(&at.text, self.encoding);
                let model = self.workspace.model(&at.path);
                value(hover(&at.analysis, &at.text, at.offset, &lines, model.as_deref()))
            }
            GotoDefinition::METHOD => {
                let params: lsp_types::GotoDefinitionParams = parameters(params)?;
                let at = self.at(&params.text_document_position_params)?;
                value(self.definition(&at).map(GotoDefinitionResponse::Scalar))
            }
            References::METHOD => {
                let params: lsp_types::ReferenceParams = parameters(params)?;
                let at = self.at(&params.text_document_position)?;
                value(self.references(&at, params.context.include_declaration))
            }
            Completion::METHOD => {
                let params: lsp_types::CompletionParams = parameters(params)?;
                let at = self.at(&params.text_document_position)?;
                let lines = Lines::new(&at.text, self.encoding);
                let model = self.workspace.model(&at.path);
                let index = &at.analysis.index;
                value(complete(&at.text, at.offset, &lines, index, model.as_deref(), self.snippets))
            }
            PrepareRenameRequest::METHOD => {
                let at = self.at(&parameters(params)?)?;
                let found = renamed(&at.analysis, at.offset).map_err(refused)?;
                let range = at.analysis.lines(found.span.source, self.encoding).range(found.span.range());
                let placeholder = at.analysis.sources.text(found.span).to_owned();
                value(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder })
            }
            Rename::METHOD => {
                let params: lsp_types::RenameParams = parameters(params)?;
                let at = self.at(&params.text_document_position)?;
                value(self.rename(&at, &params.new_name)?)
            }
            DocumentSymbolRequest::METHOD => {
                let params: lsp_types::DocumentSymbolParams = parameters(params)?;
                let at = self.at(&TextDocumentPositionParams::new(params.text_document, Position::default()))?;
                value(DocumentSymbolResponse::Nested(symbols(&at, self.encoding)))
            }
            Formatting::METHOD => {
                let params: lsp_types::DocumentFormattingParams = parameters(params)?;
                let at = self.at(&TextDocumentPositionParams::new(params.text_document, Position::default()))?;
                value(self.formatted(&at))
            }
            _ => Err((ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
        }
    }

    fn at(&mut self, place: &TextDocumentPositionParams) -> Result<At, Refusal> {
        let uri = &place.text_document.uri;
        let path = self.path(uri);
        let open = path.and_then(|path| self.workspace.text(&path).map(str::to_owned).map(|text| (path, text)));
        let (path, text) = open.ok_or_else(|| (ErrorCode::InvalidParams, format!("`{}` is not open", uri.as_str())))?;
        let offset = Lines::new(&text, self.encoding).offset(place.position);
        let analysis = self.workspace.analysis(&path);
        Ok(At { path, text, offset, analysis })
    }

    fn location(&self, analysis: &Analysis, span: Span) -> Option<Location> {
        let uri = self.uri(analysis.path(span.source)?)?;
        Some(Location::new(uri, analysis.lines(span.source, self.encoding).range(span.range())))
    }

    /// Where the name at a place is introduced; of a path to include, the file.
    fn definition(&self, at: &At) -> Option<Location> {
        if let Some(file) = included(at) {
            return Some(Location::new(self.uri(&file)?, Range::default()));
        }
        let found = at.analysis.index.at(at.analysis.place(at.offset)?)?;
        self.location(&at.analysis, at.analysis.index.introduction(found.meaning)?)
    }

    fn references(&self, at: &At, introduction: bool) -> Vec<Location> {
        let found = at.analysis.place(at.offset).and_then(|place| at.analysis.index.at(place));
        let Some(found) = found else { return Vec::new() };
        let wanted = |other: &Occurrence| introduction || !other.introduces;
        let all = at.analysis.index.all(found.meaning).filter(wanted);
        all.filter_map(|other| self.location(&at.analysis, other.span)).collect()
    }

    #[allow(clippy::mutable_key_type)] // the protocol's type asks for URIs as keys
    fn rename(&self, at: &At, new: &str) -> Result<WorkspaceEdit, Refusal> {
        let found = renamed(&at.analysis, at.offset).map_err(refused)?;
        let mut edits: BTreeMap<Uri, Vec<TextEdit>> = BTreeMap::new();
        for span in rename(&at.analysis, found, new).map_err(refused)? {
            if let Some(Location { uri, range }) = self.location(&at.analysis, span) {
                edits.entry(uri).or_default().push(TextEdit::new(range, new.to_owned()));
            }
        }
        Ok(WorkspaceEdit::new(edits.into_iter().collect::<HashMap<_, _>>()))
    }

    /// One edit that puts the text in good order; none where nothing changes or it cannot be read.
    fn formatted(&self, at: &At) -> Vec<TextEdit> {
        let source = SourceMap::default().add("", "");
        let is_markdown = at.path.extension().is_some_and(|ending| ending == "md");
        let formatted = if is_markdown { Ok(format_markdown(source, &at.text)) } else { format(source, &at.text) };
        let all = Lines::new(&at.text, self.encoding).range(0..at.text.len());
        let changed = formatted.ok().filter(|formatted| *formatted != at.text);
        changed.map(|formatted| TextEdit::new(all, formatted)).into_iter().collect()
    }
}

/// The file that the line at a place includes.
fn included(at: &At) -> Option<PathBuf> {
    let start = at.text[..at.offset].rfind('\n').map_or(0, |found| found + 1);
    let line = at.text[start..].lines().next()?;
    let path = line.trim_start().strip_prefix(".include")?.split('"').nth(1)?;
    let file = at.path.parent()?.join(path);
    file.is_file().then(|| super::canonical(&file))
}

/// The declarations of the text.
#[allow(deprecated)] // a field of the protocol's type that must be given
fn symbols(at: &At, encoding: Encoding) -> Vec<DocumentSymbol> {
    let Some(source) = at.analysis.source else { return Vec::new() };
    let lines = at.analysis.lines(source, encoding);
    let own = at.analysis.index.declarations().filter(|(span, _)| span.source == source);
    own.map(|(span, declaration)| DocumentSymbol {
        name: declaration.name.clone(),
        detail: declaration.doc.as_ref().and_then(|doc| doc.lines().next()).map(str::to_owned),
        kind: match declaration.kind {
            Kind::Relation => SymbolKind::FUNCTION,
            Kind::Type => SymbolKind::STRUCT,
            Kind::Branch => SymbolKind::ENUM_MEMBER,
            Kind::Component => SymbolKind::CLASS,
            Kind::Instance => SymbolKind::OBJECT,
            Kind::Functor => SymbolKind::OPERATOR,
        },
        tags: None,
        deprecated: None,
        range: lines.range(declaration.item.range()),
        selection_range: lines.range(span.range()),
        children: None,
    })
    .collect()
}

/// What is wrong with a program, by file. What has no place in a file stands at the beginning of the text `asked`.
pub(super) fn diagnostics(
    analysis: &Analysis,
    asked: &Path,
    encoding: Encoding,
    uri: &dyn Fn(&Path) -> Option<Uri>,
) -> Vec<(PathBuf, lsp_types::Diagnostic)> {
    let mut lines: BTreeMap<_, Lines<'_>> = BTreeMap::new();
    let mut location = |label: &Label| {
        let path = analysis.path(label.span.source)?;
        let lines = lines.entry(label.span.source).or_insert_with(|| analysis.lines(label.span.source, encoding));
        Some((path.to_owned(), lines.range(label.span.range())))
    };
    let mut written = Vec::new();
    for found in &analysis.diagnostics {
        let place = found.labels.first().and_then(&mut location).or_else(|| data_place(analysis, found));
        let elsewhere = place.is_none();
        let (path, range) = place.unwrap_or_else(|| (asked.to_owned(), Range::default()));
        let related = found.labels.iter().skip(1).filter_map(|label| {
            let (path, range) = location(label)?;
            let message = if label.text.is_empty() { "here".to_owned() } else { label.text.clone() };
            Some(DiagnosticRelatedInformation { location: Location::new(uri(&path)?, range), message })
        });
        let related: Vec<_> = related.collect();
        let diagnostic = lsp_types::Diagnostic {
            range,
            severity: Some(match found.severity {
                Severity::Error => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
            }),
            code: Some(NumberOrString::String(found.code.id.to_owned())),
            source: Some("onus".to_owned()),
            message: message(found, elsewhere.then_some(&analysis.sources)),
            related_information: (!related.is_empty()).then_some(related),
            ..lsp_types::Diagnostic::default()
        };
        written.push((path, diagnostic));
    }
    written
}

/// The place of a finding in a file whose text is not kept.
fn data_place(analysis: &Analysis, found: &Diagnostic) -> Option<(PathBuf, Range)> {
    let (name, line) = found.place.as_ref()?.rsplit_once(':')?;
    let line = line.parse::<u32>().ok()?.checked_sub(1)?;
    let source = analysis.sources.ids().find(|&source| analysis.sources.get(source).name() == name)?;
    let place = Position::new(line, 0);
    Some((analysis.path(source)?.to_owned(), Range::new(place, Position::new(line + 1, 0))))
}

/// A finding in words: the cause, what is at its place, further facts, and the way on.
fn message(found: &Diagnostic, sources: Option<&Arc<SourceMap>>) -> String {
    let mut message = found.message.clone();
    if let (Some(sources), Some(label)) = (sources, found.labels.first()) {
        message = format!("{}: {message}", sources.location(label.span));
    }
    if let Some(label) = found.labels.first().filter(|label| !label.text.is_empty()) {
        message.push_str(&format!(" ({})", label.text));
    }
    for note in &found.notes {
        message.push_str(&format!("\nnote: {note}"));
    }
    if let Some(help) = &found.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    message
}

fn parameters<T: DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

fn value(answer: impl serde::Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(answer).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

fn refused(reason: String) -> Refusal {
    (ErrorCode::RequestFailed, reason)
}
