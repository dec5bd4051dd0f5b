import { describe, expect, test } from 'vitest';
import type { Job } from '../../../../shared/job/job.ts';
import { parseJob } from '../../../../shared/job/parse-job.ts';
import { editFields, type FieldEdit } from '../../../../shared/operate/redrive/field-edits.ts';

function job(operation: string, params: unknown): Job {
  const parsed = parseJob(JSON.stringify({ version: 1, id: 'a', operation, params }));
  if (parsed.kind === 'malformed') throw new Error(parsed.message);
  return parsed.job;
}

const attributes = (fields: Readonly<Record<string, string>>) => ({
  attribute: Object.entries(fields).map(([attrName, attrValue]) => ({ attrName, attrValue })),
});
const lead = (fields: Readonly<Record<string, string>>) => ({
  Email: 'ann@example.com',
  leadAttributeList: attributes(fields),
});
const syncLead = (fields: Readonly<Record<string, string>>) =>
  job('syncLead', { leadRecord: lead(fields), returnLead: false });

const rename = (field: string, to: string): FieldEdit => ({ kind: 'rename', field, to });
const unset = (field: string): FieldEdit => ({ kind: 'unset', field });
const set = (field: string, value: string): FieldEdit => ({ kind: 'set', field, value });

function edited(of: Job, ...edits: readonly FieldEdit[]): unknown {
  const result = editFields(of, edits);
  return result.kind === 'edited' ? result.job : result.kind;
}

describe('the fields of a job', () => {
  test('are renamed, left out and set, at their place, and nothing else changes', () => {
    const before = syncLead({ FirstName: 'Ann', Colour: 'red', Pants: 'blue' });
    const edits = [
      rename('Colour', 'favouriteColour'),
      unset('Pants'),
      set('FirstName', 'A'),
      set('Score', ''),
    ];
    expect(edited(before, ...edits)).toEqual(syncLead({ FirstName: 'A', favouriteColour: 'red', Score: '' }));
    expect(before).toEqual(syncLead({ FirstName: 'Ann', Colour: 'red', Pants: 'blue' }));
  });

  test('are edited one edit after the other', () => {
    expect(edited(syncLead({ a: '1' }), rename('a', 'b'), rename('b', 'c'))).toEqual(syncLead({ c: '1' }));
  });

  test('are those of every record of a list', () => {
    const many = (...records: readonly unknown[]) =>
      job('syncMultipleLeads', { leadRecordList: { leadRecord: records } });
    expect(edited(many(lead({ a: '1' }), lead({ c: '2' })), rename('a', 'b'))).toEqual(
      many(lead({ b: '1' }), lead({ c: '2' })),
    );
    expect(edited(many({ Email: 'a@example.com' }, lead({ c: '2' })), set('c', '3'))).toEqual(
      many({ Email: 'a@example.com', leadAttributeList: attributes({ c: '3' }) }, lead({ c: '3' })),
    );
  });

  test('are those of custom objects, but for their keys', () => {
    const cars = (fields: Readonly<Record<string, string>>) =>
      job('syncCustomObjects', {
        objTypeName: 'car',
        customObjList: {
          customObj: [
            { customObjKeyList: attributes({ vin: '17' }), customObjAttributeList: attributes(fields) },
          ],
        },
      });
    expect(edited(cars({ colour: 'red' }), rename('colour', 'color'))).toEqual(cars({ color: 'red' }));
    expect(edited(cars({ colour: 'red' }), rename('vin', 'id'))).toBe('unchanged');
  });

  test('are those of marketo objects, which say name and value', () => {
    const opportunity = (attrib: readonly unknown[] | undefined) =>
      job('syncMObjects', {
        mObjectList: {
          mObject: [
            { type: 'Opportunity', id: 1, ...(attrib === undefined ? {} : { attribList: { attrib } }) },
          ],
        },
        operation: 'UPDATE',
      });
    expect(edited(opportunity([{ name: 'Stag', value: 'won' }]), rename('Stag', 'Stage'))).toEqual(
      opportunity([{ name: 'Stage', value: 'won' }]),
    );
    expect(edited(opportunity(undefined), set('Stage', 'won'))).toEqual(
      opportunity([{ name: 'Stage', value: 'won' }]),
    );
    expect(edited(opportunity(undefined), unset('Stage'))).toBe('unchanged');
  });

  test('keep the type that the sender gave them', () => {
    const typed = (attrName: string, attrValue: string) =>
      job('syncLead', {
        leadRecord: {
          Email: 'a@example.com',
          leadAttributeList: { attribute: [{ attrName, attrType: 'integer', attrValue }] },
        },
        returnLead: false,
      });
    expect(edited(typed('Scor', '1'), rename('Scor', 'Score'), set('Score', '2'))).toEqual(
      typed('Score', '2'),
    );
  });

  test('are unchanged where none of them is there, and in a job that writes none', () => {
    expect(edited(syncLead({ a: '1' }), rename('b', 'c'), unset('d'))).toBe('unchanged');
    expect(edited(syncLead({ a: '1' }), set('a', '1'))).toBe('unchanged');
    const read = job('getLead', { leadKey: { keyType: 'EMAIL', keyValue: 'a@example.com' } });
    expect(edited(read, set('a', '1'))).toBe('unchanged');
    const bare = job('syncLead', { leadRecord: { Email: 'a@example.com' }, returnLead: false });
    expect(edited(bare, unset('a'))).toBe('unchanged');
  });

  test('are not renamed to one that is there: which value is meant nobody can tell', () => {
    expect(editFields(syncLead({ a: '1', b: '2' }), [rename('a', 'b')])).toEqual({
      kind: 'refused',
      message: 'has both a and b: --unset one of them',
    });
    expect(edited(syncLead({ a: '1', b: '2' }), unset('b'), rename('a', 'b'))).toEqual(syncLead({ b: '1' }));
  });
});
