"use strict";
// Part of the tests, never of what is shipped. It writes down what the extension records before anything is sent, and
// runs code that a test posts to it, inside the same extension host and so under the same clock.
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const vscode = require("vscode");

const folder = process.env.TIMECODE_WITNESS;

exports.activate = async () => {
  const name = path.join(folder, `${process.pid}`);
  const write = (line) => fs.appendFileSync(`${name}.jsonl`, `${JSON.stringify(line)}\n`);
  const extension = vscode.extensions.getExtension("timecode.timecode");
  if (process.env.TIMECODE_TIMED) timeListeners(extension);
  const api = await extension.activate();
  api.onDidRecord((event) => write({ kind: "recorded", event }));
  api.onDidSettle((settled) => settled.forEach((one) => write({ kind: "settled", ...one })));

  const AsyncFunction = (async () => {}).constructor;
  const server = http.createServer((request, response) => {
    let text = "";
    request.on("data", (part) => (text += part));
    request.on("end", async () => {
      const answer = (status, body) => {
        response.writeHead(status, { "Content-Type": "application/json" });
        response.end(JSON.stringify(body ?? null));
      };
      try {
        answer(200, await new AsyncFunction("vscode", "require", "api", text)(vscode, require, api));
      } catch (error) {
        answer(500, String(error && error.stack));
      }
    });
  });
  server.listen(0, "127.0.0.1", () => {
    const about = { pid: process.pid, port: server.address().port, folder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "" };
    fs.writeFileSync(`${name}.tmp`, JSON.stringify(about));
    fs.renameSync(`${name}.tmp`, `${name}.window`);
  });
};

/** Puts a clock around the loading and the start of the extension and around each of its listeners. */
function timeListeners(extension) {
  const spans = (globalThis.timecodeSpans = []);
  const bare = (globalThis.timecodeBare = []);
  const timed = (listener, self, spans) => function (...rest) {
    const began = performance.now();
    try {
      return listener.apply(self, rest);
    } finally {
      spans.push(performance.now() - began);
    }
  };
  const main = require.resolve(path.join(extension.extensionPath, extension.packageJSON.main));
  const Module = require("node:module");
  const load = Module._load;
  // The extension gets an editor whose events it can't tell from the real ones.
  Module._load = function (request, parent, ...rest) {
    const loaded = load.call(this, request, parent, ...rest);
    return request === "vscode" && parent?.filename === main ? wrapped(loaded) : loaded;
  };
  // Made once: the clock must not time the making of its own tools.
  const wrapped = (api) => Object.create(api, {
    window: { value: events(api.window) },
    workspace: { value: events(api.workspace) },
  });
  const events = (space) => {
    const copy = Object.create(space);
    for (const name of Object.keys(space).filter((one) => /^on(?:Did|Will)/.test(one))) {
      const value = space[name];
      Object.defineProperty(copy, name, { value: (listener, self, disposables) => value(timed(listener, self, spans), undefined, disposables) });
    }
    return copy;
  };
  // What the same clock reads where nothing is done: the machine's own part in the figures.
  const nothing = timed(() => {}, undefined, bare);
  vscode.workspace.onDidChangeTextDocument(nothing);
  vscode.window.onDidChangeTextEditorSelection(nothing);
  vscode.window.onDidChangeTextEditorVisibleRanges(nothing);
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (content, filename) {
    if (filename !== main) return compile.call(this, content, filename);
    const began = performance.now();
    const result = compile.call(this, content, filename);
    const loading = performance.now() - began;
    const { activate } = this.exports;
    this.exports = { ...this.exports, activate: async (...rest) => {
      const start = performance.now();
      try {
        return await activate(...rest);
      } finally {
        globalThis.timecodeActivation = [loading, performance.now() - start];
      }
    } };
    return result;
  };
}
