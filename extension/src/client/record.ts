import { open, stat, type FileHandle } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import { isObject, listOf } from "../value";
import { loopback, type Address } from "./loopback";

/** What the service wrote down in its folder when it was started last. It may be gone since. */
export interface ServiceRecord {
  readonly address: Address;
  /** What the service was started by, up to the word "serve"; empty where that can't be believed. */
  readonly command: readonly string[];
}

const FILE = "service.json";
const LONGEST = 64 << 10;

/** The record in a home folder, or undefined where there is none, or none that makes sense. */
export async function readRecord(home: string): Promise<ServiceRecord | undefined> {
  try {
    const file = await open(join(home, FILE));
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
      const body: unknown = JSON.parse(buffer.toString("utf8", 0, bytesRead));
      if (!isObject(body)) return undefined;
      const { address: host, port } = body;
      if (typeof host !== "string" || !/^[\w.]+$/.test(host) || typeof port !== "number") return undefined;
      const address = loopback(`http://${host}:${port}`);
      return { address, command: (await isOurs(file, home)) ? starter(listOf(body["command"])) : [] };
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/**
 * Whether nobody else can have written the file. Where it says the service is needs no trust, as the service has to
 * prove itself; but its command is run.
 */
async function isOurs(file: FileHandle, home: string): Promise<boolean> {
  const me = process.getuid?.();
  if (me === undefined) {
    // Windows: what lies in the person's own folder is theirs to write; elsewhere anybody may often write.
    const inside = relative(homedir(), home);
    return !isAbsolute(inside) && !inside.startsWith("..");
  }
  // Who can write the folder can put another file in the place of this one.
  const all = await Promise.all([file.stat(), stat(home)]);
  return all.every(({ uid, mode }) => uid === me && (mode & 0o022) === 0);
}

function starter(command: readonly string[]): readonly string[] {
  const serve = command.indexOf("serve");
  return serve > 0 && isAbsolute(command[0] ?? "") ? command.slice(0, serve) : [];
}
