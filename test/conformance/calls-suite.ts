import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Calls, KeptCall } from '../../shared/job/calls.ts';

const call = (callId: string, over: Partial<KeptCall> = {}): KeptCall => ({
  callId,
  operation: 'syncMultipleLeads',
  jobs: 300,
  at: 5,
  httpStatus: 200,
  request: '<request/>',
  response: '<response/>',
  ...over,
});

/** What a keeper of shared calls promises. `create` gives an empty one, once per test. */
export function describeCalls(create: () => Promise<Calls>): void {
  test.each([
    ['as it was', call('c1')],
    ['without an answer', call('c1', { response: null, httpStatus: null })],
    // Gzip cannot shrink it much: it takes several parts.
    ['of any length', call('c1', { request: randomBytes(900_000).toString('base64') })],
  ])('answers a call %s', async (_, kept) => {
    const calls = await create();
    await calls.keep(call('c2'), 1_000);
    await calls.keep(kept, 1_000);
    await calls.keep(kept, 1_000);
    expect(await calls.get('c1')).toEqual(kept);
  });

  test('knows nothing of a call that was never kept', async () => {
    expect(await (await create()).get('c1')).toBeNull();
  });

  test('names each call that is kept, of however many parts, once', async () => {
    const calls = await create();
    expect(await Array.fromAsync(calls.ids())).toEqual([]);
    await calls.keep(call('c1', { request: randomBytes(900_000).toString('base64') }), 1_000);
    await calls.keep(call('c2'), 1_000);
    expect((await Array.fromAsync(calls.ids())).sort()).toEqual(['c1', 'c2']);
    await calls.remove('c1');
    expect(await Array.fromAsync(calls.ids())).toEqual(['c2']);
  });

  test('removes a call whole, and no other', async () => {
    const calls = await create();
    await calls.keep(call('c1', { request: randomBytes(900_000).toString('base64') }), 1_000);
    await calls.keep(call('c2'), 1_000);
    await calls.remove('c1');
    await calls.remove('c1');
    expect(await calls.get('c1')).toBeNull();
    expect(await calls.get('c2')).toEqual(call('c2'));
  });
}
