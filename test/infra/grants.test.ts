import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { MarketoWorker } from '../../infra/marketo-worker.ts';
import { rowKey } from '../../shared/aws/dynamo-table.ts';
import { TABLE } from '../../shared/config/names.ts';
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

const actionsOf = (statements: ReturnType<typeof granted>) =>
  statements.flatMap(({ Action }) => Action).sort();

// The first synthesis of a process loads most of CDK.
describe('grants of the construct', { timeout: 90_000 }, () => {
  test('a sync job may send jobs and see their rows, and neither letters nor the budget', () => {
    const statements = granted((worker, role) => worker.grantEnqueue(role));
    expect(actionsOf(statements)).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'sqs:GetQueueAttributes',
      'sqs:SendMessage',
    ]);
    const keys = statements.flatMap(
      ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [],
    );
    expect(keys).toEqual([`${rowKey('').pk}*`]);
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
      'sqs:GetQueueAttributes',
      'sqs:SendMessage',
    ]);
    const text = JSON.stringify(statements);
    for (const { name } of Object.values(TABLE.indexes)) expect(text).toContain(`/index/${name}"`);
    expect(text).not.toContain('"*"');
  });
});
