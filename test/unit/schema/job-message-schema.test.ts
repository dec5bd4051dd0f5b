import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { JOB_MESSAGE_SCHEMA_FILE, jobMessageSchema } from '../../../schema/job-message-schema.ts';
import { parseJob } from '../../../shared/job/parse-job.ts';
import { OPERATION_NAMES } from '../../../shared/marketo/operations/operation-names.ts';

interface Field {
  readonly description?: string;
}

const fieldsOf = (type: { readonly properties?: Readonly<Record<string, Field>> }) =>
  Object.entries(type.properties ?? {});

describe('job-message.schema.json', () => {
  const published = JSON.parse(readFileSync(JOB_MESSAGE_SCHEMA_FILE, 'utf8'));
  const validator = () => addFormats.default(new Ajv({ strict: false })).compile(published);

  test('is what the schemas say today (npx node schema/job-message-schema.ts writes it anew)', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(jobMessageSchema())));
  });

  test('has a name, and says of each key, of the group and of the deduplication id what to send', () => {
    expect(published.$id).toBe('urn:mktq:job-message:1');
    expect(published.description).toMatch(/MessageGroupId is .* MessageDeduplicationId is/);
    for (const property of Object.values<{ description?: string }>(published.properties))
      expect(property.description).toMatch(/\.$/);
  });

  test('says of every field of the params what it is', () => {
    const mute = Object.entries<object>(published.definitions).flatMap(([name, type]) =>
      fieldsOf(type).flatMap(([field, { description }]) =>
        /\.$/.test(description ?? '') ? [] : [`${name}.${field}`],
      ),
    );
    expect(mute).toEqual([]);
    expect(Object.values<object>(published.definitions).flatMap(fieldsOf).length).toBeGreaterThan(140);
  });

  test('has an example of each operation, valid by it and for the worker', () => {
    const isValid = validator();
    expect(published.examples.map(({ operation }: { operation: string }) => operation)).toEqual([
      ...OPERATION_NAMES,
    ]);
    for (const example of published.examples) {
      expect(isValid(example), `${example.operation}: ${JSON.stringify(isValid.errors)}`).toBe(true);
      expect(parseJob(JSON.stringify(example)).kind).toBe('job');
    }
  });

  test('refuses what the worker refuses: a wrong case, a missing child, a stranger', () => {
    const isValid = validator();
    const example = published.examples[4];
    const { leadRecord } = example.params;
    expect(isValid(example)).toBe(true);
    expect(isValid({ ...example, params: { leadRecord } })).toBe(false);
    expect(isValid({ ...example, params: { leadRecord, returnLead: false, ReturnLead: true } })).toBe(false);
    expect(isValid({ ...example, notBefore: 'tomorrow' })).toBe(false);
    expect(isValid({ ...example, priority: 1 })).toBe(false);
  });

  test('tells the params of each operation apart', () => {
    const told = published.allOf.map(
      (rule: { if: { properties: { operation: { const: string } } } }) => rule.if.properties.operation.const,
    );
    expect(told).toEqual([...OPERATION_NAMES]);
    expect(published.allOf[4].then.properties.params).toEqual({ $ref: '#/definitions/ParamsSyncLead' });
  });

  test('refuses unknown keys, of the message and of the params', () => {
    expect(published.additionalProperties).toBe(false);
    expect(published.definitions.LeadRecord.additionalProperties).toBe(false);
    expect(Object.keys(published.definitions.LeadRecord.properties)).toEqual([
      'Id',
      'Email',
      'ForeignSysPersonId',
      'ForeignSysType',
      'leadAttributeList',
    ]);
  });

  test('takes a repeated element as a list or bare, and no more of them than Marketo reads', () => {
    const lead = { $ref: '#/definitions/LeadKey' };
    expect(published.definitions['ArrayOfLeadKey-2'].properties.leadKey).toEqual({
      description: expect.any(String),
      anyOf: [{ type: 'array', items: lead, minItems: 1, maxItems: 100 }, lead],
    });
  });

  test('defines every type that it refers to', () => {
    const references = JSON.stringify(published).match(/#\/definitions\/[\w-]+/g) ?? [];
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((one) => !Object.hasOwn(published.definitions, one.slice(14)))).toEqual([]);
  });
});
