import { describe, expect, test } from 'vitest';
import type { CheckedParamsOf } from '../../../../shared/marketo/operations/registry.ts';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { listOperation } from '../../../../shared/marketo/rest/lists/list-operation.ts';
import { faultOf } from '../../../support/call-end.ts';
import { directoryStub } from '../../../support/rest-directory.ts';
import { type Canned, NO_SETTINGS, restStage } from '../../../support/rest-stage.ts';

type Params = CheckedParamsOf<'listOperation'>;

const params = (
  wanted: Params['listOperation'],
  keys: readonly (readonly [string, string])[],
  strict?: boolean,
): Params => ({
  listOperation: wanted,
  listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Customers' },
  listMemberList: { leadKey: keys.map(([keyType, keyValue]) => ({ keyType, keyValue }) as never) },
  ...(strict === undefined ? {} : { strict }),
});

const ids = (...values: readonly number[]) => values.map((id) => ['IDNUM', String(id)] as const);

const stageOf = (replies: readonly Canned[], lists: readonly number[] = [501]) => {
  const { directory } = directoryStub({ lists: { '/Customers': lists } });
  return restStage(replies, { directory });
};

const statusesOf = (result: unknown) =>
  (result as { result: { statusList: { leadStatus: { status: boolean }[] } } }).result.statusList.leadStatus;

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const rows = (status: string, numbers: readonly number[]): Canned => ({
  rows: numbers.map((id) => ({ id, status })),
});
const GATEWAY_413: Canned = {
  fault: { kind: 'gateway', httpStatus: 413, retryAfterMs: null, message: 'too large' },
};

describe('each operation', () => {
  test('adds leads by id without asking for them', async () => {
    const { session, seen } = stageOf([rows('added', [1, 2])]);

    const { result, records } = await listOperation.run(params('ADDTOLIST', ids(1, 2)), session);

    expect(seen).toMatchObject([
      {
        line: 'POST /rest/v1/lists/501/leads.json',
        query: {},
        body: { input: [{ id: 1 }, { id: 2 }] },
        target: { announces: false, changes: true },
      },
    ]);
    expect(result).toEqual({
      result: {
        success: true,
        statusList: {
          leadStatus: [
            { leadKey: { keyType: 'IDNUM', keyValue: '1' }, status: true },
            { leadKey: { keyType: 'IDNUM', keyValue: '2' }, status: true },
          ],
        },
      },
    });
    expect(records).toMatchObject([
      { ok: true, code: null, message: '' },
      { ok: true, code: null, message: '' },
    ]);
  });

  test('removes leads by a query, and lets one that is not in the list count as removed', async () => {
    const skipped = { id: 2, status: 'skipped', reasons: [{ code: '1015', message: 'Lead not in list' }] };
    const { session, seen } = stageOf([{ rows: [{ id: 1, status: 'removed' }, skipped] }]);

    const { result, records } = await listOperation.run(params('REMOVEFROMLIST', ids(1, 2)), session);

    expect(seen).toMatchObject([
      { line: 'DELETE /rest/v1/lists/501/leads.json', query: { id: '1,2' }, body: '' },
    ]);
    expect(result).toMatchObject({ result: { success: true } });
    expect(statusesOf(result).map(({ status }) => status)).toEqual([true, true]);
    expect(records.map(({ ok }) => ok)).toEqual([true, true]);
  });

  test('says who is a member; that a lead is none, or unknown, is an answer', async () => {
    const unknown = { id: 3, status: 'skipped', reasons: [{ code: '1004', message: 'Lead not found' }] };
    const { session, seen } = stageOf([
      { rows: [{ id: 1, status: 'memberof' }, { id: 2, status: 'notmemberof' }, unknown] },
    ]);

    const { result, records } = await listOperation.run(params('ISMEMBEROFLIST', ids(1, 2, 3)), session);

    expect(seen).toMatchObject([
      { line: 'GET /rest/v1/lists/501/leads/ismember.json', query: { id: '1,2,3' } },
    ]);
    expect(result).toMatchObject({ result: { success: false } });
    expect(statusesOf(result).map(({ status }) => status)).toEqual([true, false, false]);
    expect(records.map(({ ok }) => ok)).toEqual([true, true, true]);
  });
});

