import { posix } from "node:path";
import type { Editor } from "../../src/observe/editor";
import type { Standing, Told, ToldDocument, ToldNotebook, ToldTab, ToldTerminal } from "./orders";

export class FakeUri {
  constructor(readonly scheme: string, readonly authority: string, readonly path: string, readonly query: string) {}

  static parse(text: string): FakeUri {
    const [, scheme = "", authority = "", path = "", query = ""] = /^([^:]+):(?:\/\/([^/]*))?([^?]*)(?:\?(.*))?$/.exec(text) ?? [];
    return new FakeUri(scheme, authority, decodeURIComponent(path), decodeURIComponent(query));
  }

  static file(path: string): FakeUri {
    return new FakeUri("file", "", path, "");
  }

  static from({ scheme, path }: { scheme: string; path: string }): FakeUri {
    return new FakeUri(scheme, "", path, "");
  }

  static joinPath(uri: FakeUri, ...parts: string[]): FakeUri {
    return uri.with({ path: posix.join(uri.path, ...parts) });
  }

  get fsPath(): string {
    return this.path;
  }

  with({ path }: { path: string }): FakeUri {
    return new FakeUri(this.scheme, this.authority, path, this.query);
  }

  toString(): string {
    return `${this.scheme}://${this.authority}${this.path}?${this.query}`;
  }
}

class FakeRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };

  constructor([startLine = 0, startCharacter = 0, endLine = 0, endCharacter = 0]: readonly number[]) {
    this.start = { line: startLine, character: startCharacter };
    this.end = { line: endLine, character: endCharacter };
  }

  isEqual(other: FakeRange): boolean {
    return JSON.stringify([this.start, this.end]) === JSON.stringify([other.start, other.end]);
  }
}

/** What a tab shows; only what it is and where are asked of it. */
class TabInput {
  readonly uri: FakeUri | undefined;
  readonly original: FakeUri | undefined;
  readonly modified: FakeUri | undefined;
  readonly viewType: string | undefined;

  constructor({ uri, original, modified, viewType }: ToldTab) {
    [this.uri, this.original, this.modified] = [uri, original, modified].map((one) => (one === undefined ? undefined : FakeUri.parse(one)));
    this.viewType = viewType;
  }
}

const TABS = {
  TabInputText: class extends TabInput {},
  TabInputTextDiff: class extends TabInput {},
  TabInputCustom: class extends TabInput {},
  TabInputWebview: class extends TabInput {},
  TabInputNotebook: class extends TabInput {},
  TabInputNotebookDiff: class extends TabInput {},
  TabInputTerminal: class extends TabInput {},
};

interface Folder {
  readonly uri: unknown;
  readonly name: string;
}

/** An editor that a test plays: it stands as it is told to and tells of events when told to, in the shapes of the real one. */
export class FakeEditor {
  readonly #listeners = new Map<string, ((event: unknown) => void)[]>();
  /** What stays the same object as often as the editor speaks of it. */
  readonly #known = new Map<string, object>();
  #stands: Standing = { focused: true, active: true, front: null, selection: [], tab: null, notebook: null, terminal: null, debugging: null, dirty: [] };
  /** Extensions that are active. */
  readonly active: string[] = [];
  folders: Folder[] = [{ uri: FakeUri.file("/project"), name: "project" }];

  /** What the observer is handed. */
  readonly api: Editor;

  constructor() {
    const space = (name: string, state: { [key: string]: () => unknown }): object => {
      const getters = Object.fromEntries(Object.entries(state).map(([key, get]) => [key, { get }]));
      // Whatever event is asked for can be listened to.
      return new Proxy(Object.defineProperties({}, getters), {
        get: (target: { [key: string]: unknown }, key: string) =>
          key in target ? target[key] : (listener: (event: unknown) => void) => this.#listen(`${name}.${key}`, listener),
      });
    };
    const stands = (): Standing => this.#stands;
    this.api = {
      window: space("window", {
        state: () => ({ focused: stands().focused, active: stands().active }),
        activeTextEditor: () => this.#editor(),
        activeNotebookEditor: () => stands().notebook && { notebook: this.#notebook(stands().notebook) },
        activeTerminal: () => this.#terminal(stands().terminal),
        tabGroups: () => space("window.tabGroups", { activeTabGroup: () => ({ activeTab: shownTab(stands().tab) }) }),
      }),
      workspace: space("workspace", {
        workspaceFolders: () => this.folders,
        textDocuments: () => this.#all("document "),
        notebookDocuments: () => this.#all("notebook "),
        getWorkspaceFolder: () => (uri: FakeUri) => this.folders.find((one) => `${uri.path}/`.startsWith(`${(one.uri as FakeUri).path}/`)),
      }),
      debug: space("debug", { activeDebugSession: () => this.#session(stands().debugging) }),
      tasks: space("tasks", {}),
      extensions: { getExtension: (id: string) => (this.active.includes(id) ? { isActive: true } : undefined) },
      env: { appName: "code-server" },
      Uri: FakeUri,
      NotebookCellKind: { Markup: 1, Code: 2 },
      TextDocumentSaveReason: { Manual: 1, AfterDelay: 2, FocusOut: 3 },
      TextEditorSelectionChangeKind: { Keyboard: 1, Mouse: 2, Command: 3 },
      ...TABS,
    } as unknown as Editor;
  }

  /** How many listeners there are. */
  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, all) => sum + all.length, 0);
  }

