import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import type { Beat } from "../src/observe/cadence";
import { Observer } from "../src/observe/observer";
import { DOUBT_MS } from "../src/observe/presence";
import type { Subject } from "../src/observe/subject";
import { FakeEditor } from "./support/fakeEditor";
import { order, type ToldDocument } from "./support/orders";
import { passing } from "./support/passing";

const IDLE_MS = 120_000;
const EVERY_MS = 30_000;
const GOING_ON_MS = 250;
const ASSISTANT = "saoudrizwan.claude-dev";

interface Scene {
  readonly editor: FakeEditor;
  readonly observer: Observer;
  readonly settings: { aiCoding: boolean; recording: boolean };
  readonly pass: (ms: number) => void;
  /** What was recorded since one last asked: category and file, or part of the editor, and whether it is a save. */
  readonly recorded: () => string[];
  /** How many milliseconds ago by now each was of what was recorded since one last asked. */
  readonly ago: () => number[];
  /** Has the editor tell what a real one told of an act, in its order and at its pace. */
  readonly play: (act: string) => void;
}

function scene(t: TestContext, begin: string): Scene {
  const { now, pass } = passing(t);
  const editor = new FakeEditor();
  editor.stand(order(begin).begin);
  const settings = { aiCoding: true, recording: true };
  let beats: (Beat<Subject> & { at: number })[] = [];
  const observer = new Observer(editor.api, {
    everyMs: () => EVERY_MS,
    idleMs: () => IDLE_MS,
    aiCoding: () => settings.aiCoding,
    recording: () => settings.recording,
    latencyMs: 0,
    goingOnMs: GOING_ON_MS,
    ownFolder: "/home/ann/.config/Code/User",
    now,
    emit: (beat) => beats.push({ ...beat, at: now() - beat.agoMs }),
  });
  t.after(() => { observer.dispose(); });
  // Somebody comes to the window and looks at what is in front.
  editor.tell("window.onDidChangeWindowState", { focused: true, active: true });
  pass(1_000);
  return {
    editor,
    observer,
    settings,
    pass,
    recorded: () => {
      const told = beats.map(({ category, isWrite, subject }) => `${category} ${nameOf(subject)}${isWrite ? " saved" : ""}`);
      beats = [];
      return told;
    },
    ago: () => beats.map(({ at }) => now() - at),
    play: (act) => {
      const { begin, lines } = order(act);
      editor.stand(begin);
      editor.tell("window.onDidChangeActiveTextEditor", begin.front ? { document: begin.front, visible: begin.visible } : {});
      let at = 0;
      for (const line of lines) {
        pass(line.at - at);
        at = line.at;
        editor.stand(line.editor);
        if (line.on !== "end") editor.tell(line.on, line.with);
      }
    },
  };
}

function nameOf({ type, uri, app }: Subject): string {
  return type === "file" ? (uri?.path ?? "").replace("/project/", "") : `<${app}>`;
}

// What somebody is busy with who looks at what is in front at the start and then does such a thing; nothing else.
const MEANT: { [act: string]: string[] } = {
  open_file: ["coding lamp.py", "coding lens.ts"],
  typing: ["coding lamp.py"],
  save: ["coding lamp.py", "coding lamp.py saved"],
  undo: ["coding lamp.py"],
  paste: ["coding lamp.py"],
  replace_all: ["coding lamp.py"],
  switch_tab: ["coding lamp.py", "coding lens.ts", "coding lamp.py", "coding lens.ts"],
  scroll: ["coding lamp.py"],
  edits_for_the_person: ["coding lamp.py"],
  // The editor saves what a rename has changed.
  rename_symbol: ["coding lamp.py", "coding horn.ts", "coding lens.ts", "coding lens.ts saved"],
  program_behind: ["coding lamp.py"],
  program_in_front: ["coding lamp.py", "coding lamp.py saved"],
  changed_on_disk: ["coding lamp.py"],
  diff: ["coding lamp.py", "code reviewing lens.ts"],
  untitled: ["coding lamp.py", "coding <editor>"],
  settings: ["coding lamp.py", "coding <editor>"],
  welcome: ["coding <editor>"],
  output: ["coding lamp.py", "coding <editor>"],
  back_from_output: ["coding <editor>", "coding lamp.py"],
  notebook: ["coding lamp.py", "coding tides.ipynb", "coding tides.ipynb saved"],
  picture: ["coding tides.ipynb", "coding lamp.png"],
  huge_file: ["coding lamp.png", "coding huge.log"],
  terminal: ["coding lamp.py", "coding <terminal>"],
  back_from_terminal: ["coding lamp.py"],
  again_in_terminal: ["coding lamp.py", "coding <terminal>"],
  terminal_closed: ["coding lamp.py"],
  hidden_task: ["coding lamp.py", "building lamp.py", "coding lamp.py"],
  shown_task: ["coding lamp.py", "building lamp.py", "coding lamp.py"],
  hidden_terminal: ["coding lamp.py"],
  debugging: ["coding beacon.js", "debugging beacon.js", "coding beacon.js"],
  commit_message: ["coding lamp.py", "coding <source control>"],
  elsewhere_and_back: ["coding lamp.py", "coding lamp.py"],
  last_tab_closed: ["coding lamp.py", "coding <editor>"],
  terminal_in_place_of_output: ["coding lamp.py", "coding <editor>", "coding <terminal>"],
};

