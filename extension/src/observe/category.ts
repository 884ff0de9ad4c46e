import type { CommandKind } from "./commandLine";
import { isDocumentation, isTestFile } from "./filePurpose";

export { commandKind } from "./commandLine";
export { isTestFile } from "./filePurpose";

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
  if (isDocumentation(path)) return "writing docs";
  return isTestFile(path) ? "writing tests" : "coding";
}

export const AI_CODING = "ai coding";

const TESTS = /\btests?\b/i;
// What runs all day, and what is no work on the way to a program.
const NEITHER = /\b(?:watch|dev|serve|server|start|run|preview|lint|format|clean|deploy)\b/i;
const BUILDS = /\b(?:build|compile|rebuild|make)\b/i;

/** What a task is for: one of no group builds, unless its name is that of something that does not. */
export function taskKind(task: { name: string; group: string | undefined; isBackground: boolean }): CommandKind | undefined {
  const { name, group, isBackground } = task;
  if (isBackground || /\b(?:watch|dev|serve)\b/i.test(name)) return undefined;
  if (group === "test" || (group === undefined && TESTS.test(name))) return "testing";
  return group === undefined && NEITHER.test(name) && !BUILDS.test(name) ? undefined : "building";
}
