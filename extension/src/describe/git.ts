import { noBranch, repositoryName, type AskHead, type Checkout, type Disk } from "./checkout";

/** Where a checkout's own state is, and that which it shares with the repository's other worktrees. */
interface GitFolders {
  readonly root: string;
  readonly own: string;
  readonly common: string;
}

/** The git checkout of a folder that holds a `.git`. No git command is run to find it. */
export async function gitAt(root: string, dotGit: "file" | "folder", disk: Disk): Promise<Checkout | undefined> {
  const own = disk.path.join(root, ".git");
  if (dotGit === "file") return linkedCheckout(root, own, disk);
  return checkout({ root, own, common: own }, disk.path.basename(root));
}

/** The bare repository that this folder is, if it is one. */
export async function bareAt(folder: string, { files, path }: Disk): Promise<Checkout | undefined> {
  // A working tree's own .git folder looks the same from inside; it is found as its parent's.
  if (path.basename(folder) === ".git") return undefined;
  const [objects, refs] = await Promise.all(["objects", "refs"].map((name) => files.kind(path.join(folder, name))));
  if (objects !== "folder" || refs !== "folder") return undefined;
  return checkout({ root: folder, own: folder, common: folder }, repositoryName(folder));
}

/** `.git` as a file points elsewhere: a worktree, a submodule, or a repository kept apart. */
async function linkedCheckout(root: string, dotGit: string, { files, path }: Disk): Promise<Checkout | undefined> {
  const target = /^gitdir:[ \t]*(\S.*?)\s*$/m.exec((await files.read(dotGit)) ?? "")?.[1];
  if (target === undefined) return undefined;
  const own = path.resolve(root, target);
  // To look at another host's share is to call that host, and on Windows to hand it a login.
  if (own.startsWith("\\\\") && !root.startsWith(path.parse(own).root)) return { root, name: pointedAt(target) ?? path.basename(root), branch: noBranch };
  const [text, there] = await Promise.all([files.read(path.join(own, "commondir")), files.kind(own)]);
  const common = text === undefined ? own : path.resolve(own, text.trim());
  // Only a worktree shares a repository; a submodule has its own and is a project of its own.
  const name = text !== undefined ? repositoryName(common) : there ? undefined : pointedAt(isFull(target) ? target : own);
  return checkout({ root, own, common }, name ?? path.basename(root));
}

/** The name of the repository that a worktree's pointer leads to, be it out of reach or another system's path. */
function pointedAt(target: string): string | undefined {
  const repository = /^(.*)(?<![\\/]modules)[\\/]worktrees[\\/][^\\/]+[\\/]*$/.exec(target)?.[1];
  const name = repository && repositoryName(repository);
  return name === "" ? undefined : name;
}

/** Whether the path says by itself where it leads, on any system. */
function isFull(target: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:)/.test(target);
}

function checkout(folders: GitFolders, name: string): Checkout {
  return { root: folders.root, name, branch: (disk, ask) => branchOf(folders, disk, ask) };
}

async function branchOf(folders: GitFolders, disk: Disk, ask: AskHead): Promise<string> {
  const { files, path } = disk;
  const head = refName(await files.read(path.join(folders.own, "HEAD")));
  const branch = head === PLACEHOLDER ? refName(await askFor(folders, disk, ask)) : head;
  if (branch !== "" && branch !== PLACEHOLDER) return branch;
  // During a rebase HEAD is detached, and these remember whose commits are being moved.
  for (const state of ["rebase-merge", "rebase-apply"]) {
    const moved = refName(await files.read(path.join(folders.own, state, "head-name")));
    if (moved !== "") return moved;
  }
  return "";
}

// Repositories with the reftable format keep this in HEAD, for programs that don't know the format.
const PLACEHOLDER = ".invalid";

async function askFor({ root, own, common }: GitFolders, { files, path }: Disk, ask: AskHead): Promise<string> {
  // The names in this list are new after each change of a reference.
  const version = (await files.read(path.join(own, "reftable", "tables.list"))) ?? "";
  return ask({ root, gitDir: own, configs: [path.join(common, "config"), path.join(own, "config.worktree")], version });
}

function refName(text: string | undefined): string {
  return /^(?:ref:\s*)?refs\/heads\/(.+?)\s*$/.exec(text?.trim() ?? "")?.[1] ?? "";
}
