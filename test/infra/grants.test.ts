import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { MarketoWorker } from '../../infra/marketo-worker.ts';
import { KEY } from '../../infra/permissions.ts';
import { dynamoBodies } from '../../shared/aws/dynamo-bodies.ts';
import {
  budgetKey,
  cancellationKey,
  chunkKey,
  directoryKey,
  letterKey,
  openBatchKey,
  rowKey,
} from '../../shared/aws/dynamo-table.ts';
import { TABLE } from '../../shared/config/names.ts';
import { lineChunkId } from '../../shared/ledger/chunks.ts';
import { fenced, textOf } from '../support/documents.ts';
import { pretendBundles } from './synthesised.ts';

/** The construct in a stack of somebody else's, without the project's app around it. */
function granted(grant: (worker: MarketoWorker, role: Role) => void) {
  const outdir = mkdtempSync(join(tmpdir(), 'mktq-grants-'));
  const stack = new Stack(new App({ outdir }), 'Theirs');
  const worker = new MarketoWorker(stack, 'Queue', { account: 'acme', bundles: pretendBundles(outdir) });
  grant(worker, new Role(stack, 'Person', { assumedBy: new AccountRootPrincipal() }));
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const [policy] = policies;
  expect(policies).toHaveLength(1);
  return policy?.['Properties'].PolicyDocument.Statement as {
    readonly Action: string | string[];
    readonly Resource: unknown;
    readonly Condition?: Record<string, Record<string, string[]>>;
  }[];
}

type Statements = ReturnType<typeof granted>;

const actionsOf = (statements: Statements) => statements.flatMap(({ Action }) => Action).sort();

const keysOf = (statements: Statements) =>
  statements.flatMap(
    ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [],
  );

