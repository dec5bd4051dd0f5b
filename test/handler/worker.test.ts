import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildWorker } from '../../functions/build-worker.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { ENV, METRICS } from '../../shared/config/names.ts';
import type { Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import type { Log, LogFields } from '../../shared/kernel/log.ts';
import type { Metrics } from '../../shared/kernel/metrics.ts';
import type { Rule } from '../../simulator/script.ts';
import { DEFAULT_CREDENTIALS, type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../support/embedded.ts';
import { requestCampaignJob, syncLeadJob } from '../support/work-world.ts';

let aws: EmbeddedAws;
beforeAll(async () => {
  aws = await startEmbeddedAws();
});
afterAll(() => aws.stop());

const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

interface Invoked {
  readonly response: SQSBatchResponse;
  readonly lines: readonly (LogFields & { readonly message: string })[];
  /** Name and labels of each metric, in the order in which they were counted. */
  readonly counted: readonly string[];
}

/** The whole function as Lambda would run it, on queues and a table of its own and a Marketo that follows `rules`. */
async function invoke(records: readonly SQSRecord[], rules: readonly Rule[] = []): Promise<Invoked> {
  const simulator = await startSimulator({ rules });
  running.push(simulator);
  const lines: (LogFields & { message: string })[] = [];
  const counted: string[] = [];
  const line = (message: string, fields: LogFields = {}) => void lines.push({ ...fields, message });
  const log: Log = { info: line, warn: line, error: line };
  const metrics: Metrics = {
    count: (name, labels = {}) => void counted.push([name, ...Object.values(labels)].join(' ')),
    gauge: () => {},
  };
  const handler = await buildWorker(await environment(simulator), { log, metrics });
  const event: SQSEvent = { Records: [...records] };
  const response = await handler(event, { awsRequestId: 'r1', getRemainingTimeInMillis: () => 300_000 });
  return { response, lines, counted };
}

const environment = async (simulator: Simulator): Promise<Environment> => ({
  [ENV.table]: await aws.createTable(),
  [ENV.jobsQueueUrl]: await aws.createQueue(),
  [ENV.deadLetterQueueUrl]: await aws.createQueue(),
  [ENV.sqsEndpoint]: aws.sqsEndpoint,
  [ENV.dynamodbEndpoint]: aws.dynamodbEndpoint,
  [ENV.region]: 'us-east-1',
  [ENV.accessKeyId]: 'test',
  [ENV.secretAccessKey]: 'test',
  MARKETO_SOAP_ENDPOINT: simulator.soapUrl,
  MARKETO_USER_ID: DEFAULT_CREDENTIALS.userId,
  MARKETO_ENCRYPTION_KEY: DEFAULT_CREDENTIALS.encryptionKey,
});

let records = 0;
function recordOf(body: string, groupId: string): SQSRecord {
  records += 1;
  return {
    messageId: `m${records}`,
    receiptHandle: `not-in-flight-${records}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: 'test',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
      MessageGroupId: groupId,
      SequenceNumber: String(records),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:jobs.fifo',
    awsRegion: 'us-east-1',
  };
}

const jobRecord = (job: Job, groupId = messageFor(job).groupId): SQSRecord =>
  recordOf(messageFor(job).body, groupId);

describe('the worker', () => {
  test('acknowledges a job that Marketo has done, counts it, and says nothing', async () => {
    const { response, lines, counted } = await invoke([jobRecord(syncLeadJob('done'))]);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(counted).toEqual([METRICS.jobsCompleted]);
    expect(lines).toEqual([]);
  });

  test('acknowledges what is no job once its letter is filed, and tells log and metric which letter', async () => {
    const broken = recordOf('no job', 'g');
    const { response, lines, counted } = await invoke([broken, jobRecord(syncLeadJob('beside'))]);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(counted.toSorted()).toEqual(
      [METRICS.jobsCompleted, `${METRICS.jobsDeadLettered} malformed`].toSorted(),
    );
    expect(lines).toMatchObject([
      { message: 'dead-lettered', letterId: `msg-${broken.messageId}`, class: 'malformed', code: null },
    ]);
  });

  test('reports a throttled job as failed, and the rest of its group behind it', async () => {
    const [first, second] = [syncLeadJob('t1', 'ann@example.com'), syncLeadJob('t2', 'ann@example.com')].map(
      (job) => jobRecord(job),
    );
    if (first === undefined || second === undefined) throw new Error('no records');
    const throttle: Rule = { times: 5, do: { kind: 'fault', code: 20015 } };
    const { response, counted } = await invoke([first, second], [throttle]);
    expect(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      first.messageId,
      second.messageId,
    ]);
    expect(counted).toEqual([]);
  });

  test('counts a code that no table knows by its number', async () => {
    const strange: Rule = { times: 1, do: { kind: 'fault', code: 29999 } };
    const { response, counted } = await invoke([jobRecord(syncLeadJob('odd'))], [strange]);
    expect(response.batchItemFailures).toHaveLength(1);
    expect(counted).toEqual([METRICS.unknownCodes, `${METRICS.unknownCode} 29999`]);
  });

  test('counts a message in a group that is not its lead’s, and runs it', async () => {
    const { counted } = await invoke([jobRecord(syncLeadJob('elsewhere'), 'a group of its own')]);
    expect(counted).toEqual([METRICS.groupMismatches, METRICS.jobsCompleted]);
  });

  test('puts no address and no params into a log line', async () => {
    const campaign = requestCampaignJob('private', 'somebody@example.com');
    const fault: Rule = { times: 1, do: { kind: 'fault', code: 20113 } };
    const { lines } = await invoke([jobRecord(campaign)], [fault]);
    expect(lines).toMatchObject([{ message: 'dead-lettered', class: 'not-found', code: 20113 }]);
    expect(JSON.stringify(lines)).not.toContain('somebody');
  });
});
