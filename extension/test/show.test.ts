import assert from "node:assert/strict";
import { test } from "node:test";
import { Overdue } from "../src/client/overdue";
import { readTokens, homeFolder } from "../src/client/token";
import { serviceEnv } from "../src/client/launch";
import { editorName } from "../src/describe/editor";
import { languageNames } from "../src/describe/language";
import { keptUuid } from "../src/describe/secretFile";
import { duration } from "../src/show/duration";
import { escaped } from "../src/show/escaped";
import { PERIODS } from "../src/show/png";
import { statusView, type Facts } from "../src/show/statusView";
import { readFileSync } from "node:fs";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { well } from "./support/facts";
import { scratch } from "./support/folders";

test("the status bar's words for every state", () => {
  const cases: [Partial<Facts>, string][] = [
    [{}, "$(clock) 1 h 23 min"],
    [{ today: undefined, link: "unknown" }, "$(clock) Timecode"],
    [{ waiting: 3 }, "$(clock) 1 h 23 min"],
    [{ waiting: 3, overdue: true }, "$(clock) 1 h 23 min · 3 waiting"],
    [{ folderEnabled: false }, "$(clock) 1 h 23 min · off here"],
    [{ link: "offline", waiting: 12 }, "$(debug-disconnect) offline · 12 waiting"],
    [{ recording: false }, "$(debug-pause) paused"],
    [{ recording: false, link: "offline", waiting: 4 }, "$(debug-pause) paused · 4 waiting"],
  ];
  for (const [change, text] of cases) assert.equal(statusView({ ...well, ...change }).text, text);
});

test("the tooltip tells today's projects and every loss", () => {
  assert.deepEqual(statusView(well).lines, ["Today, in all editors.", ["1 h 23 min", "in all"], ["1 h 20 min", "lighthouse"], ["3 min", "no project"]]);
  const many = Array.from({ length: 11 }, (_, n) => ({ name: `p${n}`, seconds: 60 }));
  assert.deepEqual(statusView({ ...well, today: { seconds: 660, projects: many } }).lines.at(-1), ["", "and 3 more"]);
  assert.deepEqual(statusView({ ...well, held: 1, lost: 2, dropped: 6, damaged: 3, aside: 4, parked: 5 }).lines.slice(-6), [
    "1 only in memory: the disk takes no more", "2 lost: no room was left to keep them", "6 not recorded: their file could not be looked at", "3 unreadable on disk", "4 refused by the service and set aside",
    "5 refused by the service and kept here: the disk did not take the note of it",
  ]);
});

test("names in the tooltip stay names, and lines can break at their spaces", () => {
  assert.equal(escaped("a name of  some\nwords"), "a name of some words");
  assert.equal(escaped("[x](command:y)"), "\\[x\\]\\(command\\:y\\)");
  assert.equal(escaped("a|b &lt; $(zap) <b> `c` größer"), "a&#124;b \\&lt\\; \\$\\(zap\\) \\<b\\> \\`c\\` größer");
});

test("what waits without a break for a minute is overdue", () => {
  let now = 0;
  const overdue = new Overdue(() => now);
  const seen = [[0, 1], [50_000, 1], [70_000, 1], [71_000, 0], [72_000, 1], [130_000, 1], [133_000, 1]].map(([at = 0, waiting = 0]) => {
    now = at;
    return overdue.seen(waiting);
  });
  assert.deepEqual(seen, [false, false, true, false, false, false, true]);
});

test("durations as people say them", () => {
  assert.deepEqual([0, 1, 59, 60, 3599, 3600, 36_060].map(duration), ["0 min", "< 1 min", "< 1 min", "1 min", "59 min", "1 h 0 min", "10 h 1 min"]);
});

test("pictures are asked for by the service's own periods, not by the editor's clock", () => {
  const names = ["all", "last-30-days", "last-365-days", "last-7-days", "month", "today", "week", "year", "yesterday"];
  assert.deepEqual(PERIODS.map(({ period }) => period).sort(), names);
  const command = readFileSync(join(__dirname, "..", "src/show/commands/exportChart.ts"), "utf8");
  assert.match(command, /draw\(app, chart\.chart, chosen\.period\)/);
  assert.doesNotMatch(command, /from:|to:|new Date/);
});

test("editors go by their names", () => {
  assert.deepEqual(["Visual Studio Code", "Visual Studio Code - Insiders", "VSCodium", "Cursor", "Windsurf", "code-server", ""].map(editorName),
    ["VS Code", "VS Code Insiders", "VSCodium", "Cursor", "Windsurf", "code-server", "VS Code"]);
});

test("languages go by the name of the first extension that names them", () => {
  const names = languageNames([{ id: "typescript", aliases: ["TypeScript", "ts"] }, { id: "typescript", aliases: ["Other"] }, { id: "x" }, { id: "y", aliases: [""] }]);
  assert.deepEqual([names.get("typescript"), names.get("plaintext"), names.get("x"), names.get("y")], ["TypeScript", "Plain Text", undefined, undefined]);
});

test("a kept value is made once, whoever comes first, whole and private", async (t) => {
  const folder = join(await scratch(t), "home");
  const values = await Promise.all(Array.from({ length: 20 }, () => keptUuid(folder, "machine_id")));
  assert.equal(new Set(values).size, 1);
  assert.equal(await readFile(join(folder, "machine_id"), "utf8"), `${values[0] ?? ""}\n`);
  assert.equal((await stat(join(folder, "machine_id"))).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(folder), ["machine_id"]);
});

test("tokens: the given ones first, then the folder's, and only what is a token", async (t) => {
  const folder = await scratch(t);
  const own = "11111111-2222-4333-8444-555555555555";
  assert.deepEqual(await readTokens(folder, ["", "secret"]), []);
  await writeFile(join(folder, "token"), `${own}\n`);
  assert.deepEqual(await readTokens(folder, ["AAAAAAAA-2222-4333-8444-555555555555", own]), ["aaaaaaaa-2222-4333-8444-555555555555", own]);
  await chmod(join(folder, "token"), 0o600);
  assert.equal(homeFolder("", { TIMECODE_HOME: "/x" }), "/x");
  assert.equal(homeFolder("/y", { TIMECODE_HOME: "/x" }), "/y");
  assert.match(homeFolder("", {}), /\.config[\\/]timecode$/);
});

test("a service that is started inherits nothing of the editor's own", () => {
  assert.deepEqual(serviceEnv({ PATH: "/bin", ELECTRON_RUN_AS_NODE: "1", VSCODE_PID: "2", NODE_OPTIONS: "-r x", HOME: "/h" }), { PATH: "/bin", HOME: "/h" });
});
