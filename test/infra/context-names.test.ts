import { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { marketoApp } from '../../infra/marketo-app.ts';
import { ConfigurationError } from '../../shared/config/variables.ts';

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
  ])('%j is a slip', (context, words) => {
    expect(refusalOf({ account: 'acme', ...context })).toContain(words);
  });

  test('an account that is misspelt is asked for by the name that was given', () => {
    expect(refusalOf({ acount: 'acme' })).toContain('did you mean account?');
    expect(refusalOf({})).toContain('-c account=acme');
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
