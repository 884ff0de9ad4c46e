import type { App } from "../../app";
import { offer, said } from "../offer";
import { situation } from "../situation";

/** Tries to send at once instead of at the next turn, and says what came of it. */
export async function sendNow(app: App): Promise<void> {
  let sent = 0;
  const counting = app.onDidSettle((settled) => { sent += settled.length; });
  try {
    await app.connection.retryNow();
  } finally {
    counting.dispose();
  }
  const facts = app.facts();
  const trouble = situation(facts);
  if (trouble) void offer("warning", `Nothing could be sent. ${trouble.sentence}`, trouble.remedy);
  else said(sent === 0 ? "No event was waiting." : `${sent} ${sent === 1 ? "event was" : "events were"} sent.`);
}
