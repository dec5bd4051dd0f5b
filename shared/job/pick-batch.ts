/** What waits to be sent under names that no other may be under way with: an ordering key, an id. */
export interface Named {
  readonly names: readonly string[];
}

/**
 * The next batch, oldest first: at most one entry of a name, and none whose name is busy. An entry that is passed over
 * keeps its names, so that nothing behind it overtakes it. Pure.
 */
export function pickBatch<Waiting extends Named>(
  waiting: readonly Waiting[],
  busy: ReadonlySet<string>,
  most: number,
): { readonly batch: readonly Waiting[]; readonly rest: Waiting[] } {
  const taken = new Set<string>();
  const batch: Waiting[] = [];
  const rest: Waiting[] = [];
  for (const [at, entry] of waiting.entries()) {
    if (batch.length === most) return { batch, rest: [...rest, ...waiting.slice(at)] };
    const isFree = !entry.names.some((name) => busy.has(name) || taken.has(name));
    (isFree ? batch : rest).push(entry);
    for (const name of entry.names) taken.add(name);
  }
  return { batch, rest };
}
