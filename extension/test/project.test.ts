import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { test, type TestContext } from "node:test";
import type { Files } from "../src/describe/files";
import { nodeFiles } from "../src/describe/nodeFiles";
import { Projects, type Project, type WorkspaceFolder } from "../src/describe/project";
import { scratch } from "./support/folders";

// Without the upkeep that newer git leaves running behind a commit, while the test's folder is removed.
function git(folder: string, ...words: string[]): void {
  const who = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false"];
  execFileSync("git", [...who, ...words], { cwd: folder, stdio: "pipe" });
}

async function repository(folder: string, branch = "main"): Promise<string> {
  await mkdir(path.join(folder, "src"), { recursive: true });
  git(folder, "init", "-q", "-b", branch);
  await writeFile(path.join(folder, "src", "a.ts"), "");
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", "one");
  return folder;
}

// A busy machine's disk is no share out of reach.
const PATIENCE_MS = 60_000;

async function find(file: string, workspace?: WorkspaceFolder): Promise<Omit<Project, "names">> {
  const { name, branch, root, sure } = await fresh().of(file, workspace);
  return { name, branch, root, sure };
}

function fresh(): Projects {
  return new Projects(nodeFiles, path, () => 0, PATIENCE_MS);
}

async function home(t: TestContext): Promise<string> {
  // A test's own folder may lie in somebody's checkout; a named root above keeps that out.
  return scratch(t);
}

test("a file belongs to its git checkout and its branch, from any depth", async (t) => {
  const root = await repository(path.join(await home(t), "lighthouse"), "feature/lamp");
  assert.deepEqual(await find(path.join(root, "src", "a.ts")), { name: "lighthouse", branch: "feature/lamp", root, sure: true });
});

test("a detached head has no branch; a rebase keeps the branch it moves", async (t) => {
  const root = await repository(path.join(await home(t), "p"));
  git(root, "checkout", "-q", "--detach");
  assert.equal((await find(path.join(root, "a"))).branch, "");
  await mkdir(path.join(root, ".git", "rebase-merge"));
  await writeFile(path.join(root, ".git", "rebase-merge", "head-name"), "refs/heads/topic\n");
  assert.equal((await find(path.join(root, "a"))).branch, "topic");
});

test("a worktree goes by its repository's name and has its own branch", async (t) => {
  const folder = await home(t);
  const root = await repository(path.join(folder, "lighthouse"));
  const tree = path.join(folder, "elsewhere");
  git(root, "worktree", "add", "-q", "-b", "fix", tree);
  assert.deepEqual(await find(path.join(tree, "src", "a.ts")), { name: "lighthouse", branch: "fix", root: tree, sure: true });
});

test("a submodule is a project of its own", async (t) => {
  const folder = await home(t);
  const inner = await repository(path.join(folder, "lens"), "trunk");
  const outer = await repository(path.join(folder, "lighthouse"));
  git(outer, "submodule", "--quiet", "add", inner, "parts/lens");
  const root = path.join(outer, "parts", "lens");
  assert.deepEqual(await find(path.join(root, "src", "a.ts")), { name: "lens", branch: "trunk", root, sure: true });
});

test("bare repositories: looked at themselves, and with worktrees beside or above them", async (t) => {
  const folder = await home(t);
  const source = await repository(path.join(folder, "source"));
  const bare = path.join(folder, "tower.git");
  git(folder, "clone", "-q", "--bare", source, bare);
  assert.deepEqual(await find(path.join(bare, "hooks", "x")), { name: "tower", branch: "main", root: bare, sure: true });
  const tree = path.join(folder, "tower-main");
  git(bare, "worktree", "add", "-q", tree, "main");
  assert.deepEqual(await find(path.join(tree, "src", "a.ts")), { name: "tower", branch: "main", root: tree, sure: true });

  const holder = path.join(folder, "beacon");
  git(folder, "clone", "-q", "--bare", source, path.join(holder, ".bare"));
  git(path.join(holder, ".bare"), "worktree", "add", "-q", "-b", "topic", path.join(holder, "topic"));
  assert.equal((await find(path.join(holder, "topic", "src", "a.ts"))).name, "beacon");
});

