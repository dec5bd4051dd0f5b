import { expect, test } from 'vitest';
import type { ParamsOf } from '../../../../shared/marketo/operations/registry.ts';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { mObjectMappings } from '../../../../shared/marketo/rest/objects/mobjects.ts';
import { OBJECT_TYPES } from '../../../support/object-types.ts';
import { payloadOf, play, requestsOf } from '../../../support/rest-run.ts';
import type { Canned } from '../../../support/rest-stage.ts';

type MObject = ParamsOf<'syncMObjects'>['mObjectList']['mObject'][number];

const sync = (
  mObject: MObject[],
  replies: readonly Canned[] = [],
  operation: 'UPDATE' | 'UPSERT' = 'UPDATE',
) =>
  play('syncMObjects', mObjectMappings.syncMObjects, { operation, mObjectList: { mObject } }, replies, {
    directory: OBJECT_TYPES,
  });

const attribs = (values: Record<string, string>) => ({
  attrib: Object.entries(values).map(([name, value]) => ({ name, value })),
});
const typed = (attrType: string, values: Record<string, string>) => ({ attrType, attrList: attribs(values) });
const program = (id: number, ...typeAttrib: ReturnType<typeof typed>[]): MObject => ({
  type: 'Program',
  id,
  typeAttribList: { typeAttrib },
});
const COST = typed('Cost', { Month: '2026-01', Amount: '200' });
const TAG = typed('Tag', { Type: 'Region', Value: 'North' });

const updated = (id: number): Canned => ({ rows: [{ id, name: 'Spring' }] });
const LOST: Canned = { fault: { kind: 'network', sent: true, reason: 'timeout', message: 'no answer' } };
const UNSENT: Canned = {
  fault: { kind: 'network', sent: false, reason: 'refused', message: 'no connection' },
};
const OPPORTUNITY: MObject = {
  type: 'Opportunity',
  externalKey: { name: 'externalOpportunityId', value: 'O1' },
};

test('costs and tags of a program go as a form, and only costs are announced', async () => {
  const played = await sync(
    [
      program(1970, COST, typed('Cost', { Month: '2026-02-15', Amount: '10.00', Note: 'print' }), TAG),
      program(1971, TAG),
    ],
    [updated(1971), updated(1970)],
  );

  expect(played.findings).toEqual([]);
  expect(played.seen.map(({ line }) => line)).toEqual([
    'POST /rest/asset/v1/program/1971.json',
    'POST /rest/asset/v1/program/1970.json',
  ]);
  expect(requestsOf(played).map(({ body }) => Object.fromEntries(new URLSearchParams(String(body))))).toEqual(
    [
      { tags: '[{"tagType":"Region","tagValue":"North"}]' },
      {
        costs: '[{"startDate":"2026-01-01","cost":200},{"startDate":"2026-02-01","cost":10,"note":"print"}]',
        tags: '[{"tagType":"Region","tagValue":"North"}]',
      },
    ],
  );
  expect(played.seen.map(({ target }) => target.announces)).toEqual([false, true]);
  expect(payloadOf(played)).toEqual({
    mObjStatusList: {
      mObjStatus: [
        { id: 1970, externalKey: null, status: 'UPDATED', error: null },
        { id: 1971, externalKey: null, status: 'UPDATED', error: null },
      ],
    },
  });
});

test('programs are written after opportunities', async () => {
  const { seen } = await sync(
    [program(1, COST), OPPORTUNITY],
    [{ rows: [{ status: 'updated' }] }, updated(1)],
  );

  expect(seen.map(({ line }) => line)).toEqual([
    'POST /rest/v1/opportunities.json',
    'POST /rest/asset/v1/program/1.json',
  ]);
});

