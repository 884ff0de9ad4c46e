"""`python -m timecode_core` is `timecode`."""

from timecode_core.cli import main

if __name__ == "__main__":
    main()
