import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { situation } from "../src/show/situation";
import { statusView, type Facts } from "../src/show/statusView";
import { well } from "./support/facts";

const read = (name: string): string => readFileSync(join(__dirname, "..", name), "utf8");
const AT = "http://127.0.0.1:4821";

/** A state, what the status bar shows, its sentence, and what its button does. */
const CASES: [string, Partial<Facts>, string, string, string][] = [
  ["not installed", { link: "offline", installed: "nothing" }, "Timecode not installed", "The Timecode service is not installed, or not where this extension looks.", "welcome"],
  ["not installed, a program on the port", { link: "stranger", installed: "nothing" }, "Timecode not installed", `The Timecode service is not installed; another program answers at ${AT}.`, "welcome"],
  ["not installed, somebody's service on the port", { link: "no-token", installed: "nothing" }, "Timecode not installed", `The Timecode service is not installed; the one that answers at ${AT} is not known to be yours.`, "welcome"],
  ["not running", { link: "offline" }, "offline", `The Timecode service at ${AT} is not running.`, "startService"],
  ["not running, nothing to start it by", { link: "offline", installed: "token" }, "offline", `The Timecode service at ${AT} is not running, and the command that starts it was not found.`, "nameCommand"],
  ["failing", { link: "failing", detail: "it answers with 500" }, "offline", `The Timecode service at ${AT} does not work: it answers with 500.`, "retryNow"],
  ["elsewhere", { link: "elsewhere", detail: "http://127.0.0.1:5000", addressSet: true }, "runs elsewhere", `The Timecode service is not at ${AT}, as the setting timecode.url has it, but at http://127.0.0.1:5000.`, "forgetAddress"],
  ["a stranger on the port", { link: "stranger" }, "port taken", `Another program answers at ${AT}, where the Timecode service should; only a random number was sent to it.`, "startService"],
  ["a stranger on the port that is set", { link: "stranger", addressSet: true }, "port taken", `Another program answers at ${AT}, where the Timecode service should; only a random number was sent to it.`, "changeAddress"],
  ["bad address", { link: "bad-address", detail: '"https://x" must start with http:' }, "address not usable", 'The setting timecode.url can\'t be used: "https://x" must start with http:; nothing is sent.', "changeAddress"],
  ["token missing", { link: "no-token", addressSet: true, installed: "nothing" }, "token missing", `A Timecode service answers at ${AT}, but there is no token to know it by; only a random number was sent to it.`, "setToken"],
  ["token missing, as ours never ran", { link: "no-token" }, "token missing", `A Timecode service answers at ${AT}, but there is no token to know it by; only a random number was sent to it.`, "startService"],
  ["another home", { link: "unproven" }, "token wrong?", `The Timecode service that answers at ${AT} does not know your token: it is of another folder, or somebody else's; only a random number was sent to it.`, "startService"],
  ["another home where it is set", { link: "unproven", addressSet: true }, "token wrong?", `The Timecode service that answers at ${AT} does not know your token: it is of another folder, or somebody else's; only a random number was sent to it.`, "setToken"],
  ["token wrong", { link: "unauthorised" }, "token wrong", "The Timecode service refused the token.", "setToken"],
  ["service older", { link: "misfit", detail: "it has no /x", versions: { service: "0.1.0", extension: "0.2.0" } }, "service too old", "The Timecode service (0.1.0) is older than this extension (0.2.0), and does not fit it: it has no /x.", "welcome"],
  ["service newer", { link: "misfit", detail: "it has no /x", versions: { service: "0.3.0", extension: "0.2.0" } }, "extension too old", "The Timecode service (0.3.0) is newer than this extension (0.2.0), and does not fit it: it has no /x.", "workbench.extensions.action.installVSIX"],
  ["neither", { link: "misfit", detail: "it has no /x" }, "versions differ", "The Timecode service does not fit this extension: it has no /x.", "retryNow"],
];

test("every state has one sentence and one button, and the button does something about it", () => {
  for (const [name, change, text, sentence, action] of CASES) {
    const found = situation({ ...well, ...change });
    assert.equal(found?.text.replace(/^\$\([a-z-]+\) /, ""), text, name);
    assert.equal(found.sentence, sentence, name);
    assert.equal(found.remedy.command.replace(/^timecode\./, ""), action, name);
  }
  for (const link of ["up", "unknown"] as const) assert.equal(situation({ ...well, link }), undefined);
});

test("a token is asked for only where there may be one", () => {
  for (const link of ["offline", "stranger", "no-token"] as const) {
    assert.equal(situation({ ...well, link, installed: "nothing" })?.remedy.command, "timecode.welcome", link);
  }
});

test("the status bar shows each state, with what waits, and says where that is kept", () => {
  for (const [name, change, text, sentence] of CASES) {
    const view = statusView({ ...well, ...change, waiting: 2 });
    assert.ok(view.text.endsWith(`${text} · 2 waiting`), name);
    assert.equal(view.lines[0], `${sentence} 2 events are kept here until then.`, name);
    assert.ok(view.warning, name);
  }
});

test("the README tells what each state means, and every button's command is there", () => {
  const commands = new Set((JSON.parse(read("package.json")) as { contributes: { commands: { command: string }[] } }).contributes.commands.map(({ command }) => command));
  const readme = read("README.md");
  for (const [name, change, text] of CASES) {
    assert.ok(readme.includes(`| \`${text}\` |`), `${name}: \`${text}\``);
    const { command } = situation({ ...well, ...change })?.remedy ?? { command: "" };
    assert.ok(command.startsWith("workbench.") || commands.has(command), command);
  }
});
