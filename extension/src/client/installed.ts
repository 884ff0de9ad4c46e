import { findCommand } from "./command";

/** What there is of the service: the command to start it, or at least a token to know it by, or nothing. */
export type Part = "command" | "token" | "nothing";

export interface InstalledOptions {
  /** The command that is set. */
  readonly command: () => string;
  readonly home: () => string;
  readonly tokens: () => Promise<readonly string[]>;
}

/** What of the service is on this machine: looked for when the service is missed. */
export class Installed {
  #found: Part | undefined;

  constructor(private readonly options: InstalledOptions) {}

  /** Undefined until looked for. */
  get found(): Part | undefined {
    return this.#found;
  }

  async look(): Promise<void> {
    if (await this.command()) this.#found = "command";
    else this.#found = (await this.options.tokens()).length > 0 ? "token" : "nothing";
  }

  /** What `timecode` is run by, if it is found. */
  command(): Promise<readonly string[] | undefined> {
    return findCommand(this.options.command(), this.options.home(), process.env);
  }
}
