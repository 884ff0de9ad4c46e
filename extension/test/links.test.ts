import assert from "node:assert/strict";
import { mkdir, realpath, symlink, unlink, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import type { Files } from "../src/describe/files";
import { HERE } from "../src/describe/glob";
import { nodeFiles } from "../src/describe/nodeFiles";
import { among, excluding, hiding, redact } from "../src/describe/privacy";
import { Projects, type Project, type WorkspaceFolder } from "../src/describe/project";
import { scratch, withScratch } from "./support/folders";

// A busy machine's disk is no share out of reach.
const PATIENCE_MS = 60_000;
const RULES = { paths: "relative", branches: true, hidesProject: () => false, hashKey: "" } as const;

function finder(files: Files, workspaces: readonly WorkspaceFolder[] = [], now = (): number => 0): Projects {
  return new Projects({ files, path, workspaces: () => workspaces, now, patienceMs: PATIENCE_MS });
}

/** The bare minimum of a repository, as git itself would take it for one. */
async function checkout(root: string, branch: string, ...files: string[]): Promise<void> {
  await mkdir(path.join(root, ".git", "objects"), { recursive: true });
  await mkdir(path.join(root, ".git", "refs"));
  await writeFile(path.join(root, ".git", "HEAD"), `ref: refs/heads/${branch}\n`);
  for (const file of files) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), "");
  }
}

async function place(t: TestContext): Promise<string> {
  return realpath(await scratch(t));
}

const told = ({ name, branch, root }: Project): string[] => [name, branch, root];
const entity = (project: Project): string => redact(project, RULES, path).entity;

test("a repository is one project, whatever link leads into it", async (t) => {
  const work = await place(t);
  const root = path.join(work, "lighthouse");
  await checkout(root, "topic", "src/lamp/a.py");
  await symlink(root, path.join(work, "alias"));
  await symlink(path.join(root, "src", "lamp"), path.join(work, "lamp"));
  await symlink(path.join(root, "src", "lamp", "a.py"), path.join(work, "b.py"));
  const projects = finder(nodeFiles, [{ name: "work", path: work }]);
  for (const file of ["lighthouse/src/lamp/a.py", "alias/src/lamp/a.py", "lamp/a.py", "b.py"]) {
    const project = await projects.of(path.join(work, file));
    assert.deepEqual([...told(project), entity(project)], ["lighthouse", "topic", root, "src/lamp/a.py"], file);
    assert.deepEqual([project.sure, project.resolved], [true, true]);
  }
  const unsaved = await projects.of(path.join(work, "lamp", "new", "c.py"));
  assert.equal(entity(unsaved), "src/lamp/new/c.py", "what doesn't exist yet is where its folder is");
  assert.equal((await projects.ofFolder(path.join(work, "lamp"))).name, "lighthouse");
});

test("an excluded project stays excluded behind a link, by each of its names and paths", async (t) => {
  const work = await place(t);
  await checkout(path.join(work, "secret"), "main", "a.py");
  await symlink(path.join(work, "secret"), path.join(work, "alias"));
  await writeFile(path.join(work, "secret", ".timecode-project"), "Velvet\n");
  const opened = [{ name: "My velvet", path: path.join(work, "alias") }, { name: "work", path: work }];
  const projects = finder(nodeFiles, opened);
  for (const file of ["alias/a.py", "secret/a.py"]) {
    const project = await projects.of(path.join(work, file));
    for (const name of ["secret", "alias", "Velvet", "My velvet"]) assert.ok(among([name])(project), `${name} ${file}`);
    for (const glob of ["alias/**", "**/secret", path.join(work, "secret"), path.join(work, "alias", "*.py")]) assert.ok(excluding([glob], HERE)(project), `${glob} ${file}`);
  }
});

test("the name of a link to a project is one of the project's, though nothing is open", async (t) => {
  const work = await place(t);
  await checkout(path.join(work, "lighthouse"), "main", "a.py");
  await symlink(path.join(work, "lighthouse"), path.join(work, "alias"));
  const { name, names } = await finder(nodeFiles).of(path.join(work, "alias", "a.py"));
  assert.deepEqual([name, new Set(names)], ["lighthouse", new Set(["lighthouse", "alias"])]);
});

test("a linked folder that is in no project belongs to the one that links to it", async (t) => {
  const work = await place(t);
  await mkdir(path.join(work, "data", "deep"), { recursive: true });
  await checkout(path.join(work, "lighthouse"), "main");
  await symlink(path.join(work, "data"), path.join(work, "lighthouse", "data"));
  const project = await finder(nodeFiles).of(path.join(work, "lighthouse", "data", "deep", "a.csv"));
  assert.deepEqual([project.name, entity(project)], ["lighthouse", "data/deep/a.csv"]);
});

