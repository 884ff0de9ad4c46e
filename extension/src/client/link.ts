/** How things stand with the service, as far as the last attempt tells. */
export type LinkState =
  | "unknown"
  | "up"
  /** Nothing answers. */
  | "offline"
  /** It answers, but with an error of its own, or not in time. */
  | "failing"
  /** Something answers, but there is no token to know it by. */
  | "no-token"
  /** What answers could not prove that it holds our token. */
  | "stranger"
  /** It proved itself and yet refused the token. */
  | "unauthorised";

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
