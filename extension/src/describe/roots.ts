import type { Checkout, Disk } from "./checkout";
import { NotedFiles } from "./files";
import type { Answer } from "./lookups";
import { projectFileAt, type ProjectFile } from "./projectFile";
import { upwards } from "./upwards";
import { checkoutAt } from "./versionControl";

/** What may name a project, the nearest of each at or above a folder. */
export interface Roots {
  readonly file: ProjectFile | undefined;
  readonly checkout: Checkout | undefined;
}

export const NOTHING: Roots = { file: undefined, checkout: undefined };

// So many folders are looked into at once, as each look may take a round trip to another machine. Few paths are deeper.
const LEVELS = 16;

export async function rootsAbove(start: string, { files, path }: Disk): Promise<Answer<Roots>> {
  const noted = new NotedFiles(files);
  const disk = { files: noted, path };
  const folders = upwards(start, path);
  let { file, checkout } = NOTHING;
  for (let from = 0; from < folders.length && !(file && checkout); from += LEVELS) {
    const level = folders.slice(from, from + LEVELS);
    const [named, checkouts] = await Promise.all([
      Promise.all(level.map((folder) => projectFileAt(folder, disk))),
      Promise.all(level.map((folder) => checkoutAt(folder, disk))),
    ]);
    file ??= named.find((one) => one !== undefined);
    checkout ??= checkouts.find((one) => one !== undefined);
  }
  return { found: { file, checkout }, sure: !noted.failed };
}
