import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ConfigurationError, type Environment } from '../config/environment.ts';
import { jsonIn } from '../kernel/json-in.ts';
import { type AwsService, commonSettings } from './clients.ts';

/** Every message says where to look; none says what it found there. */
const EMPTY = 'the secret has no value: put a JSON object with the MARKETO_ variables into it';
const NO_OBJECT = 'the secret is not a JSON object of texts: put one with the MARKETO_ variables into it';

export const createSecretsClient = (service: AwsService): SecretsManagerClient =>
  new SecretsManagerClient(commonSettings(service));

/**
 * The variables that stand in a secret of Secrets Manager. Throws a ConfigurationError if what is there cannot be read
 * as such; a parser's own words would quote it.
 */
export async function readSecret(client: SecretsManagerClient, secretId: string): Promise<Environment> {
  const text = await secretText(client, secretId);
  if (text === null || text.trim() === '') throw new ConfigurationError(EMPTY);
  const value = jsonIn(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(NO_OBJECT);
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
}

/** Null if the secret was made and never given a value. */
async function secretText(client: SecretsManagerClient, secretId: string): Promise<string | null> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    return SecretString ?? null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}
