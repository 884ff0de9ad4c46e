"""The person of a day: gestures at a person's pace, each told to the book at the moment in which it is done."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window
from selenium.webdriver.common.keys import Keys

from .book import Book, Meaning
from .world import Place

IDLE_S = 5
"""The tests' `timecode.idleThreshold`: who takes the hands away is still there for so long, by the README."""

_WORDS = ("rope", "sail", "keel", "mast", "helm", "deck", "hull", "oar")

# Answers with the moment in which the editor has the file in front.
_OPEN = """const document = await vscode.workspace.openTextDocument(vscode.Uri.file(PATH));
await vscode.window.showTextDocument(document, { preview: false });
return Date.now();"""

# A comparison is on show long before its command ends.
_COMMAND = """const { tabGroups } = vscode.window;
const before = tabGroups.activeTabGroup.activeTab;
let at;
const listeners = [
    tabGroups.onDidChangeTabs(() => tabGroups.activeTabGroup.activeTab !== before && (at ??= Date.now())),
    vscode.window.onDidChangeActiveTerminal(() => (at ??= Date.now())),
];
await vscode.commands.executeCommand(NAME);
listeners.forEach((one) => one.dispose());
return at ?? Date.now();"""


class Person:
    """In front of one window at a time, or of none."""

    def __init__(self, rng: random.Random, book: Book) -> None:
        self.rng = rng
        self.book = book
        self._window: Window | None = None
        self._in_front: dict[Window, Meaning | None] = {}

    def leave_in_front(self, window: Window, place: Place) -> None:
        """What lies in front in a window before the day begins."""
        window.show(str(place.path))
        self._in_front[window] = Meaning.of(place)

    def sit_down_at(self, window: Window) -> None:
        """Clicks on a window, and so turns to what is in front in it."""
        if (before := self._window) is not window:
            window.front()
            if before:  # a late word of that would end the time in the window now in front
                until(lambda: not before.focused(), "the other window to know that it has lost the focus")
            window.stir()
            self.look_at(window, self._in_front[window])

    def look_at(self, window: Window, meaning: Meaning | None, at: float | None = None) -> None:
        """Has this in front from now on, or from a moment just past; None is what nobody may know of."""
        self._window = window
        self._in_front[window] = meaning
        self.book.turn(meaning, at)

    def open(self, window: Window, place: Place) -> None:
        """Opens a file with the cursor at its end."""
        self.open_path(window, place.path, Meaning.of(place))

    def open_path(self, window: Window, path: Path, meaning: Meaning | None) -> None:
        self.sit_down_at(window)
        window.stir()  # nobody opens a file without a key or a click
        shown = window.evaluate(_OPEN.replace("PATH", json.dumps(str(path))))
        self.look_at(window, meaning, shown / 1000)
        window.click_text()  # else no extension is told that the keyboard has left the terminal below
        window.press(Keys.CONTROL, Keys.HOME)
        window.show(str(path))

    def command(self, window: Window, name: str, *arguments: Path) -> float:
        """Has the editor do something, as a key or the palette does; files are its arguments.

        Answers with the moment in which another tab or terminal came in front by it, or else its end.
        """
        self.sit_down_at(window)
        window.stir()
        uris = "".join(f", vscode.Uri.file({json.dumps(str(one))})" for one in arguments)
        return float(window.evaluate(_COMMAND.replace("NAME", f"'{name}'{uris}"))) / 1000

    def type(self, window: Window, seconds: float, between: Callable[[], object] = lambda: None) -> None:
        """A few words a second, a line now and then."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            window.type(self.rng.choice(_WORDS) + (Keys.ENTER if self.rng.random() < 0.1 else " "))
            between()
            self.pause(self.rng.uniform(0.2, 0.6), end)

    def write(self, window: Window, seconds: float) -> None:
        """Types into a file and saves it, so that the editor has nothing to save by itself later."""
        self.type(window, seconds)
        window.save()

    def read(self, window: Window, seconds: float) -> None:
        """Turns the wheel, moves the cursor, clicks, and thinks between."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.rng.choice((window.scroll, window.click_text, lambda: window.press(Keys.ARROW_UP)))()
            self.pause(self.rng.uniform(0.5, 2.5), end)

    def watch(self, window: Window, seconds: float) -> None:
        """Is there, and does nothing that changes anything."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            window.stir()
            self.pause(self.rng.uniform(0.5, 1.5), end)

    def wait(self, window: Window, code: str, what: str) -> None:
        """Is there until the editor says so."""

        def done() -> bool:
            window.stir()
            return bool(window.evaluate(code))

        until(done, what)

    def leave(self) -> None:
        """Turns to another program."""
        if self._window:
            self._window.leave()
            self._window = None
        self.book.turn(None)

    def go_away(self, window: Window, seconds: float) -> None:
        """Takes the hands off with a last key, and is gone for some seconds once that counts as absence."""
        window.stir()
        self.book.turn(None, time.time() + IDLE_S)
        self.pause(IDLE_S + seconds)

    def come_back(self, window: Window, seconds: float) -> None:
        """Goes on typing in what is in front; it is the person's from the first key on."""
        self.book.turn(self._in_front[window])
        self.write(window, seconds)

    @staticmethod
    def pause(seconds: float, end: float = float("inf")) -> None:
        """A day is made of time: no condition tells that a person has thought for long enough."""
        time.sleep(max(0, min(seconds, end - time.monotonic())))
