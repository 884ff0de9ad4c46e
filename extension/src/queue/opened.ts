/** Paths of the queue files that this process has open, so that it never takes its own for a dead window's. */
export const opened = new Set<string>();
