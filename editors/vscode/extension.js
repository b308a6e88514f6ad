// Starts `onus lsp` for Datalog files, and ends it with the window.
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  const command = workspace.getConfiguration("onus").get("path") || "onus";
  const server = { command, args: ["lsp"] };
  const files = {
    documentSelector: [{ scheme: "file", language: "datalog" }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{dl,toml}") },
  };
  client = new LanguageClient("onus", "onus", server, files);
  return client.start();
};

exports.deactivate = () => client && client.stop();
