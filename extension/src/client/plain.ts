/** A service's own words, fit for a notification: those turn `[text](command:...)` into something to click. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, " ").replaceAll("[", "(").replaceAll("]", ")").slice(0, 300);
}
