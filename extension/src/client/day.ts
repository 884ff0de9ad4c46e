import { isObject } from "../value";
import type { Finder } from "./finder";
import { LinkError } from "./link";
import type { ProjectTime } from "./today";

export interface HourTime {
  /** From 0 to 23. */
  readonly hour: number;
  readonly seconds: number;
}

/** Today's time by hour, in their order, and by project, the longest first: both of one answer, so that they agree. */
export interface Day {
  readonly seconds: number;
  readonly hours: readonly HourTime[];
  readonly projects: readonly ProjectTime[];
}

/** Asks the service for today by hour and project. Throws a LinkError. */
export async function fetchDay(service: Pick<Finder, "open">): Promise<Day> {
  const session = await service.open();
  try {
    return shape(await session.get("/api/v1/stats", { period: "today", group_by: "hour,project" }));
  } finally {
    session.close();
  }
}

function shape(body: unknown): Day {
  if (!isObject(body) || typeof body["total_seconds"] !== "number" || !Array.isArray(body["groups"])) {
    throw new LinkError("failing", "the service's statistics are not what this version understands");
  }
  const hours = new Map<number, number>();
  const projects = new Map<string, number>();
  for (const group of body["groups"] as unknown[]) {
    if (!isObject(group)) continue;
    const { hour, project, seconds } = group;
    if (typeof hour !== "number" || typeof project !== "string" || typeof seconds !== "number") continue;
    hours.set(hour, (hours.get(hour) ?? 0) + seconds);
    projects.set(project, (projects.get(project) ?? 0) + seconds);
  }
  return {
    seconds: body["total_seconds"],
    hours: [...hours].map(([hour, seconds]) => ({ hour, seconds })).sort((a, b) => a.hour - b.hour),
    projects: [...projects].map(([name, seconds]) => ({ name, seconds })).sort((a, b) => b.seconds - a.seconds),
  };
}
