// Draws the charts, each in a card of its own. All names go in as text, never as markup.

import { question } from "./state.js";

let views = [];
let serial = 0;

/** Make an element: `make("p", { className: "…" }, "text", child, …)`. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Forget the charts that are drawn. */
export function clear(place) {
  for (const drawn of views) drawn.clear();
  views = [];
  place.replaceChildren();
}

/** Draw the charts of an answer. Resolves once all of them are in place. */
export async function draw(place, answer, projects) {
  clear(place);
  const drawn = [];
  for (const chart of answer.charts) {
    const target = make("div", { id: `chart-${(serial += 1)}`, className: "plot" });
    const title = make("h3", { id: `title-${serial}` }, chart.title);
    const link = make("a", { className: "save", download: "", href: image(answer, chart.name, projects) }, "PNG");
    link.setAttribute("aria-label", `Save “${chart.title}” as a PNG image`);
    const card = make("article", { className: chart.wide ? "card wide" : "card" }, make("header", {}, title, link), target);
    card.setAttribute("aria-labelledby", title.id);
    card.dataset.chart = chart.name;
    place.append(card);
    drawn.push(embed(chart.item, target));
  }
  views = (await Promise.all(drawn)).filter(Boolean);
}

/** The address of an image. `range` has a `period`, or `from` and `to`: an answer's are the days that are shown, whatever day it is by then. */
export function image(range, chart, projects) {
  return `/api/v1/export/png?${question(range, projects, { chart, scale: "2" })}`;
}

async function embed(item, target) {
  try {
    return await Bokeh.embed.embed_item(item, target.id);
  } catch (error) {
    console.error(error);
    target.append(make("p", { className: "failed" }, "This chart could not be drawn."));
    return null;
  }
}
