"""What a person does in a real editor arrives in a real store, as they did it."""

from __future__ import annotations

import pytest
from extension.editor_kit.service import Service, every_day
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window

pytestmark = pytest.mark.editor


def test_typing_and_saving_shows_up_under_project_branch_language_editor_and_file(
    window: Window, service: Service
) -> None:
    def act() -> None:
        window.show("src/horn.py")
        window.type("# the horn is heard\n")
        window.save()

    columns = "project,branch,language,editor,entity"

    def group() -> dict[str, object] | None:
        stats = service.get("/api/v1/stats", **every_day(), group_by=columns)
        found: list[dict[str, object]] = stats["groups"]
        return next((one for one in found if one["entity"] == "src/horn.py"), None)

    found = window.until_noticed(act, group, "the file in the statistics")
    assert {name: found[name] for name in columns.split(",")} == {
        "project": "lighthouse",
        "branch": "feature/lamp",
        "language": "Python",
        "editor": "code-server",
        "entity": "src/horn.py",
    }
    # The typing may arrive before the save does.
    until(lambda: any(event["is_write"] and event["entity"] == "src/horn.py" for event in service.events()), "the save")
    until(lambda: "min" in window.status(), "today's time in the status bar")
