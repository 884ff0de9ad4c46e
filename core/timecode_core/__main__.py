"""`timecode`, and `python -m timecode_core`, which is the same."""

from __future__ import annotations

import gc
import sys

_NEW_OBJECTS = 100_000
"""More than a start makes."""


def main() -> None:
    """Run a command, and do not look for cycles while its modules are imported: what that makes stays."""
    gc.set_threshold(_NEW_OBJECTS)
    try:
        from timecode_core.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("timecode: interrupted.\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
