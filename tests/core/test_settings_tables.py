"""A table of the settings that is not there: its class's defaults, or what is wrong with that."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import field, frozen, validators
from timecode_core.errors import SettingsError
from timecode_core.setup.settings import CoreSettings, Settings


@frozen
class _Demanding:
    address: str
    port: int = 1


@frozen
class _Contradicting:
    port: int = field(default=0, validator=validators.ge(1))


@pytest.mark.parametrize("tables", [{}, {"core": {}}])
def test_an_empty_table_is_the_defaults(tables: dict[str, dict[str, object]]) -> None:
    """As one that spells some of them out is."""
    assert Settings(tables).table("core", CoreSettings) == CoreSettings()
    assert Settings({"core": {"day_start": "00:00"}}).core == CoreSettings()


def test_what_an_empty_table_lacks_is_named() -> None:
    """A plugin's table may have keys that must be there."""
    with pytest.raises(SettingsError, match=r"\[mine\] address is missing.*Keys of \[mine\]: address, port"):
        Settings({}).table("mine", _Demanding)


def test_what_a_table_lacks_is_no_fault_of_the_keys_that_it_has(tmp_path: Path) -> None:
    """Nor of the variable that brings one of them; and nobody can do without it."""
    settings = Settings.load(tmp_path, {"TIMECODE_MINE__PORT": "2"}, lenient=True)
    with pytest.raises(SettingsError, match=r"^\S+config\.toml: \[mine\] address is missing"):
        settings.table("mine", _Demanding)
    assert settings.faults == []


def test_defaults_that_their_own_class_refuses_are_no_crash() -> None:
    """They are a plugin's mistake, and told as one of the settings."""
    with pytest.raises(SettingsError, match="port"):
        Settings({}).table("mine", _Contradicting)
