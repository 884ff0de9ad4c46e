import { isObject } from "../value";
import { type Address, urlOf } from "./loopback";

/**
 * The link in the answer of `POST /api/v1/login`, which signs a browser in. It is opened as it is, so it must lead to the
 * service itself: its origin at this port, and no other place or scheme.
 */
export function loginLink(answer: unknown, { port }: Address): string {
  const link = isObject(answer) ? answer["link"] : undefined;
  if (typeof link !== "string" || !URL.canParse(link)) throw new Error("the service gave no link to sign in by");
  const { origin, username, password } = new URL(link);
  if (origin !== new URL(urlOf({ host: "127.0.0.1", port })).origin || username !== "" || password !== "") {
    throw new Error("the service gave a link that leads elsewhere");
  }
  return link;
}
