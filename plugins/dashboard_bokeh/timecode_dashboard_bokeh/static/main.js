// The dashboard: reads the address, signs in, asks, draws, and follows what the reader chooses.

import { opening, takeCode } from "./code.js";
import { ask, forgetAnswer } from "./answer.js";
import { clear, draw, image, make } from "./cards.js";
import { concerns } from "./health.js";
import { keptInTab } from "./keep.js";
import { LIKES, PRESETS } from "./range.js";
import { follow } from "./save.js";
import { SignedOut, discard, enter, leave, lock, onOtherTab } from "./session.js";
import { read, write } from "./state.js";
import { Trouble } from "./trouble.js";
import { comparison, duration, ranged } from "./words.js";
import { alone, onWorker } from "./workers.js";

const REFRESH_MS = 60_000;
const root = document.documentElement;
const at = (id) => document.getElementById(id);
const charts = at("charts");
let state = read();
let shown = "";
let asking = null;
let cleansed = false;

/** Ask for what the state says, and show it. A later call overtakes an earlier one. */
async function show({ quiet = false } = {}) {
  asking?.abort();
  const mine = (asking = new AbortController());
  if (!quiet) charts.setAttribute("aria-busy", "true");
  try {
    for (const button of at("presets").children) {
      button.setAttribute("aria-pressed", String(button.dataset.period === state.period));
    }
    const text = await ask(state, mine.signal);
    if (mine.signal.aborted) return;
    root.dataset.signed = "in";
    remark(mine.signal);
    if (text === shown) return;
    at("message").hidden = at("note").hidden = true;
    await fill(JSON.parse(text));
    shown = text;
  } catch (error) {
    if (error.name === "AbortError" || mine.signal.aborted) return;
    if (error instanceof SignedOut) out();
    else tell(error);
  } finally {
    if (asking === mine) charts.setAttribute("aria-busy", "false");
  }
}

async function fill(answer) {
  at("from").value = answer.from;
  at("to").value = answer.to;
  at("range-name").textContent = ranged(answer.from, answer.to);
  at("total").textContent = duration(answer.total_seconds);
  const compared = comparison(answer.total_seconds, answer.previous_seconds, answer.previous_words);
  const active = answer.active_days;
  const average = active > 1 ? `${duration(answer.total_seconds / active)} a day on ${active} days` : "";
  const mark = compared?.sign ? make("span", { className: "sign", ariaHidden: "true" }, compared.sign > 0 ? "▲ " : "▼ ") : "";
  at("compare").replaceChildren(...[make("span", {}, mark, compared?.text ?? ""), average && make("span", {}, average)].filter(Boolean));
  chips(answer.projects);
  const range = LIKES.has(state.period) ? state : answer; // only the name says what it is compared with
  at("export-all").href = image(range, "dashboard", state.projects);
  at("export-card").href = image(range, "card", state.projects);
  document.title = `${duration(answer.total_seconds)} – Timecode`;
  if (answer.total_seconds > 0) return await draw(charts, answer, state.projects);
  clear(charts);
  say("No time recorded in these days", "Choose other days above, or write some code: it appears here by itself.");
}

function chips(projects) {
  const wanted = new Set(state.projects);
  const made = projects.map((project) => {
    const dot = make("span", { className: "dot" });
    dot.style.backgroundColor = project.colour;
    const inside = [dot, make("span", { className: "name" }, project.name), make("span", { className: "time" }, duration(project.seconds))];
    if (project.value === null) return make("span", { className: "chip" }, ...inside);
    const chip = make("button", { type: "button", className: "chip" }, ...inside);
    chip.setAttribute("aria-pressed", String(wanted.has(project.value)));
    chip.addEventListener("click", () => {
      const projects = wanted.has(project.value) ? state.projects.filter((one) => one !== project.value) : [...state.projects, project.value];
      go({ ...state, projects });
    });
    return chip;
  });
  if (wanted.size) {
    const all = make("button", { type: "button", className: "chip clear" }, "Show all projects");
    all.addEventListener("click", () => go({ ...state, projects: [] }));
    made.push(all);
  }
  at("chips").replaceChildren(...made);
}

/** Take everything of the reader's off the page. */
function wipe() {
  asking?.abort();
  forgetAnswer();
  shown = "";
  clear(charts);
  at("chips").replaceChildren();
  for (const id of ["range-name", "total", "compare"]) at(id).textContent = "\u00a0";
  at("health").textContent = "";
  at("health").hidden = at("note").hidden = at("message").hidden = true;
  document.title = "Timecode";
}

function tell(error) {
  const trouble = error instanceof Trouble ? error : new Trouble("That did not work", String(error.message));
  wipe();
  charts.setAttribute("aria-busy", "false");
  remark();
  const again = make("button", { type: "button", className: "button" }, "Try again");
  again.addEventListener("click", () => show());
  const command = trouble.command ? [make("p", {}, make("code", {}, trouble.command))] : [];
  say(trouble.message, trouble.text, ...command, again);
}

