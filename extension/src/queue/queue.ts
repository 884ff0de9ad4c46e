import { join } from "node:path";
import type { Aside, AsideNote } from "./aside";
import { hasCode, type Disk } from "./disk";
import { Journal, type Entry } from "./journal";
import { Liveness } from "./liveness";
import { Memory } from "./memory";
import { freshName, ownerOf, thisProcess, type Owner } from "./name";
import { opened } from "./opened";

export interface QueueOptions {
  readonly folder: string;
  readonly disk: Disk;
  readonly aside: Aside;
  /** Bytes of events that may wait on disk, in this window's file and in those it adopted, before new ones are lost. */
  readonly maxBytes: number;
  /** Events held in memory while the disk takes none. */
  readonly maxHeld: number;
  readonly owner?: Owner;
  readonly liveness?: Liveness;
  readonly log?: (line: string) => void;
}

/** What became of an event: on disk, in memory because the disk refused it, or lost and counted. */
export type Kept = "kept" | "held" | "lost";

/** Events taken to be sent. They stay in the queue until settled. */
export interface Batch {
  readonly events: readonly string[];
  /** How often each of them was sent in vain. */
  readonly tries: number;
  /** Removes these, by their place in `events`, for good. */
  settle(places: readonly number[]): Promise<void>;
  /** Passes over these until the window is opened anew. */
  park(places: readonly number[]): Promise<void>;
  /** Counts these as sent in vain once more: they wait behind all that was tried less often. */
  defer(places: readonly number[]): Promise<void>;
  /** To be called when nothing more happens to the batch. */
  release(): void;
}

const MAX_EVENT_BYTES = 64 << 10;

