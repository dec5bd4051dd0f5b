import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../local/dynamo-server.ts';
import type { FunctionBuilders } from '../../local/functions.ts';
import { readStack, type StackFile } from '../../local/stack-file.ts';
import { type LocalStack, startLocal } from '../../local/start-local.ts';
import { TABLE } from '../../shared/config/names.ts';
import { holdPorts } from '../support/held-ports.ts';

const CHILD = new URL('local/child-stack.ts', import.meta.url).pathname;

let dataDir: string;
const stacks: LocalStack[] = [];
const children: ChildProcess[] = [];
const clients: { destroy(): void }[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mktq-local-'));
});

afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.stop(0);
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const client of clients.splice(0)) client.destroy();
  rmSync(dataDir, { recursive: true, force: true });
});

const idleFunctions: FunctionBuilders = {
  worker: () => async () => {},
  collector: () => async () => {},
  warden: () => async () => {},
};

async function start(builders: Partial<FunctionBuilders> = {}, more: object = {}): Promise<LocalStack> {
  const stack = await startLocal({
    dataDir,
    env: {},
    builders: { ...idleFunctions, ...builders },
    onFatal: (line) => {
      throw new Error(line);
    },
    ...more,
  });
  stacks.push(stack);
  return stack;
}

function sqsOf(stack: StackFile): SQSClient {
  const client = new SQSClient({
    endpoint: stack.sqs,
    region: stack.region,
    credentials: LOCAL_CREDENTIALS,
    useQueueUrlAsEndpoint: false,
  });
  clients.push(client);
  return client;
}

function dynamoOf(stack: StackFile): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint: stack.dynamodb,
    region: stack.region,
    credentials: LOCAL_CREDENTIALS,
  });
  clients.push(client);
  return client;
}

const send = (stack: StackFile, body: string, group: string) =>
  sqsOf(stack).send(
    new SendMessageCommand({
      QueueUrl: stack.jobsQueueUrl,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: body,
    }),
  );

interface Child {
  readonly lines: string[];
  readonly errors: string[];
  readonly ended: Promise<number | null>;
  ready(): Promise<StackFile>;
  kill(): Promise<void>;
}

