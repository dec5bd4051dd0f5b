import type { HoldInForce } from '../budget/holds.ts';
import { type Narrowing, narrowings } from '../budget/narrowing.ts';
import { initialState } from '../budget/state.ts';
import { closures, exhaustionForecast } from '../budget/status.ts';
import { OPEN_STATUSES } from '../deadletter/letter.ts';
import { type ForeignGroups, isPast } from '../job/foreign-groups.ts';
import { isoTime } from '../kernel/clock.ts';
import { readKnownLeadFields } from '../marketo/rest/directory/lead-fields-copy.ts';
import { withAcknowledgements } from './acknowledge.ts';
import { type BudgetJson, budgetJson } from './budget-json.ts';
import { type CauseGroup, groupByCause, lettersOf } from './causes.ts';
import type { OperatePorts } from './ports.ts';

/** How a stack stands. A part is null if its service did not answer; `trouble` then says so. */
export interface Status {
  readonly now: number;
  readonly budget: BudgetJson | null;
  readonly holds: readonly HoldInForce[];
  readonly narrowings: readonly Narrowing[];
  /** When the quota will be spent at today's pace (epoch ms); null if it lasts. */
  readonly quotaEndsAt: number | null;
  /** By how much the reader's own clock is proved to be ahead of the store's; 0 if it may be right. */
  readonly clockAheadMs: number;
  readonly queue: { readonly visible: number; readonly inFlight: number } | null;
  /** The queue's own word on its oldest message, hidden ones too; null: it has none, or does not say. */
  readonly oldestAgeMs: number | null;
  /** Jobs whose notBefore has not come: they are in no queue. */
  readonly parked: number | null;
  readonly causes: readonly CauseGroup[] | null;
  /** When Marketo last refused to describe the lead fields (epoch ms): the standard ones serve. Null: it has not. */
  readonly fieldsRefusedAt: number | null;
  /** Jobs in groups that are not their own; null: none in the last days. */
  readonly foreign: ForeignGroups | null;
  readonly trouble: readonly string[];
}

/** Asks every part at once. `wordsFor` puts an error into words: what to do about it depends on where one reads it. */
export async function readStatus(ports: OperatePorts, wordsFor: (error: unknown) => string): Promise<Status> {
  const { account, limits } = ports;
  const failed: { readonly what: string; readonly why: string }[] = [];
  const now = ports.clock();
  const reach = async <T>(what: string, ask: () => Promise<T>): Promise<T | null> => {
    try {
      return await ask();
    } catch (error) {
      failed.push({ what, why: wordsFor(error) });
      return null;
    }
  };
  const [state, stats, oldestAgeMs, parked, groups, seen, fields, foreign] = await Promise.all([
    reach('the budget', async () => (await ports.budgetStore.get()) ?? initialState(now)),
    reach('the queue', () => ports.jobsQueue.stats()),
    reach('the age of the oldest message', () => ports.oldestMessageAge()),
    reach('the parked jobs', () => ports.ledger.countParked()),
    reach('the dead letters', () => groupByCause(ports.archive.summaries(OPEN_STATUSES))),
    reach('what was acknowledged', () => ports.acknowledgements.get()),
    reach('the fields', () => readKnownLeadFields({ store: ports.directoryStore, clock: ports.clock })),
    reach('the groups', () => ports.foreignGroups.get()),
  ]);
  return {
    now,
    budget: state === null ? null : budgetJson(account, state, limits, now),
    holds: state === null ? [] : closures(state, limits, now),
    narrowings: state === null ? [] : narrowings(state, limits, now),
    quotaEndsAt: state === null ? null : exhaustionForecast(state, limits, now),
    clockAheadMs: ports.storeClock?.aheadMs(ports.clock()) ?? 0,
    // Delayed messages wait in the queue like the visible ones.
    queue: stats === null ? null : { visible: stats.visible + stats.delayed, inFlight: stats.inFlight },
    oldestAgeMs,
    parked,
    causes: groups === null ? null : withAcknowledgements(groups, seen, now),
    fieldsRefusedAt: fields?.standard === true ? fields.at : null,
    foreign: foreign === null || isPast(foreign, now) ? null : foreign,
    // A table that is away is one trouble, whatever is kept in it.
    trouble: [...Map.groupBy(failed, ({ why }) => why)]
      .map(([why, parts]) => ({ why, what: parts.map(({ what }) => what).sort() }))
      .map(({ why, what }) => `${what.join(', ')} cannot be read: ${why}`)
      .sort(),
  };
}

/** The same as every program outside sees it. A part that could not be read is null; `trouble`, absent otherwise, then says why. */
interface StatusJson {
  readonly budget: BudgetJson | null;
  readonly queue: {
    readonly visible: number;
    readonly inFlight: number;
    readonly oldestAgeMs: number | null;
  } | null;
  /** Jobs whose notBefore has not come; they are not of the queue. */
  readonly parked: number | null;
  /** `silent`: how many of them are of a cause that somebody has acknowledged; absent: none. */
  readonly deadLetters: { readonly open: number; readonly silent?: number } | null;
  /** Absent unless Marketo refuses to describe the lead fields, and jobs are read by the standard ones. */
  readonly fieldsRefusedAt?: string;
  /** Absent unless jobs came in groups that are not their own: they have no order with their lead's others. */
  readonly foreignGroups?: ForeignGroupsJson;
  readonly trouble?: readonly string[];
}

interface ForeignGroupsJson extends Pick<ForeignGroups, 'jobs' | 'groups'> {
  readonly since: string;
  readonly lastAt: string;
}

export const statusJson = ({
  budget,
  queue,
  oldestAgeMs,
  parked,
  causes,
  fieldsRefusedAt,
  foreign,
  trouble,
}: Status): StatusJson => ({
  budget,
  queue: queue === null ? null : { ...queue, oldestAgeMs },
  parked,
  deadLetters: causes === null ? null : deadLettersJson(causes),
  ...(fieldsRefusedAt === null ? {} : { fieldsRefusedAt: isoTime(fieldsRefusedAt) }),
  ...(foreign === null ? {} : { foreignGroups: foreignJson(foreign) }),
  ...(trouble.length === 0 ? {} : { trouble }),
});

function deadLettersJson(causes: readonly CauseGroup[]): NonNullable<StatusJson['deadLetters']> {
  const silent = lettersOf(causes.filter(({ acknowledged }) => acknowledged?.silent === true));
  return { open: lettersOf(causes), ...(silent === 0 ? {} : { silent }) };
}

const foreignJson = ({ jobs, since, lastAt, groups }: ForeignGroups): ForeignGroupsJson => ({
  jobs,
  since: isoTime(since),
  lastAt: isoTime(lastAt),
  groups,
});

/** SQS keeps a message for 14 days: a backlog that the quota cannot work off in ten loses its end to expiry. */
export const BACKLOG_DAYS = 10;
