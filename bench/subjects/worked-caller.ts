import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsServices } from '../../client/aws-services.ts';
import { createClient } from '../../client/create-client.ts';
import { buildWorker } from '../../functions/build-worker.ts';
import { EVENT_ATTRIBUTES, toSqsEvent } from '../../local/sqs-event.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { createAwsClients } from '../../shared/aws/clients.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { FUNCTION_TIMEOUT_S } from '../../shared/config/limits.ts';
import { silentLog } from '../../shared/kernel/log.ts';
import type { Step } from '../../shared/run/trace.ts';

/** A lead of its own for each job and each bare call. */
export const paramsOf = (n: number, who: string) => ({
  leadRecord: {
    Email: `${who}${n}@example.com`,
    leadAttributeList: { attribute: [{ attrName: 'FirstName', attrValue: `Ann ${n}` }] },
  },
  returnLead: false,
});

export interface Timing {
  readonly totalMs: number;
  /** Of this process, while it took that time. */
  readonly cpuMs: number;
  /** When each step was reached; none for a bare call. */
  readonly steps: Readonly<Partial<Record<Step | 'began' | 'ended', number>>>;
}

/** What a piece of work takes, in time and in CPU. Nothing else may run in this process meanwhile. */
export async function timing(
  run: () => Promise<unknown>,
): Promise<Pick<Timing, 'totalMs' | 'cpuMs'> & { readonly began: number; readonly ended: number }> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await run();
  const ended = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  return { totalMs: ended - began, cpuMs: (user + system) / 1_000, began, ended };
}

/** A `syncLead` through the real queue and the real handler; only the handler's own time counts. */
export async function workedCaller(stack: StackFile, env: Environment) {
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
    let failed = 0;
    const { began, ended, ...took } = await timing(async () => {
      const answer = await handler(event, {
        awsRequestId: `bench-${n}`,
        getRemainingTimeInMillis: () => FUNCTION_TIMEOUT_S * 1_000,
      });
      failed = answer.batchItemFailures.length;
    });
    if (failed > 0) throw new Error(`job ${n} came back`);
    const { ReceiptHandle } = message;
    await clients.sqs.send(new DeleteMessageCommand({ QueueUrl: jobsQueueUrl, ReceiptHandle }));
    return { ...took, steps: { ...steps, began, ended } };
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