  /** From now on the editor stands so; what isn't named stays. */
  stand(changes: Partial<Standing>): void {
    this.#stands = { ...this.#stands, ...changes };
    this.#document(this.#stands.front);
  }

  /** Tells of an event. */
  tell(on: string, told: Told): void {
    const event = this.#event(on, told);
    for (const listener of this.#listeners.get(on) ?? []) listener(event);
  }

  #listen(name: string, listener: (event: unknown) => void): { dispose(): void } {
    const all = this.#listeners.get(name) ?? [];
    this.#listeners.set(name, all);
    all.push(listener);
    return { dispose: () => { all.splice(all.indexOf(listener), 1); } };
  }

  #event(on: string, told: Told): unknown {
    const document = this.#document(told.document);
    const terminal = this.#terminal(told.terminal);
    const notebook = this.#notebook(told.notebook);
    switch (on.slice(on.lastIndexOf(".") + 1)) {
      case "onDidChangeTextDocument": {
        const contentChanges = told.changes?.map(({ text, removed, range }) => ({ text, rangeLength: removed, range: new FakeRange(range) }));
        return { document, reason: told.reason, contentChanges };
      }
      case "onWillSaveTextDocument":
        return { document, reason: told.reason };
      case "onDidSaveTextDocument":
        return document;
      case "onDidChangeActiveTextEditor":
        return document && { document, visibleRanges: rangesOf(told.visible) };
      case "onDidChangeTextEditorSelection":
        return { kind: told.kind, textEditor: { document } };
      case "onDidChangeTextEditorVisibleRanges":
        return { textEditor: { document, visibleRanges: rangesOf(told.visible) } };
      case "onDidChangeNotebookDocument":
        return { notebook, cellChanges: [told.ran ? { executionSummary: {} } : {}], contentChanges: Array.from({ length: told.contents ?? 0 }) };
      case "onWillSaveNotebookDocument":
        return { notebook, reason: told.reason };
      case "onDidSaveNotebookDocument":
        return notebook;
      case "onDidChangeActiveNotebookEditor":
        return notebook && { notebook };
      case "onDidChangeNotebookEditorSelection":
        return { notebookEditor: { notebook } };
      case "onDidChangeTabs":
        return { opened: told.opened?.map(shownTab), changed: told.changed?.map(shownTab), closed: told.closed?.map(shownTab) };
      case "onDidStartTerminalShellExecution":
      case "onDidEndTerminalShellExecution":
        return { terminal, execution: this.#once(`execution ${told.terminal?.id ?? 0} ${told.line ?? ""}`, () => ({ commandLine: { value: told.line } })) };
      case "onDidStartTask":
      case "onDidEndTask":
        return { execution: this.#once(`task ${told.task?.name ?? ""}`, () => ({ task: { name: told.task?.name, group: { id: told.task?.group }, isBackground: told.task?.background } })) };
      case "onDidStartDebugSession":
      case "onDidTerminateDebugSession":
        return this.#session(told.session);
      case "onDidOpenTerminal":
      case "onDidCloseTerminal":
      case "onDidChangeActiveTerminal":
      case "onDidChangeTerminalState":
        return terminal;
      default:
        return told;
    }
  }

  #editor(): unknown {
    const { front, selection } = this.#stands;
    const selections = selection.map((one) => new FakeRange(one));
    return front ? { document: this.#document(front), selections, selection: selections[0] } : undefined;
  }

  #document(told: ToldDocument | null | undefined): object | undefined {
    if (!told) return undefined;
    const { uri, language } = told;
    return this.#once(`document ${uri}`, () => this.#dirtied(uri, { uri: FakeUri.parse(uri), languageId: language, isUntitled: uri.startsWith("untitled:") }));
  }

  #notebook(told: ToldNotebook | null | undefined): object | undefined {
    if (!told) return undefined;
    const { uri, language } = told;
    return this.#once(`notebook ${uri}`, () => {
      const cells = told.cells.map((cell) => ({ kind: 2, document: this.#document({ uri: cell, language }) }));
      return this.#dirtied(uri, { uri: FakeUri.parse(uri), getCells: () => cells });
    });
  }

  #terminal(told: ToldTerminal | null | undefined): object | undefined {
    if (!told) return undefined;
    const shellIntegration = told.cwd === undefined ? undefined : { cwd: FakeUri.parse(told.cwd) };
    const state = { isInteractedWith: told.touched };
    return Object.assign(this.#once(`terminal ${told.id}`, () => ({})), { name: told.name, state, shellIntegration });
  }

  #session(id: string | null | undefined): object | undefined {
    return id === null || id === undefined ? undefined : this.#once(`session ${id}`, () => ({ id }));
  }

  #dirtied(uri: string, one: object): object {
    return Object.defineProperty(one, "isDirty", { get: () => this.#stands.dirty.includes(uri) });
  }

  #once(key: string, make: () => object): object {
    const known = this.#known.get(key) ?? make();
    this.#known.set(key, known);
    return known;
  }

  #all(kind: string): object[] {
    return [...this.#known].filter(([key]) => key.startsWith(kind)).map(([, one]) => one);
  }
}

function rangesOf(told: Told["visible"] = []): FakeRange[] {
  return told.map((one) => new FakeRange(one));
}

function shownTab(told: ToldTab | null): object | undefined {
  if (!told) return undefined;
  const { kind, label, active } = told;
  // The editor tells nothing of tabs of other kinds.
  const Input = kind in TABS ? TABS[kind as keyof typeof TABS] : undefined;
  return { input: Input && new Input(told), label, isActive: active, group: { isActive: true } };
}
