import type { DiskFile } from "./disk";

const CHUNK = 1 << 20;
// No record of ours is longer; more bytes than this without a newline are damage, and need not be held in memory.
const LONGEST = 1 << 18;

/** Calls back for every complete line from an offset on, with its offset; returns where the file ends. */
export async function readLines(
  file: DiskFile,
  from: number,
  each: (line: Buffer, offset: number) => void,
): Promise<number> {
  const chunk = Buffer.allocUnsafe(CHUNK);
  let held: Buffer = Buffer.alloc(0);
  let heldAt = from;
  let position = from;
  for (;;) {
    const got = await file.read(chunk, CHUNK, position);
    if (got === 0) return position;
    position += got;
    const bytes = Buffer.concat([held, chunk.subarray(0, got)]);
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      each(bytes.subarray(start, end), heldAt + start);
      start = end + 1;
    }
    held = Buffer.from(bytes.subarray(start));
    heldAt += start;
    if (held.length > LONGEST) {
      each(held.subarray(0, held.length - 1), heldAt);
      heldAt += held.length;
      held = Buffer.alloc(0);
    }
  }
}
