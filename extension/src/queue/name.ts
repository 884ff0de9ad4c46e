import { createHash, randomBytes } from "node:crypto";
import { hostname } from "node:os";

/** A queue file's name tells who owns it: `<host>-<pid>-<random>.queue`. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
}

export function thisProcess(): Owner {
  // Hashed: a name in a shared home folder should tell machines apart, not tell their names.
  return { host: createHash("sha256").update(hostname()).digest("hex").slice(0, 8), pid: process.pid };
}

export function freshName(owner: Owner): string {
  return `${owner.host}-${owner.pid}-${randomBytes(6).toString("hex")}.queue`;
}

export function ownerOf(name: string): Owner | undefined {
  const match = /^([0-9a-f]{8})-(\d+)-[0-9a-f]+\.queue$/.exec(name);
  return match?.[1] && match[2] ? { host: match[1], pid: Number(match[2]) } : undefined;
}
