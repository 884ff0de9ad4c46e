import { readTokens } from "./token";
import { findCommand } from "./launch";

/** What there is of the service on this machine: looked for when it is missed, and again when that may differ. */
export class Installed {
  #found: boolean | undefined;

  constructor(
    private readonly home: () => string,
    private readonly command: () => string,
  ) {}

  /** Whether the command or the service's folder is there; undefined until looked for. */
  get found(): boolean | undefined {
    return this.#found;
  }

  forget(): void {
    this.#found = undefined;
  }

  async look(): Promise<void> {
    const tokens = await readTokens(this.home(), []);
    this.#found = tokens.length > 0 || (await this.where()) !== undefined;
  }

  where(): Promise<string | undefined> {
    return findCommand(this.command(), process.env);
  }
}
