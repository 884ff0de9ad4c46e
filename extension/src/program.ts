import { access, constants, stat } from "node:fs/promises";
import { isAbsolute, delimiter } from "node:path";

/** The folders in which programs are looked for. A relative one would be the open folder's, where anybody may put one. */
export function pathFolders(env: NodeJS.ProcessEnv): string[] {
  return (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
}

/** Whether there is a file that can be run. */
export async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
