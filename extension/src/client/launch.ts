import { spawn } from "node:child_process";
import { open, readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { isObject } from "../value";
import { invocation } from "./invocation";
import { plain } from "./plain";

export interface Launch {
  /** A program and its first arguments. */
  readonly command: readonly string[];
  /** The port to listen on; without one the service goes by its own settings. */
  readonly port: number | undefined;
  readonly home: string;
  /** Where the service's own words go, to be shown if it doesn't come up. */
  readonly logFile: string;
}

/** A service that was started. */
export interface Started {
  /** Resolves when its process ends, with the last line that it wrote. */
  readonly ended: Promise<string>;
}

/** Starts `timecode serve` so that it outlives this window. Resolves once it runs; rejects where it can't be run. */
export async function startService({ command, port, home, logFile }: Launch): Promise<Started> {
  const log = await open(logFile, "a", 0o600);
  try {
    const { size } = await log.stat();
    const line = [...command, "serve", ...(port === undefined ? [] : ["--port", String(port)])];
    const { file, args, ...how } = invocation(line, process.platform, process.env);
    const child = spawn(file, args, { ...how, detached: true, windowsHide: true, stdio: ["ignore", log.fd, log.fd], env: childEnv(home) });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    const ended = new Promise<string>((resolve) => child.once("exit", () => { resolve(lastLine(logFile, size).catch(() => "")); }));
    child.unref();
    return { ended };
  } finally {
    await log.close();
  }
}

/** Runs `timecode open`; resolves false if that did not work. */
export async function runOpen(command: readonly string[], port: number, home: string): Promise<boolean> {
  const { file, args, ...how } = invocation([...command, "open", "--port", String(port)], process.platform, process.env);
  const child = spawn(file, args, { ...how, stdio: "ignore", windowsHide: true, timeout: 20_000, env: childEnv(home) });
  return new Promise((resolve) => {
    child.once("error", () => { resolve(false); });
    child.once("exit", (code) => { resolve(code === 0); });
  });
}

/** A port of this machine that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (!isObject(address) || typeof address.port !== "number") throw new Error("no port is free");
  return address.port;
}

/** The environment without what the editor put there for its own processes, which would turn a Python or node child. */
export function serviceEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:ELECTRON_|VSCODE_|NODE_OPTIONS$|CODE_SERVER_|PYTHONHOME$)/.test(name)),
  );
}

function childEnv(home: string): NodeJS.ProcessEnv {
  return { ...serviceEnv(process.env), TIMECODE_HOME: home };
}

async function lastLine(file: string, from: number): Promise<string> {
  const { size } = await stat(file);
  const text = (await readFile(file)).subarray(Math.min(from, size)).toString("utf8");
  return plain(text.trim().split("\n").at(-1)?.trim() ?? "");
}
