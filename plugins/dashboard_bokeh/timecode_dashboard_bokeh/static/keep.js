// Where a session is kept: an id, and a key that nobody can read, not even this page. In IndexedDB; where the browser
// keeps nothing for us, in this tab.

const DATABASE = "timecode";
const STORE = "session";
let inTab = null;

/** The session: { id, key }, or null. */
export async function kept() {
  return inTab ?? (await within("readonly", (store) => store.get(STORE)).catch(() => null)) ?? null;
}

/** Keep a session in place of any other. */
export async function keep(session) {
  inTab = null;
  await within("readwrite", (store) => store.put(session, STORE)).catch(() => (inTab = session));
}

/** Forget the session. */
export async function forget() {
  inTab = null;
  await within("readwrite", (store) => store.delete(STORE)).catch(() => null);
}

/** Whether the session goes with this tab. */
export function keptInTab() {
  return inTab !== null;
}

async function within(mode, work) {
  const opened = indexedDB.open(DATABASE, 1);
  opened.onupgradeneeded = () => opened.result.createObjectStore(STORE);
  const database = await settled(opened);
  try {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    database.close();
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error ?? new Error("blocked"));
  });
}
