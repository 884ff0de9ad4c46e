import type { Day } from "../../client/day";
import { duration } from "../duration";
import type { Remedy } from "../situation";
import { chart, hourTable } from "./chart";
import { html, Html } from "../html";
import { projectTable } from "./projects";
import { STYLE } from "./style";

export interface Content {
  /** How things stand, in the status bar's own sentence. */
  readonly sentence: string;
  readonly warning: boolean;
  /** What helps, where something needs help. */
  readonly remedy: Remedy | undefined;
  readonly dashboard: Remedy;
  /** Undefined until it is known. */
  readonly day: Day | undefined;
}

/** The page: no script, nothing from elsewhere, and a style that is known by its nonce. */
export function page(content: Content, nonce: string): string {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>Today</title>
<style nonce="${nonce}">${new Html(STYLE)}</style>
</head>
<body>
${content.remedy ? message(content, content.remedy) : ""}
${content.day ? figures(content, content.day) : ""}
${content.day || content.remedy ? "" : html`<p class="muted">Asking the service …</p>`}
</body>
</html>`.text;
}

function message({ sentence, warning }: Content, remedy: Remedy): Html {
  return html`<p class="message${warning ? "" : " calm"}">${sentence}</p>${button(remedy)}`;
}

function figures({ sentence, warning, remedy, dashboard }: Content, day: Day): Html {
  const about = warning ? "Today, when last heard." : remedy ? "Today, in all editors." : sentence;
  return html`<p class="total">${duration(day.seconds)}</p>
<p class="muted">${about}</p>
${day.seconds > 0 ? html`<h2 aria-hidden="true">By hour</h2>${chart(day.hours)}${hourTable(day.hours)}${projectTable(day.projects)}` : ""}
${warning ? "" : button(dashboard)}`;
}

function button({ command, title }: Remedy): Html {
  return html`<a class="button" href="command:${command}">${title}</a>`;
}
