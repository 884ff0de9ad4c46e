import { LONGEST } from "./limits";

// Of a text so much longer than any that is stored, the rest isn't worth composing.
const MOST_UNITS = 1 << 16;
// What the service takes for nothing at all.
const BLANK = /^[\s\x1c-\x1f\x85]*$/;
// A folder of that name makes a URL of a path, and the service decodes those.
const URL_OF_FILE = /^[\s\x1c-\x1f\x85]*file:/i;
const ENCODED_NUL = /%(?:25)*00/g;
const UNKNOWN = "\ufffd";

/** The text as the service can store it in that field: composed as it does, no longer, without NUL and half a pair. */
export function storable(field: keyof typeof LONGEST, text: string): string {
  const start = text.slice(0, MOST_UNITS);
  const plain = URL_OF_FILE.test(start) ? start.replace(ENCODED_NUL, UNKNOWN) : start;
  const whole = plain.replaceAll("\0", UNKNOWN).replace(/\p{Surrogate}/gu, UNKNOWN).normalize("NFC");
  const most = LONGEST[field];
  // Never more characters than units, and a character is not to be cut in two.
  return whole.length <= most ? whole : Array.from(whole.slice(0, 2 * most)).slice(0, most).join("");
}

/** An entity, which must not be empty: a file can be named by a blank. */
export function storableEntity(text: string): string {
  return storable("entity", BLANK.test(text) ? UNKNOWN : text);
}
