import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { fewAtOnce } from '../kernel/few-at-once.ts';

/** Where a service is and who asks. In Lambda region and credentials come from the environment, and there is no endpoint. */
export interface AwsService {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** From the first byte to the last, in ms. A long poll needs more than it polls for. */
  readonly requestTimeoutMs?: number | undefined;
}

export interface AwsClients {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  destroy(): void;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** Both services answer in milliseconds: after this long the answer is lost, and asking again is safe here. */
const REQUEST_TIMEOUT_MS = 10_000;
/** The SDK backs off exponentially in between; a host that is down is given up after some seconds, a silent one within a minute. */
const MAX_ATTEMPTS = 5;
/** Ten jobs in parallel, each with a call or two, and a listing beside them. */
const MAX_SOCKETS = 64;

/** What is done for a request, once per kind of command and not anew for each: nobody adds to it after the first. */
const PUT_TOGETHER_ONCE = { cacheMiddleware: true };

/**
 * Around each try of a request, behind everything else that is done for it. The SDK counts the time for a connection from when
 * a request is made, also while others have all of them: hundreds at once would fail for having waited in line.
 */
const AT_THE_SOCKET = { step: 'deserialize', priority: 'low', name: 'fewAtOnce' } as const;

export function createAwsClients(services: {
  readonly dynamodb: AwsService;
  readonly sqs: AwsService;
}): AwsClients {
  const dynamodb = new DynamoDBClient({
    ...commonSettings(services.dynamodb),
    // Spares every request a look at the account id; we talk to the region's ordinary endpoint.
    accountIdEndpointMode: 'disabled',
    ...PUT_TOGETHER_ONCE,
  });
  const sqs = new SQSClient({
    ...commonSettings(services.sqs),
    // A queue URL's host need not resolve (the embedded server's does not): the endpoint says where to go.
    useQueueUrlAsEndpoint: false,
    ...PUT_TOGETHER_ONCE,
  });
  // It copies every request and answer for a logger that is not there: a third of the time of a large query.
  for (const client of [dynamodb, sqs]) client.middlewareStack.remove('loggerMiddleware');
  const [toTable, toQueue] = [fewAtOnce(MAX_SOCKETS), fewAtOnce(MAX_SOCKETS)];
  dynamodb.middlewareStack.add((next) => (args) => toTable(() => next(args)), AT_THE_SOCKET);
  sqs.middlewareStack.add((next) => (args) => toQueue(() => next(args)), AT_THE_SOCKET);
  return {
    dynamodb,
    sqs,
    destroy() {
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}

/** What every client of ours is made with. */
export function commonSettings(service: AwsService) {
  const { region, endpoint, credentials } = service;
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: service.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      // Without this the SDK only logs that the time is over, and waits on.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

/** An event that is lost, or late, costs nobody a job: whoever publishes must not wait long, and tries again, or not, by a rule of its own. */
const EVENT_TIMEOUT_MS = 3_000;

export const eventSettings = (service: AwsService) => ({
  ...commonSettings({ ...service, requestTimeoutMs: EVENT_TIMEOUT_MS }),
  maxAttempts: 1,
});
