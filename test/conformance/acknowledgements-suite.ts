import { expect, test } from 'vitest';
import {
  type Acknowledgement,
  type AcknowledgementsStore,
  withAcknowledgement,
} from '../../shared/deadletter/acknowledgements.ts';
import { SOME_TIME } from '../support/rows.ts';

const seen = (cause: string): Acknowledgement => ({
  cause,
  at: SOME_TIME,
  by: 'ann',
  until: SOME_TIME + 3_600_000,
  note: 'the CRM is being mended',
  count: 12,
});

/** What the acknowledgements of an account promise. `create` gives an empty store. */
export function describeAcknowledgements(create: () => Promise<AcknowledgementsStore>): void {
  test('answers null before the first, and keeps each of several that are given at once', async () => {
    const store = await create();
    expect(await store.get()).toBeNull();
    const causes = ['0123456789ab', 'abcdef012345', 'fedcba987654'];
    await Promise.all(
      causes.map((cause) => store.change((stored) => withAcknowledgement(stored, seen(cause)))),
    );
    const kept = (await store.get())?.causes ?? [];
    expect(kept.toSorted((a, b) => (a.cause < b.cause ? -1 : 1))).toEqual(causes.map(seen));
  });

  test('says whether the step changed anything', async () => {
    const store = await create();
    expect(await store.change(() => null)).toBe(false);
    expect(await store.change(() => ({ causes: [] }))).toBe(true);
  });
}
