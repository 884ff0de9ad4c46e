// What the service says of itself, where that is something to know: a sentence each.

import { call } from "./session.js";

/** The sentences; none where all is well, or nothing can be learnt. */
export async function concerns() {
  const response = await call("/api/v1/status").catch(() => null);
  if (!response?.ok) return [];
  const { store, ahead } = await response.json();
  return [store?.ok === false && `The store fails: ${store.error.replace(/[^.]$/, "$&.")}`, ahead && early(ahead)].filter(Boolean);
}

function early({ events, last }) {
  const [what, are] = events === 1 ? ["One event", "lies"] : [`${events} events`, "lie"];
  return `${what} ${are} more than a day ahead of this machine’s clock, up to ${last}: a clock was or is wrong.`;
}
