import { join } from "node:path";
import { isObject } from "../value";
import type { Disk } from "./disk";

const REASONS = ["refused", "full", "damaged", "undescribed"] as const;

/** What did not reach the service and never will, and why. */
export interface AsideNote {
  readonly at: string;
  readonly why: (typeof REASONS)[number];
  readonly detail: string;
  readonly count: number;
  /** The event's text, where there is one. */
  readonly event?: string;
}

const BOUND = 4 << 20;

/** The durable list of set-aside events and of losses, one for all windows; each note is one append. */
export class Aside {
  constructor(
    private readonly folder: string,
    private readonly disk: Disk,
    /** Bytes of one file; there are two of them. */
    private readonly bound = BOUND,
  ) {}

  get path(): string {
    return join(this.folder, "set-aside.jsonl");
  }

  get #oldPath(): string {
    return join(this.folder, "set-aside.old.jsonl");
  }

  async write(notes: readonly AsideNote[]): Promise<void> {
    if (notes.length === 0) return;
    const all = [...(await this.#makeRoom()), ...notes];
    const file = await this.disk.open(this.path);
    try {
      // The newline in front ends a line that a crash tore.
      await file.append(Buffer.from(all.map((note) => `\n${JSON.stringify(note)}`).join("") + "\n"));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Everything that is still written down, oldest first. */
  async read(): Promise<AsideNote[]> {
    return [...(await this.#notesOf(this.#oldPath)), ...(await this.#notesOf(this.path))];
  }

  /** Starts a new file when the present one is full, and returns a note of what goes with the one before. */
  async #makeRoom(): Promise<AsideNote[]> {
    const size = (await this.disk.stat(this.path))?.size ?? 0;
    if (size <= this.bound) return [];
    const dropped = await this.#notesOf(this.#oldPath);
    await this.disk.rename(this.path, this.#oldPath);
    if (dropped.length === 0) return [];
    const count = dropped.reduce((sum, note) => sum + note.count, 0);
    return [{ at: new Date().toISOString(), why: "full", detail: "the oldest notes of this list, dropped to make room", count }];
  }

  async #notesOf(path: string): Promise<AsideNote[]> {
    if (!(await this.disk.stat(path))) return [];
    const file = await this.disk.open(path);
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(size);
      const got = await file.read(bytes, size, 0);
      return bytes.subarray(0, got).toString("utf8").split("\n").flatMap(notes);
    } finally {
      await file.close();
    }
  }
}

/** The note of a line; none if it is torn, or another version's. */
function notes(line: string): AsideNote[] {
  try {
    const note: unknown = JSON.parse(line);
    return isNote(note) ? [note] : [];
  } catch {
    return [];
  }
}

function isNote(value: unknown): value is AsideNote {
  if (!isObject(value)) return false;
  const { at, why, detail, count, event } = value;
  const worded = typeof at === "string" && typeof detail === "string" && (event === undefined || typeof event === "string");
  return worded && typeof count === "number" && REASONS.some((reason) => reason === why);
}
