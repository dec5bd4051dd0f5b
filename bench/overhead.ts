/**
 * What the worker costs a job: the real handler with one job at a time and nothing to wait for, against a bare call of
 * the `soap` package to the same server, in turns. `npx node bench/overhead.ts [--jobs N]`
 */
import { parseArgs } from 'node:util';
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
import { type Figure, median, ms, printFigures, quantile } from './parts/figures.ts';
import { startIdleStack } from './parts/idle-stack.ts';
import { LIFTED, type Marketo, startMarketo } from './parts/marketo.ts';
import { withTempDir } from './parts/temp-dir.ts';

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '400' } } });
const COUNT = Number(values.jobs);
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
}: Marketo): Promise<(n: number) => Promise<void>> {
  const client = await createClientAsync(marketoWsdl(), { endpoint: soapUrl });
  return async (n) => {
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
  };
}

/** A job through the real queue and the real handler; only the handler's own time counts. */
interface WorkedJob {
  readonly totalMs: number;
  /** When each step was reached. */
  readonly steps: Readonly<Partial<Record<Step | 'began' | 'ended', number>>>;
}

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
  const work = async (n: number): Promise<WorkedJob> => {
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

async function measure(dataDir: string): Promise<void> {
  const marketo = await startMarketo({ limits: LIFTED.simulator });
  const servers = await startIdleStack({ dataDir, env: { ...marketo.env, ...LIFTED.env } });
  const worked = await workedCaller(servers.ready.stack, servers.ready.functionEnv);
  const bare = await bareCaller(marketo);
  const jobs: WorkedJob[] = [];
  const calls: number[] = [];
  for (let n = 0; n < WARM_UP + COUNT; n += 1) {
    const job = await worked.work(n);
    const began = performance.now();
    await bare(n);
    const callMs = performance.now() - began;
    if (n < WARM_UP) continue;
    jobs.push(job);
    calls.push(callMs);
  }
  const { executed } = await marketo.witness();
  if (executed !== 2 * (WARM_UP + COUNT)) throw new Error(`the simulator executed ${executed} calls`);
  worked.close();
  await servers.end();
  await marketo.end();
  printFigures(setting, figuresOf(jobs, calls));
}

const setting =
  `${COUNT} jobs and ${COUNT} bare calls in turns, after ${WARM_UP} of each to warm up. Worker, queue and table, and simulator are a ` +
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

function figuresOf(jobs: readonly WorkedJob[], calls: readonly number[]): readonly Figure[] {
  const totals = jobs.map(({ totalMs }) => totalMs);
  const overhead = median(totals) - median(calls);
  const spread = (times: readonly number[]) =>
    `${ms(median(times))} (95 % within ${ms(quantile(times, 0.95))})`;
  const plain = (question: string, figure: string): Figure => ({ question, aim: null, figure, met: null });
  return [
    {
      question: 'overhead of a job over a bare call, median against median',
      aim: `${AIM_MS} ms or less`,
      figure: ms(overhead),
      met: overhead <= AIM_MS,
    },
    plain('a job through the handler', spread(totals)),
    plain('a bare call', spread(calls)),
    ...STRETCHES.map(([from, to, what]) =>
      plain(
        `of a job: ${what}`,
        ms(median(jobs.map(({ steps }) => (steps[to] ?? Number.NaN) - (steps[from] ?? Number.NaN)))),
      ),
    ),
  ];
}

await withTempDir(measure);
process.exit(0);
