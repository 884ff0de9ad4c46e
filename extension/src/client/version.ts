/** Negative where version `a` is older than `b`, positive where it is newer, 0 where neither can be said. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  if (!left || !right) return 0;
  const place = left.findIndex((number, index) => number !== right[index]);
  return place < 0 ? 0 : (left[place] ?? 0) - (right[place] ?? 0);
}

function numbers(version: string): number[] | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  return found?.slice(1).map(Number);
}