for (const [act, meant] of Object.entries(MEANT)) {
  test(`what a real editor tells is what the person meant: ${act.replaceAll("_", " ")}`, (t) => {
    const { play, pass, recorded } = scene(t, act);
    play(act);
    pass(1_000);
    assert.deepEqual(recorded(), meant);
  });
}

test("every act recorded from a real editor is held to what was meant", () => {
  const acts = readdirSync(join(__dirname, "orders")).map((name) => name.replace(".jsonl", ""));
  assert.deepEqual(acts.sort(), Object.keys(MEANT).sort());
});

test("what an assistant writes and saves behind is its own, and the person's next key is heard of at once", (t) => {
  const { editor, play, pass, recorded } = scene(t, "program_behind");
  editor.active.push(ASSISTANT);
  play("program_behind");
  assert.deepEqual(recorded(), ["coding lamp.py", "ai coding lens.ts", "ai coding lens.ts saved"]);
  play("typing");
  pass(1_000);
  assert.deepEqual(recorded(), ["coding lamp.py"]);
});

test("who only looks on while an assistant writes behind is not at work, until it is done", (t) => {
  const { editor, pass, recorded } = scene(t, "program_behind");
  editor.active.push(ASSISTANT);
  recorded();
  const document = { uri: "file:///project/lens.ts", language: "typescript" };
  editor.stand({ dirty: [document.uri] });
  for (let n = 0; n < 60; n++) {
    editor.tell("workspace.onDidChangeTextDocument", { document, changes: [{ text: "one line\n".repeat(12), removed: 0, range: [0, 0, 0, 0] }] });
    pass(2_000);
  }
  assert.deepEqual([...new Set(recorded())], ["ai coding lens.ts"]);
  pass(EVERY_MS);
  assert.deepEqual(recorded(), ["coding lamp.py"]);
});

test("who is in a terminal while an assistant writes in the file above it is there again when it is done", (t) => {
  const { editor, play, pass, recorded } = scene(t, "terminal");
  editor.active.push(ASSISTANT);
  play("terminal");
  pass(5_000);
  recorded();
  const document = { uri: "file:///project/lamp.py", language: "python" };
  editor.stand({ dirty: [document.uri] });
  editor.tell("workspace.onDidChangeTextDocument", { document, changes: [{ text: "one line\n".repeat(12), removed: 0, range: [0, 0, 0, 0] }] });
  pass(2 * EVERY_MS);
  assert.deepEqual(recorded().slice(0, 2), ["ai coding lamp.py", "coding <terminal>"]);
});

