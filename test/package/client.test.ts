import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StackFile } from '../../local/stack-file.ts';
import { buildClient } from '../../scripts/build.ts';
import { fenced, ROOT } from '../support/documents.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../support/embedded.ts';
import { makeFolder, nodeFolder, nodePackage, pack } from './folder.ts';

const MINUTES = 60_000;

/** As its package.json says. */
const LOWEST_NODE = '22.0.0';
const TYPESCRIPTS = {
  '5.6': 'old-typescript@npm:typescript@5.6.3',
  '7': 'new-typescript@npm:typescript@7.0.2',
};

const tools = makeFolder();
const folder = makeFolder();
let files: readonly string[];
let aws: EmbeddedAws;

const installed = (...path: readonly string[]) => join(folder.path, 'node_modules/mktq-client', ...path);
const textOf = (file: string) => readFileSync(installed(file), 'utf8');

beforeAll(async () => {
  const packed = await pack(buildClient, tools);
  files = packed.files;
  [aws] = await Promise.all([
    startEmbeddedAws(),
    folder.install(packed.tarball),
    tools.install(...Object.values(TYPESCRIPTS), ...nodePackage(LOWEST_NODE)),
  ]);
}, 10 * MINUTES);

afterAll(async () => {
  await aws?.stop();
  for (const { remove } of [folder, tools]) remove();
}, MINUTES);

describe('mktq-client', () => {
  test('is two bundles with their types, the JSON Schema and documents', () => {
    expect(files.toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES.txt',
      'client/answer-types.d.cts',
      'client/answer-types.d.mts',
      'client/create-client.cjs',
      'client/create-client.d.cts',
      'client/create-client.d.mts',
      'client/create-client.mjs',
      'client/operation-params.d.cts',
      'client/operation-params.d.mts',
      'client/operation-results.d.cts',
      'client/operation-results.d.mts',
      'client/types.d.cts',
      'client/types.d.mts',
      'job-message.schema.json',
      'package.json',
    ]);
  });

  test('asks for the two clients of the SDK alone, on the Node that it is tried on here', () => {
    const { dependencies, engines, ...others } = JSON.parse(textOf('package.json'));
    expect(Object.keys(dependencies)).toEqual(['@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs']);
    expect(engines).toEqual({ node: `>=${LOWEST_NODE}` });
    expect(Object.keys(others).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
  });

  test('names the licence of each package whose code it carries', () => {
    const carried = textOf('client/create-client.mjs').matchAll(
      /^\/\/ .*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/gm,
    );
    const names = new Set([...carried].map(([, name]) => name));
    expect([...names]).toEqual(['valibot']);
    for (const name of names) expect(textOf('THIRD-PARTY-NOTICES.txt')).toContain(`${name} `);
  });

  test('holds no path of the machine that it was built on, and suggests no program that it does not bring', () => {
    expect(files.filter((file) => textOf(file).includes(ROOT))).toEqual([]);
    expect(files.filter((file) => file !== 'CHANGELOG.md' && textOf(file).includes('npx '))).toEqual([]);
  });

  test(
    'uses nothing that came after the lowest Node, in any module that it may reach',
    async () => {
      // Of what Node 22.0 has beside ES2024: iterator helpers, methods of sets, Array.fromAsync.
      const lib = ['es2024', 'esnext.array', 'esnext.collection', 'esnext.iterator', 'esnext.disposable'];
      const config = { extends: join(ROOT, 'tsconfig.json'), files: [join(ROOT, 'client/create-client.ts')] };
      const compilerOptions = { lib, incremental: false, typeRoots: [join(ROOT, 'node_modules/@types')] };
      tools.write('graph.json', JSON.stringify({ ...config, include: [], compilerOptions }));
      const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
      expect(await tools.run('node', compiler, '--tsBuildInfoFile', 'null', '-p', 'graph.json')).toBe('');
    },
    MINUTES,
  );
});