test("a project file names project and branch, the nearest one and Timecode's own first", async (t) => {
  const root = await repository(path.join(await home(t), "lighthouse"));
  await writeFile(path.join(root, ".wakatime-project"), "Old name\nold branch\n");
  assert.deepEqual(await find(path.join(root, "src", "a.ts")), { name: "Old name", branch: "old branch", root, sure: true });
  await writeFile(path.join(root, ".timecode-project"), "\n");
  assert.deepEqual(await find(path.join(root, "src", "a.ts")), { name: "lighthouse", branch: "main", root, sure: true });
  await writeFile(path.join(root, "src", ".timecode-project"), "Inner");
  assert.deepEqual(await find(path.join(root, "src", "a.ts")), { name: "Inner", branch: "main", root: path.join(root, "src"), sure: true });
});

test("a project goes by every name that a rule may use for it", async (t) => {
  const root = await repository(path.join(await home(t), "lighthouse"));
  await writeFile(path.join(root, ".timecode-project"), "Lamp\n");
  const { names } = await fresh().of(path.join(root, "src", "a.ts"), { name: "My lamp", path: root });
  assert.deepEqual(new Set(names), new Set(["Lamp", "lighthouse", "My lamp"]));
  assert.deepEqual((await fresh().of(path.join(await home(t), "a.ts"), undefined)).names, []);
});

test("without git a file belongs to its workspace folder, and without that to nothing", async (t) => {
  const folder = await home(t);
  const file = path.join(folder, "notes", "a.txt");
  assert.deepEqual(await find(file, { name: "My notes", path: folder }), { name: "My notes", branch: "", root: folder, sure: true });
  assert.deepEqual(await find(file), { name: "", branch: "", root: "", sure: true });
});

test("a broken .git is no checkout, and does no harm", async (t) => {
  const folder = await home(t);
  await writeFile(path.join(folder, ".git"), "gitdir: \n");
  assert.equal((await find(path.join(folder, "a"))).name, "");
  await writeFile(path.join(folder, ".git"), "gitdir: ../nowhere\n");
  assert.equal((await find(path.join(folder, "a"))).branch, "");
});

test("a change of branch is seen at once, a new checkout within a minute", async (t) => {
  const folder = await home(t);
  let now = 0;
  const projects = new Projects(nodeFiles, path, () => now, PATIENCE_MS);
  const file = path.join(folder, "p", "src", "a.ts");
  assert.equal((await projects.of(file, undefined)).name, "");
  const root = await repository(path.join(folder, "p"));
  now += 61_000;
  assert.equal((await projects.of(file, undefined)).branch, "main");
  git(root, "checkout", "-q", "-b", "other");
  assert.equal((await projects.of(file, undefined)).branch, "other");
});

test("what is no plain small file is not read, and only absence counts as absent", async (t) => {
  const folder = await home(t);
  execFileSync("mkfifo", [path.join(folder, ".timecode-project")]);
  await writeFile(path.join(folder, ".wakatime-project"), "x".repeat(100_000));
  assert.deepEqual(await find(path.join(folder, "a")), { name: "", branch: "", root: "", sure: true });
  for (const name of ["nothing", ".wakatime-project/below", "n".repeat(300), "\0"]) assert.equal(await nodeFiles.read(path.join(folder, name)), undefined);
});

test("while the file system fails or hangs, the last known project holds, and none is sure before", async () => {
  let now = 0;
  let answer: () => Promise<string | undefined> = () => Promise.reject(new Error("EIO"));
  const files: Files = { read: (name) => (name === "/p/.timecode-project" ? answer() : Promise.resolve(undefined)), kind: () => Promise.resolve(undefined) };
  const projects = new Projects(files, path.posix, () => now, 20);
  const folder = { name: "folder", path: "/p" };
  const look = async (): Promise<[string, boolean]> => {
    now += 61_000;
    const { name, sure } = await projects.of("/p/a", folder);
    return [name, sure];
  };
  assert.deepEqual(await look(), ["folder", false]);
  answer = () => new Promise(() => undefined);
  assert.deepEqual(await look(), ["folder", false]);
  answer = () => Promise.resolve("secret");
  assert.deepEqual(await look(), ["secret", true]);
  answer = () => new Promise(() => undefined);
  assert.deepEqual(await look(), ["secret", true]);
  answer = () => Promise.reject(new Error("EIO"));
  assert.deepEqual(await look(), ["secret", true]);
  answer = () => Promise.resolve(undefined);
  assert.deepEqual(await look(), ["folder", true]);
});
