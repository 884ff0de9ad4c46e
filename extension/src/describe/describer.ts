import * as nodePath from "node:path";
import * as vscode from "vscode";
import type { TimecodeEvent } from "../event";
import type { Beat } from "../observe/cadence";
import type { Subject } from "../observe/subject";
import { enabledIn, folderSettings, type WindowSettings } from "../settings";
import type { AskHead } from "./checkout";
import { gitCommand } from "./gitCommand";
import { ELSEWHERE, HERE } from "./glob";
import { languageNames } from "./language";
import { nodeFiles } from "./nodeFiles";
import { HIDDEN, among, excluding, hiding, redact, strictest, type Place, type PrivacyRules } from "./privacy";
import { Projects, type Project, type WorkspaceFolder } from "./project";
import { storable, storableEntity } from "./storable";
import { virtualFiles } from "./virtualFiles";
import { within } from "./within";

export interface DescriberOptions {
  readonly settings: () => WindowSettings;
  readonly editor: string;
  readonly machineId: () => Promise<string>;
  readonly hashKey: () => Promise<string>;
  readonly log: (line: string) => void;
}

// The service's folder may lie on a share that is out of reach.
const PATIENCE_MS = 2_000;
const LOST_MS = 60_000;

/** Makes an event of a heartbeat: who it belongs to, and only as much of that as the settings allow. */
export class Describer {
  readonly #projects = new Map<string, Projects>();
  readonly #git: AskHead;
  #languages: ReadonlyMap<string, string> | undefined;

  constructor(private readonly options: DescriberOptions) {
    this.#git = gitCommand({
      environment: process.env,
      trusted: () => vscode.workspace.isTrusted,
      strange: () => (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
      say: options.log,
      now: monotonic,
    });
  }

  /** The event, or undefined if the settings keep it from being recorded. */
  async describe(beat: Beat<Subject>, time: string): Promise<TimecodeEvent | undefined> {
    const place = await this.#placeOf(beat.subject);
    if (!place) return undefined;
    return {
      time,
      entity: storableEntity(place.entity),
      type: beat.subject.type,
      category: storable("category", beat.category),
      project: storable("project", place.project),
      branch: storable("branch", place.branch),
      language: storable("language", this.#language(beat.subject.languageId())),
      editor: storable("editor", this.options.editor),
      machine_id: storable("machine_id", await within(PATIENCE_MS, this.options.machineId(), "")),
      is_write: beat.isWrite,
      source: "vscode",
      ...(place.root === undefined ? {} : { project_root: storable("project_root", place.root) }),
    };
  }

  /** The project of a document or folder as the settings see it, without any redaction. */
  async projectOf(uri: vscode.Uri): Promise<Project> {
    const path = pathOf(uri);
    const finder = this.#finder(uri);
    return vscode.workspace.getWorkspaceFolder(uri)?.uri.toString() === uri.toString() ? finder.ofFolder(path) : finder.of(path);
  }

  /** The languages that extensions contribute changed. */
  forgetLanguages(): void {
    this.#languages = undefined;
  }

  async #placeOf(subject: Subject): Promise<Place | undefined> {
    const { uri } = subject;
    const { excludedProjects, hiddenProjects } = this.options.settings();
    const here = folderSettings(uri);
    if (!here.enabled) return undefined;
    if (!uri) return subject.unplaced && this.#excludesSome() ? undefined : { entity: subject.app, project: "", branch: "" };
    const finder = this.#finder(uri);
    const project = subject.inFolder ? await finder.ofFolder(pathOf(uri)) : await finder.of(pathOf(uri));
    // Whoever excludes a folder means it by whatever link it is reached.
    const there = project.paths.slice(1).map((path) => folderSettings(vscode.Uri.file(path)));
    const { enabled, paths, branches, exclude } = strictest([here, ...there]);
    if (!enabled || excluding(exclude, uri.scheme === "file" ? HERE : ELSEWHERE)(project) || among(excludedProjects)(project)) return undefined;
    const hashKey = paths === "hashed" ? await within(PATIENCE_MS, this.options.hashKey(), "") : "";
    const rules: PrivacyRules = { paths, branches, hidesProject: hiding({ hiddenProjects, excludedProjects, exclude }), hashKey };
    const place = redact(project, rules, flavour(uri));
    if (subject.type === "file") return place;
    // A part of the editor has no path to hide; its project may still be hidden.
    return { entity: subject.app, project: place.project, branch: place.project === HIDDEN ? "" : place.branch };
  }

  /** Whether something of this window must not be recorded at all. */
  #excludesSome(): boolean {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return this.options.settings().excludedProjects.length > 0 || folders.some(({ uri }) => !enabledIn(uri));
  }

  #finder(uri: vscode.Uri): Projects {
    const key = `${uri.scheme}://${uri.authority}`;
    let finder = this.#projects.get(key);
    if (!finder) {
      const local = uri.scheme === "file";
      finder = new Projects({
        files: local ? nodeFiles : virtualFiles(vscode.workspace.fs, (path) => uri.with({ path, query: "", fragment: "" })),
        path: flavour(uri),
        workspaces: () => workspaceFolders(uri),
        now: monotonic,
        ...(local ? { ask: this.#git } : { lostMs: LOST_MS }),
      });
      this.#projects.set(key, finder);
    }
    return finder;
  }

  #language(id: string): string {
    this.#languages ??= languageNames(contributions());
    return this.#languages.get(id) ?? id;
  }
}

function monotonic(): number {
  return performance.now();
}

function pathOf(uri: vscode.Uri): string {
  return uri.scheme === "file" ? uri.fsPath : uri.path;
}

function flavour(uri: vscode.Uri): nodePath.PlatformPath {
  return uri.scheme === "file" ? nodePath : nodePath.posix;
}

/** Those of the same file system. */
function workspaceFolders({ scheme, authority }: vscode.Uri): WorkspaceFolder[] {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === scheme && uri.authority === authority);
  return folders.map(({ name, uri }) => ({ name, path: pathOf(uri) }));
}

function* contributions(): Generator<{ id: string; aliases?: readonly string[] }> {
  for (const { packageJSON } of vscode.extensions.all) {
    const found = (packageJSON as { contributes?: { languages?: unknown } }).contributes?.languages;
    if (Array.isArray(found)) yield* found as { id: string; aliases?: readonly string[] }[];
  }
}
