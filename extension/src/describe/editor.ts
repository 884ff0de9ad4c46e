// Names under which time is reported; every other editor goes by the name it gives itself.
const KNOWN: ReadonlyMap<string, string> = new Map([
  ["Visual Studio Code", "VS Code"],
  ["Visual Studio Code - Insiders", "VS Code Insiders"],
  ["Visual Studio Code - Exploration", "VS Code Exploration"],
  ["VSCodium - Insiders", "VSCodium Insiders"],
]);

/** The editor's name from what it calls itself, so that VSCodium, Cursor, Windsurf, code-server are told apart. */
export function editorName(appName: string): string {
  const name = appName.trim();
  return KNOWN.get(name) ?? (name === "" ? "VS Code" : name);
}
