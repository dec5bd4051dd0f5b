import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../support/embedded.ts';
import { type Consumer, installPackage } from './consumer.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MINUTES = 60_000;

let consumer: Consumer;

beforeAll(async () => {
  consumer = await installPackage();
}, 5 * MINUTES);

afterAll(() => rmSync(consumer.directory, { recursive: true, force: true }));

describe('the package', () => {
  test('is JavaScript, types and documents, and nothing that only this checkout has use for', () => {
    const sources = consumer.files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
    expect(sources).toEqual([]);
    const rooms = new Set(consumer.files.map((file) => file.split('/').slice(0, 2).join('/')));
    expect([...rooms].sort()).toEqual([
      'LICENSE',
      'README.md',
      'cli/bin.js',
      'dist/cli',
      'dist/client',
      'dist/infra',
      'dist/parts',
      'dist/shared',
      'job-message.schema.json',
      'package.json',
    ]);
  });

  test('brings the functions for either transport', () => {
    const bundles = consumer.files.flatMap(
      (file) => /^dist\/infra\/bundles\/(.*)\/index\.js$/.exec(file)?.[1] ?? [],
    );
    expect(bundles.toSorted()).toEqual([
      'collector',
      'rest/warden',
      'rest/worker',
      'soap/warden',
      'soap/worker',
    ]);
  });

  test('holds no path of the machine that it was built on', () => {
    const telling = consumer.files.filter((file) =>
      readFileSync(join(consumer.installed, file), 'utf8').includes(ROOT),
    );
    expect(telling).toEqual([]);
  });
});

describe('createClient', () => {
  let aws: EmbeddedAws;
  beforeAll(async () => {
    aws = await startEmbeddedAws();
  });
  afterAll(() => aws.stop());

  test(
    'sends a job from plain JavaScript',
    async () => {
      const [queue, table] = await Promise.all([aws.createQueue(), aws.createTable()]);
      consumer.write(
        'send.js',
        `import { createClient } from 'mktq';
       const [jobsQueueUrl, table, sqs, dynamodb] = process.argv.slice(2);
       const client = createClient({ jobsQueueUrl, table, region: 'us-east-1', endpoint: { sqs, dynamodb } });
       const params = { leadRecord: { Email: 'ann@example.com' }, returnLead: false };
       const { id } = await client.enqueue({ operation: 'syncLead', params });
       client.close();
       console.log(id);`,
      );
      const id = await consumer.node(['send.js', queue, table, aws.sqsEndpoint, aws.dynamodbEndpoint]);
      const { Messages } = await aws.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue }));
      const [message] = Messages ?? [];
      expect(JSON.parse(message?.Body ?? '')).toMatchObject({ id: id.trim(), operation: 'syncLead' });
    },
    MINUTES,
  );

  test(
    'has types, which know the params of each operation',
    async () => {
      consumer.write(
        'typed.ts',
        `import { createClient, type NewJob } from 'mktq';
       const client = createClient({ jobsQueueUrl: '', table: '' });
       const good: NewJob = { operation: 'getLead', params: { leadKey: { keyType: 'EMAIL', keyValue: 'a@example.com' } } };
       // @ts-expect-error there is no such operation
       const unknown: NewJob = { operation: 'getLeed', params: {} };
       // @ts-expect-error the key is missing
       const bad: NewJob = { operation: 'getLead', params: {} };
       export const ids: Promise<readonly { readonly id: string }[]> = Promise.all([good, unknown, bad].map((job) => client.enqueue(job)));
       import { MarketoWorker, type MarketoWorkerProps } from 'mktq/cdk';
       export const props: MarketoWorkerProps = { account: 'acme', settings: { transport: 'soap', dailyQuota: 20_000, partitions: { Europe: 'EMEA' } } };
       // @ts-expect-error a number is wanted
       export const wrong: MarketoWorkerProps = { account: 'acme', settings: { dailyQuota: 'many' } };
       export const worker = (scope: ConstructorParameters<typeof MarketoWorker>[0]) => new MarketoWorker(scope, 'W', props).jobsQueue.queueUrl;`,
      );
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext'];
      const said = await consumer
        .node([tsc, ...strict, '--target', 'es2024', '--skipLibCheck', 'typed.ts'])
        .catch((error: { stdout?: string }) => error.stdout);
      expect(said).toBe('');
    },
    2 * MINUTES,
  );
});

describe('MarketoWorker', () => {
  test(
    'synthesises from the functions that came with it, without a bundler',
    async () => {
      consumer.write(
        'app.js',
        `import { App, Stack } from 'aws-cdk-lib';
       import { MarketoWorker } from 'mktq/cdk';
       const app = new App({ outdir: 'out' });
       const stack = new Stack(app, 'Theirs');
       new MarketoWorker(stack, 'Marketo', { account: 'acme', settings: { dailyQuota: 20000 } });
       app.synth();`,
      );
      await consumer.node(['app.js']);
      const out = (name: string) => JSON.parse(readFileSync(join(consumer.directory, 'out', name), 'utf8'));
      const { Resources, Outputs } = out('Theirs.template.json');
      const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
      expect(types.filter((type) => type === 'AWS::Lambda::Function')).toHaveLength(3);
      expect(JSON.parse(Outputs.Limits.Value)).toMatchObject({ dailyQuota: 20_000 });
      const { files } = out('Theirs.assets.json');
      const folders = Object.values(files as Record<string, { source: { path: string; packaging: string } }>)
        .filter(({ source }) => source.packaging === 'zip')
        .map(({ source }) => join(consumer.directory, 'out', source.path));
      expect(folders).toHaveLength(3);
      for (const folder of folders) {
        const script = `process.stdout.write(typeof require(${JSON.stringify(folder)}).handler)`;
        // Alone with itself: nothing of node_modules is near it on Lambda either.
        expect(existsSync(join(folder, 'node_modules'))).toBe(false);
        expect(await consumer.node(['--input-type=commonjs', '-e', script])).toBe('function');
      }
    },
    2 * MINUTES,
  );
});

describe('mktq', () => {
  test(
    'runs the local stack and a job on it, installed',
    async () => {
      const bin = join(consumer.installed, 'cli/bin.js');
      const local = spawn(process.execPath, [bin, 'local', '--json'], {
        cwd: consumer.directory,
        env: { PATH: process.env['PATH'] ?? '', HOME: consumer.directory },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        let first = '';
        local.stdout.on('data', (chunk: Buffer) => {
          first += chunk.toString();
        });
        await vi.waitFor(() => expect(JSON.parse(first)).toMatchObject({ ready: true }), MINUTES);
        consumer.write('lead.json', '{"leadRecord":{"Email":"ann@example.com"},"returnLead":false}');
        const sent = await consumer.node([bin, 'enqueue', 'syncLead', 'lead.json', '--wait', '--json']);
        const { id } = JSON.parse(sent);
        expect(JSON.parse(await consumer.node([bin, 'jobs', 'show', id, '--json']))).toMatchObject({
          state: 'completed',
        });
      } finally {
        const ended = new Promise((resolve) => local.once('close', resolve));
        local.kill('SIGTERM');
        await ended;
      }
    },
    3 * MINUTES,
  );
});