test.each<[string, MObject]>([
  ['no id', { type: 'Program', typeAttribList: { typeAttrib: [COST] } }],
  ['an external key', { ...program(1, COST), externalKey: { name: 'Name', value: 'Spring' } }],
  ['attributes of its own', { ...program(1, COST), attribList: attribs({ Name: 'Summer' }) }],
  ['nothing to write', program(1)],
  ['a cost by its id', program(1, typed('Cost', { Month: '2026-01', Amount: '1', Id: '153' }))],
  ['a cost without a month', program(1, typed('Cost', { Amount: '1' }))],
  ['a cost of month 13', program(1, typed('Cost', { Month: '2026-13', Amount: '1' }))],
  ['a cost with cents', program(1, typed('Cost', { Month: '2026-01', Amount: '1.50' }))],
  ['a tag without a value', program(1, typed('Tag', { Type: 'Region' }))],
  ['a channel', program(1, typed('Tag', { Type: 'Channel', Value: 'Event' }))],
  ['a token', program(1, typed('Token', { Name: 'my', Value: 'x' }))],
])('a program with %s is refused by rule', async (_, object) => {
  const { findings, ended, seen } = await sync([object]);

  expect(findings).toMatchObject([{ kind: 'refused', code: 1003 }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toEqual([]);
});

test('a program is updated and neither upserted nor deleted', async () => {
  expect((await sync([program(1, COST)], [], 'UPSERT')).findings).toMatchObject([{ kind: 'refused' }]);
  const deletion = { mObjectList: { mObject: [program(1)] } };
  const { findings } = await play('deleteMObjects', mObjectMappings.deleteMObjects, deletion, [], {});
  expect(findings).toMatchObject([{ kind: 'refused' }]);
});

test('an unknown program is the outcome of its record, alone in its job that of the job', async () => {
  const two = await sync(
    [program(1, COST), program(2, COST)],
    [{ error: 702, message: 'no program' }, updated(2)],
  );
  const one = await sync([program(1, COST)], [{ error: 702 }]);

  expect(two.done?.records).toMatchObject([
    { ok: false, code: 702, message: '702 - no program' },
    { ok: true },
  ]);
  expect(one.ended?.fault).toMatchObject({ kind: 'marketo', code: 702 });
});

test('a throttle before the first cost was added ends the call', async () => {
  const { ended } = await sync([program(1, COST), program(2, COST)], [{ error: 606 }]);

  expect(ended?.fault).toMatchObject({ code: 606 });
  expect(ended?.remaining).toBeUndefined();
  await expect(sync([program(1, COST), program(2, COST)], [{ refusal: 'quota' }])).rejects.toBeInstanceOf(
    CallRefused,
  );
});

test.each<[string, Canned, number | null]>([
  ['is throttled', { error: 606, message: 'slow down' }, 606],
  ['gets no permit', { refusal: 'quota' }, null],
  ['is not sent', UNSENT, null],
])('after a cost was added, what %s fails without being sent', async (_, canned, code) => {
  const { done, seen } = await sync(
    [program(1, COST), program(2, COST), program(3, COST)],
    [updated(1), canned],
  );

  expect(seen.length).toBeLessThanOrEqual(2);
  expect(done?.records.map(({ ok }) => ok)).toEqual([true, false, false]);
  expect(done?.records[1]).toMatchObject({ code, message: expect.stringContaining('not sent: ') });
  expect(done?.remaining).toBeUndefined();
});

test('a cost whose answer is lost ends the call in doubt, without the records that are done', async () => {
  const { ended } = await sync(
    [OPPORTUNITY, program(1, COST), program(2, COST), program(3, COST)],
    [{ rows: [{ status: 'updated' }] }, updated(1), LOST],
  );

  expect(ended?.fault).toMatchObject({ kind: 'network', sent: true });
  expect(ended?.remaining).toEqual({
    operation: 'UPDATE',
    mObjectList: { mObject: [program(2, COST), program(3, COST)] },
  });
});

test('a cost whose answer is lost before anything was done leaves all of the job', async () => {
  const { ended } = await sync([program(1, COST), program(2, COST)], [LOST]);

  expect(ended?.fault).toMatchObject({ kind: 'network', sent: true });
  expect(ended?.remaining).toBeUndefined();
});

test('an answer about another program is none, one without a row is', async () => {
  expect((await sync([program(1, TAG)], [updated(2)])).ended?.fault).toMatchObject({ kind: 'unreadable' });
  expect((await sync([program(1, TAG)], [{ rows: [] }])).done?.records[0].ok).toBe(true);
});
