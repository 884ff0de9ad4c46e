import { isIPv4 } from "node:net";

/** Where the service listens. Always this machine: an event must not be able to leave it. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The address in a URL such as `http://127.0.0.1:4821`, or an error that says what is wrong with it. */
export function loopback(text: string): Address {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`"${text}" is not a URL`);
  }
  if (url.protocol !== "http:") throw new Error(`"${text}" must start with http:`);
  if (url.username !== "" || url.password !== "") throw new Error("the address must not hold a user name or password");
  const host = loopbackHost(url.hostname);
  if (host === undefined) throw new Error(`"${url.hostname}" is not this machine: only 127.0.0.1, localhost and [::1] are`);
  return { host, port: url.port === "" ? 80 : Number(url.port) };
}

export function urlOf({ host, port }: Address): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function loopbackHost(name: string): string | undefined {
  // Never looked up: a resolver could send "localhost" anywhere.
  if (name === "localhost") return "127.0.0.1";
  if (name === "[::1]") return "::1";
  return isIPv4(name) && name.startsWith("127.") ? name : undefined;
}
