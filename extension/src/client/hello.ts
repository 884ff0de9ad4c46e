import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export function freshNonce(): string {
  return randomBytes(32).toString("base64url");
}

/** What a service that knows the token answers to the nonce on this port. */
export function expectedMac(token: string, nonce: string, port: number): string {
  return createHmac("sha256", token).update(`timecode-hello\n${nonce}\n${port}`).digest("hex");
}

/** The token by which the answer was made, or undefined if by none of them. */
export function provenToken(tokens: readonly string[], nonce: string, port: number, mac: string): string | undefined {
  const given = Buffer.from(mac);
  return tokens.find((token) => {
    const wanted = Buffer.from(expectedMac(token, nonce, port));
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  });
}