test("a folder without any repository is one project by its link and by itself", async (t) => {
  const work = await place(t);
  await mkdir(path.join(work, "notes"));
  await symlink(path.join(work, "notes"), path.join(work, "alias"));
  const projects = finder(nodeFiles, [{ name: "Notes", path: path.join(work, "alias") }]);
  for (const folder of ["alias", "notes"]) {
    const project = await projects.of(path.join(work, folder, "a.md"));
    assert.deepEqual([project.name, entity(project)], ["Notes", "a.md"]);
  }
});

test("a link that leads elsewhere now is followed there", async (t) => {
  const work = await place(t);
  await checkout(path.join(work, "one"), "main", "a");
  await checkout(path.join(work, "other"), "main", "a");
  const link = path.join(work, "link");
  let now = 0;
  const projects = finder(nodeFiles, [], () => now);
  for (const name of ["one", "other"]) {
    await symlink(path.join(work, name), link);
    assert.equal((await projects.of(path.join(link, "a"))).name, name);
    await unlink(link);
    now += 5_000;
  }
});

test("a circle of links and a link to nothing do no harm", async (t) => {
  const work = await place(t);
  await symlink(path.join(work, "b"), path.join(work, "a"));
  await symlink(path.join(work, "a"), path.join(work, "b"));
  await symlink(path.join(work, "nowhere"), path.join(work, "c"));
  const projects = finder(nodeFiles, [{ name: "work", path: work }]);
  for (const file of ["a/x", "c/x", "c"]) assert.equal((await projects.of(path.join(work, file))).name, "work", file);
});

test("where a link can't be followed, its project is not sure, and hidden as soon as there is a rule", async () => {
  const files: Files = { read: () => Promise.resolve(undefined), kind: () => Promise.resolve(undefined), real: () => Promise.reject(new Error("no links here")) };
  const project = await finder(files, [{ name: "w", path: "/w" }]).of("/w/alias/a.py");
  assert.deepEqual([project.name, project.sure, project.resolved], ["w", false, false]);
  const none = { hiddenProjects: [], excludedProjects: [], exclude: [] };
  assert.equal(hiding(none)(project), false);
  for (const list of Object.keys(none)) assert.equal(hiding({ ...none, [list]: ["secret"] })(project), true, list);
});

test("law: a rule that holds for a place holds for it by every path", async () => {
  const name = fc.constantFrom("p", "q", "r", "s");
  const link = fc.record({ from: fc.tuple(name, name), to: fc.tuple(name, name), whole: fc.boolean() });
  const world = fc.record({ repositories: fc.uniqueArray(name, { maxLength: 3 }), links: fc.array(link, { maxLength: 6 }), file: fc.tuple(name, name) });
  await fc.assert(fc.asyncProperty(world, fc.array(name, { minLength: 1, maxLength: 2 }), ({ repositories, links, file }, opened) => withScratch(async (folder) => {
    const work = await realpath(folder);
    for (const one of ["p", "q", "r", "s"]) for (const other of ["p", "q", "r", "s"]) {
      await mkdir(path.join(work, one, other), { recursive: true });
      await writeFile(path.join(work, one, other, "a"), "");
    }
    for (const root of repositories) await checkout(path.join(work, root), "main");
    const ways = [path.join(work, ...file, "a")];
    for (const [n, { from, to, whole }] of links.entries()) {
      const at = path.join(work, ...(whole ? [] : from), `link${n}`);
      await symlink(path.join(work, ...(whole ? to.slice(0, 1) : to)), at);
      for (const rest of [["a"], [...file.slice(1), "a"], [`link${n - 1}`, "a"]]) ways.push(path.join(at, ...rest));
    }
    const projects = finder(nodeFiles, opened.map((one) => ({ name: `open ${one}`, path: path.join(work, one) })));
    const places = new Map<string, Project>();
    for (const way of ways) {
      const real = await nodeFiles.real(way);
      const byLink = await projects.of(way);
      const byItself = places.get(real) ?? (await projects.of(real));
      places.set(real, byItself);
      // All that a rule could hold on to without the link, it can hold on to with it; and its own names and paths besides.
      for (const one of byItself.names) assert.ok(byLink.names.includes(one), `${way}: ${one}`);
      for (const one of [...byItself.paths, way, real]) assert.ok(byLink.paths.includes(one), `${way}: ${one}`);
      if (byItself.name !== "") assert.deepEqual([told(byLink), entity(byLink)], [told(byItself), entity(byItself)], way);
    }
  })), { numRuns: 40 });
});
