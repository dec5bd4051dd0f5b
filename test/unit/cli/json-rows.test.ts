import { describe, expect, test } from 'vitest';
import { jsonRows } from '../../../cli/source/json-rows.ts';
import { decoded, linesOf } from '../../../cli/source/lines.ts';

const rowsOf = (text: string) =>
  Array.fromAsync(jsonRows(linesOf(decoded([text], 'f'), 512 * 1024), 'f', (object) => object));

describe('jsonRows', () => {
  test('reads one object per line, with the line of each', async () => {
    expect(await rowsOf('{"a":1}\r\n\n{"a":2}\n')).toEqual([
      { kind: 'job', line: 1, value: { a: 1 } },
      { kind: 'job', line: 3, value: { a: 2 } },
    ]);
  });

  test('reads one document over many lines, even if one of them is an object of its own', async () => {
    const value = { attribute: [{ attrName: 'A', attrValue: '1' }, { b: 2 }] };
    const text = '\n{"attribute": [\n{"attrName": "A", "attrValue": "1"},\n{"b": 2}\n]}';
    expect(await rowsOf(text)).toEqual([{ kind: 'job', line: 2, value }]);
    expect(await rowsOf(JSON.stringify(value, null, 2))).toEqual([{ kind: 'job', line: 1, value }]);
  });

  test('reports a broken line and goes on, also if it is the first', async () => {
    expect(await rowsOf('{"a":1}\n{oops\n[1]\n{"a":2}\n')).toMatchObject([
      { line: 1, kind: 'job' },
      { line: 2, error: expect.stringContaining('not JSON') },
      { line: 3, error: 'not a JSON object' },
      { line: 4, kind: 'job' },
    ]);
    expect(await rowsOf('{oops\n{"a":2}\n')).toMatchObject([
      { line: 1, kind: 'bad' },
      { line: 2, kind: 'job' },
    ]);
  });

  test('never repeats what stands in a broken line', async () => {
    const [bad] = await rowsOf('{"Email": secret@example.com}\n{"a":1}\n');
    expect(JSON.stringify(bad)).not.toContain('secret');
  });

  test.each([
    ['{"a": ', 'it ends too early'],
    ['{', 'it ends too early'],
    ['plain words', 'it is plain text'],
    ['{"a":nul}', 'a word in it is not JSON'],
    ['{"a" 1}', 'position 5'],
  ])('says of %s why it is not JSON', async (broken, why) => {
    expect(await rowsOf(`{"a":1}\n${broken}\n`)).toMatchObject([{}, { error: `not JSON: ${why}` }]);
  });

  test('says how to put objects that are spread over lines on one line each', async () => {
    const pretty = JSON.stringify({ a: { b: 1 } }, null, 2);
    await expect(rowsOf(`${pretty}\n${pretty}\n`)).rejects.toThrow("jq -c '.' does");
    await expect(rowsOf('[\n{"a":1},\n{"a":2}\n]')).rejects.toThrow("jq -c '.[]' does");
    const many = Array.from({ length: 3_000 }, (_, a) => ({ a, b: 'x'.repeat(300) }));
    await expect(rowsOf(JSON.stringify(many, null, 2))).rejects.toThrow("jq -c '.[]' does");
    await expect(rowsOf(JSON.stringify(many))).rejects.toThrow("jq -c '.[]' does");
    expect(await rowsOf(`{"a":"${'x'.repeat(600_000)}"}`)).toMatchObject([
      { line: 1, error: expect.stringContaining('longer than') },
    ]);
    const spread = many.map((one) => JSON.stringify(one, null, 2)).join('\n');
    await expect(rowsOf(spread)).rejects.toThrow("jq -c '.' does");
  });

  test.each([
    [[0x1f, 0x8b, 8, 0], 'gunzip -c'],
    [[0x50, 0x4b, 0x03, 0x04], 'a workbook (.xlsx)'],
    [[0xd0, 0xcf, 0x11, 0xe0], 'a workbook (.xls)'],
    [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
  ])('says of a file that begins with %j what it is', async (magic, words) => {
    const bytes = Uint8Array.from([...magic, 1, 2, 3]);
    await expect(Array.fromAsync(decoded([bytes], 'f'))).rejects.toThrow(words);
  });

  test('refuses a line that is too long without keeping it', async () => {
    const rows = await rowsOf(`{"a":1}\n{"b":"${'x'.repeat(600_000)}"}\n{"a":2}\n`);
    expect(rows).toMatchObject([
      { line: 1, kind: 'job' },
      { line: 2, error: expect.stringContaining('longer than') },
      { line: 3, kind: 'job' },
    ]);
  });

  test.each([
    ['', 'is empty'],
    ['[{"a":1},\n{"b":2}]', 'JSON array'],
    ['hello\nthere', 'neither one JSON object nor one per line'],
  ])('refuses %j as a whole', async (text, words) => {
    await expect(rowsOf(text)).rejects.toThrow(words);
  });
});
