"""What a person does in a day, each kind in a few lines: the gestures, and what is meant from which moment on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window
from selenium.webdriver.common.keys import Keys

from . import program
from .book import Meaning
from .person import Person
from .world import Place, World


@dataclass(frozen=True)
class Day:
    """Who does it, and where."""

    person: Person
    world: World
    harbour: Window
    island: Window


Act = Callable[[Day, float], None]

EDITOR = Meaning("coding", "harbour", "editor")
TERMINAL = Meaning("coding", "harbour", "terminal")


# Files.


def typing(day: Day, seconds: float) -> None:
    day.person.open(day.harbour, day.person.rng.choice(day.world.sources))
    day.person.write(day.harbour, seconds)


def reading(day: Day, seconds: float) -> None:
    day.person.open(day.harbour, day.person.rng.choice(day.world.sources))
    day.person.read(day.harbour, seconds)


def writing_tests(day: Day, seconds: float) -> None:
    day.person.open(day.harbour, day.world.test)
    day.person.write(day.harbour, seconds)


def writing_docs(day: Day, seconds: float) -> None:
    day.person.open(day.harbour, day.person.rng.choice(day.world.docs))
    day.person.write(day.harbour, seconds)


def reviewing(day: Day, seconds: float) -> None:
    place = day.person.rng.choice(day.world.sources)
    at = day.person.command(day.harbour, "vscode.diff", day.world.before_review, place.path)
    day.person.look_at(day.harbour, Meaning.of(place, "code reviewing"), at)
    day.person.watch(day.harbour, seconds)


def in_the_other_window(day: Day, seconds: float) -> None:
    day.person.open(day.island, day.person.rng.choice(day.world.abroad))
    day.person.write(day.island, seconds)


def behind_a_link(day: Day, seconds: float) -> None:
    day.person.open(day.harbour, day.person.rng.choice(day.world.linked))
    day.person.write(day.harbour, seconds)


def in_a_worktree(day: Day, seconds: float) -> None:
    day.person.open(day.harbour, day.world.worktree)
    day.person.write(day.harbour, seconds)


def excluded(day: Day, seconds: float) -> None:
    """By its own path and through the link, in either order, for longer than the service bridges."""
    for path in day.person.rng.sample(day.world.excluded, 2):
        day.person.open_path(day.harbour, path, None)
        day.person.write(day.harbour, max(seconds / 2, 2.5))


# What is no file.


def notes(day: Day, seconds: float) -> None:
    at = day.person.command(day.harbour, "workbench.action.files.newUntitledFile")
    day.person.look_at(day.harbour, EDITOR, at)
    day.person.type(day.harbour, seconds)


def settings(day: Day, seconds: float) -> None:
    page = day.person.rng.choice(("openSettings2", "openGlobalKeybindings", "openWalkthrough"))
    at = day.person.command(day.harbour, f"workbench.action.{page}")
    day.person.look_at(day.harbour, EDITOR, at)
    day.person.watch(day.harbour, seconds)


def output(day: Day, seconds: float) -> None:
    day.person.command(day.harbour, "workbench.panel.output.focus")
    day.person.look_at(day.harbour, EDITOR)
    day.person.watch(day.harbour, seconds)


def terminal(day: Day, seconds: float) -> None:
    _open_terminal(day)
    for _ in range(max(1, int(seconds / 2))):
        day.harbour.type("date\n")
        day.person.watch(day.harbour, 2)


def testing(day: Day, seconds: float) -> None:
    _run(day, "./pytest", "running tests", seconds)


def building(day: Day, seconds: float) -> None:
    _run(day, "make", "building", seconds)


def _open_terminal(day: Day) -> None:
    """A new one: the editor tells no extension that the keyboard goes back to one that was there."""
    at = day.person.command(day.harbour, "workbench.action.terminal.new")
    day.person.look_at(day.harbour, TERMINAL, at)
    until(day.harbour.in_terminal, "the terminal to take the keyboard")
    shell = "return !!vscode.window.activeTerminal?.shellIntegration"
    day.person.wait(day.harbour, shell, "the shell to tell of its commands")


def _run(day: Day, command: str, category: str, seconds: float) -> None:
    _open_terminal(day)
    day.harbour.type(f"{command}\n")
    day.person.look_at(day.harbour, Meaning(category, "harbour", "terminal"))
    day.person.watch(day.harbour, seconds)
    day.harbour.press(Keys.CONTROL, "c")
    day.person.look_at(day.harbour, TERMINAL)
    day.person.watch(day.harbour, 1)


# What runs beside the work.


def typing_while_it_builds(day: Day, seconds: float) -> None:
    _type_beside(day, "Build", "building", seconds)


def typing_while_it_tests(day: Day, seconds: float) -> None:
    _type_beside(day, "Test", "running tests", seconds)


def _type_beside(day: Day, group: str, category: str, seconds: float) -> None:
    """Beside a task that runs out of sight."""
    day.person.open(day.harbour, day.world.quay)
    at = day.harbour.evaluate(_TASK.replace("GROUP", group))
    day.person.look_at(day.harbour, Meaning.of(day.world.quay, category), at / 1000)
    day.person.write(day.harbour, seconds)
    day.harbour.evaluate("vscode.tasks.taskExecutions.forEach((one) => one.terminate())")
    day.person.wait(day.harbour, "return !vscode.tasks.taskExecutions.length", "the task to end")
    day.person.look_at(day.harbour, Meaning.of(day.world.quay))
    day.person.write(day.harbour, 1)


# Answers with the moment in which the editor says that it runs.
_TASK = """const { Task, ShellExecution, TaskGroup, TaskRevealKind, tasks, workspace } = vscode;
const shell = new ShellExecution('sleep 900');
const task = new Task({ type: 'shell' }, workspace.workspaceFolders[0], 'crane', 'day', shell);
task.group = TaskGroup.GROUP;
task.presentationOptions = { reveal: TaskRevealKind.Never };
const started = new Promise((resolve) => tasks.onDidStartTask(() => resolve(Date.now())));
await tasks.executeTask(task);
return await started;"""


# The editor may name an ended session as the active one for good; so count.
_COUNT_SESSIONS = """if (!globalThis.sessions) {
    globalThis.sessions = new Set();
    vscode.debug.onDidStartDebugSession((one) => sessions.add(one.id));
    vscode.debug.onDidTerminateDebugSession((one) => sessions.delete(one.id));
}"""


def debugging(day: Day, seconds: float) -> None:
    """To start and to end it takes some seconds, in which the person is there."""
    place = day.world.program
    day.person.open(day.harbour, place)
    _start_debugging(day)
    day.person.look_at(day.harbour, Meaning.of(place, "debugging"))
    day.person.read(day.harbour, seconds)
    _stop_debugging(day)
    day.person.look_at(day.harbour, Meaning.of(place))
    day.harbour.show(str(place.path))  # the keyboard may be elsewhere by now
    day.person.write(day.harbour, 1)


def debugged_before(day: Day) -> None:
    """Before the day: to load the debugger, a window may stand still for longer than counts as work in it."""
    day.harbour.front()
    _start_debugging(day)
    _stop_debugging(day)


def _start_debugging(day: Day) -> None:
    day.harbour.evaluate(_COUNT_SESSIONS)
    path = json.dumps(str(day.world.program.path))
    day.harbour.evaluate(
        f"""const about = {{ type: 'node', request: 'launch', name: 'beacon', program: {path} }};
        void vscode.debug.startDebugging(vscode.workspace.workspaceFolders[0], about);"""
    )
    day.person.wait(day.harbour, "return sessions.size", "a debug session")


def _stop_debugging(day: Day) -> None:
    day.harbour.evaluate("void vscode.debug.stopDebugging()")
    day.person.wait(day.harbour, "return !sessions.size", "the debug session to end")


# Programs at work, and what only looks like it.


def agent_behind_somebody_elsewhere(day: Day, seconds: float) -> None:
    """In a window without the focus, in front or behind."""
    seen = day.person.rng.choice((day.world.agents, day.world.abroad[0]))
    day.person.open(day.island, seen)
    day.person.leave()
    _agent(day, day.island, day.world.agents, seconds)
    day.person.open(day.island, seen)
    day.person.come_back(day.island, 1)


def agent_behind_somebody_away(day: Day, seconds: float) -> None:
    """Nobody is at the keyboard, though the window has the focus; then the person's first key is the person's."""
    seen = day.person.rng.choice((day.world.agents_here, day.world.quay))
    day.person.open(day.harbour, seen)
    day.person.write(day.harbour, 1)
    day.person.go_away(day.harbour, 5)
    _agent(day, day.harbour, day.world.agents_here, seconds)
    day.person.come_back(day.harbour, 2)


def agent_before_somebody_who_watches(day: Day, seconds: float) -> None:
    """A known assistant is active in this window; who has asked it has the hands off until it is done.

    It thinks before its first line: less than what makes somebody absent, and more than lies between two keys.
    """
    seen = day.person.rng.choice((day.world.agents, day.world.abroad[0]))
    day.person.open(day.island, seen)
    day.person.write(day.island, 2)
    day.person.pause(3.5)
    _agent(day, day.island, day.world.agents, seconds)
    day.person.come_back(day.island, 2)


def _agent(day: Day, window: Window, place: Place, seconds: float) -> None:
    """What a program does is its own from its first edit until somebody turns to something."""
    at = day.person.rng.choice((program.in_pieces, program.in_a_stream))(window, place.path, seconds)
    day.person.book.turn(Meaning.of(place, "ai coding"), at)


def program_saving_behind(day: Day, seconds: float) -> None:
    """A few characters now and then, in another file, saved at once: no work of anybody's, and the subject stays."""
    day.person.open(day.harbour, day.world.quay)
    saving = day.world.agents_here.path
    day.person.type(day.harbour, seconds, lambda: program.edit(day.harbour, saving, "# 1\n"))
    day.harbour.save()


