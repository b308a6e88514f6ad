//! The language server: what `onus lint`, `onus schema` and `onus fmt` know, in an editor. It speaks the Language Server
//! Protocol over standard input and output.

mod answer;
mod complete;
mod hover;
mod index;
mod rename;
mod text;
mod workspace;

use std::collections::BTreeMap;
use std::path::PathBuf;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument, Exit,
    Notification as _, PublishDiagnostics,
};
use lsp_types::{
    CompletionOptions, HoverProviderCapability, InitializeParams, OneOf, PublishDiagnosticsParams, RenameOptions,
    SaveOptions, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, Uri,
};
use serde::de::DeserializeOwned;

use text::{Encoding, Lines, path_of, uri_of};
use workspace::{Workspace, canonical};

/// Serves the editor at the other end of standard input and output, until it says goodbye. Gives whether it did.
///
/// # Errors
/// It does not speak the protocol, or is gone.
pub fn serve() -> Result<bool, String> {
    let (connection, threads) = Connection::stdio();
    let served = Server::greet(&connection).and_then(|mut server| server.run());
    drop(connection);
    threads.join().map_err(|error| error.to_string())?;
    served
}

/// One editor and what it has open.
struct Server<'c> {
    connection: &'c Connection,
    workspace: Workspace,
    /// How the editor names the files that it has open.
    uris: BTreeMap<PathBuf, Uri>,
    /// What was last said about each file.
    said: BTreeMap<PathBuf, Vec<lsp_types::Diagnostic>>,
    encoding: Encoding,
    snippets: bool,
    /// Whether something changed since diagnostics were published.
    changed: bool,
}

impl<'c> Server<'c> {
    fn greet(connection: &'c Connection) -> Result<Self, String> {
        let (id, params) = connection.initialize_start().map_err(|error| error.to_string())?;
        let params: InitializeParams = serde_json::from_value(params).map_err(|error| error.to_string())?;
        let general = params.capabilities.general.as_ref();
        let encoding = Encoding::agreed(general.and_then(|general| general.position_encodings.as_deref()));
        let completion = params.capabilities.text_document.as_ref().and_then(|it| it.completion.as_ref());
        let snippets = completion.and_then(|it| it.completion_item.as_ref()).and_then(|it| it.snippet_support);
        let result = serde_json::json!({
            "capabilities": capabilities(encoding),
            "serverInfo": { "name": "onus", "version": env!("CARGO_PKG_VERSION") },
        });
        connection.initialize_finish(id, result).map_err(|error| error.to_string())?;
        Ok(Self {
            connection,
            workspace: Workspace::default(),
            uris: BTreeMap::new(),
            said: BTreeMap::new(),
            encoding,
            snippets: snippets.unwrap_or(false),
            changed: false,
        })
    }

    fn run(&mut self) -> Result<bool, String> {
        while let Ok(message) = self.connection.receiver.recv() {
            if let Some(end) = self.take(message)? {
                return Ok(end);
            }
            // What was typed meanwhile comes first: nobody wants to hear about a text that is no more.
            while let Ok(message) = self.connection.receiver.try_recv() {
                if let Some(end) = self.take(message)? {
                    return Ok(end);
                }
            }
            self.publish()?;
        }
        Ok(false)
    }

    /// Takes one message. Gives, if it is the last one, whether the editor said goodbye.
    fn take(&mut self, message: Message) -> Result<Option<bool>, String> {
        match message {
            Message::Request(request) => {
                if self.connection.handle_shutdown(&request).map_err(|error| error.to_string())? {
                    return Ok(Some(true));
                }
                let response = self.request(request);
                self.send(Message::Response(response))?;
            }
            Message::Notification(notification) if notification.method == Exit::METHOD => return Ok(Some(false)),
            Message::Notification(notification) => self.notified(notification),
            Message::Response(_) => {}
        }
        Ok(None)
    }

    fn send(&self, message: Message) -> Result<(), String> {
        self.connection.sender.send(message).map_err(|error| error.to_string())
    }

