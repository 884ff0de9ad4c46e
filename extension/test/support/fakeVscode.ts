import Module from "node:module";
import type * as vscode from "vscode";
import { FakeEditor, FakeUri } from "./fakeEditor";

// What `import * as vscode` gives in tests: the parts of the editor that hold nothing, and those of the one that is played.

class FakeDisposable {
  constructor(private readonly end: () => void) {}

  static from(...all: FakeDisposable[]): FakeDisposable {
    return new FakeDisposable(() => { for (const one of all) one.dispose(); });
  }

  dispose(): void {
    this.end();
  }
}

class FakeEmitter<T> {
  readonly #listeners = new Set<(event: T) => void>();
  readonly event = (listener: (event: T) => void): FakeDisposable => {
    this.#listeners.add(listener);
    return new FakeDisposable(() => this.#listeners.delete(listener));
  };

  fire(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

class FakeMarkdown {
  value = "";

  appendMarkdown(more: string): this {
    this.value += more;
    return this;
  }
}

type Layer = "globalValue" | "workspaceValue" | "workspaceFolderValue";

/** The rest of an editor: settings, commands, messages, the status bar. Answers to its questions are the test's. */
export class FakeVscode {
  readonly editor = new FakeEditor();
  readonly commands = new Map<string, (...given: unknown[]) => unknown>();
  readonly contexts = new Map<string, unknown>();
  /** Every message: its severity, its sentence, its buttons. */
  readonly said: string[][] = [];
  readonly bar: { text: string; tooltip?: FakeMarkdown; command?: vscode.Command } = { text: "" };
  readonly secrets = new Map<string, string>();
  /** The button that is pressed, or what is typed in. */
  answer: (sentence: string) => string | undefined = () => undefined;
  readonly context: vscode.ExtensionContext;
  /** What the extension reaches as `vscode`. */
  readonly api: object;
  readonly #settings = new Map<string, unknown>();
  readonly #secretsChanged = new FakeEmitter<{ key: string }>();

  constructor(storage: string) {
    const kept = new Map<string, unknown>();
    this.context = {
      subscriptions: [],
      globalStorageUri: FakeUri.file(storage),
      extension: { id: "timecode.timecode", packageJSON: { version: "0.1.0" }, extensionKind: 1 },
      globalState: {
        get: (key: string, otherwise: unknown) => kept.get(key) ?? otherwise,
        update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
      },
      secrets: {
        get: (key: string) => Promise.resolve(this.secrets.get(key)),
        store: (key: string, value: string) => this.#keep(key, value),
        delete: (key: string) => this.#keep(key, undefined),
        onDidChange: this.#secretsChanged.event,
      },
    } as unknown as vscode.ExtensionContext;
    this.api = this.#api();
  }

  /** Sets a setting of ours, or takes it away; by the person, by the workspace or by the first of its folders. */
  set(name: string, value: unknown, layer: Layer = "globalValue"): void {
    this.#settings.set(`${layer} ${name}`, value);
    const affectsConfiguration = (section: string): boolean => section === "timecode";
    this.editor.tell("workspace.onDidChangeConfiguration", { affectsConfiguration } as object);
  }

  /** Runs a command as its button or its key does. */
  async press(name: string): Promise<void> {
    await this.commands.get(name)?.();
  }

  #api(): object {
    const { api } = this.editor;
    return {
      ...api,
      window: over(this.#window(), api.window),
      workspace: over(this.#workspace(), api.workspace),
      commands: {
        registerCommand: (name: string, run: () => unknown) => {
          this.commands.set(name, run);
          return new FakeDisposable(() => this.commands.delete(name));
        },
        executeCommand: (name: string, ...given: unknown[]) => {
          if (name === "setContext") this.contexts.set(String(given[0]), given[1]);
          return Promise.resolve(this.commands.get(name)?.(...given));
        },
      },
      env: { appName: "Visual Studio Code", uiKind: 1, remoteName: undefined },
      extensions: over({ all: [] }, { ...api.extensions, onDidChange: () => new FakeDisposable(() => undefined) }),
    };
  }

  #window(): object {
    const say = (severity: string) => (sentence: string, ...rest: unknown[]) => {
      this.said.push([severity, sentence, ...rest.filter((one) => typeof one === "string")]);
      return Promise.resolve(this.answer(sentence));
    };
    return {
      createOutputChannel: () => ({ info: () => undefined, warn: () => undefined, error: () => undefined, show: () => undefined, dispose: () => undefined }),
      createStatusBarItem: () => Object.assign(this.bar, { show: () => undefined, dispose: () => undefined }),
      registerWebviewViewProvider: () => new FakeDisposable(() => undefined),
      showInformationMessage: say("information"),
      showWarningMessage: say("warning"),
      showErrorMessage: say("error"),
      showInputBox: ({ title }: { title: string }) => Promise.resolve(this.answer(title)),
    };
  }

  #workspace(): object {
    return {
      isTrusted: true,
      getConfiguration: (_section: string, scope?: vscode.Uri) => ({
        get: (name: string) => this.#effective(name),
        inspect: (name: string) => this.#inspect(name, scope),
        update: (name: string, value: unknown) => {
          this.set(name, value);
          return Promise.resolve();
        },
      }),
      registerTextDocumentContentProvider: () => new FakeDisposable(() => undefined),
    };
  }

  #effective(name: string): unknown {
    const { globalValue, workspaceValue } = this.#inspect(name);
    return workspaceValue ?? globalValue;
  }

  #inspect(name: string, scope?: vscode.Uri): { [layer in Layer]: unknown } {
    const of = (layer: Layer): unknown => this.#settings.get(`${layer} ${name}`);
    const [folder] = this.editor.folders;
    const within = scope && folder && `${scope.path}/`.startsWith(`${(folder.uri as FakeUri).path}/`);
    return { globalValue: of("globalValue"), workspaceValue: of("workspaceValue"), workspaceFolderValue: within ? of("workspaceFolderValue") : undefined };
  }

  #keep(key: string, value: string | undefined): Promise<void> {
    if (value === undefined) this.secrets.delete(key);
    else this.secrets.set(key, value);
    this.#secretsChanged.fire({ key });
    return Promise.resolve();
  }
}

let played: FakeVscode | undefined;

/** From now on this is the editor that the extension runs in. */
export function play(one: FakeVscode): void {
  played = one;
}

/** What its own has, and else what the one below has. */
function over(own: object, below: object): object {
  return new Proxy(below, { get: (target, key) => Reflect.get(key in own ? own : target, key) as unknown });
}

const HOLDS_NOTHING = {
  Disposable: FakeDisposable,
  EventEmitter: FakeEmitter,
  MarkdownString: FakeMarkdown,
  ThemeColor: Object,
  Uri: FakeUri,
  StatusBarAlignment: { Left: 1 },
  ConfigurationTarget: { Global: 1 },
  ExtensionKind: { UI: 1, Workspace: 2 },
  UIKind: { Desktop: 1, Web: 2 },
};
const STANDS_FOR_IT: object = Object.defineProperties(
  { ...HOLDS_NOTHING },
  Object.fromEntries(Object.keys(new FakeVscode("/").api).filter((key) => !(key in HOLDS_NOTHING)).map((key) => [key, { enumerable: true, get: () => played && (Reflect.get(played.api, key) as unknown) }])),
);

// Node finds no module of this name: only an editor has it.
const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = (request, ...rest) => (request === "vscode" ? STANDS_FOR_IT : load(request, ...rest));
