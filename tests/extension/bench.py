"""What the extension costs in the real extension host.

10,000 characters typed across 20 files, timed key by key; ten starts; a minute in which nobody does anything; and what
300 patterns of excluded files cost a heartbeat. Prints its figures as a table. Run by `npm run bench` in `extension/`,
with the project's environment active.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from extension.editor_kit.install import EXTENSION
from extension.editor_kit.server import make_project
from extension.editor_kit.setting import set_up
from extension.editor_kit.window import Window

FILES = 20
CHARACTERS = 10_000
STARTS = 10
PATTERNS = 300

# Every listener that the extension has for what a keystroke raises is wrapped with a clock. The witness does it before
# the extension is activated, by wrapping the functions that it registers its listeners with.
TYPING = """
const spans = globalThis.timecodeSpans;
const bare = globalThis.timecodeBare;
const file = FILE;
const fs = require('node:fs');
const sync = [];
const undo = [];
for (const name of Object.keys(fs).filter((one) => one.endsWith('Sync'))) {
  const original = fs[name];
  fs[name] = function (...rest) {
    const caller = new Error().stack.split('\\n')[2] ?? '';
    if (caller.includes('timecode.timecode-')) sync.push(`${name} ${caller}`);
    return original.apply(this, rest);
  };
  undo.push(() => { fs[name] = original; });
}
const keys = [];
const bareKeys = [];
const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, `file${file}.ts`);
await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
for (let n = 0; n < CHARACTERS; n++) {
  spans.length = bare.length = 0;
  await vscode.commands.executeCommand('type', { text: n % 60 === 59 ? '\\n' : 'x' });
  keys.push(spans.reduce((sum, one) => sum + one, 0));
  bareKeys.push(bare.reduce((sum, one) => sum + one, 0));
}
for (const one of undo) one();
return { keys, bareKeys, sync };
"""


# All time in the extension's own code, callbacks and promises included, as the profiler samples it.
IDLE = """
await new Promise((resolve) => setTimeout(resolve, 20_000));  // what a start brings along is over
const { Session } = require('node:inspector');
const session = new Session();
session.connect();
const post = (method, given) => new Promise((resolve, reject) => {
  session.post(method, given, (error, found) => (error ? reject(error) : resolve(found)));
});
await post('Profiler.enable');
await post('Profiler.setSamplingInterval', { interval: 200 });
await post('Profiler.start');
await new Promise((resolve) => setTimeout(resolve, 60_000));
const { profile } = await post('Profiler.stop');
session.disconnect();
const ours = profile.nodes.filter((one) => one.callFrame.url.includes('timecode.timecode-'));
const ids = new Set(ours.map((one) => one.id));
return profile.samples.reduce((sum, id, n) => sum + (ids.has(id) ? profile.timeDeltas[n] : 0), 0) / 1000;
"""

# As the describer asks at each heartbeat: settings are read anew, and the list is the same.
EXCLUDING = """
const { excluding } = require('./src/describe/privacy.ts');
const { HERE } = require('./src/describe/glob.ts');
const list = () => Array.from({ length: PATTERNS }, (_, n) => `**/left-out-${n}/**/*.{a${n},b${n}}`);
const ask = (n) => excluding(list(), HERE)({ paths: [`/home/ann/lighthouse/src/deep/file${n % 20}.ts`] });
for (let n = 0; n < 100; n++) ask(n);
const began = performance.now();
for (let n = 0; n < 1000; n++) ask(n);
console.log(performance.now() - began);
"""


def measure(folder: Path) -> dict[str, Any]:
    project = make_project(folder / "project", "main", {f"file{n}.ts": "\n" for n in range(FILES)})
    settings: dict[str, Any] = {
        "editor__quickSuggestions": False,
        "editor__inlineSuggest__enabled": False,
        "typescript__validate__enable": False,
        "files__autoSave": "off",
    }
    with set_up(folder, {"TIMECODE_TIMED": "1"}, **settings) as (driver, editor, _service):
        window = Window(driver, editor, project)
        window.front()
        keys: list[float] = []
        bare: list[float] = []
        sync: list[str] = []
        for file in range(FILES):
            code = TYPING.replace("FILE;", f"{file};").replace("CHARACTERS", str(CHARACTERS // FILES))
            typed = window.evaluate(code)
            keys += typed["keys"]
            bare += typed["bareKeys"]
            sync += typed["sync"]
        figures = {
            "sync": len(sync),
            "where": sorted(set(sync)),
            "count": len(keys),
            "timed": sum(key > 0 for key in keys),
            "bare": quantiles(bare),
            **quantiles(keys),
        }
        activation = [window.evaluate("return globalThis.timecodeActivation")]
        for _ in range(STARTS - 1):
            window.reload()
            activation.append(window.evaluate("return globalThis.timecodeActivation"))
        idle_ms = window.evaluate(IDLE)
        return {**figures, "activation": activation, "idle_ms": idle_ms, "exclude_us": excluding()}


def excluding() -> float:
    """Microseconds that the patterns cost a heartbeat, the mean of a thousand."""
    command = ["node", "--import", "tsx", "--eval", EXCLUDING.replace("PATTERNS", str(PATTERNS))]
    return float(subprocess.run(command, cwd=EXTENSION, check=True, capture_output=True, text=True).stdout)


def quantiles(spans: list[float]) -> dict[str, float]:
    ordered = sorted(spans)
    parts = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}
    return {name: ordered[int(len(ordered) * part)] for name, part in parts.items()} | {"max": ordered[-1]}


def table(figures: dict[str, Any]) -> str:
    bundle = (EXTENSION / "dist" / "extension.js").stat().st_size
    load, activate = zip(*(run for run in figures["activation"]), strict=True)
    bare = figures["bare"]
    rows = [
        ("characters typed, each timed", f"{figures['timed']} of {figures['count']}", ""),
        ("extension time a keystroke, p50", f"{figures['p50'] * 1000:.1f} µs", ""),
        ("extension time a keystroke, p90", f"{figures['p90'] * 1000:.1f} µs", ""),
        ("extension time a keystroke, p99", f"{figures['p99'] * 1000:.1f} µs", "< 50 µs"),
        ("extension time a keystroke, p99.9", f"{figures['p999'] * 1000:.1f} µs", ""),
        ("extension time a keystroke, most", f"{figures['max'] * 1000:.1f} µs", ""),
        ("listeners that do nothing, p50, p99", f"{bare['p50'] * 1000:.1f}, {bare['p99'] * 1000:.1f} µs", ""),
        ("synchronous file accesses while typing", str(figures["sync"]), "0"),
        ("activation, loading the code (median)", f"{sorted(load)[len(load) // 2]:.1f} ms", ""),
        ("activation, until it returns (median)", f"{sorted(activate)[len(activate) // 2]:.1f} ms", ""),
        (f"activation, both (worst of {STARTS})", f"{max(map(sum, figures['activation'])):.1f} ms", "< 100 ms"),
        ("idle for a minute, in the extension's code", f"{figures['idle_ms']:.1f} ms", "< 10 ms"),
        (f"{PATTERNS} patterns of excluded files, a heartbeat", f"{figures['exclude_us']:.1f} µs", ""),
        ("bundle", f"{bundle / 1000:.1f} kB", "< 190 kB"),
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="timecode-bench-") as folder:
        found = measure(Path(folder))
    if "--json" in sys.argv:
        print(json.dumps(found))
    else:
        print(table(found))
