import * as nodePath from "node:path";
import * as vscode from "vscode";
import type { TimecodeEvent } from "../event";
import type { Beat } from "../observe/cadence";
import type { Subject } from "../observe/subject";
import { folderSettings, type WindowSettings } from "../settings";
import { ELSEWHERE, HERE, matcher } from "./glob";
import { languageNames } from "./language";
import { nodeFiles } from "./nodeFiles";
import { HIDDEN, among, hiding, redact, type Place, type PrivacyRules } from "./privacy";
import { Projects, type Project, type WorkspaceFolder } from "./project";
import { virtualFiles } from "./virtualFiles";
import { within } from "./within";

export interface DescriberOptions {
  readonly settings: () => WindowSettings;
  readonly editor: string;
  readonly machineId: () => Promise<string>;
  readonly hashKey: () => Promise<string>;
}

// Longer than any path or name of use; the service refuses texts without end.
const LONGEST = 4096;
// The service's folder may lie on a share that is out of reach.
const PATIENCE_MS = 2_000;

/** Makes an event of a heartbeat: who it belongs to, and only as much of that as the settings allow. */
export class Describer {
  readonly #projects = new Map<string, Projects>();
  #languages: ReadonlyMap<string, string> | undefined;

  constructor(private readonly options: DescriberOptions) {}

  /** The event, or undefined if the settings keep it from being recorded. */
  async describe(beat: Beat<Subject>, time: string): Promise<TimecodeEvent | undefined> {
    const place = await this.#placeOf(beat.subject);
    if (!place) return undefined;
    return {
      time,
      entity: bounded(place.entity),
      type: beat.subject.type,
      category: beat.category,
      project: bounded(place.project),
      branch: bounded(place.branch),
      language: bounded(this.#language(beat.subject.languageId())),
      editor: bounded(this.options.editor),
      machine_id: await within(PATIENCE_MS, this.options.machineId(), ""),
      is_write: beat.isWrite,
      source: "vscode",
      ...(place.root === undefined ? {} : { project_root: bounded(place.root) }),
    };
  }

  /** The project of a document or folder as the settings see it, without any redaction. */
  async projectOf(uri: vscode.Uri): Promise<Project> {
    const path = pathOf(uri);
    const folder = workspaceFolder(uri);
    const finder = this.#finder(uri);
    return folder?.path === path ? finder.ofFolder(path, folder) : finder.of(path, folder);
  }

  /** The languages that extensions contribute changed. */
  forgetLanguages(): void {
    this.#languages = undefined;
  }

  async #placeOf(subject: Subject): Promise<Place | undefined> {
    const { uri } = subject;
    const { enabled, paths, branches, exclude } = folderSettings(uri);
    const { excludedProjects, hiddenProjects } = this.options.settings();
    if (!enabled) return undefined;
    if (!uri) return subject.unplaced && this.#excludesSome() ? undefined : { entity: subject.app, project: "", branch: "" };
    const path = pathOf(uri);
    if (matcher(exclude, uri.scheme === "file" ? HERE : ELSEWHERE)(path)) return undefined;
    const finder = this.#finder(uri);
    const folder = workspaceFolder(uri);
    const project = subject.inFolder ? await finder.ofFolder(path, folder) : await finder.of(path, folder);
    if (among(excludedProjects)(project)) return undefined;
    const hashKey = paths === "hashed" ? await within(PATIENCE_MS, this.options.hashKey(), "") : "";
    const rules: PrivacyRules = { paths, branches, hidesProject: hiding(hiddenProjects, excludedProjects), hashKey };
    const place = redact(path, project, rules, flavour(uri));
    if (subject.type === "file") return place;
    // A part of the editor has no path to hide; its project may still be hidden.
    return { entity: subject.app, project: place.project, branch: place.project === HIDDEN ? "" : place.branch };
  }

  /** Whether something of this window must not be recorded at all. */
  #excludesSome(): boolean {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return this.options.settings().excludedProjects.length > 0 || folders.some(({ uri }) => !folderSettings(uri).enabled);
  }

  #finder(uri: vscode.Uri): Projects {
    const key = `${uri.scheme}://${uri.authority}`;
    let finder = this.#projects.get(key);
    if (!finder) {
      const files = uri.scheme === "file" ? nodeFiles : virtualFiles(uri);
      finder = new Projects(files, flavour(uri), () => performance.now());
      this.#projects.set(key, finder);
    }
    return finder;
  }

  #language(id: string): string {
    this.#languages ??= languageNames(contributions());
    return this.#languages.get(id) ?? id;
  }
}

function pathOf(uri: vscode.Uri): string {
  return uri.scheme === "file" ? uri.fsPath : uri.path;
}

function flavour(uri: vscode.Uri): nodePath.PlatformPath {
  return uri.scheme === "file" ? nodePath : nodePath.posix;
}

function workspaceFolder(uri: vscode.Uri): WorkspaceFolder | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return folder && { name: folder.name, path: pathOf(folder.uri) };
}

function* contributions(): Generator<{ id: string; aliases?: readonly string[] }> {
  for (const { packageJSON } of vscode.extensions.all) {
    const found = (packageJSON as { contributes?: { languages?: unknown } }).contributes?.languages;
    if (Array.isArray(found)) yield* found as { id: string; aliases?: readonly string[] }[];
  }
}

/** A lone surrogate, as a cut name may hold, is no text to the service. */
function bounded(text: string): string {
  return Buffer.from(text.slice(0, LONGEST)).toString("utf8");
}
