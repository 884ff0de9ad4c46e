// Fetches the charts.

import { call } from "./session.js";
import { question } from "./state.js";
import { fault } from "./trouble.js";

let last = { query: "", tag: "", text: "" };

/** The answer's text; JSON as the renderer "charts" makes it. Throws Trouble, SignedOut, or AbortError. */
export async function ask(state, signal) {
  const query = String(question(state, state.projects));
  const headers = { Accept: "application/json", ...(last.query === query && { "If-None-Match": last.tag }) };
  const response = await call(`/api/v1/export/charts?${query}`, { signal, headers });
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
