import * as vscode from "vscode";
import { AI_CODING, categoryOf } from "./category";
import { Cadence, type Beat } from "./cadence";
import { CELL, Cells, notebookLanguage } from "./cells";
import { AFTER_MS, AWAY_MS, Authorship, type Author, type Edit } from "./edits";
import { firstFolder, openFolders, pathWithin, terminalFolder } from "./folders";
import { Pending } from "./pending";
import { Saves } from "./saves";
import { COMMIT_MESSAGE, Subjects, type Subject } from "./subject";
import { RunningWork } from "./tasks";

export interface ObserverOptions {
  readonly everyMs: () => number;
  readonly idleMs: () => number;
  readonly aiCoding: () => boolean;
  readonly recording: () => boolean;
  /** Path of the folder that holds the editor's settings. */
  readonly ownFolder: string;
  readonly emit: (beat: Beat<Subject>) => void;
}

// Extents of the view change with edits too; only a change without a recent edit is a person's scrolling.
const SCROLL_QUIET_MS = 300;
// Somebody who types in a diff writes; who hasn't for this long reviews.
const TYPING_QUIET_MS = 30_000;

/** Listens to the editor and hands on heartbeats: a person's activity, and programs' edits apart from it. */
export class Observer implements vscode.Disposable {
  readonly #subscriptions: vscode.Disposable;
  readonly #subjects: Subjects;
  readonly #authorship = new Authorship(monotonic);
  readonly #person: Cadence<Subject>;
  readonly #program: Cadence<Subject>;
  readonly #work: RunningWork;
  readonly #saves = new Saves(monotonic);
  readonly #cells = new Cells();
  readonly #unclear = new Pending();
  // Of the document in front, by anybody; and of any document, by the person.
  #lastEdit = -Infinity;
  #lastTyped = -Infinity;
  // Kept here because asking the editor for it costs more than all else on the typing path.
  #front = vscode.window.activeTextEditor?.document;
  #focused = vscode.window.state.focused;
  // Whether the editor saw a key or the pointer of late, wherever in the window: terminals, web views, the debugger.
  #active = vscode.window.state.active;
  #recording: boolean;

  constructor(private readonly options: ObserverOptions) {
    const { everyMs, idleMs, emit } = options;
    this.#subjects = new Subjects(
      (cell) => {
        const notebook = this.#cells.notebookOf(cell);
        return notebook && { uri: notebook.uri, languageId: () => notebookLanguage(notebook) };
      },
      options.ownFolder,
      openFolders(),
    );
    const always = (): boolean => true;
    this.#recording = options.recording();
    const attended = (): boolean => this.#focused && this.#recording;
    const common = { now: monotonic, everyMs, emit };
    const category = (subject: Subject): string => this.#categoryOf(subject);
    this.#person = new Cadence({ ...common, idleMs, attended, present: () => this.#active, categoryOf: category });
    // A program does not go on working in silence, so its cadence has no life between signals.
    this.#program = new Cadence({ ...common, idleMs: () => 0, attended: always, present: () => false, categoryOf: () => AI_CODING });
    this.#work = new RunningWork(
      monotonic,
      () => { this.#recheck(this.#present()); },
      (terminal) => { this.#terminal(terminal); },
    );
    this.#subscriptions = vscode.Disposable.from(this.#work, ...this.#listeners());
  }

