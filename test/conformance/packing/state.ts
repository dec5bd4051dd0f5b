import type { Instance } from '../../../simulator/instance/instance.ts';

/** Everything that calls can change of an instance, in an order of its own: the calls of two lanes have none. */
export function stateOf(instance: Instance): unknown {
  const { leads, lists, sends, mObjects, customObjects, programDetails, activities, nextId } = instance;
  return {
    nextId,
    leads: plain(leads),
    lists: plain(lists),
    mObjects: plain(mObjects),
    customObjects: plain(customObjects),
    programDetails: plain(programDetails),
    sends: sorted(sends),
    activities: sorted(activities.map(({ id: _, ...activity }) => activity)),
  };
}

const sorted = (list: readonly unknown[]): readonly unknown[] =>
  list.map(plain).toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

function plain(value: unknown): unknown {
  if (value instanceof Map) return sorted([...value]);
  if (value instanceof Set) return sorted([...value]);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, plain(child)]));
}
