// Signing in and out. The page holds a Bearer in memory alone, and gets another by signing a challenge of the service.

import { forget, keep, kept } from "./keep.js";
import { Trouble, fault, silence } from "./trouble.js";

const JSON_TYPE = { "Content-Type": "application/json" };
const ending = ["/api/v1/session/end", { method: "POST", body: "{}", headers: JSON_TYPE }];
const tabs = new BroadcastChannel("timecode-session");
let bearer = null;
let signing = null;

/** There is no session here that the service knows. `stale` when a link has been used, or is too old. */
export class SignedOut extends Error {
  constructor(stale = false) {
    super("signed out");
    this.stale = stale;
  }
}

/** `fetch` with a Bearer. One that has died is replaced once, in silence. Throws SignedOut, Trouble, or AbortError. */
export async function call(path, options = {}) {
  const first = bearer ?? (await sign());
  const response = await send(path, options, first);
  if (response.status !== 401) return response;
  if (bearer === first) bearer = null;
  const again = await send(path, options, bearer ?? (await sign()));
  if (again.status === 401) throw new SignedOut();
  return again;
}

/** Begin a session by the code of a link. A code that fails leaves a session that holds alone, and throws SignedOut. */
export async function enter(code) {
  const response = await post("/api/v1/session", { code });
  if (response.status === 403) throw new SignedOut(true);
  const { session, key } = await answered(response);
  const raw = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
  const signer = await subtle().importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  raw.fill(0);
  const before = await kept();
  await keep({ id: session, key: signer });
  bearer = null;
  if (before) await exchange(before).then((last) => send(...ending, last)).catch(() => null);
  tabs.postMessage("in");
}

/** Make a code worthless that somebody else may have seen. */
export async function discard(code) {
  await post("/api/v1/session", { code, discard: true }).catch(() => null);
}

/** End the session: in every tab, at the service, and here. Throws Trouble where the service could not be told. */
export async function leave() {
  tabs.postMessage("out");
  try {
    await answered(await call(...ending));
  } catch (error) {
    if (!(error instanceof SignedOut)) throw error;
  } finally {
    bearer = null;
    await forget();
  }
}

/** Forget the Bearer; the next call signs anew, if there still is a session. */
export function lock() {
  bearer = null;
}

/** Hear that another tab has signed in or out. */
export function onOtherTab({ signedIn, signedOut }) {
  tabs.addEventListener("message", ({ data }) => {
    bearer = null;
    if (data === "in") signedIn();
    else signedOut();
  });
}

/** A fresh Bearer. Calls at one time share it. */
function sign() {
  signing ??= renew().finally(() => (signing = null));
  return signing;
}

async function renew() {
  const session = await kept();
  if (!session) throw new SignedOut();
  bearer = await exchange(session);
  return bearer;
}

async function exchange(session) {
  const { challenge } = await answered(await post("/api/v1/session/challenge", {}));
  const text = new TextEncoder().encode(`timecode-session\n${location.origin}\n${challenge}`);
  const signed = new Uint8Array(await subtle().sign("HMAC", session.key, text));
  const signature = Array.from(signed, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return (await answered(await post("/api/v1/session/bearer", { session: session.id, challenge, signature }))).bearer;
}

function subtle() {
  if (!crypto.subtle) throw new Trouble("This browser can’t sign in", "It has no WebCrypto for this page. Use a newer one.");
  return crypto.subtle;
}

async function answered(response) {
  if (response.status === 401 || response.status === 403) throw new SignedOut();
  if (!response.ok) throw await fault(response);
  return response.status === 204 ? null : await response.json();
}

function post(path, body) {
  return request(path, { method: "POST", body: JSON.stringify(body), headers: JSON_TYPE });
}

function send(path, options, mine) {
  return request(path, { ...options, headers: { ...options.headers, Authorization: `Bearer ${mine}` } });
}

/** Nothing of the answer stays in the browser's cache, from which whoever comes to hold our port could read it. */
async function request(path, options) {
  try {
    return await fetch(path, { ...options, cache: "no-store" });
  } catch (error) {
    throw error.name === "AbortError" ? error : silence();
  }
}
