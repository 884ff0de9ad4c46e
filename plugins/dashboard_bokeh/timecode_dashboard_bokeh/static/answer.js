// Fetches the charts. Each failure has words that say what to do.

import { call } from "./session.js";
import { question } from "./state.js";

/** Something to tell the reader: a title, what to do, and a command to run, if any. */
export class Trouble extends Error {
  constructor(title, text, command = "") {
    super(title);
    this.text = text;
    this.command = command;
  }
}

let last = { query: "", tag: "", text: "" };

/** The answer's text; JSON as the renderer "charts" makes it. Throws Trouble, SignedOut, or AbortError. */
export async function ask(state, signal) {
  const query = String(question(state, state.projects));
  const headers = { Accept: "application/json", ...(last.query === query && { "If-None-Match": last.tag }) };
  const response = await called(`/api/v1/export/charts?${query}`, { signal, headers });
  if (response.status === 304) return last.text;
  if (!response.ok) throw await fault(response);
  const text = await response.text();
  const tag = response.headers.get("ETag");
  last = { query: tag ? query : "", tag, text };
  return text;
}

/** Forget the last answer, so that nothing of it stays in memory. */
export function forgetAnswer() {
  last = { query: "", tag: "", text: "" };
}

/** As `call`, but Trouble where the service does not answer. */
export async function called(path, options) {
  try {
    return await call(path, options);
  } catch (error) {
    throw error instanceof TypeError ? await fault(null) : error;
  }
}

/** What to tell about a response that is not ok, or null where there was none. */
export async function fault(response) {
  if (!response) return new Trouble("Timecode does not answer", "It may have stopped. Start it, then try again.", "timecode serve");
  const reason = await detail(response);
  return response.status === 503 ? new Trouble("Not just now", reason) : new Trouble("That did not work", reason);
}

async function detail(response) {
  try {
    const problem = await response.json();
    return String(problem.detail ?? problem.title ?? response.status);
  } catch {
    return `The service answered with status ${response.status}.`;
  }
}
