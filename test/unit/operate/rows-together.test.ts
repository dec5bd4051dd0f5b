import { expect, test } from 'vitest';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { resultFor } from '../../../shared/operate/result.ts';
import { rowsTogether } from '../../../shared/operate/rows-together.ts';
import { memoryArchive } from '../../memory/memory-archive.ts';
import { memoryBodies } from '../../memory/memory-bodies.ts';
import { memoryChunks } from '../../memory/memory-chunks.ts';
import { memoryLedger } from '../../memory/memory-ledger.ts';
import { virtualTime } from '../../memory/virtual-time.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

test('rows that are asked for together are read together, and each asker gets its own', async () => {
  const ledger = memoryLedger();
  for (const jobId of ['a', 'b']) ledger.put(jobRow({ jobId }));
  const asked: (readonly string[])[] = [];
  const getAll: Ledger['getAll'] = (jobIds) => {
    asked.push(jobIds);
    return ledger.getAll(jobIds);
  };
  const time = virtualTime(SOME_TIME);
  const rowOf = rowsTogether({ getAll }, time.sleep);
  const rows = Promise.all(['a', 'b', 'c', 'a'].map(rowOf));
  await time.run(() => false);
  expect((await rows).map((row) => row?.jobId ?? null)).toEqual(['a', 'b', null, 'a']);
  expect(asked).toEqual([['a', 'b', 'c']]);
  const again = rowOf('b');
  await time.run(() => false);
  expect((await again)?.jobId).toBe('b');
  expect(asked).toHaveLength(2);
});

test('a row that cannot be read is the trouble of those alone who asked for it', async () => {
  const getAll: Ledger['getAll'] = async (_, onUnreadable) => {
    onUnreadable?.('bad', new Error('not a row'));
    return [jobRow({ jobId: 'good' })];
  };
  const rowOf = rowsTogether({ getAll }, async () => {});
  const [bad, good] = await Promise.allSettled([rowOf('bad'), rowOf('good')]);
  expect(bad).toEqual({ status: 'rejected', reason: new Error('not a row') });
  expect(good.status).toBe('fulfilled');
});

test('a thousand who each wait for a job of their own share their looks', async () => {
  const time = virtualTime(SOME_TIME);
  const ledger = memoryLedger();
  let requests = 0;
  const getAll: Ledger['getAll'] = (jobIds) => {
    requests += Math.ceil(jobIds.length / 100);
    return ledger.getAll(jobIds);
  };
  let seed = 0;
  const ports = {
    ledger: { ...ledger, getAll },
    archive: memoryArchive(),
    bodies: memoryBodies(),
    chunks: memoryChunks(),
    clock: time.clock,
    sleep: time.sleep,
    random: () => {
      seed = (seed + 0.618_034) % 1;
      return seed;
    },
    rowOf: rowsTogether({ getAll }, time.sleep),
    obstacles: async () => ({ holds: [], narrowings: [] }),
  };
  let ended = 0;
  const jobIds = Array.from({ length: 1_000 }, (_, n) => `job-${n}`);
  for (const jobId of jobIds)
    void resultFor(ports, jobId, {}).then(() => {
      ended += 1;
    });
  time.schedule(SOME_TIME + 60_000, () => {
    const state = { kind: 'cancelled', at: SOME_TIME } as const;
    for (const jobId of jobIds) ledger.put(jobRow({ jobId, state }));
  });
  await time.run(() => ended === jobIds.length);
  expect(ended).toBe(jobIds.length);
  // Alone each would have looked some 25 times in this minute: 25,000 requests.
  expect(requests).toBeLessThan(3_000);
});
