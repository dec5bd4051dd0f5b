import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  isEnumeration,
  isList,
  isOptional,
  isSequence,
} from '../../../shared/marketo/operations/check-params.ts';
import { isOperationName } from '../../../shared/marketo/operations/registry.ts';
import type { Schema } from '../../../shared/marketo/operations/xsd.ts';
import { REPLIES } from '../../../shared/marketo/soap/reply-types.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/** Where an answer is not as the WSDL has it: a path, and what stands there. */
function* differences(schema: Schema, value: unknown, path: string): Generator<string> {
  if (isOptional(schema)) {
    if (value != null) yield* differences(schema.wrapped, value, path);
  } else if (value == null) yield `${path} ${value === null ? 'is null' : 'is missing'}`;
  else if (isList(schema)) {
    if (!Array.isArray(value)) return yield `${path} is no list`;
    for (const one of value) yield* differences(schema.item, one, path);
  } else if (isSequence(schema)) {
    for (const [name, child] of Object.entries(schema.entries))
      yield* differences(child, Reflect.get(Object(value), name), `${path}.${name}`);
  } else if (isEnumeration(schema)) {
    if (!schema.options.some((word) => word === value)) yield `${path} is ${value}`;
  } else if (typeof value !== (schema.type === 'union' ? 'string' : schema.type))
    yield `${path} is a ${typeof value}`;
}

test('recorded answers are what the types of results say, but for what those have been told of', () => {
  const found = new Set<string>();
  let answers = 0;
  for (const name of readdirSync(FIXTURES)) {
    const [operation = ''] = name.split('__');
    if (!isOperationName(operation)) continue;
    const { result } = JSON.parse(readFileSync(join(FIXTURES, name, 'expected.json'), 'utf8'));
    if (result === undefined) continue;
    answers += 1;
    for (const [child, schema] of Object.entries(REPLIES[operation]))
      for (const one of differences(schema, result?.[child], operation)) found.add(one);
  }
  expect(answers).toBeGreaterThan(25);
  expect([...found].sort()).toEqual([
    'getCustomObjects.newStreamPosition is missing',
    'getLeadActivity.activityRecordList.activityRecord.id is a string',
    'getLeadActivity.activityRecordList.activityRecord.marketoGUID is missing',
    'getMObjects.newStreamPosition is missing',
    'getMultipleLeads.newStreamPosition is missing',
  ]);
});