/** Everything that waits in this window: its own file, the files of dead windows it adopted, and a little memory. */
export class Queue {
  #adopted: Journal[] = [];
  readonly #memory: Memory;
  readonly #liveness: Liveness;
  readonly #owner: Owner;
  #lost = 0;
  /** How many were lost for each reason, of which there is no note yet. */
  readonly #unnoted = new Map<string, number>();
  #damaged = 0;
  #own: Journal | undefined;
  /** Events of memory that are being sent: moved to disk now, they would be sent again. */
  #taken: ReadonlySet<number> = new Set();
  // Whatever makes or replaces the own file goes through here, one after the other.
  #appending: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: QueueOptions) {
    this.#memory = new Memory(options.maxHeld);
    this.#owner = options.owner ?? thisProcess();
    this.#liveness = options.liveness ?? new Liveness(this.#owner);
  }

  /** Ready when dead windows' files are adopted. Never fails for the disk's sake: events then wait in memory. */
  static async open(options: QueueOptions): Promise<Queue> {
    const queue = new Queue(options);
    await queue.tick();
    return queue;
  }

  /** Ready at once; `adopted` is called when dead windows' files are adopted too. */
  static start(options: QueueOptions, adopted: () => void): Queue {
    const queue = new Queue(options);
    void queue.tick().then(adopted);
    return queue;
  }

  get pending(): number {
    return this.#journals().reduce((sum, journal) => sum + journal.pending, this.#memory.pending);
  }

  /** Events held in memory because the disk takes none. */
  get held(): number {
    return this.#memory.size;
  }

  /** Events passed over until the window is opened anew; `pending` leaves them out. */
  get parked(): number {
    return this.#journals().reduce((sum, journal) => sum + journal.parked, this.#memory.parked);
  }

  /** Events that could be kept neither on disk nor in memory. */
  get lost(): number {
    return this.#lost;
  }

  /** Records found unreadable in the files read so far. */
  get damaged(): number {
    return this.#journals().reduce((sum, journal) => sum + journal.damaged, this.#damaged);
  }

  append(text: string): Promise<Kept> {
    return this.#inTurn(() => this.#append(text));
  }

  /** Of one file the oldest events among those tried least often, adopted files first; undefined when nothing waits. */
  async take(count: number, bytes: number): Promise<Batch | undefined> {
    const sources = [...this.#journals(), this.#memory].filter(({ pending }) => pending > 0);
    for (const source of sources.sort((a, b) => a.tries - b.tries)) {
      try {
        const entries = await source.peek(count, bytes);
        if (entries.length > 0) return source instanceof Memory ? this.#heldBatch(entries) : this.#batchOf(source, entries);
      } catch (error) {
        this.#say(`a queue file could not be read: ${String(error)}`);
      }
    }
    return undefined;
  }

  /** The upkeep of a minute: shows that this window lives, adopts dead windows' files, moves held events to disk. */
  async tick(): Promise<void> {
    for (const journal of this.#journals()) await journal.touch().catch(() => undefined);
    await this.#inTurn(() => this.#salvageAll());
    await this.#adoptDead().catch((error: unknown) => {
      if (!hasCode(error, "ENOENT")) this.#say(`looking for other windows' files failed: ${String(error)}`);
    });
    await this.#inTurn(() => this.#saveHeld(this.#taken));
    await this.#noteLosses();
  }

  /** Brings to disk what memory holds, as far as the disk takes it. */
  save(): Promise<void> {
    return this.#inTurn(() => this.#saveHeld(new Set()));
  }

  async close(): Promise<void> {
    await this.save();
    if (this.held > 0) this.#lose("the disk did not take them until the window closed", this.held);
    await this.#noteLosses();
    for (const journal of this.#journals()) {
      const finished = journal.pending === 0 && (await journal.finish().catch(() => false));
      if (!finished) await journal.close().catch(() => undefined);
      // What still waits in a file is read again by who adopts it, and its damage counted there.
      else if (journal.parked === 0) await this.#noteDamage(journal);
    }
    this.#adopted = [];
    this.#own = undefined;
  }

  #journals(): Journal[] {
    return this.#own ? [...this.#adopted, this.#own] : this.#adopted;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#appending.then(work);
    this.#appending = result.catch(() => undefined);
    return result;
  }

  async #append(text: string): Promise<Kept> {
    if (Buffer.byteLength(text) > MAX_EVENT_BYTES) return this.#lose("an event was too large");
    try {
      const journal = await this.#ownJournal();
      const bytes = this.#journals().reduce((sum, one) => sum + one.pendingBytes, 0);
      if (bytes >= this.options.maxBytes) return this.#lose("the queue is full");
      await journal.append(text);
      return "kept";
    } catch (error) {
      this.#say(`the disk did not take an event: ${String(error)}`);
      return this.#memory.hold(text) ? "held" : this.#lose("disk and memory are full");
    }
  }

  #lose(why: string, count = 1): Kept {
    this.#lost += count;
    this.#unnoted.set(why, (this.#unnoted.get(why) ?? 0) + count);
    this.#say(`${count} ${count === 1 ? "event was" : "events were"} lost: ${why}`);
    return "lost";
  }

  async #ownJournal(): Promise<Journal> {
    if (this.#own && (await this.#own.holdsItsName())) return this.#own;
    const former = this.#own;
    this.#own = undefined;
    const fresh = this.#freshJournal();
    if (former) {
      // Deleted, or taken by another window for a dead one's, with all that stands in it: go on in a new one.
      await fresh.catch(() => undefined);
      await this.#leave(former);
    }
    return fresh;
  }

  async #freshJournal(): Promise<Journal> {
    const { folder, disk } = this.options;
    await disk.makeFolder(folder);
    return (this.#own = await Journal.open(join(folder, freshName(this.#owner)), disk, true));
  }

  /** Lets go of a file that lost its name; of a deleted one everything that waits is kept. */
  async #leave(journal: Journal): Promise<void> {
    this.#adopted = this.#adopted.filter((one) => one !== journal);
    const waiting = journal.pending + journal.parked;
    if (waiting > 0 && (await journal.isDeleted().catch(() => false))) {
      const entries = await journal.salvage().catch((): Entry[] => []);
      this.#say(`a queue file was deleted; ${entries.length} of ${waiting} waiting in it are written anew`);
      if (entries.length < waiting) this.#lose("their file was deleted", waiting - entries.length);
      for (const { text } of entries) await this.#keep(text);
    }
    this.#damaged += journal.damaged;
    await journal.close().catch(() => undefined);
  }

  async #keep(text: string): Promise<void> {
    try {
      if (!this.#own) throw new Error("there is no file");
      await this.#own.append(text);
    } catch {
      if (!this.#memory.hold(text)) this.#lose("disk and memory are full");
    }
  }

  /** Somebody may have removed the folder, and this window's files with it. */
  async #salvageAll(): Promise<void> {
    for (const journal of this.#journals()) {
      if (!(await journal.isDeleted().catch(() => false))) continue;
      await this.#ownJournal().catch(() => undefined);
      if (this.#adopted.includes(journal)) await this.#leave(journal);
    }
  }

  #batchOf(journal: Journal, entries: readonly Entry[]): Batch {
    return {
      ...contentOf(entries),
      settle: async (places) => {
        const empty = await journal.settle(seqsAt(entries, places));
        if (empty && journal !== this.#own) await this.#release(journal);
      },
      park: (places) => journal.park(seqsAt(entries, places)),
      defer: (places) => journal.defer(seqsAt(entries, places)),
      release: () => undefined,
    };
  }

  #heldBatch(entries: readonly Entry[]): Batch {
    const taken = new Set(entries.map(({ seq }) => seq));
    this.#taken = taken;
    const now = (work: (seqs: number[]) => void) => (places: readonly number[]): Promise<void> => {
      work(seqsAt(entries, places));
      return Promise.resolve();
    };
    return {
      ...contentOf(entries),
      settle: now((seqs) => { this.#memory.settle(seqs); }),
      park: now((seqs) => { this.#memory.park(seqs); }),
      defer: now((seqs) => { this.#memory.defer(seqs); }),
      release: () => {
        if (this.#taken === taken) this.#taken = new Set();
      },
    };
  }

  /** Removes an adopted file that was sent whole. */
  async #release(journal: Journal): Promise<void> {
    try {
      if (!(await journal.finish())) return;
    } catch (error) {
      this.#say(`a sent queue file could not be removed: ${String(error)}`);
      return;
    }
    this.#adopted = this.#adopted.filter((one) => one !== journal);
    await this.#noteDamage(journal);
  }

  async #adoptDead(): Promise<void> {
    const { folder, disk } = this.options;
    const names = await disk.list(folder);
    this.#liveness.forget(new Set(names));
    for (const name of names) {
      const owner = ownerOf(name);
      const path = join(folder, name);
      if (!owner || opened.has(path)) continue;
      try {
        const stat = await disk.stat(path);
        if (stat && this.#liveness.isDead(name, owner, stat.changedNs)) await this.#adopt(path);
      } catch (error) {
        this.#say(`a closed window's file could not be taken over: ${String(error)}`);
      }
    }
  }

  async #adopt(path: string): Promise<void> {
    const { folder, disk } = this.options;
    const target = join(folder, freshName(this.#owner));
    try {
      await disk.rename(path, target);
    } catch (error) {
      // Another window was quicker: the file has one owner all the same.
      if (hasCode(error, "ENOENT")) return;
      throw error;
    }
    const journal = await Journal.open(target, disk, false);
    await journal.touch().catch(() => undefined);
    this.#say(`took over a closed window's file with ${journal.pending} waiting`);
    this.#adopted.push(journal);
    if (journal.pending === 0) await this.#release(journal);
  }

  async #saveHeld(except: ReadonlySet<number>): Promise<void> {
    const entries = this.#memory.all().filter(({ seq }) => !except.has(seq));
    if (entries.length === 0) return;
    try {
      const journal = await this.#ownJournal();
      for (const { seq, text } of entries) {
        await journal.append(text);
        this.#memory.settle([seq]);
      }
    } catch {
      // Still no room. They go on waiting in memory, and the status bar shows how many.
    }
  }

  async #noteLosses(): Promise<void> {
    const at = new Date().toISOString();
    const notes = [...this.#unnoted].map(([detail, count]): AsideNote => ({ at, why: "full", detail, count }));
    this.#unnoted.clear();
    await this.options.aside.write(notes).catch(() => {
      for (const { detail, count } of notes) this.#unnoted.set(detail, (this.#unnoted.get(detail) ?? 0) + count);
    });
  }

  async #noteDamage(journal: Journal): Promise<void> {
    this.#damaged += journal.damaged;
    if (journal.damaged === 0) return;
    const note = { at: new Date().toISOString(), why: "damaged", detail: "unreadable in a window's file" } as const;
    await this.options.aside.write([{ ...note, count: journal.damaged }]).catch(() => undefined);
  }

  #say(line: string): void {
    this.options.log?.(line);
  }
}

function contentOf(entries: readonly Entry[]): Pick<Batch, "events" | "tries"> {
  return { events: entries.map(({ text }) => text), tries: entries[0]?.tries ?? 0 };
}

function seqsAt(entries: readonly Entry[], places: readonly number[]): number[] {
  return places.flatMap((place) => entries[place]?.seq ?? []);
}
