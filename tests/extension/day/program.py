"""A program that edits files in a window by itself, as assistants do."""

from __future__ import annotations

import json
from pathlib import Path

from extension.editor_kit.window import Window

AGENT = "saoudrizwan.claude-dev"

_EDIT = """const uri = vscode.Uri.file(PATH);
const document = await vscode.workspace.openTextDocument(uri);
const end = Date.now() + SECONDS * 1000;
do {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), TEXT);
    await vscode.workspace.applyEdit(edit);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
} while (Date.now() < end);
await document.save();
"""


def edit(window: Window, path: Path, text: str, pause_s: float = 0, seconds: float = 0) -> None:
    """Puts text at the file's beginning again and again for so long, and saves the file."""
    code = _EDIT.replace("PATH", json.dumps(str(path))).replace("TEXT", json.dumps(text))
    window.evaluate(code.replace("SECONDS", str(seconds)).replace("PAUSE_MS", str(pause_s * 1000)))


def in_pieces(window: Window, path: Path, seconds: float) -> None:
    """A paragraph at a time."""
    edit(window, path, "# written by a program, a whole line at once\n" * 15, 0.7, seconds)


def in_a_stream(window: Window, path: Path, seconds: float) -> None:
    """Line by line, as a model answers."""
    edit(window, path, "# written by a program, a whole line at once\n", 0.1, seconds)
