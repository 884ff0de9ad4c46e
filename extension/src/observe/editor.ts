import type * as vscode from "vscode";

/** All that the observer needs of an editor. It is handed in, so that a test can play one. */
export interface Editor {
  readonly window: Pick<
    typeof vscode.window,
    | "state"
    | "activeTextEditor"
    | "activeNotebookEditor"
    | "activeTerminal"
    | "onDidChangeWindowState"
    | "onDidChangeActiveTextEditor"
    | "onDidChangeTextEditorSelection"
    | "onDidChangeTextEditorVisibleRanges"
    | "onDidChangeActiveNotebookEditor"
    | "onDidChangeNotebookEditorSelection"
    | "onDidOpenTerminal"
    | "onDidCloseTerminal"
    | "onDidChangeActiveTerminal"
    | "onDidChangeTerminalState"
    | "onDidStartTerminalShellExecution"
    | "onDidEndTerminalShellExecution"
  > & {
    readonly tabGroups: Pick<vscode.TabGroups, "onDidChangeTabs"> & {
      readonly activeTabGroup: Pick<vscode.TabGroup, "activeTab">;
    };
  };
  readonly workspace: Pick<
    typeof vscode.workspace,
    | "workspaceFolders"
    | "textDocuments"
    | "notebookDocuments"
    | "getWorkspaceFolder"
    | "onDidChangeWorkspaceFolders"
    | "onDidChangeTextDocument"
    | "onWillSaveTextDocument"
    | "onDidSaveTextDocument"
    | "onDidChangeNotebookDocument"
    | "onWillSaveNotebookDocument"
    | "onDidSaveNotebookDocument"
  >;
  readonly debug: Pick<
    typeof vscode.debug,
    | "activeDebugSession"
    | "onDidStartDebugSession"
    | "onDidTerminateDebugSession"
    | "onDidChangeActiveDebugSession"
    | "onDidChangeActiveStackItem"
    | "onDidChangeBreakpoints"
  >;
  readonly tasks: Pick<typeof vscode.tasks, "onDidStartTask" | "onDidEndTask">;
  readonly extensions: { getExtension(id: string): { readonly isActive: boolean } | undefined };
  readonly env: Pick<typeof vscode.env, "appName">;
  readonly Uri: Pick<typeof vscode.Uri, "parse" | "file">;
  readonly NotebookCellKind: typeof vscode.NotebookCellKind;
  readonly TextDocumentSaveReason: typeof vscode.TextDocumentSaveReason;
  readonly TextEditorSelectionChangeKind: typeof vscode.TextEditorSelectionChangeKind;
  readonly TabInputText: typeof vscode.TabInputText;
  readonly TabInputTextDiff: typeof vscode.TabInputTextDiff;
  readonly TabInputCustom: typeof vscode.TabInputCustom;
  readonly TabInputWebview: typeof vscode.TabInputWebview;
  readonly TabInputNotebook: typeof vscode.TabInputNotebook;
  readonly TabInputNotebookDiff: typeof vscode.TabInputNotebookDiff;
  readonly TabInputTerminal: typeof vscode.TabInputTerminal;
}
