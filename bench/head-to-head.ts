import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { LOCAL_CREDENTIALS } from '../local/dynamo-server.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_RATE_PER_WINDOW, RATE_WINDOW_MS } from '../shared/config/limits.ts';
import { MINUTE_MS, systemSleep } from '../shared/kernel/clock.ts';
import { MARKETO_LIMITS } from '../simulator/limits.ts';
import type { Witness } from '../simulator/witness.ts';
import type { Bench, Measured, Stage } from './harness/bench.ts';
import { aimed, known, megabytes, percent, type Row, say, whole } from './harness/figures.ts';
import type { IdleStack, Marketo } from './harness/servers.ts';
import type { Cost } from './subjects/cost.ts';
import { endWorker, fill, startWorker, type WorkerKind } from './subjects/queue-workers.ts';

/** As long as a call of one lead usually takes. */
const LATENCY = { minMs: 100, maxMs: 600 };
const BACKLOG = 10_000;
/** What a service that gives up on a message usually allows it. */
const USUAL_RECEIVES = 5;
const DAILY_CALLS = 10_000;
const LOOK_EACH_MS = 1_000;

interface Subject {
  readonly name: string;
  readonly processes: number;
  readonly kind: WorkerKind;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'a: `sqs-consumer` and `soap`, a backoff a message, 1 process', processes: 1, kind: 'usual' },
  { name: 'a: the same, 4 processes', processes: 4, kind: 'usual' },
  { name: 'b: the same behind `bottleneck`, 1 process', processes: 1, kind: 'bottleneck' },
  { name: 'b: the same, 4 processes', processes: 4, kind: 'bottleneck' },
  { name: 'c: mktq, a call a job', processes: 1, kind: 'unpacked' },
  { name: 'd: mktq', processes: 1, kind: 'packed' },
];

interface Result {
  readonly subject: Subject;
  readonly leads: number;
  readonly calls: number;
  readonly rejected: number;
  readonly deadLettered: number;
  readonly cost: Cost;
  readonly lastedMs: number;
}

async function measure(stage: Stage): Promise<Measured> {
  const rows: Row[] = [];
  for (const charged of [true, false]) {
    const results: Result[] = [];
    for (const subject of SUBJECTS) {
      say(`${subject.name}, rejections ${charged ? 'charged' : 'not charged'}`);
      results.push(await measureOne(subject, charged, stage));
    }
    rows.push(...rowsOf(results, charged));
  }
  return { setting: settingOf(stage.size), rows };
}

async function measureOne(subject: Subject, charged: boolean, stage: Stage): Promise<Result> {
  const marketo = await stage.startMarketo({
    limits: { chargeRejections: charged },
    latency: LATENCY,
  });
  const stack = await stage.startIdleStack({ ...marketo.env, MARKETO_TRANSPORT: 'soap' });
  const own = subject.kind === 'packed' || subject.kind === 'unpacked';
  const queues = own ? ownQueues(stack) : await usualQueues(stack);
  const lastsMs = stage.size * 1_000;
  await fill(stack, queues.jobs, subject.kind === 'packed' ? BACKLOG : enoughFor(lastsMs));
  const children = await Promise.all(
    Array.from({ length: subject.processes }, () => startWorker(subject.kind, stack, marketo, queues.jobs)),
  );
  const witness = await watch(marketo, subject.kind === 'packed' ? BACKLOG : null, lastsMs);
  const costs = await Promise.all(children.map(endWorker));
  const counted = witness.entries;
  const from = counted[0]?.at ?? 0;
  const done = counted.filter(({ outcome }) => outcome === 'executed');
  const leads = new Set(done.flatMap(({ keys }) => keys)).size;
  return {
    subject,
    leads,
    calls: counted.length,
    rejected: counted.filter(({ outcome }) => outcome.startsWith('rejected')).length,
    deadLettered: await depthOf(stack, queues.dead),
    cost: {
      cpuMs: costs.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      peakBytes: costs.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
    },
    // What is done early has been done in less.
    lastedMs: leads < BACKLOG ? lastsMs : (done.at(-1)?.at ?? from) - from,
  };
}

/** More than any sender of one lead a call can get through. */
const enoughFor = (lastsMs: number): number =>
  DEFAULT_RATE_PER_WINDOW * (Math.ceil(lastsMs / RATE_WINDOW_MS) + 1);

interface Queues {
  readonly jobs: string;
  readonly dead: string;
}

const ownQueues = ({ stack }: IdleStack): Queues => ({
  jobs: stack.jobsQueueUrl,
  dead: stack.deadLetterQueueUrl,
});

