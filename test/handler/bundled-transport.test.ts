import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { composeWork } from '../../functions/compose-marketo.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { ENV } from '../../shared/config/names.ts';
import { silentLog } from '../../shared/kernel/log.ts';
import { CREDENTIALS_MAX_AGE_MS, checkCredentials } from '../../shared/run/credentials.ts';
import { type Listener, startSecrets } from '../runtime/aws-listener.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../support/embedded.ts';

const SECRET = {
  MARKETO_SOAP_ENDPOINT: 'https://example.com/soap/mktows/3_1',
  MARKETO_USER_ID: 'user',
  MARKETO_ENCRYPTION_KEY: 'key',
};

let aws: EmbeddedAws;
let secrets: Listener;
let read = 0;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  secrets = await startSecrets(
    () => JSON.stringify(SECRET),
    () => {
      read += 1;
    },
  );
});
afterAll(async () => {
  await secrets.stop();
  await aws.stop();
});
afterEach(() => vi.unstubAllEnvs());

const environment = async (): Promise<Environment> => ({
  [ENV.table]: await aws.createTable(),
  [ENV.jobsQueueUrl]: await aws.createQueue(),
  [ENV.deadLetterQueueUrl]: await aws.createQueue(),
  [ENV.sqsEndpoint]: aws.sqsEndpoint,
  [ENV.dynamodbEndpoint]: aws.dynamodbEndpoint,
  [ENV.secretsEndpoint]: secrets.url,
  [ENV.secretArn]: 'secret',
  [ENV.region]: 'us-east-1',
  [ENV.accessKeyId]: 'test',
  [ENV.secretAccessKey]: 'test',
  MARKETO_TRANSPORT: 'soap',
});

/** A function of this bundle that is told to speak SOAP, after it has looked for its credentials. */
async function started(bundled: string) {
  read = 0;
  vi.stubEnv('MKTQ_BUNDLED_TRANSPORT', bundled);
  const { ports, credentials } = await composeWork(await environment(), { log: silentLog });
  const state = await checkCredentials(credentials, CREDENTIALS_MAX_AGE_MS, ports);
  const { holds } = await ports.budget.state();
  return { state, hold: holds.credentials?.message ?? null };
}

describe('a function that is to speak SOAP', () => {
  test('holds the account if its code is the bundle for REST, says how to mend it, and does not open the secret', async () => {
    const { state, hold } = await started('rest');
    expect(state.kind).toBe('missing');
    expect(hold).toMatch(/^MARKETO_TRANSPORT is soap, .* the bundle for rest; deploy again/);
    expect(read).toBe(0);
  });

  test('works with the bundle for SOAP', async () => {
    expect(await started('soap')).toEqual({ state: { kind: 'usable' }, hold: null });
    expect(read).toBe(1);
  });
});
