import type { Disposable, Terminal } from "vscode";
import { commandKind, taskKind } from "./category";
import type { Editor } from "./editor";
import { Work, type Kind } from "./work";

// The editor opens a task's terminal just before it says that the task starts.
const OPENED_FOR_MS = 2_000;

/** Follows editor tasks, and commands in terminals whose shell reports them. */
export class RunningWork implements Disposable {
  readonly #work: Work;
  readonly #listeners: readonly Disposable[];
  readonly #opened = new Map<Terminal, number>();
  readonly #tasks = new WeakSet<Terminal>();

  constructor(
    { tasks, window }: Editor,
    private readonly now: () => number,
    onChange: () => void,
  ) {
    const work = new Work(now);
    this.#work = work;
    const start = (run: object, kind: Kind | undefined, owner?: object): void => {
      if (!kind) return;
      work.start(run, kind, owner);
      onChange();
    };
    this.#listeners = [
      tasks.onDidStartTask(({ execution }) => {
        const { name, group, isBackground } = execution.task;
        this.#claim();
        start(execution, taskKind({ name, group: group?.id, isBackground }));
      }),
      tasks.onDidEndTask(({ execution }) => { if (work.end(execution)) onChange(); }),
      window.onDidOpenTerminal((terminal) => { this.#open(terminal); }),
      window.onDidStartTerminalShellExecution(({ execution, terminal }) => {
        if (!this.isTasks(terminal)) start(execution, commandKind(execution.commandLine.value), terminal);
      }),
      window.onDidEndTerminalShellExecution(({ execution }) => { if (work.end(execution)) onChange(); }),
      // A terminal that is killed tells nothing of the end of its command.
      window.onDidCloseTerminal((terminal) => {
        this.#opened.delete(terminal);
        if (work.close(terminal)) onChange();
      }),
    ];
  }

  has(kind: Kind): boolean {
    return this.#work.has(kind);
  }

  /** Whether a terminal is there for a task, which shows itself in it unasked. */
  isTasks(terminal: Terminal): boolean {
    return this.#tasks.has(terminal);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }

  #open(terminal: Terminal): void {
    for (const [one, at] of this.#opened) if (this.now() - at > OPENED_FOR_MS) this.#opened.delete(one);
    this.#opened.set(terminal, this.now());
  }

  /** A task started: a terminal that opened just now and that nobody wrote into is its own. */
  #claim(): void {
    for (const [terminal, at] of this.#opened) {
      if (this.now() - at <= OPENED_FOR_MS && !terminal.state.isInteractedWith) this.#tasks.add(terminal);
    }
    this.#opened.clear();
  }
}