test("who types beside an assistant's stream is heard of after each of its heartbeats, not at each key", (t) => {
  const { editor, pass, recorded } = scene(t, "typing");
  editor.active.push(ASSISTANT);
  const [here, there] = ["lamp.py", "lens.ts"].map((name) => ({ uri: `file:///project/${name}`, language: "python" })) as [ToldDocument, ToldDocument];
  editor.stand({ dirty: [here.uri, there.uri] });
  const edit = (document: ToldDocument, text: string): void => {
    editor.tell("workspace.onDidChangeTextDocument", { document, changes: [{ text, removed: 0, range: [0, 0, 0, 0] }] });
  };
  recorded();
  for (let n = 0; n < 600; n++) {
    edit(there, "one line of a stream of text\n");
    if (n % 2 === 0) {
      edit(here, "x");
      editor.tell("window.onDidChangeTextEditorSelection", { document: here, kind: 1 });
    }
    pass(100);
  }
  const told = recorded();
  assert.deepEqual([...new Set(told)].sort(), ["ai coding lens.ts", "coding lamp.py"]);
  assert.ok(told.length <= 8, `${told.length} in a minute`);
});

test("what an assistant writes in front is its own, and so is the time in which one only watches it", (t) => {
  const { editor, play, pass, recorded } = scene(t, "program_in_front");
  editor.active.push(ASSISTANT);
  play("program_in_front");
  assert.deepEqual(recorded(), ["coding lamp.py", "ai coding lamp.py", "ai coding lamp.py saved"]);
  pass(3 * EVERY_MS);
  assert.deepEqual(recorded(), []);
  play("scroll");
  pass(1_000);
  assert.deepEqual(recorded(), ["coding lamp.py"]);
});

test("the first key amid an assistant's stream is the person's at once, and the stream goes on as the assistant's", (t) => {
  const { editor, pass, recorded } = scene(t, "typing");
  editor.active.push(ASSISTANT);
  const document = { uri: "file:///project/lamp.py", language: "python" };
  editor.stand({ dirty: [document.uri] });
  const piece = (text: string): void => {
    editor.tell("workspace.onDidChangeTextDocument", { document, changes: [{ text, removed: 0, range: [5, 0, 5, 0] }] });
  };
  const stream = (): void => {
    for (let n = 0; n < 20; n++) {
      piece("a line of a program\n");
      pass(100);
    }
  };
  recorded();
  stream();
  assert.deepEqual(recorded(), ["ai coding lamp.py"]);
  piece("x");
  editor.tell("window.onDidChangeTextEditorSelection", { document, kind: 1 });
  pass(100);
  assert.deepEqual(recorded(), ["coding lamp.py"]);
  pass(EVERY_MS);
  recorded();
  stream();
  assert.deepEqual(recorded(), ["ai coding lamp.py"]);
});

test("a program is told without knowing it where nobody is at the keyboard", (t) => {
  const { editor, play, pass, recorded } = scene(t, "program_in_front");
  editor.tell("window.onDidChangeWindowState", { focused: true, active: false });
  pass(10_000);
  recorded();
  play("program_in_front");
  assert.deepEqual(recorded(), ["ai coding lamp.py", "ai coding lamp.py saved"]);
});

test("in a window out of focus a program's edits count, and nobody's else", (t) => {
  const { editor, play, pass, recorded } = scene(t, "program_behind");
  editor.tell("window.onDidChangeWindowState", { focused: false, active: true });
  recorded();
  play("program_behind");
  pass(10_000);
  play("typing");
  play("scroll");
  play("diff");
  pass(3 * EVERY_MS);
  assert.deepEqual(recorded().filter((one) => !one.startsWith("ai coding")), []);
});

test("a program that nobody watches counts from its first edit on, though the editor is late to say what is unsaved", (t) => {
  const { editor, pass, recorded, ago } = scene(t, "program_behind");
  editor.tell("window.onDidChangeWindowState", { focused: false, active: true });
  recorded();
  const [first] = order("program_behind").lines.filter(({ on }) => on === "workspace.onDidChangeTextDocument");
  assert.ok(first?.with.document);
  editor.tell(first.on, first.with);
  pass(700);
  assert.deepEqual(ago(), []);
  editor.stand({ dirty: [first.with.document.uri] });
  editor.tell(first.on, first.with);
  assert.deepEqual(ago(), [700]);
  assert.deepEqual(recorded(), ["ai coding lens.ts"]);
});

