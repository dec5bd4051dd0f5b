import { describe, expect, test } from 'vitest';
import {
  ConfigurationError,
  marketoIsUnset,
  readLimits,
  readSettings,
} from '../../../shared/config/environment.ts';

import { strangeVariables } from '../../../shared/config/variable-names.ts';

const SOAP = {
  MARKETO_SOAP_ENDPOINT: 'https://123-abc-456.mktoapi.example.com/soap/mktows/3_1',
  MARKETO_USER_ID: 'user_1',
  MARKETO_ENCRYPTION_KEY: 'a-key-of-example-length',
};

const REST = {
  MARKETO_REST_ENDPOINT: 'https://123-abc-456.mktorest.example.com/rest',
  MARKETO_IDENTITY_ENDPOINT: 'https://123-abc-456.mktorest.example.com/identity',
  MARKETO_CLIENT_ID: 'client',
  MARKETO_CLIENT_SECRET: 'secret',
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
      lingerMs: 5_000,
    });
  });

  test.each(Object.keys(SOAP))('names %s if it alone is missing', (name) => {
    expect(refusal({ ...SOAP, [name]: undefined })).toMatch(new RegExp(`^${name} is not set`));
    expect(refusal({ ...SOAP, [name]: '  ' })).toMatch(new RegExp(`^${name} is not set`));
  });

  test.each(Object.keys(REST))('names %s if it alone of REST is missing', (name) => {
    expect(refusal({ ...REST, [name]: undefined })).toMatch(new RegExp(`^${name} is not set: the rest`));
  });

  test('speaks the transport whose variables are set, and REST where both are or one is chosen', () => {
    const spoken = (env: Record<string, string>) => readSettings(env).marketo.transport;
    expect(spoken(SOAP)).toBe('soap');
    expect(spoken(REST)).toBe('rest');
    expect(spoken({ ...SOAP, ...REST })).toBe('rest');
    expect(spoken({ ...SOAP, ...REST, MARKETO_TRANSPORT: 'soap' })).toBe('soap');
    expect(refusal({ ...SOAP, MARKETO_TRANSPORT: 'rest' })).toMatch(/^MARKETO_REST_ENDPOINT is not set/);
    expect(refusal({ ...SOAP, MARKETO_TRANSPORT: 'carrier-pigeon' })).toMatch(/set it to soap or rest/);
    expect(refusal({})).toMatch(/^MARKETO_REST_ENDPOINT is not set/);
  });

  test('has the day of REST for REST', () => {
    expect(readSettings(REST)).toMatchObject({ limits: { dailyQuota: 50_000 } });
    expect(readSettings({ ...REST, MARKETO_DAILY_QUOTA: '7' })).toMatchObject({ limits: { dailyQuota: 7 } });
  });

  test('drops the slash at the end of an address', () => {
    const { marketo } = readSettings({
      ...REST,
      MARKETO_REST_ENDPOINT: `${REST.MARKETO_REST_ENDPOINT}/`,
    });
    expect(marketo).toMatchObject({ endpoint: REST.MARKETO_REST_ENDPOINT });
  });

  test.each([
    ['MARKETO_REST_ENDPOINT', 'https://a.mktorest.example.com', /does not end in \/rest/],
    ['MARKETO_REST_ENDPOINT', 'https://a.mktorest.example.com//rest', /does not end in \/rest/],
    ['MARKETO_REST_ENDPOINT', 'https://a.mktorest.example.com/identity', /does not end in \/rest/],
    ['MARKETO_REST_ENDPOINT', 'http://a.mktorest.example.com/rest', /use https/],
    ['MARKETO_REST_ENDPOINT', 'https://u:p@a.mktorest.example.com/rest', /user name or a password/],
    ['MARKETO_REST_ENDPOINT', 'https://a.mktorest.example.com/rest?x=1', /query or a fragment/],
    ['MARKETO_REST_ENDPOINT', 'https://a.mktorest.example.com/rest#x', /query or a fragment/],
    ['MARKETO_IDENTITY_ENDPOINT', 'https://a.mktorest.example.com/rest', /does not end in \/identity/],
    ['MARKETO_IDENTITY_ENDPOINT', 'ftp://a.mktorest.example.com/identity', /is not an address/],
  ])('refuses %s = %s', (name, value, words) => {
    const said = refusal({ ...REST, [name]: value });
    expect(said).toMatch(new RegExp(`^${name}`));
    expect(said).toMatch(words);
  });

  test.each([
    ['MARKETO_FOREIGN_ID_FIELD', 'crm id', /no REST name/],
    ['MARKETO_FOREIGN_ID_FIELD', '{"CRM":"crmId"}', /CUSTOM, SFDC or NETSUITE/],
    ['MARKETO_FOREIGN_ID_FIELD', '{"SFDC":7}', /JSON object/],
    ['MARKETO_PARTITIONS', 'Europe', /JSON object/],
    ['MARKETO_PARTITIONS', '["Europe"]', /JSON object/],
    ['MARKETO_ON_DUPLICATE', 'first', /dead-letter or latest/],
  ])('refuses %s = %s and says what it takes', (name, value, words) => {
    expect(refusal({ ...REST, [name]: value })).toMatch(words);
  });

  test('reads what REST needs to be told of an instance', () => {
    expect(readSettings(REST).rest).toEqual({
      foreignIdField: null,
      partitions: {},
      onDuplicate: 'dead-letter',
    });
    const told = {
      MARKETO_FOREIGN_ID_FIELD: '{"SFDC":"sfdcLeadId","CUSTOM":"crmId"}',
      MARKETO_PARTITIONS: '{"Europe":"EMEA"}',
      MARKETO_ON_DUPLICATE: 'latest',
    };
    expect(readSettings({ ...REST, ...told }).rest).toEqual({
      foreignIdField: { SFDC: 'sfdcLeadId', CUSTOM: 'crmId' },
      partitions: { Europe: 'EMEA' },
      onDuplicate: 'latest',
    });
    expect(readSettings({ ...REST, MARKETO_FOREIGN_ID_FIELD: 'crmId' }).rest.foreignIdField).toBe('crmId');
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
    ['MKTQ_LINGER_MS', '-1'],
    ['MKTQ_LINGER_MS', '60001'],
  ])('refuses %s = %s and says the range', (name, value) => {
    expect(refusal({ ...SOAP, [name]: value })).toMatch(
      new RegExp(`^${name} is "${value}": set it to .* from .* to `),
    );
  });

  test.each([
    ['MARKETO_RATE_LIMT', 'MARKETO_RATE_LIMIT'],
    ['MARKETO_RATELIMIT', 'MARKETO_RATE_LIMIT'],
    ['marketo_rate_limit', 'MARKETO_RATE_LIMIT'],
    ['MARKETO_SHARES', 'MARKETO_SHARE'],
    ['MARKETO_CLIENT_SECERT', 'MARKETO_CLIENT_SECRET'],
    ['MARKETO_USERID', 'MARKETO_USER_ID'],
    ['MKTQ_RETENTION_DAY', 'MKTQ_RETENTION_DAYS'],
    ['MKTQ_RATE_LIMIT', 'MARKETO_RATE_LIMIT'],
    ['MARKETO_BACKOFF_CAP_MS', 'MKTQ_BACKOFF_CAP_MS'],
    ['MARKTO_SHARE', 'MARKETO_SHARE'],
    ['MKTQ_DATE', 'MKTQ_DATA'],
    ['MKTQ_TABEL', 'MKTQ_TABLE'],
  ])('refuses %s, which is a slip for %s', (name, meant) => {
    for (const env of [SOAP, REST]) {
      expect(refusal({ ...env, [name]: '1' })).toBe(
        `${name} is not a variable of mktq; did you mean ${meant}? Rename it, or unset it`,
      );
      expect(refusal({ ...env, [name]: ' ' })).toBe('accepted');
    }
  });

  test.each([
    'MARKETO_MUNCHKIN_ID',
    'MARKETO_API_KEY',
    'MARKETO_SECRET',
    'MARKETO_BASE_URL',
    'MKTO_HOST',
    'MKTQ_COLOUR',
    'MY_SHARE',
    'MARKET_DATA_FEED',
    'RATE_LIMIT',
  ])('takes %s for another tool’s', (name) => {
    expect(refusal({ ...REST, [name]: '1' })).toBe('accepted');
    const isOfOurs = /^(MARKETO|MKTQ)_/.test(name);
    expect(strangeVariables({ ...REST, [name]: '1' })).toEqual(
      isOfOurs ? [`${name} is no variable of mktq and is ignored`] : [],
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
