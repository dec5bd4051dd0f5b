import { RemovalPolicy } from 'aws-cdk-lib';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { TransportName } from '../shared/config/transports.ts';
import { MARKETO_VARIABLES } from '../shared/config/variable-names.ts';
import { acknowledge } from './acknowledge.ts';
import type { DataProtection } from './queues.ts';

/** Without a value: until somebody puts one in, the account is held. */
export function createSecret(
  scope: Construct,
  account: string,
  transport: TransportName,
  { key, removalPolicy = RemovalPolicy.DESTROY }: DataProtection,
): Secret {
  const secret = new Secret(scope, 'Secret', {
    description: `Marketo's endpoint and credentials of ${account}: a JSON object with ${MARKETO_VARIABLES[transport].join(', ')}`,
    removalPolicy,
    ...(key === undefined ? {} : { encryptionKey: key }),
  });
  // Without a value of its own: one that stood in the template could replace the operator's with the next deploy.
  (secret.node.defaultChild as CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
  acknowledge(
    secret,
    'AwsSolutions-SMG4',
    'Marketo has no way to rotate the key by program: a person does, and a new value is used within a minute.',
  );
  return secret;
}
