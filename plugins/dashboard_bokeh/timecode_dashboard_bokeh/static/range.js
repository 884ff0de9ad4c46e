// Ranges of days. The service knows which days a period has, and when its today began; the browser's clock has no say.

/** The name of a period and its label here. */
export const PRESETS = [
  ["today", "Today"],
  ["yesterday", "Yesterday"],
  ["last-7-days", "7 days"],
  ["last-30-days", "30 days"],
  ["week", "This week"],
  ["month", "This month"],
  ["year", "This year"],
  ["all", "All"],
];
/** Those that are compared with the same days of the last one. */
export const LIKES = new Set(["week", "month", "year"]);
export const DEFAULT = "last-7-days";

/** Whether a text is a day that exists. */
export function isDay(text) {
  return /^\d{4}-\d\d-\d\d$/.test(text ?? "") && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}
