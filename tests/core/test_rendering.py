"""Rendering: the entity tag tells apart whatever may look different."""

from __future__ import annotations

from datetime import date

import pytest
from support.installations import fresh_home, running
from timecode_core.errors import QueryError
from timecode_core.selection import Selection

_WEEKS = {"group_by": ["week"]}
_DAYS = Selection(date(2026, 1, 1), date(2026, 1, 31))


def test_another_setting_gives_another_tag() -> None:
    """Weeks that begin on another day are another answer to the same question of the same store."""
    seen = []
    with fresh_home() as home:
        for week_start in ("monday", "sunday"):
            with running(home, {"week_start": week_start}) as service:
                service.submit([{"time": 1_767_600_000 + second, "entity": "a.py"} for second in (0, 60)], "test")
                seen.append(
                    (
                        service.etag(service.order("json", _DAYS, _WEEKS)),
                        service.render(service.order("json", _DAYS, _WEEKS)).body,
                    )
                )
    assert seen[0][1] != seen[1][1]
    assert seen[0][0] != seen[1][0]


def test_the_same_question_has_one_tag_until_something_is_stored() -> None:
    """And another question another."""
    with fresh_home() as home, running(home) as service:
        first = service.etag(service.order("json", _DAYS, _WEEKS))
        assert service.etag(service.order("json", _DAYS, _WEEKS)) == first
        assert service.etag(service.order("csv", _DAYS, _WEEKS)) != first
        assert service.etag(service.order("json", _DAYS, {})) != first
        service.submit([{"time": 1_767_600_000, "entity": "a.py"}], "test")
        assert service.etag(service.order("json", _DAYS, _WEEKS)) != first


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("nonsense", {}, "Renderers: "),
        ("json", {"colour": ["red"]}, "Options: group_by"),
        ("json", {"group_by": ["x"]}, "Columns: "),
    ],
)
def test_what_does_not_exist_is_told_with_what_does(name: str, options: dict[str, list[str]], told: str) -> None:
    """A renderer, an option or a column."""
    with fresh_home() as home, running(home) as service, pytest.raises(QueryError, match=told):
        service.render(service.order(name, _DAYS, options))
