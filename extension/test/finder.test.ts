import assert from "node:assert/strict";
import { chmod, mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Finder } from "../src/client/finder";
import { freePort } from "../src/client/launch";
import { LinkError } from "../src/client/link";
import { urlOf } from "../src/client/loopback";
import { readRecord } from "../src/client/record";
import { whereabouts, type Whereabouts } from "../src/client/whereabouts";
import { FakeService, TOKEN } from "./support/fakeService";
import { scratch } from "./support/folders";

const PYTHON = "/srv/timecode/.venv/bin/python";

/** A record as the service writes it. */
function record(port: number, change: object = {}): string {
  const command = [PYTHON, "-P", "-m", "timecode_core", "serve", "--port", String(port)];
  return JSON.stringify({ address: "127.0.0.1", port, command, version: "0.1.0", process: 1, started: "2026-01-01T00:00:00+00:00", ...change });
}

async function home(t: TestContext, text: string): Promise<string> {
  const folder = join(await scratch(t), "home");
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, "service.json"), text, { mode: 0o600 });
  return folder;
}

async function fake(t: TestContext, token = TOKEN): Promise<FakeService> {
  const service = await new FakeService().listen();
  service.token = token;
  t.after(() => service.close());
  return service;
}

function finder(where: Whereabouts | (() => Promise<Whereabouts>), tokens: readonly string[] = [TOKEN]): Finder {
  return new Finder({ where: typeof where === "function" ? where : () => Promise.resolve(where), tokens: () => Promise.resolve(tokens), timeoutMs: 30_000 });
}

async function outcome(one: Finder): Promise<string> {
  try {
    const session = await one.open();
    session.close();
    return `up at ${session.address.port}`;
  } catch (error) {
    assert.ok(error instanceof LinkError, String(error));
    return error.state === "elsewhere" ? `elsewhere: ${error.message}` : `${error.state} at ${one.address.port}`;
  }
}

const at = (port: number): { host: string; port: number } => ({ host: "127.0.0.1", port });

test("the folder tells where the service listens and what starts it", async (t) => {
  const folder = await home(t, record(5000));
  assert.deepEqual(await readRecord(folder), { address: at(5000), command: [PYTHON, "-P", "-m", "timecode_core"] });
});

test("a record that makes no sense, or leads off this machine, is none", async (t) => {
  for (const text of ["", "{", "[]", "null", record(5000, { address: "10.0.0.1" }), record(5000, { address: "127.0.0.1.example.org" }), record(5000, { port: "x" }), record(70_000), record(5000, { address: "127.0.0.1/@" })]) {
    assert.equal(await readRecord(await home(t, text)), undefined, text);
  }
  assert.equal(await readRecord(join(await scratch(t), "none")), undefined);
});

test("a command that somebody else could have written is not run, wherever the service is", async (t) => {
  const open = async (file: number, folder: number): Promise<readonly string[] | undefined> => {
    const one = await home(t, record(5000));
    await chmod(join(one, "service.json"), file);
    await chmod(one, folder);
    const read = await readRecord(one);
    assert.equal(read?.address.port, 5000);
    return read.command;
  };
  assert.equal((await open(0o600, 0o700))?.length, 4);
  assert.equal((await open(0o644, 0o755))?.length, 4);
  for (const [file, folder] of [[0o620, 0o700], [0o602, 0o700], [0o600, 0o770], [0o600, 0o707], [0o600, 0o1777]] as const) {
    assert.deepEqual(await open(file, folder), [], `${file.toString(8)} in ${folder.toString(8)}`);
  }
  // A file of somebody else's, by a link of ours: its owner has the say over what it holds.
  const linked = await home(t, record(5000));
  const shared = join(await scratch(t), "shared.json");
  await writeFile(shared, record(5001));
  await chmod(shared, 0o666);
  await symlink(shared, join(linked, "linked"));
  await rename(join(linked, "linked"), join(linked, "service.json"));
  assert.deepEqual(await readRecord(linked), { address: at(5001), command: [] });
});

test("only what looks like the service's own start is taken for a command", async (t) => {
  for (const command of [[], "timecode serve", ["serve"], ["timecode", "serve"], ["./python", "serve"], [PYTHON, "-c", "x"], [1, "serve"]]) {
    assert.deepEqual((await readRecord(await home(t, record(5000, { command }))))?.command, [], JSON.stringify(command));
  }
});

