import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createClient, type NewJob } from '../../client/create-client.ts';
import type { IdleStack, Marketo } from '../harness/servers.ts';
import type { Cost } from './cost.ts';
import { paramsOf } from './worked-caller.ts';

/** What works a queue off, in a process of its own, over SOAP. */
export type WorkerKind = 'usual' | 'bottleneck' | 'unpacked' | 'packed';

function* jobs(count: number): Generator<NewJob> {
  for (let n = 0; n < count; n += 1) yield { operation: 'syncLead', params: paramsOf(n, 'backlog') };
}

/** A backlog of single syncLead jobs, a lead each. */
export async function fill({ stack }: IdleStack, jobsQueueUrl: string, count: number): Promise<void> {
  const { table, region, sqs, dynamodb } = stack;
  const client = createClient({ jobsQueueUrl, table, region, endpoint: { sqs, dynamodb } });
  for await (const result of client.enqueueAll(jobs(count)))
    if ('error' in result) throw new Error(result.error);
  client.close();
}

export async function startWorker(
  kind: WorkerKind,
  { stack, functionEnv }: IdleStack,
  marketo: Marketo,
  queueUrl: string,
): Promise<ChildProcess> {
  const own = kind === 'packed' || kind === 'unpacked';
  const file = own ? './mktq-worker.ts' : './usual-worker.ts';
  const child = fork(new URL(file, import.meta.url), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      ...marketo.env,
      MARKETO_TRANSPORT: 'soap',
      SQS_ENDPOINT: stack.sqs,
      REGION: stack.region,
      QUEUE_URL: queueUrl,
      LIMITER: kind,
      PACKING: kind === 'unpacked' ? 'off' : 'on',
      FUNCTION_ENV: JSON.stringify(functionEnv),
    },
  });
  await once(child, 'message');
  return child;
}

export async function endWorker(child: ChildProcess): Promise<Cost> {
  const told = once(child, 'message');
  child.send('end');
  const [cost] = (await told) as [Cost];
  await once(child, 'exit');
  return cost;
}
