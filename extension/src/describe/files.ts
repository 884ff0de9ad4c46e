/**
 * The little that finding a project needs of a file system; paths are absolute, as the file system writes them.
 * Undefined says that there is no such thing for certain; whatever else keeps from telling is thrown.
 */
export interface Files {
  /** Text of a small file. */
  read(path: string): Promise<string | undefined>;
  kind(path: string): Promise<"file" | "folder" | undefined>;
}

/** A HEAD or a project file is a line or two; nothing larger is read. */
export const MOST_BYTES = 64 << 10;

/** Files whose errors are noted, to be taken for absence by those who go on. */
export class NotedFiles implements Files {
  /** Whether an error came, so that what was found may not be all. */
  failed = false;

  constructor(private readonly files: Files) {}

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