test("the address that is set is the person's word; else the folder says where, and the default is the last place", async (t) => {
  const ports = async (url: string, text: string): Promise<unknown> => {
    const { candidates, elsewhere } = await whereabouts(url, await home(t, text));
    return [candidates.map(urlOf), elsewhere && urlOf(elsewhere)];
  };
  const [usual, other] = ["http://127.0.0.1:4821", "http://127.0.0.1:5000"];
  assert.deepEqual(await ports("", "{"), [[usual], undefined]);
  assert.deepEqual(await ports("", record(5000)), [[other, usual], undefined]);
  assert.deepEqual(await ports("", record(4821)), [[usual], undefined]);
  assert.deepEqual(await ports(usual, record(5000)), [[usual], other]);
  assert.deepEqual(await ports(other, record(5000)), [[other], undefined]);
  for (const url of ["https://127.0.0.1:4821", "http://10.0.0.1:4821", "127.0.0.1:4821", "4821", "http://[x](command:y)"]) {
    await assert.rejects(whereabouts(url, homedir()), (error) => error instanceof LinkError && error.state === "bad-address" && !error.message.includes("["), url);
  }
});

test("an address that can't be used connects to nothing", async (t) => {
  const service = await fake(t);
  const folder = await home(t, record(service.port));
  for (const url of [`https://127.0.0.1:${service.port}`, `127.0.0.1:${service.port}`, `http://192.0.2.1:${service.port}`]) {
    assert.match(await outcome(finder(() => whereabouts(url, folder))), /^bad-address/);
  }
  assert.equal(service.connections, 0);
});

test("the service is found where its folder says, and at the next place where that is old", async (t) => {
  const [recorded, usual] = [await fake(t), await fake(t)];
  assert.equal(await outcome(finder({ candidates: [at(recorded.port), at(usual.port)] })), `up at ${recorded.port}`);
  assert.equal(usual.connections, 0);
  await recorded.close();
  assert.equal(await outcome(finder({ candidates: [at(recorded.port), at(usual.port)] })), `up at ${usual.port}`);
});

test("what answers is told before silence, and what proved itself before all", async (t) => {
  const [ours, foreign] = [await fake(t), await fake(t, "99999999-2222-4333-8444-555555555555")];
  const silent = await freePort();
  const other = await fake(t);
  other.rule = () => ({ status: 404 });
  assert.equal(await outcome(finder({ candidates: [at(silent), at(1)] })), "offline at 1");
  assert.equal(await outcome(finder({ candidates: [at(silent), at(foreign.port)] })), `unproven at ${foreign.port}`);
  assert.equal(await outcome(finder({ candidates: [at(other.port), at(silent)] })), `stranger at ${other.port}`);
  assert.equal(await outcome(finder({ candidates: [at(foreign.port), at(ours.port)] })), `up at ${ours.port}`);
  ours.rule = () => ({ status: 503 });
  assert.equal(await outcome(finder({ candidates: [at(ours.port), at(foreign.port)] })), `failing at ${ours.port}`);
});

test("a service that runs elsewhere than is set is told of once it has proved itself, and not used", async (t) => {
  const [ours, foreign] = [await fake(t), await fake(t, "99999999-2222-4333-8444-555555555555")];
  const silent = await freePort();
  for (const set of [silent, foreign.port]) {
    assert.equal(await outcome(finder({ candidates: [at(set)], elsewhere: at(ours.port) })), `elsewhere: http://127.0.0.1:${ours.port}`);
  }
  assert.equal(await outcome(finder({ candidates: [at(silent)], elsewhere: at(foreign.port) })), `offline at ${silent}`);
  assert.deepEqual(new Set([...ours.requests, ...foreign.requests].map(({ path }) => path.split("?")[0])), new Set(["/api/v1/hello"]));
});

test("a refused token is not tried again at any place until it is forgiven", async (t) => {
  const service = await fake(t);
  const one = finder({ candidates: [at(service.port)] });
  const session = await one.open();
  service.rule = (path) => (path.endsWith("/hello") ? "pass" : { status: 401 });
  await assert.rejects(session.get("/api/v1/status"), { state: "unauthorised" });
  session.close();
  assert.match(await outcome(one), /^unauthorised/);
  one.forgive();
  assert.match(await outcome(one), /^up/);
});
