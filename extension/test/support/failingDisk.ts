import type { Disk, DiskFile } from "../../src/queue/disk";
import { realDisk } from "../../src/queue/disk";

/** A disk that can run full. Writes then leave a part behind, as real ones do. */
export class SmallDisk implements Disk {
  /** Bytes that still fit. */
  room = Infinity;
  /** Whether even cutting a file fails. */
  stuck = false;

  readonly rename = realDisk.rename.bind(realDisk);
  readonly unlink = realDisk.unlink.bind(realDisk);
  readonly list = realDisk.list.bind(realDisk);
  readonly makeFolder = realDisk.makeFolder.bind(realDisk);
  readonly stat = realDisk.stat.bind(realDisk);

  async open(path: string): Promise<DiskFile> {
    const file = await realDisk.open(path);
    return {
      read: file.read.bind(file),
      sync: file.sync.bind(file),
      touch: file.touch.bind(file),
      stat: file.stat.bind(file),
      close: file.close.bind(file),
      truncate: async (size) => {
        if (this.stuck) throw failure("EIO");
        await file.truncate(size);
      },
      append: async (bytes) => {
        const fits = Math.min(this.room, bytes.length);
        if (fits > 0) await file.append(bytes.subarray(0, fits));
        this.room -= fits;
        if (fits < bytes.length) throw failure("ENOSPC");
      },
    };
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}