test("what comes in front is there from when the editor said so, not from when all was quiet", (t) => {
  const { play, pass, recorded, ago } = scene(t, "diff");
  recorded();
  play("diff");
  pass(1_000);
  const { lines } = order("diff");
  const shown = lines.find(({ editor }) => editor.tab)?.at ?? NaN;
  const end = lines.at(-1)?.at ?? NaN;
  const [when = NaN] = ago();
  assert.deepEqual(recorded(), ["code reviewing lens.ts"]);
  assert.ok(Math.abs(end + 1_000 - when - shown) < 20, `${when} ms ago`);
});

test("a panel that opens moves the end of the view and not its beginning, which is no scrolling however late it comes", (t) => {
  const { editor, play, pass, recorded } = scene(t, "terminal");
  play("terminal");
  pass(10_000);
  assert.deepEqual(recorded(), ["coding lamp.py", "coding <terminal>"]);
  const { begin, lines } = order("terminal");
  const opening = lines.find(({ on }) => on === "window.onDidChangeTextEditorVisibleRanges");
  const [[top = NaN, ...rest] = []] = opening?.with.visible ?? [];
  assert.ok(opening && top === begin.visible[0]?.[0] && rest[1] !== begin.visible[0][2]);
  editor.tell(opening.on, opening.with);
  pass(1_000);
  assert.deepEqual(recorded(), []);
  editor.tell(opening.on, { ...opening.with, visible: [[top + 3, ...rest]] });
  pass(1_000);
  assert.deepEqual(recorded(), ["coding lamp.py"]);
});

test("programs' edits go unrecorded where that is not wanted, and stay nobody's", (t) => {
  const { editor, settings, play, pass, recorded } = scene(t, "program_behind");
  editor.active.push(ASSISTANT);
  settings.aiCoding = false;
  play("program_behind");
  pass(1_000);
  assert.deepEqual(recorded(), ["coding lamp.py"]);
});

test("nothing is recorded while paused, and all again afterwards", (t) => {
  const { observer, settings, play, pass, recorded } = scene(t, "open_file");
  recorded();
  settings.recording = false;
  observer.refresh();
  play("open_file");
  play("typing");
  play("save");
  pass(3 * EVERY_MS);
  assert.deepEqual(recorded(), []);
  settings.recording = true;
  observer.refresh();
  play("typing");
  assert.deepEqual(recorded(), ["coding lamp.py"]);
});

test("what the editor tells by itself is nobody's time once everybody is gone", (t) => {
  const acts = ["open_file", "diff", "settings", "welcome", "picture", "huge_file", "scroll", "terminal", "hidden_task", "shown_task", "debugging", "changed_on_disk", "last_tab_closed"];
  const { editor, play, pass, recorded } = scene(t, "open_file");
  editor.tell("window.onDidChangeWindowState", { focused: true, active: false });
  pass(IDLE_MS + 1_000);
  recorded();
  for (const act of acts) {
    play(act);
    pass(1_000);
    assert.deepEqual(recorded(), [], act);
  }
});

test("tasks that start and end by themselves all night keep nobody present", (t) => {
  const { editor, play, pass, recorded } = scene(t, "hidden_task");
  editor.tell("window.onDidChangeWindowState", { focused: true, active: false });
  for (let n = 0; n < 20; n++) {
    play("hidden_task");
    pass(20_000);
  }
  assert.ok(recorded().length <= 2 * Math.ceil((IDLE_MS + 1_000) / 20_000) + 4);
  for (let n = 0; n < 20; n++) play("hidden_task");
  assert.deepEqual(recorded(), []);
});

test("who works in a terminal alone is heard of again after a wake-up, as soon as the editor's word must be a new one", (t) => {
  const { observer, play, pass, recorded } = scene(t, "terminal");
  play("terminal");
  recorded();
  observer.wokeUp();
  pass(DOUBT_MS - 1_000);
  assert.deepEqual(recorded(), []);
  pass(2_000);
  assert.deepEqual(recorded(), ["coding <terminal>"]);
});

test("nobody is credited for a sleep, nor for a wake-up without anybody", (t) => {
  const { editor, observer, pass, recorded } = scene(t, "open_file");
  recorded();
  observer.wokeUp();
  pass(60_000);
  editor.tell("window.onDidChangeWindowState", { focused: true, active: false });
  pass(600_000);
  assert.deepEqual(recorded(), []);
});

