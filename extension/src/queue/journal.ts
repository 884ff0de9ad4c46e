import { decode, encode } from "./record";
import type { Disk, DiskFile } from "./disk";
import { readLines } from "./lines";
import { opened } from "./opened";
import { parseRanges, ranges } from "./ranges";
import { Tries } from "./tries";

/** An event that waits, with the number by which it is settled. */
export interface Entry {
  readonly seq: number;
  readonly text: string;
  /** How often it was sent in vain. */
  readonly tries: number;
}

interface Place {
  readonly seq: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * One append-only file of events. An event is there once `append` resolves (written and synced) and stays until it
 * is settled. Settling appends too; a settlement lost in a crash means that the event is sent twice, and the
 * service stores it once.
 */
export class Journal {
  // Offset and length of each waiting event in one number, so that 100,000 of them take a few megabytes.
  readonly #index = new Map<number, number>();
  // Of those in the index; kept in memory alone, so that a new window tries anew.
  readonly #tries = new Tries();
  #bytes = 0;
  #nextSeq = 1;
  #size = 0;
  #parsedTo = 0;
  #openTail = false;
  #damaged = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly path: string,
    private readonly disk: Disk,
    private readonly file: DiskFile,
    /** Whether this window made the file. Only then is it the one writer, and may it cut the file. */
    private readonly own: boolean,
  ) {}

