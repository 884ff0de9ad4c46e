import type { HourTime } from "../../client/day";
import { duration } from "../duration";
import { html, type Html } from "../html";

const HOURS = 24;
const HOUR_S = 3600;
const TOP = 14;
const HEIGHT = 76;
const BOTTOM = TOP + HEIGHT;

/** The day's 24 hours as columns, an hour's full height being an hour. */
export function chart(hours: readonly HourTime[]): Html {
  // An hour that a clock was set back to comes twice.
  const full = Math.max(1, ...hours.map(({ seconds }) => Math.ceil(seconds / HOUR_S))) * HOUR_S;
  const line = (share: number): Html => html`<line x1="0" x2="100%" y1="${BOTTOM - share * HEIGHT}" y2="${BOTTOM - share * HEIGHT}"/>`;
  return html`<svg class="hours" width="100%" height="${BOTTOM + 16}" aria-hidden="true">
<g class="grid">${[0, 0.5, 1].map(line)}<text y="${TOP - 4}">${full / HOUR_S} h</text></g>
${hours.map((one) => column(one, full))}
<g class="axis">${[0, 6, 12, 18, HOURS].map(tick)}</g>
</svg>`;
}

/** The same in words, for who doesn't see the columns. */
export function hourTable(hours: readonly HourTime[]): Html {
  const rows = hours.map(({ hour, seconds }) => html`<tr><th scope="row">${span(hour)}</th><td>${duration(seconds)}</td></tr>`);
  return html`<table class="spoken"><caption>By hour</caption>${rows}</table>`;
}

function column({ hour, seconds }: HourTime, full: number): Html {
  // A few seconds are still to be seen.
  const height = Math.max(1, Math.round((seconds / full) * HEIGHT));
  return html`<rect class="bar" x="${percent(hour + 0.12)}" width="${percent(0.76)}" y="${BOTTOM - height}" height="${height}" rx="1"><title>${span(hour)}: ${duration(seconds)}</title></rect>`;
}

function tick(hour: number): Html {
  const anchor = hour === 0 ? "start" : hour === HOURS ? "end" : "middle";
  return html`<text x="${percent(hour)}" y="${BOTTOM + 13}" text-anchor="${anchor}">${hour}</text>`;
}

function span(hour: number): string {
  return `${hour}:00 to ${hour + 1}:00`;
}

function percent(hours: number): string {
  return `${Math.round((hours / HOURS) * 10_000) / 100}%`;
}
