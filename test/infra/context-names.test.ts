import { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { marketoApp } from '../../infra/marketo-app.ts';
import { ConfigurationError } from '../../shared/config/variables.ts';
import { pretendBundles, temporaryFolder } from './synthesised.ts';

const refusalOf = (context: Readonly<Record<string, unknown>>): string => {
  try {
    // Refused before any bundle is looked at.
    marketoApp(new App({ context }), '/nowhere');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    return 'read';
  }
  return 'read';
};

describe('the names of a context', () => {
  test.each([
    [{ MARKETO_DAILY_QOUTA: '1' }, 'did you mean MARKETO_DAILY_QUOTA?'],
    [{ MKTQ_RETENTION: '30', MKTQ_RETENTION_DAY: '30' }, 'did you mean MKTQ_RETENTION_DAYS?'],
    [{ alarmMail: 'ops@example.com' }, 'did you mean alarmEmail?'],
    [{ alarmemail: 'ops@example.com' }, 'did you mean alarmEmail?'],
    [{ protekt: 'false' }, 'did you mean protect?'],
    [{ acme: { MARKETO_SHARES: '1' } }, 'MARKETO_SHARES is not a variable'],
    [{ acme: { Protect: false } }, 'did you mean protect?'],
    [{ MARKETO_CLIENT_SECRET: 'x' }, 'MARKETO_CLIENT_SECRET is no setting of a stack'],
    [{ alarmEmails: 'ops@example.com' }, 'did you mean alarmEmail?'],
    [{ dailyQuota: 5 }, 'dailyQuota is a prop of the construct; this app reads MARKETO_DAILY_QUOTA'],
    [
      { resourcePrefix: 'staging' },
      'resourcePrefix is a prop of the construct, which this app does not read',
    ],
    [{ acme: { tracing: true } }, 'tracing is a prop of the construct'],
    [{ acme: '{"MARKETO_SHARE":0.5}' }, 'under an account’s name is a block of its settings, in cdk.json'],
  ])('%j is a slip', (context, words) => {
    expect(refusalOf({ account: 'acme', ...context })).toContain(words);
  });

  test('an account that is misspelt is asked for by the name that was given', () => {
    expect(refusalOf({ acount: 'acme' })).toContain('did you mean account?');
    expect(refusalOf({})).toContain('-c account=acme');
  });

  test('an account that is named twice has one stack', () => {
    const app = new App({ context: { account: 'acme, acme' } });
    marketoApp(app, pretendBundles(temporaryFolder()));
    expect(app.node.children.map(({ node }) => node.id)).toEqual(['mktq-acme']);
  });

  test.each([
    { '@aws-cdk/core:validateAgainstDefaultRules': true },
    { 'availability-zones:account=1:region=eu-west-1': [] },
    { MARKETO_MUNCHKIN_ID: 'x', stage: 'prod', project: 'y' },
    { account: 'acme,protects', protects: { MARKETO_SHARE: '0.5' } },
  ])('%j is another’s, or right', (context) => {
    expect(refusalOf({ account: 'acme', ...context })).toBe('read');
  });
});
