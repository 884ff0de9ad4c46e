/**
 * The little that finding a project needs of a file system; paths are absolute, as the file system writes them.
 * Undefined says that there is no such thing for certain; whatever else keeps from telling is thrown.
 */
export interface Files {
  /** Text of a small file. */
  read(path: string): Promise<string | undefined>;
  kind(path: string): Promise<"file" | "folder" | undefined>;
  /** The path without links. What doesn't exist has its folder's; a link that can't be followed is thrown. */
  real(path: string): Promise<string>;
}

/** A HEAD or a project file is a line or two; nothing larger is read. */
export const MOST_BYTES = 64 << 10;

/** Files whose errors are noted, to be taken for absence by those who go on. */
export class NotedFiles implements Pick<Files, "read" | "kind"> {
  /** Whether an error came, so that what was found may not be all. */
  failed = false;

  constructor(private readonly files: Pick<Files, "read" | "kind">) {}

  read(path: string): Promise<string | undefined> {
    return this.files.read(path).catch(() => {
      this.failed = true;
      return undefined;
    });
  }

  kind(path: string): Promise<"file" | "folder" | undefined> {
    return this.files.kind(path).catch(() => {
      this.failed = true;
      return undefined;
    });
  }
}

/** Files that are asked for so many things at a time and no more; those who come later wait. */
export class BoundedFiles implements Files {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(
    private readonly files: Files,
    private readonly most: number,
  ) {}

  read(path: string): Promise<string | undefined> {
    return this.#inTurn(() => this.files.read(path));
  }

  kind(path: string): Promise<"file" | "folder" | undefined> {
    return this.#inTurn(() => this.files.kind(path));
  }

  real(path: string): Promise<string> {
    return this.#inTurn(() => this.files.real(path));
  }

  async #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#running < this.most) this.#running++;
    else {
      // A share out of reach answers none of them.
      if (this.#waiting.length >= MOST_WAITING) throw new Error("too many look-ups wait");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await ask();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

const MOST_WAITING = 2_000;
