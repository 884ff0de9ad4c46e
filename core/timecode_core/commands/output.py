"""What goes to standard output for programs to read, or for somebody who looks at it on a terminal."""

from __future__ import annotations

import sys

import click

from timecode_core.commands.words import printable
from timecode_core.errors import TimecodeError


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
