/**
 * Text that stays text within markdown, a table's cell included: a project called "[x](command:…)" stays a name. The
 * editor's own `appendText` makes every space one that no line breaks at, so that long lines break within words.
 */
export function escaped(text: string): string {
  // Every sign of ASCII may have a backslash before it; a bar ends a cell all the same.
  return text.replace(/\s+/g, " ").replace(/[!-/:-@[-`{-~]/g, (sign) => (sign === "|" ? "&#124;" : `\\${sign}`));
}
