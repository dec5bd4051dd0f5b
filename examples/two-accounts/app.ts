/**
 * Two subscriptions, two AWS accounts, one app: `npx cdk deploy --app 'node examples/two-accounts/app.ts' --all`. Each account is
 * bootstrapped to trust the one that deploys, and says what a deploy may do there: `npx cdk bootstrap aws://222233334444/us-east-1
 * --app 'node examples/two-accounts/app.ts' --trust 999900001111 --cloudformation-execution-policies
 * arn:aws:iam::aws:policy/AdministratorAccess`.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { bundleFunctions } from '../../infra/bundles.ts';
import { MarketoStack } from '../../infra/marketo-stack.ts';

export function twoAccounts(app: App, bundles: string): App {
  new MarketoStack(app, {
    env: { account: '222233334444', region: 'us-east-1' },
    account: 'acme',
    bundles,
    settings: { dailyQuota: 60_000 },
    alarmEmails: ['acme-ops@example.com'],
  });
  new MarketoStack(app, {
    env: { account: '555566667777', region: 'eu-central-1' },
    account: 'globex',
    bundles,
    // Another integration has the other half.
    settings: { share: 0.5, partitions: { Europe: 'EMEA' } },
    alarmEmails: ['globex-ops@example.com'],
  });
  return app;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { directory } = bundleFunctions(join(import.meta.dirname, '../../cdk.out/bundles'));
  twoAccounts(new App(), directory).synth();
}
