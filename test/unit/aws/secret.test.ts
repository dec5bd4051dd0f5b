import {
  GetSecretValueCommand,
  InternalServiceError,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { readSecret } from '../../../shared/aws/secret.ts';
import { ConfigurationError } from '../../../shared/config/environment.ts';

const secrets = mockClient(SecretsManagerClient);
const read = () => readSecret(new SecretsManagerClient({ region: 'eu-central-1' }), 'arn');

beforeEach(() => {
  secrets.reset();
});

describe('readSecret', () => {
  test('answers the variables that stand in the secret, and only texts', async () => {
    secrets
      .on(GetSecretValueCommand, { SecretId: 'arn' })
      .resolves({ SecretString: '{"MARKETO_USER_ID":"u","MARKETO_DAILY_QUOTA":7,"other":null}' });
    expect(await read()).toEqual({ MARKETO_USER_ID: 'u' });
  });

  test('a secret that was never given a value is a matter of configuration', async () => {
    secrets
      .on(GetSecretValueCommand)
      .rejectsOnce(new ResourceNotFoundException({ message: 'AWSCURRENT', $metadata: {} }))
      .resolvesOnce({ SecretString: ' ' })
      .resolvesOnce({});
    for (let i = 0; i < 3; i += 1) await expect(read()).rejects.toThrow('the secret has no value');
  });

  test.each(['hunter2-not-json', '"hunter2"', '["hunter2"]', 'null', '{"MARKETO_ENCRYPTION_KEY": hunter2}'])(
    'what is no JSON object is refused without a word of it: %s',
    async (SecretString) => {
      secrets.on(GetSecretValueCommand).resolves({ SecretString });
      const error = await read().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(String(error)).not.toContain('hunter2');
    },
  );

  test('a service that does not answer is not taken for an empty secret', async () => {
    secrets.on(GetSecretValueCommand).rejects(new InternalServiceError({ message: 'down', $metadata: {} }));
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(ConfigurationError);
  });
});
