"""The renderer *csv*: names come from anybody, and a spreadsheet takes some texts for formulas."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from hypothesis import given, strategies as st
from timecode_core.answering.renderers.csv import CsvRenderer
from timecode_core.answering.renderers.grouping import REPORT, GroupingOptions
from timecode_core.query import Query, Report, Row
from timecode_core.selection import Selection

_DAYS = Selection(date(2026, 1, 1), date(2026, 1, 31))
_SIGNS = "=+-@＝＋－＠"
TEXTS = st.text(max_size=40) | st.text(alphabet=f"{_SIGNS};,'\"\t\r\n\0 ab\u2028\u3000", max_size=12)


def _rendered(*texts: str) -> str:
    query = Query(_DAYS, ("project", "hour", "day"))
    rows = tuple(Row((text, 7, date(2026, 1, 2)), 1_500_000) for text in texts)
    reports = {REPORT: Report(query, rows, "daily")}
    return CsvRenderer().render(_DAYS, reports, GroupingOptions(query.group_by)).body.decode()


def _parsed(text: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def test_texts_and_days_are_quoted_and_numbers_are_not() -> None:
    assert _rendered('a "b", c') == ('"project","hour","day","seconds"\r\n"a ""b"", c",7,"2026-01-02",1.500000\r\n')


@given(st.lists(TEXTS, max_size=4))
def test_every_text_comes_back_but_for_apostrophes(texts: list[str]) -> None:
    """And one in which no formula can begin comes back as it was."""
    found = [row[0] for row in _parsed(_rendered(*texts))[1:]]
    assert [text.replace("'", "") for text in found] == [text.replace("'", "") for text in texts]
    for before, after in zip(texts, found, strict=True):
        assert len(after) - len(before) <= sum(before.count(sign) for sign in _SIGNS) + 1
        if not set(before) & set(_SIGNS) and not before.startswith(("\t", "\r", "\n", "\0")):
            assert after == before


@given(TEXTS)
def test_no_cell_begins_a_formula_however_the_line_is_split(text: str) -> None:
    """By a program for which `;` or a tabulator separates, or which splits lines within quotes, blanks passed over."""
    (_, row) = _parsed(_rendered(text))
    for cell in re.split(r"[;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", row[0]):
        assert not re.sub(r"^[\s\x00-\x1f\u200b\ufeff]+", "", cell).startswith(tuple(_SIGNS)), cell
    assert not row[0].startswith(("\t", "\r", "\n", "\0"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("-5", "'-5"),
        ("a;=1+1", "a;'=1+1"),
        ("a\t=1+1", "a\t'=1+1"),
        ("a\n @x", "a\n '@x"),
        ("  +1", "  '+1"),
        ("＝1", "'＝1"),
        ("\t1", "'\t1"),
        ("\t=1", "'\t'=1"),
        ("a=b", "a=b"),
        ("next-js", "next-js"),
        ("me@work", "me@work"),
        ("a, -b", "a, -b"),
        ("'=1", "'=1"),
    ],
)
def test_what_could_begin_a_formula_gets_an_apostrophe_and_nothing_else_does(text: str, written: str) -> None:
    assert _parsed(_rendered(text))[1][0] == written
