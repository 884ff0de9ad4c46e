import { homedir } from "node:os";
import { basename } from "node:path";
import type { Disk } from "./checkout";

/** A file that names a project: the name on its first line, the branch on its second, both optional. */
export interface ProjectFile {
  readonly root: string;
  readonly branch: string;
  /** What it calls the project that would be called so without it. */
  readonly nameFor: (detected: string) => string;
}

// Timecode's own goes first.
const NAMES = [".timecode-project", ".wakatime-project"];
const PLACEHOLDER = "{project}";
const HOME = /^(?:[a-z]:)?(?:\/root|(?:\/var)?\/(?:home|users)\/[^/]+)$/i;

export async function projectFileAt(folder: string, { files, path }: Disk): Promise<ProjectFile | undefined> {
  const texts = await Promise.all(NAMES.map((name) => files.read(path.join(folder, name))));
  const text = texts.find((one) => one !== undefined);
  if (text === undefined) return undefined;
  const [line = "", branch = ""] = text.split(/\r\n?|\n/).map((one) => one.trim());
  const name = line === "" ? PLACEHOLDER : line;
  // WakaTime's own tools leave such a file in the home folder, and the person's name is no project's.
  const own = path.basename(folder);
  if (name.includes(PLACEHOLDER) && (own === "" || isHome(folder, own))) return undefined;
  return { root: folder, branch, nameFor: (detected) => name.replaceAll(PLACEHOLDER, () => detected) };
}

function isHome(folder: string, name: string): boolean {
  // By its name, since the home folder may be reached by a link.
  return name === basename(homedir()) || HOME.test(folder.replaceAll("\\", "/"));
}