describe('keys', () => {
  test('finds leads by their address, sends each once, and answers per key as it was given', async () => {
    const { session, seen } = stageOf([
      { rows: [{ id: 7, email: 'ann@example.com' }] },
      rows('added', [7, 8]),
    ]);
    const keys = [
      ['EMAIL', ' Ann@Example.com'],
      ['IDNUM', '007'],
      ['IDNUM', '8'],
    ] as const;

    const { result } = await listOperation.run(params('ADDTOLIST', keys), session);

    expect(seen[1]?.body).toEqual({ input: [{ id: 7 }, { id: 8 }] });
    expect(statusesOf(result)).toEqual(
      keys.map(([keyType, keyValue]) => ({ leadKey: { keyType, keyValue }, status: true })),
    );
  });

  test('sends the others where a lead is not found, or several are', async () => {
    const twins = [1, 2].map((id) => ({ id, email: 'two@example.com' }));
    const { session, seen } = stageOf([{ rows: twins }, rows('added', [8])]);
    const keys = [
      ['EMAIL', 'none@example.com'],
      ['IDNUM', '8'],
      ['EMAIL', 'two@example.com'],
    ] as const;

    const { result, records } = await listOperation.run(params('ADDTOLIST', keys), session);

    expect(seen[1]?.body).toEqual({ input: [{ id: 8 }] });
    expect(result).toMatchObject({ result: { success: false } });
    expect(statusesOf(result).map(({ status }) => status)).toEqual([false, true, false]);
    expect(records.map(({ ok, code, message }) => ({ ok, code, message }))).toEqual([
      { ok: false, code: 1004, message: '1004 - no lead has the key' },
      { ok: true, code: null, message: '' },
      { ok: false, code: 1007, message: '1007 - several leads have the key (1, 2)' },
    ]);
  });

  test('does not say of one of several leads whether it is a member', async () => {
    const twins = [1, 2].map((id) => ({ id, email: 'two@example.com' }));
    const { session } = stageOf([{ rows: twins }]);

    const { records } = await listOperation.run(
      params('ISMEMBEROFLIST', [['EMAIL', 'two@example.com']]),
      session,
    );

    expect(records).toMatchObject([{ ok: false, code: 1007 }]);
  });

  test('writes nothing where no lead is left', async () => {
    const { session, seen } = stageOf([{ rows: [] }]);

    const done = await listOperation.run(params('ADDTOLIST', [['EMAIL', 'none@example.com']]), session);

    expect(seen.map(({ line }) => line)).toEqual(['GET /rest/v1/leads.json']);
    expect(done.records).toMatchObject([{ ok: false, code: 1004 }]);
  });

  test('names a list that is not there before anything is written', async () => {
    const { session, seen } = stageOf([], []);

    expect(await faultOf(listOperation.run(params('ADDTOLIST', ids(1)), session))).toMatchObject({
      code: 1013,
    });
    expect(seen).toEqual([]);
  });
});

