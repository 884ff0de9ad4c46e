import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileNames, findCommand } from "../src/client/command";
import { Installed } from "../src/client/installed";
import { invocation } from "../src/client/invocation";
import { runOpen, startService, type Started } from "../src/client/launch";
import { TOKEN } from "./support/fakeService";
import { scratch } from "./support/folders";

/** Starts a script in the place of the service. */
async function start(t: TestContext, script: string, port?: number): Promise<Started> {
  const folder = await scratch(t);
  const file = join(folder, "service.cjs");
  await writeFile(file, script);
  await writeFile(join(folder, "serve.log"), "a line of an earlier start\n");
  // Nothing waits for a service that was started; the editor's own process goes on, and this one has to.
  const going = setInterval(() => undefined, 1_000);
  t.after(() => { clearInterval(going); });
  return startService({ command: [process.execPath, file], port, home: folder, logFile: join(folder, "serve.log") });
}

test("the command is a file that runs: by its path, by its name on PATH, never in a relative folder", async (t) => {
  const folder = await scratch(t);
  const [empty, full] = [join(folder, "empty"), join(folder, "full")];
  for (const one of [empty, full]) await mkdir(one);
  await mkdir(join(empty, "tc"));
  await writeFile(join(full, "tc"), "#!/bin/sh\n", { mode: 0o755 });
  const env = { PATH: ["full", empty, full].join(delimiter), PIPX_BIN_DIR: empty };
  assert.deepEqual(await findCommand("tc", folder, env), [join(full, "tc")]);
  assert.deepEqual(await findCommand(join(full, "tc"), folder, {}), [join(full, "tc")]);
  assert.equal(await findCommand(join(empty, "tc"), folder, env), undefined, "a folder");
  await chmod(join(full, "tc"), 0o644);
  assert.equal(await findCommand(join(full, "tc"), folder, env), undefined, "nothing that runs");
});

test("what the service was started by last starts it again, unless it is gone, or another command is set", async (t) => {
  const folder = join(await scratch(t), "home");
  await mkdir(folder, { mode: 0o700 });
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const name of ["timecode", "python"]) await writeFile(join(bin, name), "#!/bin/sh\n", { mode: 0o755 });
  const record = (python: string): Promise<void> =>
    writeFile(join(folder, "service.json"), JSON.stringify({ address: "127.0.0.1", port: 1, command: [python, "-m", "timecode_core", "serve", "--port", "1"] }), { mode: 0o600 });
  await record(join(bin, "python"));
  const env = { PATH: bin };
  assert.deepEqual(await findCommand("", folder, env), [join(bin, "python"), "-m", "timecode_core"]);
  assert.deepEqual(await findCommand("timecode", folder, env), [join(bin, "timecode")]);
  assert.equal(await findCommand(join(bin, "none"), folder, env), undefined);
  await record(join(bin, "gone"));
  assert.deepEqual(await findCommand("", folder, env), [join(bin, "timecode")]);
});

test("what is installed: the command, or a token alone, or nothing", async (t) => {
  const folder = await scratch(t);
  let [command, tokens]: [string, string[]] = [join(folder, "tc"), [TOKEN]];
  const installed = new Installed({ command: () => command, home: () => folder, tokens: () => Promise.resolve(tokens) });
  const look = async (): Promise<unknown> => installed.look().then(() => installed.found);
  assert.equal(installed.found, undefined);
  assert.equal(await look(), "token");
  tokens = [];
  assert.equal(await look(), "nothing");
  command = process.execPath;
  assert.equal(await look(), "command");
});

test("the end of what was started is told with its last line, and not with one of before", async (t) => {
  const one = await start(t, "console.log('first'); console.error('timecode: port ' + process.argv[4] + ' is in use'); process.exitCode = 1", 4821);
  assert.equal(await one.ended, "timecode: port 4821 is in use");
  assert.equal(await (await start(t, "")).ended, "");
  assert.equal(await (await start(t, "console.log(process.argv.slice(2).join(' ') + ' ' + [...process.env.TIMECODE_HOME].length)")).ended.then((line) => line.split(" ")[0]), "serve");
});

test("what can't be run at all is an error at once", async (t) => {
  const folder = await scratch(t);
  await assert.rejects(startService({ command: [join(folder, "none")], port: 1, home: folder, logFile: join(folder, "serve.log") }), { code: "ENOENT" });
});

test("whether `timecode open` worked is known by how it ended", async (t) => {
  const folder = await scratch(t);
  for (const [script, works] of [["", true], ["process.exitCode = 3", false]] as const) {
    await writeFile(join(folder, "open.cjs"), script);
    assert.equal(await runOpen([process.execPath, join(folder, "open.cjs")], 1, folder), works);
  }
  assert.equal(await runOpen([join(folder, "none")], 1, folder), false);
});

test("on Windows a .cmd or .bat is run by the system's own command processor, whole and within quotes", () => {
  const env = { SystemRoot: "C:\\Windows", ComSpec: "C:\\evil.exe" };
  const line = ["C:\\My Tools & more\\timecode.CMD", "serve", "--port", "4821"];
  assert.deepEqual(invocation(line, "win32", env), {
    file: "C:\\Windows\\System32\\cmd.exe",
    args: ["/d", "/v:off", "/s", "/c", '""C:\\My Tools & more\\timecode.CMD" "serve" "--port" "4821""'],
    windowsVerbatimArguments: true,
  });
  for (const name of ["C:\\%PATH%\\tc.cmd", 'C:\\"x\\tc.bat']) assert.throws(() => invocation([name, "serve"], "win32", env), /can't be run/);
  const plain = { file: "C:\\tools\\timecode.exe", args: ["serve"], windowsVerbatimArguments: false };
  assert.deepEqual(invocation(["C:\\tools\\timecode.exe", "serve"], "win32", env), plain);
  assert.deepEqual(invocation(["/opt/tc.cmd", "serve"], "linux", {}), { file: "/opt/tc.cmd", args: ["serve"], windowsVerbatimArguments: false });
});

test("a command's file on Windows ends in what runs there", () => {
  assert.deepEqual(fileNames("timecode", "win32"), ["timecode.exe", "timecode.cmd", "timecode.bat"]);
  assert.deepEqual(fileNames("tc.bat", "win32"), ["tc.bat"]);
  assert.deepEqual(fileNames("timecode", "linux"), ["timecode"]);
});
