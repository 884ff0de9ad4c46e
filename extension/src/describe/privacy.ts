import { createHmac } from "node:crypto";
import type { PlatformPath } from "node:path";
import { nameMatcher } from "./glob";
import type { Project } from "./project";

/** How a path is recorded, from the loosest to the strictest. */
export const PATH_STYLES = ["absolute", "relative", "name", "hashed", "hidden"] as const;
export type PathStyle = (typeof PATH_STYLES)[number];

export const HIDDEN = "HIDDEN";

/** The stricter of two. A repository's own settings may tighten what the person chose, never loosen it. */
export function stricter(one: PathStyle, other: PathStyle): PathStyle {
  return PATH_STYLES.indexOf(one) > PATH_STYLES.indexOf(other) ? one : other;
}

export interface Place {
  readonly entity: string;
  readonly project: string;
  readonly branch: string;
  /** Present only where the whole path may be known. */
  readonly root?: string;
}

export interface PrivacyRules {
  readonly paths: PathStyle;
  readonly branches: boolean;
  readonly hidesProject: (project: Project) => boolean;
  /** Keys the hash; without it, 128 bits of a guessable path would be guessed. */
  readonly hashKey: string;
}

/** Whether a project is one of those that a list means, by any name it goes by. */
export function among(list: readonly string[]): (project: Project) => boolean {
  const matches = nameMatcher(list);
  return ({ names }) => names.some(matches);
}

/** Whether a project is recorded as hidden: by a name, or because its names can't be told while some mustn't be. */
export function hiding(hidden: readonly string[], excluded: readonly string[]): (project: Project) => boolean {
  const hides = among(hidden);
  return (project) => (project.sure ? hides(project) : hidden.length + excluded.length > 0);
}

/** A file's path and project as the rules let them be recorded. */
export function redact(file: string, project: Project, rules: PrivacyRules, path: PlatformPath): Place {
  if (rules.hidesProject(project)) return { entity: HIDDEN, project: HIDDEN, branch: "" };
  const branch = rules.branches ? project.branch : "";
  const place = { entity: entityOf(file, project.root, rules, path), project: project.name, branch };
  return rules.paths === "absolute" && project.root !== "" ? { ...place, root: project.root } : place;
}

function entityOf(file: string, root: string, rules: PrivacyRules, path: PlatformPath): string {
  switch (rules.paths) {
    case "absolute":
      return file;
    case "relative":
      return relativeTo(root, file, path) ?? path.basename(file);
    case "name":
      return path.basename(file);
    case "hashed":
      return hashed(file, rules.hashKey);
    case "hidden":
      return HIDDEN;
  }
}

function hashed(file: string, key: string): string {
  // No key, no hash: an unkeyed one would be as good as the path.
  if (key === "") return HIDDEN;
  return `hashed-${createHmac("sha256", key).update(file).digest("hex").slice(0, 32)}`;
}

function relativeTo(root: string, file: string, path: PlatformPath): string | undefined {
  if (root === "") return undefined;
  const relative = path.relative(root, file);
  if (relative === "" || relative.startsWith("..") || path.isAbsolute(relative)) return undefined;
  return relative.split(path.sep).join("/");
}
