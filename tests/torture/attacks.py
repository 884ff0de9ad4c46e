"""The attacks: what is done how often, and one try of each. A try says how it went on, or raises what was lost.

What is added here is run by `make torture`, and stands in its table.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from attrs import field, frozen, validators
from ingest_http.conftest import SERVERS
from store_sqlite import test_power_loss as bare
from support.crowd import MIB, Crowd, announcement, ask, cost
from support.scratch import scratch
from support.server import Server, start
from system import failing_calls, hostile, kills, mutants, power_cuts, zones
from system.damage import build, damage, damage_log, judged, right
from system.meddling import MEDDLING, Meddling, lost

_CLIENTS = 500
_REQUESTS = 300
_MEDDLINGS = [(one, number) for one in MEDDLING.values() for number in (signal.SIGKILL, signal.SIGTERM)]
_RENDERERS = ("charts", "csv", "dashboard", "json", "png")
_CROWDS: Mapping[str, Callable[[Server], Crowd]] = {
    "announce 1 MiB without a credential, and send it": lambda service: Crowd(
        service, _CLIENTS, announcement(service), b"[" + b" " * (MIB - 2)
    ),
    "announce 1 MiB without a credential, and send nothing": lambda service: Crowd(
        service, _CLIENTS, announcement(service)
    ),
    "pipeline 50 requests for the status, and never read": lambda service: Crowd(
        service, _CLIENTS, ask(service, "/api/v1/status") * 50
    ),
    "pipeline 50 requests for /openapi.json, and never read": lambda service: Crowd(
        service, _CLIENTS, ask(service, "/openapi.json") * 50
    ),
}
_LOSING = {
    "nothing is synced": mutants.WithoutSync,
    "commits are not synced": mutants.WithLateSync,
    "acknowledged before the commit": mutants.TooHasty,
    "totals in a transaction of their own": mutants.TotalsApart,
}


@frozen
class Attack:
    """A fault, how often the reported size tries it, and one try: told a seed and a folder of its own.

    `alone`: nothing else may run meanwhile, since it measures. `catches`: a service or a disk that loses something, so
    that what counts is how often that was noticed.
    """

    fault: str
    reported: int = field(validator=validators.ge(1))
    attempt: Callable[[int, Path], str]
    alone: bool = False
    catches: bool = False
    whole: bool = False
    """Whether it is a table that is gone through: a larger size does not try it again."""


def _bare_cut(seed: int, folder: Path) -> str:
    bare.cut(seed, folder, bare.live)
    return "what was acknowledged, whole"


def _cut(seed: int, folder: Path) -> str:
    return power_cuts.attempt(seed, folder)


def _mutant(kind: type[power_cuts.Pipeline], seed: int, folder: Path) -> str:
    return power_cuts.attempt(seed, folder, kind)


def _lying(seed: int, folder: Path) -> str:
    return power_cuts.attempt(seed, folder, lies=33)


def _call(seed: int, folder: Path) -> str:
    number, fault = divmod(seed * 389 % 1_000, len(failing_calls.FAULTS))  # all of them, and of few some everywhere
    return failing_calls.attempt(number + 1, failing_calls.FAULTS[fault], folder / "home")


def _kill(seed: int, folder: Path) -> str:
    names = [*kills.COMMANDS]
    return kills.attempt(names[seed % len(names)], seed, folder)


@cache
def _sound() -> tuple[Path, tuple[Any, ...]]:
    build(home := scratch() / "sound")
    return home, right(home)


@cache
def _unfolded() -> Path:
    build(home := scratch() / "unfolded", unfolded=True)
    return home


def _damage(seed: int, _folder: Path) -> str:
    return judged(*_sound(), 1000 + seed, damage)


def _damage_log(seed: int, _folder: Path) -> str:
    return judged(_unfolded(), None, 1000 + seed, damage_log)


def _meddle(seed: int, folder: Path) -> str:
    chosen: tuple[Meddling, signal.Signals] = _MEDDLINGS[seed % len(_MEDDLINGS)]
    missing, told = lost(folder, *chosen)
    assert missing == [], f"{len(missing)} acknowledged events are missing"
    return "told in a line" if told else "went on by itself"


def _pages(_seed: int, folder: Path) -> str:
    found = hostile.attacked(folder, hostile.routes(_RENDERERS))
    found.check()
    return f"{found.tries:,} ways of a page refused"


def _crowd(server: str, kind: str, _seed: int, folder: Path) -> str:
    with start(folder / "home", server=server) as service:
        found = cost(service, server, _CROWDS[kind](service), _REQUESTS)
    others = f"others at p50 {found.p50 * 1000:.0f} ms, p99 {found.p99 * 1000:.0f} ms"
    told = f"memory {found.grown / MIB:+.1f} MiB, {others}"
    assert found.grown < 32 * MIB, told
    assert found.p99 < 1, told
    return told


ATTACKS = (
    Attack("power cuts under the whole service, with backups and a migration", 10_000, _cut),
    Attack("power cuts under the bare store", 2_000, _bare_cut),
    *(Attack(f"power cuts, where {how}", 300, partial(_mutant, kind), catches=True) for how, kind in _LOSING.items()),
    Attack("power cuts, where a disk lies: one sync of three does nothing", 300, _lying, catches=True),
    Attack("a call to the disk that fails once: each of the first 500, in two ways", 1_000, _call),
    Attack("kill -9 before any change that a command makes", 600, _kill),
    Attack("damaged databases", 1_000, _damage),
    Attack("damaged logs", 300, _damage_log),
    Attack("meddling with the files of a running service", len(_MEDDLINGS), _meddle, whole=True),
    Attack("zones that nobody knows, and wrong clocks", len(zones.ZONES), zones.attempt, whole=True),
    Attack("hostile pages in a browser, on every route", 1, _pages, alone=True, whole=True),
    *(
        Attack(f"{_CLIENTS} clients at {server} {kind}", 1, partial(_crowd, server, kind), alone=True, whole=True)
        for kind in _CROWDS
        for server in SERVERS
    ),
)
SIZES: Mapping[str, float] = {"small": 0.05, "reported": 1, "large": 10}
