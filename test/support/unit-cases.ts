import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { enqueueJobs } from '../../client/enqueue-jobs.ts';
import { dynamoArchive } from '../../shared/aws/dynamo-archive.ts';
import { dynamoBodies } from '../../shared/aws/dynamo-bodies.ts';
import { dynamoBudgetStore } from '../../shared/aws/dynamo-budget-store.ts';
import { dynamoChunks } from '../../shared/aws/dynamo-chunks.ts';
import { dynamoLedger } from '../../shared/aws/dynamo-ledger.ts';
import { createBudget } from '../../shared/budget/gate.ts';
import { TRANSPORTS } from '../../shared/config/transports.ts';
import type { Job } from '../../shared/job/job.ts';
import { randomToken } from '../../shared/kernel/random.ts';
import { ulidMaker } from '../../shared/kernel/ulid.ts';
import type { Wire } from '../../shared/marketo/http/wire.ts';
import type { RunPorts } from '../../shared/run/ports.ts';
import { type Bill, countUnits } from './dynamo-units.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
  type World,
} from './work-world.ts';

/** What one job costs in DynamoDB, from its enqueuing to its end. */
export interface UnitCase {
  readonly name: string;
  /** Write units of ledger, letters and texts, the budget's item aside; no more than that. */
  readonly aim: number;
  /** Requests of every kind, the budget's too, where that matters. */
  readonly requests?: number;
  run(at: UnitStage): Promise<Bill>;
}

export interface UnitStage {
  readonly client: DynamoDBClient;
  /** An empty table. */
  readonly table: string;
}

/** The units of a bill that are the ledger's. */
export const ledgerUnits = ({ writeUnits, unitsOf }: Bill): number => writeUnits - (unitsOf['budget'] ?? 0);

const RESULT = {
  result: { leadId: 1_000_001, syncStatus: { leadId: 1_000_001, status: 'CREATED', error: null } },
};
const ID = '01KBQ4ZJ8W5X9N2C7D3E6F1G0H';
const BATCH = 'import-2026-11-22';
const EMAIL = 'ann.lindqvist@example.com';
const plain = syncLeadJob(ID, EMAIL);
const inBatch = syncLeadJob(ID, EMAIL, { batch: BATCH });
const campaign = requestCampaignJob(ID, EMAIL);

type Answer = ReturnType<typeof ok>;

/** Answers like these, the nth call the nth. */
const answering =
  (...answers: readonly Answer[]): NonNullable<Story['answer']> =>
  (nth) =>
    answers[Math.min(nth, answers.length) - 1] ?? ok(RESULT);

const throttled = marketoFault(20023, 'Max rate limit exceeded (20023)');
const UNKNOWN_FIELD = 'syncLead operation failed: unknown fields for import: pants (20105)';

export const UNIT_CASES: readonly UnitCase[] = [
  {
    name: 'plain, from enqueueAll or a bare sender',
    aim: 3,
    requests: 5,
    run: (at) => worked(at, plain, {}),
  },
  { name: 'plain, from enqueueAll, in a batch', aim: 4, run: (at) => worked(at, inBatch, {}) },
  { name: 'plain, from enqueue', aim: 4, run: (at) => worked(at, plain, { enqueued: true }) },
  {
    name: 'plain, without an order with other jobs',
    aim: 2,
    run: (at) => worked(at, syncLeadJob(ID, EMAIL, { orderingKey: `job:${ID}` }), {}),
  },
  { name: 'plain, from enqueue, in a batch', aim: 6, run: (at) => worked(at, inBatch, { enqueued: true }) },
  { name: 'unsafe, from enqueueAll', aim: 4, run: (at) => worked(at, campaign, {}) },
  {
    name: 'throttled once',
    aim: 5,
    run: (at) => worked(at, plain, { answer: answering(throttled, ok(RESULT)), deliveries: 2 }),
  },
  {
    name: 'throttled for longer than a worker waits',
    aim: 6,
    run: (at) =>
      worked(at, plain, {
        answer: (_nth, delivery) => (delivery === 1 ? throttled : ok(RESULT)),
        deliveries: 2,
      }),
  },
  {
    name: 'retried once after a fault of Marketo',
    aim: 5,
    run: (at) =>
      worked(at, plain, {
        answer: answering(marketoFault(20011, 'Internal error'), ok(RESULT)),
        deliveries: 2,
      }),
  },
  {
    name: 'dead-lettered',
    aim: 9,
    run: (at) => worked(at, plain, { answer: answering(marketoFault(20105, UNKNOWN_FIELD)) }),
  },
  {
    name: 'dead-lettered, in a batch',
    aim: 10,
    run: (at) => worked(at, inBatch, { answer: answering(marketoFault(20105, UNKNOWN_FIELD)) }),
  },
];

