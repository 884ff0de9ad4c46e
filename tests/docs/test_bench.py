"""The benchmarks run: what nobody runs for a while breaks unseen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["costs", "queries"])
def test_a_benchmark_of_what_changes_most_prints_its_table(name: str) -> None:
    """Figures are for people to judge; here, that there are some."""
    command = [sys.executable, "-m", "bench", "--quick", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert "s in all" in done.stdout


def test_a_lane_gets_ready_and_times_a_batch_of_each_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands beside the version before is this version at work, and no error that is quick."""
    monkeypatch.syspath_prepend(ROOT)
    from bench.versions import HERE, lane

    batch = [{"time": f"2026-06-01T09:00:{second:02}Z", "entity": "main.py"} for second in range(3)]
    with lane(HERE, tmp_path) as one:
        assert one.took("intake", [batch]) > 0
        assert one.took("body", [batch]) > 0
        assert one.took("read") > 0
        with pytest.raises(RuntimeError, match="not everything was stored"):
            one.took("body", [[{"entity": "main.py"}]])