  /** Settings changed. */
  refresh(): void {
    this.#recording = this.options.recording();
    if (this.#recording) return;
    this.#person.rest();
    this.#unclear.clear();
  }

  /** The clocks stood still meanwhile: who was there before is not there for it. */
  wokeUp(): void {
    this.#active = false;
    this.#person.leave();
  }

  dispose(): void {
    this.#unclear.clear();
    this.#person.rest();
    this.#program.rest();
    this.#subscriptions.dispose();
  }

  #listeners(): vscode.Disposable[] {
    const { window, workspace, debug } = vscode;
    return [
      workspace.onDidChangeWorkspaceFolders(() => { this.#subjects.setWorkspace(openFolders()); }),
      workspace.onDidChangeTextDocument((event) => { this.#edited(event); }),
      workspace.onWillSaveTextDocument((event) => { this.#willSave(event); }),
      workspace.onDidSaveTextDocument((document) => { this.#didSave(document); }),
      window.onDidChangeTextEditorSelection((event) => { this.#selected(event); }),
      window.onDidChangeTextEditorVisibleRanges((event) => { this.#scrolled(event); }),
      window.onDidChangeActiveTextEditor((editor) => {
        this.#front = editor?.document;
        if (editor && this.#present()) this.#looksAt(editor.document);
      }),
      window.tabGroups.onDidChangeTabs((event) => { this.#tabs(event); }),
      window.onDidChangeWindowState((state) => { this.#windowState(state); }),
      window.onDidChangeActiveTerminal((terminal) => { if (terminal) this.#terminal(terminal); }),
      window.onDidChangeTerminalState((terminal) => { this.#terminal(terminal); }),
      window.onDidChangeActiveNotebookEditor((editor) => { if (editor) this.#notebook(editor.notebook); }),
      window.onDidChangeNotebookEditorSelection((event) => { this.#notebook(event.notebookEditor.notebook); }),
      workspace.onDidChangeNotebookDocument((event) => { this.#notebookChanged(event); }),
      workspace.onWillSaveNotebookDocument(({ notebook, reason }) => {
        this.#saves.begin(notebook, reason === vscode.TextDocumentSaveReason.Manual, this.options.everyMs());
      }),
      workspace.onDidSaveNotebookDocument((notebook) => { this.#notebookSaved(notebook); }),
      debug.onDidChangeActiveDebugSession(() => { this.#recheck(this.#present()); }),
      debug.onDidStartDebugSession(() => { this.#recheck(true); }),
      debug.onDidTerminateDebugSession(() => { this.#recheck(this.#present()); }),
      debug.onDidChangeActiveStackItem(() => { if (this.#present()) this.#current(); }),
      debug.onDidChangeBreakpoints(() => { this.#current(); }),
    ];
  }

  // The typing path: no allocation beyond the edit, no look at the text itself, no file.
  #edited(event: vscode.TextDocumentChangeEvent): void {
    if (!this.#recording || event.contentChanges.length === 0) return;
    const { document } = event;
    const subject = this.#subjects.ofDocument(document);
    if (!subject) return;
    const now = monotonic();
    const edit = this.#editOf(event);
    if (edit.inView) this.#lastEdit = now;
    let author = this.#authorship.of(edit);
    // Small pieces, but no key for as long as makes one idle: a program's.
    if (author === "person" && !this.#present()) author = "program";
    if (author === "unclear" && edit.focused && !this.#authorship.streaming && atCursor(event)) this.#credit(subject, "person");
    else if (author === "unclear") {
      this.#unclear.add(document, edit.focused ? AFTER_MS : AWAY_MS, edit.size, () => {
        const unsaved = this.#cells.isDirty(document) || this.#saves.since(document, now);
        this.#credit(subject, this.#authorship.afterwards(edit, unsaved));
      });
    } else this.#credit(subject, author);
  }

  #credit(subject: Subject, author: Author): void {
    if (!this.#recording) return;
    if (author === "person") {
      this.#lastTyped = monotonic();
      this.#person.signal(subject);
    } else if (author === "program" && this.options.aiCoding()) this.#program.signal(subject);
  }

  #editOf(event: vscode.TextDocumentChangeEvent): Edit {
    let size = 0;
    let lines = 0;
    for (const { text, rangeLength, range } of event.contentChanges) {
      size += Math.max(text.length, rangeLength);
      lines += range.end.line - range.start.line;
      // Counting stops soon: only "many" matters, and a pasted book must not cost more than a letter.
      for (let at = text.indexOf("\n"); at !== -1 && lines < 10; at = text.indexOf("\n", at + 1)) lines++;
    }
    const { document, reason } = event;
    const { scheme } = document.uri;
    // Boxes to write in belong to no file, and are never unsaved.
    const box = scheme === "comment" || scheme === COMMIT_MESSAGE;
    return {
      size,
      lines,
      undo: reason !== undefined,
      // Editors within editors: the one in front is never theirs.
      inView: box || scheme === CELL || document === this.#front,
      focused: this.#focused,
      dirty: box || this.#cells.isDirty(document),
      saving: this.#saves.running(document),
      hasCursor: !box,
    };
  }

  #selected({ kind, textEditor }: vscode.TextEditorSelectionChangeEvent): void {
    const byHand =
      kind === vscode.TextEditorSelectionChangeKind.Keyboard || kind === vscode.TextEditorSelectionChangeKind.Mouse;
    if (!byHand || !this.#attended()) return;
    this.#authorship.hand();
    // The movement that typing causes: the edit has been counted, and is no review.
    if (monotonic() - this.#lastEdit < SCROLL_QUIET_MS) return;
    this.#looksAt(textEditor.document);
  }

  #scrolled({ textEditor }: vscode.TextEditorVisibleRangesChangeEvent): void {
    if (monotonic() - this.#lastEdit < SCROLL_QUIET_MS) return;
    if (textEditor.document === this.#front && this.#present()) this.#looksAt(this.#front);
  }

  #looksAt(document: vscode.TextDocument): void {
    if (!this.#attended()) return;
    const subject = this.#subjects.ofDocument(document);
    if (subject) this.#person.signal(subject);
  }

  #willSave({ document, reason }: vscode.TextDocumentWillSaveEvent): void {
    this.#saves.begin(document, reason === vscode.TextDocumentSaveReason.Manual, this.options.everyMs());
  }

  #didSave(document: vscode.TextDocument): void {
    const counts = this.#saves.end(document);
    const subject = counts && this.#attended() && this.#subjects.ofDocument(document);
    if (!subject) return;
    // An agent saves too, and by the same command as a person.
    if (this.#present()) this.#person.saved(subject);
    else if (this.options.aiCoding()) this.#program.saved(subject);
  }

  /** Tabs without a text editor: pictures, web views of pull requests. */
  #tabs({ changed, opened }: vscode.TabChangeEvent): void {
    const tab = [...opened, ...changed].find((one) => one.isActive && one.group.isActive);
    if (!tab || !this.#attended() || !this.#present()) return;
    const { input } = tab;
    if (input instanceof vscode.TabInputCustom) {
      const subject = this.#subjects.ofFile(input.uri, () => "");
      if (subject) this.#person.signal(subject);
    } else if (input instanceof vscode.TabInputWebview && /pull-?request/i.test(input.viewType)) {
      this.#person.signal(this.#subjects.ofApp("code review", firstFolder(), true));
    } else {
      // Perhaps the same file, but in a diff now, or in none any more.
      this.#recheck(this.#present());
    }
  }

  #windowState(state: vscode.WindowState): void {
    const was = this.#focused && this.#active;
    this.#focused = state.focused;
    this.#active = state.active;
    if (!state.focused) this.#person.rest();
    else if (!was && state.active) this.#current();
  }

  #terminal(terminal: vscode.Terminal): void {
    if (!this.#attended() || !this.#present() || terminal !== vscode.window.activeTerminal) return;
    this.#person.signal(this.#subjects.ofApp("terminal", terminalFolder(terminal), false));
  }

  #notebook(notebook: vscode.NotebookDocument): void {
    const subject = this.#attended() && this.#present() && this.#subjects.ofFile(notebook.uri, () => notebookLanguage(notebook));
    if (subject) this.#person.signal(subject);
  }

  #notebookChanged({ notebook, cellChanges, contentChanges }: vscode.NotebookDocumentChangeEvent): void {
    // A run's start and end, cells put in or taken out; outputs of a long run are no activity.
    const ran = cellChanges.some((change) => change.executionSummary !== undefined);
    if (ran || contentChanges.length > 0) this.#notebook(notebook);
  }

  #notebookSaved(notebook: vscode.NotebookDocument): void {
    const counts = this.#saves.end(notebook);
    const subject = counts && this.#attended() && this.#subjects.ofFile(notebook.uri, () => notebookLanguage(notebook));
    if (!subject) return;
    if (this.#present()) this.#person.saved(subject);
    else if (this.options.aiCoding()) this.#program.saved(subject);
  }

  /** Something the person did that names no document: it counts for the one in front. */
  #current(): void {
    const { activeTextEditor, activeNotebookEditor } = vscode.window;
    if (activeTextEditor) this.#looksAt(activeTextEditor.document);
    else if (activeNotebookEditor) this.#notebook(activeNotebookEditor.notebook);
    else if (this.#attended()) this.#person.again();
  }

  #attended(): boolean {
    return this.#focused && this.#recording;
  }

  /** Whether a hand moved of late: what programs cause too counts only then. */
  #present(): boolean {
    return this.#active || this.#authorship.handWithin(this.options.idleMs());
  }

  #recheck(present: boolean): void {
    if (this.#attended()) this.#person.recheck(present);
  }

  #categoryOf(subject: Subject): string {
    const isFile = subject.type === "file";
    const around = {
      debugging: vscode.debug.activeDebugSession !== undefined,
      building: this.#work.has("building"),
      testing: this.#work.has("testing"),
    };
    const reviewing = subject.reviewing || (isFile && inDiff() && monotonic() - this.#lastTyped > TYPING_QUIET_MS);
    return categoryOf(around, reviewing, isFile && subject.uri ? pathWithin(subject.uri) : "");
  }
}

function monotonic(): number {
  return performance.now();
}

/**
 * Whether a change replaced just what was selected, as a paste or an accepted completion does: programs edit where they
 * like. The selection still is the one before the change here; the editor tells of the new one afterwards.
 */
function atCursor({ document, contentChanges }: vscode.TextDocumentChangeEvent): boolean {
  const editor = vscode.window.activeTextEditor;
  const [change] = contentChanges;
  if (editor?.document !== document || contentChanges.length !== 1 || !change) return false;
  return editor.selections.length === 1 && change.range.isEqual(editor.selection);
}

function inDiff(): boolean {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff;
}