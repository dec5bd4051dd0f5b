import { createAdapters } from '../shared/aws/adapters.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import { DEFAULT_ACCOUNT } from '../shared/config/names.ts';
import { systemClock, systemSleep } from '../shared/kernel/clock.ts';
import { systemRandom } from '../shared/kernel/random.ts';
import { ulidMaker } from '../shared/kernel/ulid.ts';
import { watchCancellations } from '../shared/ledger/cancellations.ts';
import { awsServices } from './aws-services.ts';
import { type Candidate, type EnqueuePorts, enqueueJobs } from './enqueue-jobs.ts';
import type { Client, ClientOptions, NewJob } from './types.ts';

export type * from './operation-params.ts';
export type * from './types.ts';

/** The job was not accepted: nothing of it was sent, unless the message says that no answer came. */
export class EnqueueError extends Error {
  override readonly name = 'EnqueueError';
}

/** For sync jobs: puts jobs into the queue of a stack. */
export function createClient(options: ClientOptions): Client {
  const clients = createAwsClients(awsServices(options.region, options.endpoint));
  const { ledger, chunks, cancellations, jobsQueue } = createAdapters({
    clients,
    table: options.table,
    jobsQueueUrl: options.jobsQueueUrl,
    // A sender never touches letters or the budget.
    deadLetterQueueUrl: '',
    account: DEFAULT_ACCOUNT,
    clock: systemClock,
    random: systemRandom,
    sleep: systemSleep,
  });
  const ports = {
    ledger,
    chunks,
    isCancelled: watchCancellations(cancellations, systemClock),
    jobsQueue,
    clock: systemClock,
    sleep: systemSleep,
    makeId: ulidMaker(systemClock),
  };
  return { ...clientOver(ports), close: () => clients.destroy() };
}

/** The library over any ports. */
const clientOver = (ports: EnqueuePorts): Omit<Client, 'close'> => ({
  async enqueue(job) {
    for await (const result of enqueueJobs(ports, [{ kind: 'job', value: job, line: null }])) {
      if ('error' in result) throw new EnqueueError(result.error);
      return { id: result.id };
    }
    throw new EnqueueError('the queue gave no answer');
  },
  enqueueAll: (jobs) => enqueueJobs(ports, candidatesOf(jobs)),
});

async function* candidatesOf(jobs: Iterable<NewJob> | AsyncIterable<NewJob>): AsyncGenerator<Candidate> {
  for await (const value of jobs) yield { kind: 'job', value, line: null };
}
