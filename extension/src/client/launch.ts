import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * Where the `timecode` command is. The setting may be its path, or another name for it; a name is looked for on PATH,
 * then where pipx and uv put commands.
 */
export async function findCommand(setting: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const chosen = setting.replace(/^~(?=$|[\\/])/, homedir());
  if (/[\\/]/.test(chosen)) return (await runs(chosen)) ? chosen : undefined;
  for (const folder of [...pathFolders(env), ...toolFolders(env)]) {
    const path = join(folder, commandName(chosen));
    if (await runs(path)) return path;
  }
  return undefined;
}

export interface Launch {
  readonly command: string;
  readonly port: number;
  readonly home: string;
  /** Where the service's own words go, to be shown if it doesn't come up. */
  readonly logFile: string;
}

/** Starts `timecode serve` so that it outlives this window. Resolves once it runs or failed to start. */
export async function startService({ command, port, home, logFile }: Launch): Promise<void> {
  const log = await open(logFile, "a", 0o600);
  try {
    const child = spawn(command, ["serve", "--port", String(port)], {
      detached: true,
      windowsHide: true,
      stdio: ["ignore", log.fd, log.fd],
      env: { ...serviceEnv(process.env), TIMECODE_HOME: home },
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
  } finally {
    await log.close();
  }
}

/** Runs `timecode open`; resolves false if that did not work. */
export async function runOpen(command: string, port: number, home: string): Promise<boolean> {
  const child = spawn(command, ["open", "--port", String(port)], {
    stdio: "ignore",
    windowsHide: true,
    timeout: 20_000,
    env: { ...serviceEnv(process.env), TIMECODE_HOME: home },
  });
  return new Promise((resolve) => {
    child.once("error", () => { resolve(false); });
    child.once("exit", (code) => { resolve(code === 0); });
  });
}

/** The environment without what the editor put there for its own processes, which would turn a Python or node child. */
export function serviceEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:ELECTRON_|VSCODE_|NODE_OPTIONS$|CODE_SERVER_|PYTHONHOME$)/.test(name)),
  );
}

function pathFolders(env: NodeJS.ProcessEnv): string[] {
  // A relative entry would be looked up in the open folder, where a repository could put its own "timecode".
  return (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => /^(?:[/\\]|[A-Za-z]:)/.test(folder));
}

function toolFolders(env: NodeJS.ProcessEnv): string[] {
  const home = homedir();
  const bin = process.platform === "win32" ? "Scripts" : "bin";
  const venvs = [env["PIPX_HOME"], join(home, ".local", "share", "pipx"), join(home, ".local", "pipx"), join(home, "pipx")];
  const pipx = venvs.filter((folder) => folder !== undefined).map((folder) => join(folder, "venvs", "timecode-tracker", bin));
  const uv = join(home, ".local", "share", "uv", "tools", "timecode-tracker", bin);
  return [env["PIPX_BIN_DIR"] ?? join(home, ".local", "bin"), ...pipx, uv, "/opt/homebrew/bin", "/usr/local/bin"];
}

function commandName(chosen: string): string {
  const name = chosen === "" ? "timecode" : chosen;
  return process.platform === "win32" && !/\.\w+$/.test(name) ? `${name}.exe` : name;
}

async function runs(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
