// What to tell the reader when something fails: words that say what to do.

/** Something to tell the reader: a title, what to do, and a command to run, if any. */
export class Trouble extends Error {
  constructor(title, text, command = "") {
    super(title);
    this.text = text;
    this.command = command;
  }
}

/** What to tell where there is no response. */
export function silence() {
  return new Trouble("Timecode does not answer", "It may have stopped. Start it, then try again.", "timecode serve");
}

/** What to tell about a response that is not ok. */
export async function fault(response) {
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
