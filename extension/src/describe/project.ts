import type { PlatformPath } from "node:path";
import { NotedFiles, type Files } from "./files";
import { branchOf, checkoutAt, type Checkout } from "./git";
import { within } from "./within";

/** Which project a file belongs to. */
export interface Project {
  readonly name: string;
  readonly branch: string;
  /** The folder that the project's paths start from; empty if there is none. */
  readonly root: string;
  /** False if the file system didn't tell in time or at all: the name may be another one. */
  readonly sure: boolean;
  /** All that it goes by: its own name, its checkout's and the workspace folder's. A rule on any of them is on it. */
  readonly names: readonly string[];
}

export interface WorkspaceFolder {
  readonly name: string;
  readonly path: string;
}

// A named project's file holds a name, then a branch, each on a line and each optional.
const PROJECT_FILES = [".timecode-project", ".wakatime-project"];
const FRESH_MS = 60_000;
const AGAIN_MS = 5_000;
// A share or a machine out of reach can keep a look-up waiting for ever.
const PATIENCE_MS = 2_000;
const MOST_REMEMBERED = 500;

interface Found {
  readonly until: number;
  readonly sure: boolean;
  readonly named: { root: string; name: string; branch: string } | undefined;
  readonly checkout: Checkout | undefined;
}

const NOTHING = { named: undefined, checkout: undefined };

/**
 * Finds a file's project: the nearest named project at or above it, else its git checkout, else the workspace folder.
 * What is found for a folder is remembered for a minute; the branch is read anew each time, as it changes in place.
 * While the file system can't tell, what was last found for certain holds.
 */
export class Projects {
  readonly #folders = new Map<string, Found>();

  constructor(
    private readonly files: Files,
    private readonly path: PlatformPath,
    private readonly now: () => number,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  async of(file: string, workspace: WorkspaceFolder | undefined): Promise<Project> {
    return this.ofFolder(this.path.dirname(file), workspace);
  }

  async ofFolder(folder: string, workspace: WorkspaceFolder | undefined): Promise<Project> {
    const { named, checkout, sure } = await this.#find(folder);
    const root = named?.root ?? checkout?.root ?? workspace?.path ?? "";
    const names = [named?.name, checkout?.name, workspace?.name, root && this.path.basename(root)].filter(isGiven);
    const head = checkout && (await within(this.patienceMs, branchOf(checkout, this.files, this.path), ""));
    return { name: names[0] ?? "", branch: [named?.branch, head].find(isGiven) ?? "", root, sure, names };
  }

  async #find(folder: string): Promise<Found> {
    const known = this.#folders.get(folder);
    if (known && this.now() < known.until) return known;
    const found = await this.#look(folder, known);
    if (this.#folders.size >= MOST_REMEMBERED) this.#folders.clear();
    this.#folders.set(folder, found);
    return found;
  }

  async #look(folder: string, known: Found | undefined): Promise<Found> {
    const files = new NotedFiles(this.files);
    const seen = await within(this.patienceMs, this.#climb(folder, files), undefined);
    const now = this.now();
    if (seen && !files.failed) return { ...seen, sure: true, until: now + FRESH_MS };
    return { ...(known?.sure ? known : { ...(seen ?? NOTHING), sure: false }), until: now + AGAIN_MS };
  }

  async #climb(start: string, files: Files): Promise<Pick<Found, "named" | "checkout">> {
    let named: Found["named"];
    let checkout: Checkout | undefined;
    for (let folder = start; !named || !checkout; folder = this.path.dirname(folder)) {
      named ??= await this.#namedAt(folder, files);
      checkout ??= await checkoutAt(folder, files, this.path);
      if (this.path.dirname(folder) === folder) break;
    }
    return { named, checkout };
  }

  async #namedAt(folder: string, files: Files): Promise<Found["named"]> {
    for (const name of PROJECT_FILES) {
      const text = await files.read(this.path.join(folder, name));
      if (text === undefined) continue;
      const [project = "", branch = ""] = text.split("\n").map((line) => line.trim());
      return { root: folder, name: project === "" ? this.path.basename(folder) : project, branch };
    }
    return undefined;
  }
}

function isGiven(name: string | undefined): name is string {
  return name !== undefined && name !== "";
}
