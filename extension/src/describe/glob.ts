import { homedir } from "node:os";
import { Automaton } from "./automaton";

export interface GlobOptions {
  /** What `~` stands for, taken as it is; undefined where that can't be known: any folder that may be a home. */
  readonly home: string | undefined;
  /** Where the file system tells no case apart, a pattern must not either. */
  readonly ignoreCase: boolean;
}

/** This machine's paths. */
export const HERE: GlobOptions = { home: homedir(), ignoreCase: process.platform === "win32" || process.platform === "darwin" };
/** Another machine's, of which nothing is known: rather too much is excluded than too little. */
export const ELSEWHERE: GlobOptions = { home: undefined, ignoreCase: true };
const HOMES = "{/root,**/home/*,**/users/*}";
// A list without end would take its time at each heartbeat.
const MOST_CHARACTERS = 10_000;

/**
 * Whether a path matches a pattern: `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` is either,
 * `[a-z]` one of, `~/` the home folder. A pattern without a slash matches at any depth, and a folder's pattern all that
 * is in it. Either slash will do, and a drive's letter in either case, with the slash that URIs put before it or
 * without. A list too long to be looked through matches all.
 */
export function matcher(patterns: readonly string[], options: GlobOptions = HERE): (path: string) => boolean {
  return remembered(PATHS, JSON.stringify([options, patterns]), () => pathMatcher(patterns, options));
}

/** The same for names, which have no folders: `*` matches anything. */
export function nameMatcher(patterns: readonly string[]): (name: string) => boolean {
  return remembered(NAMES, JSON.stringify(patterns), () => {
    const used = patterns.filter((pattern) => pattern.trim() !== "").map((pattern) => pattern.split("*"));
    return (name) => used.some((parts) => hasInOrder(name, parts));
  });
}

type Matcher = (text: string) => boolean;

// The same few lists come with every heartbeat: each folder's own, and those of projects.
const PATHS = new Map<string, Matcher>();
const NAMES = new Map<string, Matcher>();
const MOST_LISTS = 100;
const MOST_ANSWERS = 1_000;

function remembered(lists: Map<string, Matcher>, key: string, make: () => Matcher): Matcher {
  const known = lists.get(key);
  if (known) return known;
  const made = make();
  const answers = new Map<string, boolean>();
  const matches: Matcher = (text) => {
    const answer = answers.get(text) ?? made(text);
    if (answers.size >= MOST_ANSWERS) answers.clear();
    answers.set(text, answer);
    return answer;
  };
  if (lists.size >= MOST_LISTS) lists.clear();
  lists.set(key, matches);
  return matches;
}

function pathMatcher(patterns: readonly string[], options: GlobOptions): Matcher {
  const used = patterns.filter((pattern) => pattern.trim() !== "");
  if (used.reduce((sum, { length }) => sum + length, 0) > MOST_CHARACTERS) return () => true;
  const globs = used.map((pattern) => globMatcher(pattern, options));
  return (path) => {
    const normal = normalised(path, options);
    return globs.some((matches) => matches(normal));
  };
}

function globMatcher(pattern: string, options: GlobOptions): Matcher {
  const normal = normalised(pattern, options).replace(/(?<!\/)\/+$/, "");
  if (/^~(?:\/|$)/.test(normal)) {
    const below = normal.slice(1);
    if (options.home === undefined) return lazily("", HOMES + below, needleOf(below));
    return lazily(normalised(options.home, options).replace(/(?<!\/)\/+$/, ""), below, needleOf(below));
  }
  const anchored = normal.startsWith("/") || /^[a-z]:/i.test(normal) || normal.startsWith("**");
  // A relative pattern matches below any folder: paths arrive absolute.
  return lazily("", anchored ? normal : `**/${normal}`, needleOf(normal));
}

/** Most patterns of a list have nothing to do with a path: for those no automaton is ever made. */
function lazily(literally: string, glob: string, needle: string): Matcher {
  let automaton: Automaton | undefined;
  return (path) => path.includes(needle) && (automaton ??= new Automaton(literally, glob)).matches(path);
}

/** The longest text that whatever the glob matches must hold. Slashes at its ends may stand for no folder at all. */
function needleOf(glob: string): string {
  const [plain = ""] = glob.split(/[[{]/, 1);
  const texts = plain.split(/[*?]/).map((text) => text.replace(/^\/+|\/+$/g, ""));
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), "");
}

function normalised(text: string, { ignoreCase }: GlobOptions): string {
  const slashed = text.replaceAll("\\", "/").replace(/^\/?([A-Za-z]):/, (_, drive: string) => `${drive.toLowerCase()}:`);
  return ignoreCase ? slashed.toLowerCase() : slashed;
}

/** Whether the name begins with the first part, ends with the last and has the others between them. */
export function hasInOrder(name: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
