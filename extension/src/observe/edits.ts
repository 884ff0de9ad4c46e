/** One change of a document, reduced to what tells a person's from a program's. Never its text. */
export interface Edit {
  /** What was changed, to tell streams into several apart. */
  readonly document: object;
  /** When it was, in milliseconds of a clock that only moves forward. */
  readonly at: number;
  /** The longer of what was put in and what was taken out, in characters; the same at many places counts once. */
  readonly size: number;
  readonly lines: number;
  readonly undo: boolean;
  /** In the document the person has in front of them. */
  readonly inView: boolean;
  /** Whether just what was selected was replaced, as by typing, by a paste or by an accepted completion. Dear to ask. */
  readonly atCursor: () => boolean;
  readonly focused: boolean;
  /** False after a reload from disk, which leaves nothing to save; and at first for the edit that makes it true. */
  readonly dirty: boolean;
  /** While the document is being saved: a formatter at work. */
  readonly saving: boolean;
  /** Whether the editor tells of the cursor in this kind of document. */
  readonly hasCursor: boolean;
}

export type Author = "person" | "program" | "nobody" | "unclear";

/** What is known of who may be writing. */
export interface Signs {
  /** When the last key or click came. */
  lastHand(): number;
  /** Whether one came in the last so many milliseconds. */
  handWithin(ms: number): boolean;
  /** Whether somebody is at the keyboard of this window. */
  atKeyboard(): boolean;
  /** Whether an extension that writes by itself is active. */
  assistant(): boolean;
}

// A word, a closing bracket with its line, a short completion: still one keystroke's work.
const LARGE_CHARACTERS = 80;
const LARGE_LINES = 2;
const BEFORE_MS = 2_000;
// Pieces of a stream follow one another within this.
const STREAM_MS = 500;
/** How long to wait for the cursor movement that follows a paste. */
export const AFTER_MS = 400;
/** The same in a window without focus: the editor slows it down there, and is late to say what is unsaved. */
export const AWAY_MS = 5_000;

/**
 * Tells whether a change is a person's. Extensions don't see keys, but the editor says of a cursor movement whether
 * keyboard or mouse caused it. What no hand made may still be a person's command (a symbol renamed, all replaced, an
 * extension that edits for them), so two signs make a program: that much came without a hand, and that a program is
 * known to be there, or the window is out of focus, or nobody is at the keyboard.
 */
export class Authorship {
  readonly #streams = new WeakMap<object, Stream>();
  /** What was changed last. */
  #latest: object | undefined;
  #latestStream: Stream | undefined;

  constructor(private readonly signs: Signs) {}

  of(edit: Edit): Author {
    if (edit.saving) return "nobody";
    const { size, since, byProgram } = this.#flow(edit);
    // A single large edit is no stream yet.
    const streams = size > LARGE_CHARACTERS && since < edit.at;
    if (streams && byProgram) return "program";
    if (!edit.focused) return edit.dirty ? "program" : "unclear";
    if (edit.undo) return "person";
    const large = isLarge(edit);
    if (!edit.inView) return !edit.dirty ? "unclear" : large || streams ? this.#unless("nobody") : "nobody";
    if (streams || !this.signs.atKeyboard()) return "unclear";
    if (edit.dirty && (!large || this.signs.handWithin(BEFORE_MS))) return "person";
    return edit.atCursor() ? "person" : "unclear";
  }

  /** Takes one more key in a document, before which a hand moved the cursor. False where another was changed since. */
  goesOn(document: object, at: number, size: number): boolean {
    const stream = this.#latestStream;
    if (document !== this.#latest || stream === undefined) return false;
    stream.since = stream.last = at;
    stream.size = size;
    stream.byProgram = false;
    return true;
  }

  /** The same a moment later, when a paste has moved the cursor and the editor knows what there is to save. */
  afterwards(edit: Edit, dirty: boolean): Author {
    if (edit.focused && edit.inView && this.signs.handWithin(AFTER_MS)) return "person";
    if (!dirty) return "nobody";
    if (!edit.focused) return "program";
    const otherwise = edit.inView ? "person" : "nobody";
    const stream = this.#streams.get(edit.document);
    const much = isLarge(edit) || (stream !== undefined && stream.size > LARGE_CHARACTERS);
    if (!much) return edit.inView && !this.signs.atKeyboard() ? "program" : otherwise;
    const author = this.#unless(otherwise);
    // Its next pieces are known by it, as long as no key comes between.
    if (stream) stream.byProgram = author === "program";
    return author;
  }

  /** A second sign makes a program of what came without a hand. */
  #unless(otherwise: Author): Author {
    return !this.signs.atKeyboard() || this.signs.assistant() ? "program" : otherwise;
  }

  /** Adds a change to what came into its document piece by piece while no key moved the cursor. */
  #flow({ document, at, size, inView, hasCursor }: Edit): Stream {
    const known = this.#streams.get(document);
    const stream = known ?? { since: at, last: at, size: 0, byProgram: false };
    if (!known) this.#streams.set(document, stream);
    this.#latest = document;
    this.#latestStream = stream;
    // Commands that change lines (comment, move, delete) move no cursor by keyboard either, but nobody gives them this fast.
    if (at - stream.last > STREAM_MS || (inView && this.signs.lastHand() >= stream.since)) {
      stream.since = at;
      stream.size = 0;
      stream.byProgram = false;
    }
    stream.last = at;
    if (hasCursor) stream.size += size;
    return stream;
  }
}

interface Stream {
  since: number;
  last: number;
  size: number;
  byProgram: boolean;
}

function isLarge(edit: Edit): boolean {
  return edit.size > LARGE_CHARACTERS || edit.lines > LARGE_LINES;
}
