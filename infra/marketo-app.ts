import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigurationError } from '../shared/config/variables.ts';
import { refuseMisspeltContext } from './context-names.ts';
import { MarketoStack } from './marketo-stack.ts';
import { settingsFromContext } from './settings.ts';

/**
 * A stack for each account that the context names (`-c account=acme,globex`). Settings are context under the names of
 * README's table: `-c MARKETO_DAILY_QUOTA=20000` for every account, a block `"acme": { … }` in cdk.json's context for one.
 */
export function marketoApp(app: App, bundles: string): App {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const accounts = accountsOf(app);
  for (const account of accounts) {
    const own = ownContext(app, account);
    refuseMisspeltContext(Object.keys(own), []);
    const context = (name: string): unknown => own[name] ?? app.node.tryGetContext(name);
    const emails = textOf(context('alarmEmail'));
    new MarketoStack(app, {
      account,
      bundles,
      settings: settingsFromContext(context),
      alarmEmails: emails,
      terminationProtection: String(context('protect') ?? 'true') !== 'false',
    });
  }
  return app;
}

function accountsOf(app: App): readonly string[] {
  const accounts = [...new Set(textOf(app.node.tryGetContext('account')))];
  refuseMisspeltContext(Object.keys(app.node.getAllContext()), accounts);
  if (accounts.length > 0) return accounts;
  throw new ConfigurationError(
    'name the Marketo subscription: npx cdk deploy -c account=acme (several: acme,globex)',
  );
}

/** What stands under the account's own name in cdk.json's context. */
function ownContext(app: App, account: string): Readonly<Record<string, unknown>> {
  const own: unknown = app.node.tryGetContext(account) ?? {};
  if (typeof own === 'object' && !Array.isArray(own)) return own as Record<string, unknown>;
  throw new ConfigurationError(
    `the context ${account} is ${JSON.stringify(own)}: what stands under an account’s name is a block of its settings, in cdk.json`,
  );
}

const textOf = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : [];