test("a save of all counts in each file and leaves the person where they are", (t) => {
  const { editor, play, pass, recorded } = scene(t, "typing");
  play("typing");
  play("open_file");
  pass(1_000);
  recorded();
  const saved = { document: { uri: "file:///project/lamp.py", language: "python" } };
  editor.tell("workspace.onWillSaveTextDocument", { ...saved, reason: 1 });
  editor.tell("workspace.onDidSaveTextDocument", saved);
  assert.deepEqual(recorded(), ["coding lamp.py saved", "coding lens.ts"]);
  const never = { document: { uri: "file:///project/horn.ts", language: "typescript" } };
  editor.tell("workspace.onWillSaveTextDocument", { ...never, reason: 1 });
  editor.tell("workspace.onDidSaveTextDocument", never);
  pass(1_000);
  assert.deepEqual(recorded(), [], "nobody was seen to write it");
});

test("a program's save behind is nobody's though the person wrote there before", (t) => {
  const { play, pass, recorded } = scene(t, "rename_symbol");
  play("rename_symbol");
  recorded();
  play("program_behind");
  pass(1_000);
  assert.deepEqual(recorded(), ["coding lamp.py"], "the tab that is in front there");
});

test("who wrote elsewhere and then opens a diff reviews it, and writes once they type into it", (t) => {
  const { editor, play, pass, recorded } = scene(t, "typing");
  play("typing");
  recorded();
  play("diff");
  assert.deepEqual(recorded(), ["code reviewing lens.ts"]);
  const document = { uri: "file:///project/lens.ts", language: "typescript" };
  editor.stand({ dirty: [document.uri] });
  editor.tell("workspace.onDidChangeTextDocument", { document, changes: [{ text: "x", removed: 0, range: [0, 0, 0, 0] }] });
  pass(EVERY_MS);
  assert.deepEqual(recorded(), ["coding lens.ts"]);
});

test("who has left the box of a commit's message is in the file again, though the editor doesn't say so", (t) => {
  const { play, pass, recorded } = scene(t, "commit_message");
  play("commit_message");
  recorded();
  pass(2 * EVERY_MS);
  assert.equal(recorded().at(-1), "coding lamp.py");
});

test("what an extension logs is nobody's writing", (t) => {
  const { editor, pass, recorded } = scene(t, "open_file");
  recorded();
  const changes = [{ text: "a line of a log\n".repeat(20), removed: 0, range: [0, 0, 0, 0] }];
  for (const uri of ["output:an.extension", "debug:console"]) {
    for (let n = 0; n < 10; n++) {
      editor.tell("workspace.onDidChangeTextDocument", { document: { uri, language: "log" }, changes });
      pass(1_000);
    }
  }
  assert.deepEqual(recorded(), []);
});

test("the editor's own settings as a file are no file of anybody's work", (t) => {
  const { editor, pass, recorded } = scene(t, "open_file");
  recorded();
  const front = { uri: "file:///home/ann/.config/Code/User/settings.json", language: "jsonc" };
  editor.stand({ front, selection: [[0, 0, 0, 0]], tab: { kind: "TabInputText", uri: front.uri, label: "settings.json", active: true } });
  editor.tell("window.onDidChangeActiveTextEditor", { document: front });
  editor.tell("workspace.onDidChangeTextDocument", { document: front, changes: [{ text: "x", removed: 0, range: [0, 0, 0, 0] }] });
  pass(1_000);
  assert.deepEqual(recorded(), ["coding <editor>"]);
});

test("a command that a program starts while one types is not the person's", (t) => {
  const { editor, play, pass, recorded } = scene(t, "again_in_terminal");
  recorded();
  const document = { uri: "file:///project/lamp.py", language: "python" };
  editor.stand({ dirty: [document.uri] });
  editor.tell("workspace.onDidChangeTextDocument", { document, changes: [{ text: "x", removed: 0, range: [0, 0, 0, 0] }] });
  play("again_in_terminal");
  pass(1_000);
  assert.deepEqual(recorded(), []);
  play("again_in_terminal");
  pass(1_000);
  assert.deepEqual(recorded(), ["coding <terminal>"]);
});

