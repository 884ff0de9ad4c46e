"""What goes to standard output and error, for programs to read or for somebody who looks at it on a terminal."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from timecode_core.commands.formatting import printable
from timecode_core.errors import TimecodeError
from timecode_core.setup.remedies import remedy_for

if TYPE_CHECKING:
    from timecode_core.answering.answers import Answers
    from timecode_core.answering.rendering import Texts
    from timecode_core.protocols import Rendered
    from timecode_core.selection import Selection
    from timecode_core.wiring.installation import Installation

_FAULTS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE})
"""How a system says that an output takes no more."""


def put(body: bytes) -> None:
    """Write these very bytes; on a terminal, text without the characters that could steer it.

    Raises TimecodeError for a terminal and what is no text.
    """
    if sys.stdout.isatty():
        try:
            text = body.decode().replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise TimecodeError("that is no text for a terminal.", remedy="Send it to a file or a program.") from error
        click.echo("\n".join(map(printable, text.split("\n"))), nl=False)
    else:
        click.echo(body, nl=False)


class _Ascii(TextIOWrapper):
    """A stream of ASCII by another name: click takes one that calls itself so for a mistake, and writes UTF-8."""

    def write(self, text: str) -> int:
        """Write it, with a question mark for each character that ASCII lacks."""
        return super().write(text.encode("ascii", "replace").decode("ascii"))


def replace_what_cannot_be_carried() -> None:
    """From now on, standard output and error replace what their encoding lacks. One that is closed takes anything."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  (stays open)
        elif isinstance(stream, TextIOWrapper) and codecs.lookup(stream.encoding).name == "ascii":
            setattr(sys, name, _Ascii(stream.detach(), "iso-8859-1", line_buffering=stream.line_buffering))
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def forget_a_width_of_nothing() -> None:
    """Some programs start others with COLUMNS=0, in which nothing can be printed: then the width is looked up."""
    if os.environ.get("COLUMNS", "").strip() == "0":
        del os.environ["COLUMNS"]


def give_up(error: OSError) -> None:
    """Say, if there is anybody to hear it, that an output takes no more. A reader that is gone wants no word.

    One of a file's that nobody has foreseen is said, too. Raises the error if it is neither.
    """
    if error.filename is not None:
        told = f"cannot use {error.filename!s:.300}: {error.strerror or error}. {remedy_for(error)}"
        click.echo(f"timecode: {printable(told)}", err=True)
        return
    if error.errno not in _FAULTS:
        raise error
    with suppress(OSError):
        if error.errno != errno.EPIPE:
            click.echo(f"timecode: cannot write the output: {error.strerror}. {remedy_for(error)}", err=True)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):  # the interpreter flushes them at its end, and would complain once more
        with suppress(OSError):
            stream.flush()
            continue
        os.dup2(nowhere, stream.fileno())


def rendered(
    installation: Installation, answers: Answers, renderer: str, selection: Selection, options: Texts
) -> Rendered:
    """What the renderer of that name makes of the selection. Raises as `Rendering.order` and `Rendering.render`."""
    from timecode_core.answering.rendering import Rendering  # not every command asks for one

    rendering = Rendering(answers, installation.renderers(), installation.settings.fingerprint)
    return rendering.render(rendering.order(renderer, selection, options))
