/** A language as an extension contributes it: its id and the names people call it by. */
export interface Contribution {
  readonly id: string;
  readonly aliases?: readonly string[];
}

// Built into the editor, so that no extension names them.
const BUILT_IN: readonly Contribution[] = [
  { id: "plaintext", aliases: ["Plain Text"] },
  { id: "code-text-binary", aliases: ["Binary"] },
];

/** Display names by language id. The first extension to name a language wins, as in the editor itself. */
export function languageNames(contributions: Iterable<Contribution>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { id, aliases } of [...BUILT_IN, ...contributions]) {
    const name = aliases?.[0];
    if (typeof id === "string" && typeof name === "string" && name !== "" && !names.has(id)) names.set(id, name);
  }
  return names;
}
