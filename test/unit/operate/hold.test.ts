import { describe, expect, test } from 'vitest';
import { withHold } from '../../../shared/budget/holds.ts';
import { obstaclesNow, pauseAccount, replaceState, resumeAccount } from '../../../shared/operate/hold.ts';
import { NOON } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';

const reasons = (holds: readonly { readonly reason: string }[]) => holds.map(({ reason }) => reason);
const openEnded = { since: NOON, until: null, message: '', probeAt: null, openings: 1 };

describe('the operator’s hold', () => {
  test('closes an account that was never written to, and opens it again', async () => {
    const { ports } = operateWorld();
    expect(await obstaclesNow(ports)).toEqual({ holds: [], narrowings: [] });
    expect(await pauseAccount(ports, 'maintenance')).toMatchObject({
      before: [],
      after: [{ reason: 'operator', message: 'maintenance', until: null }],
    });
    expect(reasons((await obstaclesNow(ports)).holds)).toEqual(['operator']);
    const { before, after } = await resumeAccount(ports);
    expect([reasons(before), after]).toEqual([['operator'], []]);
  });

  test('is lifted with that of the credentials, and the quota’s stays', async () => {
    const { ports } = operateWorld();
    const until = NOON + 3_600_000;
    await replaceState(ports, (state) =>
      withHold(withHold(state, 'credentials', openEnded), 'quota', { ...openEnded, until }),
    );
    await pauseAccount(ports, '');
    const { before, after } = await resumeAccount(ports);
    expect(reasons(before)).toEqual(['operator', 'credentials', 'quota']);
    expect(reasons(after)).toEqual(['quota']);
  });
});
