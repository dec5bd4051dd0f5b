import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { type AwsClients, createAwsClients } from '../../shared/aws/clients.ts';
import { tableDefinition } from '../../shared/aws/dynamo-table.ts';

// dynalite is CommonJS without types.
const dynalite = createRequire(import.meta.url)('dynalite') as (options: object) => Server;

/** The two services on loopback, in this process, and clients for them. */
export interface EmbeddedAws {
  readonly dynamodbEndpoint: string;
  readonly sqsEndpoint: string;
  readonly clients: AwsClients;
  /** A new table with every index. */
  createTable(): Promise<string>;
  /** A new FIFO queue; its URL. */
  createQueue(attributes?: Record<string, string>): Promise<string>;
  stop(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/**
 * Starts both, or neither with AWS_ENDPOINT_URL (or AWS_ENDPOINT_URL_SQS and _DYNAMODB) set: the conformance suites then run
 * on whatever answers there, as CONTRIBUTING.md shows.
 */
export async function startEmbeddedAws(): Promise<EmbeddedAws> {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL_DYNAMODB } = process.env;
  const dynamodb = AWS_ENDPOINT_URL_DYNAMODB ?? AWS_ENDPOINT_URL;
  const sqs = AWS_ENDPOINT_URL_SQS ?? AWS_ENDPOINT_URL;
  return dynamodb === undefined || sqs === undefined ? startInProcess() : useEndpoints(dynamodb, sqs);
}

async function startInProcess(): Promise<EmbeddedAws> {
  const database = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    database.once('error', reject).listen(0, '127.0.0.1', () => resolve());
  });
  const dynamodbEndpoint = `http://127.0.0.1:${portOf(database)}`;
  const app = buildApp({ logger: false, host: '127.0.0.1' });
  const sqsEndpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  return embedded(dynamodbEndpoint, sqsEndpoint, CREDENTIALS, async () => {
    await app.close();
    await new Promise<void>((resolve) => {
      database.close(() => resolve());
      database.closeAllConnections();
    });
  });
}

const useEndpoints = async (dynamodb: string, sqs: string): Promise<EmbeddedAws> =>
  embedded(dynamodb, sqs, undefined, async () => undefined);

function embedded(
  dynamodbEndpoint: string,
  sqsEndpoint: string,
  credentials: typeof CREDENTIALS | undefined,
  stopServers: () => Promise<void>,
): EmbeddedAws {
  const region = process.env['AWS_REGION'] ?? 'us-east-1';
  const clients = createAwsClients({
    dynamodb: { region, endpoint: dynamodbEndpoint, credentials },
    sqs: { region, endpoint: sqsEndpoint, credentials },
  });
  // Names of their own, so that a run against a lasting endpoint never meets the leftovers of another.
  const run = process.hrtime.bigint().toString(36);
  let made = 0;
  const nextName = () => {
    made += 1;
    return `mktq-test-${run}-${made}`;
  };
  return {
    dynamodbEndpoint,
    sqsEndpoint,
    clients,
    async createTable() {
      const name = nextName();
      await clients.dynamodb.send(new CreateTableCommand(tableDefinition(name)));
      await waitUntilTableExists(
        { client: clients.dynamodb, maxWaitTime: 60, minDelay: 1 },
        { TableName: name },
      );
      return name;
    },
    async createQueue(attributes = {}) {
      const { QueueUrl } = await clients.sqs.send(
        new CreateQueueCommand({
          QueueName: `${nextName()}.fifo`,
          Attributes: { FifoQueue: 'true', VisibilityTimeout: '1800', ...attributes },
        }),
      );
      if (QueueUrl === undefined) throw new Error('the queue has no URL');
      return QueueUrl;
    },
    async stop() {
      clients.destroy();
      await stopServers();
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
