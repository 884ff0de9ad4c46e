"""What the editor tells of typing and of running tasks is told apart rightly, with no save to help."""

from __future__ import annotations

import json
from typing import Any

import pytest
from extension.editor_kit import witnessed
from extension.editor_kit.server import Editor
from extension.editor_kit.waiting import rest, until
from extension.editor_kit.window import Window

pytestmark = pytest.mark.editor


def _events(editor: Editor, window: Window) -> list[dict[str, Any]]:
    return witnessed.recorded(editor.witness, window.pid)


def _typed(editor: Editor, window: Window, text: str, entity: str) -> dict[str, Any]:
    """The first event that follows some typing of a person who had been idle."""
    before = 0

    def act() -> None:
        nonlocal before
        window.front()
        rest()
        before = len(_events(editor, window))
        window.type(text)

    def found() -> dict[str, Any] | None:
        return next((one for one in _events(editor, window)[before:] if one["entity"] == entity), None)

    return window.until_noticed(act, found, "the typing to be recorded")


def test_typing_alone_is_recorded_in_a_clean_and_in_an_unsaved_file(window: Window, editor: Editor) -> None:
    window.show("src/lens.ts")
    window.save()
    for _ in ("clean", "unsaved"):
        event = _typed(editor, window, "a", "src/lens.ts")
        assert (event["is_write"], event["category"]) == (False, "coding")
    window.save()


def test_typing_while_the_default_test_task_runs_is_running_tests(window: Window, editor: Editor) -> None:
    task = {"label": "wait", "type": "shell", "command": "sleep 900", "group": {"kind": "test", "isDefault": True}}
    settings = window.folder / ".vscode"
    settings.mkdir(exist_ok=True)
    (settings / "tasks.json").write_text(json.dumps({"version": "2.0.0", "tasks": [task]}))
    window.show("src/lens.ts")
    window.evaluate(
        """const find = async () => (await vscode.tasks.fetchTasks()).find((task) => task.name === 'wait');
        let task;
        const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
        for (let n = 0; n < 1000 && !(task = await find()); n++) await pause();
        task.presentationOptions = { reveal: vscode.TaskRevealKind.Never };
        await vscode.tasks.executeTask(task);"""
    )
    try:
        window.show("src/lens.ts")
        assert _typed(editor, window, "b", "src/lens.ts")["category"] == "running tests"
    finally:
        window.evaluate("vscode.tasks.taskExecutions.forEach((one) => one.terminate())")
    until(lambda: window.evaluate("return vscode.tasks.taskExecutions.length") == 0, "the task to end")
    assert _typed(editor, window, "c", "src/lens.ts")["category"] == "coding"
    window.save()
