import { expect, test } from 'vitest';
import { keepCall } from '../../../shared/run/keep-call.ts';
import { createWorld } from '../../support/work-world.ts';

type Carried = Parameters<typeof keepCall>[0];

const carried = {
  callId: 'c',
  operation: 'syncMultipleLeads',
  answer: {
    kind: 'fault',
    fault: { kind: 'network', sent: true, reason: 'timeout', message: 'no answer' },
    exchange: {
      url: 'http://127.0.0.1/soap',
      request: '<request/>',
      response: null,
      httpStatus: null,
      sentAt: 1,
      endedAt: 2,
      serverDate: null,
    },
  },
} as Carried;

test('a shared call is kept before those who were in it are told', async () => {
  const { ports } = createWorld();
  await keepCall(carried, 3, ports);
  expect(await ports.calls.get('c')).toMatchObject({ jobs: 3, request: '<request/>' });
});

test('a store that does not answer holds up nobody’s recording for long', async () => {
  const { ports } = createWorld();
  const waits: number[] = [];
  const calls = { ...ports.calls, keep: () => new Promise<void>(() => {}) };
  const sleep = async (ms: number) => void waits.push(ms);
  await keepCall(carried, 3, { ...ports, calls, sleep });
  expect(waits).toEqual([2_000]);
});
