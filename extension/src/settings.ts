import * as vscode from "vscode";
import { PATH_STYLES, stricter, type PathStyle } from "./describe/privacy";
import { flagOf, listOf, secondsOf, textOf } from "./value";

/** Settings of the whole window; none of them can be set by a repository. */
export interface WindowSettings {
  /** Where the service listens; empty where its folder has the say. */
  readonly url: string;
  readonly token: string;
  readonly home: string;
  readonly command: string;
  readonly timeoutMs: number;
  readonly everyMs: number;
  readonly idleMs: number;
  readonly aiCoding: boolean;
  /** False while paused by the person. */
  readonly recording: boolean;
  readonly excludedProjects: readonly string[];
  readonly hiddenProjects: readonly string[];
}

/** Settings that may differ by folder. A repository can tighten the person's choice, never loosen it. */
export interface FolderSettings {
  readonly enabled: boolean;
  readonly paths: PathStyle;
  readonly branches: boolean;
  readonly exclude: readonly string[];
}

const SECTION = "timecode";

export function windowSettings(): WindowSettings {
  const config = vscode.workspace.getConfiguration(SECTION);
  const text = (name: string, fallback: string): string => textOf(config.get(name), fallback);
  const seconds = (name: string, fallback: number, least: number, most: number): number =>
    secondsOf(config.get(name), fallback, least, most);
  return {
    url: text("url", ""),
    token: text("token", ""),
    home: text("home", ""),
    command: text("command", ""),
    timeoutMs: seconds("requestTimeout", 15, 1, 300),
    everyMs: seconds("heartbeatInterval", 30, 1, 300),
    idleMs: seconds("idleThreshold", 120, 5, 3600),
    aiCoding: flagOf(config.get("recordAiCoding"), true),
    recording: flagOf(config.inspect("enabled")?.globalValue, true),
    excludedProjects: listOf(config.get("excludeProjects")),
    hiddenProjects: listOf(config.get("hideProjects")),
  };
}

export function folderSettings(uri: vscode.Uri | undefined): FolderSettings {
  const config = folderConfig(uri);
  const noBranches = values<boolean>(config, "recordBranches").includes(false);
  return {
    enabled: isEnabled(config),
    paths: pathStyle(config),
    branches: !noBranches,
    exclude: values<string[]>(config, "exclude").flatMap(listOf),
  };
}

/** The first of these alone: each question costs the editor a look through all its layers of settings. */
export function enabledIn(uri: vscode.Uri | undefined): boolean {
  return isEnabled(folderConfig(uri));
}

export async function setRecording(on: boolean): Promise<void> {
  await vscode.workspace
    .getConfiguration(SECTION)
    .update("enabled", on ? undefined : false, vscode.ConfigurationTarget.Global);
}

/** From now on the service's folder says where it listens. */
export async function forgetAddress(): Promise<void> {
  await vscode.workspace.getConfiguration(SECTION).update("url", undefined, vscode.ConfigurationTarget.Global);
}

export async function addExcludedProject(name: string): Promise<void> {
  const config = vscode.workspace.getConfiguration(SECTION);
  const present = listOf(config.inspect<string[]>("excludeProjects")?.globalValue);
  if (present.includes(name)) return;
  await config.update("excludeProjects", [...present, name], vscode.ConfigurationTarget.Global);
}

function folderConfig(uri: vscode.Uri | undefined): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(SECTION, uri ?? null);
}

function isEnabled(config: vscode.WorkspaceConfiguration): boolean {
  return !values<boolean>(config, "enabled").includes(false);
}

function pathStyle(config: vscode.WorkspaceConfiguration): PathStyle {
  const found = config.inspect<string>("paths");
  const chosen = styleOf(found?.globalValue) ?? "relative";
  return [found?.workspaceValue, found?.workspaceFolderValue].reduce<PathStyle>((style, value) => {
    const narrower = styleOf(value);
    return narrower ? stricter(style, narrower) : style;
  }, chosen);
}

function styleOf(value: unknown): PathStyle | undefined {
  return PATH_STYLES.find((style) => style === value);
}

function values<T>(config: vscode.WorkspaceConfiguration, name: string): T[] {
  const found = config.inspect<T>(name);
  return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].filter(
    (value): value is NonNullable<typeof value> => value !== undefined,
  );
}
