import { expect, test } from 'vitest';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { endsOf } from '../../../shared/operate/ends.ts';
import { memoryLedger } from '../../memory/memory-ledger.ts';
import { virtualTime } from '../../memory/virtual-time.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

const ENDED = { kind: 'cancelled', at: SOME_TIME } as const;
const IDS = Array.from({ length: 1_000 }, (_, n) => `job-${n}`);

/** Waits for a thousand jobs over virtual time. */
async function wait(prepare: (time: ReturnType<typeof virtualTime>, end: (id: string) => void) => void) {
  const time = virtualTime(SOME_TIME);
  const ledger = memoryLedger();
  prepare(time, (jobId) => ledger.put(jobRow({ jobId, state: ENDED })));
  let requests = 0;
  const getAll: Ledger['getAll'] = (jobIds) => {
    requests += 1;
    expect(jobIds.length).toBeLessThanOrEqual(100);
    return ledger.getAll(jobIds);
  };
  const stop = new AbortController();
  time.schedule(SOME_TIME + 3_600_000, () => stop.abort());
  const ports = { ledger: { ...ledger, getAll }, clock: time.clock, sleep: time.sleep, random: () => 0.5 };
  const seen: string[] = [];
  let over = false;
  void (async () => {
    for await (const row of endsOf(ports, [...IDS, 'job-0'], stop.signal)) seen.push(row.jobId);
    over = true;
  })();
  await time.run(() => over);
  return { seen, requests, tookMs: time.clock() - SOME_TIME };
}

test('jobs that have ended already are read once, a hundred at a time, without a pause', async () => {
  const { seen, requests, tookMs } = await wait((_, end) => IDS.forEach(end));
  expect(seen).toEqual(IDS);
  expect(requests).toBe(10);
  expect(tookMs).toBe(0);
});

test('each job comes when it has ended, once, and few requests are made meanwhile', async () => {
  const { seen, requests, tookMs } = await wait((time, end) => {
    for (const [n, id] of IDS.entries()) time.schedule(SOME_TIME + (n + 1) * 600, () => end(id));
  });
  expect(seen.toSorted()).toEqual(IDS.toSorted());
  expect(tookMs).toBeLessThan(606_000);
  expect(requests).toBeLessThan(4_500);
});

test('a stop ends the wait, and what has not ended is not named', async () => {
  const { seen, tookMs } = await wait((_, end) => {
    for (const id of IDS.slice(0, 500)) end(id);
  });
  expect(seen).toEqual(IDS.slice(0, 500));
  expect(tookMs).toBe(3_600_000);
});