interface Story {
  /** Of the nth call, during a delivery. */
  readonly answer?: (nth: number, delivery: number) => Answer;
  /** By `enqueue`, which puts down a row. */
  readonly enqueued?: boolean;
  /** How often SQS delivers the message; each time after the wait before. */
  readonly deliveries?: number;
}

async function worked({ client, table }: UnitStage, job: Job, story: Story): Promise<Bill> {
  let delivery = 1;
  const world = createWorld({ answer: (_call, nth) => story.answer?.(nth, delivery) ?? ok(RESULT) });
  const ports = portsOn({ client, table }, world);
  const counter = countUnits(client);
  try {
    if (story.enqueued === true) await enqueue({ client, table }, job, ports);
    for (delivery = 1; delivery <= (story.deliveries ?? 1); delivery += 1) {
      const said = story.enqueued === true ? { hasRow: true as const } : {};
      const settlement = await world.run(deliveryOf(job, { receiveCount: delivery, ...said }), ports);
      await ports.budget.flush();
      if (settlement.kind === 'hide' && settlement.until !== null)
        world.advance(settlement.until - world.now());
    }
    return counter.take();
  } finally {
    counter.stop();
  }
}

async function enqueue(at: UnitStage, job: Job, { ledger, jobsQueue, clock }: RunPorts): Promise<void> {
  const results = enqueueJobs(
    {
      ledger,
      chunks: dynamoChunks(at),
      jobsQueue,
      isCancelled: async () => false,
      clock,
      makeId: ulidMaker(clock),
    },
    [{ kind: 'job', value: job, line: null }],
  );
  for await (const result of results) if ('error' in result) throw new Error(result.error);
}

/** The worker of the memory world over the real adapters, with what really goes over the wire in its letters. */
function portsOn({ client, table }: UnitStage, world: World): RunPorts {
  const at = { client, table };
  const { clock, random } = world.ports;
  const store = dynamoBudgetStore(at, 'default');
  const parts = { store, clock, random, makeId: randomToken, sleep: async () => {}, limits: world.limits };
  return {
    ...world.ports,
    makeId: randomToken,
    ledger: dynamoLedger(at),
    archive: dynamoArchive(at),
    bodies: dynamoBodies(at),
    budget: createBudget({ ...parts, serverDoneMs: TRANSPORTS.soap.serverDoneMs }),
    wire: withTexts(world.ports.wire),
  };
}

const FIXTURE = join(import.meta.dirname, '../fixtures/syncLead__20105-unknown-field');
/** As it goes over the wire: the fixtures are laid out for their readers. */
const textOf = (name: string): string =>
  readFileSync(join(FIXTURE, name), 'utf8').replaceAll(/>\s+</g, '><').trim();
const TEXTS = { request: textOf('request.xml'), response: textOf('response.xml') };

const withTexts = (wire: Wire): Wire => ({
  ...wire,
  open: async (target) => {
    const opened = await wire.open(target);
    if (opened.kind !== 'open') return opened;
    const { connection } = opened;
    return {
      kind: 'open',
      connection: { ...connection, exchange: () => ({ ...connection.exchange(), ...TEXTS }) },
    };
  },
});
