import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createClientAsync } from 'soap';
import { awsServices } from '../client/aws-services.ts';
import { createClient } from '../client/create-client.ts';
import { buildWorker } from '../functions/worker.ts';
import { EVENT_ATTRIBUTES, toSqsEvent } from '../local/sqs-event.ts';
import type { StackFile } from '../local/stack-file.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import type { Environment } from '../shared/config/environment.ts';
import { FUNCTION_TIMEOUT_S } from '../shared/config/limits.ts';
import { silentLog } from '../shared/kernel/log.ts';
import { sign } from '../shared/marketo/soap/signature.ts';
import { marketoWsdl } from '../shared/marketo/soap/wsdl.ts';
import type { Step } from '../shared/run/trace.ts';
import { type Bench, inTurns, type Measured, type Stage } from './harness/bench.ts';
import { aimed, known, median, ms, type Row, spread } from './harness/figures.ts';
import { LIFTED, type Marketo } from './harness/servers.ts';

/** Until the code is compiled and the connections are open. */
const WARM_UP = 100;

const paramsOf = (n: number, who: string) => ({
  leadRecord: {
    Email: `${who}${n}@example.com`,
    leadAttributeList: { attribute: [{ attrName: 'FirstName', attrValue: `Ann ${n}` }] },
  },
  returnLead: false,
});

/** The `soap` package as anybody would use it; signing is part of every call, whoever makes it. */
async function bareCaller({
  soapUrl,
  userId,
  encryptionKey,
}: Marketo): Promise<(n: number) => Promise<Timing>> {
  const client = await createClientAsync(marketoWsdl(), { endpoint: soapUrl });
  return async (n) => {
    const began = performance.now();
    const { timestamp, signature } = sign(userId, encryptionKey, Date.now());
    client.clearSoapHeaders();
    client.addSoapHeader({
      'tns:AuthenticationHeader': {
        mktowsUserId: userId,
        requestSignature: signature,
        requestTimestamp: timestamp,
      },
    });
    await client['syncLeadAsync'](paramsOf(n, 'bare'));
    return { totalMs: performance.now() - began, steps: {} };
  };
}

interface Timing {
  readonly totalMs: number;
  /** When each step was reached; none for a bare call. */
  readonly steps: Readonly<Partial<Record<Step | 'began' | 'ended', number>>>;
}

/** A job through the real queue and the real handler; only the handler's own time counts. */
async function workedCaller(stack: StackFile, env: Environment) {
  const { jobsQueueUrl, table, region, sqs, dynamodb } = stack;
  const sender = createClient({ jobsQueueUrl, table, region, endpoint: { sqs, dynamodb } });
  const clients = createAwsClients(awsServices(region, { sqs, dynamodb }));
  let steps: Partial<Record<Step | 'began' | 'ended', number>> = {};
  const handler = await buildWorker(env, {
    log: silentLog,
    trace: (step) => {
      steps[step] = performance.now();
    },
  });
  const work = async (n: number): Promise<Timing> => {
    await sender.enqueue({ operation: 'syncLead', params: paramsOf(n, 'worked') });
    const message = await receive(clients.sqs, jobsQueueUrl);
    const event = toSqsEvent([message], { queueArn: 'arn:aws:sqs:bench', region });
    steps = {};
    const began = performance.now();
    const answer = await handler(event, {
      awsRequestId: `bench-${n}`,
      getRemainingTimeInMillis: () => FUNCTION_TIMEOUT_S * 1_000,
    });
    const ended = performance.now();
    if (answer.batchItemFailures.length > 0) throw new Error(`job ${n} came back`);
    const { ReceiptHandle } = message;
    await clients.sqs.send(new DeleteMessageCommand({ QueueUrl: jobsQueueUrl, ReceiptHandle }));
    return { totalMs: ended - began, steps: { ...steps, began, ended } };
  };
  return {
    work,
    close: () => {
      sender.close();
      clients.destroy();
    },
  };
}

async function receive(sqs: SQSClient, QueueUrl: string) {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 1,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: [...EVENT_ATTRIBUTES.MessageSystemAttributeNames],
    }),
  );
  const [message] = Messages ?? [];
  if (message === undefined) throw new Error('the queue does not give the job');
  return message;
}

async function measure({ size, startMarketo, startIdleStack, atEnd }: Stage): Promise<Measured> {
  const marketo = await startMarketo({ limits: LIFTED.simulator });
  const { stack, functionEnv } = await startIdleStack({ ...marketo.env, ...LIFTED.env });
  const worked = await workedCaller(stack, functionEnv);
  atEnd(async () => worked.close());
  const cases = { jobs: worked.work, calls: await bareCaller(marketo) };
  const { jobs, calls } = await inTurns(cases, { rounds: size, warmUp: WARM_UP });
  const { executed } = await marketo.witness();
  if (executed !== 2 * (WARM_UP + size)) throw new Error(`the simulator executed ${executed} calls`);
  return { setting: settingOf(size), rows: rowsOf(jobs, calls) };
}

const settingOf = (count: number): string =>
  `${count} jobs and ${count} bare calls in turns, after ${WARM_UP} of each to warm up. Worker, queue and table, and simulator are a ` +
  'process each; no limits, no latency. A job counts from the call of the handler to its answer.';

const AIM_MS = 15;

/** From one point of a job's life to the next: what happens there. */
const STRETCHES: readonly (readonly [Step | 'began', Step | 'ended', string])[] = [
  ['began', 'received', 'hide the message'],
  ['received', 'claimed', 'read the row and claim it'],
  ['claimed', 'admitted', 'permit'],
  ['admitted', 'sent', 'write the envelope and send it'],
  ['sent', 'replied', 'Marketo'],
  ['replied', 'recorded', 'read the answer and record it'],
  ['recorded', 'ended', 'settle, and give the slot back'],
];

function rowsOf(jobs: readonly Timing[], calls: readonly Timing[]): readonly Row[] {
  const jobTimes = jobs.map(({ totalMs }) => totalMs);
  const callTimes = calls.map(({ totalMs }) => totalMs);
  const overhead = median(jobTimes) - median(callTimes);
  const stretch = (from: Step | 'began', to: Step | 'ended'): number =>
    median(jobs.map(({ steps }) => (steps[to] ?? Number.NaN) - (steps[from] ?? Number.NaN)));
  return [
    aimed(
      'overhead of a job over a bare call, median against median',
      ms(overhead),
      `${AIM_MS} ms or less`,
      overhead <= AIM_MS,
    ),
    known('a job through the handler', spread(jobTimes, ms)),
    known('a bare call', spread(callTimes, ms)),
    ...STRETCHES.map(([from, to, what]) => known(`of a job: ${what}`, ms(stretch(from, to)))),
  ];
}

/**
 * The real handler with one job at a time and nothing to wait for, against a bare call of the `soap` package to the same
 * server.
 */
export const bench: Bench = {
  title: 'What the worker costs a job',
  size: { of: 'jobs', usual: 400 },
  measure,
};
