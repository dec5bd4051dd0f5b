import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cloudWatchLog, cloudWatchMetrics } from '../../../functions/on-lambda.ts';
import { ENV } from '../../../shared/config/names.ts';
import { runBatch } from '../../../shared/run/batch.ts';
import { tend } from '../../../shared/tend/tend.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  networkFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
} from '../../support/work-world.ts';

let written = '';

beforeEach(() => {
  written = '';
  const take = (chunk: unknown): boolean => {
    written += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const lines = (): Record<string, unknown>[] =>
  written
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('the log', () => {
  test('is a JSON object a line, with the stack, the function and the request', () => {
    const log = cloudWatchLog('mktq-acme', 'worker');
    log.begin('request-1');
    log.warn('dead-lettered', { letterId: 'a', code: 20105 });
    expect(lines()).toMatchObject([
      {
        level: 'WARN',
        service: 'mktq-acme',
        function: 'worker',
        requestId: 'request-1',
        message: 'dead-lettered',
        letterId: 'a',
        code: 20105,
      },
    ]);
  });

  test.each([
    'No lead found with EMAIL = ann@example.com',
    'GET https://example.com/?email=ann%40example.com failed',
    '<Email>ann@example.com</Email>',
    'ann@example.com',
  ])('carries no address that an error quotes: %s', (error) => {
    cloudWatchLog('mktq-acme', 'worker').error('trouble', { error });
    expect(written).toContain('trouble');
    expect(written).toContain('***');
    expect(written).not.toMatch(/ann/);
  });
});

describe('the level of the log', () => {
  // As on Lambda: with JSON logs it sets a level, and the logger heeds no other.
  beforeEach(() => void vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', 'INFO'));

  test.each([
    ['INFO', ['INFO', 'WARN', 'ERROR']],
    ['WARN', ['WARN', 'ERROR']],
    ['ERROR', ['ERROR']],
    [undefined, ['INFO', 'WARN', 'ERROR']],
  ])('%s is heeded although Lambda has set its own', (level, kept) => {
    vi.stubEnv(ENV.logLevel, level);
    const log = cloudWatchLog('mktq-acme', 'worker');
    for (const write of [log.info, log.warn, log.error]) write('trouble');
    expect(lines().map((line) => line['level'])).toEqual(kept);
  });

  test('keeps no metric from being written', () => {
    vi.stubEnv(ENV.logLevel, 'ERROR');
    const metrics = cloudWatchMetrics('mktq-acme');
    metrics.gauge('QuotaLeft', 7);
    metrics.flush();
    expect(lines()).toMatchObject([{ QuotaLeft: 7 }]);
  });
});

describe('the metrics', () => {
  test('are lines that CloudWatch reads, one for all without a label, one for each with one', () => {
    const metrics = cloudWatchMetrics('mktq-acme');
    metrics.gauge('QuotaLeft', 7);
    metrics.count('JobsCompleted');
    metrics.count('JobsCompleted');
    metrics.gauge('Held', 1, { reason: 'quota' });
    metrics.flush();
    metrics.flush();
    const [held, rest] = lines();
    expect(lines()).toHaveLength(2);
    expect(held).toMatchObject({
      service: 'mktq-acme',
      reason: 'quota',
      Held: 1,
      _aws: { CloudWatchMetrics: [{ Namespace: 'mktq', Dimensions: [['service', 'reason']] }] },
    });
    expect(rest).toMatchObject({
      service: 'mktq-acme',
      QuotaLeft: 7,
      JobsCompleted: [1, 1],
      _aws: { CloudWatchMetrics: [{ Namespace: 'mktq', Dimensions: [['service']] }] },
    });
  });
});

describe('a worker and a warden with every kind of trouble', () => {
  const answers = [
    ok({ leadRecord: { Email: 'private@example.com' } }),
    marketoFault(20103, 'No lead found with EMAIL = private@example.com'),
    marketoFault(20105, 'attrName Private of private@example.com is unknown'),
    marketoFault(29999, 'odd: private@example.com'),
    marketoFault(20014, 'the key hunter2 of private@example.com is wrong'),
    networkFault(true),
    { kind: 'bug', sent: true },
    { kind: 'bug', sent: false },
  ] as const;

  test('write no lead’s data and no secret, wherever the trouble is', async () => {
    for (const [nth, answer] of answers.entries()) {
      for (const store of ['ledger', 'archive', 'bodies', 'deadLetters', 'jobsQueue'] as const) {
        const world = createWorld({
          answer: () => answer,
          faults: { [store]: () => (nth % 2 === 0 ? 'throw' : null) },
        });
        const ports = {
          ...world.ports,
          log: cloudWatchLog('mktq-acme', 'worker'),
          metrics: cloudWatchMetrics('mktq-acme'),
        };
        const deliveries = [
          deliveryOf(syncLeadJob('a', 'private@example.com', { batch: 'Private' })),
          deliveryOf(requestCampaignJob('b', 'private@example.com')),
          deliveryOf(syncLeadJob('c'), { body: '{"email":"private@example.com"' }),
          deliveryOf(syncLeadJob('d', 'private@example.com', { orderingKey: 'private@example.com' })),
        ];
        await runBatch(deliveries, world.invocation(), ports);
        const eventSource = {
          enabled: async () => {
            throw new Error('no right to private@example.com');
          },
          enable: async () => {},
          disable: async () => {},
        };
        const credentials = {
          renew: async () => ({ kind: 'missing', message: 'MARKETO_USER_ID is not set' }) as const,
        };
        world.advance(60_000);
        await tend(world.invocation(), { ...ports, eventSource, credentials, limits: world.limits });
        ports.metrics.flush();
      }
    }
    expect(lines().length).toBeGreaterThan(100);
    expect(written).toContain('dead-lettered');
    expect(written).toContain('MARKETO_USER_ID is not set');
    expect(written).not.toMatch(/private|hunter2|FirstName|\bAnn\b/i);
  });
});
