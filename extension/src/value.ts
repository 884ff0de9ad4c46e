// Values as a settings file or an answer may hold them: anything at all.

export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown, fallback: string): string {
  return typeof value === "string" ? value.trim() : fallback;
}

export function flagOf(value: unknown, fallback: boolean): boolean {
  return typeof value === "boolean" ? value : fallback;
}

/** Seconds as milliseconds, no fewer and no more than a timer can bear. */
export function secondsOf(value: unknown, fallback: number, least: number, most: number): number {
  const seconds = typeof value === "number" && !Number.isNaN(value) ? value : fallback;
  return Math.min(most, Math.max(least, seconds)) * 1000;
}

export function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
