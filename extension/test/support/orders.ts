import { readFileSync } from "node:fs";
import { join } from "node:path";

// What tests/extension/orders writes down of a real editor.

export interface ToldDocument {
  readonly uri: string;
  readonly language: string;
}

export interface ToldNotebook extends ToldDocument {
  readonly cells: readonly string[];
}

export interface ToldTab {
  readonly kind: string;
  readonly label: string;
  readonly active: boolean;
  readonly uri?: string;
  readonly original?: string;
  readonly modified?: string;
  readonly viewType?: string;
}

export interface ToldTerminal {
  readonly id: number;
  readonly name: string;
  readonly hidden: boolean;
  readonly touched: boolean;
  readonly cwd?: string;
}

/** What an event is about. */
export interface Told {
  readonly document?: ToldDocument;
  readonly notebook?: ToldNotebook;
  readonly terminal?: ToldTerminal;
  readonly session?: string;
  readonly task?: { readonly name: string; readonly group?: string; readonly background: boolean };
  readonly line?: string;
  readonly reason?: number;
  readonly kind?: number;
  readonly visible?: readonly (readonly number[])[];
  readonly changes?: readonly { readonly text: string; readonly removed: number; readonly range: readonly number[] }[];
  readonly ran?: boolean;
  readonly contents?: number;
  readonly opened?: readonly ToldTab[];
  readonly changed?: readonly ToldTab[];
  readonly closed?: readonly ToldTab[];
  readonly focused?: boolean;
  readonly active?: boolean;
}

/** How an editor stands. */
export interface Standing {
  readonly focused: boolean;
  readonly active: boolean;
  readonly front: ToldDocument | null;
  readonly selection: readonly (readonly number[])[];
  readonly tab: ToldTab | null;
  readonly notebook: ToldNotebook | null;
  readonly terminal: ToldTerminal | null;
  readonly debugging: string | null;
  readonly dirty: readonly string[];
}

/** One act of a person or a program: how the editor stood before, and each event with what of that had changed by then. */
export interface Order {
  readonly begin: Standing & { readonly visible: readonly (readonly number[])[] };
  readonly lines: readonly { readonly at: number; readonly on: string; readonly with: Told; readonly editor: Partial<Standing> }[];
}

const FOLDER = join(__dirname, "..", "orders");

export function order(act: string): Order {
  const [begin, ...lines] = readFileSync(join(FOLDER, `${act}.jsonl`), "utf8").trimEnd().split("\n").map((line): unknown => JSON.parse(line));
  return { begin, lines } as Order;
}
