import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { test, type TestContext } from "node:test";
import { gitCommand, type GitCommandOptions } from "../src/describe/gitCommand";
import { nodeFiles } from "../src/describe/nodeFiles";
import { Projects } from "../src/describe/project";
import { scratch } from "./support/folders";

interface Bench {
  readonly folder: string;
  readonly root: string;
  readonly said: string[];
  readonly options: GitCommandOptions;
  /** The branch as a new heartbeat finds it. */
  readonly branch: () => Promise<string>;
  /** What the git in place was called with, a line each. */
  readonly calls: () => Promise<string[]>;
}

/** A repository as git leaves one in the reftable format, and a program by the name of git that does what it is told. */
async function bench(t: TestContext, script: string, more: Partial<GitCommandOptions> = {}): Promise<Bench> {
  const folder = await realpath(await scratch(t));
  const root = path.join(folder, "lighthouse");
  const log = path.join(folder, "calls");
  await mkdir(path.join(root, ".git", "reftable"), { recursive: true });
  await writeFile(path.join(root, ".git", "HEAD"), "ref: refs/heads/.invalid\n");
  await writeFile(path.join(root, ".git", "reftable", "tables.list"), "0x01-0x01-aa.ref\n");
  await program(path.join(folder, "bin"), `echo "$PWD $* [$GIT_DIR$GIT_SSH_COMMAND]" >> '${log}'\n${script}`);
  const said: string[] = [];
  const options: GitCommandOptions = {
    environment: { PATH: ["relative", path.join(root, "bin"), path.join(folder, "bin")].join(path.delimiter), GIT_DIR: "/elsewhere", GIT_SSH_COMMAND: "evil" },
    trusted: () => true, strange: () => [], say: (line) => said.push(line), now: () => 0, ...more,
  };
  const projects = new Projects({ files: nodeFiles, path, workspaces: () => [], now: () => 0, patienceMs: 60_000, ask: gitCommand(options) });
  return {
    folder, root, said, options,
    branch: async () => (await projects.of(path.join(root, "a"))).branch,
    calls: async () => (await readFile(log, "utf8").catch(() => "")).split("\n").filter((line) => line !== ""),
  };
}

async function program(folder: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "git"), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, "git"), 0o755);
}

test("git is asked once, from within the checkout, and again when a reference has changed", async (t) => {
  const { root, branch, calls, said } = await bench(t, "echo refs/heads/topic/lamp");
  assert.deepEqual([await branch(), await branch()], ["topic/lamp", "topic/lamp"]);
  const [call = "", ...more] = await calls();
  assert.ok(call.startsWith(`${root} `) && call.includes("core.fsmonitor=false") && call.endsWith("symbolic-ref --quiet HEAD []"), call);
  assert.deepEqual(more, []);
  await writeFile(path.join(root, ".git", "reftable", "tables.list"), "0x01-0x02-bb.ref\n");
  await branch();
  assert.equal((await calls()).length, 2);
  assert.deepEqual(said, []);
});

test("a detached head has no branch, which is no complaint; nor has one that an old git takes for a branch", async (t) => {
  for (const script of ["exit 1", "echo refs/heads/.invalid"]) {
    const { branch, said } = await bench(t, script);
    assert.deepEqual([await branch(), said], ["", []]);
  }
});

test("what keeps git from telling is said once", async (t) => {
  const { root, branch, said } = await bench(t, "echo 'fatal: unknown repository extension found: refstorage' >&2; exit 128");
  for (const table of ["a", "b", "c"]) {
    await writeFile(path.join(root, ".git", "reftable", "tables.list"), table);
    assert.equal(await branch(), "");
  }
  assert.deepEqual(said, ["No branch of repositories with the reftable format: fatal: unknown repository extension found: refstorage"]);
});

