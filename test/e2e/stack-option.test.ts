import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OUTPUTS } from '../../shared/config/names.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../support/embedded.ts';

const MKTQ = new URL('../../cli/mktq.ts', import.meta.url).pathname;
const run = promisify(execFile);

let aws: EmbeddedAws;
let cloudFormation: Server;
let outputs: Readonly<Record<string, string>>;
const asked: string[] = [];

beforeAll(async () => {
  aws = await startEmbeddedAws();
  outputs = {
    [OUTPUTS.region]: 'us-east-1',
    [OUTPUTS.account]: 'acme',
    [OUTPUTS.jobsQueueUrl]: await aws.createQueue(),
    [OUTPUTS.deadLetterQueueUrl]: await aws.createQueue(),
    [OUTPUTS.table]: await aws.createTable(),
    [OUTPUTS.limits]: '{"ratePerWindow":100,"windowMs":20000,"concurrency":10,"dailyQuota":777,"share":1}',
  };
  cloudFormation = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    asked.push(`${request.headers.authorization} ${body}`);
    response.setHeader('content-type', 'text/xml').end(stacksXml(outputs));
  });
  await new Promise<void>((resolve) => cloudFormation.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => cloudFormation.close(resolve));
  await aws.stop();
});

const stacksXml = (values: Readonly<Record<string, string>>): string => {
  const members = Object.entries(values).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
    <StackName>mktq-acme</StackName><CreationTime>2026-11-22T10:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>
    <Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
};

async function mktq(...words: string[]) {
  const { port } = cloudFormation.address() as AddressInfo;
  try {
    const { stdout } = await run(process.execPath, [MKTQ, ...words], {
      env: {
        PATH: process.env['PATH'] ?? '',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'OPERATORKEY',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        AWS_ENDPOINT_URL_SQS: aws.sqsEndpoint,
        AWS_ENDPOINT_URL_DYNAMODB: aws.dynamodbEndpoint,
      },
    });
    return { code: 0, out: stdout, err: '' };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code, out: stdout, err: stderr };
  }
}

describe('--stack', () => {
  test('goes to the deployed stack, with the keys of the shell', async () => {
    const status = await mktq('status', '--json', '--stack', 'mktq-acme');
    expect(JSON.parse(status.out)).toMatchObject({
      budget: { account: 'acme', limit: 777 },
      queue: { visible: 0 },
    });
    expect(asked.at(-1)).toContain('OPERATORKEY');
    expect(asked.at(-1)).toContain('StackName=mktq-acme');
  });

  test('is seen by the next command that is suggested', async () => {
    const none = await mktq('jobs', 'show', 'nothing', '--stack', 'mktq-acme');
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.err).toContain('npx mktq jobs list --batch NAME --stack mktq-acme');
  });

  test('is refused beside --data, and by the command that starts a local stack', async () => {
    for (const words of [['status', '--data', 'd'], ['local']]) {
      const refused = await mktq(...words, '--stack', 'mktq-acme');
      expect(refused).toMatchObject({ code: 2, out: '' });
      expect(refused.err).toContain('--stack');
    }
  });
});