/** Show that nobody is signed in here. The address stays: whoever signs in goes on with it. */
function out(why = "Open the dashboard from a terminal, and this page goes on by itself:", command = "timecode open") {
  if (root.dataset.signed === "out" && !at("message").hidden) return;
  wipe();
  root.dataset.signed = "out";
  remark();
  say("You are signed out", why, make("p", {}, make("code", {}, command)));
}

/** Tell, in a line, what the reader should know beside the figures. */
async function remark(signal = null) {
  const own = [
    cleansed && "A program that held this address had left a script in this browser. It is removed.",
    keptInTab() && "This browser keeps nothing for this page: you are signed in until the tab is closed or loaded anew.",
  ].filter(Boolean);
  const text = [...own, ...(signal ? await concerns() : [])].join(" ");
  if (signal?.aborted || text === at("health").textContent) return;
  at("health").textContent = text;
  at("health").hidden = !text;
}

/** Begin, or go on: with the code of a link, if there is one, else with the session that this browser has. */
async function arrive(code) {
  if (!(await alone())) return await cleanse(code);
  if (history.state?.cleansed) {
    cleansed = true;
    history.replaceState(null, "");
  }
  let stale = false;
  try {
    if (code) await enter(code);
  } catch (error) {
    stale = error instanceof SignedOut;
    if (!stale) return tell(error);
  }
  root.dataset.signed = "";
  await show();
  if (stale && root.dataset.signed === "out") {
    at("message").hidden = true;
    out("This link has been used, or is too old. Get another, and this page goes on by itself:");
  }
}

/** Another program's script was between us and the service, and is unregistered. It may have seen the code. */
async function cleanse(code) {
  if (code) await discard(code);
  if (history.state?.cleansed) {
    const text = "A script that it left in this browser still runs. Close every tab of this address, then open it anew:";
    return tell(new Trouble("Another program is in the way", text, "timecode open"));
  }
  history.replaceState({ cleansed: true }, "");
  location.reload();
}

function say(title, text, ...more) {
  at("message").replaceChildren(make("h2", {}, title), make("p", {}, text), ...more);
  at("message").hidden = false;
}

function go(next) {
  state = next;
  write(state);
  show();
}

function named() {
  const dark = root.dataset.theme === "dark";
  at("theme").setAttribute("aria-label", `Use the ${dark ? "light" : "dark"} theme`);
}

function wear(theme) {
  if (theme === root.dataset.theme) return;
  root.dataset.theme = theme;
  named();
  show();
}

for (const [name, label] of PRESETS) {
  const button = make("button", { type: "button" }, label);
  button.dataset.period = name;
  button.addEventListener("click", () => go({ ...state, period: name, from: null, to: null }));
  at("presets").append(button);
}
at("range").addEventListener("submit", (event) => event.preventDefault());
at("range").addEventListener("change", () => {
  const [first, last] = [at("from").value, at("to").value];
  if (first && last) go({ ...state, period: null, from: first < last ? first : last, to: first < last ? last : first });
});
at("theme").addEventListener("click", () => {
  const theme = root.dataset.theme === "dark" ? "light" : "dark";
  try {
    localStorage.setItem("timecode-theme", theme);
  } catch {
    // Not remembered, then.
  }
  wear(theme);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
  let kept = null;
  try {
    kept = localStorage.getItem("timecode-theme");
  } catch {
    // As in theme.js.
  }
  if (kept === null) wear(event.matches ? "dark" : "light");
});
at("sign-out").addEventListener("click", async () => {
  wipe();
  try {
    await leave();
    out();
  } catch {
    out("The service could not be told, so the session is forgotten here alone. To end it there, too:", "timecode keys revoke --sessions");
  }
});
onOtherTab({ signedIn: () => arrive(null), signedOut: () => out() });
onWorker(() => {
  lock();
  arrive(null);
});
addEventListener("hashchange", () => {
  const code = takeCode();
  if (code) arrive(code);
});
// A page that waits for the back button holds nothing, and asks anew when it comes back.
addEventListener("pagehide", (event) => {
  if (!event.persisted) return;
  lock();
  wipe();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) arrive(takeCode());
});
addEventListener("popstate", () => {
  state = read();
  show();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") show({ quiet: true });
});
setInterval(() => {
  if (document.visibilityState === "visible" && charts.getAttribute("aria-busy") === "false") show({ quiet: true });
}, REFRESH_MS);
follow((trouble) => {
  if (trouble instanceof SignedOut) return out();
  at("note").replaceChildren(make("strong", {}, trouble.message), " ", trouble.text ?? "", " ", make("code", {}, trouble.command ?? ""));
  at("note").hidden = false;
  at("note").scrollIntoView({ block: "nearest" });
});
named();
arrive(opening);
