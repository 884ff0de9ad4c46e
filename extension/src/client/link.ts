/** How things stand with the service, as far as the last attempt tells. */
export type LinkState =
  | "unknown"
  | "up"
  /** The address that is set is none that may be used; nothing was connected to. */
  | "bad-address"
  /** Nothing answers. */
  | "offline"
  /** Not at the address that is set; but our service has proved itself where its folder says. */
  | "elsewhere"
  /** It answers, but with an error of its own, or not in time. */
  | "failing"
  /** A Timecode service answers, but there is no token to know it by. */
  | "no-token"
  /** What answers calls itself a Timecode service, and could not prove that it holds our token. */
  | "unproven"
  /** Another program answers. */
  | "stranger"
  /** It proved itself and yet refused the token. */
  | "unauthorised"
  /** It proved itself, and does not speak as this version of the extension needs it. */
  | "misfit";

export class LinkError extends Error {
  constructor(
    readonly state: Exclude<LinkState, "up" | "unknown">,
    message: string,
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
