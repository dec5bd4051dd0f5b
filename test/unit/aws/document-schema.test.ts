import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ACKNOWLEDGEMENTS_SCHEMA,
  BUDGET_SCHEMA,
  CALL_SCHEMA,
  CANCELLATION_SCHEMA,
  CAUSES_TOLD_SCHEMA,
  CHUNK_SCHEMA,
  DIRECTORY_SCHEMA,
  type DocumentSchema,
  FOREIGN_GROUPS_SCHEMA,
  LETTER_SCHEMA,
  OPEN_BATCH_SCHEMA,
  ROW_SCHEMA,
  schemaNumber,
  UnknownSchema,
} from '../../../shared/aws/document-schema.ts';
import { decodeDocument, encodeValue } from '../../../shared/aws/dynamo-document.ts';
import { ATTRIBUTE } from '../../../shared/aws/dynamo-table.ts';

/** A stored value per kind and schema number, as the version that had this number wrote it: `row-0.json`. */
const FOLDER = join(import.meta.dirname, 'documents');

const SCHEMAS: Readonly<Record<string, DocumentSchema<unknown>>> = {
  row: ROW_SCHEMA,
  letter: LETTER_SCHEMA,
  budget: BUDGET_SCHEMA,
  directory: DIRECTORY_SCHEMA,
  groups: FOREIGN_GROUPS_SCHEMA,
  chunk: CHUNK_SCHEMA,
  cancellation: CANCELLATION_SCHEMA,
  call: CALL_SCHEMA,
  'open-batch': OPEN_BATCH_SCHEMA,
  'causes-told': CAUSES_TOLD_SCHEMA,
  acknowledgements: ACKNOWLEDGEMENTS_SCHEMA,
};

const fixture = (kind: string, number: number): string =>
  readFileSync(join(FOLDER, `${kind}-${number}.json`), 'utf8');

const stored = (text: string, schema: number | null) => ({
  pk: { S: 'job#job-1' },
  [ATTRIBUTE.document]: { S: text },
  ...(schema === null ? {} : { [ATTRIBUTE.schema]: { N: String(schema) } }),
});

const cases = Object.entries(SCHEMAS).flatMap(([kind, schema]) =>
  Array.from({ length: schemaNumber(schema) + 1 }, (_, number) => ({ kind, number, schema })),
);

describe('a stored document', () => {
  test.each(cases)('of kind $kind and schema $number reads as one of today', ({ kind, number, schema }) => {
    const present = schemaNumber(schema);
    const today = decodeDocument(schema, stored(fixture(kind, present), present));
    expect(decodeDocument(schema, stored(fixture(kind, number), number))).toEqual(today);
  });

  test('without a schema number is one of schema 0', () => {
    expect(decodeDocument(ROW_SCHEMA, stored(fixture('row', 0), null))).toEqual(
      decodeDocument(ROW_SCHEMA, stored(fixture('row', 2), 2)),
    );
  });

  test('is written with the number of today', () => {
    const row = decodeDocument(ROW_SCHEMA, stored(fixture('row', 2), 2));
    const item = encodeValue(ROW_SCHEMA, row);
    expect(item['schema']).toEqual({ N: '2' });
    expect(JSON.parse(item['doc']?.S ?? '')).toEqual(JSON.parse(fixture('row', 2)));
  });

  test.each(Object.values(SCHEMAS))('of a schema nobody knows is refused by name: $name', (schema) => {
    const next = schemaNumber(schema) + 1;
    const read = () => decodeDocument(schema, stored('{}', next));
    expect(read).toThrow(UnknownSchema);
    expect(read).toThrow(`the ${schema.name} job#job-1 has schema ${next}`);
  });

  test.each([-1, 0.5, Number.NaN])('of schema %d is refused, too', (number) => {
    expect(() => decodeDocument(ROW_SCHEMA, stored(fixture('row', 1), number))).toThrow(UnknownSchema);
  });

  test('has a fixture for every number, and none for a number that never was', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(
      cases.map(({ kind, number }) => `${kind}-${number}.json`).toSorted(),
    );
  });
});
