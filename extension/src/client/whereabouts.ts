import { LinkError } from "./link";
import { loopback, urlOf, type Address } from "./loopback";
import { plain } from "./plain";
import { readRecord } from "./record";

/** Where the service may be. */
export interface Whereabouts {
  /** Addresses to look at, in that order; the first that proves itself is the service. */
  readonly candidates: readonly Address[];
  /** Where it would be, were it not for the address that is set: looked at only to tell of it. */
  readonly elsewhere?: Address;
}

export const DEFAULT_ADDRESS: Address = { host: "127.0.0.1", port: 4821 };

/** The address that is set is the person's word; else the folder says where the service was started last. */
export async function whereabouts(url: string, home: string): Promise<Whereabouts> {
  const recorded = (await readRecord(home))?.address;
  if (url !== "") {
    const address = chosen(url);
    return recorded && urlOf(recorded) !== urlOf(address) ? { candidates: [address], elsewhere: recorded } : { candidates: [address] };
  }
  // A service that is gone leaves its record behind.
  const others = recorded && urlOf(recorded) !== urlOf(DEFAULT_ADDRESS) ? [recorded] : [];
  return { candidates: [...others, DEFAULT_ADDRESS] };
}

function chosen(url: string): Address {
  try {
    return loopback(url);
  } catch (error) {
    throw new LinkError("bad-address", plain(error instanceof Error ? error.message : String(error)), undefined, { cause: error });
  }
}
