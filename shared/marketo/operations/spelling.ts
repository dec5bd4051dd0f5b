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

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
