import type { ProjectTime } from "../../client/today";
import { duration } from "../duration";
import { html, type Html } from "../html";

const MOST = 20;

/** The day's projects with their times and, under each, a bar that compares it with the longest. */
export function projectTable(projects: readonly ProjectTime[]): Html {
  const longest = projects[0]?.seconds ?? 0;
  const more = projects.length - MOST;
  return html`<table class="projects"><caption>By project</caption>${projects.slice(0, MOST).map((one) => row(one, longest))}</table>
${more > 0 ? html`<p class="muted">and ${more} more</p>` : ""}`;
}

function row({ name, seconds }: ProjectTime, longest: number): Html {
  const label = name === "" ? html`<span class="muted">no project</span>` : html`<bdi>${name}</bdi>`;
  const share = Math.max(1, Math.round((seconds / longest) * 100));
  return html`<tr><th scope="row" title="${name}">${label}<svg width="100%" height="3" aria-hidden="true"><rect class="bar" width="${share}%" height="3" rx="1"/></svg></th><td>${duration(seconds)}</td></tr>`;
}