def replacing_all(day: Day, seconds: float) -> None:
    """A person's command, however much it changes."""
    day.person.open(day.harbour, day.world.quay)
    day.person.write(day.harbour, seconds / 2)
    day.harbour.press(Keys.CONTROL, "h")
    day.harbour.type(f"an {Keys.TAB}one ")
    day.harbour.press(Keys.CONTROL, Keys.ALT, Keys.ENTER)
    day.harbour.press(Keys.ESCAPE)
    day.person.write(day.harbour, seconds / 2)


def editing_by_command(day: Day, seconds: float) -> None:
    """Keys, and an extension that edits for them: twelve lines here, and a rename in the file behind."""
    day.person.open(day.harbour, day.world.quay)
    here, there = day.world.quay.path, day.world.agents_here.path
    for _ in range(max(1, int(seconds / 3))):
        day.person.write(day.harbour, 2)
        program.edit(day.harbour, here, "# pasted by a key of an extension\n" * 12)
        program.edit(day.harbour, there, "# renamed\n" * 12)
        day.person.write(day.harbour, 1)


# Nobody.


def elsewhere(day: Day, seconds: float) -> None:
    """In another program, for longer than counts as work."""
    day.person.leave()
    day.person.pause(max(seconds, 5))


def away(day: Day, seconds: float) -> None:
    day.person.open(day.harbour, day.world.quay)
    day.person.go_away(day.harbour, max(seconds, 5))
    day.person.come_back(day.harbour, 1)


def asleep(day: Day, seconds: float) -> None:
    """The machine sleeps, as far as a window can tell: its extension host stands still for longer than any timer."""
    day.person.open(day.harbour, day.world.quay)
    day.person.write(day.harbour, 1)
    day.harbour.suspend_host()
    day.person.book.turn(None)
    try:
        day.person.pause(max(seconds, 17))
    finally:
        day.harbour.resume_host()
    day.person.come_back(day.harbour, 1)
