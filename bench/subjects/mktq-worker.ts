/** The worker on its event source in a process of its own, over SOAP; queue and table are elsewhere. PACKING=off: a call a job. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { buildWorker } from '../../functions/build-worker.ts';
import { LOCAL_CREDENTIALS } from '../../local/dynamo-server.ts';
import { startEventSource } from '../../local/event-source.ts';
import { lineLog } from '../../local/line-log.ts';
import { sqsPolledQueue } from '../../local/polled-queue.ts';
import { FUNCTION_TIMEOUT_S } from '../../shared/config/limits.ts';
import { systemClock, systemSleep } from '../../shared/kernel/clock.ts';
import { randomToken } from '../../shared/kernel/random.ts';
import { untilTold } from './cost.ts';

const { env } = process;
const log = lineLog({ write: (line) => process.stderr.write(line), clock: systemClock, verbose: false });
const client = new SQSClient({
  endpoint: env['SQS_ENDPOINT'] ?? '',
  region: env['REGION'] ?? '',
  credentials: LOCAL_CREDENTIALS,
  useQueueUrlAsEndpoint: false,
});
const handler = await buildWorker(JSON.parse(env['FUNCTION_ENV'] ?? '{}'), {
  log,
  packing: env['PACKING'] !== 'off',
});
startEventSource({
  name: 'jobs',
  queue: sqsPolledQueue(client, env['QUEUE_URL'] ?? ''),
  queueArn: 'arn:aws:sqs:bench',
  region: env['REGION'] ?? '',
  handler,
  functionTimeoutMs: FUNCTION_TIMEOUT_S * 1_000,
  clock: systemClock,
  sleep: systemSleep,
  makeRequestId: randomToken,
  log,
});
untilTold();
