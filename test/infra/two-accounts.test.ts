import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { twoAccounts } from '../../examples/two-accounts/app.ts';
import { cdkJson, pretendBundles, resourcesOf, type TemplateJson } from './synthesised.ts';

test('the example of two accounts puts each subscription into its own account and region', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'mktq-two-'));
  const app = new App({ outdir, context: cdkJson().context });
  const { stacks } = twoAccounts(app, pretendBundles(join(outdir, 'bundles'))).synth();
  expect(
    stacks.map(({ stackName, environment }) => [stackName, environment.account, environment.region]),
  ).toEqual([
    ['mktq-acme', '222233334444', 'us-east-1'],
    ['mktq-globex', '555566667777', 'eu-central-1'],
  ]);
  const queues = stacks.map(({ template }) =>
    resourcesOf(template as TemplateJson, 'AWS::SQS::Queue').map(({ Properties }) => Properties['QueueName']),
  );
  expect(queues).toEqual([
    ['mktq-acme-dead-letters.fifo', 'mktq-acme-jobs.fifo'],
    ['mktq-globex-dead-letters.fifo', 'mktq-globex-jobs.fifo'],
  ]);
});
