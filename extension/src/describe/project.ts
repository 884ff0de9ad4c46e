import type { PlatformPath } from "node:path";
import { noBranch, type AskHead, type Disk } from "./checkout";
import type { Files } from "./files";
import { Lookups, type Answer } from "./lookups";
import { NOTHING, rootsAbove, type Roots } from "./roots";
import { within } from "./within";

/** Which project a file or folder belongs to. */
export interface Project {
  readonly name: string;
  readonly branch: string;
  /** The folder that the project's paths start from; empty if there is none. */
  readonly root: string;
  /** The path of the file or folder, as it begins with the root. */
  readonly path: string;
  /** False if the file system didn't tell in time or at all: the name may be another one. */
  readonly sure: boolean;
  /** All that it goes by: its own name, its checkout's, the workspace folder's. A rule on any of them is on it. */
  readonly names: readonly string[];
  /** All that lead there: the one asked for, the one without links, those by folders that are open. A rule on any is on it. */
  readonly paths: readonly string[];
  /** False if a link couldn't be followed: there may be one more path. */
  readonly resolved: boolean;
}

export interface WorkspaceFolder {
  readonly name: string;
  readonly path: string;
}

export interface ProjectsOptions {
  readonly files: Files;
  readonly path: PlatformPath;
  /** The folders that are open, of this file system. */
  readonly workspaces: () => readonly WorkspaceFolder[];
  readonly now: () => number;
  /** A share or a machine out of reach can keep a look-up waiting for ever. */
  readonly patienceMs?: number;
  /** After this long a connection has lost what it was asked for; a disk never has. */
  readonly lostMs?: number;
  readonly ask?: AskHead;
}

const PATIENCE_MS = 2_000;
const FRESH_MS = 60_000;
// A link that leads elsewhere now must not be believed for long, and following it costs little.
const LINK_FRESH_MS = 5_000;

interface Place {
  readonly path: string;
  readonly roots: Roots;
  readonly workspace: WorkspaceFolder | undefined;
}

/** A folder that is open, and where it really is. */
interface Opened {
  readonly folder: WorkspaceFolder;
  readonly real: string;
}

/**
 * Finds a file's project: the nearest named project or checkout at or above it, else the workspace folder. A file that is
 * reached by a link belongs to where it really is, if that is in a project; whatever it goes by there and here is its name.
 * What is found for a folder is remembered for a minute; the branch is read anew each time, as it changes in place.
 */
export class Projects {
  readonly #roots: Lookups<Roots>;
  readonly #links: Lookups<string>;
  readonly #disk: Disk;
  readonly #patienceMs: number;

  constructor(private readonly options: ProjectsOptions) {
    const { files, path, now, patienceMs = PATIENCE_MS, lostMs = Infinity } = options;
    const common = { now, patienceMs, lostMs };
    this.#disk = { files, path };
    this.#patienceMs = patienceMs;
    this.#roots = new Lookups({ look: (folder) => rootsAbove(folder, this.#disk), unknown: () => NOTHING, freshMs: FRESH_MS, ...common });
    const look = async (asked: string): Promise<Answer<string>> => ({ found: await files.real(asked), sure: true });
    this.#links = new Lookups({ look, unknown: (asked) => asked, freshMs: LINK_FRESH_MS, ...common });
  }

  of(file: string): Promise<Project> {
    return this.#find(file, false);
  }

  ofFolder(folder: string): Promise<Project> {
    return this.#find(folder, true);
  }

  async #find(asked: string, isFolder: boolean): Promise<Project> {
    const folderOf = (one: string): string => (isFolder ? one : this.options.path.dirname(one));
    const [here, link, opened] = await Promise.all([this.#roots.get(folderOf(asked)), this.#links.get(asked), this.#opened()]);
    // Most paths hold no link, so that the second look-up is the first one's.
    const there = await this.#roots.get(folderOf(link.found));
    const around = opened.filter(({ folder, real }) => this.#holds(folder.path, asked) || this.#holds(real, link.found));
    const lexical = { path: asked, roots: here.found, workspace: this.#nearest(asked, around.map(({ folder }) => folder)) };
    const inReal = around.map(({ folder, real }) => ({ name: folder.name, path: real }));
    const real = { path: link.found, roots: there.found, workspace: this.#nearest(link.found, inReal) };
    const place = isPlaced(real) ? real : lexical;
    const { name, root } = this.#identity(place);
    return {
      name,
      root,
      branch: await this.#branch(place),
      path: place.path,
      sure: here.sure && there.sure && link.sure,
      names: distinct([name, ...this.#names(real), ...this.#names(lexical), ...this.#openNames(around)]),
      paths: distinct([asked, link.found, ...this.#openPaths(link.found, around)]),
      resolved: link.sure,
    };
  }

  #opened(): Promise<Opened[]> {
    return Promise.all(this.options.workspaces().map(async (folder) => ({ folder, real: (await this.#links.get(folder.path)).found })));
  }

  #holds(folder: string, path: string): boolean {
    const relative = this.options.path.relative(folder, path);
    return relative.split(this.options.path.sep)[0] !== ".." && !this.options.path.isAbsolute(relative);
  }

  #nearest(path: string, folders: readonly WorkspaceFolder[]): WorkspaceFolder | undefined {
    const holding = folders.filter((folder) => this.#holds(folder.path, path));
    return holding.sort((one, other) => other.path.length - one.path.length)[0];
  }

  #openNames(around: readonly Opened[]): string[] {
    const { path } = this.options;
    return around.flatMap(({ folder, real }) => [folder.name, path.basename(folder.path), path.basename(real)]);
  }

  /** The path by each folder that is open and holds it. */
  #openPaths(path: string, around: readonly Opened[]): string[] {
    const holding = around.filter(({ real }) => this.#holds(real, path));
    return holding.map(({ folder, real }) => this.options.path.join(folder.path, this.options.path.relative(real, path)));
  }

  /** A project file at the root of a checkout or below it names the project; one above it names what is in no checkout. */
  #identity({ roots: { file, checkout }, workspace }: Place): { name: string; root: string; branch: string } {
    const detected = (root: string): string => (checkout?.root === root ? checkout.name : this.options.path.basename(root));
    if (file && (!checkout || file.root.length >= checkout.root.length)) return { name: file.nameFor(detected(file.root)), root: file.root, branch: file.branch };
    if (checkout) return { name: checkout.name, root: checkout.root, branch: "" };
    return { name: workspace?.name ?? "", root: workspace?.path ?? "", branch: "" };
  }

  #names(place: Place): string[] {
    const { file, checkout } = place.roots;
    const { path } = this.options;
    const { name, root } = this.#identity(place);
    // A project file above a checkout names it no more, but whoever excluded what it names meant the checkout, too.
    const named = file?.nameFor(path.basename(file.root)) ?? "";
    return [name, path.basename(root), named, checkout?.name ?? "", path.basename(checkout?.root ?? "")];
  }

  async #branch(place: Place): Promise<string> {
    const { branch } = this.#identity(place);
    const { checkout } = place.roots;
    if (branch !== "" || !checkout) return branch;
    return within(this.#patienceMs, checkout.branch(this.#disk, this.options.ask ?? noBranch), "");
  }
}

function isPlaced({ roots: { file, checkout }, workspace }: Place): boolean {
  return file !== undefined || checkout !== undefined || workspace !== undefined;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== "");
}
