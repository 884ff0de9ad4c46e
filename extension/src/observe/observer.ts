import type * as vscode from "vscode";
import { hasAssistant, hasModalKeys } from "./assistants";
import { AI_CODING, categoryOf } from "./category";
import { Cadence, type Beat } from "./cadence";
import { Cells, type Owner } from "./cells";
import type { Editor } from "./editor";
import { AFTER_MS, AWAY_MS, Authorship, type Author, type Edit } from "./edits";
import { Folders } from "./folders";
import { Front } from "./front";
import { Pending } from "./pending";
import { DOUBT_MS, Presence } from "./presence";
import { Saves } from "./saves";
import { CELL, COMMIT_MESSAGE, Subjects, type Subject } from "./subject";
import { RunningWork } from "./tasks";

export interface ObserverOptions {
  readonly everyMs: () => number;
  readonly idleMs: () => number;
  readonly aiCoding: () => boolean;
  readonly recording: () => boolean;
  /** How much later than it happened the editor may tell of something: a network may lie between. */
  readonly latencyMs: number;
  /** Path of the folder that holds the editor's settings. */
  readonly ownFolder: string;
  /** Milliseconds of a clock that only moves forward. */
  readonly now: () => number;
  /** For so long after a key the next one in the same document is taken to be one more, where nothing came between. */
  readonly goingOnMs: number;
  readonly emit: (beat: Beat<Subject>) => void;
}

// Extents of the view change with edits too; only a change without a recent edit is a person's scrolling.
const SCROLL_QUIET_MS = 300;
// Somebody who types in a diff writes; who hasn't for this long reviews.
const TYPING_QUIET_MS = 30_000;
// The next key comes so soon, and changes no more than this.
const KEY_CHARACTERS = 8;
// A command that starts in a terminal while somebody types into a file is not theirs.
const TYPING_MS = 1_000;

/** Listens to the editor and hands on heartbeats: a person's activity, and programs' edits apart from it. */
export class Observer implements vscode.Disposable {
  readonly #listeners: readonly vscode.Disposable[];
  readonly #presence: Presence;
  readonly #authorship: Authorship;
  readonly #person: Cadence<Subject>;
  readonly #program: Cadence<Subject>;
  readonly #subjects: Subjects;
  readonly #folders: Folders;
  readonly #cells: Cells;
  readonly #front: Front;
  readonly #work: RunningWork;
  readonly #saves: Saves;
  readonly #authors = new WeakMap<object, Author>();
  readonly #unclear = new Pending();
  readonly #ended = new WeakSet<vscode.DebugSession>();
  readonly #written = new WeakSet<vscode.Terminal>();
  // Of the document in front, by anybody; and of any document, by the person.
  #lastEdit = -Infinity;
  #lastTyped = -Infinity;
  /** What the person is typing into; forgotten with whatever comes between two keys. */
  #typing: { readonly document: vscode.TextDocument; readonly owner: Owner; readonly subject: Subject } | undefined;
  #focused: boolean;
  #recording: boolean;
  #doubt: NodeJS.Timeout | undefined;

