// Fetches the charts. Each failure has words that say what to do.

import { question } from "./state.js";

/** Something to tell the reader: a title, what to do, and a command to run, if any. */
export class Trouble extends Error {
  constructor(title, text, command = "") {
    super(title);
    this.text = text;
    this.command = command;
  }
}

/** The answer's text; JSON as the renderer "charts" makes it. Throws Trouble, or AbortError. */
export async function ask(state, signal) {
  let response;
  try {
    const query = question(state, state.projects);
    response = await fetch(`/api/v1/export/charts?${query}`, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw await fault(null);
  }
  if (!response.ok) throw await fault(response);
  return await response.text();
}

/** What to tell about a response that is not ok, or null where there was none. */
export async function fault(response) {
  if (!response) return new Trouble("Timecode does not answer", "It may have stopped. Start it, then try again.", "timecode serve");
  if (response.status === 401 || response.status === 403) {
    return new Trouble("This page is locked", "Its session has ended. Open the dashboard from a terminal:", "timecode open");
  }
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
