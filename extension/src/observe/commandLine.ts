import { hasInOrder } from "../describe/glob";
import { hasTestName } from "./filePurpose";
import { TOOLS, type Tool } from "./tools";

/** What a command line is for. */
export type CommandKind = "testing" | "building";

// Lines grow long by lists of files, and what runs stands in front.
const LONGEST_LINE = 2_000;
// `sudo env CI=1 npx …`: each takes one step.
const MOST_STEPS = 10;
const BETWEEN = /&&|\|\||[;|&()`\n]/y;
const KEYWORDS = new Set(["if", "then", "else", "elif", "do", "while", "until", "!", "{", "$"]);
const ASSIGNED = /^[a-z_]\w*=/;
const IN_CI = /^ci=(?!0$|false$)./;
const WATCHES = /^(?:--watch(?:-?all)?(?:=true)?|(?:[^-].*[:-])?watch)$/;
const SHOWS_ONLY = /^--(?:help|version)$/;
// `bash -lc`, `pwsh -Command`, `cmd /c`.
const SHELL_COMMAND = /^(?:-[a-z]*c|-command|\/[a-z]*[ck])$/;
const SKIPS_TESTS = /^-d(?:skiptests|maven\.test\.skip)(?:=true)?$/;

const BY_NAME: ReadonlyMap<string, Tool> = new Map(TOOLS.flatMap((tool) => tool.names.split(" ").map((name) => [name, tool])));

/** What a command line is for: tests go before builds. The line itself is looked at and forgotten. */
export function commandKind(line: string): CommandKind | undefined {
  const kinds = commandsOf(line.slice(0, LONGEST_LINE)).map((words) => kindOf(words));
  return kinds.includes("testing") ? "testing" : kinds.find((kind) => kind !== undefined);
}

/** The simple commands of a line, as words in small letters; what is quoted is one word, or part of one. */
function commandsOf(line: string): string[][] {
  // What follows is the text of a document, whatever it looks like.
  const [text = ""] = line.split("<<", 1);
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const end = (): void => {
    if (word !== undefined) words.push(word.toLowerCase());
    word = undefined;
  };
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? "";
    const quoted = char === '"' || char === "'" ? text.indexOf(char, at + 1) : -1;
    BETWEEN.lastIndex = at;
    const between = BETWEEN.exec(text)?.[0];
    if (quoted !== -1) {
      word = (word ?? "") + text.slice(at + 1, quoted);
      at = quoted + 1;
    } else if (between !== undefined) {
      end();
      commands.push(words);
      words = [];
      at += between.length;
    } else if (/\s/.test(char)) {
      end();
      at++;
    } else if (char === "#" && word === undefined) {
      at = text.includes("\n", at) ? text.indexOf("\n", at) : text.length;
    } else {
      const escaped = char === "\\" && text[at + 1] === " ";
      word = (word ?? "") + (escaped ? " " : char);
      at += escaped ? 2 : 1;
    }
  }
  end();
  commands.push(words);
  return commands;
}

function kindOf(all: readonly string[]): CommandKind | undefined {
  let ci = false;
  let words = all;
  for (let step = 0; step < MOST_STEPS; step++) {
    const start = words.findIndex((word) => !KEYWORDS.has(word) && !ASSIGNED.test(word));
    if (start === -1) return undefined;
    ci ||= words.slice(0, start).some((word) => IN_CI.test(word));
    const [program = "", ...rest] = words.slice(start);
    if (hasTestName(program)) return "testing";
    const tool = toolOf(program);
    if (!tool) return undefined;
    const kind = toolKind(tool, rest, ci);
    if (kind === "watching") return undefined;
    if (kind) return kind;
    const next = behind(tool, rest);
    if (typeof next === "string") return commandKind(next);
    words = next;
  }
  return undefined;
}

function toolOf(program: string): Tool | undefined {
  const name = program.replace(/^.*[\\/]/, "").replace(/\.(?:exe|cmd|bat)$/, "");
  // `python3.12`, and a script that is a tool's own: `node node_modules/jest/bin/jest.js`.
  return BY_NAME.get(name) ?? BY_NAME.get(name.replace(/-?[\d.]+$|\.[cm]?js$/, ""));
}

function toolKind(tool: Tool, rest: readonly string[], ci: boolean): CommandKind | "watching" | undefined {
  const { tests = "", builds = "", neither = "", watches = "", onceInCi = "", targets } = tool;
  const { options, words } = sorted(tool, rest);
  if (tool.runs !== "shell" && rest.some((word) => WATCHES.test(word) || has(watches, word))) return "watching";
  if (options.some((option) => SHOWS_ONLY.test(option))) return undefined;
  const counted = targets ? words : words.slice(0, 1);
  const some = (list: string): boolean => list === "*" || counted.some((word) => has(list, word)) || options.some((option) => has(list, option));
  if ([...counted, ...options].some((word) => has(neither, word))) return undefined;
  const testing = some(tests) || (ci && some(onceInCi));
  if (testing && !options.some((option) => SKIPS_TESTS.test(option))) return "testing";
  return testing || some(builds) ? "building" : undefined;
}

/** The words that say what to do, without options and their values and what only goes before: `run`, `+nightly`. */
function sorted({ valued = "", run = "", groups = "" }: Tool, rest: readonly string[]): { options: string[]; words: string[]; ran: boolean } {
  const options: string[] = [];
  const words: string[] = [];
  let ran = false;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (has(valued, word)) at++;
    else if (word.startsWith("-")) options.push(word);
    else if (words.length === 0 && has(run, word)) ran = true;
    else if (!word.startsWith("+") && !(words.length === 0 && has(groups, word))) words.push(word);
  }
  return { options, words, ran };
}

/** The command that the tool runs: its words, or a whole line for a shell. */
function behind(tool: Tool, rest: readonly string[]): readonly string[] | string {
  const { runs, run = "", groups = "", valued = "" } = tool;
  const marker = runs === "shell" ? rest.findIndex((word) => SHELL_COMMAND.test(word)) : runs === "module" ? rest.indexOf("-m") : -1;
  if (marker !== -1) return runs === "shell" ? rest.slice(marker + 1).join(" ") : rest.slice(marker + 1);
  if (runs === undefined || (typeof runs === "number" && run !== "" && !sorted(tool, rest).ran)) return [];
  let skip = typeof runs === "number" ? runs : 0;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (has(valued, word)) at++;
    else if (!word.startsWith("-") && !has(run, word) && !has(groups, word) && skip-- === 0) return rest.slice(at);
  }
  return [];
}

/** Whether one of the list's patterns is the word. */
function has(list: string, word: string): boolean {
  return list !== "" && list.split(" ").some((pattern) => hasInOrder(word, pattern.split("*")));
}
