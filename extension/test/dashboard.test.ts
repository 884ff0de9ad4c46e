import assert from "node:assert/strict";
import { test } from "node:test";
import { dashboardPage } from "../src/show/dashboardPage";
import { leadsToService, waysToDashboard } from "../src/show/way";

test("each kind of window goes the ways that can lead to the dashboard, and a picture is the last", () => {
  const ways = (web: boolean, remote: boolean, besideScreen: boolean): string => waysToDashboard({ web, remote, besideScreen }).join(" ");
  assert.equal(ways(false, false, true), "command link", "on the desktop");
  assert.equal(ways(false, true, true), "command picture", "SSH, WSL or a container, the extension beside the screen: a link would go to the other machine");
  assert.equal(ways(false, true, false), "tunnel picture", "the same, the extension and the service on the other machine");
  for (const remote of [true, false]) assert.equal(ways(true, remote, false), "tunnel picture", "in a browser's page");
});

test("only an address that is the service's own, to a browser on this screen, is opened", () => {
  for (const url of ["http://127.0.0.1:4821/", "http://localhost:4821", "http://127.0.0.1:4821"]) assert.ok(leadsToService(url, 4821), url);
  for (const url of [
    "http://127.0.0.1:8080/proxy/4821/", "http://127.0.0.1:4822/", "https://127.0.0.1:4821/", "https://name-4821.example.org/", "http://10.0.0.1:4821/",
    "http://127.0.0.2:4821/", "http://127.0.0.1:4821/proxy/", "http://a@127.0.0.1:4821/", "", "x",
  ]) assert.ok(!leadsToService(url, 4821), url);
});

test("the picture's page holds the picture, runs nothing and loads nothing", () => {
  const facts = { url: "http://127.0.0.1:4821", port: 4821, machine: "box<script>" };
  const page = dashboardPage({ ...facts, png: Buffer.from("\x89PNG") });
  assert.match(page, /<img src="data:image\/png;base64,wolQTkc="/);
  assert.match(page, /content="default-src 'none'; img-src data:;/);
  assert.match(page, /ssh -L 4821:127\.0\.0\.1:4821 box&lt;script&gt;/);
  assert.doesNotMatch(page, /<script/);
  assert.doesNotMatch(page, /(?:src|href)="(?!data:|command:timecode\.)/);
});

test("where there is no picture, the service's own words say why", () => {
  const page = dashboardPage({ url: "http://127.0.0.1:4821", port: 4821, machine: "box", problem: "there is no chromium. Install <it>" });
  assert.match(page, /role="alert">.*there is no chromium\. Install &lt;it&gt;/);
  assert.doesNotMatch(page, /<img/);
});
