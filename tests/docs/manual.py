"""The documentation as data: its files, code blocks, tables and inline code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").rglob("*.md")])
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@frozen
class Block:
    """A fenced block: its language, its text, and where it stands."""

    page: Path
    language: str
    text: str
    number: int

    def __str__(self) -> str:
        return f"{name_of(self.page)}#{self.number}"


def name_of(page: Path) -> str:
    """The page's path inside the repository."""
    return page.relative_to(ROOT).as_posix()


def text_of(page: str) -> str:
    """A page of the repository."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[Block]:
    """The page's fenced blocks of one language, in order."""
    found = _FENCE.findall(page.read_text(encoding="utf-8"))
    return [Block(page, kind, text, number) for number, (kind, text) in enumerate(found) if kind == language]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def headings(page: Path) -> list[str]:
    """The texts of all headings, in order."""
    return _HEADING.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """What a link to the page may have after `#`, as GitHub makes it of headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(page)}


def section(page: str, heading: str) -> str:
    """The text below a heading, up to the next one of any level. Fails where there is none."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text_of(page), re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no section {heading!r}"
    return found[1]


def tables(text: str) -> list[list[list[str]]]:
    """Every table in a text, without headings: rows of cells."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("|"):
            if not inside:
                found.append([])
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
            inside = True
        else:
            inside = False
    return [table[2:] for table in found]


def codes(text: str) -> list[str]:
    """What stands in backticks in a cell or a sentence."""
    return re.findall(r"`([^`]+)`", text)


def first_codes(table: list[list[str]]) -> list[str]:
    """The code in the first cell of each row."""
    return [code for row in table for code in codes(row[0])]


def inline_commands() -> Iterator[tuple[str, str]]:
    """Every `timecode …` in the sentences and tables of all pages, with its page."""
    for page in PAGES:
        for code in codes(prose(page)):
            words = " ".join(code.split())
            if words.startswith("timecode "):
                yield name_of(page), words
