import assert from "node:assert/strict";
import { lstat, mkdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { test } from "node:test";
import type { FileStat, FileSystem, Uri } from "vscode";
import { Projects } from "../src/describe/project";
import { virtualFiles } from "../src/describe/virtualFiles";
import { scratch } from "./support/folders";

const at = (name: string): Uri => ({ path: name }) as unknown as Uri;

/** The editor's view of a disk, as that of a remote window is: a link is told by its kind, and its errors by their codes. */
const remote: Pick<FileSystem, "stat" | "readFile"> = {
  async stat(uri) {
    const [link, found] = await Promise.all([lstat(uri.path), stat(uri.path)]).catch(refusal);
    const type = (found.isDirectory() ? 2 : found.isFile() ? 1 : 0) + (link.isSymbolicLink() ? 64 : 0);
    return { type, size: found.size } as unknown as FileStat;
  },
  readFile: (uri) => readFile(uri.path).catch(refusal),
};

function refusal(error: NodeJS.ErrnoException): never {
  const code = { ENOENT: "FileNotFound", ENOTDIR: "FileNotADirectory" }[error.code ?? ""] ?? "Unknown";
  throw Object.assign(new Error(code), { code });
}

test("a project of another machine is found through the editor", async (t) => {
  const folder = await realpath(await scratch(t));
  await mkdir(path.join(folder, "lighthouse", ".git"), { recursive: true });
  await writeFile(path.join(folder, "lighthouse", ".git", "HEAD"), "ref: refs/heads/topic\n");
  await writeFile(path.join(folder, "lighthouse", ".timecode-project"), Buffer.from("\ufeffLämp", "utf16le"));
  const projects = new Projects({ files: virtualFiles(remote, at), path: path.posix, workspaces: () => [], now: () => 0, patienceMs: 60_000 });
  const { name, branch, sure, resolved } = await projects.of(path.join(folder, "lighthouse", "src", "a.ts"));
  assert.deepEqual([name, branch, sure, resolved], ["Lämp", "topic", true, true]);
});

test("a link of another machine is seen anywhere in the path, and its project is not sure", async (t) => {
  const folder = await realpath(await scratch(t));
  await mkdir(path.join(folder, "secret", "src"), { recursive: true });
  await writeFile(path.join(folder, "secret", "src", "a.ts"), "");
  await symlink(path.join(folder, "secret"), path.join(folder, "alias"));
  await symlink(path.join(folder, "secret", "src", "a.ts"), path.join(folder, "b.ts"));
  const files = virtualFiles(remote, at);
  const projects = new Projects({ files, path: path.posix, workspaces: () => [], now: () => 0, patienceMs: 60_000 });
  for (const file of ["alias/src/a.ts", "alias/src/new.ts", "b.ts"]) {
    const { sure, resolved } = await projects.of(path.join(folder, file));
    assert.deepEqual([sure, resolved], [false, false], file);
  }
  const { sure, resolved } = await projects.of(path.join(folder, "secret", "src", "a.ts"));
  assert.deepEqual([sure, resolved], [true, true]);
});

test("what another machine doesn't tell is no absence", async () => {
  const broken = { stat: () => Promise.reject(Object.assign(new Error("gone"), { code: "Unavailable" })), readFile: () => Promise.reject(new Error("gone")) };
  const files = virtualFiles(broken, at);
  for (const ask of [files.kind("/a"), files.read("/a"), files.real("/a")]) await assert.rejects(ask);
});
