import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The service's folder: the setting, `$TIMECODE_HOME`, or the default. */
export function homeFolder(setting: string, env: NodeJS.ProcessEnv): string {
  const chosen = setting === "" ? (env["TIMECODE_HOME"] ?? "") : setting;
  if (chosen === "") return join(homedir(), ".config", "timecode");
  return chosen.replace(/^~(?=$|[\\/])/, homedir());
}

export function isToken(text: string): boolean {
  return UUID4.test(text);
}

/** Tokens to try, best first: the one set or typed in by the user, then the one in the service's folder. */
export async function readTokens(home: string, given: readonly string[]): Promise<string[]> {
  const file = await readFile(join(home, "token"), "utf8").catch(() => "");
  const all = [...given, file].map((text) => text.trim().toLowerCase()).filter(isToken);
  return [...new Set(all)];
}
