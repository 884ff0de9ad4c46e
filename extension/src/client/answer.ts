import { isObject } from "../value";
import { plain } from "./plain";

export type Verdict = "stored" | "duplicate" | "excluded" | "rejected";

const VERDICTS: ReadonlySet<unknown> = new Set<Verdict>(["stored", "duplicate", "excluded", "rejected"]);

/** What the service decided on one event of a batch; undefined is a word that this version does not know. */
export interface Decision {
  readonly verdict: Verdict | undefined;
  readonly id: string | null;
  readonly error: string;
}

/** The decisions in a 200's body, one an event in order, or undefined if the body is not such an answer. */
export function decisions(body: unknown, count: number): Decision[] | undefined {
  if (!isObject(body)) return undefined;
  const { verdicts, ids, rejected } = body;
  if (!Array.isArray(verdicts) || verdicts.length !== count) return undefined;
  const errors = errorsByIndex(rejected);
  return verdicts.map((word: unknown, index) => {
    const id: unknown = Array.isArray(ids) ? ids[index] : null;
    return {
      verdict: VERDICTS.has(word) ? (word as Verdict) : undefined,
      id: typeof id === "string" ? id : null,
      error: errors.get(index) ?? "",
    };
  });
}

/** The human part of a problem document, or the bare status. */
export function problem(status: number, body: unknown): string {
  if (!isObject(body)) return `status ${status}`;
  const text = [body["title"], body["detail"]].filter((part) => typeof part === "string" && part !== "").join(": ");
  return text === "" ? `status ${status}` : `status ${status}: ${plain(text)}`;
}

function errorsByIndex(rejected: unknown): Map<number, string> {
  const errors = new Map<number, string>();
  if (!Array.isArray(rejected)) return errors;
  for (const one of rejected as unknown[]) {
    if (isObject(one) && typeof one["index"] === "number") errors.set(one["index"], plain(String(one["error"])));
  }
  return errors;
}
