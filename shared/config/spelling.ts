const LONGEST = 40;

/** The known name that was most likely meant: the same letters in another case, or a few edits away. Null if none is near. */
export const nearest = (name: string, known: readonly string[]): string | null =>
  nearestFew(name, known, 1)[0] ?? null;

/** The same, best first; at most so many. */
export function nearestFew(name: string, known: readonly string[], most: number): readonly string[] {
  if (name.length > LONGEST) return [];
  const lower = name.toLowerCase();
  return known
    .filter(({ length }) => Math.abs(length - name.length) <= Math.floor(name.length / 3))
    .map((candidate) => ({ candidate, edits: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= Math.floor(name.length / 3))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** Letters to insert, drop, change, or swap with their neighbour. */
export function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