    fn notified(&mut self, notification: Notification) {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let Some(opened) = read::<lsp_types::DidOpenTextDocumentParams>(notification.params) else { return };
                let document = opened.text_document;
                if let Some(path) = self.path(&document.uri) {
                    self.uris.insert(path.clone(), document.uri);
                    self.workspace.set(path.clone(), document.text);
                    self.workspace.evaluate(&path);
                }
            }
            DidChangeTextDocument::METHOD => {
                let Some(changed) = read::<lsp_types::DidChangeTextDocumentParams>(notification.params) else { return };
                if let Some(path) = self.path(&changed.text_document.uri)
                    && let Some(text) = self.workspace.text(&path)
                {
                    let text = self.edited(text.to_owned(), changed.content_changes);
                    self.workspace.set(path, text);
                }
            }
            DidSaveTextDocument::METHOD => {
                let Some(saved) = read::<lsp_types::DidSaveTextDocumentParams>(notification.params) else { return };
                if let Some(path) = self.path(&saved.text_document.uri) {
                    self.workspace.forget();
                    self.workspace.evaluate(&path);
                }
            }
            DidCloseTextDocument::METHOD => {
                let Some(closed) = read::<lsp_types::DidCloseTextDocumentParams>(notification.params) else { return };
                if let Some(path) = self.path(&closed.text_document.uri) {
                    self.workspace.close(&path);
                }
            }
            DidChangeWatchedFiles::METHOD => self.workspace.forget(),
            _ => return,
        }
        self.changed = true;
    }

    fn path(&self, uri: &Uri) -> Option<PathBuf> {
        path_of(uri).map(|path| canonical(&path))
    }

    fn edited(&self, mut text: String, changes: Vec<lsp_types::TextDocumentContentChangeEvent>) -> String {
        for change in changes {
            match change.range {
                Some(range) => {
                    let lines = Lines::new(&text, self.encoding);
                    let (start, end) = (lines.offset(range.start), lines.offset(range.end));
                    text.replace_range(start..end.max(start), &change.text);
                }
                None => text = change.text,
            }
        }
        text
    }

    /// Tells what is wrong with the programs of all open files, where that is news.
    fn publish(&mut self) -> Result<(), String> {
        if !std::mem::take(&mut self.changed) {
            return Ok(());
        }
        let mut found: BTreeMap<PathBuf, Vec<lsp_types::Diagnostic>> = BTreeMap::new();
        for path in self.workspace.paths() {
            let analysis = self.workspace.analysis(&path);
            for (file, diagnostic) in answer::diagnostics(&analysis, &path, self.encoding, &|path| self.uri(path)) {
                let known = found.entry(file).or_default();
                // Two open files of one program say the same.
                if !known.contains(&diagnostic) {
                    known.push(diagnostic);
                }
            }
            found.entry(path).or_default();
        }
        let said = std::mem::take(&mut self.said);
        let gone = said.keys().filter(|path| !found.contains_key(*path)).map(|path| (path.clone(), Vec::new()));
        for (path, diagnostics) in found.clone().into_iter().chain(gone) {
            if said.get(&path) == Some(&diagnostics) {
                continue;
            }
            let Some(uri) = self.uri(&path) else { continue };
            let params = PublishDiagnosticsParams { uri, diagnostics, version: None };
            self.send(Message::Notification(Notification::new(PublishDiagnostics::METHOD.to_owned(), params)))?;
        }
        self.said = found;
        Ok(())
    }

    /// A file as the editor names it.
    fn uri(&self, path: &std::path::Path) -> Option<Uri> {
        self.uris.get(path).cloned().or_else(|| uri_of(path))
    }

    fn request(&mut self, request: Request) -> Response {
        let Request { id, method, params, .. } = request;
        match self.answer(&method, params) {
            Ok(value) => Response::new_ok(id, value),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        }
    }
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([".", "(", ",", "\"", "[", ":"].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: lsp_types::WorkDoneProgressOptions::default(),
        })),
        ..ServerCapabilities::default()
    }
}

/// The parameters of a message; nothing where they are not what the protocol says.
fn read<T: DeserializeOwned>(params: serde_json::Value) -> Option<T> {
    serde_json::from_value(params).ok()
}

/// Why a request has no answer.
type Refusal = (ErrorCode, String);
