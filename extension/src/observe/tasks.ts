import * as vscode from "vscode";
import { commandKind, taskKind } from "./category";
import { Work, type Kind } from "./work";

/** Follows editor tasks, and commands in terminals whose shell reports them. */
export class RunningWork implements vscode.Disposable {
  readonly #work: Work;
  readonly #subscriptions: vscode.Disposable;

  constructor(now: () => number, onChange: () => void, onTerminal: (terminal: vscode.Terminal) => void) {
    const work = new Work(now);
    this.#work = work;
    const start = (run: object, kind: Kind | undefined, owner?: object): void => {
      if (!kind) return;
      work.start(run, kind, owner);
      onChange();
    };
    this.#subscriptions = vscode.Disposable.from(
      vscode.tasks.onDidStartTask(({ execution }) => {
        const { name, group, isBackground } = execution.task;
        start(execution, taskKind({ name, group: group?.id, isBackground }));
      }),
      vscode.tasks.onDidEndTask(({ execution }) => { if (work.end(execution)) onChange(); }),
      vscode.window.onDidStartTerminalShellExecution(({ execution, terminal }) => {
        start(execution, commandKind(execution.commandLine.value), terminal);
        onTerminal(terminal);
      }),
      vscode.window.onDidEndTerminalShellExecution(({ execution }) => { if (work.end(execution)) onChange(); }),
      // A terminal that is killed tells nothing of the end of its command.
      vscode.window.onDidCloseTerminal((terminal) => { if (work.close(terminal)) onChange(); }),
    );
  }

  has(kind: Kind): boolean {
    return this.#work.has(kind);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
