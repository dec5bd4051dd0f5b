import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine } from '../../cli/render/csv.ts';
import { csvRowsOf } from '../../shared/marketo/csv-rows.ts';

/** What matters to the rules of CSV, and what does not. */
const cell = fc.string({
  unit: fc.constantFrom('a', ' ', '"', ',', '\n', '\r', '\t', ';', 'é'),
  maxLength: 8,
});

test('whatever cells a row has, they are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 4 }), (rows) => {
      const read = csvRowsOf(rows.map(csvLine).join(''));
      expect(read.map((row) => row.cells)).toEqual(rows);
      expect(read.every(({ kind }) => kind === 'row')).toBe(true);
    }),
  );
});
