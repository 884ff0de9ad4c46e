/** One change of a document, reduced to what tells a person's from a program's. Never its text. */
export interface Edit {
  /** The longer of what was put in and what was taken out, in characters. */
  readonly size: number;
  readonly lines: number;
  readonly undo: boolean;
  /** In the document the person has in front of them. */
  readonly inView: boolean;
  readonly focused: boolean;
  /** False after a reload from disk, which leaves nothing to save; and at first for the edit that makes it true. */
  readonly dirty: boolean;
  /** While the document is being saved: a formatter at work. */
  readonly saving: boolean;
  /** Whether the editor tells of the cursor in this kind of document. */
  readonly hasCursor: boolean;
}

export type Author = "person" | "program" | "nobody" | "unclear";

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
 * Tells whether a change is a person's typing. Extensions don't see keys, but the editor says of a cursor movement
 * whether keyboard or mouse caused it, and typing and pasting move the cursor by keyboard while a program's edit does not.
 */
export class Authorship {
  #lastHand = -Infinity;
  #withoutHand = 0;
  #lastPiece = -Infinity;

  constructor(private readonly now: () => number) {}

  /** The keyboard or the mouse was used. */
  hand(): void {
    this.#lastHand = this.now();
    this.#withoutHand = 0;
  }

  /** Small edits came one after another and no key moved the cursor: a program writes piece by piece. */
  get streaming(): boolean {
    return this.#withoutHand > LARGE_CHARACTERS;
  }

  of(edit: Edit): Author {
    if (edit.saving) return "nobody";
    if (edit.focused && edit.undo) return "person";
    const large = isLarge(edit);
    if (edit.focused && edit.inView && edit.hasCursor && !large) {
      // Commands that change lines (comment, move, delete) move no cursor by keyboard either, but nobody gives them this fast.
      if (this.now() - this.#lastPiece > STREAM_MS) this.#withoutHand = 0;
      this.#lastPiece = this.now();
      this.#withoutHand += edit.size;
    }
    if (!edit.dirty) return "unclear";
    if (!edit.focused) return "program";
    if (!edit.inView) return large ? "program" : "nobody";
    if (large) return this.handWithin(BEFORE_MS) ? "person" : "unclear";
    if (!edit.hasCursor) this.hand();
    return this.streaming ? "unclear" : "person";
  }

  /** The same a moment later, when a paste has moved the cursor and the editor knows what there is to save. */
  afterwards(edit: Edit, dirty: boolean): Author {
    if (edit.focused && edit.inView && this.handWithin(AFTER_MS)) return "person";
    const programs = isLarge(edit) || !edit.focused || (edit.inView && this.streaming);
    return dirty && programs ? "program" : "nobody";
  }

  /** Whether a hand moved in the last so many milliseconds. */
  handWithin(ms: number): boolean {
    return this.now() - this.#lastHand <= ms;
  }
}

function isLarge(edit: Edit): boolean {
  return edit.size > LARGE_CHARACTERS || edit.lines > LARGE_LINES;
}
