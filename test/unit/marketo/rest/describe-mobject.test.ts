import { expect, test } from 'vitest';
import type { LeadFields } from '../../../../shared/marketo/rest/leads/lead-fields.ts';
import { mObjectMappings } from '../../../../shared/marketo/rest/objects/mobjects.ts';
import { OBJECT_TYPES } from '../../../support/object-types.ts';
import { payloadOf, play, requestsOf } from '../../../support/rest-run.ts';
import type { Canned } from '../../../support/rest-stage.ts';

const { listMObjects, describeMObject } = mObjectMappings;

const describeIt = (objectName: string, replies: readonly Canned[] = [], directory = OBJECT_TYPES) =>
  play('describeMObject', describeMObject, { objectName }, replies, { directory });

const NAMED = {
  id: 1,
  displayName: 'First Name',
  dataType: 'string',
  length: 255,
  rest: { name: 'firstName', readOnly: false },
  soap: { name: 'FirstName', readOnly: false },
};
const ID = {
  id: 2,
  displayName: 'Marketo Id',
  dataType: 'integer',
  rest: { name: 'id', readOnly: true },
  soap: { name: 'Id', readOnly: true },
};
const REST_ALONE = {
  id: 3,
  displayName: 'Cookies',
  dataType: 'string',
  rest: { name: 'cookies', readOnly: false },
};

test('listMObjects answers what it always answered, without a request', async () => {
  const { done, findings, seen } = await play('listMObjects', listMObjects, {});

  const payload = { objects: ['ActivityRecord', 'LeadRecord', 'Opportunity', 'OpportunityPersonRole'] };
  expect(done).toEqual({
    result: { result: payload },
    records: [{ ok: true, code: null, message: '', result: payload }],
  });
  expect([findings, seen]).toEqual([[], []]);
});

test('describeMObject of LeadRecord shows the fields that SOAP had a name for', async () => {
  const played = await describeIt('LeadRecord', [{ rows: [NAMED, ID, REST_ALONE] }]);

  expect(requestsOf(played)).toEqual([{ line: 'GET /rest/v1/leads/describe.json', query: {}, body: '' }]);
  expect(played.done?.result).toEqual({
    result: {
      metadata: {
        name: 'LeadRecord',
        description: null,
        isCustom: false,
        isVirtual: false,
        updatedAt: null,
        fieldList: {
          field: [
            {
              name: 'FirstName',
              description: null,
              displayName: 'First Name',
              sourceObject: null,
              dataType: 'string',
              size: 255,
              isReadonly: false,
              isUpdateBlocked: false,
              isName: null,
              isPrimaryKey: false,
              isCustom: false,
              isDynamic: false,
              dynamicFieldRef: null,
              updatedAt: null,
            },
            expect.objectContaining({
              name: 'Id',
              size: null,
              isReadonly: true,
              isUpdateBlocked: true,
              isPrimaryKey: true,
            }),
          ],
        },
      },
    },
  });
});

test('where the reply has no SOAP names any more, the directory has those of the standard fields', async () => {
  const known = [
    { rest: 'firstName', soap: 'FirstName', displayName: '', dataType: 'string', readOnly: false },
  ];
  const leadFields = async (): Promise<LeadFields> => ({
    all: known,
    bySoapName: () => null,
    byRestName: () => null,
    nearest: () => [],
  });

  const { done } = await describeIt('LeadRecord', [{ rows: [{ ...NAMED, soap: undefined }, REST_ALONE] }], {
    leadFields,
  });

  expect(done?.result).toMatchObject({
    result: { metadata: { fieldList: { field: [{ name: 'FirstName' }] } } },
  });
});

test('describeMObject of an opportunity and a role names the fields as SOAP did', async () => {
  const names = async (objectName: string) => {
    const { metadata } = payloadOf(await describeIt(objectName));
    return (metadata as { fieldList: { field: { name: string }[] } }).fieldList.field;
  };

  expect(await names('Opportunity')).toMatchObject([
    { name: 'MarketoGUID', isPrimaryKey: true, isReadonly: true },
    { name: 'CreatedAt' },
    { name: 'UpdatedAt' },
    { name: 'ExternalOpportunityId', size: 255, isPrimaryKey: false },
    { name: 'Name' },
    { name: 'Amount', dataType: 'currency', size: null },
    { name: 'IsClosed' },
    { name: 'CrmKey_c' },
  ]);
  expect((await names('OpportunityPersonRole')).map(({ name }) => name)).toContain('PersonId');
});

test.each(['ActivityRecord', 'Program', 'car_c'])(
  'describeMObject of %s is refused by rule',
  async (objectName) => {
    const { findings, ended, seen } = await describeIt(objectName);

    expect(findings).toMatchObject([{ kind: 'refused', code: 1003 }]);
    expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
    expect(seen).toEqual([]);
  },
);

test.each([[[]], [[7]]])('a description of leads with the rows %j is none', async (rows) => {
  const { ended } = await describeIt('LeadRecord', [{ rows }]);

  expect(ended?.fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
});

test('the description of an object that SOAP had is not refused by rule', async () => {
  expect((await describeIt('Opportunity')).findings).toEqual([]);
});