describe('several requests', () => {
  test('sends 300 leads a request', async () => {
    const { session, seen } = stageOf([
      rows('removed', range(1_000_000, 300)),
      rows('removed', range(1_000_300, 300)),
      rows('removed', range(1_000_600, 5)),
    ]);

    const { records } = await listOperation.run(
      params('REMOVEFROMLIST', ids(...range(1_000_000, 605))),
      session,
    );

    expect(seen.map(({ query }) => query['id']?.split(',').length)).toEqual([300, 300, 5]);
    expect(records).toHaveLength(605);
    expect(records.every(({ ok }) => ok)).toBe(true);
  });

  test('takes a refusal of one request for the answer of its leads, and sends the others', async () => {
    const { session, seen } = stageOf([{ error: 1003, message: 'no' }, rows('added', [301])]);

    const { records } = await listOperation.run(params('ADDTOLIST', ids(...range(1, 301))), session);

    expect(seen).toHaveLength(2);
    expect(records[0]).toMatchObject({ ok: false, code: 1003, message: '1003 - no', ofRequest: true });
    expect(records[299]).toMatchObject({ ok: false, code: 1003 });
    expect(records[300]).toMatchObject({ ok: true });
  });

  test('ends with the refusal where every request is refused', async () => {
    const { session, seen } = stageOf([{ error: 603 }, { error: 603 }]);

    const run = listOperation.run(params('ADDTOLIST', ids(...range(1, 301))), session);

    expect(await faultOf(run)).toMatchObject({ kind: 'marketo', code: 603 });
    expect(seen).toHaveLength(2);
  });

  test.each([606, 611, 1019, 9999])('ends with error %i, which is not about the leads', async (error) => {
    const { session, seen } = stageOf([rows('added', range(1, 300)), { error }]);

    const run = listOperation.run(params('ADDTOLIST', ids(...range(1, 301))), session);

    expect(await faultOf(run)).toMatchObject({ kind: 'marketo', code: error });
    expect(seen).toHaveLength(2);
  });

  test('halves a request that is too large', async () => {
    const { session, seen } = stageOf([GATEWAY_413, rows('added', [1, 2]), rows('added', [3])]);

    const { records } = await listOperation.run(params('ADDTOLIST', ids(1, 2, 3)), session);

    expect(seen.slice(1).map(({ body }) => body)).toEqual([
      { input: [{ id: 1 }, { id: 2 }] },
      { input: [{ id: 3 }] },
    ]);
    expect(records.every(({ ok }) => ok)).toBe(true);
  });

  test('ends where one lead alone is too large', async () => {
    const { session } = stageOf([GATEWAY_413]);

    expect(await faultOf(listOperation.run(params('ADDTOLIST', ids(1)), session))).toMatchObject({
      kind: 'gateway',
    });
  });

  test('looks the list up once more where Marketo knows none of its number', async () => {
    const { session, seen } = stageOf([{ error: 1013 }, rows('added', [1])], [501, 502]);

    await listOperation.run(params('ADDTOLIST', ids(1)), session);

    expect(seen.map(({ line }) => line)).toEqual([
      'POST /rest/v1/lists/501/leads.json',
      'POST /rest/v1/lists/502/leads.json',
    ]);
  });

  test('passes on that a request was not admitted', async () => {
    const { session } = stageOf([{ refusal: 'quota' }]);

    await expect(listOperation.run(params('ADDTOLIST', ids(1)), session)).rejects.toBeInstanceOf(CallRefused);
  });
});

describe('strict', () => {
  test('adds all leads after it has found them all, ids included, and gives no statuses', async () => {
    const { session, seen } = stageOf([{ rows: [{ id: 1 }, { id: 2 }] }, rows('added', [1, 2])]);

    const { result, records } = await listOperation.run(params('ADDTOLIST', ids(1, 2), true), session);

    expect(seen[0]).toMatchObject({
      line: 'GET /rest/v1/leads.json',
      query: { filterType: 'id', filterValues: '1,2' },
    });
    expect(result).toEqual({ result: { success: true, statusList: null } });
    expect(records).toHaveLength(2);
  });

  test('adds none where one lead is not found', async () => {
    const { session, seen } = stageOf([{ rows: [{ id: 1 }] }]);

    const fault = await faultOf(listOperation.run(params('ADDTOLIST', ids(1, 2), true), session));

    expect(fault).toMatchObject({ kind: 'decided', code: 1004 });
    expect(fault.message).toContain('key 2');
    expect(seen).toHaveLength(1);
  });

  test('removes none where one lead is not in the list', async () => {
    const { session, seen } = stageOf([
      { rows: [{ id: 1 }, { id: 2 }] },
      {
        rows: [
          { id: 1, status: 'memberof' },
          { id: 2, status: 'notmemberof' },
        ],
      },
    ]);

    const run = listOperation.run(params('REMOVEFROMLIST', ids(1, 2), true), session);

    expect(await faultOf(run)).toMatchObject({ kind: 'decided', code: 1015 });
    expect(seen).toHaveLength(2);
  });

  test('removes all where all are in the list', async () => {
    const { session, seen } = stageOf([{ rows: [{ id: 1 }] }, rows('memberof', [1]), rows('removed', [1])]);

    const { result } = await listOperation.run(params('REMOVEFROMLIST', ids(1), true), session);

    expect(seen.map(({ line }) => line)).toEqual([
      'GET /rest/v1/leads.json',
      'GET /rest/v1/lists/501/leads/ismember.json',
      'DELETE /rest/v1/lists/501/leads.json',
    ]);
    expect(result).toEqual({ result: { success: true, statusList: null } });
  });
});

