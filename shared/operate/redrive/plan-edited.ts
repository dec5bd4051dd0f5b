import { errorText } from '../../kernel/error-text.ts';
import { mapAhead } from '../../kernel/map-ahead.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { OperatePorts } from '../ports.ts';
import { type Candidate, inOriginalOrder, isCompletedWrite, type RedriveChoice } from './plan.ts';
import type { RedrivePlan, Skipped } from './plan-redrive.ts';
import type { EditedJob } from './returned-messages.ts';

type PlanPorts = Pick<OperatePorts, 'ledger' | 'clock' | 'retentionMs'>;

/**
 * The plan once a program has edited the messages, by letter in `jobs`. One that names another lead now stands among that lead's jobs, in
 * the order of all of them. By a filter it is left out where a later write of that lead has completed, as the plan did by the lead it had.
 */
export async function planEdited(
  ports: PlanPorts,
  { candidates, skipped }: RedrivePlan,
  jobs: ReadonlyMap<string, EditedJob>,
  choice: Pick<RedriveChoice, 'by' | 'superseded'>,
): Promise<RedrivePlan> {
  const writes = newestWrites(ports.ledger);
  const asksForLater = choice.by === 'filter' && !choice.superseded;
  const planned = mapAhead(candidates, async (candidate): Promise<Candidate | Skipped> => {
    const { letterId } = candidate;
    const job = jobs.get(letterId);
    if (job === undefined) return candidate;
    const { orderingKey, overwrites } = job;
    const isMoved = orderingKey !== candidate.orderingKey;
    try {
      const reason =
        asksForLater && isMoved && overwrites ? whyNot(ports, candidate, await writes(orderingKey)) : null;
      return reason === null ? { ...candidate, orderingKey } : { letterId, reason };
    } catch (error) {
      // A row that cannot be read keeps no other letter from being sent.
      return { letterId, reason: 'unreadable', message: errorText(error) };
    }
  });
  const kept: Candidate[] = [];
  const left: Skipped[] = [];
  for await (const one of planned) {
    if ('reason' in one) left.push(one);
    else kept.push(one);
  }
  return { candidates: inOriginalOrder(kept), skipped: [...skipped, ...left] };
}

/** By when they were sent: a SequenceNumber of one group says nothing beside that of another (docs/marketo-facts.md 12.11). */
function whyNot(
  { clock, retentionMs }: PlanPorts,
  { firstSentAt }: Candidate,
  newest: number | null,
): 'superseded' | 'too-old' | null {
  if (firstSentAt === null) return 'too-old';
  if (newest !== null && newest > firstSentAt) return 'superseded';
  return firstSentAt + retentionMs < clock() ? 'too-old' : null;
}

/** When the newest completed write of a key was sent (epoch ms); null if there is none. Of many letters on one key it is read once. */
function newestWrites(ledger: Pick<Ledger, 'list'>): (orderingKey: string) => Promise<number | null> {
  const known = new Map<string, Promise<number | null>>();
  const read = async (orderingKey: string): Promise<number | null> => {
    const by = { kind: 'key', orderingKey } as const;
    for await (const row of ledger.list({ by, limit: Number.POSITIVE_INFINITY })) {
      if (isCompletedWrite(row)) return row.enqueuedAt;
    }
    return null;
  };
  return (orderingKey) => {
    const newest = known.get(orderingKey) ?? read(orderingKey);
    known.set(orderingKey, newest);
    return newest;
  };
}
