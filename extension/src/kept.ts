import { keptUuid } from "./describe/secretFile";

/** Values of the service's folder, each read or made on first use. Another folder has its own. */
export class Kept {
  readonly #known = new Map<string, string>();

  constructor(
    private readonly home: () => string,
    private readonly log: (line: string) => void,
  ) {}

  /** The value; empty until the folder can be written. */
  async value(name: string): Promise<string> {
    const home = this.home();
    const key = `${home}\n${name}`;
    try {
      const value = this.#known.get(key) ?? (await keptUuid(home, name));
      this.#known.set(key, value);
      return value;
    } catch (error) {
      this.log(`${name} could not be read or made: ${String(error)}`);
      return "";
    }
  }
}