test("a terminal that a program opens between two keys is not where the person is", (t) => {
  const { editor, pass, recorded } = scene(t, "typing");
  const document = { uri: "file:///project/lamp.py", language: "python" };
  const { terminal } = order("back_from_terminal").begin;
  assert.ok(terminal);
  editor.stand({ dirty: [document.uri] });
  const key = (): void => {
    editor.tell("workspace.onDidChangeTextDocument", { document, changes: [{ text: "x", removed: 0, range: [0, 0, 0, 0] }] });
    editor.tell("window.onDidChangeTextEditorSelection", { document, kind: 1 });
  };
  key();
  pass(100);
  editor.stand({ terminal });
  editor.tell("window.onDidChangeActiveTerminal", { terminal });
  pass(20);
  key();
  recorded();
  pass(1_000);
  assert.deepEqual(recorded(), []);
  // Without the second key it is.
  editor.tell("window.onDidChangeActiveTerminal", { terminal });
  pass(1_000);
  assert.deepEqual(recorded(), ["coding <terminal>"]);
});

test("what a terminal comes to run moves nobody into it", (t) => {
  const { editor, play, pass, recorded } = scene(t, "terminal");
  play("terminal");
  play("back_from_terminal");
  recorded();
  const { terminal } = order("back_from_terminal").begin;
  assert.ok(terminal?.touched);
  editor.tell("window.onDidChangeTerminalState", { terminal });
  pass(1_000);
  assert.deepEqual(recorded(), []);
});

test("of several folders, what is no file belongs to the one last worked in", (t) => {
  const { editor, pass } = scene(t, "open_file");
  const folder = (name: string) => ({ uri: editor.api.Uri.file(`/${name}`), name });
  editor.folders = [folder("other"), folder("project")];
  const beats: Beat<Subject>[] = [];
  const options = { everyMs: () => EVERY_MS, idleMs: () => IDLE_MS, aiCoding: () => true, recording: () => true, latencyMs: 0, goingOnMs: GOING_ON_MS, ownFolder: "/own", now: () => Date.now() };
  const observer = new Observer(editor.api, { ...options, emit: (beat) => beats.push(beat) });
  t.after(() => { observer.dispose(); });
  editor.tell("window.onDidChangeWindowState", { focused: true, active: true });
  pass(1_000);
  editor.stand({ front: null, selection: [], tab: null });
  editor.tell("window.onDidChangeActiveTextEditor", {});
  pass(1_000);
  assert.deepEqual(beats.map(({ subject }) => [nameOf(subject), subject.uri?.path]), [["lamp.py", "/project/lamp.py"], ["<editor>", "/project"]]);
});

const [HERE, THERE] = ["lamp.py", "lens.ts"].map((name) => ({ uri: `file:///project/${name}`, language: "python" })) as [ToldDocument, ToldDocument];

/** One thing that the editor tells, or time that passes. */
type Happening = (editor: FakeEditor, pass: (ms: number) => void, both: readonly Observer[], settings: { recording: boolean }) => void;

function edited(document: ToldDocument, text: string, reason?: number): Happening {
  return (editor) => {
    editor.tell("workspace.onDidChangeTextDocument", { document, ...(reason === undefined ? {} : { reason }), changes: [{ text, removed: 0, range: [0, 0, 0, 0] }] });
  };
}

function moved(document: ToldDocument, kind: number): Happening {
  return (editor) => { editor.tell("window.onDidChangeTextEditorSelection", { document, kind }); };
}

function then(...all: readonly Happening[]): Happening {
  return (...given) => { for (const one of all) one(...given); };
}

