import type { Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { hasCode } from "../queue/disk";
import { MOST_BYTES, type Files } from "./files";

// Errors that say that nothing has this name, or nothing can have it.
const ABSENT = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];

/** This machine's files, read without blocking. */
export const nodeFiles: Files = {
  async kind(path) {
    const found = await look(path);
    return found?.isDirectory() ? "folder" : found?.isFile() ? "file" : undefined;
  },
  async read(path) {
    const found = await look(path);
    // A pipe would never end, and a disk image is no project's name.
    if (!found?.isFile() || found.size > MOST_BYTES) return undefined;
    return readFile(path, "utf8").catch(orAbsent);
  },
};

function look(path: string): Promise<Stats | undefined> {
  return stat(path).catch(orAbsent);
}

function orAbsent(error: unknown): undefined {
  if (ABSENT.some((code) => hasCode(error, code))) return undefined;
  throw error;
}
