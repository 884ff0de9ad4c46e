// Durations and days in words.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const NARROW_SPACE = "\u202f";

/** Seconds as people say them: "3 h 02 m", "12 m", "45 s". */
export function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) {
    const hours = String(Math.floor(minutes / 60)).replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
    return minutes % 60 ? `${hours} h ${String(minutes % 60).padStart(2, "0")} m` : `${hours} h`;
  }
  if (minutes) return `${minutes} m`;
  return seconds >= 1 ? `${Math.floor(seconds)} s` : "0 m";
}

function parts(day) {
  const [year, month, date] = day.split("-").map(Number);
  return { year, month, date, name: MONTHS[month - 1] };
}

/** Two ISO days as a range: "3 – 9 Feb 2026". */
export function ranged(first, last) {
  const a = parts(first);
  const b = parts(last);
  const end = `${b.date} ${b.name} ${b.year}`;
  if (first === last) return `${WEEKDAYS[new Date(`${first}T12:00:00Z`).getUTCDay()]} ${end}`;
  if (a.year !== b.year) return `${a.date} ${a.name} ${a.year} – ${end}`;
  if (a.month !== b.month) return `${a.date} ${a.name} – ${end}`;
  return `${a.date} – ${end}`;
}

/** How a total compares to the one before, of the days that `before` names: { text, sign }, or null where there is nothing to compare. */
export function comparison(total, previous, before) {
  if (previous === null) return null;
  if (!previous) return total ? { text: `nothing on ${before}`, sign: 0 } : null;
  const percent = Math.round((100 * (total - previous)) / previous);
  const against = `${before} (${duration(previous)})`;
  if (percent === 0) return { text: `about the same as ${against}`, sign: 0 };
  if (percent >= 300) return { text: `${Math.round(total / previous)} times ${against}`, sign: 1 };
  return { text: `${Math.abs(percent)} % ${percent > 0 ? "more" : "less"} than ${against}`, sign: Math.sign(percent) };
}
