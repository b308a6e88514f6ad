//! `onus lsp` as an editor meets it: the built binary, spoken to over standard input and output.

#![allow(clippy::needless_pass_by_value)] // parameters of messages are written where they are sent
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;

const RULES: &str = r#".type Place <: symbol
/// A road leads from `start` to `end`.
@[says = "a road leads from {start} to {end}"]
.decl road(start: Place, end: Place)
road("bern", "basel").
road("basel", "paris").

/// One can drive from `start` to `end`.
@[says = "one can drive from {start} to {end}"]
.decl reach(start: Place, end: Place)
reach(a, b) :- road(a, b).
reach(a, c) :- reach(a, b), road(b, c).
"#;

const QUESTION: &str = "/// Where to?\n?- reach(\"bern\", where).\n";

/// An editor with a project open.
struct Editor {
    directory: TempDir,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    sent: i64,
    /// What was said about each file since it was last asked.
    diagnostics: Vec<Value>,
}

impl Editor {
    fn new(encodings: &[&str]) -> Self {
        let directory = TempDir::new().unwrap();
        let write = |name: &str, text: &str| {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("onus.toml", "");
        write("rules/roads.dl", RULES);
        write("queries/to.dl", QUESTION);
        std::fs::create_dir(directory.path().join("facts")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_onus"))
            .arg("lsp")
            .current_dir(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut editor = Self { directory, child, input, output, sent: 0, diagnostics: Vec::new() };
        let capabilities = json!({
            "general": { "positionEncodings": encodings },
            "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } },
        });
        let greeting =
            editor.request("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        assert_eq!(greeting["serverInfo"]["name"], "onus");
        editor.notify("initialized", json!({}));
        editor
    }

    fn root(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap()
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}/{name}", self.root().display())
    }

    fn send(&mut self, message: &Value) {
        let body = serde_json::to_string(message).unwrap();
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        input.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server is gone");
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", digits)) => length = digits.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and waits for its answer: the result, or the error.
    fn request(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let id = self.sent;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return if message["error"].is_null() { message["result"].clone() } else { message["error"].clone() };
            }
            self.diagnostics.push(message["params"].clone());
        }
    }

    fn open(&mut self, name: &str, text: &str) {
        let document = json!({ "uri": self.uri(name), "languageId": "datalog", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, name: &str, changes: Value) {
        let document = json!({ "uri": self.uri(name), "version": 2 });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// What is said of a file next: place, code and message of each finding.
    fn findings(&mut self, name: &str) -> String {
        let uri = self.uri(name);
        loop {
            if let Some(at) = self.diagnostics.iter().position(|said| said["uri"] == uri) {
                let said = self.diagnostics.remove(at);
                let one = |found: &Value| {
                    let at =
                        |end: &str| format!("{}:{}", found["range"][end]["line"], found["range"][end]["character"]);
                    let severity = if found["severity"] == 1 { "error" } else { "warning" };
                    let message = found["message"].as_str().unwrap();
                    format!("{}-{} {severity} {} {message}\n", at("start"), at("end"), found["code"].as_str().unwrap())
                };
                return said["diagnostics"].as_array().unwrap().iter().map(one).collect();
            }
            let message = self.receive();
            self.diagnostics.push(message["params"].clone());
        }
    }

    fn at(&self, name: &str, line: u32, character: u32) -> Value {
        json!({ "textDocument": { "uri": self.uri(name) }, "position": { "line": line, "character": character } })
    }

    /// The labels that can be typed at a place, with what each replaces and puts there.
    fn completions(&mut self, name: &str, line: u32, character: u32) -> String {
        let params = self.at(name, line, character);
        let found = self.request("textDocument/completion", params);
        let one = |item: &Value| {
            let range = &item["textEdit"]["range"];
            let columns = format!("{}-{}", range["start"]["character"], range["end"]["character"]);
            format!(
                "{} [{columns}] {}\n",
                item["label"].as_str().unwrap(),
                item["textEdit"]["newText"].as_str().unwrap()
            )
        };
        found.as_array().unwrap().iter().map(one).collect()
    }

    /// A result with the project's place left out.
    fn shown(&self, value: &Value) -> String {
        serde_json::to_string(value).unwrap().replace(&self.uri(""), "")
    }

    fn goodbye(mut self) {
        assert_eq!(self.request("shutdown", Value::Null), Value::Null);
        self.notify("exit", Value::Null);
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn what_is_wrong_is_told_while_one_types() {
    let mut editor = Editor::new(&["utf-16"]);
    let name = "rules/roads.dl";
    editor.open(name, &RULES.replace("reach(a, b), road", "reach(a, b), raod"));
    assert_snapshot!(editor.findings(name), @r"
    11:28-11:32 error E0201 no relation is called `raod` (not declared)
    help: did you mean `road`?
    ");
    // One word is put right; the rest of the text is not sent again.
    let word = json!({ "start": { "line": 11, "character": 28 }, "end": { "line": 11, "character": 32 } });
    editor.change(name, json!([{ "range": word, "text": "road" }]));
    assert_eq!(editor.findings(name), "");
    // What is broken here shows in the question that needs it.
    editor.open("queries/to.dl", QUESTION);
    assert_eq!(editor.findings("queries/to.dl"), "");
    editor.change(name, json!([{ "text": RULES.replace("reach", "get") }]));
    assert_snapshot!(editor.findings("queries/to.dl"), @r"
    1:3-1:8 error E0201 no relation is called `reach` (not declared)
    help: declare it: `.decl reach(...)`; there are `get`, `road`
    ");
    editor.goodbye();
}

#[test]
fn hover_tells_sentence_and_columns() {
    let mut editor = Editor::new(&["utf-16"]);
    editor.open("rules/roads.dl", RULES);
    editor.open("queries/to.dl", QUESTION);
    let params = editor.at("queries/to.dl", 1, 5);
    let found = editor.request("textDocument/hover", params);
    assert_snapshot!(found["contents"]["value"].as_str().unwrap(), @r"
    ```datalog
    .decl reach(start: Place, end: Place)
    ```

    One can drive from `start` to `end`.

    *one can drive from {start} to {end}*

    3 tuples
    ");
    let params = editor.at("queries/to.dl", 1, 12);
    let found = editor.request("textDocument/hover", params);
    assert_snapshot!(found["contents"]["value"].as_str().unwrap(), @"`start: Place` of `reach`");
    let params = editor.at("rules/roads.dl", 3, 19);
    let found = editor.request("textDocument/hover", params);
    assert_snapshot!(found["contents"]["value"].as_str().unwrap(), @r"
    ```datalog
    .type Place <: symbol
    ```
    ");
    editor.goodbye();
}

#[test]
fn definitions_and_uses_are_found_across_files() {
    let mut editor = Editor::new(&["utf-16"]);
    editor.open("queries/to.dl", QUESTION);
    let params = editor.at("queries/to.dl", 1, 5);
    let found = editor.request("textDocument/definition", params);
    assert_snapshot!(editor.shown(&found), @r#"
    {"range":{"end":{"character":11,"line":9},"start":{"character":6,"line":9}},"uri":"rules/roads.dl"}
    "#);
    editor.open("rules/roads.dl", RULES);
    let mut params = editor.at("rules/roads.dl", 11, 36);
    let found = editor.request("textDocument/definition", params.clone());
    assert_snapshot!(editor.shown(&found), @r#"
    {"range":{"end":{"character":10,"line":11},"start":{"character":9,"line":11}},"uri":"rules/roads.dl"}
    "#);
    params["position"]["character"] = json!(16);
    params["context"] = json!({ "includeDeclaration": false });
    let found = editor.request("textDocument/references", params);
    assert_snapshot!(editor.shown(&found), @r#"
    [{"range":{"end":{"character":5,"line":10},"start":{"character":0,"line":10}},"uri":"rules/roads.dl"},{"range":{"end":{"character":5,"line":11},"start":{"character":0,"line":11}},"uri":"rules/roads.dl"},{"range":{"end":{"character":20,"line":11},"start":{"character":15,"line":11}},"uri":"rules/roads.dl"},{"range":{"end":{"character":8,"line":1},"start":{"character":3,"line":1}},"uri":"queries/to.dl"}]
    "#);
    editor.goodbye();
}

#[test]
fn what_can_stand_at_a_place_is_offered() {
    let mut editor = Editor::new(&["utf-16"]);
    let name = "rules/roads.dl";
    editor.open(name, RULES);
    // Evaluated while it was whole, the program still knows its places when it is not.
    let text = format!("{RULES}reach(a, c) :- road(a, \"ba\"), re\n.decl more(x: Pl\n.de\n@[sa");
    editor.change(name, json!([{ "text": text }]));
    assert_snapshot!(editor.completions(name, 12, 32), @r"
    road [30-32] road(${1:start}, ${2:end})
    reach [30-32] reach(${1:start}, ${2:end})
    a [30-32] a
    c [30-32] c
    ");
    assert_snapshot!(editor.completions(name, 12, 26), @r#"
    "basel" [23-27] "basel"
    "bern" [23-27] "bern"
    "paris" [23-27] "paris"
    "#);
    assert_snapshot!(editor.completions(name, 12, 21), @r#"
    start [20-21] start
    a [20-21] a
    c [20-21] c
    re [20-21] re
    "basel" [20-21] "basel"
    "bern" [20-21] "bern"
    "paris" [20-21] "paris"
    "#);
    assert_snapshot!(editor.completions(name, 13, 16), @r"
    Place [14-16] Place
    float [14-16] float
    number [14-16] number
    symbol [14-16] symbol
    unsigned [14-16] unsigned
    ");
    assert_snapshot!(editor.completions(name, 14, 3), @r"
    .comp [0-3] .comp 
    .decl [0-3] .decl 
    .functor [0-3] .functor 
    .include [0-3] .include 
    .init [0-3] .init 
    .input [0-3] .input 
    .limitsize [0-3] .limitsize 
    .output [0-3] .output 
    .override [0-3] .override 
    .plan [0-3] .plan 0: 
    .pragma [0-3] .pragma 
    .printsize [0-3] .printsize 
    .type [0-3] .type
    ");
    assert_snapshot!(editor.completions(name, 15, 4), @r#"
    adjustable [2-4] adjustable
    alarm [2-4] alarm
    deny [2-4] deny = "
    label [2-4] label = "
    quiet [2-4] quiet
    says [2-4] says = "
    says_not [2-4] says_not = "
    watch [2-4] watch
    "#);
    editor.goodbye();
}

#[test]
fn names_are_changed_in_every_file() {
    let mut editor = Editor::new(&["utf-16"]);
    editor.open("rules/roads.dl", RULES);
    let mut params = editor.at("rules/roads.dl", 11, 17);
    let found = editor.request("textDocument/prepareRename", params.clone());
    assert_snapshot!(editor.shown(&found), @r#"
    {"placeholder":"reach","range":{"end":{"character":20,"line":11},"start":{"character":15,"line":11}}}
    "#);
    params["newName"] = json!("gets");
    let found = editor.request("textDocument/rename", params.clone());
    assert_snapshot!(editor.shown(&found), @r#"
    {"changes":{"queries/to.dl":[{"newText":"gets","range":{"end":{"character":8,"line":1},"start":{"character":3,"line":1}}}],"rules/roads.dl":[{"newText":"gets","range":{"end":{"character":11,"line":9},"start":{"character":6,"line":9}}},{"newText":"gets","range":{"end":{"character":5,"line":10},"start":{"character":0,"line":10}}},{"newText":"gets","range":{"end":{"character":5,"line":11},"start":{"character":0,"line":11}}},{"newText":"gets","range":{"end":{"character":20,"line":11},"start":{"character":15,"line":11}}}]}}
    "#);
    // A variable is one of its clause.
    params["position"]["character"] = json!(6);
    params["newName"] = json!("from");
    let found = editor.request("textDocument/rename", params.clone());
    assert_snapshot!(editor.shown(&found), @r#"
    {"changes":{"rules/roads.dl":[{"newText":"from","range":{"end":{"character":7,"line":11},"start":{"character":6,"line":11}}},{"newText":"from","range":{"end":{"character":22,"line":11},"start":{"character":21,"line":11}}}]}}
    "#);
    for (new, character) in [("b", 6), ("count", 6), ("road", 17)] {
        params["newName"] = json!(new);
        params["position"]["character"] = json!(character);
        let refusal = editor.request("textDocument/rename", params.clone());
        assert!(refusal["message"].is_string(), "{new}: {refusal}");
    }
    editor.goodbye();
}

#[test]
fn texts_are_outlined_and_formatted() {
    let mut editor = Editor::new(&["utf-8", "utf-16"]);
    let text = "// \u{fc}\n.type T<:symbol\n/// Says.\n.decl p( x:T )\n";
    editor.open("alone.dl", text);
    let document =
        json!({ "textDocument": { "uri": editor.uri("alone.dl") }, "options": { "tabSize": 4, "insertSpaces": true } });
    let found = editor.request("textDocument/formatting", document.clone());
    assert_snapshot!(editor.shown(&found), @r#"
    [{"newText":"// ü\n.type T <: symbol\n/// Says.\n.decl p(x: T)\n","range":{"end":{"character":0,"line":4},"start":{"character":0,"line":0}}}]
    "#);
    let found = editor.request("textDocument/documentSymbol", document);
    assert_snapshot!(editor.shown(&found), @r#"
    [{"kind":23,"name":"T","range":{"end":{"character":15,"line":1},"start":{"character":0,"line":1}},"selectionRange":{"end":{"character":7,"line":1},"start":{"character":6,"line":1}}},{"detail":"Says.","kind":12,"name":"p","range":{"end":{"character":14,"line":3},"start":{"character":0,"line":3}},"selectionRange":{"end":{"character":7,"line":3},"start":{"character":6,"line":3}}}]
    "#);
    editor.goodbye();
}

#[test]
fn a_question_anywhere_may_be_about_the_rules_that_are_built_in() {
    let mut editor = Editor::new(&["utf-16"]);
    std::fs::remove_file(editor.root().join("onus.toml")).unwrap();
    std::fs::remove_dir(editor.root().join("facts")).unwrap();
    editor.open("mine.dl", "?- gap(at, layer, \"silent\").\n");
    assert_eq!(editor.findings("mine.dl"), "");
    assert!(editor.completions("mine.dl", 0, 9).contains("\"acme_redis\""));
    let params = editor.at("mine.dl", 0, 4);
    let refusal = editor.request("textDocument/prepareRename", params);
    assert_eq!(refusal["message"], "it is declared or used in rules that are built in");
    let unknown = editor.request("textDocument/unheardOf", json!({}));
    assert_eq!(unknown["code"], -32601);
    editor.goodbye();
}

#[test]
fn an_editor_that_vanishes_ends_the_server() {
    let mut editor = Editor::new(&["utf-16"]);
    drop(editor.input.take());
    assert_eq!(editor.child.wait().unwrap().code(), Some(1));
}
