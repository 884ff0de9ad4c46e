import type { Position, Tab, TabChangeEvent, Terminal, TextDocument, TextEditor, Uri } from "vscode";
import type { Cells } from "./cells";
import type { Editor } from "./editor";
import type { Folders } from "./folders";
import type { Subject, Subjects } from "./subject";

export interface FrontOptions {
  readonly editor: Editor;
  readonly subjects: Subjects;
  readonly cells: Cells;
  readonly folders: Folders;
  readonly now: () => number;
  /** Whether a terminal is there for a task, which shows it unasked. */
  readonly isTasks: (terminal: Terminal) => boolean;
  /** What happened is over since that instant: what is in front can be asked for. */
  readonly onSettled: (at: number) => void;
}

// For so long nothing more has to happen before what is in front is looked at.
const QUIET_MS = 50;
// What changes all the time is looked at all the same.
const LONGEST_MS = 250;
// Who hasn't written into a box for so long has left it, though the editor doesn't say so.
const BOX_MS = 30_000;
// A panel that opens for a terminal moves the text beside it, which looks like scrolling; and where the terminal takes the
// place of the output, the editor names the text above as active.
const LAYOUT_MS = 1_000;

/**
 * What is in front of the person. One gesture makes the editor tell of many changes, in changing orders, and in between
 * it names what nobody looks at: the other side of a diff, the file that was there before, a task's own terminal. So
 * events only say that something changed and roughly where, and what is in front is read once all is quiet.
 */
export class Front {
  /** Where the person is, if not in the editors: in a terminal, or in a box that stands for itself. */
  #elsewhere: Terminal | Subject | undefined;
  #boxAt = -Infinity;
  #terminal: Terminal | undefined;
  #terminalAt = -Infinity;
  #document: TextDocument | undefined;
  /** Where the view of that document begins. */
  #top: Position | undefined;
  #tab: string;
  #tabAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #since = 0;
  #changedAt = 0;

  constructor(private readonly options: FrontOptions) {
    const { window } = options.editor;
    this.#document = window.activeTextEditor?.document;
    this.#tab = this.#keyOf(window.tabGroups.activeTabGroup.activeTab);
  }

  /** The document whose text editor the editor calls active. Asking the editor for it costs more than all else on the typing path. */
  get document(): TextDocument | undefined {
    return this.#document;
  }

