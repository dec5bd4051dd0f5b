import { describe, expect, test } from 'vitest';
import {
  ConfigurationError,
  marketoIsUnset,
  readLimits,
  readSettings,
} from '../../../shared/config/environment.ts';

const SOAP = {
  MARKETO_SOAP_ENDPOINT: 'https://123-abc-456.mktoapi.example.com/soap/mktows/3_1',
  MARKETO_USER_ID: 'user_1',
  MARKETO_ENCRYPTION_KEY: 'a-key-of-example-length',
};

const refusal = (env: Record<string, string | undefined>): string => {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('readSettings', () => {
  test('reads the defaults of the README’s table', () => {
    expect(readSettings(SOAP)).toMatchObject({
      marketo: { transport: 'soap' },
      limits: { ratePerWindow: 100, windowMs: 20_000, concurrency: 10, dailyQuota: 10_000, share: 1 },
      backoff: { baseMs: 2_000, capMs: 900_000 },
      callTimeoutMs: null,
      retentionDays: 30,
    });
  });

  test.each(Object.keys(SOAP))('names %s if it alone is missing', (name) => {
    expect(refusal({ ...SOAP, [name]: undefined })).toMatch(new RegExp(`^${name} is not set`));
    expect(refusal({ ...SOAP, [name]: '  ' })).toMatch(new RegExp(`^${name} is not set`));
  });

  test('says that rest cannot be spoken yet, and refuses a transport nobody knows', () => {
    expect(refusal({ ...SOAP, MARKETO_TRANSPORT: 'rest' })).toMatch(/MARKETO_TRANSPORT is rest/);
    expect(refusal({ ...SOAP, MARKETO_TRANSPORT: 'carrier-pigeon' })).toMatch(/set it to soap or rest/);
    expect(refusal({ ...SOAP, MARKETO_TRANSPORT: 'soap' })).toBe('accepted');
  });

  test('names the REST variable that is set where only SOAP can be spoken', () => {
    expect(refusal({ MARKETO_CLIENT_ID: 'x' })).toMatch(/^MARKETO_CLIENT_ID is set/);
  });

  test.each([
    ['MARKETO_RATE_LIMIT', '0'],
    ['MARKETO_RATE_LIMIT', '1.5'],
    ['MARKETO_CONCURRENCY', 'ten'],
    ['MARKETO_SHARE', '0'],
    ['MARKETO_SHARE', '1.1'],
    ['MARKETO_DAILY_QUOTA', '-1'],
    ['MARKETO_CALL_TIMEOUT_MS', '300000'],
    ['MKTQ_RETENTION_DAYS', '14'],
  ])('refuses %s = %s and says the range', (name, value) => {
    expect(refusal({ ...SOAP, [name]: value })).toMatch(
      new RegExp(`^${name} is "${value}": set it to .* from .* to `),
    );
  });

  test('refuses a cap below the base', () => {
    const message = refusal({ ...SOAP, MKTQ_BACKOFF_BASE_MS: '5000', MKTQ_BACKOFF_CAP_MS: '1000' });
    expect(message).toMatch(/MKTQ_BACKOFF_CAP_MS .* below MKTQ_BACKOFF_BASE_MS/);
  });

  test('refuses to send leads in the clear, but for a server on this machine', () => {
    const at = (endpoint: string) => refusal({ ...SOAP, MARKETO_SOAP_ENDPOINT: endpoint });
    expect(at('http://marketo.example.com/soap')).toMatch(/https/);
    expect(at('http://127.0.0.1:4001/soap')).toBe('accepted');
    expect(at('not an address')).toMatch(/^MARKETO_SOAP_ENDPOINT is not an address/);
  });
});

describe('marketoIsUnset', () => {
  test('is true only if no endpoint and no credential is set', () => {
    expect(marketoIsUnset({ MARKETO_RATE_LIMIT: '50' })).toBe(true);
    expect(marketoIsUnset({ MARKETO_USER_ID: 'x' })).toBe(false);
  });
});

describe('readLimits', () => {
  test('needs no Marketo', () => {
    expect(readLimits({ MARKETO_SHARE: '0.5' })).toMatchObject({ share: 0.5, ratePerWindow: 100 });
  });
});
