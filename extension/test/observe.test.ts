import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Pending } from "../src/observe/pending";
import { Saves } from "../src/observe/saves";
import { Subjects, type Place } from "../src/observe/subject";
import { Work } from "../src/observe/work";
import type { TextDocument, Uri } from "vscode";

test("decisions are put off for each document apart, and edits that go on don't delay them", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => { mock.timers.reset(); });
  const pending = new Pending();
  const made: string[] = [];
  const [one, other] = [{}, {}];
  for (let n = 0; n < 10; n++) {
    pending.add(one, 400, 1, () => made.push("one"));
    pending.add(other, 400, 1, () => made.push("other"));
    mock.timers.tick(100);
  }
  assert.deepEqual(made, ["one", "other", "one", "other"]);
  pending.decide(one);
  assert.deepEqual(made.slice(4), ["one"], "at once, where there is no need to wait");
  pending.clear();
  mock.timers.tick(1_000);
  assert.equal(made.length, 5);
});

test("a large edit behind a small one decides, and a small one behind a large one does not", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => { mock.timers.reset(); });
  const pending = new Pending();
  const made: number[] = [];
  const document = {};
  for (const weight of [1, 500, 2]) pending.add(document, 400, weight, () => made.push(weight));
  mock.timers.tick(400);
  assert.deepEqual(made, [500]);
});

test("what runs ends with its terminal, and after a quarter of an hour is a watcher", () => {
  let now = 0;
  const work = new Work(() => now);
  const terminal = {};
  work.start({}, "testing", terminal);
  assert.deepEqual([work.has("testing"), work.has("building")], [true, false]);
  assert.equal(work.close({}), false);
  assert.equal(work.close(terminal), true);
  assert.equal(work.has("testing"), false);
  const task = {};
  work.start(task, "building");
  now += 14 * 60_000;
  assert.equal(work.has("building"), true);
  now += 60_000;
  assert.equal(work.has("building"), false);
  assert.deepEqual([work.end(task), work.end(task)], [true, false]);
});

const folder = "/code/lighthouse";
const uriOf = (scheme: string, path: string): Uri => ({ scheme, path, toString: () => `${scheme}:${path}` }) as unknown as Uri;
const documentOf = (scheme: string, path = `${folder}/a.ts`): TextDocument => ({ uri: uriOf(scheme, path), languageId: "typescript" }) as TextDocument;
const placeOf = ({ scheme, path }: Uri): Place | undefined =>
  path.startsWith(`${folder}/`) ? { uri: uriOf("file", path), inFolder: scheme === "vscode-scm" } : undefined;

test("files are of the disk or of the workspace's file systems, and nothing that an extension makes up", () => {
  const subjects = new Subjects(() => undefined, "/home/me/.config/Code/User", { schemes: ["memfs"], placeOf });
  for (const scheme of ["file", "vscode-remote", "vscode-vfs", "memfs"]) assert.equal(subjects.ofDocument(documentOf(scheme))?.type, "file", scheme);
  for (const scheme of ["untitled", "output", "jdt", "git-graph", "chat-editing-text-model", "vscode-chat-code-block", "merge-conflict.conflict-diff", "vscode-userdata", "other"])
    assert.equal(subjects.ofDocument(documentOf(scheme)), undefined, scheme);
  assert.equal(subjects.ofDocument(documentOf("file", "/home/me/.config/Code/User/settings.json")), undefined);
  const later = documentOf("other");
  assert.equal(subjects.ofDocument(later), undefined);
  subjects.setWorkspace({ schemes: ["other"], placeOf });
  assert.equal(subjects.ofDocument(later)?.type, "file", "its folder was added");
});

test("a review is of the project of the file under review, and the file goes unnamed", () => {
  const subjects = new Subjects(() => undefined, "/own", { schemes: ["file"], placeOf });
  for (const scheme of ["git", "review", "comment"]) {
    const subject = subjects.ofDocument(documentOf(scheme));
    assert.deepEqual([subject?.type, subject?.app, subject?.reviewing, subject?.inFolder, subject?.uri?.scheme], ["app", "code review", true, false, "file"], scheme);
  }
  const lost = subjects.ofDocument(documentOf("git", "/elsewhere/a"));
  assert.deepEqual([lost?.uri, lost?.unplaced], [undefined, true]);
});

test("the message of a commit belongs to its repository, and is no review", () => {
  const subjects = new Subjects(() => undefined, "/own", { schemes: ["file"], placeOf });
  const subject = subjects.ofDocument(documentOf("vscode-scm"));
  assert.deepEqual([subject?.type, subject?.app, subject?.reviewing, subject?.inFolder, subject?.unplaced], ["app", "source control", false, true, false]);
});

test("a cell belongs to its notebook as soon as the editor tells of it", () => {
  let known = false;
  const uri = uriOf("file", `${folder}/a.ipynb`);
  const subjects = new Subjects(() => (known ? { uri, languageId: () => "python" } : undefined), "/own", { schemes: [], placeOf });
  const cell = documentOf("vscode-notebook-cell");
  assert.equal(subjects.ofDocument(cell), undefined);
  known = true;
  assert.equal(subjects.ofDocument(cell)?.uri, uri);
  assert.equal(subjects.ofDocument(cell), subjects.ofFile(uri, () => ""));
});

test("a window that is open for weeks remembers no more than it can use", () => {
  const subjects = new Subjects(() => undefined, "/own", { schemes: [], placeOf });
  const at = (n: number): unknown => subjects.ofApp("terminal", uriOf("file", `/${String(n)}`), false);
  const first = at(0);
  assert.equal(at(0), first);
  for (let n = 1; n < 2_000; n++) at(n);
  assert.notEqual(at(0), first);
});

test("saving by itself every second counts once an interval, by hand each time", () => {
  let now = 0;
  const saves = new Saves(() => now);
  const document = {};
  const save = (manual: boolean): boolean => {
    saves.begin(document, manual, 30_000);
    assert.equal(saves.running(document), true);
    return saves.end(document);
  };
  const counted = Array.from({ length: 60 }, () => {
    now += 1000;
    return save(false);
  });
  assert.equal(counted.filter(Boolean).length, 2);
  assert.deepEqual([save(true), save(true)], [true, true]);
  saves.begin(document, true, 30_000);
  now += 10_000;
  assert.equal(saves.running(document), false, "a save that failed is over some day");
});

test("an edit that is saved before its author is known was unsaved all the same; a reload from disk never was", () => {
  let now = 0;
  const saves = new Saves(() => now);
  const [edited, reloaded] = [{}, {}];
  saves.begin(edited, false, 30_000);
  saves.end(edited);
  now = 1_000;
  assert.equal(saves.since(edited, 500), false, "a save before the edit wrote something else");
  saves.begin(edited, false, 30_000);
  saves.end(edited);
  assert.equal(saves.since(edited, 500), true);
  assert.equal(saves.since(reloaded, 500), false);
});