const passes = (ms: number): Happening => (_editor, pass) => { pass(ms); };
const dirty = (...uris: string[]): Happening => (editor) => { editor.stand({ dirty: uris }); };
const document = fc.constantFrom(HERE, THERE);
const HAPPENINGS = fc.oneof(
  { weight: 12, arbitrary: fc.record({ document, text: fc.constantFrom("x", "\n", "()", "y") }).map(({ document, text }) => then(edited(document, text), moved(document, 1))) },
  { weight: 8, arbitrary: fc.constantFrom(10, 50, 120, 240, 250, 400, 3_000, 31_000).map(passes) },
  { weight: 3, arbitrary: fc.record({ document, text: fc.constantFrom("x", "a whole line of it\n", "l\n".repeat(60)), undo: fc.boolean() }).map(({ document, text, undo }) => edited(document, text, undo ? 1 : undefined)) },
  { weight: 2, arbitrary: fc.record({ document, kind: fc.constantFrom(1, 2, 3) }).map(({ document, kind }) => moved(document, kind)) },
  { weight: 2, arbitrary: fc.subarray([HERE.uri, THERE.uri]).map((uris) => dirty(...uris)) },
  {
    weight: 2,
    arbitrary: fc.record({ document, reason: fc.constantFrom(1, 2, 3), after: fc.boolean() }).map(({ document, reason, after }) =>
      then(
        (editor) => { editor.tell("workspace.onWillSaveTextDocument", { document, reason }); },
        edited(document, after ? "tidied" : ""),
        dirty(),
        (editor) => { editor.tell("workspace.onDidSaveTextDocument", { document }); },
        dirty(HERE.uri, THERE.uri),
      ),
    ),
  },
  { weight: 1, arbitrary: fc.record({ focused: fc.boolean(), active: fc.boolean() }).map((state): Happening => (editor) => { editor.stand(state); editor.tell("window.onDidChangeWindowState", state); }) },
  { weight: 1, arbitrary: document.map((front): Happening => (editor) => { editor.stand({ front }); editor.tell("window.onDidChangeActiveTextEditor", { document: front, visible: [[0, 0, 30, 0]] }); }) },
  { weight: 1, arbitrary: fc.constantFrom(10, 40).map((line): Happening => (editor) => { editor.tell("window.onDidChangeTextEditorVisibleRanges", { document: HERE, visible: [[line, 0, line + 30, 0]] }); }) },
  { weight: 1, arbitrary: fc.boolean().map((there): Happening => (editor) => {
    const { terminal } = order("back_from_terminal").begin;
    editor.stand({ terminal: there ? terminal : null });
    editor.tell("window.onDidChangeActiveTerminal", there && terminal ? { terminal } : {});
  }) },
  { weight: 1, arbitrary: fc.boolean().map((recording): Happening => (_editor, _pass, both, settings) => { settings.recording = recording; for (const one of both) one.refresh(); }) },
  { weight: 1, arbitrary: fc.constant<Happening>((_editor, _pass, both) => { for (const one of both) one.wokeUp(); }) },
  { weight: 1, arbitrary: fc.boolean().map((there): Happening => (editor) => { editor.active.splice(0, 1, ...(there ? [ASSISTANT] : [])); }) },
);

test("the short way of a key gives just what the long one does, whatever comes between keys", (t) => {
  const { now, pass } = passing(t);
  fc.assert(
    fc.property(fc.array(HAPPENINGS, { maxLength: 60 }), (happenings) => {
      const editor = new FakeEditor();
      editor.stand({ ...order("typing").begin, front: HERE, dirty: [HERE.uri, THERE.uri] });
      const settings = { recording: true };
      const watched = [GOING_ON_MS, 0].map((goingOnMs) => {
        const beats: string[] = [];
        const options = {
          everyMs: () => EVERY_MS,
          idleMs: () => IDLE_MS,
          aiCoding: () => true,
          recording: () => settings.recording,
          latencyMs: 0,
          goingOnMs,
          ownFolder: "/own",
          now,
          emit: ({ category, subject, isWrite, agoMs }: Beat<Subject>): void => { beats.push(`${now() - agoMs} ${category} ${nameOf(subject)} ${String(isWrite)}`); },
        };
        return { beats, observer: new Observer(editor.api, options) };
      });
      const [short, long] = watched;
      assert.ok(short && long);
      for (const one of happenings) {
        one(editor, pass, watched.map(({ observer }) => observer), settings);
        assert.deepEqual(short.beats, long.beats);
      }
      pass(40_000);
      assert.deepEqual(short.beats, long.beats);
      for (const { observer } of watched) observer.dispose();
    }),
    { numRuns: 500 },
  );
});
