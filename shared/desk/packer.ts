import type { Packable, Passenger } from './passenger.ts';

/** Those who travel in the next call, and those who stay: both in the order in which they came. */
interface Split<P> {
  readonly load: readonly [P, ...P[]];
  readonly left: readonly P[];
}

/**
 * Out of those who wait in one lane the next call: in the order of their arrival, as many as have room, the first always. No
 * two with one ordering key or one value share it, and nobody passes by one who stays and has either in common with it. Pure.
 */
export function nextLoad<P extends Passenger>(
  waiting: readonly [Packable<P>, ...Packable<P>[]],
): Split<Packable<P>> {
  const [first, ...others] = waiting;
  const load: [Packable<P>, ...Packable<P>[]] = [first];
  const left: Packable<P>[] = [];
  const seen = new Set(marksOf(first));
  const taken = { records: first.freight.records, bytes: bytesOf(first) };
  let { company } = first;
  for (const next of others) {
    const marks = marksOf(next);
    const isApart = marks.every((mark) => !seen.has(mark));
    for (const mark of marks) seen.add(mark);
    const most = Math.min(company, next.company);
    if (!isApart || load.length >= most || !hasRoom(first, taken, next)) {
      left.push(next);
      continue;
    }
    load.push(next);
    company = most;
    taken.records += next.freight.records;
    taken.bytes += bytesOf(next);
  }
  return { load, left };
}

/** Whether a call could hold nobody more than wait already. */
export function isFull<P extends Passenger>(waiting: readonly Packable<P>[]): boolean {
  const [first] = waiting;
  if (first === undefined) return false;
  const { room } = first.freight;
  const records = waiting.reduce((sum, { freight }) => sum + freight.records, 0);
  const bytes = waiting.reduce((sum, passenger) => sum + bytesOf(passenger), 0);
  return records >= room.records || bytes >= room.bytes || waiting.length >= first.company;
}

function hasRoom(
  { freight: { room } }: Packable<Passenger>,
  taken: { readonly records: number; readonly bytes: number },
  next: Packable<Passenger>,
): boolean {
  return taken.records + next.freight.records <= room.records && taken.bytes + bytesOf(next) <= room.bytes;
}

/** With what parts it from the next one. */
const bytesOf = ({ freight }: Packable<Passenger>): number => freight.bytes + 1;

const marksOf = ({ key, freight }: Packable<Passenger>): readonly string[] => [
  `key ${key}`,
  ...freight.values.map((value) => `value ${value}`),
];
