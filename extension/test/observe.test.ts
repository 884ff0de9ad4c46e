import assert from "node:assert/strict";
import { mock, test, type TestContext } from "node:test";
import { Cadence, type Beat } from "../src/observe/cadence";
import { AFTER_MS, Authorship, type Edit } from "../src/observe/edits";
import { Pending } from "../src/observe/pending";
import { Saves } from "../src/observe/saves";
import { Subjects, type Place } from "../src/observe/subject";
import { Work } from "../src/observe/work";
import type { TextDocument, Uri } from "vscode";

interface Stage {
  readonly cadence: Cadence<string>;
  readonly beats: (Beat<string> & { at: number })[];
  readonly pass: (ms: number) => void;
  attended: boolean;
  category: string;
}

function stage(t: TestContext): Stage {
  const timers = mock.timers;
  timers.enable({ apis: ["setTimeout"] });
  t.after(() => { timers.reset(); });
  let now = 0;
  const beats: (Beat<string> & { at: number })[] = [];
  const self: Stage = {
    beats,
    attended: true,
    category: "coding",
    pass: (ms) => {
      for (let n = 0; n < ms; n += 100) {
        now += 100;
        timers.tick(100);
      }
    },
    cadence: new Cadence<string>({
      now: () => now,
      everyMs: () => 30_000,
      idleMs: () => 120_000,
      attended: () => self.attended,
      present: () => false,
      categoryOf: () => self.category,
      emit: (beat) => beats.push({ ...beat, at: now }),
    }),
  };
  return self;
}

test("typing without pause gives a beat every thirty seconds", (t) => {
  const { cadence, beats, pass } = stage(t);
  for (let n = 0; n < 1000; n++) {
    cadence.signal("a");
    pass(100);
  }
  assert.deepEqual(beats.map(({ at }) => at), [0, 30_000, 60_000, 90_000]);
});

test("another file and a save are recorded at once", (t) => {
  const { cadence, beats, pass } = stage(t);
  cadence.signal("a");
  pass(1000);
  cadence.signal("b");
  pass(1000);
  cadence.saved("b");
  assert.deepEqual(beats.map(({ subject, isWrite, at }) => [subject, isWrite, at]), [["a", false, 0], ["b", false, 1000], ["b", true, 2000]]);
});

test("a person who reads goes on counting until the idle threshold, and not a beat longer", (t) => {
  const { cadence, beats, pass } = stage(t);
  cadence.signal("a");
  pass(600_000);
  assert.deepEqual(beats.map(({ at }) => at), [0, 30_000, 60_000, 90_000, 120_000]);
  cadence.signal("a");
  assert.equal(beats.at(-1)?.at, 600_000);
});

test("nothing is recorded while the window has no attention, and reading goes on after it is back", (t) => {
  const self = stage(t);
  const { cadence, beats, pass } = self;
  cadence.signal("a");
  pass(5_000);
  self.attended = false;
  cadence.rest();
  pass(15_000);
  assert.equal(beats.length, 1);
  self.attended = true;
  cadence.signal("a");
  pass(10_000);
  assert.deepEqual(beats.map(({ at }) => at), [0, 30_000]);
});

test("the start of a debug session is recorded at once and under its category", (t) => {
  const self = stage(t);
  self.cadence.recheck(true);
  self.cadence.signal("a");
  self.pass(1_000);
  self.cadence.recheck(true);
  self.category = "debugging";
  self.cadence.recheck(true);
  assert.deepEqual(self.beats.map(({ category, at }) => [category, at]), [["coding", 0], ["debugging", 1_000]]);
});

test("tasks that start and end by themselves all night keep nobody present", (t) => {
  const self = stage(t);
  self.cadence.signal("a");
  for (let n = 0; n < 60; n++) {
    self.pass(10_000);
    self.category = n % 2 === 0 ? "building" : "coding";
    self.cadence.recheck(false);
  }
  assert.ok(self.beats.every(({ at }) => at <= 120_000));
  assert.equal(self.beats[1]?.category, "building", "a change of category shows at once all the same");
});

const typed: Edit = { size: 1, lines: 0, undo: false, inView: true, focused: true, dirty: true, saving: false, hasCursor: true };

test("who changed a document", () => {
  let now = 100_000;
  const authorship = new Authorship(() => now);
  const large = { ...typed, size: 500, lines: 12 };
  assert.equal(authorship.of(large), "unclear");
  assert.equal(authorship.handWithin(AFTER_MS), false, "a program's edit moves no hand");
  assert.equal(authorship.of({ ...typed, focused: false }), "program");
  assert.equal(authorship.of({ ...large, inView: false }), "program");
  assert.equal(authorship.of({ ...typed, inView: false }), "nobody");
  assert.equal(authorship.of({ ...large, saving: true }), "nobody");
  assert.equal(authorship.of({ ...large, dirty: false }), "unclear");
  assert.equal(authorship.afterwards({ ...large, dirty: false }, false), "nobody", "a reload from disk leaves nothing to save");
  assert.equal(authorship.afterwards({ ...large, dirty: false }, true), "program");
  assert.equal(authorship.afterwards({ ...typed, dirty: false }, true), "nobody");
  assert.equal(authorship.afterwards({ ...typed, focused: false, dirty: false }, true), "program");
  assert.equal(authorship.of({ ...large, undo: true }), "person");
  assert.equal(authorship.of(typed), "person");
  assert.equal(authorship.of(large), "unclear", "an edit alone is no hand");
  authorship.hand();
  assert.equal(authorship.of(large), "person", "right after a key");
  now += 60_000;
  assert.equal(authorship.of(large), "unclear", "long after the last key");
  authorship.hand();
  assert.equal(authorship.afterwards(large, true), "person", "a paste moves the cursor by keyboard");
  assert.equal(authorship.afterwards({ ...large, inView: false }, true), "program", "a hand elsewhere is no hand here");
  assert.equal(authorship.afterwards({ ...large, inView: false }, false), "nobody", "a checkout in the background");
});

test("a program that writes piece by piece is none's typing", () => {
  const authorship = new Authorship(() => 0);
  const piece = { ...typed, size: 20 };
  const authors = Array.from({ length: 6 }, () => authorship.of(piece));
  assert.deepEqual(authors, ["person", "person", "person", "person", "unclear", "unclear"]);
  const quiet = new Authorship(() => 1e6);
  for (let n = 0; n < 6; n++) quiet.of(piece);
  assert.equal(quiet.afterwards(piece, true), "program");
  quiet.hand();
  assert.equal(quiet.of(piece), "person");
  const cell = { ...piece, hasCursor: false };
  for (let n = 0; n < 6; n++) assert.equal(authorship.of(cell), "person", "cells tell of no cursor");
});

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
  pending.clear();
  mock.timers.tick(1_000);
  assert.equal(made.length, 4);
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
