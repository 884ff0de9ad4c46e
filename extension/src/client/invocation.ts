import { join } from "node:path/win32";

/** How a program is started. */
export interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments go to Windows as they are, quoted already. */
  readonly windowsVerbatimArguments: boolean;
}

/**
 * A command line for `spawn`. Windows itself runs no `.cmd` or `.bat`: its command processor does, which reads the line
 * once more. Within quotes it leaves everything as it is but quotes and percent signs, so a line with one of these is
 * not run.
 */
export function invocation(line: readonly string[], platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Invocation {
  const [file = "", ...args] = line;
  if (platform !== "win32" || !/\.(?:cmd|bat)$/i.test(file)) return { file, args, windowsVerbatimArguments: false };
  const unsafe = line.find((part) => /["%\r\n]/.test(part));
  if (unsafe !== undefined) throw new Error(`${unsafe} can't be run: its name holds a quote or a percent sign`);
  const quoted = line.map((part) => `"${part}"`).join(" ");
  // By its full name: the open folder may hold a cmd.exe, too. /d: no one's AutoRun. /v:off: an exclamation mark is one.
  const processor = join(env["SystemRoot"] ?? "C:\\Windows", "System32", "cmd.exe");
  return { file: processor, args: ["/d", "/v:off", "/s", "/c", `"${quoted}"`], windowsVerbatimArguments: true };
}
