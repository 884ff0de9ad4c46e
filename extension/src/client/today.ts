import { isObject } from "../value";
import { LinkError } from "./link";
import type { Link } from "./sender";
import type { Finder } from "./finder";

export interface ProjectTime {
  /** Empty for time in no project. */
  readonly name: string;
  readonly seconds: number;
}

/** Today as the service sees it: all editors, all machines of the store. */
export interface Today {
  readonly seconds: number;
  readonly projects: readonly ProjectTime[];
}

/** Asks the service for today's time. */
export async function fetchToday(service: Finder): Promise<{ today?: Today; link: Link }> {
  try {
    const session = await service.open();
    try {
      return { today: shape(await session.get("/api/v1/status")), link: { state: "up", detail: "" } };
    } finally {
      session.close();
    }
  } catch (error) {
    if (error instanceof LinkError) return { link: { state: error.state, detail: error.message } };
    return { link: { state: "failing", detail: String(error) } };
  }
}

function shape(body: unknown): Today {
  const today = isObject(body) ? body["today"] : undefined;
  if (!isObject(today) || typeof today["total_seconds"] !== "number") {
    throw new LinkError("misfit", "the service's status is not what this version understands");
  }
  const list: unknown[] = Array.isArray(today["projects"]) ? today["projects"] : [];
  const projects = list.flatMap((one) =>
    isObject(one) && typeof one["project"] === "string" && typeof one["seconds"] === "number"
      ? [{ name: one["project"], seconds: one["seconds"] }]
      : [],
  );
  return { seconds: today["total_seconds"], projects };
}
