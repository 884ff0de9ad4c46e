import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { BoundedFiles, type Files } from "../src/describe/files";
import { Lookups, type Answer } from "../src/describe/lookups";
import { Projects } from "../src/describe/project";

const PATIENCE_MS = 60_000;

/** Files far away: nothing is answered before a round trip, and all that is asked at the same time takes the same one. */
class FarFiles implements Files {
  trips = 0;
  asked = 0;
  #waiting: (() => void)[] = [];

  constructor(private readonly texts: { [name: string]: string }) {}

  async kind(name: string): Promise<"file" | "folder" | undefined> {
    await this.#trip();
    if (name in this.texts) return "file";
    return Object.keys(this.texts).some((one) => one.startsWith(`${name}/`)) ? "folder" : undefined;
  }

  async read(name: string): Promise<string | undefined> {
    const kind = await this.kind(name);
    if (kind !== "file") return undefined;
    await this.#trip();
    return this.texts[name];
  }

  async real(name: string): Promise<string> {
    await this.#trip();
    return name;
  }

  async until<T>(work: Promise<T>): Promise<T> {
    const state = { over: false };
    const done = work.finally(() => (state.over = true));
    for (;;) {
      for (let n = 0; n < 20; n++) await turn();
      if (state.over) return done;
      const answered = this.#waiting;
      this.#waiting = [];
      this.trips++;
      for (const answer of answered) answer();
    }
  }

  #trip(): Promise<void> {
    this.asked++;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

test("far away, a project and its branch take a few round trips, however deep the file lies", async () => {
  const deep = "/srv/code/lighthouse/packages/lens/src/main/java/org/example/lens/internal";
  const worlds: [string, { [name: string]: string }][] = [
    ["lighthouse", { "/srv/code/lighthouse/.git/HEAD": "ref: refs/heads/topic\n" }],
    ["other", { "/srv/code/lighthouse/.git": "gitdir: /srv/code/other/.git/worktrees/x\n", "/srv/code/other/.git/worktrees/x/HEAD": "ref: refs/heads/topic\n", "/srv/code/other/.git/worktrees/x/commondir": "../..\n" }],
  ];
  for (const [expected, world] of worlds) {
    const files = new FarFiles(world);
    const projects = new Projects({ files, path: path.posix, workspaces: () => [{ name: "w", path: "/srv/code/lighthouse" }], now: () => 0, patienceMs: PATIENCE_MS });
    const { name, branch, sure } = await files.until(projects.of(`${deep}/A.java`));
    assert.deepEqual([name, branch, sure], [expected, "topic", true]);
    // At a tenth of a second each, well within the two seconds that a heartbeat waits.
    assert.ok(files.trips <= 8, `${files.trips} round trips`);
  }
});

test("two heartbeats of a folder share one look-up", async () => {
  const files = new FarFiles({ "/w/.git/HEAD": "ref: refs/heads/main\n" });
  const projects = new Projects({ files, path: path.posix, workspaces: () => [], now: () => 0, patienceMs: PATIENCE_MS });
  await files.until(projects.of("/w/src/a"));
  const once = files.asked;
  const two = new FarFiles({ "/w/.git/HEAD": "ref: refs/heads/main\n" });
  const others = new Projects({ files: two, path: path.posix, workspaces: () => [], now: () => 0, patienceMs: PATIENCE_MS });
  await two.until(Promise.all([others.of("/w/src/a"), others.of("/w/src/a")]));
  // The branch is read by each, since it changes in place.
  assert.equal(two.asked, once + 2);
});

function stage(patienceMs: number): { lookups: Lookups<string>; asked: (() => void)[]; answers: Answer<string>[]; pass: (ms: number) => void } {
  let now = 0;
  const asked: (() => void)[] = [];
  const answers: Answer<string>[] = [];
  const look = (): Promise<Answer<string>> => {
    const answer = answers.shift() ?? { found: "nothing more", sure: true };
    return new Promise((resolve) => asked.push(() => { resolve(answer); }));
  };
  const lookups = new Lookups({ look, unknown: () => "unknown", now: () => now, patienceMs, freshMs: 60_000, lostMs: 60_000 });
  return { lookups, asked, answers, pass: (ms) => (now += ms) };
}

test("a look-up that takes longer than the patience serves the one who asks later", async () => {
  const { lookups, asked, answers, pass } = stage(5);
  answers.push({ found: "late", sure: true });
  assert.deepEqual(await lookups.get("/a"), { found: "unknown", sure: false });
  pass(5_000);
  assert.deepEqual(await lookups.get("/a"), { found: "unknown", sure: false });
  assert.equal(asked.length, 1, "it is still under way, and not begun again");
  asked[0]?.();
  await turn();
  assert.deepEqual(await lookups.get("/a"), { found: "late", sure: true });
});

test("a look-up that is never answered is begun again after a minute, and then has nothing to say", async () => {
  const { lookups, asked, answers, pass } = stage(5);
  answers.push({ found: "lost", sure: true }, { found: "new", sure: true });
  await lookups.get("/a");
  pass(60_000);
  const again = lookups.get("/a");
  asked[1]?.();
  assert.deepEqual(await again, { found: "new", sure: true });
  asked[0]?.();
  await turn();
  assert.deepEqual(await lookups.get("/a"), { found: "new", sure: true });
});

test("files that are asked in turn are never asked for more than that at once, and not without end", async () => {
  let running = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const slow: Files = {
    kind: () => new Promise((resolve) => {
      most = Math.max(most, ++running);
      waiting.push(() => {
        running--;
        resolve("file");
      });
    }),
    read: () => Promise.reject(new Error("EIO")),
    real: (name) => Promise.resolve(name),
  };
  const files = new BoundedFiles(slow, 3);
  const all = Promise.all(Array.from({ length: 10 }, () => files.kind("/a")));
  const failing = assert.rejects(files.read("/a"), /EIO/);
  while (waiting.length > 0 || running > 0) {
    waiting.shift()?.();
    await turn();
  }
  assert.equal((await all).length, 10);
  await failing;
  assert.equal(await files.real("/a"), "/a", "one that fails gives up its turn");
  assert.equal(most, 3);
  const lost = Array.from({ length: 3_000 }, () => files.kind("/hung").then(() => "answered", () => "refused"));
  assert.equal(await Promise.race(lost), "refused");
});
