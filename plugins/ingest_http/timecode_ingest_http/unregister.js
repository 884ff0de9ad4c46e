// Timecode has no service worker. Where another program has left one at this address, the browser takes this script for
// its new version: it takes over at once, unregisters, and has the pages load anew without it.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  await registration.unregister();
  for (const client of await clients.matchAll({ type: "window" })) client.navigate(client.url);
}
