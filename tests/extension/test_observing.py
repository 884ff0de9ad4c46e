"""What a person does in a real editor besides typing into a file, each kind as the store holds it in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.server import Editor
from extension.editor_kit.waiting import rest, until
from extension.editor_kit.window import Window
from selenium import webdriver

pytestmark = pytest.mark.editor


@pytest.fixture(scope="module")
def _calm(driver: webdriver.Chrome, editor: Editor, project: Path) -> Iterator[Window]:
    window = Window(driver, editor, project, absent_soon=True)
    yield window
    window.close()


@pytest.fixture
def calm(_calm: Window) -> Window:
    """A window that nobody types into, and whose editor does not take a minute to notice that nobody is there."""
    _calm.front()
    return _calm


NOTEBOOK = """{"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}}, "cells": [
    {"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": []}]}
"""


def put(window: Window, name: str, text: str) -> str:
    """A file of one case alone, so that what is recorded of it can only come from there."""
    path = window.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return name


def test_comparing_two_files_is_code_reviewing(calm: Window, ledger: Ledger) -> None:
    old, new = put(calm, "pier/old.py", "pier = 1\n"), put(calm, "pier/new.py", "pier = 2\n")

    def act() -> None:
        calm.front()
        calm.evaluate(
            f"""const [root] = vscode.workspace.workspaceFolders;
            const [old, young] = ['{old}', '{new}'].map((name) => vscode.Uri.joinPath(root.uri, name));
            await vscode.commands.executeCommand('vscode.diff', old, young);"""
        )
        calm.stir()  # who is away when it opens reviews nothing

    calm.until_noticed(act, lambda: ledger.seen(new), "the comparison to be recorded")
    assert {event["category"] for event in ledger.stored(new)} == {"code reviewing"}
    calm.evaluate("await vscode.commands.executeCommand('workbench.action.closeActiveEditor')")


def test_scrolling_alone_is_recorded(calm: Window, ledger: Ledger) -> None:
    chart = put(calm, "pier/chart.txt", "a depth\n" * 1000)
    calm.show(chart)
    calm.click_text()
    until(lambda: not calm.evaluate("return vscode.window.state.active"), "the editor to notice that nobody is there")
    rest()
    before = len(ledger.stored(chart))
    # The click is long ago by the tests' clock, and by a person's it was just now.
    calm.configure(timecode__idleThreshold=300)
    try:
        calm.until_noticed(calm.scroll, lambda: ledger.seen(chart, before), "the scrolling to be recorded")
    finally:
        calm.configure(timecode__idleThreshold=5)
    event = ledger.stored(chart)[before]
    assert (event["type"], event["category"], event["is_write"]) == ("file", "coding", False)


def test_an_edit_in_a_cell_and_a_save_are_the_notebooks(window: Window, ledger: Ledger) -> None:
    name = put(window, "pier/tides.ipynb", NOTEBOOK)

    def act() -> None:
        window.front()
        window.evaluate(
            f"""const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, '{name}');
            await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
            await vscode.commands.executeCommand('notebook.cell.edit');"""
        )
        window.type("tide = 1")
        until(lambda: "tide = 1" in window.evaluate(text), "the text to arrive in the cell")
        window.save()

    text = "return vscode.window.activeNotebookEditor.notebook.cellAt(0).document.getText()"
    window.until_noticed(act, lambda: ledger.seen(name, is_write=True), "the notebook's save to be recorded")
    until(lambda: "tide = 1" in (window.folder / name).read_text(), "the notebook to be saved")
    events = ledger.stored(name)
    assert {(one["type"], one["project"], one["language"]) for one in events} == {("file", "lighthouse", "Python")}
    assert {one["is_write"] for one in events} == {False, True}
    window.evaluate("await vscode.commands.executeCommand('workbench.action.closeActiveEditor')")


def test_a_debug_session_is_debugging_while_it_lasts(window: Window, ledger: Ledger) -> None:
    name = put(window, "pier/beacon.js", "setInterval(() => {}, 1000);\n")

    def act() -> None:
        window.show(name)
        window.stir()
        if window.evaluate("return !vscode.debug.activeDebugSession"):
            window.evaluate(
                f"""const [root] = vscode.workspace.workspaceFolders;
                const program = vscode.Uri.joinPath(root.uri, '{name}').fsPath;
                const about = {{ type: 'node', request: 'launch', name: 'beacon', program }};
                if (!(await vscode.debug.startDebugging(root, about))) throw new Error('no debug session');"""
            )

    def after() -> None:
        window.show(name)
        window.type("x")

    window.show(name)
    try:
        window.until_noticed(act, lambda: ledger.seen(name, category="debugging"), "the debugging to be recorded")
    finally:
        window.evaluate("await vscode.debug.stopDebugging()")
    until(lambda: window.evaluate("return !vscode.debug.activeDebugSession"), "the session to end")
    assert ledger.stored(name, category="debugging", type="file", is_write=False)
    before = len(ledger.stored(name))
    window.until_noticed(after, lambda: ledger.seen(name, before), "the work after it to be recorded")
    assert ledger.stored(name)[-1]["category"] == "coding"
    window.evaluate("await vscode.commands.executeCommand('workbench.view.explorer')")


def test_typing_while_a_build_task_runs_is_building(window: Window, ledger: Ledger) -> None:
    name = put(window, "pier/crane.py", "crane = 1\n")

    def act() -> None:
        window.show(name)
        window.type("x")

    window.show(name)
    window.evaluate(
        """const { Task, ShellExecution, TaskGroup, TaskRevealKind, workspace } = vscode;
        const shell = new ShellExecution('sleep 900');
        const task = new Task({ type: 'shell' }, workspace.workspaceFolders[0], 'crane', 'test', shell);
        task.group = TaskGroup.Build;
        task.presentationOptions = { reveal: TaskRevealKind.Never };
        await vscode.tasks.executeTask(task);"""
    )
    try:
        window.until_noticed(act, lambda: ledger.seen(name, category="building"), "the building to be recorded")
    finally:
        window.evaluate("vscode.tasks.taskExecutions.forEach((one) => one.terminate())")
    until(lambda: window.evaluate("return vscode.tasks.taskExecutions.length") == 0, "the task to end")
    assert ledger.stored(name, category="building", type="file")
    before = len(ledger.stored(name))
    window.until_noticed(act, lambda: ledger.seen(name, before), "the work after it to be recorded")
    assert ledger.stored(name)[-1]["category"] == "coding"


def test_a_terminal_is_an_app_and_a_test_run_in_it_is_known(window: Window, ledger: Ledger) -> None:
    run = put(window, "pytest", "#!/bin/sh\nexec sleep 900\n")
    (window.folder / run).chmod(0o755)

    def focus() -> None:
        window.front()
        window.stir()
        window.evaluate("await vscode.commands.executeCommand('workbench.action.terminal.focus')")
        until(window.in_terminal, "the terminal to take the keyboard")

    def start() -> None:
        focus()
        window.type(f"./{run}\n")

    def recorded(act: Callable[[], None], category: str) -> dict[str, Any]:
        before = len(ledger.stored("terminal", category=category))
        window.until_noticed(
            act, lambda: ledger.seen("terminal", before, category=category), f"a terminal's {category}"
        )
        return ledger.stored("terminal", category=category)[before]

    window.show("src/lamp.py")
    try:
        events = [recorded(focus, "coding")]
        shell = "return !!vscode.window.activeTerminal.shellIntegration"
        until(lambda: window.evaluate(shell), "the shell to tell of its commands")
        events.append(recorded(start, "running tests"))
    finally:
        window.evaluate("vscode.window.terminals.forEach((one) => one.dispose())")
        window.evaluate("await vscode.commands.executeCommand('workbench.action.closePanel')")
    told = [(one["type"], one["project"], one["language"], one["is_write"]) for one in events]
    assert told == [("app", "lighthouse", "", False)] * 2


# Ends after what the extension puts off for the moment in which a paste moves the cursor: both wait by the same clock.
LARGE = """const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, 'NAME');
const document = await vscode.workspace.openTextDocument(uri);
const edit = new vscode.WorkspaceEdit();
edit.insert(uri, new vscode.Position(0, 0), '# by a program\\n'.repeat(40));
await vscode.workspace.applyEdit(edit);
await new Promise((resolve) => setTimeout(resolve, 1500));
"""


def test_what_is_written_with_nobody_at_the_keyboard_is_ai_coding_unless_that_is_not_wanted(
    calm: Window, ledger: Ledger
) -> None:
    window = calm
    wanted, unwanted = put(window, "pier/wanted.py", "x = 1\n"), put(window, "pier/unwanted.py", "x = 1\n")
    # What the editor saves by itself is recorded as a save.
    window.configure(files__autoSave="off")
    try:
        window.show("src/lamp.py")
        until(
            lambda: not window.evaluate("return vscode.window.state.active"),
            "the editor to notice that nobody is there",
        )
        window.configure(timecode__recordAiCoding=False)
        window.evaluate(LARGE.replace("NAME", unwanted))
        window.configure(timecode__recordAiCoding=None)
        window.until_noticed(
            lambda: window.evaluate(LARGE.replace("NAME", wanted)), lambda: ledger.seen(wanted), "a program's edit"
        )
        assert {event["category"] for event in ledger.stored(wanted)} == {"ai coding"}
        assert not ledger.stored(unwanted)
    finally:
        window.evaluate("await vscode.workspace.saveAll()")
        window.configure(files__autoSave=None)
