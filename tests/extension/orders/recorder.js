// Runs in the extension host. It notes each event that the extension listens to, and how the editor stood then.
const uri = (one) => one.toString();
const document = (one) => one && { uri: uri(one.uri), language: one.languageId, dirty: one.isDirty };
const position = ({ line, character }) => [line, character];
const range = ({ start, end }) => [...position(start), ...position(end)];
const input = (one) => {
  if (!one) return { kind: "none" };
  const kind = Object.keys(vscode).find((name) => name.startsWith("TabInput") && one instanceof vscode[name]);
  const uris = Object.fromEntries(["uri", "original", "modified"].filter((name) => one[name]).map((name) => [name, uri(one[name])]));
  return { kind: kind ?? "unknown", ...uris, ...(one.viewType ? { viewType: one.viewType } : {}) };
};
const tab = (one) => one && { ...input(one.input), label: one.label, active: one.isActive && one.group.isActive };
globalThis.orderIds ??= { known: new WeakMap(), last: 0 };
const idOf = (one) => {
  const ids = globalThis.orderIds;
  if (!ids.known.has(one)) ids.known.set(one, ++ids.last);
  return ids.known.get(one);
};
const terminal = (one) =>
  one && {
    id: idOf(one),
    name: one.name,
    hidden: one.creationOptions.hideFromUser === true,
    touched: one.state.isInteractedWith,
    cwd: one.shellIntegration?.cwd && uri(one.shellIntegration.cwd),
  };
const execution = ({ task }) => ({ name: task.name, group: task.group?.id, background: task.isBackground });
const notebook = (one) => one && { uri: uri(one.uri), language: one.getCells()[0]?.document.languageId ?? "", cells: one.getCells().map((cell) => uri(cell.document.uri)) };

const told = {
  "workspace.onDidChangeTextDocument": (event) => ({
    document: document(event.document),
    reason: event.reason,
    changes: event.contentChanges.map((one) => ({ text: one.text, removed: one.rangeLength, range: range(one.range) })),
  }),
  "workspace.onWillSaveTextDocument": (event) => ({ document: document(event.document), reason: event.reason }),
  "workspace.onDidSaveTextDocument": (one) => ({ document: document(one) }),
  "workspace.onDidChangeNotebookDocument": (event) => ({
    notebook: notebook(event.notebook),
    ran: event.cellChanges.some((one) => one.executionSummary !== undefined),
    contents: event.contentChanges.length,
  }),
  "workspace.onWillSaveNotebookDocument": (event) => ({ notebook: notebook(event.notebook), reason: event.reason }),
  "workspace.onDidSaveNotebookDocument": (one) => ({ notebook: notebook(one) }),
  "window.onDidChangeTextEditorSelection": (event) => ({
    document: document(event.textEditor.document),
    kind: event.kind,
    selections: event.selections.map(range),
  }),
  "window.onDidChangeTextEditorVisibleRanges": (event) => ({ document: document(event.textEditor.document), visible: event.visibleRanges.map(range) }),
  "window.onDidChangeActiveTextEditor": (editor) => ({ document: document(editor?.document), visible: editor?.visibleRanges.map(range) }),
  "window.tabGroups.onDidChangeTabs": (event) => ({ opened: event.opened.map(tab), changed: event.changed.map(tab), closed: event.closed.map(tab) }),
  "window.tabGroups.onDidChangeTabGroups": () => ({}),
  "window.onDidChangeWindowState": ({ focused, active }) => ({ focused, active }),
  "window.onDidOpenTerminal": (one) => ({ terminal: terminal(one) }),
  "window.onDidCloseTerminal": (one) => ({ terminal: terminal(one) }),
  "window.onDidChangeActiveTerminal": (one) => ({ terminal: terminal(one) }),
  "window.onDidChangeTerminalState": (one) => ({ terminal: terminal(one) }),
  "window.onDidStartTerminalShellExecution": (event) => ({ terminal: terminal(event.terminal), line: event.execution.commandLine.value }),
  "window.onDidEndTerminalShellExecution": (event) => ({ terminal: terminal(event.terminal), line: event.execution.commandLine.value }),
  "window.onDidChangeActiveNotebookEditor": (editor) => ({ notebook: notebook(editor?.notebook) }),
  "window.onDidChangeNotebookEditorSelection": (event) => ({ notebook: notebook(event.notebookEditor.notebook) }),
  "tasks.onDidStartTask": (event) => ({ task: execution(event.execution) }),
  "tasks.onDidStartTaskProcess": (event) => ({ task: execution(event.execution) }),
  "tasks.onDidEndTask": (event) => ({ task: execution(event.execution) }),
  "debug.onDidStartDebugSession": (one) => ({ session: one.id }),
  "debug.onDidTerminateDebugSession": (one) => ({ session: one.id }),
  "debug.onDidChangeActiveDebugSession": () => ({}),
  "debug.onDidChangeActiveStackItem": () => ({}),
  "debug.onDidChangeBreakpoints": () => ({}),
};

const state = () => {
  const { window, workspace, debug } = vscode;
  return {
    focused: window.state.focused,
    active: window.state.active,
    front: document(window.activeTextEditor?.document) ?? null,
    selection: window.activeTextEditor ? window.activeTextEditor.selections.map(range) : [],
    tab: tab(window.tabGroups.activeTabGroup.activeTab) ?? null,
    notebook: notebook(window.activeNotebookEditor?.notebook) ?? null,
    terminal: terminal(window.activeTerminal) ?? null,
    debugging: debug.activeDebugSession?.id ?? null,
    dirty: [...workspace.textDocuments, ...workspace.notebookDocuments].filter((one) => one.isDirty).map((one) => uri(one.uri)).sort(),
  };
};

const began = performance.now();
const lines = [];
const note = (on, payload) => lines.push({ at: Math.round(performance.now() - began), on, with: payload, editor: state() });
const subscriptions = Object.entries(told).map(([name, tell]) => {
  const [space, ...parts] = name.split(".");
  const event = parts.reduce((found, part) => found[part], vscode[space]);
  return event((payload) => note(name, tell(payload)));
});
const begin = { ...state(), visible: vscode.window.activeTextEditor?.visibleRanges.map(range) ?? [] };
globalThis.orders = {
  end() {
    for (const one of subscriptions) one.dispose();
    note("end", {});
    return { begin, lines };
  },
};
