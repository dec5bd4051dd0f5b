import { setTimeout as sleep } from 'node:timers/promises';
import { awsServices } from '../../client/aws-services.ts';
import { type Adapters, createAdapters } from '../../shared/aws/adapters.ts';
import { type AwsClients, createAwsClients } from '../../shared/aws/clients.ts';
import { sqsJobsQueue } from '../../shared/aws/sqs-queues.ts';
import { DEFAULT_ACCOUNT } from '../../shared/config/names.ts';
import { systemClock, systemSleep } from '../../shared/kernel/clock.ts';
import { systemRandom } from '../../shared/kernel/random.ts';
import { countEntries } from '../../shared/ledger/outcomes.ts';
import type { JobRow } from '../../shared/ledger/row.ts';
import type { Observed } from './checks.ts';
import type { Endpoints } from './feeder.ts';
import { BATCH } from './jobs.ts';

/** Queue, ledger and letters, seen from outside, while the last child works everything off. */
interface Inspection {
  /** Resolves true when every one of the jobs has ended and both queues are empty; false if that takes longer than `withinMs`. */
  settles(jobs: number, withinMs: number): Promise<boolean>;
  gather(): Promise<Pick<Observed, 'rows' | 'letters'>>;
  /** What the account waits for, for the report of a failure. */
  account(): Promise<string>;
  close(): void;
}

const PAUSE_MS = 200;
const KERNEL = { clock: systemClock, random: systemRandom, sleep: systemSleep };

export function inspectStack(endpoints: Endpoints): Inspection {
  const { sqs, dynamodb, jobsQueueUrl, deadLetterQueueUrl, table } = endpoints;
  const clients = createAwsClients(awsServices(undefined, { sqs, dynamodb }));
  const adapters = createAdapters({
    clients,
    table,
    jobsQueueUrl,
    deadLetterQueueUrl,
    account: DEFAULT_ACCOUNT,
    ...KERNEL,
  });
  return {
    async settles(jobs, withinMs) {
      const end = systemClock() + withinMs;
      while (systemClock() < end) {
        if (await hasSettled(jobs, adapters, clients, deadLetterQueueUrl)) return true;
        await sleep(PAUSE_MS);
      }
      return false;
    },
    gather: async () => ({ rows: await rowsOf(adapters), letters: await lettersOf(adapters) }),
    async account() {
      const state = await adapters.budgetStore.get();
      return JSON.stringify({ holds: state?.holds, cuts: state?.cuts, leases: state?.leases });
    },
    close: () => clients.destroy(),
  };
}

async function hasSettled(
  jobs: number,
  adapters: Adapters,
  clients: AwsClients,
  deadLetterQueueUrl: string,
): Promise<boolean> {
  const { completed, deadLettered } = await countEntries(BATCH, adapters.ledger.ofBatch(BATCH));
  if (completed + deadLettered < jobs) return false;
  const deadLetters = sqsJobsQueue({ client: clients.sqs, queueUrl: deadLetterQueueUrl, ...KERNEL });
  const stats = await Promise.all([adapters.jobsQueue.stats(), deadLetters.stats()]);
  return stats.every(({ visible, inFlight, delayed }) => visible + inFlight + delayed === 0);
}

async function rowsOf({ ledger }: Adapters): Promise<Map<string, JobRow>> {
  const rows = new Map<string, JobRow>();
  for await (const row of ledger.scan()) rows.set(row.jobId, row);
  return rows;
}

async function lettersOf({ archive, bodies }: Adapters): Promise<Observed['letters']> {
  const letters: Observed['letters'][number][] = [];
  for await (const { letterId } of archive.summaries(['open', 'redriving', 'redriven', 'discarded'])) {
    const letter = await archive.get(letterId);
    if (letter !== null) letters.push({ ...letter, body: await bodies.load(letter.job) });
  }
  return letters;
}