function startChild(...args: readonly string[]): Child {
  const child = spawn(process.execPath, [CHILD, dataDir, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const lines: string[] = [];
  const errors: string[] = [];
  const keep = (list: string[]) => (chunk: Buffer) =>
    void list.push(...chunk.toString().split('\n').filter(Boolean));
  child.stdout.on('data', keep(lines));
  child.stderr.on('data', keep(errors));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    lines,
    errors,
    ended,
    ready: () =>
      vi.waitFor(
        () => {
          expect(errors).toEqual([]);
          const ready = lines.find((line) => line.includes('"ready"'));
          if (ready === undefined) throw new Error('not ready');
          return JSON.parse(ready) as StackFile;
        },
        { timeout: 20_000 },
      ),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const until = <T>(condition: () => T | Promise<T>) => vi.waitFor(condition, { timeout: 15_000 });

describe('the local stack', () => {
  test('writes stack.json when it is ready, in the agreed shape, and removes it when it stops', async () => {
    const { stack } = await start();
    const written: unknown = JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8'));
    const http = (path: string) => expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${path}$`));
    expect(written).toEqual({
      ready: true,
      sqs: http(''),
      dynamodb: http(''),
      jobsQueueUrl: http('/000000000000/mktq-jobs.fifo'),
      deadLetterQueueUrl: http('/000000000000/mktq-dead-letters.fifo'),
      table: 'mktq',
      region: 'us-east-1',
      marketo: { soap: http('/soap/mktows/3_1'), rest: http('/rest'), simulated: true },
    });
    expect(written).toEqual(stack);
    expect(await readStack(dataDir)).toEqual(stack);
    await stacks.pop()?.stop();
    expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);
    expect(await readStack(dataDir)).toBeNull();
  });

  test('hands messages to the worker, and what SQS itself dead-letters to the collector', async () => {
    const worked: SQSEvent[] = [];
    const collected: SQSEvent[] = [];
    const { stack } = await start({
      worker: () => async (event) => {
        worked.push(event);
        const [record] = event.Records;
        if (record?.body !== 'twice') return { batchItemFailures: [] };
        await sqsOf(stack).send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: stack.jobsQueueUrl,
            ReceiptHandle: record.receiptHandle,
            VisibilityTimeout: 0,
          }),
        );
        return { batchItemFailures: [{ itemIdentifier: record.messageId }] };
      },
      collector: () => async (event) => void collected.push(event),
    });
    const arn = 'arn:aws:sqs:us-east-1:000000000000:mktq-dead-letters.fifo';
    await sqsOf(stack).send(
      new SetQueueAttributesCommand({
        QueueUrl: stack.jobsQueueUrl,
        Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 2 }) },
      }),
    );
    await send(stack, 'once', 'g1');
    await send(stack, 'twice', 'g2');
    await until(() => expect(collected).toHaveLength(1));
    expect(collected[0]?.Records.map(({ body }) => body)).toEqual(['twice']);
    const bodies = worked.flatMap(({ Records }) => Records.map(({ body }) => body));
    expect(bodies.toSorted()).toEqual(['once', 'twice', 'twice']);
    const record = worked.flatMap(({ Records }) => Records).find(({ body }) => body === 'once');
    expect(record).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:mktq-jobs.fifo',
      attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'g1', MessageDeduplicationId: 'once' },
    });
    expect(record?.attributes.SequenceNumber).toMatch(/^\d{20}$/);
  });

  test('runs the warden at the start and again each interval, and gives it the switch of the jobs queue', async () => {
    let runs = 0;
    const got: string[] = [];
    const { stack, eventSource } = await start(
      {
        worker: () => async (event) => void got.push(...event.Records.map(({ body }) => body)),
        warden:
          (_, { eventSource }) =>
          async () => {
            runs += 1;
            if (runs === 1) await eventSource.disable();
            if (runs === 3) await eventSource.enable();
          },
      },
      { wardenIntervalMs: 1 },
    );
    await until(() => expect(runs).toBeGreaterThan(3));
    expect(await eventSource.enabled()).toBe(true);
    await send(stack, 'after', 'g');
    await until(() => expect(got).toEqual(['after']));
  });

  test('deletes what has expired after each run of the warden, as DynamoDB would', async () => {
    const { stack } = await start({}, { wardenIntervalMs: 5 });
    const table = dynamoOf(stack);
    const put = (name: string, ttl: object) =>
      table.send(new PutItemCommand({ TableName: stack.table, Item: { ...rowNamed(name), ...ttl } }));
    await put('stays', {});
    await put('expired', { ttl: { N: '1000000000' } });
    const get = (name: string) =>
      table.send(new GetItemCommand({ TableName: stack.table, Key: keyOf(name), ConsistentRead: true }));
    await until(async () => expect((await get('expired')).Item).toBeUndefined());
    expect((await get('stays')).Item).toBeDefined();
  });

  test('tells the functions where everything is, and gives each start an instance of its own', async () => {
    const seen: Readonly<Record<string, string | undefined>>[] = [];
    const builders: Partial<FunctionBuilders> = {
      worker: (env) => {
        seen.push(env);
        return async () => {};
      },
    };
    const { stack } = await start(builders, { env: { MARKETO_SHARE: '0.5', AWS_PROFILE: 'mine' } });
    await stacks.pop()?.stop();
    await start(builders);
    expect(seen[0]).toMatchObject({
      MARKETO_SHARE: '0.5',
      MARKETO_SOAP_ENDPOINT: stack.marketo.soap,
      MKTQ_TABLE: stack.table,
      MKTQ_JOBS_QUEUE_URL: stack.jobsQueueUrl,
      MKTQ_DEAD_LETTER_QUEUE_URL: stack.deadLetterQueueUrl,
      AWS_ENDPOINT_URL_SQS: stack.sqs,
      AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodb,
      AWS_REGION: stack.region,
    });
    expect(seen[0]).not.toHaveProperty('AWS_PROFILE');
    expect(seen[0]?.['MKTQ_LOCAL_INSTANCE']).toMatch(/^[0-9a-f]{24}$/);
    expect(seen[1]?.['MKTQ_LOCAL_INSTANCE']).not.toBe(seen[0]?.['MKTQ_LOCAL_INSTANCE']);
  });

  test('keeps its addresses across a restart', async () => {
    const first = (await start()).stack;
    await stacks.pop()?.stop();
    expect((await start()).stack).toEqual(first);
  });

  test('names the variable that is wrong before it touches anything', async () => {
    await expect(start({}, { env: { MARKETO_USER_ID: 'someone' } })).rejects.toThrow(
      /^MARKETO_SOAP_ENDPOINT is not set/,
    );
    await expect(start({}, { env: { MARKETO_RATE_LIMIT: 'many' } })).rejects.toThrow(/^MARKETO_RATE_LIMIT/);
    expect(existsSync(join(dataDir, 'sqs'))).toBe(false);
  });

  test('lives on when a client goes away in the middle of a request to the table', async () => {
    const { stack } = await start();
    const port = Number(new URL(stack.dynamodb).port);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"half":', () =>
          socket.resetAndDestroy(),
        );
      });
      socket.once('close', () => resolve());
      socket.once('error', reject);
    });
    const reply = await fetch(stack.dynamodb);
    expect(reply.status).toBe(200);
  });
});

describe('a data directory', () => {
  test('is refused to a second process in one line that names it and the holder', async () => {
    await start();
    const second = startChild();
    expect(await second.ended).toBe(1);
    expect(second.errors).toEqual([
      `${dataDir} is in use by process ${process.pid}: stop it first, or choose another directory with --data`,
    ]);
    expect(second.lines).toEqual([]);
  });

  test('is refused to a second start in the same process too, and free again after the stop', async () => {
    await start();
    await expect(start()).rejects.toThrow(/is in use by process/);
    expect(await readStack(dataDir)).not.toBeNull();
    await stacks.pop()?.stop();
    await start();
  });
});

describe('a fresh start', () => {
  test('begins with nothing, and leaves alone what somebody else uses', async () => {
    const { stack, eventSource } = await start({ worker: () => () => new Promise(() => {}) });
    await send(stack, 'old', 'g');
    await expect(start({}, { fresh: true })).rejects.toThrow(/is in use/);
    expect(await eventSource.enabled()).toBe(true);
    await stacks.pop()?.stop(0);
    const got: string[] = [];
    const worker = () => async (event: SQSEvent) => void got.push(...event.Records.map(({ body }) => body));
    const fresh = await start({ worker }, { fresh: true });
    await send(fresh.stack, 'new', 'g');
    await until(() => expect(got).not.toEqual([]));
    expect(got).toEqual(['new']);
  });

  test('is asked for: another start goes on where the last one ended', async () => {
    const { stack } = await start({ worker: () => () => new Promise(() => {}) });
    await send(stack, 'old', 'g');
    await stacks.pop()?.stop(0);
    const got: string[] = [];
    await start({ worker: () => async (event) => void got.push(...event.Records.map(({ body }) => body)) });
    await until(() => expect(got).toEqual(['old']));
  });
});

describe('a port', () => {
  test('that is in use is one line that names it, and nothing is left running', async () => {
    const ports = await holdPorts(3);
    const { first: port } = ports;
    for (const nth of [0, 1, 2]) {
      await expect(start({}, { port })).rejects.toThrow(
        `port ${port + nth} is in use: stop what listens there, or choose another with --port`,
      );
      await ports.release(nth);
    }
    const { stack } = await start({}, { port });
    expect(stack.sqs).toBe(`http://127.0.0.1:${port}`);
    expect(stack.dynamodb).toBe(`http://127.0.0.1:${port + 1}`);
    expect(new URL(stack.marketo.soap).port).toBe(String(port + 2));
  });
});

describe('a stack that was killed', () => {
  test('has its messages, its rows and its addresses back at the next start, those in flight at once', async () => {
    const first = startChild('hang');
    const before = await first.ready();
    await dynamoOf(before).send(new PutItemCommand({ TableName: before.table, Item: rowNamed('r1') }));
    await send(before, 'a1', 'a');
    await until(() => expect(first.lines).toContain('{"got":"a1","receives":"1"}'));
    await send(before, 'a2', 'a');
    await send(before, 'b1', 'b');
    await until(() => expect(first.lines).toContain('{"got":"b1","receives":"1"}'));
    await first.kill();

    expect(existsSync(join(dataDir, 'stack.json'))).toBe(true);
    expect(await readStack(dataDir)).toBeNull();

    const second = startChild('complete');
    const after = await second.ready();
    expect(after).toEqual(before);
    expect(await readStack(dataDir)).toEqual(after);
    await until(() => expect(second.lines.filter((line) => line.includes('"got"'))).toHaveLength(3));
    expect(second.lines).toContain('{"got":"b1","receives":"2"}');
    const groupA = second.lines.filter((line) => line.includes('"got":"a'));
    expect(groupA).toEqual(['{"got":"a1","receives":"2"}', '{"got":"a2","receives":"1"}']);
    const item = await dynamoOf(after).send(
      new GetItemCommand({ TableName: after.table, Key: keyOf('r1'), ConsistentRead: true }),
    );
    expect(item.Item).toEqual(rowNamed('r1'));
    const found = await dynamoOf(after).send(
      new QueryCommand({
        TableName: after.table,
        IndexName: TABLE.indexes.byState.name,
        KeyConditionExpression: 'statePk = :state',
        ExpressionAttributeValues: { ':state': { S: 'parked' } },
      }),
    );
    expect(found.Items).toHaveLength(1);
    await until(async () => {
      const counts = await sqsOf(after).send(
        new GetQueueAttributesCommand({ QueueUrl: after.jobsQueueUrl, AttributeNames: ['All'] }),
      );
      expect(counts.Attributes?.ApproximateNumberOfMessagesNotVisible).toBe('0');
    });
  });
});

const keyOf = (name: string) => ({ [TABLE.partitionKey]: { S: name }, [TABLE.sortKey]: { S: name } });

const rowNamed = (name: string) => ({ ...keyOf(name), statePk: { S: 'parked' }, stateSk: { S: '1' } });
