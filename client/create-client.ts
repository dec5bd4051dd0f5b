import { createAwsClients } from '../shared/aws/clients.ts';
import { sqsJobsQueue } from '../shared/aws/sqs-queues.ts';
import { DEFAULT_ACCOUNT } from '../shared/config/names.ts';
import { systemClock, systemSleep } from '../shared/kernel/clock.ts';
import { systemRandom } from '../shared/kernel/random.ts';
import { ulidMaker } from '../shared/kernel/ulid.ts';
import { checkLimits } from '../shared/operate/wait.ts';
import { answersFrom, NO_ANSWERS } from './answers.ts';
import { awsServices } from './aws-services.ts';
import { datesAsText } from './dates-as-text.ts';
import { type Candidate, type EnqueuePorts, enqueueJobs } from './enqueue-jobs.ts';
import { noTable, WITHOUT_TABLE } from './no-table.ts';
import { tablePorts } from './table-ports.ts';
import type { Client, ClientOptions, NewJob } from './types.ts';

export type * from './answer-types.ts';
export type * from './operation-params.ts';
export type * from './types.ts';

/** The job was not accepted: nothing of it was sent, unless the message says that no answer came. */
export class EnqueueError extends Error {
  override readonly name = 'EnqueueError';
}

/** For sync jobs: puts jobs into the queue of a stack, and reads what became of them. */
export function createClient(options: ClientOptions): Client {
  const { jobsQueueUrl, table, account = DEFAULT_ACCOUNT } = options;
  const clients = createAwsClients(awsServices(options.region, options.endpoint));
  const at = { clock: systemClock, random: systemRandom, sleep: systemSleep };
  const sending = {
    jobsQueue: sqsJobsQueue({ client: clients.sqs, queueUrl: jobsQueueUrl, ...at }),
    clock: systemClock,
    sleep: systemSleep,
    makeId: ulidMaker(systemClock),
  };
  const close = (): void => clients.destroy();
  if (table === undefined) {
    const enqueueAndWait = async (): Promise<never> => {
      throw noTable('enqueueAndWait');
    };
    return { ...senderOver({ ...sending, ...WITHOUT_TABLE }), ...NO_ANSWERS, enqueueAndWait, close };
  }
  const ports = { ...sending, ...tablePorts(clients, table, account) };
  const sender = senderOver(ports);
  const answers = answersFrom(ports);
  return {
    ...sender,
    ...answers,
    async enqueueAndWait(job, wait = {}) {
      checkLimits(wait);
      return answers.result((await sender.enqueue(job as NewJob)).id, wait);
    },
    close,
  };
}

/** The sending half of the library over any ports. */
const senderOver = (ports: EnqueuePorts): Pick<Client, 'enqueue' | 'enqueueAll'> => ({
  async enqueue(job) {
    for await (const result of enqueueJobs(ports, candidatesOf([job]))) {
      if ('error' in result) throw new EnqueueError(result.error);
      return { id: result.id, sent: result.sent };
    }
    throw new EnqueueError('the queue gave no answer');
  },
  enqueueAll: (jobs) => enqueueJobs(ports, candidatesOf(jobs)),
});

async function* candidatesOf(jobs: Iterable<NewJob> | AsyncIterable<NewJob>): AsyncGenerator<Candidate> {
  for await (const job of jobs) yield { kind: 'job', value: datesAsText(job), line: null };
}
