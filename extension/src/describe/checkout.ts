import type { PlatformPath } from "node:path";
import type { Files } from "./files";

/** What finding a checkout needs: its file system, and how that writes paths. */
export interface Disk {
  readonly files: Pick<Files, "read" | "kind">;
  readonly path: PlatformPath;
}

/** A checkout as found on disk. */
export interface Checkout {
  /** The folder of the working tree; of a bare repository, the repository itself. */
  readonly root: string;
  /** What to call it: worktrees go by the name of the repository they belong to. */
  readonly name: string;
  /** The branch that is checked out: empty if none is, or if it can't be told. */
  readonly branch: (disk: Disk, ask: AskHead) => Promise<string>;
}

/** A git repository of which its files don't tell the branch; `version` changes whenever the branch may have. */
export interface Repository {
  readonly root: string;
  readonly gitDir: string;
  /** The files that settings are read from. */
  readonly configs: readonly string[];
  readonly version: string;
}

/** Asks git what HEAD stands for: `refs/heads/main`. Empty if it can't be told. */
export type AskHead = (repository: Repository) => Promise<string>;

/** Where nothing tells. */
export function noBranch(): Promise<string> {
  return Promise.resolve("");
}

/** What a repository's folder is called by: `shop/.git` and `shop/.bare` by `shop`, `shop.git` by `shop`. */
export function repositoryName(folder: string): string {
  const parts = folder.split(folder.includes("/") ? "/" : "\\");
  const name = parts.at(-1) ?? "";
  return name.startsWith(".") ? (parts.at(-2) ?? "") : name.replace(/\.git$/, "");
}