  constructor(
    private readonly editor: Editor,
    private readonly options: ObserverOptions,
  ) {
    const { everyMs, idleMs, emit, now, latencyMs } = options;
    const { focused, active } = editor.window.state;
    this.#focused = focused;
    this.#recording = options.recording();
    this.#presence = new Presence({ now, idleMs, active });
    this.#authorship = new Authorship({
      lastHand: () => this.#presence.lastHand,
      handWithin: (ms) => this.#presence.handWithin(ms + latencyMs),
      atKeyboard: () => this.#presence.atKeyboard,
      assistant: () => hasAssistant(editor),
    });
    this.#cells = new Cells(editor);
    this.#folders = new Folders(editor);
    this.#subjects = new Subjects(
      (cell) => {
        const notebook = this.#cells.notebookOf(cell);
        return notebook && { uri: notebook.uri, languageId: () => this.#cells.languageOf(notebook) };
      },
      options.ownFolder,
      this.#folders.workspace(),
    );
    this.#saves = new Saves(now);
    const common = { now, everyMs, emit };
    this.#person = new Cadence({
      ...common,
      attended: () => (this.#attending ? this.#front.subject() : undefined),
      categoryOf: (subject: Subject) => this.#categoryOf(subject),
    });
    // A program does not go on working in silence, so its cadence has no life between signals.
    this.#program = new Cadence({ ...common, attended: () => undefined, categoryOf: () => AI_CODING });
    this.#work = new RunningWork(editor, now, () => { this.#front.changed(); });
    this.#front = new Front({
      editor,
      subjects: this.#subjects,
      cells: this.#cells,
      folders: this.#folders,
      now,
      isTasks: (terminal) => this.#work.isTasks(terminal),
      onSettled: (at) => { this.#look(at); },
    });
    this.#listeners = this.#listen();
  }

  /** Settings changed. */
  refresh(): void {
    this.#recording = this.options.recording();
    this.#typing = undefined;
    if (this.#recording) return;
    this.#person.rest();
    this.#unclear.clear();
  }

  /** The clocks stood still meanwhile, or this host did. */
  wokeUp(): void {
    this.#presence.wokeUp();
    this.#typing = undefined;
    this.#person.rest();
    // Who works where only the editor's word tells is believed again then.
    clearTimeout(this.#doubt);
    this.#doubt = setTimeout(() => { this.#front.changed(); }, DOUBT_MS);
  }

  dispose(): void {
    clearTimeout(this.#doubt);
    this.#unclear.clear();
    this.#front.rest();
    this.#person.rest();
    this.#program.rest();
    this.#work.dispose();
    for (const listener of this.#listeners) listener.dispose();
  }

  #listen(): vscode.Disposable[] {
    const { window, workspace, debug } = this.editor;
    const front = this.#front;
    const changed = (): void => { front.changed(); };
    return [
      workspace.onDidChangeWorkspaceFolders(() => {
        this.#typing = undefined;
        this.#subjects.setWorkspace(this.#folders.workspace());
      }),
      workspace.onDidChangeTextDocument((event) => { this.#edited(event); }),
      workspace.onWillSaveTextDocument(({ document, reason }) => { this.#willSave(document, reason); }),
      workspace.onDidSaveTextDocument((document) => { this.#saved(document, this.#subjects.ofDocument(document)); }),
      workspace.onDidChangeNotebookDocument((event) => { this.#notebookChanged(event); }),
      workspace.onWillSaveNotebookDocument(({ notebook, reason }) => { this.#willSave(notebook, reason); }),
      workspace.onDidSaveNotebookDocument((notebook) => {
        this.#saved(notebook, this.#subjects.ofFile(notebook.uri, () => this.#cells.languageOf(notebook)));
      }),
      window.onDidChangeWindowState((state) => { this.#windowState(state); }),
      window.onDidChangeActiveTextEditor((editor) => { front.editorChanged(editor); }),
      window.onDidChangeTextEditorSelection((event) => { this.#selected(event); }),
      window.onDidChangeTextEditorVisibleRanges((event) => { this.#scrolled(event); }),
      window.tabGroups.onDidChangeTabs((event) => { front.tabsChanged(event); }),
      window.onDidChangeActiveNotebookEditor(changed),
      window.onDidChangeNotebookEditorSelection(() => { front.inEditors(); }),
      window.onDidChangeActiveTerminal((terminal) => {
        if (terminal) front.inTerminal(terminal);
        else front.terminalGone(undefined);
      }),
      window.onDidChangeTerminalState((terminal) => { this.#writtenInto(terminal); }),
      window.onDidStartTerminalShellExecution(({ terminal }) => {
        if (terminal.state.isInteractedWith && !this.#typedWithin(TYPING_MS)) front.inTerminal(terminal);
      }),
      window.onDidCloseTerminal((terminal) => { front.terminalGone(terminal); }),
      debug.onDidStartDebugSession(changed),
      debug.onDidTerminateDebugSession((session) => {
        this.#ended.add(session);
        changed();
      }),
      debug.onDidChangeActiveDebugSession(changed),
      debug.onDidChangeActiveStackItem(changed),
      debug.onDidChangeBreakpoints(changed),
    ];
  }

  // The typing path: no allocation beyond the edit, no look at the text itself, no file.
  #edited(event: vscode.TextDocumentChangeEvent): void {
    const { document } = event;
    const at = this.options.now();
    if (this.#isNextKey(event, at)) return;
    if (!this.#recording || event.contentChanges.length === 0) return;
    // What extensions show changes by itself; of a file one look-up tells.
    if (this.#subjects.ofDocument(document)?.type !== "file" && !this.#subjects.isWritten(document)) return;
    const owner = this.#cells.ownerOf(document);
    const edit = this.#editOf(event, owner, at);
    if (edit.inView) this.#lastEdit = at;
    const author = this.#authorship.of(edit);
    if (author !== "unclear") {
      // The pieces before this one were its own, too.
      if (author === "program") this.#unclear.decide(owner);
      this.#credit(document, owner, edit, author);
      return;
    }
    this.#typing = undefined;
    this.#unclear.add(owner, (edit.focused ? AFTER_MS : AWAY_MS) + this.options.latencyMs, edit.size, () => {
      const unsaved = edit.dirty || owner.isDirty || this.#saves.since(owner, at);
      this.#credit(document, owner, edit, this.#authorship.afterwards(edit, unsaved));
    });
  }

  /**
   * Whether an edit is the key after the one that was credited last, with nothing between but the cursor's movement: then
   * all that is known of that holds for this one. Most edits are, and the way of all others costs three times as much.
   */
  #isNextKey({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent, at: number): boolean {
    const typing = this.#typing;
    if (typing?.document !== document) return false;
    const change = contentChanges.length === 1 ? contentChanges[0] : undefined;
    const since = this.#lastEdit;
    if (!change || reason !== undefined || change.text.length > KEY_CHARACTERS || change.rangeLength > KEY_CHARACTERS) return false;
    if (at - since >= this.options.goingOnMs || this.#presence.lastHand < since || document !== this.#front.document) return false;
    if (!typing.owner.isDirty && !document.isUntitled) return false;
    if (!this.#person.isBusyWith(typing.subject, at)) return false;
    if (!this.#authorship.goesOn(document, at, Math.max(change.text.length, change.rangeLength))) return false;
    this.#lastEdit = this.#lastTyped = at;
    this.#front.writes();
    return true;
  }

  #credit(document: vscode.TextDocument, owner: Owner, { at, hasCursor, saving, dirty }: Edit, author: Author): void {
    this.#typing = undefined;
    if (!this.#recording) return;
    // What a formatter does in a save leaves it the save of who wrote before.
    if (!saving) this.#authors.set(owner, author);
    if (author === "nobody") return;
    const subject = this.#subjects.ofDocument(document) ?? this.#front.subject();
    if (author === "program") {
      this.#programs(subject, () => this.#program.signal(subject, at));
      return;
    }
    if (!hasCursor) this.#presence.hand();
    if (!this.#attending) return;
    this.#lastTyped = at;
    this.#front.writes(hasCursor ? undefined : subject);
    this.#person.signal(subject, at);
    if (!hasCursor || !dirty || at !== this.#lastEdit || this.#unclear.has(owner)) return;
    this.#typing = { document, owner, subject };
  }

  /** A program wrote or saved. Who only watched it do so in front is heard of again with their next sign. */
  #programs(subject: Subject, recorded: () => boolean): void {
    this.#typing = undefined;
    if (!this.options.aiCoding()) return;
    if (recorded()) this.#person.interrupted();
    if (subject === this.#front.subject() && this.#focused) this.#person.rest();
    else this.#person.yield();
  }

  #editOf({ document, reason, contentChanges }: vscode.TextDocumentChangeEvent, owner: Owner, at: number): Edit {
    let size = 0;
    let lines = 0;
    const [first] = contentChanges;
    for (const { text, rangeLength, range } of contentChanges) {
      // A symbol renamed, or all of a word replaced: one change at many places.
      if (size > 0 && text === first?.text && rangeLength === first.rangeLength) continue;
      size += Math.max(text.length, rangeLength);
      if (rangeLength > 0) lines += range.end.line - range.start.line;
      // Counting stops soon: only "many" matters, and a pasted book must not cost more than a letter.
      for (let end = text.indexOf("\n"); end !== -1 && lines < 10; end = text.indexOf("\n", end + 1)) lines++;
    }
    const { scheme } = document.uri;
    // Boxes to write in belong to no file, and are never unsaved.
    const box = scheme === "comment" || scheme === COMMIT_MESSAGE;
    return {
      document,
      at,
      size,
      lines,
      undo: reason !== undefined,
      // Editors within editors: the one in front is never theirs.
      inView: box || scheme === CELL || document === this.#front.document,
      atCursor: () => contentChanges.length === 1 && first !== undefined && this.#replacesSelection(document, first),
      focused: this.#focused,
      dirty: box || document.isUntitled || owner.isDirty,
      saving: this.#saves.running(owner),
      hasCursor: !box,
    };
  }

  /** The selection still is the one before the change here; the editor tells of the new one afterwards. */
  #replacesSelection(document: vscode.TextDocument, { range }: vscode.TextDocumentContentChangeEvent): boolean {
    const editor = this.editor.window.activeTextEditor;
    return editor?.document === document && editor.selections.length === 1 && range.isEqual(editor.selection);
  }

  #selected({ kind, textEditor }: vscode.TextEditorSelectionChangeEvent): void {
    const { Keyboard, Mouse, Command } = this.editor.TextEditorSelectionChangeKind;
    const byHand = kind === Keyboard || kind === Mouse;
    if (!this.#focused || !(byHand || (kind === Command && hasModalKeys(this.editor)))) return;
    this.#presence.hand();
    // The movement that follows a key: nothing waits to be decided, and the person is in the editors as before.
    if (textEditor.document === this.#typing?.document && this.#justEdited) return;
    // A paste, or a key between a program's pieces: no need to wait any longer.
    const owner = this.#cells.ownerOf(textEditor.document);
    this.#unclear.decide(owner);
    // The movement that typing causes: the edit has been counted, unless it was taken for one more of a program's.
    const typing = this.#justEdited && textEditor.document === this.#front.document;
    if (!typing || this.#authors.get(owner) === "program") this.#front.inEditors();
  }

  #scrolled({ textEditor }: vscode.TextEditorVisibleRangesChangeEvent): void {
    if (!this.#front.viewMoved(textEditor) || !this.#focused || this.#justEdited) return;
    this.#presence.scrolled();
    this.#front.scrolled();
  }

  /** The first time; the editor also tells of whatever program a terminal comes to run, in front or not. */
  #writtenInto(terminal: vscode.Terminal): void {
    if (!terminal.state.isInteractedWith || this.#written.has(terminal)) return;
    this.#written.add(terminal);
    this.#front.inTerminal(terminal);
  }

  #windowState({ focused, active }: vscode.WindowState): void {
    if (this.#focused && !focused) {
      this.#person.rest();
      // Another window's time may come between.
      this.#person.interrupted();
    }
    this.#focused = focused;
    this.#typing = undefined;
    this.#presence.says(active);
    if (focused && active) this.#front.changed();
  }

  #notebookChanged({ notebook, cellChanges, contentChanges }: vscode.NotebookDocumentChangeEvent): void {
    // A run's start and end, cells put in or taken out; outputs of a long run are no activity.
    const ran = cellChanges.some((change) => change.executionSummary !== undefined);
    if ((ran || contentChanges.length > 0) && notebook === this.editor.window.activeNotebookEditor?.notebook) this.#front.inEditors();
  }

  #willSave(document: object, reason: vscode.TextDocumentSaveReason): void {
    this.#typing = undefined;
    // What was edited just now is unsaved for certain: no need to wait for that.
    this.#unclear.decide(document);
    this.#saves.begin(document, reason === this.editor.TextDocumentSaveReason.Manual, this.options.everyMs());
  }

  /** A save is its author's: an agent saves by the same command as a person, and in documents that nobody looks at. */
  #saved(document: object, subject: Subject | undefined): void {
    if (!this.#saves.end(document) || !subject || !this.#recording) return;
    const author = this.#authors.get(document);
    if (author === "program") {
      this.#programs(subject, () => this.#program.saved(subject));
      return;
    }
    const front = this.#front.subject();
    if (!this.#attending || (subject !== front && author !== "person")) return;
    this.#person.saved(subject);
    // Saved with all others, or on leaving it: the person is elsewhere.
    if (subject !== front) this.#person.signal(front);
  }

  /** What happened in the editor is over: it counts for what is in front now, if somebody is there. */
  #look(at: number): void {
    if (!this.#attending) return;
    const subject = this.#front.subject();
    if (subject.type === "file" && subject.uri) this.#folders.workedOn(subject.uri);
    this.#person.look(subject, at);
  }

  /** Whether somebody is there and looks at this window. */
  get #attending(): boolean {
    return this.#focused && this.#recording && this.#presence.here;
  }

  get #justEdited(): boolean {
    return this.options.now() - this.#lastEdit < SCROLL_QUIET_MS + this.options.latencyMs;
  }

  #typedWithin(ms: number): boolean {
    return this.options.now() - this.#lastTyped <= ms;
  }

  #categoryOf(subject: Subject): string {
    const isFile = subject.type === "file";
    const session = this.editor.debug.activeDebugSession;
    const around = {
      // The editor may go on to name one that is over, where one has started another.
      debugging: session !== undefined && !this.#ended.has(session),
      building: this.#work.has("building"),
      testing: this.#work.has("testing"),
    };
    const writes = this.#typedWithin(TYPING_QUIET_MS) && this.#lastTyped >= this.#front.shownSince;
    const reviewing = subject.reviewing || (isFile && this.#front.inDiff && !writes);
    return categoryOf(around, reviewing, isFile && subject.uri ? this.#folders.pathWithin(subject.uri) : "");
  }
}
