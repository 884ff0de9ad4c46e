import { createHmac } from "node:crypto";
import type { PlatformPath } from "node:path";
import type { FolderSettings } from "../settings";
import { matcher, nameMatcher, type GlobOptions } from "./glob";
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

/** Whether a list of globs means a place, by any path that leads there. */
export function excluding(globs: readonly string[], options: GlobOptions): (project: Pick<Project, "paths">) => boolean {
  const matches = matcher(globs, options);
  return ({ paths }) => paths.some(matches);
}

/** What settings a place has by which some things are left out, and others hidden. */
export interface Lists {
  readonly hiddenProjects: readonly string[];
  readonly excludedProjects: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * Whether a project is recorded as hidden: by a name, or because its names can't be told while some mustn't be, or
 * because a link can't be followed while some files mustn't be recorded.
 */
export function hiding({ hiddenProjects, excludedProjects, exclude }: Lists): (project: Project) => boolean {
  const hides = among(hiddenProjects);
  return (project) => {
    if (!project.sure && hiddenProjects.length + excludedProjects.length > 0) return true;
    return hides(project) || (!project.resolved && exclude.length > 0);
  };
}

/** What holds for a place that several folders' settings are about: of each the strictest. */
export function strictest(all: readonly FolderSettings[]): FolderSettings {
  return {
    enabled: all.every(({ enabled }) => enabled),
    paths: all.map(({ paths }) => paths).reduce(stricter),
    branches: all.every(({ branches }) => branches),
    exclude: all.flatMap(({ exclude }) => exclude),
  };
}

/** A file's path and project as the rules let them be recorded. */
export function redact(project: Project, rules: PrivacyRules, path: PlatformPath): Place {
  if (rules.hidesProject(project)) return { entity: HIDDEN, project: HIDDEN, branch: "" };
  const branch = rules.branches ? project.branch : "";
  const place = { entity: entityOf(project.path, project.root, rules, path), project: project.name, branch };
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
