import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { commonSettings } from '../shared/aws/clients.ts';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
/** Nobody should wait for a name. */
const TIMEOUT_MS = 3_000;

/**
 * The ARN that AWS knows the caller of this shell by: `arn:aws:sts::123456789012:assumed-role/Operator/ann`. Everybody may ask.
 * Signed by the client for the table: one for STS would be a dependency more, for one request. Rejects where nobody answers.
 */
export async function callerIdentity(
  region: string,
  endpoint: string = process.env['AWS_ENDPOINT_URL_STS'] ??
    process.env['AWS_ENDPOINT_URL'] ??
    ownEndpoint(region),
): Promise<string> {
  const client = new DynamoDBClient(commonSettings({ region }));
  try {
    const url = new URL('/', endpoint);
    const scheme = { name: 'sigv4', signingName: 'sts', signingRegion: region, properties: {} };
    const signer = await client.config.signer(scheme);
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded' },
      body: BODY,
    });
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await (await fetch(url, { method: 'POST', headers, body: BODY, signal })).text();
    const [, arn] = /<Arn>([^<\s]{1,500})<\/Arn>/u.exec(answer) ?? [];
    if (arn === undefined) throw new Error('STS did not say who is calling');
    return arn;
  } finally {
    client.destroy();
  }
}

const ownEndpoint = (region: string): string =>
  `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
