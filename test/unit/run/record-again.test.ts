import { describe, expect, test, vi } from 'vitest';
import {
  createWorld,
  marketoFault,
  ok,
  requestCampaignJob,
  type WorldOptions,
} from '../../support/work-world.ts';

/** Runs an unsafe job in a world whose ledger refuses so many records of it before it takes one. */
async function runWith(refusals: number, answer: NonNullable<WorldOptions['answer']>) {
  let writes = 0;
  const world = createWorld({
    answer,
    faults: {
      ledger: (method) => {
        if (method !== 'replace') return null;
        writes += 1;
        // The claim is the first write of the row, the intent the second.
        return writes > 2 && writes <= 2 + refusals ? 'throw' : null;
      },
    },
  });
  const started = world.now();
  const job = requestCampaignJob('j1');
  const settlement = await world.run(job).catch(String);
  return { world, settlement, tookMs: world.now() - started };
}

describe('an answer that the ledger does not take at once', () => {
  test('is recorded when the ledger is back, and its unsafe job is not in doubt', async () => {
    const { world, settlement } = await runWith(3, () => ok({ result: { success: true } }));
    expect(settlement).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('j1')?.state.kind).toBe('completed');
    expect(world.archive.letters()).toEqual([]);
  });

  test('is a letter with its own code, not one in doubt', async () => {
    const { world, settlement } = await runWith(3, () => marketoFault(20113));
    expect(settlement).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toMatchObject([{ class: 'not-found', code: 20113 }]);
    expect(world.sends).toHaveLength(1);
  });

  test('is given up within the reserve after its call: the invocation has to end in time', async () => {
    const { world, settlement, tookMs } = await runWith(1_000, () => ok());
    expect(settlement).toContain('as the test asked');
    expect(tookMs).toBeLessThanOrEqual(world.ports.settings.timings.settleReserveMs - 5_000);
    expect(world.ledger.row('j1')?.state).toMatchObject({ kind: 'running', intentAt: expect.any(Number) });
  });

  test('is a letter without the texts that cannot be stored, and its job is not called again', async () => {
    const unsaved = vi.fn();
    const world = createWorld({
      answer: () => marketoFault(20113),
      faults: { bodies: (method, id) => (method === 'save' && unsavable(id, unsaved) ? 'throw' : null) },
    });
    const job = requestCampaignJob('j1');
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(unsaved).toHaveBeenCalled();
    expect(world.archive.letters()).toMatchObject([
      {
        class: 'not-found',
        code: 20113,
        job: { kind: 'inline', text: expect.stringContaining('"j1"') },
        response: { kind: 'inline', text: '[this text could not be stored]' },
      },
    ]);
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.sends).toHaveLength(1);
  });

  test('is complete without a result that JSON cannot hold', async () => {
    const world = createWorld({ answer: () => ok({ result: { id: 1n } }) });
    const job = requestCampaignJob('j1');
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('j1')?.state).toMatchObject({ kind: 'completed', resultDropped: true });
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.sends).toHaveLength(1);
  });
});

/** The request and the response of a letter, not the job in it. */
function unsavable(id: string, seen: () => void): boolean {
  const text = /\/(request|response)$/.test(id);
  if (text) seen();
  return text;
}
