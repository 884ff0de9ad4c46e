// The dashboard: reads the address, asks, draws, and follows what the reader chooses.

import { Trouble, ask } from "./answer.js";
import { clear, draw, image, make } from "./cards.js";
import { LIKES, PRESETS } from "./range.js";
import { follow } from "./save.js";
import { read, write } from "./state.js";
import { comparison, duration, ranged } from "./words.js";

const REFRESH_MS = 60_000;
const root = document.documentElement;
const at = (id) => document.getElementById(id);
const charts = at("charts");
let state = read();
let shown = "";
let asking = null;

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
    if (text === shown) return;
    at("message").hidden = at("note").hidden = true;
    await fill(JSON.parse(text));
    shown = text;
  } catch (error) {
    if (error.name === "AbortError" || mine.signal.aborted) return;
    tell(error instanceof Trouble ? error : new Trouble("That did not work", String(error.message)));
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

function tell(trouble) {
  shown = "";
  clear(charts);
  at("chips").replaceChildren();
  for (const id of ["range-name", "total", "compare"]) at(id).textContent = "\u00a0";
  const again = make("button", { type: "button", className: "button" }, "Try again");
  again.addEventListener("click", () => show());
  const command = trouble.command ? [make("p", {}, make("code", {}, trouble.command))] : [];
  say(trouble.message, trouble.text, ...command, again);
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
  at("note").replaceChildren(make("strong", {}, trouble.message), " ", trouble.text ?? "", " ", make("code", {}, trouble.command ?? ""));
  at("note").hidden = false;
  at("note").scrollIntoView({ block: "nearest" });
});
named();
show();
