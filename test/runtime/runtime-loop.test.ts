import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect } from '../../cli/connect.ts';
import type { Connection } from '../../cli/connection.ts';
import { type Client, createClient } from '../../client/create-client.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/function-names.ts';
import { pause, resume } from '../../shared/budget/holds.ts';
import { replaceState } from '../../shared/operate/hold.ts';
import { resourcesOf, synthesise } from '../infra/synthesised.ts';
import { type LambdaStack, startLambdaStack } from './lambda-stack.ts';

const EVENTUALLY = { timeout: 60_000, interval: 200 };

const { stacks } = synthesise({ account: 'acme' });

let directory: string;
let stack: LambdaStack;
let client: Client;
let connection: Connection;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mktq-runtime-'));
  stack = await startLambdaStack(directory, 500, 'rest');
  const { jobsQueueUrl, table, region, sqs, dynamodb } = stack.local.stack;
  client = createClient({ jobsQueueUrl, table, region, endpoint: { sqs, dynamodb } });
  connection = await connect({ dataDir: join(directory, 'data'), stack: undefined, env: {} });
}, 120_000);

afterAll(async () => {
  client?.close();
  connection?.close();
  await stack?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const stateOf = async (id: string) => (await connection.ledger.get(id))?.state;

describe('the bundles in Lambda’s runtime loop', () => {
  test('run jobs at Marketo, with the credentials of the secret', async () => {
    const ids: string[] = [];
    for (const name of ['ann', 'bo', 'cy']) {
      const leadRecord = { Email: `${name}@example.com` };
      ids.push(
        (await client.enqueue({ operation: 'syncLead', params: { leadRecord, returnLead: false } })).id,
      );
    }
    for (const id of ids) {
      await vi.waitFor(
        async () => expect(await stateOf(id)).toMatchObject({ kind: 'completed' }),
        EVENTUALLY,
      );
    }
    expect(stack.local.simulator?.instance().leads.size).toBe(3);
  }, 90_000);

  test('file a dead letter, which the collector finds filed', async () => {
    const params = { leadKey: { keyType: 'EMAIL', keyValue: 'nobody@example.com' } } as const;
    const { id } = await client.enqueue({ operation: 'getLead', params });
    await vi.waitFor(
      async () => expect(await connection.archive.get(id)).toMatchObject({ code: 1004 }),
      EVENTUALLY,
    );
    await vi.waitFor(
      () => expect([...stack.asked.collector]).toContain('dynamodb:GetItem on table'),
      EVENTUALLY,
    );
  }, 90_000);

  test('turn the event source off for an operator’s hold, and on again', async () => {
    const { eventSource } = stack.local;
    expect(await eventSource.enabled()).toBe(true);
    await replaceState(connection, (state, now) => pause(state, now, 'a test'));
    await vi.waitFor(async () => expect(await eventSource.enabled()).toBe(false), EVENTUALLY);
    await replaceState(connection, resume);
    await vi.waitFor(async () => expect(await eventSource.enabled()).toBe(true), EVENTUALLY);
  }, 150_000);

  test('send a parked job when it is due', async () => {
    const params = { leadRecord: { Email: 'dee@example.com' }, returnLead: false };
    const notBefore = new Date(Date.now() + 20 * 60_000).toISOString();
    await client.enqueue({ operation: 'syncLead', params, notBefore });
    // By the warden's clock, which is ahead; the worker, whose clock is not, will have it wait.
    await vi.waitFor(() => expect([...stack.asked.warden]).toContain('sqs:SendMessage on jobs'), EVENTUALLY);
  }, 90_000);

  test('count the open letters', async () => {
    await vi.waitFor(() => expect(stack.log('warden')).toContain('OpenLetters'), EVENTUALLY);
  }, 90_000);

  test.each(FUNCTION_NAMES)('the %s asks nothing of AWS that its role does not allow', (name) => {
    const allowed = allowedActions(name);
    expect(stack.asked[name].size).toBeGreaterThan(0);
    expect(allowed.has('sqs:ReceiveMessage on jobs')).toBe(name === 'worker');
    expect([...stack.asked[name]].filter((action) => !allowed.has(action))).toEqual([]);
  });

  test('print lines of JSON that hold neither an address nor the secret', () => {
    const printed = FUNCTION_NAMES.map((name) => stack.log(name)).join('\n');
    expect(printed).toContain('JobsCompleted');
    expect(printed).not.toContain('example.com');
    expect(printed).not.toContain(stack.local.simulator?.restCredentials.clientSecret);
  });
});

function allowedActions(name: FunctionName): ReadonlySet<string> {
  const template = stacks['mktq-acme'];
  const fn = resourcesOf(template ?? { Resources: {}, Outputs: {} }, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties['FunctionName'] === `mktq-acme-${name}`,
  );
  if (template === undefined || fn === undefined) throw new Error(`no function ${name}`);
  const role = fn.Properties['Role'] as { readonly 'Fn::GetAtt': readonly [string, string] };
  const policies = template.Resources[role['Fn::GetAtt'][0]]?.Properties['Policies'] as readonly Policy[];
  return new Set(
    policies
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .flatMap(({ Action, Resource }) =>
        [Action].flat().flatMap((action) => [Resource].flat().map((on) => `${action} on ${nameOf(on)}`)),
      ),
  );
}

function nameOf(resource: unknown): string {
  const text = JSON.stringify(resource);
  const index = /\/index\/(\w+)/.exec(text)?.[1];
  if (index !== undefined) return `index/${index}`;
  const known = {
    DeadLetters: 'dead letters',
    event: 'mapping',
    Jobs: 'jobs',
    Table: 'table',
    Secret: 'secret',
  };
  return Object.entries(known).find(([part]) => text.includes(part))?.[1] ?? text;
}

interface Policy {
  readonly PolicyDocument: {
    readonly Statement: readonly {
      readonly Action: string | readonly string[];
      readonly Resource: unknown;
    }[];
  };
}
