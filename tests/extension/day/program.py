"""A program that edits files in a window by itself, as assistants do."""

from __future__ import annotations

import json
from pathlib import Path

from extension.editor_kit.window import Window

AGENT = "saoudrizwan.claude-dev"

_EDIT = """const uri = vscode.Uri.file(PATH);
const document = await vscode.workspace.openTextDocument(uri);
const began = Date.now();
const end = began + SECONDS * 1000;
do {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), TEXT);
    await vscode.workspace.applyEdit(edit);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
} while (Date.now() < end);
await document.save();
return began;"""


def edit(window: Window, path: Path, text: str, pause_s: float = 0, seconds: float = 0) -> float:
    """Puts text at the file's beginning again and again for so long, and saves the file.

    Answers with the moment of the first edit.
    """
    code = _EDIT.replace("PATH", json.dumps(str(path))).replace("TEXT", json.dumps(text))
    code = code.replace("SECONDS", str(seconds)).replace("PAUSE_MS", str(pause_s * 1000))
    return float(window.evaluate(code)) / 1000


def in_pieces(window: Window, path: Path, seconds: float) -> float:
    """A paragraph at a time."""
    return edit(window, path, "# written by a program, a whole line at once\n" * 15, 0.7, seconds)


def in_a_stream(window: Window, path: Path, seconds: float) -> float:
    """Line by line, as a model answers."""
    return edit(window, path, "# written by a program, a whole line at once\n", 0.1, seconds)
