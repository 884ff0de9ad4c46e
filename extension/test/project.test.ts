import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, realpath, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { test, type TestContext } from "node:test";
import type { Files } from "../src/describe/files";
import { nodeFiles } from "../src/describe/nodeFiles";
import { Projects, type Project, type ProjectsOptions, type WorkspaceFolder } from "../src/describe/project";
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

type Told = Pick<Project, "name" | "branch" | "root" | "sure">;

async function find(file: string, workspace?: WorkspaceFolder): Promise<Told> {
  const { name, branch, root, sure } = await fresh(workspace).of(file);
  return { name, branch, root, sure };
}

function fresh(...workspaces: (WorkspaceFolder | undefined)[]): Projects {
  return projects({ workspaces: () => workspaces.filter((one) => one !== undefined) });
}

function projects(more: Partial<ProjectsOptions>): Projects {
  return new Projects({ files: nodeFiles, path, workspaces: () => [], now: () => 0, patienceMs: PATIENCE_MS, ...more });
}

const emptyFiles: Files = { read: () => Promise.resolve(undefined), kind: () => Promise.resolve(undefined), real: (name) => Promise.resolve(name) };

async function home(t: TestContext): Promise<string> {
  // On some systems the folder of temporary files is reached by a link.
  return realpath(await scratch(t));
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

test("a project file that names a part of a checkout is nearer than the checkout, one above is not", async (t) => {
  const folder = await home(t);
  const root = await repository(path.join(folder, "clients", "lighthouse"), "topic");
  await writeFile(path.join(folder, "clients", ".wakatime-project"), "Everybody\nsome branch\n");
  const above = await fresh().of(path.join(root, "src", "a.ts"));
  assert.deepEqual([above.name, above.root, above.branch], ["lighthouse", root, "topic"]);
  assert.ok(above.names.includes("Everybody"), "a rule on the name above still is on it");
  assert.equal((await find(path.join(folder, "clients", "notes.md"))).name, "Everybody");
  await writeFile(path.join(root, "src", ".wakatime-project"), "Lens");
  assert.deepEqual(await find(path.join(root, "src", "a.ts")), { name: "Lens", branch: "topic", root: path.join(root, "src"), sure: true });
});

test("a project file in a home folder that gives no name of its own names nothing", async (t) => {
  for (const name of ["HOME", "USERPROFILE"]) {
    const before = process.env[name];
    process.env[name] = "/data/ann";
    t.after(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
    });
  }
  for (const text of ["", "\n", "{project}", "team/{project}"]) {
    for (const [folder, flavour] of [["/data/ann", path.posix], ["/mnt/data/ann", path.posix], ["/home/bob", path.posix], ["/root", path.posix], ["/", path.posix], ["C:\\Users\\ann", path.win32]] as const) {
      const files: Files = { ...emptyFiles, read: (name) => Promise.resolve(name === flavour.join(folder, ".wakatime-project") ? text : undefined) };
      const { name } = await projects({ files, path: flavour }).of(flavour.join(folder, "notes", "a.md"));
      assert.equal(name, "", `${folder} ${text}`);
    }
  }
  const files: Files = { ...emptyFiles, read: (name) => Promise.resolve(name === "/home/ann/.wakatime-project" ? "Private" : undefined) };
  assert.equal((await projects({ files, path: path.posix }).of("/home/ann/notes/a.md")).name, "Private");
});

test("{project} stands for the folder's name, and in a worktree for its repository's", async (t) => {
  const folder = await home(t);
  const root = await repository(path.join(folder, "shop"));
  await writeFile(path.join(root, ".wakatime-project"), "acme/{project}-{project}$&\n{project}\n");
  git(root, "add", "-A");
  git(root, "commit", "-qm", "two");
  const tree = path.join(folder, "elsewhere");
  git(root, "worktree", "add", "-q", "-b", "fix", tree);
  for (const one of [root, tree]) {
    const { name, branch } = await find(path.join(one, "src", "a.ts"));
    assert.deepEqual([name, branch], ["acme/shop-shop$&", "{project}"]);
  }
  await writeFile(path.join(root, "src", ".timecode-project"), "{project} of acme");
  assert.equal((await find(path.join(root, "src", "a.ts"))).name, "src of acme");
});

test("no encoding loses a name", async (t) => {
  const folder = await home(t);
  const file = path.join(folder, ".wakatime-project");
  const cases: [Buffer, string, string][] = [
    [Buffer.from("\ufeffCafé\r\nmain\r\n", "utf16le"), "Café", "main"], [Buffer.from("\ufeffCafé\nmain", "utf16le").swap16(), "Café", "main"],
    [Buffer.from("\ufeffCafé\rmain"), "Café", "main"], [Buffer.from("Café\n", "latin1"), "Café", ""],
  ];
  for (const [bytes, name, branch] of cases) {
    await writeFile(file, bytes);
    const found = await find(path.join(folder, "a"));
    assert.deepEqual([found.name, found.branch, found.sure], [name, branch, true]);
  }
  const root = await repository(path.join(folder, "p"));
  await writeFile(path.join(root, ".git", "HEAD"), Buffer.from("ref: refs/heads/été\n", "latin1"));
  assert.equal((await find(path.join(root, "a"))).branch, "été");
});

test("a project goes by every name that a rule may use for it", async (t) => {
  const root = await repository(path.join(await home(t), "lighthouse"));
  await writeFile(path.join(root, ".timecode-project"), "Lamp\n");
  const { names } = await fresh({ name: "My lamp", path: root }).of(path.join(root, "src", "a.ts"));
  assert.deepEqual(new Set(names), new Set(["Lamp", "lighthouse", "My lamp"]));
  assert.deepEqual((await fresh().of(path.join(await home(t), "a.ts"))).names, []);
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
  const finder = projects({ now: () => now });
  const file = path.join(folder, "p", "src", "a.ts");
  assert.equal((await finder.of(file)).name, "");
  const root = await repository(path.join(folder, "p"));
  now += 61_000;
  assert.equal((await finder.of(file)).branch, "main");
  git(root, "checkout", "-q", "-b", "other");
  assert.equal((await finder.of(file)).branch, "other");
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
  const files: Files = { ...emptyFiles, read: (name) => (name === "/p/.timecode-project" ? answer() : Promise.resolve(undefined)) };
  const finder = projects({ files, path: path.posix, now: () => now, patienceMs: 20, lostMs: 60_000, workspaces: () => [{ name: "folder", path: "/p" }] });
  const look = async (): Promise<[string, boolean]> => {
    now += 61_000;
    const { name, sure } = await finder.of("/p/a");
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
