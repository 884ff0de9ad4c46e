/** What is going on beside the editing, as far as the editor tells. */
export interface Surroundings {
  readonly debugging: boolean;
  readonly building: boolean;
  readonly testing: boolean;
}

/** The category of a person's activity, in the words that other trackers use; `path` begins at the workspace's folder. */
export function categoryOf(around: Surroundings, reviewing: boolean, path: string): string {
  if (around.debugging) return "debugging";
  if (around.testing) return "running tests";
  if (around.building) return "building";
  if (reviewing) return "code reviewing";
  return isTestFile(path) ? "writing tests" : "coding";
}

export const AI_CODING = "ai coding";

const TEST_FOLDER = /(?:^|\/)(?:tests?|__tests__|specs?)\//i;
const TEST_NAME = /(?:^|\/)(?:test_[^/]*|[^/]*(?:_test|_spec|\.test|\.spec|Tests?)\.[^./]+)$/;

export function isTestFile(path: string): boolean {
  const normal = path.replaceAll("\\", "/");
  return TEST_FOLDER.test(normal) || TEST_NAME.test(normal);
}

const TEST_COMMAND =
  /^(?:(?:pytest|py\.test|tox|nox|jest|vitest run|mocha|ctest|rspec|phpunit)(?![\w.-])|(?:npm|pnpm|yarn|bun)(?: run)? t(?:est)?(?![\w.-])|(?:go|cargo|dotnet|mvn|gradle|make|deno|swift|mix|rake) test\b)/;
const BUILD_COMMAND =
  /^(?:(?:make|ninja|cmake|tsc|msbuild|bazel|docker build)(?![\w.-])|(?:npm|pnpm|yarn|bun) run (?:build|compile)|(?:go|cargo|dotnet|gradle|swift|zig) build\b|mvn (?:package|compile|install)\b)/;
// What runs another command: that one counts.
const RUNNER =
  /^(?:(?:[A-Za-z_]\w*=\S*|sudo|time|env|npx|bunx|(?:uv|poetry|pipenv|hatch|pdm) run|(?:npm|pnpm|yarn) exec|bundle exec|python3? -m)\s+|\.\/|\S*\/bin\/)/;
const WATCHES = /\s--watch(?:All|-all|=true)?(?=\s|$)|:watch\b|^(?:tsc|mocha)\s(?:.*\s)?-w(?=\s|$)/;

/** What a command line is for. The line itself is looked at and forgotten. */
export function commandKind(line: string): "testing" | "building" | undefined {
  // Quoted text may name anything.
  const parts = line.slice(0, LONGEST_LINE).replace(/"[^"]*"|'[^']*'/g, "''").split(/&&|\|\||[;|&\n]/);
  const kinds = parts.map(partKind);
  return kinds.includes("testing") ? "testing" : kinds.find((kind) => kind !== undefined);
}

/** What a task is for: a task of no group builds, unless its name is that of something that runs all day. */
export function taskKind(task: { name: string; group: string | undefined; isBackground: boolean }): "testing" | "building" | undefined {
  if (task.isBackground) return undefined;
  if (task.group === "test") return "testing";
  return /\b(?:watch|dev|serve|start)\b/i.test(task.name) ? undefined : "building";
}

const LONGEST_LINE = 2_000;

function partKind(part: string): "testing" | "building" | undefined {
  let command = part.trim();
  for (let before = ""; before !== command; ) {
    before = command;
    command = command.replace(RUNNER, "");
  }
  if (WATCHES.test(command)) return undefined;
  if (TEST_COMMAND.test(command)) return "testing";
  return BUILD_COMMAND.test(command) ? "building" : undefined;
}
