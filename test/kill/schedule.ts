import type { Random } from '../../shared/kernel/random.ts';
import type { Kill, Point } from './points.ts';

/** How one child ends: at a point of its own, or by a kill from outside. */
export type Ending =
  | { readonly kind: 'point'; readonly kill: Kill }
  /** Before it is ready: after this part of the time that the last child took to start. */
  | { readonly kind: 'starting'; readonly part: number }
  /** While jobs are being sent, after so many were accepted. */
  | { readonly kind: 'enqueueing'; readonly accepted: number }
  | { readonly kind: 'any time'; readonly afterMs: number }
  /** Asked to end by SIGTERM, as by Ctrl-C: it ends by itself. */
  | { readonly kind: 'stopping'; readonly afterMs: number };

export interface Mix {
  readonly points: Readonly<Partial<Record<Point, number>>>;
  /** Of calls that several jobs share. */
  readonly shared: Readonly<Partial<Record<Point, number>>>;
  readonly starting: number;
  readonly enqueueing: number;
  readonly anyTime: number;
  readonly stopping: number;
}

/** Points that few jobs pass; the first that does must be the one. */
const RARE: ReadonlySet<Point> = new Set([
  'intended',
  'filed',
  'notified',
  'collecting',
  'collected',
  'look-up-admitted',
  'look-up-sent',
  'look-up-replied',
  'token-sent',
  'token-replied',
]);
/** Bytes leave only after these: a kill without any delay would be one before the send. */
const BEFORE_THE_BYTES: ReadonlySet<Point> = new Set(['sent', 'look-up-sent', 'token-sent']);
/** Where a repeat does harm: every second kill there is of a job that must not be repeated. */
const DANGEROUS: Readonly<Partial<Record<Point, Kill['only']>>> = {
  admitted: 'announced',
  sent: 'unsafe',
  replied: 'unsafe',
  recorded: 'unsafe',
};
/** Longer than a call of the simulator takes: some calls are killed before it runs them, some after, some after the reply. */
const LONGEST_DELAY_MS = 60;

/** The endings in a seeded order. */
export function drawEndings(mix: Mix, random: Random): readonly Ending[] {
  const points = Object.entries(mix.points).flatMap(([point, count]) =>
    Array.from(
      { length: count },
      (_, nth): Ending => ({ kind: 'point', kill: killAt(point as Point, nth, random) }),
    ),
  );
  const shared = Object.entries(mix.shared).flatMap(([point, count]) =>
    Array.from(
      { length: count },
      (): Ending => ({ kind: 'point', kill: killOfShared(point as Point, random) }),
    ),
  );
  const outside = [
    ...Array.from({ length: mix.starting }, (): Ending => ({ kind: 'starting', part: random() })),
    ...Array.from(
      { length: mix.enqueueing },
      (): Ending => ({ kind: 'enqueueing', accepted: 1 + Math.floor(random() * 6) }),
    ),
    ...Array.from({ length: mix.anyTime }, (): Ending => ({ kind: 'any time', afterMs: random() * 500 })),
    ...Array.from({ length: mix.stopping }, (): Ending => ({ kind: 'stopping', afterMs: random() * 500 })),
  ];
  return shuffled([...points, ...shared, ...outside], random);
}

/** The points of a mix by the names of the kills there: `sent`, and `sent, of a shared call`. */
export const pointsOf = ({ points, shared }: Mix): readonly string[] => [
  ...Object.keys(points),
  ...Object.keys(shared).map((point) => `${point}${OF_A_SHARED_CALL}`),
];

export const OF_A_SHARED_CALL = ', of a shared call';

/** Half of the kills are at the very point, half a little later, so that what was under way got somewhere. */
function killAt(point: Point, nth: number, random: Random): Kill {
  const most = RARE.has(point) ? 1 : 4;
  const passes = 1 + Math.floor(random() * most);
  const delayed = random() < 0.5 || BEFORE_THE_BYTES.has(point);
  const delayMs = delayed ? 1 + Math.floor(random() * LONGEST_DELAY_MS) : 0;
  const dangerous = nth % 2 === 0 ? DANGEROUS[point] : undefined;
  return { point, passes: dangerous === undefined ? passes : 1, delayMs, only: dangerous ?? 'any' };
}

/** At one of the first of those who share it: before, between or after the others' passing. */
function killOfShared(point: Point, random: Random): Kill {
  const delayed = random() < 0.5 || BEFORE_THE_BYTES.has(point);
  const delayMs = delayed ? 1 + Math.floor(random() * LONGEST_DELAY_MS) : 0;
  return { point, passes: 1 + Math.floor(random() * 3), delayMs, only: 'shared' };
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
