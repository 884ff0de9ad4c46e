import * as http from "node:http";
import * as net from "node:net";
import type { Duplex } from "node:stream";
import type { Address } from "./loopback";

/**
 * An agent that opens one connection and never a second.
 *
 * The service proves itself by `hello` to the process at the other end of a connection. Were a later request to open
 * a connection of its own, another program might have taken the port in between and would be handed the token.
 */
export class PinnedAgent extends http.Agent {
  #opened = false;

  constructor(private readonly address: Address) {
    super({ keepAlive: true, maxSockets: 1, scheduling: "fifo" });
  }

  createConnection(): Duplex {
    if (this.#opened) {
      const error = new ConnectionSpent();
      const dead = new net.Socket();
      process.nextTick(() => dead.destroy(error));
      return dead;
    }
    this.#opened = true;
    return net.connect({ ...this.address, noDelay: true });
  }
}

export class ConnectionSpent extends Error {
  static readonly code = "TIMECODE_CONNECTION_SPENT";
  readonly code = ConnectionSpent.code;

  constructor() {
    super("the service closed the connection on which it had proved itself");
  }
}

/**
 * What axios sends through. VS Code replaces `http.request` in extensions by one that may hand a request to the
 * user's proxy and swap the agent; the request class underneath is untouched.
 */
export const directTransport = {
  request: (options: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void): http.ClientRequest =>
    new http.ClientRequest(options, onResponse),
};
