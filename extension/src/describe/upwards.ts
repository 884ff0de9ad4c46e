import type { PlatformPath } from "node:path";

/** A path and all that are above it, the nearest first. */
export function upwards(start: string, path: PlatformPath): string[] {
  const all = [start];
  for (let one = start; path.dirname(one) !== one; all.push(one)) one = path.dirname(one);
  return all;
}
