import { describe, expect, test } from 'vitest';
import type { JobRow, JobState } from '../../../shared/ledger/row.ts';
import { orGiveBack } from '../../../shared/run/own-row.ts';
import { PortFailure } from '../../../shared/run/ports.ts';
import { createWorld, syncLeadJob, type World } from '../../support/work-world.ts';

async function claimed(world: World = createWorld()) {
  const claim = await world.claim(syncLeadJob('j1'));
  if (claim.kind !== 'claimed') throw new Error(claim.kind);
  return { world, claim, row: () => world.ledger.row('j1') };
}

const ofOther: JobState = { kind: 'running', owner: 'run.other', leaseUntil: 5e12, intentAt: null };

describe('the row of a run', () => {
  test('is moved on by it, again and again, and it knows what it wrote last', async () => {
    const { claim, row } = await claimed();
    await claim.row.change((own) => ({ ...own, counted: 1 }));
    const changed = await claim.row.change((own) => ({ ...own, counted: own.counted + 1 }));
    expect(changed?.value.counted).toBe(2);
    expect(claim.row.copy().value).toEqual(row());
    expect(row()?.counted).toBe(2);
  });

  test.each<[string, Partial<JobRow>]>([
    ['another run has', { state: ofOther }],
    ['nobody has any more', { state: { kind: 'queued' } }],
    ['has ended', { state: { kind: 'completed', at: 1, result: null, resultDropped: false } }],
  ])('is left alone if %s', async (_, meanwhile) => {
    const { world, claim, row } = await claimed();
    world.ledger.put({ ...claim.row.copy().value, ...meanwhile });
    const before = row();
    const own = claim.row.copy();
    expect(await claim.row.change((mine) => ({ ...mine, counted: 9 }))).toBeNull();
    expect(row()).toEqual(before);
    expect(claim.row.copy()).toEqual(own);
  });

  test('is left alone if it is gone', async () => {
    const { world, claim, row } = await claimed();
    await world.ledger.remove('j1');
    expect(await claim.row.change((mine) => mine)).toBeNull();
    expect(row()).toBeNull();
  });
});

describe('the rest of a claimed job’s life', () => {
  const broken = (error: Error) => async (): Promise<never> => {
    throw error;
  };

  test('answers what it comes to, and leaves the claim to it', async () => {
    const { world, claim, row } = await claimed();
    expect(await orGiveBack(claim, world.ports, async () => 'well')).toBe('well');
    expect(row()?.state.kind).toBe('running');
  });

  test.each<[string, Error, number]>([
    ['a store that fails: that counts as a start', new Error('no store'), 1],
    [
      'a store that could not be asked before the call: that is no start',
      new PortFailure('no store', false),
      0,
    ],
    ['a store that failed after a request had left: that is a start', new PortFailure('no store', true), 1],
  ])('gives the claim back after %s', async (_, error, starts) => {
    const { world, claim, row } = await claimed();
    expect(row()).toMatchObject({ starts: 1, claims: 1 });
    await expect(orGiveBack(claim, world.ports, broken(error))).rejects.toBe(error);
    expect(row()).toMatchObject({ starts, claims: starts, state: { kind: 'queued' } });
  });

  test('takes back no claim that an older version did not count', async () => {
    const { world, claim, row } = await claimed();
    await claim.row.change(({ claims: _, ...own }) => own);
    await orGiveBack(claim, world.ports, broken(new PortFailure('no', false))).catch(() => {});
    expect(row()).toMatchObject({ starts: 0, claims: 0 });
  });

  test('keeps a claim with an open intent, unless it is known that nothing was sent', async () => {
    const withIntent = async (error: Error) => {
      const { world, claim, row } = await claimed();
      await claim.row.change((own) =>
        own.state.kind === 'running' ? { ...own, state: { ...own.state, intentAt: 1 } } : null,
      );
      await orGiveBack(claim, world.ports, broken(error)).catch(() => {});
      return row()?.state;
    };
    expect(await withIntent(new Error('no store'))).toMatchObject({ kind: 'running', intentAt: 1 });
    expect(await withIntent(new PortFailure('no', true))).toMatchObject({ kind: 'running', intentAt: 1 });
    expect(await withIntent(new PortFailure('no', false))).toEqual({ kind: 'queued' });
  });

  test('fails with its own error where the claim cannot be given back either, and says so', async () => {
    const { world, claim } = await claimed();
    const warnings: unknown[] = [];
    const log = {
      ...world.ports.log,
      warn: (text: string, about: unknown) => void warnings.push([text, about]),
    };
    const row = {
      ...claim.row,
      change: async () => {
        throw new Error('no store at all');
      },
    };
    const error = new Error('the first');
    await expect(orGiveBack({ ...claim, row }, { log }, broken(error))).rejects.toBe(error);
    expect(warnings).toEqual([
      ['a claim could not be given back', { jobId: 'j1', error: 'no store at all' }],
    ]);
  });
});
