import { LinkError, type LinkState } from "./link";
import { urlOf, type Address } from "./loopback";
import { Service, troubleOf, type ServiceOptions, type Session } from "./service";
import { DEFAULT_ADDRESS, type Whereabouts } from "./whereabouts";

export interface FinderOptions extends Omit<ServiceOptions, "address"> {
  /** Asked anew for every session, as the service may have been started elsewhere. */
  readonly where: () => Promise<Whereabouts>;
}

// Ours, or most likely so: this tells more than what another program says, and that more than silence.
const TELLING: ReadonlySet<LinkState> = new Set<LinkState>(["failing", "unauthorised"]);
// Not ours: then ours may be elsewhere.
const NOT_OURS: ReadonlySet<LinkState> = new Set<LinkState>(["offline", "stranger", "unproven"]);

/** Finds the service among the places where it may be. */
export class Finder {
  readonly #services = new Map<string, Service>();
  #address: Address = DEFAULT_ADDRESS;
  #version = "";

  constructor(private readonly options: FinderOptions) {}

  /** The address that the last attempt tells of. */
  get address(): Address {
    return this.#address;
  }

  /** That of the service which proved itself last; empty before. */
  get version(): string {
    return this.#version;
  }

  /** Opens a connection to the service, which has proved itself on it. Throws a LinkError. */
  async open(): Promise<Session> {
    const { candidates, elsewhere } = await this.options.where();
    const failures: { address: Address; error: LinkError }[] = [];
    for (const address of candidates) {
      try {
        const session = await this.#at(address).open();
        this.#address = address;
        this.#version = session.version;
        return session;
      } catch (error) {
        if (!(error instanceof LinkError)) throw error;
        failures.push({ address, error });
      }
    }
    const told =
      failures.find(({ error }) => TELLING.has(error.state)) ?? failures.find(({ error }) => error.state !== "offline") ?? failures.at(-1);
    if (!told) throw new LinkError("offline", "there is no place to look for the service");
    this.#address = told.address;
    if (elsewhere && NOT_OURS.has(told.error.state) && !(await troubleOf(this.#at(elsewhere)))) {
      throw new LinkError("elsewhere", urlOf(elsewhere));
    }
    throw told.error;
  }

  /** Gives refused tokens another chance. */
  forgive(): void {
    for (const service of this.#services.values()) service.forgive();
  }

  #at(address: Address): Service {
    const url = urlOf(address);
    const service = this.#services.get(url) ?? new Service({ ...this.options, address });
    this.#services.set(url, service);
    return service;
  }
}
