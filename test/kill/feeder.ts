import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsServices } from '../../client/aws-services.ts';
import { type Client, createClient } from '../../client/create-client.ts';
import { createAwsClients } from '../../shared/aws/clients.ts';
import type { Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import { problemText, validateJob } from '../../shared/job/validate-job.ts';
import { sha256Hex } from '../../shared/kernel/hash.ts';
import type { Chain, Item, RawMessage } from './workload.ts';

/** Where queue and table of one child can be reached. */
export interface Endpoints {
  readonly sqs: string;
  readonly dynamodb: string;
  readonly jobsQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly table: string;
}

/** The sender: it goes on where a killed stack has broken it off, as a program that wants its jobs accepted does. */
export interface Feeder {
  connect(endpoints: Endpoints): void;
  disconnect(): void;
  /** Starts sending the chains side by side. */
  release(chains: readonly Chain[]): void;
  /** Resolves when `more` further items have been accepted. */
  accepts(more: number): Promise<void>;
  /** Resolves when everything that was released is accepted. */
  finished(): Promise<void>;
  /** How often each raw message may be in the queue: fauxqs forgets over a restart what it has deduplicated. */
  readonly rawTries: ReadonlyMap<string, number>;
  close(): void;
}

interface Connection {
  readonly client: Client;
  readonly sqs: SQSClient;
  readonly endpoints: Endpoints;
  close(): void;
}

const PAUSE_MS = 50;

export function createFeeder(): Feeder {
  const rawTries = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const listeners = new Set<() => void>();
  let connection: Connection | null = null;
  let open = true;

  /** Under the same id until it is accepted: the ledger knows whether an unanswered try had arrived. */
  async function send(item: Item): Promise<void> {
    while (open) {
      if (connection !== null && (await tried(connection, item))) break;
      await sleep(PAUSE_MS);
    }
    for (const heard of listeners) heard();
  }

  async function tried(at: Connection, item: Item): Promise<boolean> {
    try {
      await sendOnce(at, item);
      return true;
    } catch {
      return false;
    }
  }

  async function sendOnce(at: Connection, item: Item): Promise<unknown> {
    if (item.kind === 'raw') {
      rawTries.set(item.body, (rawTries.get(item.body) ?? 0) + 1);
      return sendBare(at, item);
    }
    if (!item.bare) return at.client.enqueue(item.job);
    // A bare sender checks nothing.
    const { body, groupId } = messageFor({ version: 1, ...item.job } as Job);
    return sendBare(at, { body, group: groupId });
  }

  const feed = async (chain: Chain): Promise<void> => {
    for (const item of chain) await send(item);
  };
  const disconnect = (): void => {
    connection?.close();
    connection = null;
  };
  return {
    rawTries,
    connect(endpoints) {
      disconnect();
      connection = openConnection(endpoints);
    },
    disconnect,
    release(chains) {
      for (const chain of chains) {
        refuseInvalid(chain);
        const run = feed(chain).finally(() => underWay.delete(run));
        underWay.add(run);
      }
    },
    accepts: (more) =>
      new Promise((resolve) => {
        let left = more;
        const heard = () => {
          left -= 1;
          if (left > 0) return;
          listeners.delete(heard);
          resolve();
        };
        listeners.add(heard);
      }),
    async finished() {
      await Promise.all(underWay);
    },
    close() {
      open = false;
      disconnect();
    },
  };
}

const sendBare = ({ sqs, endpoints }: Connection, { body, group }: Pick<RawMessage, 'body' | 'group'>) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: endpoints.jobsQueueUrl,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: sha256Hex(body),
    }),
  );

/** A job that no queue would take would be tried for ever. */
function refuseInvalid(chain: Chain): void {
  for (const item of chain) {
    if (item.kind === 'raw') continue;
    const validated = validateJob({ version: 1, ...item.job });
    if (validated.kind === 'invalid') throw new Error(`${item.job.id}: ${problemText(validated.problems)}`);
  }
}

function openConnection(endpoints: Endpoints): Connection {
  const { sqs, dynamodb, jobsQueueUrl, table } = endpoints;
  const client = createClient({ jobsQueueUrl, table, endpoint: { sqs, dynamodb } });
  const clients = createAwsClients(awsServices(undefined, { sqs, dynamodb }));
  return {
    client,
    sqs: clients.sqs,
    endpoints,
    close() {
      client.close();
      clients.destroy();
    },
  };
}
