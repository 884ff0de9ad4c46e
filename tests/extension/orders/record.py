"""Records the orders of a real editor's events, act by act, as fixtures of the extension's unit tests.

Run it with the project's environment active; it writes `extension/test/orders/*.jsonl`: how the editor stood, then
a line an event, and how it stands in the end. Names of acts may be given; without any, all are recorded.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from extension.editor_kit.install import EXTENSION
from extension.editor_kit.server import make_project
from extension.editor_kit.setting import set_up
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window

RECORDER = (Path(__file__).parent / "recorder.js").read_text()
FIXTURES = EXTENSION / "test" / "orders"
NOTEBOOK = """{"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}}, "cells": [
    {"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": []}]}
"""
FILES = {
    "lamp.py": "on = True\n" * 200,
    "lens.ts": "export const focalLength = 1;\nexport const twice = focalLength + focalLength;\n",
    "horn.ts": 'import { focalLength } from "./lens";\nconsole.log(focalLength, focalLength);\n',
    "beacon.js": "setInterval(() => {}, 1000);\n",
    "tides.ipynb": NOTEBOOK,
    "package.json": "{}\n",
    "tsconfig.json": '{"compilerOptions": {"module": "commonjs"}}\n',
}
PROGRAM_EDIT = """const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, 'NAME');
const document = await vscode.workspace.openTextDocument(uri);
const edit = new vscode.WorkspaceEdit();
edit.insert(uri, new vscode.Position(0, 0), '# by a program\\n'.repeat(12));
await vscode.workspace.applyEdit(edit);
"""
TASK = """const { Task, ShellExecution, TaskGroup, TaskRevealKind, workspace } = vscode;
const task = new Task({ type: 'shell' }, workspace.workspaceFolders[0], 'crane', 'test', new ShellExecution('sleep 2'));
task.group = TaskGroup.Build;
task.presentationOptions = { reveal: TaskRevealKind.REVEAL };
await vscode.tasks.executeTask(task);
"""
DEBUG = """const [root] = vscode.workspace.workspaceFolders;
const program = vscode.Uri.joinPath(root.uri, 'beacon.js').fsPath;
await vscode.debug.startDebugging(root, { type: 'node', request: 'launch', name: 'beacon', program });
"""


class Stage:
    """A window, and what a person does in it."""

    def __init__(self, window: Window, driver: webdriver.Chrome) -> None:
        self.window = window
        self.driver = driver

    def do(self, command: str, *arguments: object) -> None:
        rest = "".join(f", {json.dumps(one)}" for one in arguments)
        self.window.evaluate(f"await vscode.commands.executeCommand('{command}'{rest})")

    def run(self, code: str) -> None:
        self.window.evaluate(code)

    def pause(self, seconds: float = 0.7) -> None:
        """So long that what one gesture causes is over before the next."""
        time.sleep(seconds)

    def keys(self, *keys: str) -> None:
        self.window.press(*keys)
        self.pause()

    def write(self, text: str) -> None:
        self.window.type(text)
        self.pause()

    def click(self, selector: str) -> None:
        until(lambda: self.driver.find_elements(By.CSS_SELECTOR, selector), selector)[0].click()
        self.pause()

    def open(self, name: str) -> None:
        """As a person opens a file from the list of files."""
        self.run(
            f"""const [root] = vscode.workspace.workspaceFolders;
            await vscode.commands.executeCommand('vscode.open', vscode.Uri.joinPath(root.uri, '{name}'));"""
        )
        self.pause()


def open_file(stage: Stage) -> None:
    stage.open("lens.ts")


def switch_tab(stage: Stage) -> None:
    stage.window.show("lens.ts")
    stage.pause()
    stage.do("workbench.action.previousEditor")
    stage.pause()
    stage.do("workbench.action.nextEditor")


def typing(stage: Stage) -> None:
    for letter in "abc":
        stage.write(letter)


def paste(stage: Stage) -> None:
    stage.window.paste("pasted = 1\n" * 12)


def undo(stage: Stage) -> None:
    stage.write("e")
    stage.keys(Keys.CONTROL, "z")


def save(stage: Stage) -> None:
    stage.write("d")
    stage.window.save()


def scroll(stage: Stage) -> None:
    for _ in range(3):
        stage.window.scroll()
        stage.pause()


def rename_symbol(stage: Stage) -> None:
    """Both files are open, and one of them in front."""
    stage.open("horn.ts")
    stage.open("lens.ts")
    stage.run("""const editor = vscode.window.activeTextEditor;
        editor.selection = new vscode.Selection(0, 15, 0, 15);""")
    stage.pause(6)  # the language's server starts
    stage.keys(Keys.F2)
    stage.pause(2)
    stage.write("focusLength")
    stage.keys(Keys.ENTER)
    stage.pause(3)


def replace_all(stage: Stage) -> None:
    stage.open("lamp.py")
    stage.do("editor.action.startFindReplaceAction")
    stage.pause()
    stage.write("True")
    stage.keys(Keys.TAB)
    stage.write("False")
    stage.keys(Keys.CONTROL, Keys.ALT, Keys.ENTER)


def edits_for_the_person(stage: Stage) -> None:
    """An extension takes the key and edits twelve lines, as those of the vim style do."""
    stage.run("""globalThis.typed = vscode.commands.registerCommand('type', async () => {
        const editor = vscode.window.activeTextEditor;
        await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'line\\n'.repeat(12)));
        editor.selection = new vscode.Selection(3, 0, 3, 0);
    });""")
    stage.write("p")
    stage.write("p")
    stage.run("globalThis.typed.dispose()")


def program_in_front(stage: Stage) -> None:
    stage.run(PROGRAM_EDIT.replace("NAME", "lamp.py"))
    stage.pause()
    stage.run("await vscode.window.activeTextEditor.document.save()")


def program_behind(stage: Stage) -> None:
    stage.run(PROGRAM_EDIT.replace("NAME", "lens.ts"))
    stage.pause()
    stage.run("await vscode.workspace.textDocuments.find((one) => one.uri.path.endsWith('lens.ts')).save()")


def changed_on_disk(stage: Stage) -> None:
    path = stage.window.folder / "lamp.py"
    path.write_text("# from elsewhere\n" * 30 + path.read_text())
    stage.pause(3)


def untitled(stage: Stage) -> None:
    stage.do("workbench.action.files.newUntitledFile")
    stage.pause()
    stage.write("a note")


def settings(stage: Stage) -> None:
    stage.do("workbench.action.openSettings2")


def welcome(stage: Stage) -> None:
    stage.do("workbench.action.openWalkthrough", "timecode.timecode#start", False)


def output(stage: Stage) -> None:
    stage.do("timecode.showLog")
    stage.pause()
    stage.click(".part.panel .monaco-editor .view-lines")


def back_from_output(stage: Stage) -> None:
    stage.click(".editor-group-container.active .monaco-editor .view-lines")
    stage.do("workbench.action.closePanel")


def diff(stage: Stage) -> None:
    stage.run("""const [root] = vscode.workspace.workspaceFolders;
        const [old, young] = ['horn.ts', 'lens.ts'].map((name) => vscode.Uri.joinPath(root.uri, name));
        await vscode.commands.executeCommand('vscode.diff', old, young);""")


def notebook(stage: Stage) -> None:
    stage.run("""const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, 'tides.ipynb');
        await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));""")
    stage.pause(2)
    stage.do("notebook.cell.edit")
    stage.write("tide = 1")
    stage.window.save()


def picture(stage: Stage) -> None:
    stage.open("lamp.png")


def huge_file(stage: Stage) -> None:
    with (stage.window.folder / "huge.log").open("wb") as file:
        file.truncate(60 << 20)
    stage.open("huge.log")
    stage.pause(3)


def terminal(stage: Stage) -> None:
    stage.do("workbench.action.terminal.new")
    until(stage.window.in_terminal, "the terminal to take the keyboard")
    stage.pause(3)
    stage.write("echo hello\n")
    stage.pause(2)


def terminal_in_place_of_output(stage: Stage) -> None:
    stage.do("workbench.panel.output.focus")
    stage.pause(2)
    terminal(stage)


def back_from_terminal(stage: Stage) -> None:
    stage.click(".editor-group-container.active .monaco-editor .view-lines")


def again_in_terminal(stage: Stage) -> None:
    stage.do("workbench.action.terminal.focus")
    stage.write("ls\n")
    stage.pause(2)


def terminal_closed(stage: Stage) -> None:
    stage.run("vscode.window.terminals.forEach((one) => one.dispose())")


def hidden_task(stage: Stage) -> None:
    stage.run(TASK.replace("REVEAL", "Never"))
    stage.pause(5)


def shown_task(stage: Stage) -> None:
    stage.run(TASK.replace("REVEAL", "Always"))
    stage.pause(5)


def hidden_terminal(stage: Stage) -> None:
    stage.run("vscode.window.createTerminal({ name: 'agent', hideFromUser: true })")
    stage.pause(2)


def debugging(stage: Stage) -> None:
    stage.run(DEBUG)
    stage.pause(3)
    stage.run("await vscode.debug.stopDebugging()")
    stage.pause(2)
    stage.do("workbench.view.explorer")


def commit_message(stage: Stage) -> None:
    stage.do("workbench.view.scm")
    stage.click(".scm-input .monaco-editor")
    stage.write("brighter")
    stage.do("workbench.view.explorer")


def elsewhere_and_back(stage: Stage) -> None:
    stage.window.leave()
    stage.pause(2)
    stage.window.front()


def last_tab_closed(stage: Stage) -> None:
    stage.do("workbench.action.closeAllEditors")


ACTS: tuple[Callable[[Stage], None], ...] = (
    open_file,
    typing,
    save,
    undo,
    paste,
    replace_all,
    switch_tab,
    scroll,
    edits_for_the_person,
    rename_symbol,
    program_behind,
    program_in_front,
    changed_on_disk,
    diff,
    untitled,
    settings,
    welcome,
    output,
    back_from_output,
    notebook,
    picture,
    huge_file,
    terminal,
    back_from_terminal,
    again_in_terminal,
    terminal_closed,
    hidden_task,
    shown_task,
    hidden_terminal,
    debugging,
    commit_message,
    elsewhere_and_back,
    last_tab_closed,
    terminal_in_place_of_output,
)
# What an act begins with, where it isn't what the one before left.
BEGINS_WITH: dict[Callable[[Stage], None], str] = {
    open_file: "lamp.py",
    typing: "lamp.py",
    save: "lamp.py",
    undo: "lamp.py",
    paste: "lamp.py",
    switch_tab: "lamp.py",
    program_in_front: "lamp.py",
    program_behind: "lamp.py",
    changed_on_disk: "lamp.py",
    diff: "lamp.py",
    untitled: "lamp.py",
    output: "lamp.py",
    terminal: "lamp.py",
    hidden_task: "lamp.py",
    shown_task: "lamp.py",
    scroll: "lamp.py",
    edits_for_the_person: "lamp.py",
    commit_message: "lamp.py",
    debugging: "beacon.js",
    elsewhere_and_back: "lamp.py",
    last_tab_closed: "lamp.py",
    terminal_in_place_of_output: "lamp.py",
}


# A dialog would ask about what is unsaved.
TIDY = """for (const document of vscode.workspace.textDocuments.filter((one) => one.isUntitled && one.isDirty)) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
await vscode.workspace.saveAll(false);
"""


def record(stage: Stage, act: Callable[[Stage], None]) -> None:
    stage.run(TIDY)
    if name := BEGINS_WITH.get(act):
        stage.window.show(name)
    stage.window.front()
    stage.window.stir()
    stage.pause(1.5)
    stage.run(RECORDER)
    act(stage)
    stage.pause(1.5)
    told = stage.window.evaluate("return orders.end()")
    text = "".join(f"{json.dumps(line)}\n" for line in (told["begin"], *without_repeats(told)))
    (FIXTURES / f"{act.__name__}.jsonl").write_text(in_any_folder(text, stage.window.folder))
    print(f"{act.__name__}: {len(told['lines'])} events", flush=True)


def in_any_folder(text: str, folder: Path) -> str:
    """The window's folder by one name, however deep in addresses within addresses."""
    old, new = str(folder), "/project"
    for _ in range(3):
        text = text.replace(old, new)
        old, new = quote(old, safe=""), quote(new, safe="")
    return text


def without_repeats(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines with only so much of the editor's state as changed since the one before."""
    before, lines = told["begin"], told["lines"]
    short = []
    for line in lines:
        state = line["editor"]
        short.append({**line, "editor": {name: value for name, value in state.items() if value != before[name]}})
        before = state
    return short


def main(folder: Path, wanted: list[str]) -> None:
    project = make_project(folder / "lighthouse", "feature/lamp", FILES)
    (project / "lamp.png").write_bytes((EXTENSION / "media" / "icon.png").read_bytes())
    FIXTURES.mkdir(exist_ok=True)
    settings: dict[str, Any] = {
        "files__autoSave": "off",
        "remote__autoForwardPorts": False,
        "editor__inlineSuggest__enabled": False,
        "editor__quickSuggestions": False,
        "security__workspace__trust__enabled": False,
    }
    with set_up(folder, **settings) as (driver, editor, _service):
        stage = Stage(Window(driver, editor, project), driver)
        for act in ACTS:
            if not wanted or act.__name__ in wanted:
                record(stage, act)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="timecode-orders-") as folder:
        main(Path(folder), [name for name in sys.argv[1:] if not name.startswith("-")])
