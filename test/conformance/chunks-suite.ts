import { describe, expect, test } from 'vitest';
import { absent } from '../../shared/kernel/document.ts';
import {
  type Chunk,
  type Chunks,
  lineChunkId,
  looseChunkId,
  type SentJob,
} from '../../shared/ledger/chunks.ts';
import { SOME_TIME } from '../support/rows.ts';
import { describeChange } from './change-suite.ts';

const sent = (id: string): SentJob => ({
  id,
  digest: '0123456789abcdef',
  operation: 'syncLead',
  at: SOME_TIME,
});

const chunkOf = (...ids: readonly string[]): Chunk => ({ jobs: ids.map(sent) });

/** What chunks promise. `create` gives an empty store, once per test. */
export function describeChunks(create: () => Promise<Chunks>): void {
  describe('a chunk', () => {
    let made = 0;
    let shared: Promise<Chunks> | null = null;
    describeChange<Chunk>(async () => {
      made += 1;
      shared ??= create();
      return { id: lineChunkId(`swap ${made}`, 1), make: (id) => chunkOf(id), documents: await shared };
    });
  });

  const put = (chunks: Chunks, id: string, chunk: Chunk) => chunks.change(absent(id), () => chunk);
  const idsIn = async (chunks: Chunks, batch: string) =>
    (await Array.fromAsync(chunks.ofBatch(batch))).flatMap(({ jobs }) => jobs.map(({ id }) => id)).sort();

  test('is found with all others of its batch, and with none of another batch', async () => {
    const chunks = await create();
    await put(chunks, lineChunkId('import', 1), chunkOf('import-1', 'import-299'));
    await put(chunks, lineChunkId('import', 300), chunkOf('import-300'));
    await put(chunks, looseChunkId('import', [{ id: 'own' }]), chunkOf('own'));
    await put(chunks, lineChunkId('import-2', 1), chunkOf('import-2-1'));
    expect(await idsIn(chunks, 'import')).toEqual(['import-1', 'import-299', 'import-300', 'own']);
    expect(await idsIn(chunks, 'import-2')).toEqual(['import-2-1']);
    expect(await idsIn(chunks, 'imp')).toEqual([]);
  });

  test('comes back whole when it is full, however many there are', async () => {
    const chunks = await create();
    const full = (n: number) => chunkOf(...Array.from({ length: 1_200 }, (_, i) => `import-${n}-${i}`));
    for (let n = 0; n < 30; n += 1) await put(chunks, lineChunkId('long', n * 300), full(n));
    expect(await chunks.get(lineChunkId('long', 2 * 300))).toEqual(full(2));
    expect(await idsIn(chunks, 'long')).toHaveLength(30 * 1_200);
  });

  test('is named by its id, whatever its batch', async () => {
    const chunks = await create();
    const ids = [lineChunkId('a', 1), lineChunkId('b#1/2', 900), looseChunkId('c', [{ id: 'x' }])];
    for (const id of ids) await put(chunks, id, chunkOf('x'));
    expect((await Array.fromAsync(chunks.ids())).sort()).toEqual([...ids].sort());
    for (const id of ids) expect(await chunks.get(id)).toEqual(chunkOf('x'));
  });
}
