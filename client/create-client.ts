import { createAdapters } from '../shared/aws/adapters.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import { DEFAULT_ACCOUNT } from '../shared/config/names.ts';
import type { Job } from '../shared/job/job.ts';
import { systemClock, systemSleep } from '../shared/kernel/clock.ts';
import { systemRandom } from '../shared/kernel/random.ts';
import { ulidMaker } from '../shared/kernel/ulid.ts';
import { watchCancellations } from '../shared/ledger/cancellations.ts';
import type { OperationName, ParamsOf } from '../shared/marketo/operations/registry.ts';
import { awsServices, type Endpoint } from './aws-services.ts';
import { type Candidate, type EnqueuePorts, type EnqueueResult, enqueueJobs } from './enqueue-jobs.ts';

export interface ClientOptions {
  readonly jobsQueueUrl: string;
  readonly table: string;
  /** Where the environment names none. */
  readonly region?: string;
  /** Of the local stack, or of any other service that is not AWS's own; one for both, or one for each. */
  readonly endpoint?: Endpoint;
}

/** A job to be: its operation with the params of that operation. `id` and `version` are filled in where they are absent. */
export type NewJob = { readonly [Name in OperationName]: JobOf<Name> }[OperationName];

export type JobOf<Name extends OperationName> = Omit<
  Job,
  'version' | 'id' | 'operation' | 'params' | 'epoch'
> & {
  readonly version?: 1;
  readonly id?: string;
  readonly operation: Name;
  readonly params: ParamsOf<Name>;
};

export interface Client {
  /** Answers when the queue has the job. Rejects with an `EnqueueError` that says what to change. */
  enqueue(job: NewJob): Promise<{ readonly id: string }>;
  /**
   * Sends a stream of jobs of any length in bounded memory and yields what became of each, in order: one that is
   * refused stops nothing else. Two jobs of one ordering key are never on their way together, so their order stands.
   */
  enqueueAll(jobs: Iterable<NewJob> | AsyncIterable<NewJob>): AsyncIterable<EnqueueResult>;
  /** Closes the connections. */
  close(): void;
}

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