// The first synthesis of a process loads most of CDK.
describe('grants of the construct', { timeout: 90_000 }, () => {
  test('a bare sender may send, and nothing of the table', () => {
    const statements = granted((worker, role) => worker.grantSend(role));
    expect(actionsOf(statements)).toEqual(['sqs:GetQueueAttributes', 'sqs:SendMessage']);
    expect(JSON.stringify(statements)).not.toContain('Table');
  });

  test('a sync job may send jobs and see their rows, and neither letters nor the budget', () => {
    const statements = granted((worker, role) => worker.grantEnqueue(role));
    expect(actionsOf(statements)).toEqual([
      'dynamodb:GetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'sqs:GetQueueAttributes',
      'sqs:SendMessage',
    ]);
    expect(keysOf(statements)).toEqual(['job#*', 'chunk#*', 'cancelled#*']);
  });

  test('a sync job with a prefix of its own sees and puts no other row', () => {
    const statements = granted((worker, role) => worker.grantEnqueue(role, { idPrefix: 'crm-' }));
    expect(keysOf(statements)).toEqual(['job#crm-*', 'chunk#crm-*', 'cancelled#*']);
    const onlyAsks = statements.filter(({ Condition }) => JSON.stringify(Condition)?.includes('cancelled#*'));
    expect(onlyAsks.map(({ Action }) => Action)).toEqual(['dynamodb:GetItem']);
    for (const { Action, Condition } of statements) {
      if (JSON.stringify(Action).includes('dynamodb:')) expect(Condition).toBeDefined();
    }
  });

  test('who reads answers reads those of its prefix, with their letters and texts, and writes nothing', () => {
    const statements = granted((worker, role) => worker.grantRead(role, { idPrefix: 'crm-' }));
    expect(actionsOf(statements)).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:Query',
    ]);
    expect(keysOf(statements)).toEqual([
      'job#crm-*',
      'letter#crm-*',
      'body#crm-*',
      'chunk#crm-*',
      'budget#*',
    ]);
    // Ids alone, whatever their prefix: how far a batch is.
    const open = statements.filter(({ Condition }) => Condition === undefined);
    expect(JSON.stringify(open.map(({ Resource }) => Resource))).toMatch(/\/index\/byBatch"\]\]\}\]$/);
  });

  test('all answers can be read without a prefix, and of the account why it is held, by one item at a time', () => {
    const statements = granted((worker, role) => worker.grantRead(role));
    expect(keysOf(statements)).toEqual(['job#*', 'letter#*', 'body#*', 'chunk#*', 'budget#*']);
    const ofBudget = statements.filter(({ Condition }) => JSON.stringify(Condition)?.includes('budget#*'));
    expect(ofBudget.map(({ Action }) => Action)).toEqual(['dynamodb:GetItem']);
  });

  test.each(['*', 'a?', 'job#x', 'a/b'])(
    'a prefix that is a pattern, or of no id, is refused: %s',
    (idPrefix) => {
      for (const grant of ['grantEnqueue', 'grantRead'] as const) {
        expect(() => granted((worker, role) => worker[grant](role, { idPrefix }))).toThrow(/no id of a job/);
      }
    },
  );

  test('a misspelt prefix is refused, which would grant all there is', () => {
    const misspelt: object = { prefix: 'crm-' };
    for (const grant of ['grantEnqueue', 'grantRead'] as const) {
      expect(() => granted((worker, role) => worker[grant](role, misspelt))).toThrow(
        'a grant has no prefix: did you mean idPrefix?',
      );
    }
  });

  test('the policies of docs/deploying.md allow what the grants do, no more and no less', () => {
    const written = fenced(textOf('docs/deploying.md'), 'json').filter((json) => json.includes('"Version"'));
    const documents = written.map((json) => JSON.parse(json).Statement as Statements);
    const rights = (statements: Statements): readonly string[] =>
      statements
        .flatMap(({ Action, Resource, Condition }) =>
          [Action].flat().flatMap((action) =>
            [Resource].flat().map((resource) => {
              const [, index = ''] = /(\/index\/\w+)/.exec(JSON.stringify(resource)) ?? [];
              return [action, index, JSON.stringify(Condition)].join(' ');
            }),
          ),
        )
        .sort();
    expect(documents.map(rights)).toEqual([
      rights(granted((worker, role) => worker.grantEnqueue(role))),
      rights(granted((worker, role) => worker.grantRead(role))),
      rights(granted((worker, role) => worker.grantOperate(role))),
    ]);
  });

  test('the keys in the policies are those that the adapters write', async () => {
    const written: string[] = [];
    const client = {
      send: async ({ input }: { input: { Item?: { pk?: { S?: string } } } }) => {
        written.push(input.Item?.pk?.S ?? '');
        return {};
      },
    };
    const bodies = dynamoBodies({ client: client as unknown as DynamoDBClient, table: 'mktq' });
    await bodies.save('job-1/request', 'x'.repeat(100_000), null);
    expect(written).toEqual([`${KEY.body}job-1/request`]);
    expect(rowKey('job-1').pk).toBe(`${KEY.job}job-1`);
    expect(letterKey('job-1').pk).toBe(`${KEY.letter}job-1`);
    expect(chunkKey(lineChunkId('crm-2026', 1)).pk).toBe(`${KEY.chunk}crm-2026`);
    expect(budgetKey('acme').pk).toBe(`${KEY.budget}acme`);
    expect(cancellationKey('crm-2026').pk).toBe(`${KEY.cancelled}crm-2026`);
    expect(openBatchKey('crm-2026').pk).toBe(`${KEY.openBatch}crm-2026`);
  });

  test('the directory, which the worker keeps, has a key that nobody is granted by a pattern', () => {
    const sender = granted((worker, role) => worker.grantEnqueue(role));
    const reader = granted((worker, role) => worker.grantRead(role));
    // The collector's are these (test/infra/stack.test.ts).
    const keys = [...keysOf(sender), ...keysOf(reader), ...Object.values(KEY)];
    expect(keys.length).toBe(15);
    const { pk } = directoryKey('describe');
    expect(keys.filter((key) => pk.startsWith(key.replace(/\*$/, '')))).toEqual([]);
  });

  test('an operator may do what the commands do, on every index, and neither delete the table nor read the secret', () => {
    const statements = granted((worker, role) => worker.grantOperate(role));
    expect(actionsOf(statements)).toEqual([
      'cloudformation:DescribeStacks',
      'dynamodb:BatchGetItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Query',
      'dynamodb:Scan',
      'dynamodb:Scan',
      'sqs:GetQueueAttributes',
      'sqs:SendMessage',
    ]);
    const [lookUp] = statements.filter(({ Action }) => Action === 'cloudformation:DescribeStacks');
    expect(JSON.stringify(lookUp?.Resource)).toMatch(/:stack\/Theirs\/\*"/);
    const text = JSON.stringify(statements);
    for (const { name } of Object.values(TABLE.indexes)) expect(text).toContain(`/index/${name}"`);
    expect(text).not.toContain('"*"');
  });
});
