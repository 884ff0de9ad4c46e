import type { LinkState } from "../client/link";
import type { Today } from "../client/today";
import { duration } from "./duration";

/** All that the status bar's text follows from. */
export interface Facts {
  readonly link: LinkState;
  readonly detail: string;
  readonly address: string;
  readonly waiting: number;
  /** Whether something has been waiting for longer than sending takes. */
  readonly overdue: boolean;
  /** Of those waiting or parked, the ones that only memory holds. */
  readonly held: number;
  readonly lost: number;
  /** Heartbeats that could not be described. */
  readonly dropped: number;
  readonly damaged: number;
  /** Events set aside since the window opened. */
  readonly aside: number;
  /** Refused events that could not be set aside, kept until the next start. */
  readonly parked: number;
  readonly recording: boolean;
  /** False where this folder's settings opt out. */
  readonly folderEnabled: boolean;
  /** Whether the `timecode` command or its folder is on this machine; undefined until looked for. */
  readonly installed: boolean | undefined;
  readonly today: Today | undefined;
}

/** A sentence, or a time and what it went to, one below the other. */
export type Line = string | readonly [time: string, what: string];

export interface View {
  readonly text: string;
  /** Plain text: names in it come from anybody's repositories and must never become markup. */
  readonly lines: readonly [string, ...Line[]];
  readonly warning: boolean;
}

const MOST_PROJECTS = 8;

export function statusView(facts: Facts): View {
  const { text, line, warning } = headline(facts);
  return { text, lines: [line, ...todayLines(facts), ...troubleLines(facts)], warning };
}

function headline(facts: Facts): { text: string; line: string; warning: boolean } {
  const { address, detail, waiting } = facts;
  const queue = waiting > 0 ? ` · ${waiting} waiting` : "";
  const safe = waiting > 0 ? ` ${waiting} ${plural(waiting, "event")} kept here until then.` : "";
  if (!facts.recording) {
    return { text: `$(debug-pause) paused${queue}`, line: "Paused: nothing is recorded in any window.", warning: false };
  }
  const optedOut = facts.folderEnabled ? "" : " This folder is not recorded.";
  switch (facts.link) {
    case "up":
    case "unknown":
      return {
        text: `$(clock) ${timeText(facts)}${facts.folderEnabled ? "" : " · off here"}${facts.overdue ? queue : ""}`,
        line: `Today, in all editors.${facts.overdue ? safe : ""}${optedOut}`,
        warning: false,
      };
    case "offline":
      if (facts.installed === false) {
        return { text: `$(circle-slash) Timecode not installed${queue}`, line: `The Timecode service is not installed.${safe}`, warning: true };
      }
      return { text: `$(cloud-offline) offline${queue}`, line: `The Timecode service at ${address} is not running.${safe}${optedOut}`, warning: true };
    case "failing":
      return { text: `$(cloud-offline) offline${queue}`, line: `The Timecode service at ${address} does not work: ${detail}.${safe}${optedOut}`, warning: true };
    case "no-token":
      return {
        text: `$(key) token missing${queue}`,
        line: `There is no token to know the service at ${address} by: it is not in the service's folder, and none is set. Nothing was sent.${safe}${optedOut}`,
        warning: true,
      };
    case "stranger":
      return {
        text: `$(shield) token wrong?${queue}`,
        line: `What answers at ${address} did not prove to be your Timecode service: it is another program, or its token differs. Nothing was sent to it.${safe}`,
        warning: true,
      };
    case "unauthorised":
      return { text: `$(key) token wrong${queue}`, line: `The Timecode service refused the token.${safe}`, warning: true };
  }
}

function timeText({ today }: Facts): string {
  return today ? duration(today.seconds) : "Timecode";
}

function todayLines({ today, link }: Facts): Line[] {
  if (!today) return [];
  const named = today.projects.slice(0, MOST_PROJECTS).map(({ name, seconds }): Line => [duration(seconds), name === "" ? "no project" : name]);
  const more = today.projects.length - named.length;
  return [[duration(today.seconds), link === "up" ? "in all" : "in all (when last heard)"], ...named, ...(more > 0 ? [["", `and ${more} more`] as const] : [])];
}

function troubleLines({ held, lost, dropped, damaged, aside, parked }: Facts): string[] {
  return [
    held > 0 ? `${held} only in memory: the disk takes no more` : "",
    lost > 0 ? `${lost} lost: no room was left to keep them` : "",
    dropped > 0 ? `${dropped} not recorded: their file could not be looked at` : "",
    damaged > 0 ? `${damaged} unreadable on disk` : "",
    aside > 0 ? `${aside} refused by the service and set aside` : "",
    parked > 0 ? `${parked} refused by the service and kept here: the disk did not take the note of it` : "",
  ].filter((line) => line !== "");
}

function plural(count: number, word: string): string {
  return count === 1 ? `${word} is` : `${word}s are`;
}