  /** Something changed that may be in front, or what is done with it. */
  changed(): void {
    const now = this.options.now();
    if (this.#timer === undefined) this.#since = now;
    this.#changedAt = now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { this.#settle(); }, Math.max(0, Math.min(QUIET_MS, this.#since + LONGEST_MS - now)));
  }

  /** The person did something in the editors. */
  inEditors(): void {
    this.#elsewhere = this.#terminal = undefined;
    this.changed();
  }

  /** The person writes: into a file, or into a box that is none of the editors. Nothing to wait for. */
  writes(box?: Subject): void {
    this.#terminal = undefined;
    this.#elsewhere = box;
    if (box) this.#boxAt = this.options.now();
  }

  /** Whether the view of the document in front begins elsewhere now. A panel that opens or closes below moves only its end. */
  viewMoved({ document, visibleRanges }: TextEditor): boolean {
    if (document !== this.#document) return false;
    const before = this.#top;
    const top = visibleRanges[0]?.start;
    this.#top = top;
    return top === undefined || top.line !== before?.line || top.character !== before.character;
  }

  scrolled(): void {
    if (!this.#layoutChanges) this.inEditors();
  }

  /** Another text editor is the active one. */
  editorChanged(editor: TextEditor | undefined): void {
    this.#top = editor?.visibleRanges[0]?.start;
    if (editor?.document === this.#document) return;
    this.#document = editor?.document;
    if (this.#layoutChanges) this.changed();
    else this.inEditors();
  }

  tabsChanged({ opened, closed, changed }: TabChangeEvent): void {
    if (closed.length === 0 && ![...opened, ...changed].some(isInFront)) return;
    const tab = this.#keyOf(this.options.editor.window.tabGroups.activeTabGroup.activeTab);
    // A tab also changes when its document is saved, by whomever.
    if (tab === this.#tab) return;
    this.#tab = tab;
    this.#tabAt = this.options.now();
    this.inEditors();
  }

  /** Something happened in a terminal: opened, written into, a command started. */
  inTerminal(terminal: Terminal): void {
    if (terminal !== this.options.editor.window.activeTerminal) return;
    this.#terminal = terminal;
    this.#terminalAt = this.options.now();
    this.changed();
  }

  terminalGone(terminal: Terminal | undefined): void {
    if (this.#terminal === terminal) this.#terminal = undefined;
    if (terminal === undefined ? isTerminal(this.#elsewhere) : this.#elsewhere === terminal) this.inEditors();
  }

  /** What is in front: a file, a part of the editor, or the window's project where it is neither. */
  subject(): Subject {
    const { folders, subjects } = this.options;
    if (isTerminal(this.#elsewhere)) return this.#ofTerminal(this.#elsewhere);
    if (this.options.now() - this.#boxAt > BOX_MS) this.#elsewhere = undefined;
    return this.#elsewhere ?? this.#inEditors() ?? subjects.ofApp("editor", folders.current, false);
  }

  /** Since when the tab in front is there. */
  get shownSince(): number {
    return this.#tabAt;
  }

  /** Whether two versions stand side by side. */
  get inDiff(): boolean {
    const { window, TabInputTextDiff, TabInputNotebookDiff } = this.options.editor;
    const input = window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof TabInputTextDiff || input instanceof TabInputNotebookDiff;
  }

  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #layoutChanges(): boolean {
    return this.options.now() - this.#terminalAt <= LAYOUT_MS;
  }

  #settle(): void {
    this.#timer = undefined;
    // Judged only now: that a task has it, the editor says after it opened it.
    if (this.#terminal && !this.options.isTasks(this.#terminal)) this.#elsewhere = this.#terminal;
    this.#terminal = undefined;
    this.options.onSettled(this.#changedAt);
  }

  #inEditors(): Subject | undefined {
    const { editor, subjects, folders } = this.options;
    const input = editor.window.tabGroups.activeTabGroup.activeTab?.input;
    const document = this.#document;
    const sides = input instanceof editor.TabInputTextDiff ? [input.modified, input.original] : [];
    const side = sides.some((uri) => uri.toString() === document?.uri.toString());
    // Output and what else is only read may have a text editor and no tab.
    if (document && !side && !subjects.isWritten(document)) return subjects.ofDocument(document);
    if (input instanceof editor.TabInputTextDiff) return this.#ofUri(input.modified) ?? this.#ofUri(input.original);
    if (input instanceof editor.TabInputText) return this.#ofUri(input.uri);
    if (input instanceof editor.TabInputNotebook) return this.#ofUri(input.uri);
    if (input instanceof editor.TabInputNotebookDiff) return this.#ofUri(input.modified);
    if (input instanceof editor.TabInputCustom) return this.#ofUri(input.uri);
    if (input instanceof editor.TabInputWebview) {
      return /pull-?request/i.test(input.viewType) ? subjects.ofApp("code review", folders.current, true) : undefined;
    }
    if (input instanceof editor.TabInputTerminal) {
      const terminal = editor.window.activeTerminal;
      return terminal && this.#ofTerminal(terminal);
    }
    // What extensions are not told of: settings, welcome, and merges, which have a text editor.
    return document && subjects.ofDocument(document);
  }

  #ofTerminal(terminal: Terminal): Subject {
    const { subjects, folders } = this.options;
    return subjects.ofApp("terminal", folders.ofTerminal(terminal), false);
  }

  #ofUri(uri: Uri): Subject | undefined {
    const { editor, subjects, cells } = this.options;
    const same = uri.toString();
    const { textDocuments, notebookDocuments } = editor.workspace;
    const document = textDocuments.find((one) => one.uri.toString() === same);
    if (document) return subjects.ofDocument(document);
    const notebook = notebookDocuments.find((one) => one.uri.toString() === same);
    return subjects.ofFile(uri, () => (notebook ? cells.languageOf(notebook) : ""));
  }

  #keyOf(tab: Tab | undefined): string {
    const input: unknown = tab?.input;
    if (tab === undefined) return "";
    const { uri, modified } = (input ?? {}) as { uri?: Uri; modified?: Uri };
    return `${input?.constructor.name ?? ""} ${tab.label} ${(uri ?? modified)?.toString() ?? ""}`;
  }
}

function isInFront(tab: Tab): boolean {
  return tab.isActive && tab.group.isActive;
}

function isTerminal(where: Terminal | Subject | undefined): where is Terminal {
  return where !== undefined && !("languageId" in where);
}
