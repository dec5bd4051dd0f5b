import { describe, expect, test } from 'vitest';
import { absent } from '../../shared/kernel/document.ts';
import type { OpenBatch, OpenBatches } from '../../shared/ledger/open-batches.ts';
import { SOME_TIME } from '../support/rows.ts';
import { describeChange } from './change-suite.ts';

const openBatch = (batch: string, lookAt: number | null): OpenBatch => ({
  batch,
  startedAt: SOME_TIME,
  takenAt: SOME_TIME,
  lookAt,
  witness: null,
});

/** What batches under way promise. `create` gives an empty store, once per test. */
export function describeOpenBatches(create: () => Promise<OpenBatches>): void {
  describe('a batch under way', () => {
    let made = 0;
    let shared: Promise<OpenBatches> | null = null;
    describeChange<OpenBatch>(async () => {
      made += 1;
      shared ??= create();
      return {
        id: `batch #${made}/x`,
        make: (mark) => openBatch(mark, null),
        documents: await shared,
      };
    });
  });

  test('is due from its time on, the longest overdue first, and not once its end was told', async () => {
    const batches = await create();
    const put = (batch: string, lookAt: number | null) =>
      batches.change(absent(batch), () => openBatch(batch, lookAt));
    await put('second', SOME_TIME);
    await put('a name that no key holds: ü', SOME_TIME - 1);
    await put('later', SOME_TIME + 1);
    await put('told', null);
    const due = async (now: number, limit = 10) => (await batches.due(now, limit)).map(({ batch }) => batch);
    expect(await due(SOME_TIME)).toEqual(['a name that no key holds: ü', 'second']);
    expect(await due(SOME_TIME, 1)).toEqual(['a name that no key holds: ü']);
    await batches.change('second', (stored) => stored && { ...stored, lookAt: null });
    expect(await due(SOME_TIME + 1)).toEqual(['a name that no key holds: ü', 'later']);
  });
}
