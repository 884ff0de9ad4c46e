import * as fs from "node:fs/promises";

/** The few file operations that the queue needs; tests put a full or failing disk in their place. */
export interface Disk {
  /** Opens for reading and appending, made with mode 0600 if absent. */
  open(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  list(folder: string): Promise<string[]>;
  makeFolder(folder: string): Promise<void>;
  /** Inode and time of last change, or undefined if there is no such file. */
  stat(path: string): Promise<DiskStat | undefined>;
}

export interface DiskFile {
  read(buffer: Buffer, length: number, position: number): Promise<number>;
  append(bytes: Buffer): Promise<void>;
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Marks the file as in use, for others who ask whether its owner lives. */
  touch(): Promise<void>;
  stat(): Promise<DiskStat>;
  close(): Promise<void>;
}

export interface DiskStat {
  readonly ino: bigint;
  readonly size: number;
  readonly changedNs: bigint;
  /** Names that the file has; none is left once it was deleted. */
  readonly links: number;
}

export const realDisk: Disk = {
  async open(path) {
    return new RealFile(await fs.open(path, "a+", 0o600));
  },
  rename: (from, to) => fs.rename(from, to),
  unlink: (path) => fs.unlink(path),
  list: (folder) => fs.readdir(folder),
  async makeFolder(folder) {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  },
  async stat(path) {
    try {
      return shape(await fs.stat(path, { bigint: true }));
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      throw error;
    }
  },
};

class RealFile implements DiskFile {
  constructor(private readonly handle: fs.FileHandle) {}

  async read(buffer: Buffer, length: number, position: number): Promise<number> {
    const { bytesRead } = await this.handle.read(buffer, 0, length, position);
    return bytesRead;
  }

  async append(bytes: Buffer): Promise<void> {
    // write() may take fewer bytes than given; appendFile loops.
    await this.handle.appendFile(bytes);
  }

  sync(): Promise<void> {
    return this.handle.datasync();
  }

  truncate(size: number): Promise<void> {
    return this.handle.truncate(size);
  }

  async touch(): Promise<void> {
    const now = new Date();
    await this.handle.utimes(now, now);
  }

  async stat(): Promise<DiskStat> {
    return shape(await this.handle.stat({ bigint: true }));
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

function shape(stat: { ino: bigint; size: bigint; mtimeNs: bigint; nlink: bigint }): DiskStat {
  return { ino: stat.ino, size: Number(stat.size), changedNs: stat.mtimeNs, links: Number(stat.nlink) };
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
