import { crc32 } from "node:zlib";

/**
 * One line of a queue file: `<kind> <seq> <length> <crc> <payload>\n`.
 *
 * Lines, not bare binary lengths: a flipped bit then costs the record it hits (two if it hits the newline), and
 * reading finds its feet again at the next line. The payload is JSON, which never holds a raw newline.
 */
export interface Record {
  readonly kind: Kind;
  readonly seq: number;
  readonly payload: string;
}

/** `e` an event; `s` the numbers of events that are settled. */
export type Kind = "e" | "s";

const LINE = /^([es]) (\d{1,15}) (\d{1,8}) ([0-9a-f]{8}) /;

export function encode({ kind, seq, payload }: Record): Buffer {
  const length = Buffer.byteLength(payload);
  return Buffer.from(`${kind} ${seq} ${length} ${checksum(kind, seq, payload)} ${payload}\n`);
}

/** The record of one line without its newline, or undefined if a single byte of it is wrong. */
export function decode(line: Buffer): Record | undefined {
  const match = LINE.exec(line.subarray(0, 40).toString("latin1"));
  if (!match) return undefined;
  const [header, kind, seq, length, crc] = match;
  if ((kind !== "e" && kind !== "s") || seq === undefined) return undefined;
  const body = line.subarray(header.length);
  if (body.length !== Number(length)) return undefined;
  const payload = body.toString("utf8");
  if (checksum(kind, Number(seq), payload) !== crc) return undefined;
  return { kind, seq: Number(seq), payload };
}

function checksum(kind: Kind, seq: number, payload: string): string {
  return crc32(payload, crc32(`${kind} ${seq} `)).toString(16).padStart(8, "0");
}
