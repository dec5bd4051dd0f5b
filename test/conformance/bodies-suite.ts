import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Bodies, BodyRef } from '../../shared/job/bodies.ts';

/** Text that gzip cannot shrink much: a megabyte of it takes several parts. */
const noise = (bytes: number): string => randomBytes(bytes).toString('base64');

/** What a keeper of long texts promises. `create` gives an empty one, once per test. */
export function describeBodies(create: () => Promise<Bodies>): void {
  test('keeps a short text inline', async () => {
    const bodies = await create();
    const text = 'é'.repeat(32 * 1024);
    const ref = await bodies.save('job-1/result', text, null);
    expect(ref).toEqual({ kind: 'inline', text });
    expect(await bodies.load(ref)).toBe(text);
  });

  test.each([
    ['one byte past the limit', 'a'.repeat(64 * 1024 + 1)],
    ['of many parts', noise(1_500_000)],
    ['beyond ASCII', `\u{1f600}é${'ä'.repeat(40_000)}`],
  ])('keeps a text %s beside the item, whole', async (_, text) => {
    const bodies = await create();
    const ref = await bodies.save('job-1#2/response', text, null);
    expect(ref).toMatchObject({ kind: 'parts', bytes: Buffer.byteLength(text) });
    expect(await bodies.load(ref)).toBe(text);
  });

  test('may save the same text again, and loads it through either reference', async () => {
    const bodies = await create();
    const text = noise(200_000);
    const [first, second] = [await bodies.save('k', text, null), await bodies.save('k', text, 1)];
    expect(await bodies.load(first)).toBe(text);
    expect(await bodies.load(second)).toBe(text);
  });

  test('answers null once the text was removed, and leaves others alone', async () => {
    const bodies = await create();
    const gone = await bodies.save('gone', noise(900_000), null);
    const kept = await bodies.save('kept', noise(100_000), null);
    await bodies.remove(gone);
    expect(await bodies.load(gone)).toBeNull();
    expect(await bodies.load(kept)).not.toBeNull();
    await bodies.remove(gone);
    await bodies.remove({ kind: 'inline', text: '' } satisfies BodyRef);
  });

  test('scans every text that is kept in parts, and removes one of them alone', async () => {
    const bodies = await create();
    const [one, other] = [noise(900_000), noise(100_000)];
    const refs = [
      await bodies.save('scan-1/request', one, null),
      await bodies.save('scan-2/request', other, null),
    ];
    await bodies.save('scan-3/request', 'short', null);
    const found = async () => {
      const texts: (string | null)[] = [];
      for await (const ref of bodies.scan()) {
        if (ref.key.startsWith('scan-')) texts.push(await bodies.load(ref));
      }
      return texts.sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0));
    };
    expect(await found()).toEqual([one, other]);
    const [first] = refs;
    if (first !== undefined) await bodies.removeText(first);
    expect(await found()).toEqual([other]);
    await bodies.removeText({ kind: 'inline', text: '' });
  });
}
