// We have no service worker. One that is here was left by another program that held our port, and would see what we do.

const container = navigator.serviceWorker;

/** Whether no worker is registered here. Any that is there is not any more: then load the page anew. */
export async function alone() {
  if (!container) return true;
  const found = await container.getRegistrations().catch(() => []);
  await Promise.all(found.map((registration) => registration.unregister()));
  return found.length === 0 && container.controller === null;
}

/** Hear of a worker that takes over this very page. */
export function onWorker(react) {
  container?.addEventListener("controllerchange", react);
}
