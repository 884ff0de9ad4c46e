import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fetchDay, type Day } from "../src/client/day";
import { LinkError } from "../src/client/link";
import { Service } from "../src/client/service";
import { html } from "../src/show/html";
import { page, type Content } from "../src/show/today/page";
import { FakeService, TOKEN } from "./support/fakeService";

const day: Day = {
  seconds: 8460,
  hours: [{ hour: 9, seconds: 1800 }, { hour: 10, seconds: 3600 }, { hour: 14, seconds: 3060 }],
  projects: [{ name: "lighthouse", seconds: 5400 }, { name: "harbour-api", seconds: 2700 }, { name: "", seconds: 360 }],
};
const well: Content = {
  sentence: "Today, in all editors.",
  warning: false,
  remedy: undefined,
  dashboard: { command: "timecode.openDashboard", title: "Open the dashboard" },
  day,
};
const offline = { sentence: "The Timecode service is not running.", warning: true, remedy: { command: "timecode.startService", title: "Start the service" } };

/** The page's words, one to a line, as a reader without the columns has them. */
function words(content: Content): string[] {
  const body = page(content, "n").replace(/^[\s\S]*<body>|<svg[\s\S]*?<\/svg>/g, "");
  return body.replace(/<[^>]*>/g, "\n").split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

function columns(hours: Day["hours"]): number[][] {
  const columns = page({ ...well, day: { ...day, hours } }, "n").matchAll(/<rect class="bar" x="([\d.]+)%" width="[\d.]+%" y="([\d.]+)" height="([\d.]+)"/g);
  return [...columns].map(([, ...numbers]) => numbers.map(Number));
}

test("the page tells today's sum, each hour and each project, in words too", () => {
  assert.deepEqual(words(well), [
    "2 h 21 min", "Today, in all editors.",
    "By hour", "By hour", "9:00 to 10:00", "30 min", "10:00 to 11:00", "1 h 0 min", "14:00 to 15:00", "51 min",
    "By project", "lighthouse", "1 h 30 min", "harbour-api", "45 min", "no project", "6 min",
    "Open the dashboard",
  ]);
});

test("an hour's column stands at its place and is as high as its part of an hour", () => {
  const [nine = [], ten = [], last = []] = columns([...day.hours.slice(0, 2), { hour: 23, seconds: 1 }]);
  assert.deepEqual([nine[0], ten[0]].map((x) => Math.floor(((x ?? 0) / 100) * 24)), [9, 10]);
  assert.equal((nine[2] ?? 0) * 2, ten[2]);
  assert.equal((nine[1] ?? 0) + (nine[2] ?? 0), (ten[1] ?? 0) + (ten[2] ?? 0), "they stand on one line");
  assert.equal(last[2], 1, "a second is still seen");
  const [twice = [], usual = []] = columns([{ hour: 2, seconds: 7200 }, { hour: 3, seconds: 3600 }]);
  assert.equal(twice[2], ten[2], "an hour that a clock repeats has room");
  assert.equal((usual[2] ?? 0) * 2, twice[2]);
});

test("names are data, whatever they look like", () => {
  const name = `"><img src=x onerror='a'><a href="command:evil">&amp;`;
  const text = page({ ...well, sentence: name, day: { ...day, projects: [{ name, seconds: 60 }] } }, "n");
  assert.doesNotMatch(text, /<img|command:evil"|onerror='/);
  assert.equal(text.split("&quot;&gt;&lt;img src=x onerror=&#39;a&#39;&gt;&lt;a href=&quot;command:evil&quot;&gt;&amp;amp;").length, 4);
  assert.equal(html`<b title="${"'"}">${[html`<i>`, html`${"<"}`]}${1}</b>`.text, '<b title="&#39;"><i>&lt;1</b>');
});

test("the page runs nothing, loads nothing and styles nothing but by its own sheet", () => {
  const text = page({ ...well, ...offline }, "abc");
  assert.match(text, /content="default-src &#39;none&#39;; style-src &#39;nonce-abc&#39;"/);
  assert.deepEqual(text.match(/<(?:script|link|img|iframe|object|form|base)\b|\bstyle="|\bon\w+="|\burl\(|@import/g), null);
  assert.deepEqual([...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target), ["command:timecode.startService"]);
  assert.equal(text.match(/<style nonce="abc">/g)?.length, 1);
  assert.match(text, /\.bar \{ fill: var\(--vscode-/);
});

test("a state is told in the status bar's sentence, with its remedy, above the figures last heard", () => {
  assert.deepEqual(words({ ...well, ...offline, day: undefined }), ["The Timecode service is not running.", "Start the service"]);
  assert.deepEqual(words({ ...well, ...offline }).slice(0, 4), ["The Timecode service is not running.", "Start the service", "2 h 21 min", "Today, when last heard."]);
  assert.doesNotMatch(page({ ...well, ...offline }, "n"), /openDashboard/, "it could not be opened");
  const paused = { sentence: "Paused: nothing is recorded in any window.", remedy: { command: "timecode.resume", title: "Resume recording" } };
  assert.deepEqual(words({ ...well, ...paused }).slice(0, 4), ["Paused: nothing is recorded in any window.", "Resume recording", "2 h 21 min", "Today, in all editors."]);
  assert.deepEqual(words({ ...well, day: undefined }), ["Asking the service …"]);
});

test("a day without time shows no empty columns, and one with many projects says how many more there are", () => {
  assert.deepEqual(words({ ...well, day: { seconds: 0, hours: [], projects: [] } }), ["0 min", "Today, in all editors.", "Open the dashboard"]);
  const projects = Array.from({ length: 23 }, (_, n) => ({ name: `p${n}`, seconds: 60 }));
  assert.ok(words({ ...well, day: { ...day, projects } }).includes("and 3 more"));
});

async function answering(t: TestContext, body: unknown): Promise<Service & { asked: () => string }> {
  const fake = await new FakeService().listen();
  t.after(() => fake.close());
  fake.rule = (path) => (path === "/api/v1/stats" ? { status: 200, body } : "pass");
  const service = new Service({ address: { host: "127.0.0.1", port: fake.port }, tokens: () => Promise.resolve([TOKEN]), timeoutMs: 30_000 });
  return Object.assign(service, { asked: () => fake.requests.at(-1)?.path ?? "" });
}

test("today by hour and project comes of one question", async (t) => {
  const service = await answering(t, {
    total_seconds: 100,
    groups: [
      { hour: 14, project: "a", seconds: 10 }, { hour: 9, project: "a", seconds: 20 }, { hour: 9, project: "b", seconds: 60 },
      { hour: 9, project: "__proto__", seconds: 10 }, { hour: "9", project: "c", seconds: 5 }, null,
    ],
  });
  assert.deepEqual(await fetchDay(service), {
    seconds: 100,
    hours: [{ hour: 9, seconds: 90 }, { hour: 14, seconds: 10 }],
    projects: [{ name: "b", seconds: 60 }, { name: "a", seconds: 30 }, { name: "__proto__", seconds: 10 }],
  });
  assert.equal(decodeURIComponent(service.asked()), "/api/v1/stats?period=today&group_by=hour,project");
});

test("an answer that is no statistics is not taken for an empty day", async (t) => {
  for (const body of [{}, [], { total_seconds: "1", groups: [] }, { total_seconds: 1, groups: {} }]) {
    await assert.rejects(fetchDay(await answering(t, body)), (error) => error instanceof LinkError && error.state === "misfit");
  }
});

test("the manifest's view is the one that is provided, with an icon that takes the theme's colour", () => {
  const read = (name: string): string => readFileSync(join(__dirname, "..", name), "utf8");
  const { contributes } = JSON.parse(read("package.json")) as { contributes: { views: { [container: string]: { id: string; icon: string }[] }; viewsContainers: { activitybar: { id: string; icon: string }[] } } };
  const [container] = contributes.viewsContainers.activitybar;
  const [view] = contributes.views[container?.id ?? ""] ?? [];
  assert.match(read("src/show/today/todayView.ts"), new RegExp(`registerWebviewViewProvider\\("${view?.id ?? "none"}"`));
  for (const icon of [container?.icon, view?.icon]) assert.deepEqual(read(icon ?? "").match(/#[0-9a-f]{3,}|rgb|(?<=stroke=")\w+/gi), ["currentColor"]);
});