  static async open(path: string, disk: Disk, own: boolean): Promise<Journal> {
    opened.add(path);
    try {
      const journal = new Journal(path, disk, await disk.open(path), own);
      await journal.#read(0).catch(async (error: unknown) => {
        await journal.file.close();
        throw error;
      });
      return journal;
    } catch (error) {
      opened.delete(path);
      throw error;
    }
  }

  /** Events that wait to be settled and can be sent. */
  get pending(): number {
    return this.#index.size - this.parked;
  }

  get parked(): number {
    return this.#tries.parked;
  }

  get pendingBytes(): number {
    return this.#bytes;
  }

  /** How often those were tried that `peek` gives. */
  get tries(): number {
    return this.#tries.fewest(this.#index.size);
  }

  /** Records found unreadable so far. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Resolves when the event is on disk. */
  append(text: string): Promise<void> {
    return this.#next(async () => {
      const seq = this.#nextSeq++;
      const line = encode({ kind: "e", seq, payload: text });
      this.#remember(seq, await this.#write(line, true), line.length);
    });
  }

  /** Of the events tried least often the oldest, at most `count` and about `bytes`, in order. */
  peek(count: number, bytes: number): Promise<Entry[]> {
    return this.#next(async () => {
      const entries = await this.#load(this.#oldest(count, bytes));
      if (entries) return entries;
      // What stands on disk is not what was indexed: somebody else wrote, or the disk rotted. Read it afresh.
      this.#index.clear();
      this.#bytes = 0;
      this.#damaged = 0;
      await this.#read(0);
      this.#tries.keep(this.#index);
      return (await this.#load(this.#oldest(count, bytes))) ?? [];
    });
  }

  /** Everything not settled, whole: what a file that lost its last name can still give. */
  salvage(): Promise<Entry[]> {
    return this.#next(async () => {
      const entries: Entry[] = [];
      for (const [seq, place] of this.#index) {
        const loaded = await this.#load([{ seq, ...unpack(place) }]);
        if (loaded) entries.push(...loaded);
      }
      return entries;
    });
  }

  /** Forgets events for good. Resolves true when none waits any more. */
  settle(seqs: readonly number[]): Promise<boolean> {
    return this.#next(async () => {
      const gone = seqs.filter((seq) => this.#forget(seq));
      if (gone.length > 0) await this.#writeSettled(gone);
      return this.#index.size === 0;
    });
  }

  /** Passes over events for as long as this window lives, without settling them. */
  park(seqs: readonly number[]): Promise<void> {
    return this.#next(() => {
      for (const seq of seqs) if (this.#index.has(seq)) this.#tries.park(seq);
      return Promise.resolve();
    });
  }

  /** Puts events behind those that were tried less often. */
  defer(seqs: readonly number[]): Promise<void> {
    return this.#next(() => {
      for (const seq of seqs) if (this.#index.has(seq)) this.#tries.add(seq);
      return Promise.resolve();
    });
  }

  /** False when another window took the file over by renaming it, or the folder was removed. */
  async holdsItsName(): Promise<boolean> {
    const [named, held] = await Promise.all([this.disk.stat(this.path), this.file.stat()]);
    return named?.ino === held.ino;
  }

  /** True when the file, or its folder, was removed: what stands in it is reached through this journal alone. */
  async isDeleted(): Promise<boolean> {
    // Some network file systems count no names at all.
    return (await this.file.stat()).links === 0 && !(await this.holdsItsName());
  }

  touch(): Promise<void> {
    return this.file.touch();
  }

  /** Removes the file if nothing in it waits, and closes it. Resolves false if events turned up at the last moment. */
  async finish(): Promise<boolean> {
    return this.#next(async () => {
      if (!this.own) await this.#read(this.#parsedTo);
      if (this.pending > 0) return false;
      if (this.#openTail) this.#damaged++;
      if (this.parked === 0 && (await this.holdsItsName())) await this.disk.unlink(this.path);
      await this.#shut();
      return true;
    });
  }

  close(): Promise<void> {
    return this.#next(() => this.#shut());
  }

  async #shut(): Promise<void> {
    opened.delete(this.path);
    await this.file.close();
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Appends a line and returns its offset. After a failure the file ends as it did before. */
  async #write(line: Buffer, durable: boolean): Promise<number> {
    // A newline first ends the torn line of a write that failed or of an owner who died.
    const bytes = this.#openTail ? Buffer.concat([Buffer.from("\n"), line]) : line;
    const before = this.#size;
    try {
      await this.file.append(bytes);
      if (durable) await this.file.sync();
    } catch (error) {
      await this.#undo(before);
      throw error;
    }
    this.#openTail = false;
    this.#size = before + bytes.length;
    if (this.own) this.#parsedTo = this.#size;
    return this.#size - line.length;
  }

  async #undo(size: number): Promise<void> {
    try {
      if (!this.own) throw new Error("not the one writer");
      await this.file.truncate(size);
    } catch {
      this.#openTail = true;
      // Unknown until the disk answers again; a wrong guess is caught by the checksums when events are loaded.
      this.#size = await this.file.stat().then((stat) => stat.size, () => size);
    }
  }

  async #writeSettled(seqs: number[]): Promise<void> {
    if (this.own && this.#index.size === 0 && (await this.#empty())) return;
    const line = encode({ kind: "s", seq: 0, payload: ranges(seqs) });
    // A full disk must not keep a settled event waiting in memory: at worst it is sent again after a restart.
    await this.#write(line, false).catch(() => undefined);
  }

  async #empty(): Promise<boolean> {
    try {
      await this.file.truncate(0);
    } catch {
      return false;
    }
    this.#size = 0;
    this.#parsedTo = 0;
    this.#openTail = false;
    return true;
  }

  /** The events at these places, which ascend; undefined if one of them is not what was indexed. */
  async #load(wanted: readonly Place[]): Promise<Entry[] | undefined> {
    const first = wanted[0];
    const last = wanted.at(-1);
    if (!first || !last) return [];
    const span = Buffer.allocUnsafe(last.offset + last.length - first.offset);
    const got = await this.file.read(span, span.length, first.offset);
    const entries: Entry[] = [];
    for (const { seq, offset, length } of wanted) {
      const from = offset - first.offset;
      if (from + length > got) return undefined;
      const record = decode(span.subarray(from, from + length - 1));
      if (record?.seq !== seq || record.kind !== "e") return undefined;
      entries.push({ seq, text: record.payload, tries: this.#tries.of(seq) });
    }
    return entries;
  }

  #oldest(count: number, bytes: number): Place[] {
    const { tries } = this;
    const found: Place[] = [];
    // Where all are parked, no other has fewer tries than they.
    if (this.pending === 0) return found;
    for (const [seq, place] of this.#index) {
      if (this.#tries.of(seq) !== tries) continue;
      const { offset, length } = unpack(place);
      const first = found[0]?.offset ?? offset;
      if (found.length >= count || (found.length > 0 && offset + length - first > bytes)) break;
      found.push({ seq, offset, length });
    }
    return found;
  }

  async #read(from: number): Promise<void> {
    this.#parsedTo = from;
    const end = await readLines(this.file, from, (line, offset) => {
      this.#parsedTo = offset + line.length + 1;
      const record = decode(line);
      if (!record) {
        // An empty line is the end that a later writer put to a torn one.
        if (line.length > 0) this.#damaged++;
      } else if (record.kind === "e") {
        this.#nextSeq = Math.max(this.#nextSeq, record.seq + 1);
        this.#remember(record.seq, offset, line.length + 1);
      } else {
        for (const seq of parseRanges(record.payload)) this.#forget(seq);
      }
    });
    this.#size = end;
    this.#openTail = end > this.#parsedTo;
  }

  #remember(seq: number, offset: number, length: number): void {
    this.#forget(seq);
    this.#index.set(seq, pack(offset, length));
    this.#bytes += length;
  }

  #forget(seq: number): boolean {
    const place = this.#index.get(seq);
    if (place === undefined) return false;
    this.#bytes -= unpack(place).length;
    this.#tries.forget(seq);
    return this.#index.delete(seq);
  }
}

// 2^20 bounds a line; offsets up to 2^33 then fit the 53 bits of a number.
const LENGTHS = 2 ** 20;

function pack(offset: number, length: number): number {
  return offset * LENGTHS + length;
}

function unpack(place: number): { offset: number; length: number } {
  return { offset: Math.floor(place / LENGTHS), length: place % LENGTHS };
}