test("no git is said, and none is taken from the checkout, from folders that are open, or by a relative path", async (t) => {
  const one = await bench(t, "echo refs/heads/evil");
  await program(path.join(one.root, "bin"), "echo refs/heads/evil");
  await rm(path.join(one.folder, "bin"), { recursive: true });
  assert.deepEqual([await one.branch(), one.said], ["", ["No branch of repositories with the reftable format: git is not installed"]]);
  const other = await bench(t, "echo refs/heads/evil", { strange: () => [other.folder] });
  assert.deepEqual([await other.branch(), await other.calls()], ["", []]);
  const environment: NodeJS.ProcessEnv = {};
  const third = await bench(t, "echo refs/heads/evil", { environment });
  environment["PATH"] = path.relative(process.cwd(), path.join(third.folder, "bin"));
  assert.deepEqual([await third.branch(), await third.calls()], ["", []]);
});

test("no git is run where the person trusts nothing, nor where settings lead elsewhere", async (t) => {
  const distrusted = await bench(t, "echo refs/heads/evil", { trusted: () => false });
  assert.deepEqual([await distrusted.branch(), await distrusted.calls()], ["", []]);
  for (const config of ["[core] bare = false [include] path = //evil/share", "[ INCLUDEIF \"gitdir:/\"]\n\tpath = x", "[core]\n\tworktree = \"\\\\\\\\evil\\\\share\""]) {
    const { root, branch, calls } = await bench(t, "echo refs/heads/evil");
    await writeFile(path.join(root, ".git", "config"), config);
    assert.deepEqual([await branch(), await calls()], ["", []], config);
  }
});

test("real git tells the head, and runs nothing that a repository's settings name", async (t) => {
  const { folder, options } = await bench(t, "");
  const root = path.join(folder, "real");
  const marker = path.join(folder, "ran");
  const evil = path.join(folder, "evil");
  await writeFile(evil, `#!/bin/sh\ntouch '${marker}'\n`);
  await chmod(evil, 0o755);
  execFileSync("git", ["init", "-q", "-b", "topic", root]);
  for (const name of ["core.fsmonitor", "core.pager", "pager.symbolic-ref", "core.sshCommand", "core.editor", "credential.helper", "alias.symbolic-ref", "core.askPass", "diff.external"]) {
    execFileSync("git", ["-C", root, "config", name, name.startsWith("alias") ? `!${evil}` : evil]);
  }
  for (const hook of ["reference-transaction", "post-checkout", "post-index-change"]) {
    await writeFile(path.join(root, ".git", "hooks", hook), `#!/bin/sh\ntouch '${marker}'\n`);
    await chmod(path.join(root, ".git", "hooks", hook), 0o755);
  }
  const ask = gitCommand({ ...options, environment: process.env });
  const gitDir = path.join(root, ".git");
  assert.equal(await ask({ root, gitDir, configs: [path.join(gitDir, "config")], version: "1" }), "refs/heads/topic\n");
  assert.equal(await nodeFiles.kind(marker), undefined);
});

test("real git tells the branch of a repository that it made in the format; a git older than that says that it can't", async (t) => {
  const { folder, options, said } = await bench(t, "");
  const root = path.join(folder, "real");
  const git = (...words: string[]): boolean => spawnSync("git", ["-C", folder, ...words]).status === 0;
  const knows = git("init", "-q", "-b", "topic", "--ref-format=reftable", root);
  const projects = new Projects({ files: nodeFiles, path, workspaces: () => [], now: () => 0, patienceMs: 60_000, ask: gitCommand({ ...options, environment: process.env }) });
  const branch = async (): Promise<string> => (await projects.of(path.join(root, "a"))).branch;
  if (knows) {
    assert.equal(await branch(), "topic");
    git("-C", root, "checkout", "-q", "-b", "other");
    assert.equal(await branch(), "other");
    assert.deepEqual(said, []);
  } else {
    git("init", "-q", root);
    for (const [name, value] of [["core.repositoryFormatVersion", "1"], ["extensions.refStorage", "reftable"]] as const) git("-C", root, "config", name, value);
    await mkdir(path.join(root, ".git", "reftable"));
    await writeFile(path.join(root, ".git", "HEAD"), "ref: refs/heads/.invalid\n");
    await writeFile(path.join(root, ".git", "reftable", "tables.list"), "0x01-0x01-aa.ref\n");
    assert.equal(await branch(), "");
    assert.match(said.join("\n"), /^No branch of repositories with the reftable format: .*(?:extension|refstorage)/i);
  }
});
