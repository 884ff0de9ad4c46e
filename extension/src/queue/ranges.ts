/** Numbers as text, runs of them joined: 1,2,3,7 is "1-3,7". */
export function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  const sorted = [...numbers].sort((a, b) => a - b);
  for (let i = 0; i < sorted.length; ) {
    const first = sorted[i] ?? 0;
    let last = first;
    for (i++; sorted[i] === last + 1 || sorted[i] === last; i++) last = sorted[i] ?? last;
    parts.push(first === last ? String(first) : `${first}-${last}`);
  }
  return parts.join(",");
}

export function* parseRanges(text: string): Generator<number> {
  if (text === "") return;
  for (const part of text.split(",")) {
    const [first, last] = part.split("-").map(Number);
    if (first === undefined) continue;
    for (let n = first; n <= (last ?? first); n++) yield n;
  }
}
