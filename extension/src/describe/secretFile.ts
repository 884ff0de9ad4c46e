import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../queue/disk";

/**
 * A UUID kept in a file of the service's folder, made by whoever comes first. It appears whole or not at all: a
 * finished file is linked to its name, and a link never replaces what is there.
 */
export async function keptUuid(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const known = await read(path);
  if (known !== undefined) return known;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const uuid = randomUUID();
  const draft = `${path}.${uuid.slice(0, 8)}`;
  await writeFile(draft, `${uuid}\n`, { mode: 0o600, flag: "wx" });
  try {
    await link(draft, path).catch((error: unknown) => place(error, path, uuid));
  } finally {
    await unlink(draft);
  }
  return (await read(path)) ?? uuid;
}

async function place(error: unknown, path: string, uuid: string): Promise<void> {
  if (hasCode(error, "EEXIST")) return;
  // A file system without hard links.
  await writeFile(path, `${uuid}\n`, { mode: 0o600, flag: "wx" }).catch((again: unknown) => {
    if (!hasCode(again, "EEXIST")) throw again;
  });
}

async function read(path: string): Promise<string | undefined> {
  const text = (await readFile(path, "utf8").catch(() => "")).trim();
  return /^[0-9a-f-]{36}$/i.test(text) ? text.toLowerCase() : undefined;
}
