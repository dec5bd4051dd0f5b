import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { JOB_MESSAGE_SCHEMA_FILE, jobMessageSchema } from '../../../schema/job-message-schema.ts';
import { OPERATION_NAMES } from '../../../shared/marketo/operations/registry.ts';

describe('job-message.schema.json', () => {
  const published = JSON.parse(readFileSync(JOB_MESSAGE_SCHEMA_FILE, 'utf8'));

  test('is what the schemas say today (npx node schema/job-message-schema.ts writes it anew)', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(jobMessageSchema())));
  });

  test('has a name, and says of each key, of the group and of the deduplication id what to send', () => {
    expect(published.$id).toBe('urn:mktq:job-message:1');
    expect(published.description).toMatch(/MessageGroupId is .* MessageDeduplicationId is/);
    for (const property of Object.values<{ description?: string }>(published.properties))
      expect(property.description).toMatch(/\.$/);
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
      anyOf: [{ type: 'array', items: lead, minItems: 1, maxItems: 100 }, lead],
    });
  });

  test('defines every type that it refers to', () => {
    const references = JSON.stringify(published).match(/#\/definitions\/[\w-]+/g) ?? [];
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((one) => !Object.hasOwn(published.definitions, one.slice(14)))).toEqual([]);
  });
});
