import { DAY_MS } from '../kernel/clock.ts';
import type { Reduce } from '../kernel/document.ts';

/** Jobs that came in an SQS message group that is not their own: they have no order with their lead's others. Times in epoch ms. */
export interface ForeignGroups {
  /** At least so many: a process tells of some only with the next. */
  readonly jobs: number;
  /** When the first of them came, and when the last of which is told. */
  readonly since: number;
  readonly lastAt: number;
  /** The first of their groups, each with a job that came in it. */
  readonly groups: readonly ForeignGroup[];
}

export interface ForeignGroup {
  readonly name: string;
  readonly jobId: string;
}

/** Where the account's one count of them is. */
export interface ForeignGroupsStore {
  /** Null before the first, and once the last is long past. */
  get(): Promise<ForeignGroups | null>;
  change(reduce: Reduce<ForeignGroups>): Promise<void>;
}

/** More would only be more of the same. */
const MOST_GROUPS = 3;
/** A sender that has been put right is not told of for ever; the next one is a new beginning. */
export const FOREIGN_GROUPS_KEPT_MS = 7 * DAY_MS;

/** A bare sender may name a group after its lead: no address leaves the message. */
const OF_AN_ADDRESS = '(a name with an e-mail address)';

/** One job of a foreign group, as a count of one. */
export const foreignGroup = (groupId: string, jobId: string, at: number): ForeignGroups => ({
  jobs: 1,
  since: at,
  lastAt: at,
  groups: [{ name: groupId.includes('@') ? OF_AN_ADDRESS : groupId, jobId }],
});

/** Two counts as one: the earlier one's groups first. One that is long past counts no more. */
export function together(earlier: ForeignGroups | null, later: ForeignGroups): ForeignGroups {
  if (earlier === null || isPast(earlier, later.since)) return later;
  const groups = new Map([...later.groups, ...earlier.groups].map((group) => [group.name, group]));
  const names = new Set([...earlier.groups, ...later.groups].map(({ name }) => name));
  return {
    jobs: earlier.jobs + later.jobs,
    since: Math.min(earlier.since, later.since),
    lastAt: Math.max(earlier.lastAt, later.lastAt),
    groups: [...names].slice(0, MOST_GROUPS).flatMap((name) => groups.get(name) ?? []),
  };
}

export const isPast = ({ lastAt }: ForeignGroups, now: number): boolean =>
  lastAt + FOREIGN_GROUPS_KEPT_MS < now;
