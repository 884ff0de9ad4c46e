import assert from "node:assert/strict";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { FakeVscode, play } from "./support/fakeVscode";
import { FakeService, TOKEN } from "./support/fakeService";
import { scratch } from "./support/folders";
import { until } from "./support/until";
import { activate, deactivate } from "../src/extension";
import { folderSettings, windowSettings } from "../src/settings";

interface Scene {
  readonly vscode: FakeVscode;
  readonly service: FakeService;
  /** Where the extension keeps what waits. */
  readonly queue: string;
  readonly project: string;
  /** Somebody types a letter into a file of the project. */
  readonly type: (name: string) => void;
  /** What arrived: project and file. */
  readonly arrived: () => string[];
}

/** A window on a project, and a service whose token is in its folder; unless it is to be without. */
async function scene(t: TestContext, token = TOKEN): Promise<Scene> {
  const folder = await scratch(t);
  const [home, project, storage] = ["home", "lighthouse", "storage/User/globalStorage/timecode"].map((name) => join(folder, name)) as [string, string, string];
  await mkdir(home, { mode: 0o700 });
  if (token !== "") await writeFile(join(home, "token"), `${token}\n`, { mode: 0o600 });
  for (const one of [project, join(folder, "harbour")]) {
    await mkdir(join(one, ".git"), { recursive: true });
    await writeFile(join(one, ".git", "HEAD"), "ref: refs/heads/beam\n");
  }
  const service = await new FakeService().listen();
  t.after(() => service.close());
  const vscode = new FakeVscode(storage);
  play(vscode);
  vscode.editor.folders = [{ uri: vscode.editor.api.Uri.file(project), name: "lighthouse" }];
  vscode.set("url", `http://127.0.0.1:${service.port}`);
  vscode.set("home", home);
  t.after(() => close(vscode));
  return {
    vscode,
    service,
    queue: join(storage, "queue"),
    project,
    type: (name) => {
      const document = { uri: `file://${join(project, name)}`, language: "python" };
      const { editor } = vscode;
      editor.stand({ front: document, selection: [[0, 0, 0, 0]], tab: { kind: "TabInputText", label: name, active: true, uri: document.uri }, dirty: [document.uri] });
      editor.tell("window.onDidChangeActiveTextEditor", { document });
      editor.tell("workspace.onDidChangeTextDocument", { document, changes: [{ text: "x", removed: 0, range: [0, 0, 0, 0] }] });
    },
    arrived: () => [...service.stored.values()].map((text) => {
      const { project, entity } = JSON.parse(text) as { project: string; entity: string };
      return `${project} ${entity}`;
    }),
  };
}

/** As the editor ends an extension. */
async function close({ context }: FakeVscode): Promise<void> {
  await deactivate();
  for (const one of context.subscriptions.splice(0)) one.dispose();
}

async function waiting(queue: string): Promise<string> {
  const files = await readdir(queue, { recursive: true, withFileTypes: true });
  return (await Promise.all(files.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), "utf8")))).join("");
}

test("what is typed is described, delivered and shown", async (t) => {
  const { vscode, service, type, arrived } = await scene(t);
  const api = activate(vscode.context);
  const recorded: string[] = [];
  const verdicts: string[] = [];
  api.onDidRecord(({ entity }) => recorded.push(entity));
  api.onDidSettle((settled) => verdicts.push(...settled.map(({ verdict }) => verdict)));
  type("lamp.py");
  await until(() => verdicts.length === 1);
  assert.deepEqual([arrived(), recorded, verdicts], [["lighthouse lamp.py"], ["lamp.py"], ["stored"]]);
  const event = JSON.parse([...service.stored.values()][0] ?? "") as { [key: string]: unknown };
  assert.deepEqual(
    [event["category"], event["branch"], event["editor"], event["source"], event["is_write"], event["type"]],
    ["coding", "beam", "VS Code", "vscode", false, "file"],
  );
  await until(() => vscode.bar.text === "$(clock) 1 h 1 min");
  assert.deepEqual([vscode.bar.command?.command, vscode.said], ["timecode.openDashboard", []]);
  assert.deepEqual(Object.fromEntries(vscode.contexts), { "timecode.paused": false, "timecode.installed": true, "timecode.up": true });
});

test("a pause holds for all windows and until it is ended, by setting or by command", async (t) => {
  const { vscode, type, arrived } = await scene(t);
  activate(vscode.context);
  await vscode.press("timecode.pause");
  type("lamp.py");
  await until(() => vscode.bar.text === "$(debug-pause) paused");
  assert.deepEqual([vscode.bar.command?.command, vscode.contexts.get("timecode.paused")], ["timecode.resume", true]);
  await vscode.press("timecode.resume");
  type("lens.ts");
  await until(() => arrived().length > 0);
  assert.deepEqual(arrived(), ["lighthouse lens.ts"]);
});

test("of a folder that opts out nothing is recorded, and of a project once it is excluded", async (t) => {
  const { vscode, type, arrived, service } = await scene(t);
  vscode.set("enabled", false, "workspaceFolderValue");
  activate(vscode.context);
  type("lamp.py");
  await until(() => vscode.bar.text.endsWith("off here"));
  // Events come in order: those before this one have been decided on when it arrives.
  type("../harbour/quay.py");
  await until(() => arrived().length === 1);
  vscode.set("enabled", undefined, "workspaceFolderValue");
  type("lamp.py");
  await until(() => arrived().length === 2);
  vscode.answer = () => "Exclude";
  await vscode.press("timecode.excludeProject");
  assert.match(vscode.said.flat().join("\n"), /Stop recording time for the project "lighthouse"\?[^]*"lighthouse" is recorded no more/);
  type("lens.ts");
  type("../harbour/crane.py");
  await until(() => arrived().length === 3);
  assert.deepEqual(arrived(), ["harbour quay.py", "lighthouse lamp.py", "harbour crane.py"]);
  assert.doesNotMatch(service.wire, /lens/);
});

