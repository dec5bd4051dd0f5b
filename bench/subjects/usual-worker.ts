/**
 * What a Node service is usually built of: `sqs-consumer` and `soap`, each throttled message sent back with a backoff of its
 * own; with LIMITER=bottleneck a limiter of the process in front of the calls. Ends with its parent, and then tells what it
 * cost.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import Bottleneck from 'bottleneck';
import { createClientAsync } from 'soap';
import { Consumer } from 'sqs-consumer';
import {
  DEFAULT_CONCURRENCY,
  DEFAULT_RATE_PER_WINDOW,
  FUNCTION_TIMEOUT_S,
  RATE_WINDOW_MS,
} from '../../shared/config/limits.ts';
import { sign } from '../../shared/marketo/soap/signature.ts';
import { marketoWsdl } from '../../shared/marketo/soap/wsdl.ts';
import { untilTold } from './cost.ts';
import { soapSettings } from './soap-settings.ts';

const { endpoint, userId, encryptionKey } = soapSettings(process.env);
const BACKOFF_S = { base: 2, most: 900 };

const limiter =
  process.env['LIMITER'] === 'bottleneck'
    ? new Bottleneck({
        maxConcurrent: DEFAULT_CONCURRENCY,
        reservoir: DEFAULT_RATE_PER_WINDOW,
        reservoirRefreshAmount: DEFAULT_RATE_PER_WINDOW,
        reservoirRefreshInterval: RATE_WINDOW_MS,
      })
    : null;

const client = await createClientAsync(marketoWsdl(), { endpoint });

async function send(params: unknown): Promise<void> {
  const { timestamp, signature } = sign(userId, encryptionKey, Date.now());
  client.clearSoapHeaders();
  client.addSoapHeader({
    'tns:AuthenticationHeader': {
      mktowsUserId: userId,
      requestSignature: signature,
      requestTimestamp: timestamp,
    },
  });
  await client['syncLeadAsync'](params);
}

const consumer = Consumer.create({
  queueUrl: process.env['QUEUE_URL'] ?? '',
  sqs: new SQSClient({
    endpoint: process.env['SQS_ENDPOINT'] ?? '',
    region: process.env['REGION'] ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }),
  batchSize: 10,
  visibilityTimeout: FUNCTION_TIMEOUT_S,
  waitTimeSeconds: 1,
  messageSystemAttributeNames: ['ApproximateReceiveCount'],
  // Full jitter, as any guide to AWS has it.
  terminateVisibilityTimeout: ([message]) => {
    const tries = Number(message?.Attributes?.ApproximateReceiveCount ?? 1);
    return Math.ceil(Math.random() * Math.min(BACKOFF_S.most, BACKOFF_S.base * 2 ** tries));
  },
  handleMessage: async (message) => {
    const { params } = JSON.parse(message.Body ?? '{}') as { readonly params: unknown };
    await (limiter === null ? send(params) : limiter.schedule(() => send(params)));
    return message;
  },
});
// A throttled message is its business, not news.
for (const event of ['error', 'processing_error', 'timeout_error'] as const) consumer.on(event, () => {});
consumer.start();
untilTold();
