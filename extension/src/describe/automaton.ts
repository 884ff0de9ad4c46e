interface State {
  takes: ((char: string) => boolean) | undefined;
  /** Where the character that is taken leads to. */
  to: State | undefined;
  /** Where one gets without a character. */
  readonly free: State[];
}

const any = (): boolean => true;
const inFolder = (char: string): boolean => char !== "/";
const LONGEST_SET = 200;

/**
 * A glob as an automaton that is in all its states at once. It never goes back in the text, so that no pattern, and a
 * cloned repository may hold any, takes longer than its length times the text's.
 */
export class Automaton {
  readonly #start = state();
  #at = this.#start;

  /** `literally` is taken as it is, and the glob follows it. */
  constructor(literally: string, glob: string) {
    for (const char of literally) this.#one((other) => other === char);
    this.#glob(Array.from(glob));
  }

  /** Whether the glob matches the whole path or one of the folders above it. */
  matches(path: string): boolean {
    let now = reached([this.#start]);
    for (const char of path) {
      if (char === "/" && now.has(this.#at)) return true;
      const next: State[] = [];
      for (const { takes, to } of now) if (to && takes?.(char)) next.push(to);
      if (next.length === 0) return false;
      now = reached(next);
    }
    return now.has(this.#at);
  }

  #glob(chars: readonly string[]): void {
    const open: { start: State; end: State }[] = [];
    const lastClose = chars.lastIndexOf("}");
    for (let i = 0; i < chars.length; i++) {
      const char = chars[i] ?? "";
      const group = open.at(-1);
      const set = char === "[" ? setAt(chars, i) : undefined;
      if (char === "*" && chars[i + 1] === "*") {
        while (chars[i + 1] === "*") i++;
        const folders = chars[i + 1] === "/";
        if (folders) i++;
        this.#anything(folders);
      } else if (char === "*") this.#many(inFolder);
      else if (char === "?") this.#one(inFolder);
      else if (set) {
        this.#one(set.has);
        i = set.end;
      } else if (char === "{" && i < lastClose) {
        open.push({ start: this.#at, end: state() });
        this.#branch(this.#at);
      } else if (char === "," && group) {
        this.#at.free.push(group.end);
        this.#branch(group.start);
      } else if (char === "}" && group) this.#close(open);
      else this.#one((other) => other === char);
    }
    while (open.length > 0) this.#close(open);
  }

  #one(takes: (char: string) => boolean): void {
    const to = state();
    this.#at.free.push({ takes, to, free: [] });
    this.#at = to;
  }

  #many(takes: (char: string) => boolean): void {
    const loop = state();
    loop.takes = takes;
    loop.to = loop;
    this.#at.free.push(loop);
    this.#branch(loop);
  }

  /** `**`, or with its slash any number of whole folders. */
  #anything(folders: boolean): void {
    const before = this.#at;
    this.#many(any);
    if (!folders) return;
    this.#one((char) => char === "/");
    before.free.push(this.#at);
  }

  #branch(from: State): void {
    this.#at = state();
    from.free.push(this.#at);
  }

  #close(open: { end: State }[]): void {
    const group = open.pop();
    if (!group) return;
    this.#at.free.push(group.end);
    this.#at = group.end;
  }
}

function state(): State {
  return { takes: undefined, to: undefined, free: [] };
}

function reached(from: readonly State[]): Set<State> {
  const found = new Set(from);
  // A set hands out what is added while it is walked through.
  for (const { free } of found) for (const one of free) found.add(one);
  return found;
}

/** `[a-z]` or `[!a-z]` that begins here. A range that runs backwards holds nothing. */
function setAt(chars: readonly string[], start: number): { has: (char: string) => boolean; end: number } | undefined {
  const negated = chars[start + 1] === "!" || chars[start + 1] === "^";
  const first = start + (negated ? 2 : 1);
  const length = chars.slice(first, first + LONGEST_SET).indexOf("]");
  const body = chars.slice(first, first + length);
  if (length < 1 || body.includes("/")) return undefined;
  const has = (char: string): boolean => {
    if (char === "/") return false;
    for (let i = 0; i < body.length; i++) {
      const low = body[i] ?? "";
      const high = body[i + 1] === "-" ? body[i + 2] : undefined;
      if (high !== undefined) i += 2;
      if (char >= low && char <= (high ?? low)) return !negated;
    }
    return negated;
  };
  return { has, end: first + length };
}
