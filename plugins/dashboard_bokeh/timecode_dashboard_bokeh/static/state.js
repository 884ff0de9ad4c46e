// What is shown, kept in the page's address: a `period`, or `from` and `to`, and any number of `project`.

import { DEFAULT, isDay } from "./range.js";

/** Read the address. A period that there is not is for the service to refuse. */
export function read() {
  const query = new URLSearchParams(location.search);
  const projects = [...new Set(query.getAll("project"))];
  const [from, to] = [query.get("from"), query.get("to")];
  if (isDay(from) && isDay(to)) {
    return { period: null, from: from < to ? from : to, to: from < to ? to : from, projects };
  }
  return { period: query.get("period") || DEFAULT, from: null, to: null, projects };
}

/** Write the address; the back button leads to the one before. */
export function write(state) {
  history.pushState(null, "", `?${chosen(state)}`);
}

/** The query that asks for this. `range` has a `period`, or `from` and `to`. */
export function question(range, projects, extra = {}) {
  const query = chosen({ ...range, projects });
  for (const [name, value] of Object.entries({ theme: document.documentElement.dataset.theme, ...extra })) query.set(name, value);
  return query;
}

function chosen({ period, from, to, projects }) {
  const query = new URLSearchParams(period ? { period } : { from, to });
  for (const project of projects) query.append("project", project);
  return query;
}
