import { homedir } from "node:os";
import { join } from "node:path";
import { isProgram, pathFolders } from "../program";
import { readRecord } from "./record";

/**
 * What `timecode` is run by: a program and its first arguments. The setting may be its path, or another name for it.
 * Else the service's folder says what the service was started by; else a name is looked for on PATH, then where pipx
 * and uv put commands.
 */
export async function findCommand(setting: string, home: string, env: NodeJS.ProcessEnv): Promise<readonly string[] | undefined> {
  const chosen = setting.replace(/^~(?=$|[\\/])/, homedir());
  if (/[\\/]/.test(chosen)) return (await isProgram(chosen)) ? [chosen] : undefined;
  if (chosen === "") {
    const recorded = (await readRecord(home))?.command ?? [];
    if (recorded[0] !== undefined && (await isProgram(recorded[0]))) return recorded;
  }
  for (const folder of [...pathFolders(env), ...toolFolders(env)]) {
    for (const name of fileNames(chosen === "" ? "timecode" : chosen, process.platform)) {
      const path = join(folder, name);
      if (await isProgram(path)) return [path];
    }
  }
  return undefined;
}

/** What a command's file may be called. */
export function fileNames(name: string, platform: NodeJS.Platform): string[] {
  return platform === "win32" && !/\.\w+$/.test(name) ? [".exe", ".cmd", ".bat"].map((end) => name + end) : [name];
}

function toolFolders(env: NodeJS.ProcessEnv): string[] {
  const home = homedir();
  const bin = process.platform === "win32" ? "Scripts" : "bin";
  const venvs = [env["PIPX_HOME"], join(home, ".local", "share", "pipx"), join(home, ".local", "pipx"), join(home, "pipx")];
  const pipx = venvs.filter((folder) => folder !== undefined).map((folder) => join(folder, "venvs", "timecode-tracker", bin));
  const uv = join(home, ".local", "share", "uv", "tools", "timecode-tracker", bin);
  return [env["PIPX_BIN_DIR"] ?? join(home, ".local", "bin"), ...pipx, uv, "/opt/homebrew/bin", "/usr/local/bin"];
}