describe('replies that are none', () => {
  test.each<[string, readonly unknown[]]>([
    ['no rows', []],
    ['a row too few', [{ id: 1, status: 'added' }]],
    ['a row too many', [1, 2, 3].map((id) => ({ id, status: 'added' }))],
    ['another order', [2, 1].map((id) => ({ id, status: 'added' }))],
    ['rows that are no objects', [null, 'added']],
    [
      'a status that is no text',
      [
        { id: 1, status: 'added' },
        { id: 2, status: 7 },
      ],
    ],
  ])('does not read %s', async (_, wrong) => {
    const { session } = stageOf([{ rows: wrong }]);

    const fault = await faultOf(listOperation.run(params('ADDTOLIST', ids(1, 2)), session));

    expect(fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
  });

  test.each([
    ['skipped', {}, 'skipped without a reason'],
    ['pending', {}, 'Marketo answered "pending"'],
    [
      'skipped',
      {
        reasons: [
          { code: 1010, message: 'a' },
          { code: '7', message: 'b' },
        ],
      },
      '1010 - a; 7 - b',
    ],
  ])('takes the status %s with %j for a failure', async (status, over, message) => {
    const { session } = stageOf([{ rows: [{ id: 1, status, ...over }] }]);

    const { records } = await listOperation.run(params('ADDTOLIST', ids(1)), session);

    expect(records).toMatchObject([{ ok: false, message }]);
  });
});

describe('check', () => {
  const found = (one: Params) =>
    listOperation
      .check(one, { fields: null, settings: NO_SETTINGS, workspace: null, now: 0 })
      .map(({ kind, message }) => `${kind}: ${message}`);

  test('has nothing to say of adding leads', () => {
    expect(found(params('ADDTOLIST', ids(1)))).toEqual([]);
    expect(found(params('ISMEMBEROFLIST', ids(1), true))).toEqual([]);
  });

  test.each([
    ['SFDCLEADOWNERID', 'x', 'key type'],
    ['MKTOSALESUSERID', 'x', 'key type'],
    ['MKTOLISTNAME', 'A, B', 'comma'],
  ] as const)('refuses a list %s %s', (keyType, keyValue, words) => {
    const [first] = found({ ...params('ADDTOLIST', ids(1)), listKey: { keyType, keyValue } });

    expect(first).toMatch(/^refused: /);
    expect(first).toContain(words);
  });

  test('refuses a lead that REST cannot ask for', () => {
    expect(found(params('ADDTOLIST', [['LEADOWNEREMAIL', 'a@example.com']]))[0]).toMatch(/^refused: /);
    expect(found(params('ADDTOLIST', [['IDNUM', '1,2']]))[0]).toMatch(/^refused: /);
  });

  test('refuses what would take more than 60 requests', () => {
    const cookies = range(1, 45).map((one) => ['COOKIE', `c${one}`] as const);
    const many = [...cookies, ...ids(...range(1, 955))];

    expect(found(params('REMOVEFROMLIST', many, true))[0]).toMatch(/^refused: it may take 61 requests/);
    expect(found(params('ADDTOLIST', many, true))[0]).toMatch(/^unlike: /);
    expect(found(params('ADDTOLIST', many))).toEqual([]);
  });

  test('names what differs', () => {
    expect(found(params('REMOVEFROMLIST', ids(1)))[0]).toMatch(/^unlike: a lead that is not in the list/);
    expect(found(params('ADDTOLIST', ids(1), true))[0]).toMatch(/^unlike: strict/);
  });
});
