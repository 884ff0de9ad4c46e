"""What the extension costs in the real extension host: 10,000 characters typed across 20 files, timed key by key.

Prints its figures as a table. Run by `npm run bench` in `extension/`, with the project's environment active.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from extension.editor_kit.browser import chromium
from extension.editor_kit.install import EXTENSION
from extension.editor_kit.server import Editor, make_project
from extension.editor_kit.service import Service
from extension.editor_kit.window import Window
from support.ports import free_port

FILES = 20
CHARACTERS = 10_000

# Every listener that the extension has for what a keystroke raises is wrapped with a clock. The witness does it before
# the extension is activated, by wrapping the functions that it registers its listeners with.
TYPING = """
const spans = globalThis.timecodeSpans;
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
const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, `file${file}.ts`);
await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
for (let n = 0; n < CHARACTERS; n++) {
  spans.length = 0;
  await vscode.commands.executeCommand('type', { text: n % 60 === 59 ? '\\n' : 'x' });
  keys.push(spans.reduce((sum, one) => sum + one, 0));
}
for (const one of undo) one();
return { keys, sync };
"""


def measure(folder: Path) -> dict[str, Any]:
    home = folder / "home"
    home.mkdir(mode=0o700)
    service = Service(home, free_port())
    service.start()
    editor = Editor(folder / "code-server", home)
    editor.settings(
        timecode__url=f"http://127.0.0.1:{service.port}",
        workbench__startupEditor="none",
        editor__quickSuggestions=False,
        editor__inlineSuggest__enabled=False,
        typescript__validate__enable=False,
        files__autoSave="off",
    )
    project = make_project(folder / "project", "main", {f"file{n}.ts": "\n" for n in range(FILES)})
    editor.start(TIMECODE_TIMED="1")
    driver = chromium(folder / "chromium")
    try:
        window = Window(driver, editor, project)
        window.front()
        keys: list[float] = []
        sync: list[str] = []
        for file in range(FILES):
            code = TYPING.replace("FILE;", f"{file};").replace("CHARACTERS", str(CHARACTERS // FILES))
            typed = window.evaluate(code)
            keys += typed["keys"]
            sync += typed["sync"]
        figures = {
            "sync": len(sync),
            "where": sorted(set(sync)),
            "count": len(keys),
            "timed": sum(key > 0 for key in keys),
            **quantiles(keys),
        }
        activation = [window.evaluate("return globalThis.timecodeActivation")]
        for _ in range(4):
            window.reload()
            activation.append(window.evaluate("return globalThis.timecodeActivation"))
        return {**figures, "activation": activation}
    finally:
        driver.quit()
        editor.stop()
        service.stop()


def quantiles(spans: list[float]) -> dict[str, float]:
    ordered = sorted(spans)
    parts = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}
    return {name: ordered[int(len(ordered) * part)] for name, part in parts.items()} | {"max": ordered[-1]}


def table(figures: dict[str, Any]) -> str:
    bundle = (EXTENSION / "dist" / "extension.js").stat().st_size
    load, activate = zip(*(run for run in figures["activation"]), strict=True)
    rows = [
        ("characters typed, each timed", f"{figures['timed']} of {figures['count']}", ""),
        ("extension time a keystroke, p50", f"{figures['p50'] * 1000:.1f} µs", ""),
        ("extension time a keystroke, p90", f"{figures['p90'] * 1000:.1f} µs", ""),
        ("extension time a keystroke, p99", f"{figures['p99'] * 1000:.1f} µs", "< 50 µs"),
        ("extension time a keystroke, p99.9", f"{figures['p999'] * 1000:.1f} µs", ""),
        ("extension time a keystroke, most", f"{figures['max'] * 1000:.1f} µs", ""),
        ("synchronous file accesses while typing", str(figures["sync"]), "0"),
        ("activation, loading the code (median)", f"{sorted(load)[len(load) // 2]:.1f} ms", ""),
        ("activation, until it returns (median)", f"{sorted(activate)[len(activate) // 2]:.1f} ms", ""),
        ("activation, both (worst of five)", f"{max(map(sum, figures['activation'])):.1f} ms", "< 100 ms"),
        ("bundle", f"{bundle / 1000:.1f} kB", "< 300 kB"),
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
