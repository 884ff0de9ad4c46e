import { loopback, urlOf } from "../client/loopback";

/** Where this window, and this extension in it, run. */
export interface Stage {
  /** Whether the window is a page of a browser. */
  readonly web: boolean;
  /** Whether the window works on another machine or in a container. */
  readonly remote: boolean;
  /** Whether the extension runs on the machine with the screen; else on that where the files are. */
  readonly besideScreen: boolean;
}

/**
 * Ways to the dashboard that can be gone. "command": `timecode open`, which starts a browser where the extension runs.
 * "link": the editor opens the link. "tunnel": it does, and leads it to the remote machine; where it says how.
 * "picture": no browser would get there.
 */
export type Way = "command" | "link" | "tunnel" | "picture";

/** In the order in which they are to be tried. */
export function waysToDashboard({ web, remote, besideScreen }: Stage): readonly Way[] {
  if (web) return ["tunnel", "picture"];
  if (!remote) return ["command", "link"];
  // The editor would lead a link of this machine to the same port of the other one.
  return besideScreen ? ["command", "picture"] : ["tunnel", "picture"];
}

/**
 * Whether an address as the editor leads it is the service's own as a browser on this screen sees it: the service
 * answers to no other name, and a way through somebody else's machine must not carry a sign-in.
 */
export function leadsToService(external: string, port: number): boolean {
  try {
    const address = loopback(external);
    return urlOf(address) === urlOf({ host: "127.0.0.1", port }) && new URL(external).pathname === "/";
  } catch {
    return false;
  }
}
