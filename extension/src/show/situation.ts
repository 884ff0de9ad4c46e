import { compareVersions } from "../client/version";
import type { Facts } from "./statusView";

/**
 * What helps: a command of the editor, and the words on its button.
 *
 * It takes no arguments: the editor forgets those of the status bar's item with each new text, and a click at that moment would fail.
 */
export interface Remedy {
  readonly title: string;
  readonly command: string;
}

/** How things stand with the service, in one true sentence, and what helps. */
export interface Situation {
  /** For the status bar. */
  readonly text: string;
  readonly sentence: string;
  readonly remedy: Remedy;
}

export const STEPS: Remedy = { title: "Show the first steps", command: "timecode.welcome" };
const START: Remedy = { title: "Start the service", command: "timecode.startService" };
const SET_TOKEN: Remedy = { title: "Set the token", command: "timecode.setToken" };
const RETRY: Remedy = { title: "Try again", command: "timecode.retryNow" };
const FORGET: Remedy = { title: "Use that address", command: "timecode.forgetAddress" };
const UPDATE: Remedy = { title: "Install a newer extension", command: "workbench.extensions.action.installVSIX" };
const CHANGE_ADDRESS: Remedy = { title: "Change the address", command: "timecode.changeAddress" };
export const NAME_COMMAND: Remedy = { title: "Name the command", command: "timecode.nameCommand" };

/** The trouble with the service; undefined where there is none, or none is known of yet. */
export function situation(facts: Facts): Situation | undefined {
  const { link, address, detail, installed } = facts;
  switch (link) {
    case "up":
    case "unknown":
      return undefined;
    case "bad-address":
      return { text: "$(error) address not usable", sentence: `The setting timecode.url can't be used: ${detail}; nothing is sent.`, remedy: CHANGE_ADDRESS };
    case "elsewhere":
      return { text: "$(arrow-swap) runs elsewhere", sentence: `The Timecode service is not at ${address}, as the setting timecode.url has it, but at ${detail}.`, remedy: FORGET };
    case "offline":
      if (installed === "nothing") return notInstalled("The Timecode service is not installed, or not where this extension looks.");
      return {
        text: "$(debug-disconnect) offline",
        sentence: `The Timecode service at ${address} is not running${installed === "token" ? ", and the command that starts it was not found" : ""}.`,
        remedy: installed === "token" ? NAME_COMMAND : START,
      };
    case "failing":
      return { text: "$(debug-disconnect) offline", sentence: `The Timecode service at ${address} does not work: ${detail}.`, remedy: RETRY };
    case "stranger":
      if (installed === "nothing") return notInstalled(`The Timecode service is not installed; another program answers at ${address}.`);
      return { text: "$(shield) port taken", sentence: `Another program answers at ${address}, where the Timecode service should; only a random number was sent to it.`, remedy: placeTaken(facts, CHANGE_ADDRESS) };
    case "no-token":
      if (installed === "nothing" && !facts.addressSet) return notInstalled(`The Timecode service is not installed; the one that answers at ${address} is not known to be yours.`);
      return { text: "$(key) token missing", sentence: `A Timecode service answers at ${address}, but there is no token to know it by; only a random number was sent to it.`, remedy: placeTaken(facts, SET_TOKEN) };
    case "unproven":
      return { text: "$(key) token wrong?", sentence: `The Timecode service that answers at ${address} does not know your token: it is of another folder, or somebody else's; only a random number was sent to it.`, remedy: placeTaken(facts, SET_TOKEN) };
    case "unauthorised":
      return { text: "$(key) token wrong", sentence: "The Timecode service refused the token.", remedy: SET_TOKEN };
    case "misfit":
      return misfit(facts);
  }
}

function notInstalled(sentence: string): Situation {
  return { text: "$(circle-slash) Timecode not installed", sentence, remedy: STEPS };
}

/** Where nobody said that it has to be this port, ours is started on another. */
function placeTaken({ addressSet, installed }: Facts, otherwise: Remedy): Remedy {
  return !addressSet && installed === "command" ? { ...START, title: "Start it on another port" } : otherwise;
}

function misfit({ versions: { service, extension }, detail }: Facts): Situation {
  const age = compareVersions(service, extension);
  if (age < 0) {
    return { text: "$(versions) service too old", sentence: `The Timecode service (${service}) is older than this extension (${extension}), and does not fit it: ${detail}.`, remedy: STEPS };
  }
  if (age > 0) {
    return { text: "$(versions) extension too old", sentence: `The Timecode service (${service}) is newer than this extension (${extension}), and does not fit it: ${detail}.`, remedy: UPDATE };
  }
  return { text: "$(versions) versions differ", sentence: `The Timecode service does not fit this extension: ${detail}.`, remedy: RETRY };
}
