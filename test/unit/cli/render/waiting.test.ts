import { describe, expect, test } from 'vitest';
import { statusScreen } from '../../../../cli/render/status.ts';
import { plainStyle } from '../../../../cli/render/style.ts';
import { narrowingLine, waitText } from '../../../../cli/render/waiting.ts';
import type { Narrowing } from '../../../../shared/budget/narrowing.ts';
import { foreignGroup, together } from '../../../../shared/job/foreign-groups.ts';
import { replaceState } from '../../../../shared/operate/hold.ts';
import { readStatus } from '../../../../shared/operate/status.ts';
import { operateWorld } from '../../../support/operate.ts';
import { SOME_TIME } from '../../../support/rows.ts';

const narrowing: Narrowing = {
  of: 'slots',
  limit: 0,
  reason: 'concurrency',
  until: SOME_TIME + 120_000,
  message: 'why',
  isStandstill: true,
};

describe('what narrows the account', () => {
  test('is told with how much is left, why, and until when', () => {
    expect(narrowingLine(narrowing, SOME_TIME)).toMatch(
      /^concurrency: at most no calls at once \(why\), ends in 2 min .* at the latest$/,
    );
    const rate: Narrowing = { ...narrowing, of: 'rate', reason: 'rate', limit: 75, until: null };
    expect(narrowingLine(rate, SOME_TIME)).toBe('rate: at most 75 calls in a window (why), until then');
    expect(narrowingLine({ ...narrowing, limit: 1 }, SOME_TIME)).toContain('at most 1 call at once');
  });

  test('is why a job waits', () => {
    expect(waitText({ reason: 'upstream', until: null }, SOME_TIME)).toContain('until a call is answered');
  });

  test.each([
    ['credentials', 'until a probe succeeds (each minute) or mktq resume'],
    ['operator', 'until mktq resume'],
    ['order', 'until that has ended'],
  ] as const)('ends for a job as it does for the account: %s', (reason, end) => {
    expect(waitText({ reason, until: null }, SOME_TIME)).toMatch(new RegExp(`, ${RegExp.escape(end)}$`, 'u'));
  });

  test('stands in mktq status under an open account', async () => {
    const { ports } = operateWorld();
    const cli = { style: plainStyle, width: 200, dataDir: '.mktq', stackName: undefined, env: {} };
    const screen = async () => statusScreen('local', await readStatus(ports, String), cli);
    expect((await screen()).split('\n')[0]).toBe('mktq OPEN  local');
    await replaceState(ports, (state, now) => ({
      ...state,
      leases: { a: { until: now + 180_000 } },
    }));
    const [head, line] = (await screen()).split('\n');
    expect(head).toBe('mktq OPEN narrowed  local');
    expect(line).toContain('concurrency: at most 8 calls at once (Marketo may still be working on a call');
  });
});

test('mktq status says that the standard fields serve, where Marketo refuses to describe others', async () => {
  const { ports } = operateWorld();
  const cli = { style: plainStyle, width: 200, dataDir: '.mktq', stackName: undefined, env: {} };
  const status = await readStatus(ports, String);
  expect(statusScreen('local', status, cli)).not.toContain('fields');
  expect(statusScreen('local', status, cli)).not.toContain('parked');
  expect(statusScreen('local', { ...status, parked: 2 }, cli)).toContain(
    'parked  2 jobs until notBefore, beside the queue',
  );
  const refused = { ...status, fieldsRefusedAt: status.now - 120_000 };
  expect(statusScreen('local', refused, cli)).toContain(
    "fields  the standard ones serve: Marketo refused to describe this instance's (603, 2 min ago)",
  );
});

test('mktq status says whose clock is off', async () => {
  const { ports } = operateWorld();
  const cli = { style: plainStyle, width: 200, dataDir: '.mktq', stackName: undefined, env: {} };
  const screen = async (aheadMs: number) =>
    statusScreen(
      'local',
      await readStatus({ ...ports, storeClock: { aheadMs: () => aheadMs } }, String),
      cli,
    );
  expect(await screen(0)).not.toContain('clock');
  expect(await screen(-3_600_000)).toContain("that of this machine is 1 h behind the store's");
  const clockOff = (at: number) => ({ aheadMs: 7_200_000, at });
  await replaceState(ports, (state, now) => ({ ...state, clockOff: clockOff(now) }));
  expect(await screen(0)).toContain("that of a worker is 2 h ahead of the store's: it sends nothing");
  await replaceState(ports, (state, now) => ({ ...state, clockOff: clockOff(now - 301_000) }));
  expect(await screen(0)).not.toContain('clock');
});

test('mktq status says how many jobs came in a group not their own, which, since when, and what to change', async () => {
  const { ports } = operateWorld();
  const cli = { style: plainStyle, width: 200, dataDir: '.mktq', stackName: undefined, env: {} };
  expect(statusScreen('local', await readStatus(ports, String), cli)).not.toContain('groups');
  const first = ports.clock() - 7_200_000;
  await ports.foreignGroups.change(() => ({
    ...together(foreignGroup('marketo', 'crm-1', first), foreignGroup('x', 'crm-2', first + 7_080_000)),
    jobs: 60,
  }));
  const text = statusScreen('local', await readStatus(ports, String), cli);
  expect(text).toContain(
    'groups  at least 60 jobs came in a group not of their key: first 2 h ago, last 2 min ago\n' +
      '        such as "marketo" (job crm-1), "x" (job crm-2)\n',
  );
  expect(text).toContain('MessageGroupId is the SHA-256 of the ordering key (docs/senders.md)');
});
