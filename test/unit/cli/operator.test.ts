import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { callerIdentity } from '../../../cli/caller-identity.ts';
import { operatorOf } from '../../../cli/operator.ts';

const ARN = 'arn:aws:sts::123456789012:assumed-role/Operator/ann';
const ANSWER = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${ARN}</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

let server: Server | null = null;
afterEach(() => {
  vi.unstubAllEnvs();
  server?.close();
  server = null;
});

/** STS on loopback, which answers everybody the same. */
async function startSts(status: number, answer: string) {
  const asked: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      asked.push({ headers: request.headers, body });
      response.writeHead(status, { 'content-type': 'text/xml' }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', `http://127.0.0.1:${port}`);
  return asked;
}

describe('who types a command', () => {
  test('is, of a deployed stack, whom AWS knows the caller by: asked for once, and signed for STS', async () => {
    const asked = await startSts(200, ANSWER);
    const operator = operatorOf({ dynamodb: undefined, region: 'eu-central-1' });
    expect([await operator(), await operator()]).toEqual([ARN, ARN]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.body).toBe('Action=GetCallerIdentity&Version=2011-06-15');
    expect(asked[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/sts\/aws4_request, /,
    );
  });

  test('is not asked of AWS by a local stack: it is the name of the user', async () => {
    const asked = await startSts(200, ANSWER);
    const operator = operatorOf({ dynamodb: 'http://127.0.0.1:1', region: 'us-east-1' });
    expect(await operator()).toBe(userInfo().username);
    expect(asked).toEqual([]);
  });

  test('is unknown where nobody says, which is no error', async () => {
    await startSts(403, '<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>');
    await expect(callerIdentity('eu-central-1')).rejects.toThrow('did not say');
    expect(await operatorOf({ dynamodb: undefined, region: 'eu-central-1' })()).toBe('unknown');
  });
});
