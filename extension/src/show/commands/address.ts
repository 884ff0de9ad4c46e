import type { App } from "../../app";
import { forgetAddress } from "../../settings";
import { said } from "../offer";
import { urlOf } from "../../client/loopback";

/** From now on the service is looked for where its folder says. */
export async function forgetTheAddress(app: App): Promise<void> {
  await forgetAddress();
  await app.connection.settled();
  if (app.connection.link.state === "up") said(`The Timecode service was found at ${urlOf(app.connection.finder.address)}.`);
}