test("without a token nothing is sent but a random number; once it is typed in, what waited arrives", async (t) => {
  const { vscode, service, type, arrived } = await scene(t, "");
  activate(vscode.context);
  type("lamp.py");
  await until(() => vscode.bar.text.startsWith("$(key) token missing") && vscode.bar.text.includes("1 waiting"));
  assert.equal(vscode.bar.command?.command, "timecode.setToken");
  assert.doesNotMatch(service.wire, /lamp|lighthouse/);
  vscode.answer = (sentence) => (sentence === "Timecode token" ? ` ${TOKEN.toUpperCase()} ` : undefined);
  await vscode.press("timecode.setToken");
  assert.deepEqual(vscode.said.at(-1), ["information", "The Timecode service accepted the token."]);
  await until(() => arrived().length === 1);
  assert.equal(vscode.secrets.get("timecode.token"), TOKEN);
  vscode.answer = (sentence) => (sentence === "Timecode token" ? "" : undefined);
  await vscode.press("timecode.setToken");
  assert.equal(vscode.secrets.size, 0);
});

test("a service that is away is told of once, with what helps; it is tried again when somebody comes to the window", async (t) => {
  const { vscode, service, type, arrived } = await scene(t);
  const { port } = service;
  await service.close();
  activate(vscode.context);
  type("lamp.py");
  await until(() => vscode.said.length > 0);
  assert.match(vscode.said[0]?.[1] ?? "", /is not running.*Your time is being kept here until then\.$/);
  assert.equal(vscode.contexts.get("timecode.up"), false);
  const back = await new FakeService().listen(port);
  t.after(() => back.close());
  vscode.editor.tell("window.onDidChangeWindowState", { focused: true, active: true });
  await until(() => back.stored.size === 1);
  await until(() => vscode.bar.text === "$(clock) 1 h 1 min");
  assert.deepEqual([arrived(), vscode.said.length], [[], 1]);
});

test("what was recorded last is on disk when the window has closed, and arrives by the next one", async (t) => {
  const { vscode, service, queue, type, arrived } = await scene(t);
  service.rule = (path) => (path === "/api/v1/events" ? { status: 503 } : "pass");
  activate(vscode.context);
  await until(() => vscode.bar.text !== "");
  type("lamp.py");
  await close(vscode);
  assert.match(await waiting(queue), /lamp\.py/);
  service.rule = () => "pass";
  activate(vscode.context);
  await until(() => arrived().length > 0);
  assert.deepEqual(arrived(), ["lighthouse lamp.py"]);
});

test("a window that has closed listens to nothing, and leaves no command behind", async (t) => {
  const { vscode, type } = await scene(t);
  activate(vscode.context);
  assert.ok(vscode.editor.listeners > 20 && vscode.commands.size > 10);
  type("lamp.py");
  await close(vscode);
  assert.deepEqual([vscode.editor.listeners, vscode.commands.size], [0, 0]);
});

test("what a command can't do is said in a sentence, with the button that helps", async (t) => {
  const { vscode, service } = await scene(t);
  await service.close();
  activate(vscode.context);
  await vscode.press("timecode.openDashboard");
  const [severity, sentence, ...buttons] = vscode.said.find(([one]) => one === "error") ?? [];
  assert.equal(severity, "error");
  assert.match(sentence ?? "", /^The Timecode service at .* is not running/);
  assert.equal(buttons.length, 1);
});

test("another address counts at once", async (t) => {
  const { vscode, type, arrived } = await scene(t);
  vscode.set("url", "http://127.0.0.1:1");
  activate(vscode.context);
  type("lamp.py");
  await until(() => vscode.contexts.get("timecode.up") === false && vscode.bar.text.includes("1 waiting"));
  const other = await new FakeService().listen();
  t.after(() => other.close());
  vscode.set("url", `http://127.0.0.1:${other.port}`);
  await until(() => other.stored.size === 1);
  assert.deepEqual(arrived(), []);
});

test("a repository may tighten what the person chose, and never loosen it", async (t) => {
  const { vscode, project } = await scene(t);
  const uri = vscode.editor.api.Uri.file(project);
  const settings = (): unknown[] => {
    const { enabled, paths, branches, exclude } = folderSettings(uri);
    return [enabled, paths, branches, exclude];
  };
  assert.deepEqual(settings(), [true, "relative", true, []]);
  for (const layer of ["workspaceValue", "workspaceFolderValue"] as const) {
    vscode.set("paths", "absolute", layer);
    vscode.set("recordBranches", true, layer);
    vscode.set("enabled", true, layer);
  }
  assert.deepEqual(settings(), [true, "relative", true, []], "asked for more");
  vscode.set("paths", "hashed", "workspaceValue");
  vscode.set("exclude", ["*.key"], "workspaceValue");
  vscode.set("exclude", ["*.pem", 7], "workspaceFolderValue");
  vscode.set("recordBranches", false, "workspaceFolderValue");
  assert.deepEqual(settings(), [true, "hashed", false, ["*.key", "*.pem"]]);
  vscode.set("enabled", false, "workspaceValue");
  assert.equal(folderSettings(uri).enabled, false);
  assert.equal(windowSettings().recording, true, "a pause is the person's alone");
});
