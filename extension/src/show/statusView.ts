import type { Part } from "../client/installed";
import type { LinkState } from "../client/link";
import type { Today } from "../client/today";
import { duration } from "./duration";
import { situation } from "./situation";

/** All that the status bar's text follows from. */
export interface Facts {
  readonly link: LinkState;
  readonly detail: string;
  /** Where the last attempt looked for the service. */
  readonly address: string;
  /** Whether that is the person's own word. */
  readonly addressSet: boolean;
  readonly versions: { readonly service: string; readonly extension: string };
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
  /** What of the service is on this machine; undefined until looked for. */
  readonly installed: Part | undefined;
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
  const { waiting, recording, folderEnabled, overdue } = facts;
  const queue = waiting > 0 ? ` · ${waiting} waiting` : "";
  const safe = waiting > 0 ? ` ${waiting} ${plural(waiting, "event")} kept here until then.` : "";
  if (!recording) {
    return { text: `$(debug-pause) paused${queue}`, line: "Paused: nothing is recorded in any window.", warning: false };
  }
  const optedOut = folderEnabled ? "" : " This folder is not recorded.";
  const trouble = situation(facts);
  if (trouble) return { text: `${trouble.text}${queue}`, line: `${trouble.sentence}${safe}${optedOut}`, warning: true };
  return {
    text: `$(clock) ${timeText(facts)}${folderEnabled ? "" : " · off here"}${overdue ? queue : ""}`,
    line: `Today, in all editors.${overdue ? safe : ""}${optedOut}`,
    warning: false,
  };
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
