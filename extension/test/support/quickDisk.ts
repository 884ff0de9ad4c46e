import type { Disk } from "../../src/queue/disk";
import { realDisk } from "../../src/queue/disk";

/** The real disk without waiting for it: for tests of what happens, where a power cut is no part of it. */
export const quickDisk: Disk = {
  ...realDisk,
  // Another process that syncs can hold up a sync of ours for a second, and these tests would make thousands.
  open: async (path) => Object.assign(await realDisk.open(path), { sync: () => Promise.resolve() }),
};
