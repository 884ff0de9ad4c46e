"""The hooks are an interface: typed, documented, one way to behave."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from timecode_core.wiring import hookspecs
from timecode_core.wiring.plugins import Plugins

_SINCE = re.compile(r"Since \d+\.\d+")


def _published() -> dict[str, tuple[Callable[..., Any], Any]]:
    """Every hook of the core and of the plugins that ship with it: its function and its options."""
    manager = Plugins().manager
    hooks = {name: caller for name, caller in vars(manager.hook).items() if name.startswith("timecode_")}
    assert all(caller.spec is not None for caller in hooks.values())
    return {name: (caller.spec.function, caller.spec.opts) for name, caller in hooks.items()}


_HOOKS = _published()


def test_the_hooks_of_the_core_are_all_found() -> None:
    of_the_core = {
        name for name, _ in inspect.getmembers(hookspecs, inspect.isfunction) if name.startswith("timecode_")
    }
    assert of_the_core <= set(_HOOKS)
    assert {"timecode_addhooks", "timecode_stores", "timecode_rules", "timecode_aggregations"} <= of_the_core
    assert {"timecode_charts", "timecode_http_resources"} <= set(_HOOKS), "plugins publish theirs"


@pytest.mark.parametrize("name", sorted(_HOOKS))
def test_a_hook_is_typed_and_its_docstring_says_what_and_since_when(name: str) -> None:
    function, options = _HOOKS[name]
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(argument.annotation is not inspect.Parameter.empty for argument in signature.parameters.values())
    text = inspect.getdoc(function) or ""
    assert len(text.split()) >= 8, "what it is, in a sentence"
    assert text.split("\n")[0].rstrip().endswith("."), text
    assert _SINCE.search(text), "the version that brought it"
    assert not options["firstresult"] or "first" in text, "who stops at the first answer says so"
    if options["historic"]:
        assert name == "timecode_addhooks", "historic hooks are for publishing hooks only"
    elif options["firstresult"]:
        assert str(signature.return_annotation).endswith(" | None"), "nobody need have an answer"
        assert text.startswith("Give "), "it gives a thing, and does nothing"
    else:
        assert str(signature.return_annotation).startswith("list["), "every other hook collects"
        assert text.startswith(("Offer ", "Mount ", "Look ")), "it offers or looks, and does nothing"


@pytest.mark.parametrize("module", [hookspecs], ids=["core"])
def test_what_holds_for_all_hooks_is_said_once_in_their_module(module: ModuleType) -> None:
    text = module.__doc__ or ""
    for word in ("version", "order", "once", "raises", "never per event"):
        assert word in text, word


def test_every_hook_of_the_core_has_a_real_user_but_sources() -> None:
    """A hook that nobody uses is a guess. The default source mounts on the server; others come as plugins."""
    used = {hook for record in Plugins().records.values() for hook in record.hooks}
    assert {name for name in _HOOKS if name not in used} <= {"timecode_sources", "timecode_http_resources"}
