import type { PlatformPath } from "node:path";
import type { Files } from "./files";

/** A checkout as found on disk. No git command is run: a repository's own settings could make one run programs. */
export interface Checkout {
  /** The folder of the working tree; of a bare repository, the repository itself. */
  readonly root: string;
  readonly gitDir: string;
  /** What to call it: worktrees go by the name of the repository they belong to. */
  readonly name: string;
}

/** The checkout that this very folder is the root of, if it is one. */
export async function checkoutAt(folder: string, files: Files, path: PlatformPath): Promise<Checkout | undefined> {
  const dotGit = path.join(folder, ".git");
  const kind = await files.kind(dotGit);
  if (kind === "folder") return { root: folder, gitDir: dotGit, name: path.basename(folder) };
  if (kind === "file") return linkedCheckout(folder, dotGit, files, path);
  if (await isBare(folder, files, path)) return { root: folder, gitDir: folder, name: bareName(folder, path) };
  return undefined;
}

/** The branch that is checked out: empty if none is, or if it can't be told. */
export async function branchOf(checkout: Checkout, files: Files, path: PlatformPath): Promise<string> {
  const branch = refName(await files.read(path.join(checkout.gitDir, "HEAD")));
  if (branch !== "") return branch;
  // During a rebase HEAD is detached, and these remember whose commits are being moved.
  for (const state of ["rebase-merge", "rebase-apply"]) {
    const moved = refName(await files.read(path.join(checkout.gitDir, state, "head-name")));
    if (moved !== "") return moved;
  }
  return "";
}

/** `.git` as a file points elsewhere: a worktree, a submodule, or a repository kept apart. */
async function linkedCheckout(
  folder: string,
  dotGit: string,
  files: Files,
  path: PlatformPath,
): Promise<Checkout | undefined> {
  const target = /^gitdir:[ \t]*(\S.*?)\s*$/m.exec((await files.read(dotGit)) ?? "")?.[1];
  if (target === undefined) return undefined;
  const gitDir = path.resolve(folder, target);
  // To look at another host's share is to call that host, and on Windows to hand it a login.
  if (gitDir.startsWith("\\\\") && !folder.startsWith(path.parse(gitDir).root)) return undefined;
  // Only a worktree shares a repository; a submodule has its own and is a project of its own.
  const common = (await files.read(path.join(gitDir, "commondir")))?.trim();
  if (common === undefined) return { root: folder, gitDir, name: path.basename(folder) };
  return { root: folder, gitDir, name: bareName(path.resolve(gitDir, common), path) };
}

async function isBare(folder: string, files: Files, path: PlatformPath): Promise<boolean> {
  // A working tree's own .git folder looks the same from inside; it is found as its parent's.
  if (path.basename(folder) === ".git") return false;
  const [head, objects, refs] = await Promise.all([
    files.kind(path.join(folder, "HEAD")),
    files.kind(path.join(folder, "objects")),
    files.kind(path.join(folder, "refs")),
  ]);
  return head === "file" && objects === "folder" && refs === "folder";
}

/** `project/.git` and `project/.bare` go by `project`, `project.git` by `project`. */
function bareName(repository: string, path: PlatformPath): string {
  const name = path.basename(repository);
  if (name.startsWith(".")) return path.basename(path.dirname(repository));
  return name.replace(/\.git$/, "");
}

function refName(text: string | undefined): string {
  const name = /^(?:ref:\s*)?refs\/heads\/(.+?)\s*$/.exec(text?.trim() ?? "")?.[1] ?? "";
  // Repositories with the reftable format keep this placeholder here.
  return name === ".invalid" ? "" : name;
}