describe('createClient, installed', () => {
  const lowest = () => join(nodeFolder(tools, LOWEST_NODE), 'node');

  const program = (load: string) => `${load}
    const [jobsQueueUrl, table, sqs, dynamodb] = process.argv.slice(2);
    const client = createClient({ jobsQueueUrl, table, region: 'us-east-1', endpoint: { sqs, dynamodb } });
    const params = { leadRecord: { Email: 'ann@example.com' }, returnLead: false };
    client.enqueue({ operation: 'syncLead', params }).then(({ id }) => console.log(id)).finally(() => client.close());`;

  async function received(queue: string): Promise<{ readonly id: string; readonly operation: string }> {
    const { Messages } = await aws.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue }));
    return JSON.parse(Messages?.[0]?.Body ?? '{}');
  }

  test.each([
    ['imported', 'send.mjs', `import { createClient } from 'mktq-client';`],
    ['required', 'send.cjs', `const { createClient } = require('mktq-client');`],
  ])(
    'sends a job, %s, on the lowest Node',
    async (_, name, load) => {
      const [queue, table] = await Promise.all([aws.createQueue(), aws.createTable()]);
      folder.write(name, program(load));
      const id = await folder.run(lowest(), name, queue, table, aws.sqsEndpoint, aws.dynamodbEndpoint);
      expect(await received(queue)).toMatchObject({ id: id.trim(), operation: 'syncLead' });
    },
    MINUTES,
  );

  test(
    'sends a job to the local stack by the lines of its README',
    async () => {
      const [jobsQueueUrl, table] = await Promise.all([aws.createQueue(), aws.createTable()]);
      const { sqsEndpoint: sqs, dynamodbEndpoint: dynamodb } = aws;
      const stack: Partial<StackFile> = { sqs, dynamodb, jobsQueueUrl, table, region: 'us-east-1' };
      mkdirSync(join(folder.path, '.mktq'));
      writeFileSync(join(folder.path, '.mktq/stack.json'), JSON.stringify(stack));
      const [use = '', connect = ''] = fenced(textOf('README.md'), 'js');
      const [, enqueue = ''] = use.split('createClient({ jobsQueueUrl, table });');
      folder.write('readme.mjs', `${connect}\n${enqueue}\nconsole.log(id);\nclient.close();`);
      const id = await folder.run(lowest(), 'readme.mjs');
      expect(await received(jobsQueueUrl)).toMatchObject({ id: id.trim(), operation: 'syncLead' });
    },
    MINUTES,
  );
});

describe('the types of mktq-client, with every library checked', () => {
  const SENDER = `
    import { createClient, EnqueueError, type EnqueueResult, type JobOf, type NewJob, type Signal } from 'mktq-client';
    const client = createClient({ jobsQueueUrl: '', table: '', endpoint: 'http://127.0.0.1:4566' });
    const good: JobOf<'getLead'> = { operation: 'getLead', params: { leadKey: { keyType: 'EMAIL', keyValue: 'a@example.com' } } };
    const named: JobOf<'syncLead'> = { operation: 'syncLead', params: { leadRecord: { Id: 1 }, returnLead: false } };
    // @ts-expect-error there is no such operation
    const unknown: NewJob = { operation: 'getLeed', params: {} };
    // @ts-expect-error the key is missing
    const keyless: NewJob = { operation: 'getLead', params: {} };
    // @ts-expect-error these are the params of another operation
    const other: JobOf<'getLead'> = { operation: 'getLead', params: named.params };
    export async function send(): Promise<readonly EnqueueResult[]> {
      const results: EnqueueResult[] = [];
      for await (const result of client.enqueueAll([good, named, unknown, keyless, other])) results.push(result);
      return results;
    }
    // A time may be a Date.
    export const later: NewJob = { ...good, notBefore: new Date(0), expiresAt: '2026-11-22T10:00:00Z' };
    export async function idOf(signal: Signal): Promise<number | null | undefined> {
      const answer = await client.enqueueAndWait({ operation: 'getLead', params: good.params }, { timeoutMs: 1, signal });
      if (answer.kind !== 'completed') return answer.kind === 'dead-lettered' ? answer.code : null;
      // @ts-expect-error that is in the result of another operation
      answer.result?.result.syncStatus;
      return answer.result?.result.leadRecordList?.leadRecord[0]?.Id;
    }
    export async function statuses(): Promise<readonly string[]> {
      const found: string[] = [];
      for await (const { operation, result } of client.batch('b').results()) found.push(operation, String(result));
      for await (const one of client.batch('b').results<'syncLead'>()) found.push(one.result?.result.syncStatus.status ?? '');
      for await (const one of client.batch('b').failures()) found.push(one.kind === 'cancelled' ? '' : one.advice);
      return found;
    }
    export const isRefusal = (error: unknown): error is EnqueueError => error instanceof EnqueueError;
  `;

  test.each([
    ['5.6', 'by Node, from both kinds of module', ['--module', 'nodenext', 'sender.mts', 'sender.cts']],
    ['7', 'by Node, from both kinds of module', ['--module', 'nodenext', 'sender.mts', 'sender.cts']],
    ['5.6', 'by a bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', 'sender.ts']],
    ['7', 'by a bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', 'sender.ts']],
    ['5.6', 'as before exports', ['--module', 'commonjs', '--moduleResolution', 'node10', 'sender.ts']],
  ] as const)(
    'hold in TypeScript %s, found %s',
    async (version, _, how) => {
      for (const name of ['sender.mts', 'sender.cts', 'sender.ts']) folder.write(name, SENDER);
      const [alias = ''] = TYPESCRIPTS[version].split('@');
      const compiler = join(tools.path, 'node_modules', alias, 'bin/tsc');
      // No types of a browser's or of Node's.
      const strict = [
        '--noEmit',
        '--strict',
        '--exactOptionalPropertyTypes',
        '--target',
        'es2022',
        '--lib',
        'es2022',
      ];
      expect(await folder.run('node', compiler, ...strict, '--skipLibCheck', 'false', ...how)).toBe('');
    },
    MINUTES,
  );
});
