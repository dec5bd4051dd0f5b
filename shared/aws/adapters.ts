import type { BudgetStore } from '../budget/port.ts';
import type { StoreClock } from '../budget/store-clock.ts';
import type { AcknowledgementsStore } from '../deadletter/acknowledgements.ts';
import type { Archive } from '../deadletter/archive.ts';
import type { CausesTold } from '../events/causes-told.ts';
import type { Bodies } from '../job/bodies.ts';
import type { Calls } from '../job/calls.ts';
import type { ForeignGroupsStore } from '../job/foreign-groups.ts';
import type { DeadLetterQueue, JobsQueue } from '../job/queues.ts';
import type { Clock, Sleep } from '../kernel/clock.ts';
import type { Documents } from '../kernel/document.ts';
import type { Random } from '../kernel/random.ts';
import type { Cancellations } from '../ledger/cancellations.ts';
import type { Chunks } from '../ledger/chunks.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { OpenBatches } from '../ledger/open-batches.ts';
import type { DirectoryStore } from '../marketo/rest/directory/directory-store.ts';
import type { AwsClients } from './clients.ts';
import { dynamoAcknowledgements } from './dynamo-acknowledgements.ts';
import { dynamoArchive } from './dynamo-archive.ts';
import { dynamoBodies } from './dynamo-bodies.ts';
import { dynamoBudgetStore } from './dynamo-budget-store.ts';
import { dynamoCalls } from './dynamo-calls.ts';
import { dynamoCancellations } from './dynamo-cancellations.ts';
import { dynamoCausesTold } from './dynamo-causes-told.ts';
import { dynamoChunks } from './dynamo-chunks.ts';
import { dynamoDirectory } from './dynamo-directory.ts';
import { dynamoForeignGroups } from './dynamo-foreign-groups.ts';
import { dynamoLedger } from './dynamo-ledger.ts';
import { dynamoOpenBatches } from './dynamo-open-batches.ts';
import { sqsDeadLetterQueue, sqsJobsQueue } from './sqs-queues.ts';
import { watchStoreClock } from './store-clock.ts';

interface AdapterPorts {
  readonly clients: AwsClients;
  readonly table: string;
  readonly jobsQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Names the budget's document: one Marketo subscription, one account. */
  readonly account: string;
  /** How long closed letters are kept, with their rows and texts; the default of MKTQ_RETENTION_DAYS without it. */
  readonly retentionMs?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
}

export interface Adapters {
  readonly ledger: Ledger;
  readonly chunks: Chunks;
  readonly cancellations: Cancellations;
  readonly openBatches: OpenBatches;
  readonly causesTold: Documents<CausesTold>;
  readonly archive: Archive;
  readonly bodies: Bodies;
  readonly calls: Calls;
  readonly budgetStore: BudgetStore;
  readonly directoryStore: DirectoryStore;
  readonly foreignGroups: ForeignGroupsStore;
  readonly acknowledgements: AcknowledgementsStore;
  readonly storeClock: StoreClock;
  readonly jobsQueue: JobsQueue;
  readonly deadLetterQueue: DeadLetterQueue;
}

/** Every port on one table and two queues. Built once per process; the clients keep their connections. */
export function createAdapters(ports: AdapterPorts): Adapters {
  const { clients, table, account, retentionMs, clock, random, sleep } = ports;
  const at = { client: clients.dynamodb, table };
  return {
    ledger: dynamoLedger(at, retentionMs),
    chunks: dynamoChunks(at, retentionMs),
    cancellations: dynamoCancellations(at),
    openBatches: dynamoOpenBatches(at, retentionMs),
    causesTold: dynamoCausesTold(at),
    archive: dynamoArchive(at, retentionMs),
    bodies: dynamoBodies(at, retentionMs),
    calls: dynamoCalls(at),
    budgetStore: dynamoBudgetStore(at, account),
    directoryStore: dynamoDirectory(at),
    foreignGroups: dynamoForeignGroups(at, account),
    acknowledgements: dynamoAcknowledgements(at, account),
    storeClock: watchStoreClock(clients.dynamodb, clock),
    jobsQueue: sqsJobsQueue({ client: clients.sqs, queueUrl: ports.jobsQueueUrl, clock, random, sleep }),
    deadLetterQueue: sqsDeadLetterQueue(clients.sqs, ports.deadLetterQueueUrl),
  };
}
