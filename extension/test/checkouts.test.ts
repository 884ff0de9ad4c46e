import assert from "node:assert/strict";
import { mkdir, realpath, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { test, type TestContext } from "node:test";
import { nodeFiles } from "../src/describe/nodeFiles";
import { Projects, type Project } from "../src/describe/project";
import { scratch } from "./support/folders";

// A busy machine's disk is no share out of reach.
const PATIENCE_MS = 60_000;

/** Makes files by their paths within a folder of the test's own; a path that ends in a slash is a folder. */
async function laidOut(t: TestContext, files: { [name: string]: string }): Promise<string> {
  const folder = await realpath(await scratch(t));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(name.endsWith("/") ? file : path.dirname(file), { recursive: true });
    if (!name.endsWith("/")) await writeFile(file, text);
  }
  return folder;
}

async function of(file: string): Promise<Pick<Project, "name" | "branch" | "root">> {
  const projects = new Projects({ files: nodeFiles, path, workspaces: () => [], now: () => 0, patienceMs: PATIENCE_MS });
  const { name, branch, root } = await projects.of(file);
  return { name, branch, root };
}

test("a worktree whose repository is out of reach is named from its pointer, whatever system wrote that", async (t) => {
  const folder = await laidOut(t, { "feature-login/": "" });
  const root = path.join(folder, "feature-login");
  const cases: [string, string][] = [
    ["/home/ann/shop/.git/worktrees/feature-login", "shop"], ["/srv/git/shop.git/worktrees/x", "shop"], ["/home/ann/shop/.bare/worktrees/x/", "shop"],
    ["C:/Users/Ann/shop/.git/worktrees/feature-login", "shop"], ["C:\\Users\\Ann\\shop\\.git\\worktrees\\feature-login", "shop"], ["\\\\server\\share\\shop\\.git\\worktrees\\x", "shop"],
    ["../nowhere/shop/.git/worktrees/x", "shop"], ["/home/ann/shop/.git/modules/lens/worktrees/x", "lens"],
    ["/home/ann/shop/.git/modules/lib", "feature-login"], ["/home/ann/shop/.git/modules/worktrees/lib", "feature-login"], ["/home/ann/apart.git", "feature-login"], ["/worktrees/x", "feature-login"],
  ];
  for (const [pointer, name] of cases) {
    await writeFile(path.join(root, ".git"), `gitdir: ${pointer}\n`);
    assert.deepEqual(await of(path.join(root, "src", "a.ts")), { name, branch: "", root }, pointer);
  }
});

test("no other machine is called for the sake of a name", async () => {
  const asked: string[] = [];
  const files = {
    read: (name: string) => {
      asked.push(name);
      return Promise.resolve(name === "C:\\p\\.git" ? "gitdir: \\\\elsewhere\\share\\shop\\.git\\worktrees\\x" : undefined);
    },
    kind: (name: string) => {
      asked.push(name);
      return Promise.resolve(name === "C:\\p\\.git" ? ("file" as const) : undefined);
    },
    real: (name: string) => Promise.resolve(name),
  };
  const { name, branch } = await new Projects({ files, path: path.win32, workspaces: () => [], now: () => 0 }).of("C:\\p\\a.ts");
  assert.deepEqual([name, branch], ["shop", ""]);
  assert.ok(asked.length > 0 && asked.every((one) => !one.startsWith("\\\\")));
});

test("a submodule within reach goes by its own folder, even one that is called worktrees", async (t) => {
  const folder = await laidOut(t, {
    "shop/.git/HEAD": "ref: refs/heads/main\n",
    "shop/.git/modules/worktrees/lib/HEAD": "ref: refs/heads/trunk\n",
    "shop/worktrees/lib/.git": "gitdir: ../../.git/modules/worktrees/lib\n",
  });
  const root = path.join(folder, "shop", "worktrees", "lib");
  assert.deepEqual(await of(path.join(root, "a")), { name: "lib", branch: "trunk", root });
});

test("a repository that is kept apart, though in a folder called worktrees, goes by its checkout's folder", async (t) => {
  const folder = await laidOut(t, { "worktrees/lamp/HEAD": "ref: refs/heads/main\n", "lamp/.git": "gitdir: ../worktrees/lamp\n" });
  const root = path.join(folder, "lamp");
  assert.deepEqual(await of(path.join(root, "a")), { name: "lamp", branch: "main", root });
});

test("a Mercurial checkout has the branch that was named, or the bookmark that moves along, and a share goes by its source", async (t) => {
  const folder = await laidOut(t, {
    "tower/.hg/store/": "", "tower/src/": "",
    "named/.hg/branch": "stable\n",
    "marked/.hg/branch": "stable\n", "marked/.hg/bookmarks.current": "lamp",
    "share/.hg/sharedpath": "../../tower/.hg\n", "broken/.hg/sharedpath": "\n",
  });
  const cases = [["tower/src", "tower", "default"], ["named", "named", "stable"], ["marked", "marked", "lamp"], ["share", "tower", "default"], ["broken", "broken", "default"]] as const;
  for (const [where, name, branch] of cases) {
    const root = path.join(folder, where.split("/")[0] ?? "");
    assert.deepEqual(await of(path.join(folder, where, "a")), { name, branch, root }, where);
  }
});

test("a Jujutsu checkout is one by itself, in a further workspace, and beside git", async (t) => {
  const folder = await laidOut(t, {
    "lens/.jj/repo/store/": "",
    "second/.jj/repo": "../../lens/.jj/repo", "broken/.jj/repo": "",
    "both/.jj/repo/store/": "", "both/.git/HEAD": "ref: refs/heads/main\n",
  });
  for (const [where, name, branch] of [["lens", "lens", ""], ["second", "lens", ""], ["both", "both", "main"], ["broken", "broken", ""]] as const) {
    assert.deepEqual(await of(path.join(folder, where, "a")), { name, branch, root: path.join(folder, where) });
  }
});

test("a Subversion checkout is one from its root, and a stray .svn is none", async (t) => {
  const folder = await laidOut(t, { "pier/.svn/wc.db": "", "pier/trunk/.svn/entries": "", "old/.svn/entries": "" });
  const root = path.join(folder, "pier");
  assert.deepEqual(await of(path.join(root, "trunk", "a")), { name: "pier", branch: "", root });
  assert.equal((await of(path.join(folder, "old", "a"))).name, "");
});

test("the nearest checkout counts, of whatever kind", async (t) => {
  const folder = await laidOut(t, { "outer/.git/HEAD": "ref: refs/heads/main\n", "outer/inner/.hg/store/": "" });
  assert.equal((await of(path.join(folder, "outer", "inner", "deep", "a"))).name, "inner");
});
