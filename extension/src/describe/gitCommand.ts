import { execFile } from "node:child_process";
import { devNull } from "node:os";
import * as path from "node:path";
import { isProgram, pathFolders } from "../program";
import type { AskHead, Repository } from "./checkout";
import { nodeFiles } from "./nodeFiles";

export interface GitCommandOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** False while the person doesn't trust what is open. */
  readonly trusted: () => boolean;
  /** Folders whose files may be anybody's: no program is taken from there. */
  readonly strange: () => readonly string[];
  /** Told once of each thing that keeps git from being asked. */
  readonly say: (line: string) => void;
  readonly now: () => number;
}

const PATIENCE_MS = 2_000;
const FRESH_MS = 10 * 60_000;
const MOST_REMEMBERED = 100;
// A repository's settings may have git read another host's files, which on Windows hands that host a login.
const LEADS_AWAY = /\[\s*include|^\s*worktree\s*=\s*"?[\\/]{2}/im;
// Reading HEAD uses none of these. They are closed all the same, since a repository's settings name programs.
const CLOSED = ["--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", `core.hooksPath=${devNull}`];
const DETACHED = 1;

/** Asks this machine's git, and again only once the repository has changed. */
export function gitCommand(options: GitCommandOptions): AskHead {
  const heads = new Map<string, { version: string; until: number; head: Promise<string> }>();
  const said = new Set<string>();
  const failed = (error: unknown): string => {
    const line = `No branch of repositories with the reftable format: ${error instanceof Error ? error.message : String(error)}`;
    if (!said.has(line)) options.say(line);
    said.add(line);
    return "";
  };
  return (repository) => {
    const { gitDir, version } = repository;
    const known = heads.get(gitDir);
    if (known?.version === version && options.now() < known.until) return known.head;
    if (!options.trusted()) return Promise.resolve(failed("git is asked only where you trust the workspace"));
    const head = headOf(repository, options).catch(failed);
    if (heads.size >= MOST_REMEMBERED) heads.clear();
    heads.set(gitDir, { version, until: options.now() + FRESH_MS, head });
    return head;
  };
}

async function headOf({ root, configs }: Repository, { environment, strange }: GitCommandOptions): Promise<string> {
  if (root.startsWith("\\\\")) throw new Error("git is not asked about another machine's folders");
  for (const config of configs) {
    if (LEADS_AWAY.test((await nodeFiles.read(config)) ?? "")) throw new Error("git is not asked where settings include other files");
  }
  const git = await findGit(environment, [root, ...strange()]);
  if (git === undefined) throw new Error("git is not installed");
  const env = { ...withoutGit(environment), GIT_CEILING_DIRECTORIES: path.dirname(root), GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none", GIT_TERMINAL_PROMPT: "0" };
  return new Promise((resolve, reject) => {
    // From within the checkout and not by naming its folder: only so git itself refuses a repository of another user.
    const options = { cwd: root, env, timeout: PATIENCE_MS, killSignal: "SIGKILL", maxBuffer: 1 << 16, windowsHide: true } as const;
    const child = execFile(git, [...CLOSED, "symbolic-ref", "--quiet", "HEAD"], options, (error, head, complaint) => {
      if (!error) resolve(head);
      else if (error.code === DETACHED) resolve("");
      else reject(new Error(/.+/.exec(complaint)?.[0] ?? "git did not answer in time"));
    });
    child.stdin?.end();
  });
}

/** The first git on the path. */
async function findGit(environment: NodeJS.ProcessEnv, strange: readonly string[]): Promise<string | undefined> {
  const windows = process.platform === "win32";
  const entries = pathFolders(environment);
  // There the system's own git, as long as no developer tools are installed, is a window that offers them.
  const folders = process.platform === "darwin" ? [...entries.filter((entry) => entry !== "/usr/bin"), "/Library/Developer/CommandLineTools/usr/bin"] : entries;
  for (const folder of folders) {
    if (strange.some((one) => isWithin(folder, one))) continue;
    const candidate = path.join(folder, windows ? "git.exe" : "git");
    if (await isProgram(candidate)) return candidate;
  }
  return undefined;
}

function isWithin(folder: string, other: string): boolean {
  const relative = path.relative(other, folder);
  return relative === "" || (!relative.startsWith("..") && !path.isAbsolute(relative));
}

/** Without what would have git look elsewhere than in the folder. */
function withoutGit(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^GIT_/i.test(name)));
}
