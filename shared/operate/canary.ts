import { causeOf } from '../deadletter/cause.ts';
import { isEndedKind } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import { answerOf, type DeadLetteredAnswer } from './answer.ts';
import { obstaclesNow } from './hold.ts';
import type { WaitingJson } from './job-json.ts';
import { findJob } from './jobs.ts';
import type { OperatePorts } from './ports.ts';
import { waitAt } from './result.ts';
import { type WaitLimits, type WaitPorts, waitUntil } from './wait.ts';

/** Why the rest would die as well: what these of the first jobs died of. */
export interface Portent extends Pick<DeadLetteredAnswer, 'class' | 'code' | 'message' | 'advice'> {
  readonly cause: string;
  readonly letterIds: readonly string[];
  /** How many of the first jobs. */
  readonly count: number;
}

/** What the first jobs of a file say of the rest. */
export type Trial =
  /** Each has ended. Some may have died, of what was their own. */
  | { readonly kind: 'passed'; readonly died: number }
  | { readonly kind: 'failed'; readonly died: number; readonly of: Portent }
  /** Some have not ended in time, or cannot; why the first of them waits, where that is known. */
  | { readonly kind: 'pending'; readonly open: number; readonly waiting: WaitingJson | null };

type Ports = Pick<OperatePorts, 'ledger' | 'chunks' | 'archive' | 'bodies' | 'budgetStore' | 'limits'> &
  WaitPorts;

/** Who waits for an answer of ten rows should not wait for longer than it takes to look into it. */
const PATIENCE_MS = 120_000;

/**
 * Waits for the ends of a file's first jobs, two minutes at most and no longer than they can end. A death that foretells the rest
 * ends the wait no earlier: the others are about to die, too, and their letters are closed together. Rejects with the signal's reason.
 */
export async function watchCanary(
  ports: Ports,
  jobIds: readonly string[],
  { timeoutMs = PATIENCE_MS, signal }: WaitLimits,
  onLook: (ended: number) => void = () => {},
): Promise<Trial> {
  const giveUpAt = ports.clock() + timeoutMs;
  let ended: readonly JobRow[] = [];
  const look = async (): Promise<true | null> => {
    ended = (await ports.ledger.getAll(jobIds)).filter(({ state }) => isEndedKind(state.kind));
    onLook(ended.length);
    return ended.length === jobIds.length || (await isHeldUntil(ports, giveUpAt)) ? true : null;
  };
  await waitUntil(look, ports, { timeoutMs, signal });
  const dead = (await Promise.all(ended.map((row) => deathOf(ports, row)))).filter((death) => death !== null);
  const portent = portentIn(dead, jobIds.length);
  if (portent !== null) return { kind: 'failed', died: dead.length, of: portent };
  if (ended.length === jobIds.length) return { kind: 'passed', died: dead.length };
  const known = new Set(ended.map(({ jobId }) => jobId));
  const open = jobIds.filter((jobId) => !known.has(jobId));
  return { kind: 'pending', open: open.length, waiting: await whyWaiting(ports, open[0] ?? '') };
}

const deathOf = async (ports: Ports, row: JobRow): Promise<DeadLetteredAnswer | null> => {
  if (row.state.kind !== 'dead-lettered') return null;
  const answer = await answerOf(ports, row);
  return answer?.kind === 'dead-lettered' ? answer : null;
};

/** Of who asks, of how our program asks, or of what a column is called: no other row of the file can fare better. */
const OF_EACH_CLASS: ReadonlySet<FaultClass> = new Set(['credentials', 'internal', 'malformed']);
const OF_EACH_CODE: ReadonlySet<number> = new Set([
  // The user, the subscription, the partition.
  603, 616, 703, 1008, 1009, 1026,
  // The request itself.
  605, 609, 610, 612, 613, 20012, 20019,
  // A field that there is not, or that finds no lead.
  1006, 1011, 20105,
]);

/** Below this part a cause is taken for that of a few rows. */
const TELLING_PART = 0.5;

/**
 * What would kill the rest, if anything: a single death of a kind that is nobody's own, or one cause of at least half of the first
 * jobs. A malformed address in one row stops nothing; the same date format in each does. Pure.
 */
export function portentIn(
  dead: readonly Pick<
    DeadLetteredAnswer,
    'operation' | 'class' | 'code' | 'message' | 'advice' | 'letterId'
  >[],
  sent: number,
): Portent | null {
  const byCause = [...Map.groupBy(dead, causeOf)].sort(([, a], [, b]) => b.length - a.length);
  for (const [cause, same] of byCause) {
    const [first] = same;
    if (first === undefined) continue;
    const { class: faultClass, code, message, advice } = first;
    const isOfEach = OF_EACH_CLASS.has(faultClass) || (code !== null && OF_EACH_CODE.has(code));
    if (isOfEach || same.length >= sent * TELLING_PART)
      return {
        class: faultClass,
        code,
        message,
        advice,
        cause,
        letterIds: same.map(({ letterId }) => letterId),
        count: same.length,
      };
  }
  return null;
}

async function isHeldUntil(ports: Ports, at: number): Promise<boolean> {
  const { holds } = await obstaclesNow(ports);
  return holds.some(({ until }) => until === null || until > at);
}

async function whyWaiting(ports: Ports, jobId: string): Promise<WaitingJson | null> {
  const job = await findJob(ports, jobId);
  return job?.json.waiting ?? waitAt((await obstaclesNow(ports)).holds);
}