async function usualQueues(stack: IdleStack): Promise<Queues> {
  return withSqs(stack, async (client) => {
    const make = async (name: string, attributes: Partial<Record<QueueAttributeName, string>>) => {
      const { QueueUrl = '' } = await client.send(
        new CreateQueueCommand({
          QueueName: `${name}.fifo`,
          Attributes: { FifoQueue: 'true', ...attributes },
        }),
      );
      return QueueUrl;
    };
    const dead = await make('usual-dead', {});
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
    );
    const policy = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: USUAL_RECEIVES };
    return { jobs: await make('usual', { RedrivePolicy: JSON.stringify(policy) }), dead };
  });
}

async function withSqs<T>({ stack }: IdleStack, use: (client: SQSClient) => Promise<T>): Promise<T> {
  const client = new SQSClient({ endpoint: stack.sqs, region: stack.region, credentials: LOCAL_CREDENTIALS });
  return use(client).finally(() => client.destroy());
}

async function depthOf(stack: IdleStack, queueUrl: string): Promise<number> {
  return withSqs(stack, async (client) => {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden } =
      Attributes ?? {};
    return Number(visible ?? 0) + Number(hidden ?? 0);
  });
}

/** Until the time is over, or the leads that are waited for have been written. */
async function watch(marketo: Marketo, leads: number | null, lastsMs: number): Promise<Witness> {
  const giveUpAt = performance.now() + lastsMs + MINUTE_MS;
  for (;;) {
    await systemSleep(LOOK_EACH_MS);
    const witness = await marketo.witness();
    const since = Date.now() - (witness.entries[0]?.at ?? Date.now());
    const written = Object.keys(witness.leadWrites).length;
    if (since > lastsMs || written >= (leads ?? Number.POSITIVE_INFINITY)) return witness;
    if (performance.now() > giveUpAt) throw new Error('no call has arrived');
  }
}

const settingOf = (lastsS: number): string =>
  `One backlog a subject, over SOAP: queue and table are one process, the simulator another (${MARKETO_LIMITS.ratePerWindow} calls in any ` +
  `${RATE_WINDOW_MS / 1_000} s, ${DEFAULT_CONCURRENCY} at once, measured at arrival; a call takes ${LATENCY.minMs} to ${LATENCY.maxMs} ms), the workers are ` +
  `processes of their own. Each lasts ${lastsS} s from its first call, d until its ${whole(BACKLOG)} jobs are done. a and b give a message up at its ` +
  `${USUAL_RECEIVES}th failure. CPU and memory are those of all the subject's workers.`;

function rowsOf(results: readonly Result[], charged: boolean): readonly Row[] {
  const when = charged ? 'rejections charged' : 'rejections not charged';
  const cpuOf = ({ cost, leads }: Result): number => cost.cpuMs / Math.max(1, leads);
  const of = (kind: Subject['kind']): readonly Result[] =>
    results.filter(({ subject }) => subject.kind === kind);
  const figures = results.map((result) =>
    known(`${result.subject.name}; ${when}`, figureOf(result, cpuOf(result))),
  );
  const [packed] = of('packed');
  const [unpacked] = of('unpacked');
  const [usual] = of('usual');
  const [limited] = of('bottleneck');
  if (packed === undefined || unpacked === undefined || usual === undefined || limited === undefined)
    return figures;
  const leadsPerDay = (packed.leads / packed.calls) * DAILY_CALLS;
  const ofUsual = cpuOf(packed) / cpuOf(usual);
  const ofLimited = cpuOf(unpacked) / cpuOf(limited);
  return [
    ...figures,
    aimed(
      `calls of d for ${whole(BACKLOG)} jobs; ${when}`,
      whole(packed.calls),
      'at most 45',
      packed.calls <= 45,
    ),
    aimed(`CPU of d per lead, of a's; ${when}`, percent(ofUsual), 'at most a tenth', ofUsual <= 0.1),
    aimed(`CPU of c per lead, of b's; ${when}`, percent(ofLimited), 'no more', ofLimited <= 1),
    aimed(
      `leads of d per ${whole(DAILY_CALLS)} calls, extrapolated; ${when}`,
      whole(leadsPerDay),
      '2.9 million',
      leadsPerDay >= 2_900_000,
    ),
  ];
}

const figureOf = ({ leads, calls, rejected, deadLettered, cost, lastedMs }: Result, cpuMs: number): string =>
  `${whole((leads * MINUTE_MS) / lastedMs)} leads a minute; ${whole(calls)} calls, ${whole(rejected)} rejected; ` +
  `${whole(deadLettered)} healthy jobs dead-lettered; ${cpuMs.toFixed(1)} s of CPU per 1,000 leads; ${megabytes(cost.peakBytes)}`;

export const bench: Bench = {
  title: 'Beside what an integration is usually built of',
  size: { of: 'seconds', usual: 30 },
  measure,
};
