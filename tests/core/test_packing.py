"""Packed files come back byte for byte, or with an error that says so."""

from __future__ import annotations

import gzip
import os
import stat
from pathlib import Path

import pytest
from timecode_core.errors import TimecodeError
from timecode_core.safekeeping.packing import pack, unpack, unpacked_size

CONTENT = os.urandom(1000) * 3000


def pace(_done: int, _count: int) -> None:
    pass


@pytest.mark.parametrize("name", ["a.db.gz", "a.db"])
def test_there_and_back(tmp_path: Path, name: str) -> None:
    """The same bytes, readable by their owner alone, in less room where packed; progress ends at its end."""
    plain, target = tmp_path / "plain", tmp_path / name
    plain.write_bytes(CONTENT)
    told: list[tuple[int, int]] = []
    pack(plain, target, lambda done, count: told.append((done, count)), packed=name.endswith(".gz"))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert (target.stat().st_size < len(CONTENT)) == name.endswith(".gz")
    assert told == sorted(told)
    assert told[-1] == (2 * len(CONTENT), 2 * len(CONTENT))
    unpack(target, tmp_path / "again", pace)
    assert (tmp_path / "again").read_bytes() == CONTENT
    if name.endswith(".gz"):
        assert gzip.decompress(target.read_bytes()) == CONTENT, "any gzip reads it"
    assert {path.name for path in tmp_path.iterdir()} == {"plain", name, "again"}


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("content", [CONTENT, b"", b"x", bytes(3_000_000)], ids=["random", "none", "a byte", "zeros"])
def test_what_it_takes_unpacked_is_known_before(tmp_path: Path, content: bytes, packed: bool) -> None:
    (tmp_path / "plain").write_bytes(content)
    pack(tmp_path / "plain", tmp_path / "made", pace, packed=packed)
    assert unpacked_size(tmp_path / "made") == len(content)


def test_what_is_larger_than_gzip_can_count_is_known_too(tmp_path: Path) -> None:
    """It counts modulo 4 GiB; what is packed is hardly ever larger than what it was made of."""
    with (tmp_path / "large").open("wb") as file:
        file.write(b"\x1f\x8b")
        file.seek(3_000_000)
        file.write((1_000_000).to_bytes(4, "little"))
    assert unpacked_size(tmp_path / "large") == 1_000_000 + (1 << 32)


def test_nothing_is_overwritten_and_nothing_is_left(tmp_path: Path) -> None:
    """A name that is taken is refused; what was there stays."""
    plain, target = tmp_path / "plain", tmp_path / "target"
    plain.write_bytes(CONTENT)
    target.write_text("mine")
    with pytest.raises(TimecodeError, match="exists already"):
        pack(plain, target, pace)
    assert target.read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"plain", "target"}


def test_who_breaks_it_off_leaves_nothing(tmp_path: Path) -> None:
    """The service that stops, say."""
    (tmp_path / "plain").write_bytes(CONTENT)

    def stop(_done: int, _count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(tmp_path / "plain", tmp_path / "target", stop)
    assert {path.name for path in tmp_path.iterdir()} == {"plain"}


@pytest.mark.parametrize("at", [0.0, 0.3, 0.9])
def test_what_is_cut_or_damaged_is_told(tmp_path: Path, at: float) -> None:
    """A packed file that ends too soon, and one with a byte that is another."""
    (tmp_path / "plain").write_bytes(CONTENT)
    pack(tmp_path / "plain", tmp_path / "a.gz", pace)
    content = bytearray((tmp_path / "a.gz").read_bytes())
    (tmp_path / "cut.gz").write_bytes(content[: 10 + int(at * (len(content) - 10))])
    with pytest.raises(TimecodeError, match=r"cut\.gz is damaged"):
        unpack(tmp_path / "cut.gz", tmp_path / "out1", pace)
    content[20 + int(at * (len(content) - 30))] ^= 0x55
    (tmp_path / "bad.gz").write_bytes(content)
    with pytest.raises(TimecodeError, match=r"bad\.gz is damaged"):
        unpack(tmp_path / "bad.gz", tmp_path / "out2", pace)
